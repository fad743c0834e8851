package forms

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"healthcode/models"
)

// Stay is a place somebody was in between two days, both included, each as its
// midnight UTC: civil days, which the jurisdiction's time zone makes instants.
type Stay struct {
	Place string
	From  time.Time
	To    time.Time
}

// answer is one field's answer; which of the values it has depends on the type.
type answer struct {
	field  *Field
	number Decimal
	codes  []string // of options, in the form's order
	text   string   // or a place
	day    time.Time
	stays  []Stay
}

// Answers are what somebody answered on a form, and have passed its Check.
type Answers struct {
	form    *Form
	answers []answer // in the form's order, those given alone
}

// holds reports whether the condition's field was answered as it asks.
func (a Answers) holds(c *Condition) bool {
	for _, given := range a.answers {
		if given.field.ID == c.Field {
			return slices.ContainsFunc(given.codes, func(code string) bool { return slices.Contains(c.Is, code) })
		}
	}
	return false
}

// Canonical is the one encoding of the answers, as JSON: the same answers give
// the same bytes, and Check takes them again.
func (a Answers) Canonical() []byte {
	out := []byte{'{'}
	for i, given := range a.answers {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendJSON(out, given.field.ID), ':')
		out = given.appendJSON(out)
	}
	return append(out, '}')
}

func (a answer) appendJSON(out []byte) []byte {
	switch a.field.Type {
	case TypeDecimal:
		return append(out, a.number.String()...)
	case TypeChoice:
		return appendJSON(out, a.codes[0])
	case TypeChoices:
		return appendJSON(out, a.codes)
	case TypeDate:
		return appendJSON(out, a.day.Format(time.DateOnly))
	case TypeStays:
		return appendJSON(out, a.stays)
	}
	return appendJSON(out, a.text)
}

// appendJSON adds a value of strings, which always encodes.
func appendJSON(out []byte, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("forms: " + err.Error())
	}
	return append(out, bytes.TrimRight(b.Bytes(), "\n")...)
}

// MarshalJSON writes the stay as answers have it, with days for its dates.
func (s Stay) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{
		"place": s.Place, "from": s.From.Format(time.DateOnly), "to": s.To.Format(time.DateOnly)})
}

// Facts are what follows from the answers, as of that instant, each once. They
// have no id and no source yet. Stays are not among them: see [Answers.Stays].
func (a Answers) Facts(at time.Time) []models.Fact {
	var facts []models.Fact
	add := func(kind models.FactKind, code string) {
		f := models.Fact{Kind: kind, Code: code, At: at}
		if !slices.Contains(facts, f) {
			facts = append(facts, f)
		}
	}
	for _, given := range a.answers {
		for _, t := range given.reached() {
			add(t.Kind, t.Code)
		}
		for _, o := range given.chosen() {
			for _, m := range o.Facts {
				add(m.Kind, m.Code)
			}
		}
	}
	return facts
}

// reached are the thresholds that a number is at or above.
func (a answer) reached() (list []Threshold) {
	for _, t := range a.field.Facts {
		if a.number >= t.AtLeast {
			list = append(list, t)
		}
	}
	return list
}

// chosen are the options that were chosen.
func (a answer) chosen() (list []Option) {
	for _, o := range a.field.Options {
		if slices.Contains(a.codes, o.Code) {
			list = append(list, o)
		}
	}
	return list
}

// Stays are the places that the answers tell of. They become facts where they
// meet a listing, which only the store can tell.
func (a Answers) Stays() []Stay {
	var list []Stay
	for _, given := range a.answers {
		list = append(list, given.stays...)
	}
	return list
}

// Choice is the code that was chosen in a field; "" if none was.
func (a Answers) Choice(field string) string {
	for _, given := range a.answers {
		if given.field.ID == field && given.field.Type == TypeChoice {
			return given.codes[0]
		}
	}
	return ""
}

// Texts are what somebody wrote in words of their own.
func (a Answers) Texts() (list []string) {
	for _, given := range a.answers {
		if given.field.Type == TypeText {
			list = append(list, given.text)
		}
	}
	return list
}

// NeedsReview reports whether an answer was given that a worker must look at.
func (a Answers) NeedsReview() bool {
	return slices.ContainsFunc(a.answers, func(given answer) bool {
		return given.field.Review ||
			slices.ContainsFunc(given.chosen(), func(o Option) bool { return o.Review }) ||
			slices.ContainsFunc(given.reached(), func(t Threshold) bool { return t.Review })
	})
}
