package rules

import (
	"maps"
	"slices"
	"strings"

	"healthcode/models"
	"healthcode/models/published"
)

func (f *File) fault(path []any, format string, args ...any) {
	f.faults.Note(f.doc.Line(path...), format, args...)
}

func (f *File) header() {
	c := f.content
	if !idPattern.MatchString(c.ID) {
		f.fault([]any{"id"}, "id: must be a lower-case word of at most 40 letters, digits and underscores")
	}
	if c.Version < 1 {
		f.fault([]any{"version"}, "version: must be 1 or more")
	}
	if !jurisdictionPattern.MatchString(c.Jurisdiction) {
		f.fault([]any{"jurisdiction"}, "jurisdiction: must be six digits, or %s", models.Root)
	}
	if len(c.Rules) > maxRules {
		f.fault([]any{"rules"}, "rules: there can be no more than %d", maxRules)
	}
	if len(c.Parameters) > maxParameters {
		f.fault([]any{"parameters"}, "parameters: there can be no more than %d", maxParameters)
	}
}

// ids checks the ids of what the file adds and sets.
func (f *File) ids() {
	rules, parameters, settings := map[string]bool{}, map[string]bool{}, map[string]bool{}
	rule, parameter, set := published.Say("rule"), published.Say("parameter"), published.Say("set")
	for i, r := range f.content.Rules {
		f.checkID([]any{"rules", i, "id"}, rule, r.ID, rules)
		if r.ID == Failed {
			f.fault([]any{"rules", i, "id"}, "rule %s: the id is reserved", Failed)
		}
	}
	for i, p := range f.content.Parameters {
		f.checkID([]any{"parameters", i, "id"}, parameter, p.ID, parameters)
	}
	for i, s := range f.content.Set {
		f.checkID([]any{"set", i, "id"}, set, s.ID, settings)
	}
}

func (f *File) checkID(path []any, what published.Saying, id string, seen map[string]bool) {
	switch {
	case !idPattern.MatchString(id):
		f.fault(path, "%s: id must be a lower-case word of at most 40 letters, digits and underscores", what)
	case seen[id]:
		f.fault(path, "%s %s: the id repeats", what, id)
	}
	seen[id] = true
}

// checkText refuses a text that lacks a language, has one that nobody speaks
// here, or is too long for a phone. What says whose text it is.
func checkText(faults *published.Faults, line int, what published.Saying, t models.Text) {
	if missing := t.Missing(); missing != "" {
		faults.Note(line, "%s lacks language %s", what, missing)
	}
	for _, language := range slices.Sorted(maps.Keys(t)) {
		s := t[language]
		if !slices.Contains(models.Languages(), language) {
			faults.Note(line, "%s has unknown language %q", what, language)
		}
		if len([]rune(s)) > maxText || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			faults.Note(line, "%s must be one line of at most %d characters", what, maxText)
		}
	}
}

// readParameters reads the parameters that the file adds.
func (f *File) readParameters() {
	for i, given := range f.content.Parameters {
		path := []any{"parameters", i}
		p := Parameter{ID: given.ID, Text: given.Text, Jurisdiction: f.content.Jurisdiction}
		whose := published.Say("parameter %s", given.ID)
		if err := p.set(given.Value); err != nil {
			f.fault(append(path, "value"), "%s: %s", whose, err)
		} else if p.Bounds = f.readBounds(append(path, "bounds"), whose, given.Bounds); !p.Bounds.holds(p.quantity()) {
			f.fault(append(path, "bounds"), "%s: value %s is not within its own bounds %s", whose, p.Value, p.Bounds.said())
		}
		f.checkBespoke(append(path, "value"), p)
		checkText(&f.faults, f.doc.Line(append(path, "text")...), published.Say("%s: %s", whose, "text"), given.Text)
		f.parameters = append(f.parameters, p)
	}
}

// readBounds reads a parameter's bounds; none is the zero value.
func (f *File) readBounds(path []any, whose published.Saying, given boundsFile) Bounds {
	if given == (boundsFile{}) {
		return Bounds{}
	}
	b, err := parseBounds(given)
	if err != nil {
		f.fault(path, "%s: bounds: %s", whose, err)
		return Bounds{}
	}
	b.Jurisdiction = f.content.Jurisdiction
	return b
}

// setting is what a file sets of a parameter that a file above declares.
type setting struct {
	id     string
	value  string // "" for the one from above
	bounds Bounds
}

func (f *File) readSettings() {
	for i, given := range f.content.Set {
		path, whose := []any{"set", i}, published.Say("set %s", given.ID)
		s := setting{id: given.ID, value: given.Value}
		if given.Value == "" && given.Bounds == (boundsFile{}) {
			f.fault(path, "%s: neither a value nor bounds", whose)
		}
		if given.Value != "" {
			if _, err := parseQuantity(given.Value); err != nil {
				f.fault(append(path, "value"), "%s: %s", whose, err)
			}
		}
		s.bounds = f.readBounds(append(path, "bounds"), whose, given.Bounds)
		f.settings = append(f.settings, s)
	}
}
