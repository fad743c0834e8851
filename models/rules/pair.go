package rules

import (
	"cmp"
	"slices"
	"time"

	"healthcode/models"
)

// Pair is two sets that are asked about the same people. What they have in common,
// which is most of it where one follows the other, is evaluated once. It never
// changes and may be used by many goroutines at once.
type Pair struct {
	before, after *Set
	common        []int // by rule of after: the rule of before that says the same, or -1
}

// NewPair puts two sets side by side.
func NewPair(before, after *Set) *Pair {
	p := &Pair{before: before, after: after, common: make([]int, len(after.rules))}
	for i := range after.rules {
		p.common[i] = slices.IndexFunc(before.rules, func(r rule) bool {
			return r.When == after.rules[i].When && before.values(r) == after.values(after.rules[i])
		})
	}
	return p
}

// values is what the parameters of a rule come to, as one string.
func (s *Set) values(r rule) (all string) {
	for _, p := range s.parameters {
		if slices.Contains(r.Parameters, p.ID) {
			all += p.ID + "=" + p.Value + "\n"
		}
	}
	return all
}

// Outcomes is what the two make of the facts at that instant, without until when:
// it is for counting, and nobody relies upon it.
func (p *Pair) Outcomes(facts []models.Fact, now time.Time) (before, after models.Outcome) {
	e := p.before.begin(facts, now)
	defer p.before.end(e)
	answers := slices.Grow(e.answers[:0], len(p.before.rules))[:len(p.before.rules)]
	e.answers = answers
	for i := range p.before.rules {
		answers[i] = e.ask(&p.before.rules[i])
	}
	before = e.outcome(p.before, func(i int) answer { return answers[i] })
	after = e.outcome(p.after, func(i int) answer {
		if p.common[i] >= 0 {
			return answers[p.common[i]]
		}
		return e.ask(&p.after.rules[i])
	})
	return before, after
}

func (e *evaluation) outcome(s *Set, answer func(i int) answer) models.Outcome {
	out := models.Outcome{Colour: models.Green}
	for i := range s.rules {
		if a := answer(i); a.state != silent {
			out.Reasons = e.reason(out.Reasons, &s.rules[i], a, time.Time{})
		}
	}
	slices.SortStableFunc(out.Reasons, func(a, b models.DecisionReason) int { return cmp.Compare(b.Colour, a.Colour) })
	if len(out.Reasons) > 0 {
		out.Colour = out.Reasons[0].Colour
	}
	return out
}
