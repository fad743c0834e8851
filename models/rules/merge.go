package rules

import (
	"fmt"
	"slices"

	"healthcode/models"
	"healthcode/models/published"
)

// The bounds of what one person is held against: the files of a chain together.
// A decision under a set at these bounds costs some eight times what it costs
// under the default rules at the worst.
const (
	maxMergedRules      = 120
	maxMergedParameters = 120
	maxMergedCost       = 60_000_000 // of CEL's steps, for a person of costFacts facts
)

// Merge is the set that holds where the last file's jurisdiction is, out of the
// files from the top down to it. A file adds rules and parameters, and sets
// those above it within the bounds that they declare. It changes and removes no
// rule above it. The same files always make the same set.
//
// All that is wrong is told at once ([published.Faults]), each with its line
// and, of several files, the jurisdiction whose file it is in.
func Merge(files ...*File) (*Set, error) {
	if len(files) == 0 {
		return nil, published.Faults{{Says: published.Say("there is no file to merge")}}
	}
	var set *Set
	var faults published.Faults
	for _, f := range files {
		below, found, err := set.extend(f)
		if err != nil {
			return nil, err
		}
		if len(files) > 1 {
			found = found.In(f.Jurisdiction())
		}
		set, faults = below, append(faults, found...)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return set, nil
}

// merger puts one file below a set and notes everything that is wrong there.
type merger struct {
	above   *Set // nil for the first file
	from    *File
	set     *Set
	changed map[string]bool // parameters of above whose value is another now
	faults  published.Faults
}

// extend is the set that the file makes below s, which is nil for the first
// file, and what is wrong with the file there. A set with faults is for judging
// the files below it and nothing else. The error is our own fault and no file's.
func (s *Set) extend(f *File) (*Set, published.Faults, error) {
	m := &merger{above: s, from: f, changed: map[string]bool{}, set: newSet(f)}
	if s != nil {
		m.set.files = append(slices.Clone(s.files), f)
	}
	m.place()
	m.inherit()
	m.declare()
	if err := m.rules(); err != nil {
		return nil, nil, err
	}
	m.weigh()
	m.set.seal()
	return m.set, m.faults, nil
}

func (m *merger) fault(path []any, format string, args ...any) {
	m.faults.Note(m.from.doc.Line(path...), format, args...)
}

// place refuses a file where it cannot stand.
func (m *merger) place() {
	if m.above == nil {
		if len(m.from.content.Rules) == 0 {
			m.fault([]any{"rules"}, "rules: there must be 1 to %d", maxRules)
		}
		return
	}
	if m.from.Jurisdiction() == models.Root {
		m.fault([]any{"jurisdiction"}, "jurisdiction: nothing stands above %s", models.Root)
		return
	}
	for _, f := range m.above.files {
		if f.Jurisdiction() == m.from.Jurisdiction() {
			m.fault([]any{"jurisdiction"}, "jurisdiction: %s stands above already", f.Jurisdiction())
			return
		}
	}
}

// weigh bounds what all the files ask for together. What is too much above is
// told there alone.
func (m *merger) weigh() {
	rules, parameters, cost := m.set.weight()
	rulesAbove, parametersAbove, costAbove := m.above.weight()
	if rules > maxMergedRules && rulesAbove <= maxMergedRules {
		m.fault([]any{"rules"}, "rules: with those above there are %d, and %d are allowed", rules, maxMergedRules)
	}
	if parameters > maxMergedParameters && parametersAbove <= maxMergedParameters {
		m.fault([]any{"parameters"}, "parameters: with those above there are %d, and %d are allowed", parameters, maxMergedParameters)
	}
	if cost > maxMergedCost && costAbove <= maxMergedCost {
		m.fault([]any{"rules"}, "rules: with those above they cost up to %d steps for a person of %d facts, and %d are allowed",
			cost, costFacts, maxMergedCost)
	}
}

// weight is how many rules and parameters there are, and what the rules cost.
func (s *Set) weight() (rules, parameters int, cost uint64) {
	if s == nil {
		return 0, 0, 0
	}
	for _, r := range s.rules {
		cost += r.cost
	}
	return len(s.rules), len(s.parameters), cost
}

// rules takes over the rules above and compiles the file's own. Its error is our
// own fault and not the file's.
func (m *merger) rules() error {
	sound := len(m.faults) == 0
	words := &language{parameters: m.set.parameters}
	environment, err := words.environment()
	if err != nil {
		return fmt.Errorf("the language of conditions: %w", err)
	}
	compile := func(owner *File, i int) error {
		c := &compiler{merger: m, environment: environment, words: words, owner: owner, path: []any{"rules", i}, file: owner.content.Rules[i]}
		r, err := c.rule(i)
		m.set.rules = append(m.set.rules, r)
		return err
	}
	if m.above != nil {
		for _, r := range m.above.rules {
			if r.program == nil || !slices.ContainsFunc(r.Parameters, func(id string) bool { return m.changed[id] }) {
				m.set.rules = append(m.set.rules, r)
			} else if err := compile(r.owner, r.index); err != nil {
				return err
			}
		}
	}
	for i, r := range m.from.content.Rules {
		switch owner := m.above.ruleOwner(r.ID); {
		case owner != "":
			m.fault([]any{"rules", i, "id"}, "rule %s: %s has a rule of this id, and no file below changes or removes it", r.ID, owner)
		case !sound:
			m.set.rules = append(m.set.rules, rule{Rule: Rule{ID: r.ID}, owner: m.from, index: i})
		default:
			if err := compile(m.from, i); err != nil {
				return err
			}
		}
	}
	m.unused()
	return nil
}

// unused refuses parameters that the file adds and neither a rule of it nor the
// service uses.
func (m *merger) unused() {
	if len(m.faults) > 0 {
		return // a rule that was refused may be the one
	}
	for i, p := range m.from.parameters {
		uses := func(r rule) bool { return slices.Contains(r.Parameters, p.ID) }
		if _, own := bespoke[p.ID]; !own && !slices.ContainsFunc(m.set.rules, uses) {
			m.fault([]any{"parameters", i, "id"}, "parameter %s: no rule uses it", p.ID)
		}
	}
}

// ruleOwner is whose file has the rule; empty if there is none.
func (s *Set) ruleOwner(id string) string {
	if s == nil {
		return ""
	}
	for _, r := range s.rules {
		if r.ID == id {
			return r.owner.Jurisdiction()
		}
	}
	return ""
}
