package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"healthcode/models"
	"healthcode/models/published"
)

// The bounds of a form. They keep it fit for a phone.
const (
	maxFields  = 60
	maxOptions = 60
	maxLabel   = 400  // characters of a text of the form
	maxLength  = 2000 // characters of an answer
	maxWindow  = 366  // days
	maxItems   = 100
)

var (
	idPattern           = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	jurisdictionPattern = regexp.MustCompile(`^(` + models.Root + `|[0-9]{6})$`)
)

// A form is filled in by anybody about themselves. It may tell of risks and of
// nothing that only others can vouch for.
var declarable = []models.FactKind{models.FactSymptom, models.FactContact}

type loader struct {
	form   *Form
	doc    *published.Document
	faults published.Faults
}

// Load reads a form from its file, and refuses what [Parse] refuses.
func Load(data []byte) (*Form, error) {
	f, err := Parse(data)
	if err != nil {
		return nil, err
	}
	return f.form, nil
}

// Parse reads the file of a form. What is refused, all of it at once and each
// with its line ([published.Faults]): anything but the keys there are, ids and
// codes that repeat, missing texts, bounds that a field's type does not have or
// that contradict each other, conditions on what is not an earlier choice, and
// facts that nobody can declare about themselves.
func Parse(data []byte) (*File, error) {
	f := &Form{}
	l := &loader{form: f}
	var err error
	if l.doc, err = published.Read(data, f); err != nil {
		return nil, err
	}
	if f.Jurisdiction == "" {
		f.Jurisdiction = models.Root
	}
	l.check(idPattern.MatchString(f.ID), []any{"id"}, "id must be a lower-case word")
	l.check(f.Version >= 1, []any{"version"}, "version must be 1 or more")
	l.check(jurisdictionPattern.MatchString(f.Jurisdiction), []any{"jurisdiction"}, "jurisdiction must be six digits, or %s", models.Root)
	l.text([]any{"title"}, f.Title)
	l.optional([]any{"intro"}, f.Intro)
	l.check(len(f.Fields) >= 1 && len(f.Fields) <= maxFields, []any{"fields"}, "there must be 1 to %d fields", maxFields)
	for i := range f.Fields {
		l.field([]any{"fields", i}, &f.Fields[i], f.Fields[:i])
	}
	if err := l.faults.Err(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return &File{form: f, source: slices.Clone(data), hash: hex.EncodeToString(sum[:]), doc: l.doc}, nil
}

func (l *loader) check(ok bool, path []any, format string, args ...any) {
	if !ok {
		l.faults.Note(l.doc.Line(path...), format, args...)
	}
}

func under(path []any, steps ...any) []any { return append(slices.Clone(path), steps...) }

// text refuses a text that lacks a language, has one that nobody speaks here, or
// is too long.
func (l *loader) text(path []any, t models.Text) {
	what := path[len(path)-1]
	l.check(t.Missing() == "", path, "%s lacks language %s", what, t.Missing())
	for _, language := range slices.Sorted(maps.Keys(t)) {
		l.check(slices.Contains(models.Languages(), language), path, "%s has unknown language %q", what, language)
		l.check(len([]rune(t[language])) <= maxLabel && !strings.ContainsFunc(t[language], forbidden), path,
			"%s must be one line of at most %d characters", what, maxLabel)
	}
}

func (l *loader) optional(path []any, t models.Text) {
	if t != nil {
		l.text(path, t)
	}
}

func (l *loader) field(path []any, f *Field, earlier []Field) {
	l.check(idPattern.MatchString(f.ID), under(path, "id"), "id must be a lower-case word")
	l.check(!slices.ContainsFunc(earlier, func(e Field) bool { return e.ID == f.ID }), under(path, "id"), "field %s repeats", f.ID)
	l.text(under(path, "label"), f.Label)
	l.optional(under(path, "hint"), f.Hint)
	l.bounds(path, f)
	if f.When != nil {
		l.condition(under(path, "when"), f.When, earlier)
	}
	for i := range f.Options {
		l.option(under(path, "options", i), f, i)
	}
	for i, t := range f.Facts {
		at := under(path, "facts", i)
		l.fact(at, t.Kind, t.Code)
		l.check(t.AtLeast >= f.Min && t.AtLeast <= f.Max, under(at, "at_least"), "at_least must lie between min and max")
	}
}

// bounds checks that the field has the bounds of its type and no others.
func (l *loader) bounds(path []any, f *Field) {
	has := map[string]bool{
		"min": f.Min != 0, "max": f.Max != 0, "step": f.Step != 0, "unit": f.Unit != "", "facts": f.Facts != nil,
		"options": f.Options != nil, "max_length": f.MaxLength != 0, "multiline": f.Multiline,
		"window": f.Window != 0, "max_items": f.MaxItems != 0,
	}
	may := map[Type][]string{
		TypeDecimal: {"min", "max", "step", "unit", "facts"}, TypeChoice: {"options"}, TypeChoices: {"options"},
		TypeText: {"max_length", "multiline"}, TypeDate: {"window"}, TypePlace: {}, TypeStays: {"window", "max_items"},
	}
	keys, known := may[f.Type]
	l.check(known, under(path, "type"), "unknown type %q", f.Type)
	for _, key := range slices.Sorted(maps.Keys(has)) {
		l.check(!known || !has[key] || slices.Contains(keys, key), under(path, key), "a %s has no %s", f.Type, key)
	}
	switch f.Type {
	case TypeDecimal:
		l.check(f.Step > 0, path, "a decimal needs a step above 0")
		l.check(f.Min < f.Max, path, "max must be above min")
		l.check(f.Step <= 0 || f.Min%f.Step == 0 && f.Max%f.Step == 0, path, "min and max must be multiples of step")
		l.check(len([]rune(f.Unit)) <= 20 && !strings.ContainsFunc(f.Unit, forbidden), under(path, "unit"), "unit is too long")
	case TypeChoice, TypeChoices:
		l.check(len(f.Options) >= 2 && len(f.Options) <= maxOptions, path, "there must be 2 to %d options", maxOptions)
	case TypeText:
		l.within(path, "max_length", f.MaxLength, maxLength)
	case TypeDate:
		l.within(path, "window", f.Window, maxWindow)
	case TypeStays:
		l.within(path, "window", f.Window, maxWindow)
		l.within(path, "max_items", f.MaxItems, maxItems)
	}
}

func (l *loader) within(path []any, key string, n, most int) {
	l.check(n >= 1 && n <= most, under(path, key), "%s must be 1 to %d", key, most)
}

func (l *loader) option(path []any, f *Field, i int) {
	o := f.Options[i]
	l.check(idPattern.MatchString(o.Code), under(path, "code"), "code must be a lower-case word")
	l.check(!slices.ContainsFunc(f.Options[:i], func(e Option) bool { return e.Code == o.Code }),
		under(path, "code"), "option %s repeats", o.Code)
	l.text(under(path, "label"), o.Label)
	l.check(!o.Exclusive || f.Type == TypeChoices, under(path, "exclusive"), "every option of a choice is exclusive")
	for j, m := range o.Facts {
		l.fact(under(path, "facts", j), m.Kind, m.Code)
	}
}

func (l *loader) fact(path []any, kind models.FactKind, code string) {
	l.check(slices.Contains(declarable, kind), under(path, "kind"), "nobody can declare a fact of kind %q; there are %s",
		kind, fmt.Sprint(declarable))
	l.check(idPattern.MatchString(code), under(path, "code"), "code must be a lower-case word")
}

func (l *loader) condition(path []any, c *Condition, earlier []Field) {
	i := slices.IndexFunc(earlier, func(e Field) bool { return e.ID == c.Field })
	if i < 0 || earlier[i].Type != TypeChoice && earlier[i].Type != TypeChoices {
		l.check(false, under(path, "field"), "when: %q is no earlier choice", c.Field)
		return
	}
	l.check(len(c.Is) > 0, under(path, "is"), "when: is needs at least one code")
	for j, code := range c.Is {
		_, ok := earlier[i].Option(code)
		l.check(ok, under(path, "is", j), "when: field %s has no option %q", c.Field, code)
	}
}
