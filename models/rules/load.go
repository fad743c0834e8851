package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"healthcode/models"
	"healthcode/models/published"
)

// setFile is a rule set as its file has it.
type setFile struct {
	ID           string          `yaml:"id"`
	Version      int             `yaml:"version"`
	Jurisdiction string          `yaml:"jurisdiction"`
	Parameters   []parameterFile `yaml:"parameters"`
	Rules        []ruleFile      `yaml:"rules"`
}

type parameterFile struct {
	ID    string      `yaml:"id"`
	Value string      `yaml:"value"`
	Text  models.Text `yaml:"text"`
}

type ruleFile struct {
	ID     string      `yaml:"id"`
	Colour string      `yaml:"colour"`
	When   string      `yaml:"when"`
	Why    models.Text `yaml:"why"`
	Clear  models.Text `yaml:"clear"`
	Ask    models.Text `yaml:"ask"`
}

// The bounds of a file. They keep a decision cheap and a page readable.
const (
	maxRules      = 50
	maxParameters = 50
	maxText       = 400 // characters
)

var (
	idPattern           = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	jurisdictionPattern = regexp.MustCompile(`^(any|[0-9]{6})$`)
)

// loader reads one file and notes everything that is wrong with it.
type loader struct {
	file   setFile
	doc    *published.Document
	faults published.Faults
	set    *Set
}

// Load compiles a rule set from its file. What is refused, all of it at once
// and each with its line ([published.Faults]): anything but the keys there are,
// ids that repeat, missing texts, texts that do not tell the parameters that
// their rule uses, parameters that are unknown or unused, conditions that are
// ill-typed, name words that no fact has, cost too much, can never hold or
// always do.
func Load(data []byte) (*Set, error) {
	l := &loader{}
	var err error
	if l.doc, err = published.Read(data, &l.file); err != nil {
		return nil, err
	}
	l.set = &Set{id: l.file.ID, version: l.file.Version, jurisdiction: l.file.Jurisdiction,
		source: slices.Clone(data), hash: hashOf(data)}
	l.set.pool.New = func() any { return &evaluation{} }
	l.header()
	l.parameters()
	if len(l.faults) == 0 {
		if err := l.rules(); err != nil {
			return nil, err
		}
	}
	if err := l.faults.Err(); err != nil {
		return nil, err
	}
	return l.set, nil
}

func (l *loader) fault(path []any, format string, args ...any) {
	l.faults.Add(l.doc.Line(path...), format, args...)
}

func (l *loader) header() {
	f := l.file
	if !idPattern.MatchString(f.ID) {
		l.fault([]any{"id"}, "id: must be a lower-case word of at most 40 letters, digits and underscores")
	}
	if f.Version < 1 {
		l.fault([]any{"version"}, "version: must be 1 or more")
	}
	if !jurisdictionPattern.MatchString(f.Jurisdiction) {
		l.fault([]any{"jurisdiction"}, "jurisdiction: must be six digits, or any")
	}
	if len(f.Rules) == 0 || len(f.Rules) > maxRules {
		l.fault([]any{"rules"}, "rules: there must be 1 to %d", maxRules)
	}
	if len(f.Parameters) > maxParameters {
		l.fault([]any{"parameters"}, "parameters: there can be no more than %d", maxParameters)
	}
	seen := map[string]bool{}
	for i, r := range f.Rules {
		l.id([]any{"rules", i}, "rule", r.ID, seen)
		if r.ID == Failed {
			l.fault([]any{"rules", i, "id"}, "rule %s: the id is reserved", Failed)
		}
	}
}

func (l *loader) id(path []any, what, id string, seen map[string]bool) {
	path = append(path, "id")
	switch {
	case !idPattern.MatchString(id):
		l.fault(path, "%s: id must be a lower-case word of at most 40 letters, digits and underscores", what)
	case seen[id]:
		l.fault(path, "%s %s: the id repeats", what, id)
	}
	seen[id] = true
}

func (l *loader) parameters() {
	seen := map[string]bool{}
	for i, f := range l.file.Parameters {
		path := []any{"parameters", i}
		l.id(path, "parameter", f.ID, seen)
		p := Parameter{ID: f.ID, Value: f.Value, Text: f.Text}
		if err := p.parseValue(); err != nil {
			l.fault(append(path, "value"), "parameter %s: %s", f.ID, err)
		}
		l.text(append(path, "text"), "parameter "+f.ID, f.Text)
		l.set.parameters = append(l.set.parameters, p)
	}
}

// text refuses a text that lacks a language, has one that nobody speaks here,
// or is too long for a phone.
func (l *loader) text(path []any, whose string, t models.Text) {
	what := fmt.Sprint(path[len(path)-1])
	if missing := t.Missing(); missing != "" {
		l.fault(path, "%s: %s lacks language %s", whose, what, missing)
	}
	for _, language := range slices.Sorted(maps.Keys(t)) {
		s := t[language]
		if !slices.Contains(models.Languages(), language) {
			l.fault(path, "%s: %s has unknown language %q", whose, what, language)
		}
		if len([]rune(s)) > maxText || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			l.fault(path, "%s: %s must be one line of at most %d characters", whose, what, maxText)
		}
	}
}

// rules compiles every rule. Its error is our own fault and not the file's.
func (l *loader) rules() error {
	words := &language{parameters: l.set.parameters}
	environment, err := words.environment()
	if err != nil {
		return fmt.Errorf("the language of conditions: %w", err)
	}
	used := map[string]bool{}
	for i := range l.file.Rules {
		c := &compiler{loader: l, environment: environment, words: words, path: []any{"rules", i}, file: l.file.Rules[i]}
		r, err := c.rule()
		if err != nil {
			return err
		}
		for _, id := range r.Parameters {
			used[id] = true
		}
		l.set.rules = append(l.set.rules, r)
	}
	for i, p := range l.set.parameters {
		if !used[p.ID] && len(l.faults) == 0 {
			l.fault([]any{"parameters", i, "id"}, "parameter %s: no rule uses it", p.ID)
		}
	}
	return nil
}
