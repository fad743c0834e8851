package rules

import (
	"cmp"
	"slices"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"healthcode/models"
)

// evaluation is one person's facts while rules are asked about them. It is what
// conditions find behind the name facts.
type evaluation struct {
	now     time.Time
	facts   []fact      // all of them, the latest first
	seen    []ref.Val   // those in force now
	list    ref.Val     // of seen; nil until it is asked for
	kinds   kindSet     // of seen
	events  []time.Time // at which a fact begins or ceases to be in force, sorted
	answers []answer    // of each rule, at first
	flip    time.Time   // first instant at which some within that was asked answers otherwise
}

// begin takes the facts in. The latest comes first, since what holds now most
// often rests on it and conditions stop at the first that will do.
func (s *Set) begin(given []models.Fact, now time.Time) *evaluation {
	e := s.pool.Get().(*evaluation)
	e.now, e.events = now, e.events[:0]
	e.facts = slices.Grow(e.facts[:0], len(given))[:len(given)]
	for i := range given {
		e.facts[i].see(&given[i])
	}
	slices.SortStableFunc(e.facts, func(a, b fact) int { return b.At.Compare(a.At) })
	for i := range e.facts {
		f := &e.facts[i]
		f.index, f.evaluation = i, e
		for _, t := range []time.Time{f.At, f.Until} {
			if t.After(now) {
				e.events = append(e.events, t)
			}
		}
	}
	slices.SortFunc(e.events, time.Time.Compare)
	e.look()
	return e
}

// end lets go of the person's facts.
func (s *Set) end(e *evaluation) {
	clear(e.facts)
	clear(e.seen)
	clear(e.answers)
	e.list = nil
	s.pool.Put(e)
}

// look gathers the facts that are in force now.
func (e *evaluation) look() {
	e.seen, e.kinds = e.seen[:0], 0
	for i := range e.facts {
		if f := &e.facts[i]; f.Holds(e.now) {
			e.seen = append(e.seen, f)
			e.kinds |= f.bit
		}
	}
	e.list = nil
}

// move goes to another instant.
func (e *evaluation) move(to time.Time) {
	e.now = to
	if len(e.events) > 0 {
		e.look()
	}
}

// flips notes that an answer holds only until then.
func (e *evaluation) flips(at time.Time) {
	if e.flip.IsZero() || at.Before(e.flip) {
		e.flip = at
	}
}

// ResolveName gives conditions the facts in force.
func (e *evaluation) ResolveName(name string) (any, bool) {
	if e.list == nil {
		e.list = types.NewRefValList(types.DefaultTypeAdapter, e.seen)
	}
	return e.list, name == "facts"
}

// Parent is nil: there is nothing else to be seen.
func (e *evaluation) Parent() interpreter.Activation { return nil }

// state is what a rule says.
type state uint8

const (
	silent state = iota
	speaks
	failed // its condition could not be evaluated
)

// answer is what a rule says at one instant.
type answer struct {
	state state
	facts []int     // that made it speak, by index, ascending
	next  time.Time // the first instant at which it may say otherwise; zero for never
}

func (a answer) same(b answer) bool { return a.state == b.state && slices.Equal(a.facts, b.facts) }

// ask asks the rule now. The answer depends on nothing but the facts in force
// and the withins that were asked, so it stands until one of those changes.
func (e *evaluation) ask(r *rule) answer {
	e.flip = time.Time{}
	var a answer
	if r.needs&e.kinds != 0 || r.needs == 0 {
		a.state, a.facts = e.run(r)
	}
	a.next = e.flip
	if i, _ := slices.BinarySearchFunc(e.events, e.now, afterEvent); i < len(e.events) {
		if t := e.events[i]; a.next.IsZero() || t.Before(a.next) {
			a.next = t
		}
	}
	return a
}

// run evaluates the rule's condition, by a glance if that will do.
func (e *evaluation) run(r *rule) (state, []int) {
	if g := &r.glance; len(g.marks) > 0 {
		if any := g.any(e.seen); !any || g.settles {
			return read(types.Bool(any != g.negated))
		}
	}
	out, _, err := r.program.Eval(e)
	if err != nil {
		return failed, nil
	}
	return read(out)
}

// afterEvent orders events so that the search stops at the first after now.
func afterEvent(event, now time.Time) int {
	if event.After(now) {
		return 1
	}
	return -1
}

// read takes a condition's value apart: true, or a list with facts in it, speaks.
func read(value ref.Val) (state, []int) {
	switch v := value.(type) {
	case types.Bool:
		if v {
			return speaks, nil
		}
		return silent, nil
	case traits.Lister:
		var facts []int
		for it := v.Iterator(); it.HasNext() == types.True; {
			facts = append(facts, it.Next().(*fact).index)
		}
		if len(facts) == 0 {
			return silent, nil
		}
		slices.Sort(facts)
		return speaks, slices.Compact(facts)
	}
	return failed, nil
}

// Decide is what the rules make of the facts at that instant: the worst colour
// that any rule gives, every rule that gives one with the facts that made it,
// and the first instant after now at which the colour or the reasons differ if
// no fact is added. Facts that are not in force count for nothing until they
// are. It is pure: the same facts in any order give the same outcome.
//
// An evaluation that fails gives the reason [Failed] and grey, beside whatever
// the other rules say.
func (s *Set) Decide(facts []models.Fact, now time.Time) models.Outcome {
	return s.ask(s.rules, facts, now)
}

// ask asks just these rules.
func (s *Set) ask(rules []rule, facts []models.Fact, now time.Time) models.Outcome {
	e := s.begin(facts, now)
	defer s.end(e)
	out := models.Outcome{Colour: models.Green}
	answers := slices.Grow(e.answers[:0], len(rules))[:len(rules)]
	e.answers = answers
	for i := range rules {
		answers[i] = e.ask(&rules[i])
	}
	for i := range rules {
		ends := e.follow(&rules[i], answers[i], &out.Until)
		if answers[i].state != silent {
			out.Reasons = e.reason(out.Reasons, &rules[i], answers[i], ends)
		}
	}
	slices.SortStableFunc(out.Reasons, func(a, b models.DecisionReason) int { return cmp.Compare(b.Colour, a.Colour) })
	if len(out.Reasons) > 0 {
		out.Colour = out.Reasons[0].Colour
	}
	return out
}

// follow goes through the instants at which the rule may say otherwise. It
// lowers until to the first at which it does, and gives the one at which a rule
// that is not silent changes its state; zero for never.
func (e *evaluation) follow(r *rule, first answer, until *time.Time) (ends time.Time) {
	for t := first.next; !t.IsZero(); {
		if first.state == silent && !until.IsZero() && !t.Before(*until) {
			break
		}
		e.move(t)
		then := e.ask(r)
		if !then.same(first) && (until.IsZero() || t.Before(*until)) {
			*until = t
		}
		if then.state != first.state {
			ends = t
			break
		}
		t = then.next
	}
	return ends
}

// reason adds the rule to the reasons. All that failed are one reason.
func (e *evaluation) reason(reasons []models.DecisionReason, r *rule, a answer, ends time.Time) []models.DecisionReason {
	if a.state == speaks {
		spoke := models.DecisionReason{Rule: r.ID, Colour: r.Colour, Until: ends}
		for _, i := range a.facts {
			spoke.Facts = append(spoke.Facts, e.facts[i].ID)
		}
		slices.Sort(spoke.Facts)
		return append(reasons, spoke)
	}
	i := slices.IndexFunc(reasons, func(r models.DecisionReason) bool { return r.Rule == Failed })
	if i < 0 {
		return append(reasons, models.DecisionReason{Rule: Failed, Colour: models.Grey, Until: ends})
	}
	if last := &reasons[i].Until; ends.IsZero() || !last.IsZero() && last.Before(ends) {
		*last = ends
	}
	return reasons
}
