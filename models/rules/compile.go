package rules

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"healthcode/models"
	"healthcode/models/published"
)

// compiler compiles one rule of a file.
type compiler struct {
	*merger
	environment *cel.Env
	words       *language
	owner       *File // whose rule it is: the merger's own, or one above it
	path        []any // of the rule in it
	file        ruleFile
	cost        uint64
}

func (c *compiler) at(key string) []any { return append(slices.Clone(c.path), key) }

func (c *compiler) refuse(key, format string, args ...any) {
	c.refuseAt(c.owner.doc.Line(c.at(key)...), format, args...)
}

// refuseAt notes a fault of the rule at the line of its owner. A rule from above
// was sound there, so what is wrong with it here is what this file sets.
func (c *compiler) refuseAt(line int, format string, args ...any) {
	what := published.Say(format, args...)
	if c.owner == c.from {
		c.faults.Note(line, "rule %s: %s", c.file.ID, what)
		return
	}
	for i, s := range c.from.settings {
		if c.changed[s.id] && c.words.used[s.id] {
			c.fault([]any{"set", i}, "set %s: with %s, rule %s: %s", s.id, s.value, c.file.ID, what)
			return
		}
	}
	c.fault([]any{"set"}, "rule %s: %s", c.file.ID, what)
}

// rule compiles the owner's rule of that position and notes its faults. Its
// error is our own fault and not the file's.
func (c *compiler) rule(index int) (rule, error) {
	before := len(c.faults)
	colour, err := models.ParseColour(c.file.Colour)
	if err != nil || colour == models.Green {
		c.refuse("colour", "colour must be grey, yellow or red")
	}
	r := rule{Rule: Rule{ID: c.file.ID, Colour: colour, When: c.file.When, Card: c.file.Card, Jurisdiction: c.owner.Jurisdiction()}, owner: c.owner, index: index}
	tree := c.condition()
	if tree == nil {
		return r, nil
	}
	r.cost = c.cost
	r.Parameters = slices.Sorted(maps.Keys(c.words.used))
	c.texts(&r.Rule)
	if r.program, err = c.environment.Program(tree, cel.EvalOptions(cel.OptOptimize)); err != nil {
		return r, fmt.Errorf("rule %s: %w", c.file.ID, err)
	}
	r.needs, r.glance = narrow(tree), glanceOf(tree, c.set.parameters)
	c.reach(r, tree)
	if len(c.faults) > before {
		r.program = nil
	}
	return r, nil
}

// condition parses and checks the rule's condition; nil if it was refused.
func (c *compiler) condition() *cel.Ast {
	before := len(c.faults)
	c.words.used, c.words.said = map[string]bool{}, nil
	tree, issues := c.environment.Compile(c.file.When)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			c.refuseAt(c.lineOf(e.Location.Line()), "when: %s", c.words.told(e.Message))
		}
		return nil
	}
	if out := tree.OutputType(); !out.IsExactType(types.BoolType) && !out.IsExactType(cel.ListType(factType)) {
		c.refuse("when", "a condition is true or false, or a list of facts, not %s", out)
	}
	c.checkWords(tree)
	estimate, err := c.environment.EstimateCost(tree, sizes{})
	c.cost = estimate.Max
	if err != nil {
		c.refuse("when", "its cost cannot be told: %s", err)
	} else if estimate.Max > maxCost {
		c.refuse("when", "costs up to %d steps for a person of %d facts, and %d are allowed", estimate.Max, costFacts, maxCost)
	}
	if len(c.faults) > before {
		return nil
	}
	return tree
}

// lineOf is the file's line of the condition's line, which counts from 1.
func (c *compiler) lineOf(line int) int {
	first := c.owner.doc.Line(c.at("when")...)
	if c.owner.doc.Block(c.at("when")...) {
		first++
	}
	return first + max(line, 1) - 1
}

// texts puts the parameters' values into the rule's texts, so that they cannot
// say another figure than the one that rules.
func (c *compiler) texts(r *Rule) {
	told := map[string]map[string]bool{}
	for _, language := range models.Languages() {
		told[language] = map[string]bool{}
	}
	for _, t := range []struct {
		key  string
		from models.Text
		to   *models.Text
	}{{"why", c.file.Why, &r.Why}, {"clear", c.file.Clear, &r.Clear}, {"ask", c.file.Ask, &r.Ask}} {
		checkText(&c.faults, c.from.doc.Line(c.at(t.key)...), published.Say("rule %s: %s", r.ID, t.key), t.from)
		filled, named, err := fill(t.from, c.set.parameters)
		if err != nil {
			c.refuse(t.key, "%s: %s", t.key, err)
		}
		*t.to = filled
		for _, language := range models.Languages() {
			maps.Copy(told[language], named[language])
		}
	}
	for _, language := range models.Languages() {
		for _, id := range r.Parameters {
			if !told[language][id] {
				c.refuse("why", "uses parameter %s and tells it nowhere in language %s", id, language)
			}
		}
		for id := range told[language] {
			if !slices.Contains(r.Parameters, id) {
				c.refuse("why", "tells parameter %s, which it does not use", id)
			}
		}
	}
}

// The bound of a condition's cost, in CEL's steps, for somebody of so many facts.
// Going through all facts twice, one inside the other, costs about a million;
// three times, more than a hundred million.
const (
	costFacts = 200
	maxCost   = 3_000_000
)

// sizes tells CEL's estimator how large things are.
type sizes struct{}

// EstimateSize bounds the facts of a person and the words of a fact.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	switch path := n.Path(); {
	case len(path) == 1 && path[0] == "facts":
		return &cost.SizeEstimate{Min: 0, Max: costFacts}
	case len(path) > 1:
		return &cost.SizeEstimate{Min: 0, Max: 40}
	}
	return nil
}

// EstimateCallCost knows that spaced sorts and that the rest compares two instants.
func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	steps := uint64(2)
	switch function {
	case callSpaced:
		steps = 8 * costFacts
	case callWithin, callApart, "after":
	default:
		return nil
	}
	return cost.NewCallEstimate(cost.Estimate{Min: 2, Max: steps}, nil)
}
