package forms

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Posted makes the JSON that [Form.Check] takes out of what a page's form posts:
// an input is named by its field's id, those of a stay "stays.0.place",
// "stays.0.from", "stays.0.to". Inputs left blank are no answers, and those of
// fields that the others hide are left out, since a page without scripts posts
// them all. Whatever is wrong with a value stays in it for Check to find.
func (f *Form) Posted(values map[string][]string) json.RawMessage {
	out := map[string]any{}
	for i := range f.Fields {
		field := &f.Fields[i]
		if w := field.When; w != nil && !slices.ContainsFunc(values[w.Field], func(v string) bool { return slices.Contains(w.Is, v) }) {
			continue
		}
		if v := field.posted(values); v != nil {
			out[field.ID] = v
		}
	}
	return appendJSON(nil, out)
}

// posted is the field's answer for JSON; nil if there is none.
func (f *Field) posted(values map[string][]string) any {
	switch f.Type {
	case TypeChoices:
		if chosen := values[f.ID]; len(chosen) > 0 {
			return chosen
		}
		return nil
	case TypeStays:
		return f.postedStays(values)
	}
	s := first(values[f.ID])
	switch {
	case s == "":
		return nil
	case f.Type == TypeDecimal && decimalPattern.MatchString(s):
		return json.RawMessage(s)
	}
	return s
}

func (f *Field) postedStays(values map[string][]string) any {
	var stays []map[string]string
	for i := range f.MaxItems + 1 { // one too many is for Check to refuse
		stay := map[string]string{}
		for _, key := range []string{"place", "from", "to"} {
			if s := first(values[f.ID+"."+strconv.Itoa(i)+"."+key]); s != "" {
				stay[key] = s
			}
		}
		if len(stay) > 0 {
			stays = append(stays, stay)
		}
	}
	if stays == nil {
		return nil
	}
	return stays
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(values[0])
}
