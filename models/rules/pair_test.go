package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"healthcode/models"
)

// pairs are sets that have all, most, or little in common.
func pairs(t testing.TB) map[string][2]*Set {
	t.Helper()
	changed := func(old, new string) *Set {
		s, err := Load([]byte(strings.Replace(string(defaultFile), old, new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	files := chain(t)
	return map[string][2]*Set{
		"same":      {standby, standby},
		"parameter": {standby, changed("- id: symptom_days\n    value: 7d", "- id: symptom_days\n    value: 21d")},
		"condition": {standby, changed("f.level == 'medium' && within", "f.level != 'high' && within")},
		"chain":     {mustMerge(t, files[0]), mustMerge(t, files...)},
		"back":      {mustMerge(t, files...), mustMerge(t, files[0])},
		"strangers": {standby, mustMerge(t, files...)},
	}
}

// Two sets asked together say what each says by itself.
func TestPairIsTwoDecisions(t *testing.T) {
	t.Parallel()
	for name, sets := range pairs(t) {
		p := NewPair(sets[0], sets[1])
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 6)
			before, after := p.Outcomes(facts, now)
			for i, got := range []models.Outcome{before, after} {
				want := sets[i].Decide(facts, now)
				want.Until = time.Time{}
				for k := range want.Reasons {
					want.Reasons[k].Until = time.Time{}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s, set %d of the pair (-alone +together):\n%s", name, i, diff)
				}
			}
		})
	}
}

// BenchmarkPair is one person of a dry run.
func BenchmarkPair(b *testing.B) {
	sets := pairs(b)["parameter"]
	p := NewPair(sets[0], sets[1])
	for _, name := range []string{"typical", "well", "yellow", "red"} {
		facts := people(b)[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Outcomes(facts, now)
			}
		})
	}
}
