package store_test

import (
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

const prefix = "https://hc.example.cn/p#"

// show is what the phone shows now.
func (w *town) show(p store.Presented) string {
	w.t.Helper()
	shown, err := p.Seed.Show(p.Grant, w.clock.Now())
	must(w.t, err)
	return shown.Text(prefix)
}

// gateNow is a gate that does not move the clock, for a pass that is shown now.
func (w *town) gateNow() models.Gate {
	return models.Gate{Staff: models.Staff{ID: "guard", Display: "guard", Role: models.RoleGuard}, Venue: w.venue}
}

func TestGateSeesHowTheResidentStandsNow(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		at := w.gate()
		for _, c := range []struct {
			name   string
			facts  []models.Fact
			colour models.Colour
			advice models.Advice
		}{
			{"nothing declared", nil, models.Grey, models.AdviceDeclare},
			{"declared well", []models.Fact{}, models.Green, models.AdvicePass},
			{"declared ill", []models.Fact{{Kind: models.FactSymptom, Code: "fever"}}, models.Yellow, models.AdviceCall},
		} {
			if c.facts != nil {
				w.declare(me, c.facts...)
			}
			p, err := w.Present(w.ctx, me)
			must(t, err)
			seen, err := w.Scan(w.ctx, at, w.ulid(), w.show(p))
			must(t, err)
			if seen.Standing.Colour != c.colour || seen.Advice != c.advice || p.Grant.Colour() != c.colour {
				t.Errorf("%s: seen %v, granted %v, advice %s; want %v, %s", c.name, seen.Standing.Colour, p.Grant.Colour(), seen.Advice, c.colour, c.advice)
			}
			if seen.Phone != "0571-88880001" {
				t.Errorf("%s: call %q, want the community's number", c.name, seen.Phone)
			}
		}
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if len(visits) != 3 || visits[0].Grade != models.GradeScanned {
			t.Errorf("visits %v, want three scanned ones", visits)
		}
		if n := countPurpose(accesses, models.AccessGate); n != 3 {
			t.Errorf("%d looks at the gate, want 3", n)
		}
	})
}

func countPurpose(list []models.Access, p models.AccessPurpose) (n int) {
	for _, a := range list {
		if a.Purpose == p {
			n++
		}
	}
	return n
}

// A grant says what held when it was given; the gate says what holds now.
func TestColourChangesUnderAGrant(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		p, err := w.Present(w.ctx, me)
		must(t, err)
		w.declare(me, models.Fact{Kind: models.FactSymptom, Code: "fever"})
		seen, err := w.Scan(w.ctx, w.gateNow(), w.ulid(), w.show(p))
		must(t, err)
		if p.Grant.Colour() != models.Green || seen.Standing.Colour != models.Yellow {
			t.Errorf("granted %v, seen %v; want green, yellow", p.Grant.Colour(), seen.Standing.Colour)
		}
	})
}

func TestPassesThatAreRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		p, err := w.Present(w.ctx, me)
		must(t, err)
		text := w.show(p)
		refuse := func(name, text string, want models.Reason) {
			t.Helper()
			w.changesNothing(func() {
				_, err := w.Scan(w.ctx, w.gateNow(), w.ulid(), text)
				if p, ok := asProblem(err); !ok || p.Reason != want {
					t.Errorf("%s: got %v, want %s", name, err, want)
				}
			})
		}
		refuse("some other code", "https://pay.example.com/abc", models.ReasonPassForeign)
		refuse("altered", alter(text), models.ReasonPassAltered)
		w.clock.Advance(pass.Slot + pass.Late)
		refuse("a picture of it", text, models.ReasonPassStale)
		w.clock.Advance(pass.MaxLife)
		refuse("yesterday's", text, models.ReasonPassExpired)
	})
}

// alter changes one digit of the tail: 0 and 1 are both within every group.
func alter(text string) string {
	b := []byte(text)
	i := len(b) - 2
	b[i] = '0' + (b[i]-'0'+1)%8
	return string(b)
}

// A guard whose answer was lost asks again under the same id, when the pass is
// stale already.
func TestScanIsAskedAgain(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		p, err := w.Present(w.ctx, me)
		must(t, err)
		id, text := w.ulid(), w.show(p)
		_, err = w.Scan(w.ctx, w.gateNow(), id, text)
		must(t, err)
		w.clock.Advance(time.Minute)
		seen, err := w.Scan(w.ctx, w.gateNow(), id, text)
		must(t, err)
		if seen.Advice != models.AdvicePass {
			t.Errorf("advice %s, want pass", seen.Advice)
		}
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if looks := countPurpose(accesses, models.AccessGate); len(visits) != 1 || looks != 1 {
			t.Errorf("%d visits and %d looks, want one of each", len(visits), looks)
		}
		w.changesNothing(func() {
			_, err = w.Scan(w.ctx, w.gateNow(), w.ulid(), text)
			refused(t, err, models.ReasonPassStale)
		})
	})
}

func TestSignedOutPhoneShowsNothing(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		p, err := w.Present(w.ctx, me)
		must(t, err)
		must(t, w.EndSession(w.ctx, me, me.SessionID))
		_, err = w.Scan(w.ctx, w.gateNow(), w.ulid(), w.show(p))
		refused(t, err, models.ReasonPassRevoked)
	})
}

func TestGrantIsGivenAgainWhileItHolds(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		first, err := w.Present(w.ctx, me)
		must(t, err)
		w.clock.Advance(time.Hour)
		var second store.Presented
		w.changesNothing(func() {
			second, err = w.Present(w.ctx, me)
			must(t, err)
		})
		if first.Grant != second.Grant || first.Seed != second.Seed {
			t.Error("the phone was given another grant although the first still holds")
		}
		w.clock.Advance(2*time.Hour + time.Minute)
		third, err := w.Present(w.ctx, me)
		must(t, err)
		if third.Grant == first.Grant {
			t.Error("a grant with less than an hour left was given again")
		}
	})
}

func TestDoorRecordsOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		id := w.ulid()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				seen, err := w.Door(w.ctx, me, id, w.venue.Poster)
				if err != nil || seen.Standing.Colour != models.Green {
					t.Errorf("door: %v, %v", seen.Standing.Colour, err)
				}
			})
		}
		wait.Wait()
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		if len(visits) != 1 || visits[0].Grade != models.GradeSelf || visits[0].Venue.In("en") != "market" {
			t.Errorf("visits %v, want one", visits)
		}
		other, _ := w.verified()
		_, err = w.Door(w.ctx, other, id, w.venue.Poster)
		refused(t, err, models.ReasonVisitConflict)
	})
}

func TestDoorRefuses(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		old := w.ulid()
		w.clock.Advance(time.Hour)
		w.changesNothing(func() {
			_, err := w.Door(w.ctx, me, "not an id", w.venue.Poster)
			refused(t, err, models.ReasonVisitID)
			_, err = w.Door(w.ctx, me, old, w.venue.Poster)
			refused(t, err, models.ReasonVisitID)
			_, err = w.Door(w.ctx, me, w.ulid(), "no such poster")
			refused(t, err, models.ReasonVenueUnknown)
		})
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits))
		w.changesNothing(func() {
			_, err := w.Door(w.ctx, me, w.ulid(), w.venue.Poster)
			refused(t, err, models.ReasonConsentNotGiven)
		})
	})
}

// Who does not agree to visits being kept is let in; the row names nobody.
func TestGateKeepsNoNameWithoutConsent(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits))
		p, err := w.Present(w.ctx, me)
		must(t, err)
		seen, err := w.Scan(w.ctx, w.gateNow(), w.ulid(), w.show(p))
		must(t, err)
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		if seen.Standing.Colour != models.Green || len(visits) != 0 {
			t.Errorf("seen %v, %d visits; want green, none", seen.Standing.Colour, len(visits))
		}
	})
}

func TestEntryByHand(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		at := w.gateNow()
		seen, err := w.Enter(w.ctx, at, store.Entry{ID: w.ulid(), Document: me.Document})
		must(t, err)
		if seen.Advice != models.AdvicePass || seen.Resident.ID != me.ID {
			t.Errorf("known document: advice %s", seen.Advice)
		}
		unknown := w.document()
		seen, err = w.Enter(w.ctx, at, store.Entry{ID: w.ulid(), Document: unknown, Name: w.name("李四")})
		must(t, err)
		if seen.Advice != models.AdvicePaper || seen.Resident.ID != "" {
			t.Errorf("unknown document: advice %s", seen.Advice)
		}
		pending, _ := w.registered(unknown)
		seen, err = w.Enter(w.ctx, at, store.Entry{ID: w.ulid(), Document: pending.Document})
		must(t, err)
		if seen.Advice != models.AdvicePaper {
			t.Errorf("a document that is only claimed: advice %s, want paper as if it were unknown", seen.Advice)
		}
	})
}
