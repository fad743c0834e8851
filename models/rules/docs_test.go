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
	for _, of := range []reflect.Type{reflect.TypeFor[setFile](), reflect.TypeFor[parameterFile](), reflect.TypeFor[ruleFile](),
		reflect.TypeFor[settingFile](), reflect.TypeFor[boundsFile]()} {
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
		if !strings.Contains(text, "`"+word+"`") && !strings.Contains(text, "[]."+word+"`") && !strings.Contains(text, "`bounds."+word+"`") {
			t.Errorf("the page does not name %s", word)
		}
	}
	for _, p := range standby.Parameters() {
		bounds := "nothing else"
		if p.Bounds.Given() {
			bounds = p.Bounds.String()
		}
		if !strings.Contains(text, "| `"+p.ID+"` | "+p.Value+" | "+bounds+" |") {
			t.Errorf("the page does not say that %s is %s and may be set to %s", p.ID, p.Value, bounds)
		}
	}
	for _, call := range []string{"within(f, 'p')", "after(g, f)", "after(g, f, 'p')", "spaced(list, 'p')", "number('p')", "size(list)"} {
		if !strings.Contains(text, "`"+call+"`") {
			t.Errorf("the page does not name %s", call)
		}
	}
}

// TestDocsDownTheTree: the page's example is the chain that the tests merge, and
// the faults that it tells are those that they meet.
func TestDocsDownTheTree(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, code := range chainCodes {
		if !strings.Contains(text, "```yaml\n"+chainFile(t, code)+"```\n") {
			t.Errorf("the page's example for %s is not the file of the tests", code)
		}
	}
	told := 0
	for _, c := range mergeRefusals {
		if strings.Contains(text, "`"+c.want+"`") {
			told++
		}
	}
	if told != 10 {
		t.Errorf("the page tells %d of the faults of the tests", told)
	}
}
