package models

import (
	"cmp"
	"maps"
	"slices"
)

// Tally counts for a [DryRun]. It is made with [DryRun.Tally] and not safe for
// concurrent use.
type Tally struct {
	people, reddened int64
	moves            map[move]int64 // of a community; "" for all
	rules            map[string]*RuleChange
	samples          map[move][]string
}

type move struct {
	community string
	from, to  Colour
}

// Tally goes on counting where the dry run has got to.
func (d DryRun) Tally() *Tally {
	t := &Tally{people: d.People, reddened: d.Reddened, moves: map[move]int64{}, rules: map[string]*RuleChange{}, samples: map[move][]string{}}
	for _, c := range d.Transitions {
		t.moves[move{"", c.From, c.To}] = c.People
	}
	for _, c := range d.Communities {
		t.moves[move{c.Community, c.From, c.To}] = c.People
	}
	for _, r := range d.Rules {
		t.rules[r.Rule] = &r
	}
	for _, s := range d.Samples {
		t.samples[move{"", s.From, s.To}] = s.Residents
	}
	return t
}

// Add counts one resident of the community, as they are and as they would be.
func (t *Tally) Add(resident, community string, before, after Outcome) {
	t.people++
	t.speak(before.Reasons, after.Reasons)
	all := move{"", before.Colour, after.Colour}
	t.moves[all]++
	if before.Colour == after.Colour {
		return
	}
	t.moves[move{community, before.Colour, after.Colour}]++
	if after.Colour < before.Colour {
		return
	}
	if after.Colour == Red {
		t.reddened++
	}
	if named := t.samples[all]; len(named) < SamplesKept {
		t.samples[all] = append(named, resident)
	}
}

func (t *Tally) speak(before, after []DecisionReason) {
	for i := range after {
		if !spoke(before, after[i].Rule) {
			t.rule(after[i].Rule).Began++
		}
	}
	for i := range before {
		if !spoke(after, before[i].Rule) {
			t.rule(before[i].Rule).Ended++
		}
	}
}

func spoke(reasons []DecisionReason, rule string) bool {
	return slices.ContainsFunc(reasons, func(r DecisionReason) bool { return r.Rule == rule })
}

func (t *Tally) rule(id string) *RuleChange {
	if t.rules[id] == nil {
		t.rules[id] = &RuleChange{Rule: id}
	}
	return t.rules[id]
}

// DryRun is what was counted so far, in an order of its own: colours from the best
// to the worst, and names by the alphabet.
func (t *Tally) DryRun() DryRun {
	out := DryRun{People: t.people, Reddened: t.reddened}
	for _, m := range slices.SortedFunc(maps.Keys(t.moves), compareMoves) {
		transition := Transition{From: m.from, To: m.to, People: t.moves[m]}
		if m.community == "" {
			out.Transitions = append(out.Transitions, transition)
		} else {
			out.Communities = append(out.Communities, CommunityChange{Community: m.community, Transition: transition})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.rules)) {
		out.Rules = append(out.Rules, *t.rules[id])
	}
	for _, m := range slices.SortedFunc(maps.Keys(t.samples), compareMoves) {
		out.Samples = append(out.Samples, Sample{From: m.from, To: m.to, Residents: slices.Clone(t.samples[m])})
	}
	return out
}

func compareMoves(a, b move) int {
	return cmp.Or(cmp.Compare(a.community, b.community), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
}
