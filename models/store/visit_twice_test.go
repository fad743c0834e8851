package store_test

import (
	"slices"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// One phone shows its code at a gate, and the same code is shown at another gate before
// anybody could have walked there.
func TestOneCodeAtTwoVenues(t *testing.T) {
	for _, c := range []struct {
		name    string
		apart   time.Duration
		same    bool // community
		phones  int
		refuses bool // to have visits kept
		want    int
	}{
		{"at once", 5 * time.Second, false, 1, false, 1},
		{"the walk between", time.Minute, false, 1, false, 0},
		{"next door", 5 * time.Second, true, 1, false, 0},
		{"two phones of one person", 5 * time.Second, false, 2, false, 0},
		{"nobody is named", 5 * time.Second, false, 1, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			schema.Each(t, func(t *testing.T, db storetest.DB) {
				w := newTown(t, db)
				me, _ := w.verified()
				w.declare(me)
				if c.refuses {
					must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits))
				}
				home := w.far
				if c.same {
					home = w.near
				}
				other, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: home, Name: words("shop")})
				must(t, err)
				here, there := w.gateNow(), w.gateNow()
				there.Venue = other
				first, err := w.Present(w.ctx, me)
				must(t, err)
				second := first
				if c.phones == 2 {
					_, token := w.registered(me.Document)
					w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
					second, err = w.Present(w.ctx, w.resident(token))
					must(t, err)
				}
				_, err = w.Scan(w.ctx, here, w.ulid(), w.show(first))
				must(t, err)
				w.clock.Advance(c.apart)
				id, text := w.ulid(), w.show(second)
				for range 2 { // the answer is lost once
					_, err = w.Scan(w.ctx, there, id, text)
					must(t, err)
				}
				told := slices.DeleteFunc(w.alarmed(), func(kind string) bool { return kind != "visit_twice" })
				if len(told) != c.want {
					t.Errorf("%d alarms, want %d", len(told), c.want)
				}
			})
		})
	}
}
