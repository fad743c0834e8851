package miniprogram_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/web"
)

// TestTexts: every word that a person reads is in one file, in every language, and
// the words that the service's pages have too are the same.
func TestTexts(t *testing.T) {
	t.Parallel()
	chinese := regexp.MustCompile(`\p{Han}`)
	comment := regexp.MustCompile(`(?m)//.*$|/\*[\s\S]*?\*/|<!--[\s\S]*?-->`)
	for _, folder := range packages {
		for name, text := range shipped(t, folder) {
			fixed := name == "lib/texts.js" || strings.HasSuffix(name, ".json") || name == "config.js" || name == "lib/clock.js" || name == "lib/form.js"
			if !fixed && chinese.MatchString(comment.ReplaceAllString(text, "")) {
				t.Errorf("%s/%s has words of its own", folder, name)
			}
		}
	}
	_, err := exec.LookPath("node")
	needed(t, err == nil, "Node.js")
	out, err := exec.CommandContext(t.Context(), "node", "-e", `const {zh, en} = require("./source/texts.js"); console.log(JSON.stringify({zh, en}))`).Output()
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]map[string]any
	if err := json.Unmarshal(out, &texts); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shape(texts["zh"], ""), shape(texts["en"], "")); diff != "" {
		t.Errorf("the languages have other texts:\n%s", diff)
	}
	for language, of := range texts {
		for name, word := range of["colours"].(map[string]any) {
			if want := web.Text(language, "colour."+name); word != want {
				t.Errorf("%s: %s is %q here and %q on the pages", language, name, word, want)
			}
		}
		for key, name := range map[string]string{"code.until": "until", "code.no_until": "no_until", "code.unverified": "unverified", "code.stale": "stale",
			"code.script.offline": "going_on", "code.qr": "qr", "code.why": "why"} {
			if want := web.Text(language, key); of[name] != want {
				t.Errorf("%s: %s is %q here and %q on the pages", language, name, of[name], want)
			}
		}
	}
	if len(texts) != len(models.Languages()) {
		t.Errorf("there are %d languages", len(texts))
	}
}

// shape is the paths of texts and the {blanks} in them.
func shape(of any, path string) map[string]string {
	out := map[string]string{}
	switch v := of.(type) {
	case string:
		blanks := regexp.MustCompile(`\{\w+\}`).FindAllString(v, -1)
		slices.Sort(blanks)
		if out[path] = strings.Join(blanks, ""); path == ".language" {
			out[path] = ""
		}
	case map[string]any:
		for key, inner := range v {
			for p, blanks := range shape(inner, path+"."+key) {
				out[p] = blanks
			}
		}
	}
	return out
}
