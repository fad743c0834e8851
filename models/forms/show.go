package forms

import (
	"encoding/json"
	"strings"
	"time"

	"healthcode/models"
)

// Shown is one answer in words, for whoever reads the declaration.
type Shown struct {
	Field string // id
	Label string
	Value string // places by their codes
	Place string // the code of the place that is the value; else empty
	Stays []Stay // the stays that are the value, for readers who know places by name
}

// Show puts sealed answers, as [Answers.Canonical] wrote them, into words of the
// language. It never fails: what this version of the form does not know is shown
// as it was written, at the end.
func (f *Form) Show(answers []byte, language string) []Shown {
	members, err := object(answers)
	if err != nil {
		return nil
	}
	var list, strange []Shown
	given := map[string]json.RawMessage{}
	for _, m := range members {
		given[m.key] = m.raw
		if _, ok := f.Field(m.key); !ok {
			strange = append(strange, Shown{Field: m.key, Label: m.key, Value: string(m.raw)})
		}
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		if raw, ok := given[field.ID]; ok {
			s := field.show(raw, language)
			s.Field, s.Label = field.ID, field.Label.In(language)
			list = append(list, s)
		}
	}
	return append(list, strange...)
}

// show is the answer in words, or as it was written if it is of another type.
func (f *Field) show(raw json.RawMessage, language string) Shown {
	asWritten := Shown{Value: string(raw)}
	switch f.Type {
	case TypeDecimal:
		return Shown{Value: strings.TrimSpace(string(raw) + " " + f.Unit)}
	case TypeChoices:
		var codes []string
		if json.Unmarshal(raw, &codes) != nil {
			return asWritten
		}
		for i, code := range codes {
			codes[i] = f.labelOf(code, language)
		}
		return Shown{Value: strings.Join(codes, separator(language))}
	case TypeStays:
		var stays []Stay
		if json.Unmarshal(raw, &stays) != nil {
			return asWritten
		}
		words := make([]string, len(stays))
		for i, s := range stays {
			words[i] = s.Place + " " + s.From.Format(time.DateOnly) + " – " + s.To.Format(time.DateOnly)
		}
		return Shown{Value: strings.Join(words, separator(language)), Stays: stays}
	}
	s, err := readString(raw)
	switch {
	case err != nil:
		return asWritten
	case f.Type == TypeChoice:
		return Shown{Value: f.labelOf(s, language)}
	case f.Type == TypePlace:
		return Shown{Value: s, Place: s}
	}
	return Shown{Value: s}
}

func (f *Field) labelOf(code, language string) string {
	if o, ok := f.Option(code); ok {
		return o.Label.In(language)
	}
	return code
}

// separator stands between the items of a list.
func separator(language string) string {
	if language == models.Chinese {
		return "、"
	}
	return "; "
}

// UnmarshalJSON reads the stay as answers have it.
func (s *Stay) UnmarshalJSON(raw []byte) error {
	var days struct{ Place, From, To string }
	err := json.Unmarshal(raw, &days)
	if err != nil {
		return err
	}
	s.Place = days.Place
	if s.From, err = time.Parse(time.DateOnly, days.From); err != nil {
		return err
	}
	s.To, err = time.Parse(time.DateOnly, days.To)
	return err
}
