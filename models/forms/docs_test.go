package forms

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestDocs holds docs/forms.md against what it describes.
func TestDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/forms.md")
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
	for _, of := range []reflect.Type{reflect.TypeFor[Form](), reflect.TypeFor[Field]()} {
		for i := range of.NumField() {
			words = append(words, of.Field(i).Tag.Get("yaml"))
		}
	}
	for _, typ := range []Type{TypeDecimal, TypeChoice, TypeChoices, TypeText, TypeDate, TypePlace, TypeStays} {
		words = append(words, string(typ))
	}
	for _, kind := range declarable {
		words = append(words, string(kind))
	}
	for _, f := range defaults {
		words = append(words, f.ID)
		for _, field := range f.Fields {
			words = append(words, field.ID)
			for _, o := range field.Options {
				words = append(words, o.Code)
			}
		}
	}
	for _, word := range words {
		if !strings.Contains(text, "`"+word+"`") {
			t.Errorf("the page does not name %s", word)
		}
	}
	for _, of := range []reflect.Type{reflect.TypeFor[Option](), reflect.TypeFor[Condition](), reflect.TypeFor[Mapping](), reflect.TypeFor[Threshold]()} {
		for i := range of.NumField() {
			if key := of.Field(i).Tag.Get("yaml"); !strings.Contains(text, key+": ") {
				t.Errorf("the page does not show %s", key)
			}
		}
	}
}
