// Package forms holds the forms on which residents declare. A form is data: a
// YAML file with fields, their words in every language, what is a valid answer
// and what facts follow from it. docs/forms.md is the reference of the format.
//
// A [Form] is plain enough to be drawn from by a page's template or, as JSON, by
// a mini-program. [Form.Check] holds answers against it and tells everything
// that is wrong with them at once.
package forms

import (
	_ "embed"

	"healthcode/models"
)

// Type says what kind of answer a field takes.
type Type string

// The types of field, with the JSON of their answers.
const (
	TypeDecimal Type = "decimal" // a number, exact to its step: 36.5
	TypeChoice  Type = "choice"  // the code of one option: "yes"
	TypeChoices Type = "choices" // codes of options: ["fever", "cough"]
	TypeText    Type = "text"    // "words"
	TypeDate    Type = "date"    // a day: "2021-02-28"
	TypePlace   Type = "place"   // the code of a jurisdiction: "330106"
	TypeStays   Type = "stays"   // [{"place": "330106", "from": "2021-02-26", "to": "2021-02-28"}]
)

// Form is one version of a form.
type Form struct {
	ID           string      `json:"id" yaml:"id"`
	Version      int         `json:"version" yaml:"version"`
	Jurisdiction string      `json:"-" yaml:"jurisdiction"` // where it is asked, unless there is another below
	Title        models.Text `json:"title" yaml:"title"`
	Intro        models.Text `json:"intro,omitempty" yaml:"intro"`
	Fields       []Field     `json:"fields" yaml:"fields"`
}

// Field is one question. Which of the bounds it has depends on its type; those
// it has not are zero.
type Field struct {
	ID       string      `json:"id" yaml:"id"`
	Type     Type        `json:"type" yaml:"type"`
	Label    models.Text `json:"label" yaml:"label"`
	Hint     models.Text `json:"hint,omitempty" yaml:"hint"`
	Required bool        `json:"required" yaml:"required"`
	When     *Condition  `json:"when,omitempty" yaml:"when"` // shown only then; nil for always

	Min  Decimal `json:"min,omitempty" yaml:"min"`   // decimal
	Max  Decimal `json:"max,omitempty" yaml:"max"`   // decimal
	Step Decimal `json:"step,omitempty" yaml:"step"` // decimal: what an answer is a multiple of
	Unit string  `json:"unit,omitempty" yaml:"unit"` // decimal: "°C"

	Options []Option `json:"options,omitempty" yaml:"options"` // choice, choices

	MaxLength int  `json:"max_length,omitempty" yaml:"max_length"` // text: characters
	Multiline bool `json:"multiline,omitempty" yaml:"multiline"`   // text: may have line breaks

	Window   int `json:"window,omitempty" yaml:"window"`       // date, stays: how many days back it may lie
	MaxItems int `json:"max_items,omitempty" yaml:"max_items"` // stays: how many there may be

	Review bool        `json:"-" yaml:"review"` // a worker looks at any answer
	Facts  []Threshold `json:"-" yaml:"facts"`  // decimal: what follows from high numbers
}

// Option is one answer that can be chosen.
type Option struct {
	Code      string      `json:"code" yaml:"code"`
	Label     models.Text `json:"label" yaml:"label"`
	Exclusive bool        `json:"exclusive,omitempty" yaml:"exclusive"` // choices: goes with no other

	Review bool      `json:"-" yaml:"review"` // a worker looks at this answer
	Facts  []Mapping `json:"-" yaml:"facts"`  // what follows from it
}

// Condition shows a field only when an earlier choice was answered in a certain way.
type Condition struct {
	Field string   `json:"field" yaml:"field"`
	Is    []string `json:"is" yaml:"is"` // any of these codes
}

// Mapping is a fact that follows from an answer.
type Mapping struct {
	Kind models.FactKind `yaml:"kind"` // symptom or contact, and nothing else
	Code string          `yaml:"code"`
}

// Threshold is what follows from a number of at least so much.
type Threshold struct {
	AtLeast Decimal         `yaml:"at_least"`
	Kind    models.FactKind `yaml:"kind"`
	Code    string          `yaml:"code"`
	Review  bool            `yaml:"review"`
}

//go:embed health.yaml
var healthFile []byte

//go:embed itinerary.yaml
var itineraryFile []byte

//go:embed arrival.yaml
var arrivalFile []byte

// Default lists the forms that the service has before any is published, in the
// order in which they are offered: health, itinerary, arrival.
func Default() []*File {
	var list []*File
	for _, file := range [][]byte{healthFile, itineraryFile, arrivalFile} {
		f, err := Parse(file)
		if err != nil {
			panic("default form: " + err.Error())
		}
		list = append(list, f)
	}
	return list
}

// Field finds a field by its id, and reports whether there is one.
func (f *Form) Field(id string) (*Field, bool) {
	for i := range f.Fields {
		if f.Fields[i].ID == id {
			return &f.Fields[i], true
		}
	}
	return nil, false
}

// Option finds an option by its code, and reports whether there is one.
func (f *Field) Option(code string) (*Option, bool) {
	for i := range f.Options {
		if f.Options[i].Code == code {
			return &f.Options[i], true
		}
	}
	return nil, false
}
