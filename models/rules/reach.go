package rules

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"healthcode/models"
)

// The bounds of the search for facts that make a rule speak.
const (
	maxCodes  = 40  // words that a code is compared with
	maxAges   = 10  // instants at which a fact may have happened
	maxPairs  = 100 // facts that are tried two by two
	maxCopies = 10  // of one fact, one after another
)

// reach refuses a rule that can never speak and one that always does. It tries
// no facts, each fact that the condition's own words describe, each two of them,
// rows of the same one, and all at once: a rule that needs more than those is
// refused too, and can be written as two.
func (c *compiler) reach(r rule, tree *cel.Ast) {
	now := time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)
	var spoke, kept bool
	for facts := range c.situations(tree, now) {
		e := c.set.begin(facts, now)
		switch e.ask(&r).state {
		case speaks:
			spoke = true
		case silent:
			kept = true
		}
		c.set.end(e)
		if spoke && kept {
			return
		}
	}
	if !spoke {
		c.refuse("when", "unreachable: no facts were found that make it speak")
	} else {
		c.refuse("when", "speaks whatever the facts are")
	}
}

// situations are the sets of facts that are tried.
func (c *compiler) situations(tree *cel.Ast, now time.Time) func(yield func([]models.Fact) bool) {
	shapes := shapesOf(vocabularyOf(tree))
	ages := c.ages()
	var singles []models.Fact
	for _, f := range shapes {
		for _, age := range ages {
			f.At = now.Add(-age)
			singles = append(singles, f)
		}
	}
	return func(yield func([]models.Fact) bool) {
		if !yield(nil) || !yield(some(singles, costFacts)) {
			return
		}
		for i := range singles {
			if !yield(singles[i : i+1]) {
				return
			}
		}
		for _, f := range shapes {
			for _, row := range c.rows(f, now) {
				if !yield(row) {
					return
				}
			}
		}
		pairs := some(singles, maxPairs)
		for i := range pairs {
			for j := range pairs {
				if i != j && !yield([]models.Fact{pairs[i], pairs[j]}) {
					return
				}
			}
		}
	}
}

// some picks at most so many of the facts, evenly.
func some(facts []models.Fact, most int) (picked []models.Fact) {
	stride := (len(facts) + most - 1) / most
	for i := 0; i < len(facts); i += max(stride, 1) {
		picked = append(picked, facts[i])
	}
	return picked
}

// ages are how long ago facts are tried: just now in two orders, and to either
// side of every length of time that the condition uses.
func (c *compiler) ages() []time.Duration {
	ages := []time.Duration{time.Hour, 2 * time.Hour}
	for _, p := range c.set.parameters {
		if c.words.used[p.ID] && p.Duration > 0 {
			ages = append(ages, p.Duration-time.Minute, p.Duration+2*time.Hour)
		}
	}
	slices.Sort(ages)
	ages = slices.Compact(ages)
	return ages[:min(len(ages), maxAges)]
}

// rows are runs of the same fact, as far apart as the condition may ask.
func (c *compiler) rows(f models.Fact, now time.Time) (rows [][]models.Fact) {
	gaps := []time.Duration{time.Hour}
	for _, p := range c.set.parameters {
		if c.words.used[p.ID] && p.Duration > 0 {
			gaps = append(gaps, p.Duration)
		}
	}
	for _, gap := range gaps[:min(len(gaps), maxAges)] {
		var row []models.Fact
		for range maxCopies {
			f.At = now.Add(-time.Hour - time.Duration(len(row))*gap)
			row = append(row, f)
			rows = append(rows, slices.Clone(row))
		}
	}
	return rows
}

// shapesOf are the facts that the words describe: every mentioned kind, or all
// kinds, with every mentioned code and one that is not, and what levels and
// results facts of the kind can have.
func shapesOf(words map[string][]string) (shapes []models.Fact) {
	named := kinds
	if len(words["kind"]) > 0 {
		named = nil
		for _, k := range words["kind"] {
			named = append(named, models.FactKind(k))
		}
	}
	for _, kind := range named {
		results := results
		if kind != models.FactTest {
			results = []string{""}
		}
		levels := levels[kind]
		if len(levels) == 0 {
			levels = []string{""}
		}
		codes := append([]string{"other"}, words["code"]...)
		for _, code := range codes[:min(len(codes), maxCodes)] {
			for _, level := range levels {
				for _, result := range results {
					shapes = append(shapes, models.Fact{Kind: kind, Code: code, Level: level, Result: result})
				}
			}
		}
	}
	return shapes
}
