package rules

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

// broken is a program that cannot be evaluated.
type broken struct{ cel.Program }

func (broken) Eval(any) (ref.Val, *cel.EvalDetails, error) {
	return nil, nil, errors.New("broken")
}

// TestFailureIsGrey: a rule that cannot be evaluated says so, never green, and
// silences no other.
func TestFailureIsGrey(t *testing.T) {
	t.Parallel()
	s := Default()
	for i, r := range s.rules {
		if r.ID == "high_stay" || r.ID == "order_red" {
			s.rules[i].program, s.rules[i].needs, s.rules[i].glance = broken{}, 0, glance{}
		}
	}
	for facts, want := range map[string]string{
		base:                        "grey   until +13d; failed grey until never",
		base + "symptom/fever@-1d":  "yellow until +6d; symptoms yellow by symptom/fever@-1d until +6d; failed grey until never",
		base + "symptom/fever@+1d":  "grey   until +1d; failed grey until never",
		base + "stay/high@-1d":      "grey   until +13d; failed grey until never",
		base + "order/red@-1d+1d":   "grey   until +13d; failed grey until never", // nobody can read the order
		base + "contact/yes@-1d+1h": "yellow until +0d1h; contact yellow by contact/yes@-1d+1h until +0d1h; failed grey until never",
	} {
		o := s.Decide(parse(t, facts), now)
		if got := show(o); got != want {
			t.Errorf("%s\n got %s\nwant %s", facts, got, want)
		}
		if o.Colour == models.Green {
			t.Errorf("%s is green", facts)
		}
	}
}

// TestOddValueIsGrey: an answer that is neither true, false nor facts is a failure.
func TestOddValueIsGrey(t *testing.T) {
	t.Parallel()
	if got, facts := read(noValue); got != failed || facts != nil {
		t.Errorf("a word for an answer gives %v, %v", got, facts)
	}
}

// TestNoPlaceNoVenue proves that conditions cannot tell one place from another,
// nor see whose facts they are.
func TestNoPlaceNoVenue(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, strings.Replace(small, "f.kind == 'symptom'", "f.code == 'x'", 1))
	for kind, want := range map[models.FactKind]models.Colour{models.FactStay: models.Green, models.FactExposure: models.Green,
		models.FactOrder: models.Yellow, models.FactVaccination: models.Yellow, "unheard-of": models.Yellow} {
		f := models.Fact{ID: "id", Kind: kind, Code: "x", Source: "declaration:1", At: now}
		if o := s.Decide([]models.Fact{f}, now); o.Colour != want {
			t.Errorf("a %s of code x gives %s, want %s", kind, o.Colour, want)
		}
	}
	for _, field := range []string{"id", "at", "until", "source", "person"} {
		_, err := Load([]byte(strings.Replace(small, "f.kind == 'symptom'", "f."+field+" == 'x'", 1)))
		if err == nil || !strings.Contains(err.Error(), "undefined field '"+field+"'") {
			t.Errorf("field %s: %v", field, err)
		}
	}
}

// TestDecideKeepsItsInput also shares one set between many goroutines.
func TestDecideKeepsItsInput(t *testing.T) {
	t.Parallel()
	facts := parse(t, base+"symptom/fever@-1d test/pcr/negative@-2d order/red@-1d+1h")
	before := parse(t, base+"symptom/fever@-1d test/pcr/negative@-2d order/red@-1d+1h")
	want := standby.Decide(facts, now)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				if diff := cmp.Diff(want, standby.Decide(facts, now)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff(before, facts); diff != "" {
		t.Error(diff)
	}
}

// TestFarTimes: no instant is too far away to be compared.
func TestFarTimes(t *testing.T) {
	t.Parallel()
	facts := parse(t, base+"symptom/fever@-1d")
	facts[0].Until = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	facts = append(facts, models.Fact{ID: "old", Kind: models.FactVaccination}) // at the year 1
	if o := standby.Decide(facts, now); o.Colour != models.Yellow || !o.Until.Equal(now.Add(6*day)) {
		t.Error(show(o))
	}
}

func mustLoad(t testing.TB, file string) *Set {
	t.Helper()
	s, err := Load([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
