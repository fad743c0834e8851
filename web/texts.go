package web

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"healthcode/models"
)

// catalogue is every sentence that a person can read, by key. The files hold
// both languages side by side; one that lacks either keeps the program from
// starting.
var catalogue = readTexts()

func readTexts() map[string]models.Text {
	all := map[string]models.Text{}
	for _, name := range glob("texts/*.yaml") {
		body, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		texts := map[string]models.Text{}
		if err := yaml.UnmarshalWithOptions(body, &texts, yaml.Strict()); err != nil {
			panic(name + ": " + err.Error())
		}
		for key, text := range texts {
			if _, twice := all[key]; twice {
				panic(name + ": the key " + key + " stands twice")
			}
			if missing := text.Missing(); missing != "" {
				panic(name + ": " + key + " lacks " + missing)
			}
			if len(text) != len(models.Languages()) { // a comma outside quotes makes one
				panic(name + ": " + key + " has more than the languages there are")
			}
			all[key] = text
		}
	}
	return all
}

// Text is the text of that key in that language, with its {blanks} filled from
// pairs of name and value. A key that does not exist is a mistake of ours, which
// a test finds by rendering every page; it shows itself here as the key.
func Text(language, key string, pairs ...string) string {
	text, known := catalogue[key]
	if !known {
		missing(key)
		return key
	}
	s := text.In(language)
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// missing is told of every key that was asked for and is not there.
var missing = func(key string) {}

// Reason is what a refusal says to a person.
func Reason(language string, r models.Reason) string { return Text(language, "reason."+string(r)) }

// Advice is what a guard is told to do.
func Advice(language string, a models.Advice) string { return Text(language, "advice."+string(a)) }

// ColourWord is the word of a colour.
func ColourWord(language string, c models.Colour) string {
	return Text(language, fmt.Sprintf("colour.%s", c))
}

// scriptTexts are the sentences of a page's script: the keys that begin with
// "script." and those that begin with the page's name and ".script.", each
// without that beginning. Where both have one, the page's own is said.
func scriptTexts(page, language string) map[string]string {
	texts := map[string]string{}
	for _, prefix := range []string{"script.", page + ".script."} {
		for key, text := range catalogue {
			if rest, ok := strings.CutPrefix(key, prefix); ok {
				texts[rest] = text.In(language)
			}
		}
	}
	return texts
}
