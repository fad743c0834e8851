package rules

import (
	"slices"
	"sync/atomic"
	"time"

	"healthcode/models"
)

// Comparison counts what becomes of people if one set takes the place of
// another: a dry run. It keeps numbers alone and no person. Any number of
// goroutines may add to it at once.
type Comparison struct {
	before, after *Set
	index         map[string]int // of a rule in rules
	rules         []ruleCount
	colours       [models.Red + 1][models.Red + 1]atomic.Int64 // from, to
}

type ruleCount struct {
	id           string
	began, ended atomic.Int64
}

// Compare begins the comparison of the set that holds with another.
func Compare(before, after *Set) *Comparison {
	c := &Comparison{before: before, after: after, index: map[string]int{}}
	var ids []string
	for _, s := range []*Set{before, after} {
		for _, r := range s.rules {
			if !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	ids = append(ids, Failed)
	c.rules = make([]ruleCount, len(ids))
	for i, id := range ids {
		c.index[id], c.rules[i].id = i, id
	}
	return c
}

// Add decides about one person under both sets and counts the difference.
func (c *Comparison) Add(facts []models.Fact, now time.Time) {
	c.count(c.before.Decide(facts, now), c.after.Decide(facts, now))
}

// count allocates nothing: it is done a million times.
func (c *Comparison) count(before, after models.Outcome) {
	c.colours[before.Colour][after.Colour].Add(1)
	for _, r := range after.Reasons {
		if !spoke(before.Reasons, r.Rule) {
			c.rules[c.index[r.Rule]].began.Add(1)
		}
	}
	for _, r := range before.Reasons {
		if !spoke(after.Reasons, r.Rule) {
			c.rules[c.index[r.Rule]].ended.Add(1)
		}
	}
}

func spoke(reasons []models.DecisionReason, rule string) bool {
	for i := range reasons {
		if reasons[i].Rule == rule {
			return true
		}
	}
	return false
}

// Merge adds what another comparison of the same two sets has counted, and
// panics if they are not the same: its figures would mean nothing.
func (c *Comparison) Merge(other *Comparison) {
	if c.before.hash != other.before.hash || c.after.hash != other.after.hash {
		panic("rules: the comparisons are not of the same sets")
	}
	for from := range c.colours {
		for to := range c.colours[from] {
			c.colours[from][to].Add(other.colours[from][to].Load())
		}
	}
	for i := range other.rules {
		mine := &c.rules[c.index[other.rules[i].id]]
		mine.began.Add(other.rules[i].began.Load())
		mine.ended.Add(other.rules[i].ended.Load())
	}
}

// Transition is how many people go from one colour to another, or stay.
type Transition struct {
	From, To models.Colour
	People   int64
}

// Transitions lists every two colours that somebody goes between, and those that
// somebody stays in, from the best to the worst.
func (c *Comparison) Transitions() (list []Transition) {
	for from := models.Green; from <= models.Red; from++ {
		for to := models.Green; to <= models.Red; to++ {
			if n := c.colours[from][to].Load(); n > 0 {
				list = append(list, Transition{from, to, n})
			}
		}
	}
	return list
}

// RuleChange is for how many people a rule begins and ceases to speak.
type RuleChange struct {
	Rule         string
	Began, Ended int64
}

// Rules lists the rules that begin or cease to speak for somebody, in the order
// of the sets, [Failed] last.
func (c *Comparison) Rules() (list []RuleChange) {
	for i := range c.rules {
		r := &c.rules[i]
		if change := (RuleChange{r.id, r.began.Load(), r.ended.Load()}); change.Began+change.Ended > 0 {
			list = append(list, change)
		}
	}
	return list
}

// People is how many were added.
func (c *Comparison) People() (n int64) {
	for _, t := range c.Transitions() {
		n += t.People
	}
	return n
}
