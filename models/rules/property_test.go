package rules

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"healthcode/models"
)

// odd is a set whose rules come and go with time in every way there is.
func odd(t testing.TB) *Set {
	t.Helper()
	data, err := os.ReadFile("testdata/odd.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shapes are facts of every sort that there is, without a time.
func shapes() []models.Fact {
	return shapesOf(map[string][]string{"code": {"health", "yes", "unsure", "pcr", "cleared"}})
}

// step is the grain of generated times, so that sampling at every step misses no
// instant at which something may change.
const step = 3 * time.Hour

// drawFacts draws facts from half a month before the instant to some days after.
func drawFacts(t *rapid.T, most int) []models.Fact {
	all := shapes()
	facts := make([]models.Fact, rapid.IntRange(0, most).Draw(t, "facts"))
	for i := range facts {
		facts[i] = drawFact(t, all)
		facts[i].ID = strconv.Itoa(i)
	}
	return facts
}

func drawFact(t *rapid.T, among []models.Fact) models.Fact {
	f := rapid.SampledFrom(among).Draw(t, "shape")
	f.At = now.Add(time.Duration(rapid.IntRange(-130, 30).Draw(t, "at")) * step)
	if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
		f.Until = f.At.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "for")) * step)
	}
	return f
}

// isRisk says which facts tell of a risk.
func isRisk(f models.Fact) bool {
	switch f.Kind {
	case models.FactSymptom, models.FactContact, models.FactStay, models.FactExposure, models.FactOrder:
		return true
	case models.FactTest:
		return f.Result == "positive"
	}
	return false
}

func TestAddingRiskNeverImproves(t *testing.T) {
	t.Parallel()
	var risks []models.Fact
	for _, f := range shapes() {
		if isRisk(f) {
			risks = append(risks, f)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t, 8)
		risk := drawFact(t, risks)
		risk.ID = "risk"
		before := standby.Decide(facts, now)
		after := standby.Decide(append(slices.Clone(facts), risk), now)
		if after.Colour < before.Colour {
			t.Fatalf("%s became %s", show(before), show(after))
		}
	})
}

func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, s := range []*Set{standby, odd(t)} {
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 8)
			want := s.Decide(facts, now)
			shuffled := slices.Clone(facts)
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
			random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if diff := cmp.Diff(want, s.Decide(shuffled, now)); diff != "" {
				t.Fatal(diff)
			}
			if diff := cmp.Diff(want, s.Decide(facts, now.In(time.FixedZone("", 8*3600)))); diff != "" {
				t.Fatal("another time zone: " + diff)
			}
		})
	}
}

// TestUntilIsTheFirstChange samples every instant at which something may change.
func TestUntilIsTheFirstChange(t *testing.T) {
	t.Parallel()
	for _, s := range []*Set{standby, odd(t)} {
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 6)
			at := now.Add(time.Duration(rapid.IntRange(0, int(step-1)).Draw(t, "offset")))
			o := s.Decide(facts, at)
			last := now.Add(70 * day)
			if !o.Until.IsZero() {
				last = o.Until
				if diff := cmp.Diff(o.Reasons, s.Decide(facts, last).Reasons); diff == "" {
					t.Fatalf("nothing changes at the end of %s", show(o))
				}
				if diff := cmp.Diff(o, s.Decide(facts, last.Add(-1))); diff != "" {
					t.Fatalf("it changes before the end of %s:\n%s", show(o), diff)
				}
			}
			for i := now; i.Before(last); i = i.Add(step) {
				if i.After(at) {
					if diff := cmp.Diff(o, s.Decide(facts, i)); diff != "" {
						t.Fatalf("at %s, before its end, %s changes:\n%s", i, show(o), diff)
					}
				}
			}
		})
	}
}

// TestReasonUntilIsTheFirstSilence samples in the same way for each reason alone.
func TestReasonUntilIsTheFirstSilence(t *testing.T) {
	t.Parallel()
	for _, s := range []*Set{standby, odd(t)} {
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 6)
			for _, r := range s.Decide(facts, now).Reasons {
				for i := now; i.Before(now.Add(70 * day)); i = i.Add(step) {
					over := !r.Until.IsZero() && !i.Before(r.Until)
					speaks := slices.ContainsFunc(s.Decide(facts, i).Reasons,
						func(q models.DecisionReason) bool { return q.Rule == r.Rule })
					if speaks == over {
						t.Fatalf("rule %s until %s: at %s it speaks: %v", r.Rule, r.Until, i, speaks)
					}
					if over {
						break
					}
				}
			}
		})
	}
}

// TestWorstColourWins and with it: green is the absence of reasons.
func TestWorstColourWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := standby.Decide(drawFacts(t, 8), now)
		worst := models.Green
		for _, r := range o.Reasons {
			worst = max(worst, r.Colour)
		}
		if o.Colour != worst {
			t.Fatalf("%s, and the worst of its reasons is %s", o.Colour, worst)
		}
	})
}

// TestSkippingChangesNothing proves that a rule which is passed over because
// nobody has facts of its kind would have been silent.
func TestSkippingChangesNothing(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]*Set{{standby, Default()}, {odd(t), odd(t)}} {
		for i := range pair[1].rules {
			pair[1].rules[i].needs = 0
		}
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 6)
			if diff := cmp.Diff(pair[1].Decide(facts, now), pair[0].Decide(facts, now)); diff != "" {
				t.Fatal(diff)
			}
		})
	}
	skipped := 0
	for _, r := range standby.rules {
		if r.needs != 0 {
			skipped++
		}
	}
	if skipped != 8 {
		t.Errorf("%d of the default rules can be passed over, want 8", skipped)
	}
}
