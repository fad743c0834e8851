package rules

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

// crowd is some people of the example, and what becomes of them if the city's
// rules come to hold for whom the nation's held.
func crowd(t testing.TB) (people [][]models.Fact) {
	t.Helper()
	for _, words := range []string{
		"test/pcr/negative@-1h",
		"test/pcr/negative@-30h",
		"test/pcr/negative@-1h stay/medium@-3d",
		"test/pcr/negative@-30h stay/medium@-3d",
		"order/red@-1d",
		"",
	} {
		people = append(people, parse(t, words))
	}
	return people
}

func TestComparison(t *testing.T) {
	t.Parallel()
	files := chain(t)
	c := Compare(mustMerge(t, files[0]), mustMerge(t, files...))
	for _, facts := range crowd(t) {
		c.Add(facts, now)
	}
	transitions := []Transition{{models.Green, models.Green, 1}, {models.Green, models.Grey, 1}, {models.Green, models.Yellow, 2},
		{models.Grey, models.Grey, 1}, {models.Red, models.Red, 1}}
	if diff := cmp.Diff(transitions, c.Transitions()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]RuleChange{{"untested", 2, 0}, {"arrival", 2, 0}}, c.Rules()); diff != "" {
		t.Error(diff)
	}
	back := Compare(mustMerge(t, files...), mustMerge(t, files[0]))
	for _, facts := range crowd(t) {
		back.Add(facts, now)
	}
	if diff := cmp.Diff([]RuleChange{{"untested", 0, 2}, {"arrival", 0, 2}}, back.Rules()); diff != "" || back.People() != 6 {
		t.Error(diff)
	}
	defer func() {
		if recover() == nil {
			t.Error("two comparisons of different sets are one")
		}
	}()
	c.Merge(back)
}

// TestComparisonOfMany: goroutines that add to one, or to their own that are
// merged, count the same.
func TestComparisonOfMany(t *testing.T) {
	t.Parallel()
	files, people := chain(t), crowd(t)
	before, after := mustMerge(t, files[0]), mustMerge(t, files...)
	whole, parts := Compare(before, after), Compare(before, after)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			part := Compare(before, after)
			for range 50 {
				for _, facts := range people {
					whole.Add(facts, now)
					part.Add(facts, now)
				}
			}
			parts.Merge(part)
		})
	}
	group.Wait()
	if whole.People() != 1200 {
		t.Errorf("%d people", whole.People())
	}
	if diff := cmp.Diff(whole.Transitions(), parts.Transitions()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(whole.Rules(), parts.Rules()); diff != "" {
		t.Error(diff)
	}
}

// TestComparisonAllocatesNothing beyond the two decisions.
func TestComparisonAllocatesNothing(t *testing.T) {
	files := chain(t)
	before, after := mustMerge(t, files[0]), mustMerge(t, files...)
	c := Compare(before, after)
	facts := parse(t, "test/pcr/negative@-30h stay/medium@-3d")
	from, to := before.Decide(facts, now), after.Decide(facts, now)
	if n := testing.AllocsPerRun(100, func() { c.count(from, to) }); n > 0 {
		t.Errorf("counting a person allocates %.0f times", n)
	}
}

// BenchmarkCompare is one person of a dry run.
func BenchmarkCompare(b *testing.B) {
	below := mustParse(b, "id: c\nversion: 1\njurisdiction: \"330000\"\nset: [{id: symptom_days, value: 14d}]\n")
	c := Compare(standby, mustMerge(b, standby.Files()[0], below))
	facts := people(b)["well"]
	b.ReportAllocs()
	for b.Loop() {
		c.Add(facts, now)
	}
}
