package rules

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestDocs holds docs/rules.md against what it describes.
func TestDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(text)
	if example == nil {
		t.Fatal("there is no example")
	}
	mustLoad(t, example[1])
	var words []string
	for _, of := range []reflect.Type{reflect.TypeFor[setFile](), reflect.TypeFor[parameterFile](), reflect.TypeFor[ruleFile]()} {
		for i := range of.NumField() {
			words = append(words, of.Field(i).Tag.Get("yaml"))
		}
	}
	for _, list := range known {
		words = append(words, list...)
	}
	for field := range fields {
		words = append(words, field)
	}
	for _, r := range standby.Rules() {
		words = append(words, r.ID)
	}
	for _, word := range words {
		if !strings.Contains(text, "`"+word+"`") && !strings.Contains(text, "[]."+word+"`") {
			t.Errorf("the page does not name %s", word)
		}
	}
	for _, p := range standby.Parameters() {
		if !strings.Contains(text, "| `"+p.ID+"` | "+p.Value+" |") {
			t.Errorf("the page does not say that %s is %s", p.ID, p.Value)
		}
	}
	for _, call := range []string{"within(f, 'p')", "after(g, f)", "after(g, f, 'p')", "spaced(list, 'p')", "number('p')", "size(list)"} {
		if !strings.Contains(text, "`"+call+"`") {
			t.Errorf("the page does not name %s", call)
		}
	}
}
