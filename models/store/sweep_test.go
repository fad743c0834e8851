package store_test

import (
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

func TestSweepDeletesWhatIsOldAndNoMore(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		_, err := w.Door(w.ctx, me, w.ulid(), w.venue.Poster)
		must(t, err)
		sweeper := w.sweeper()

		w.clock.Advance(31*24*time.Hour - time.Minute)
		_, err = sweeper.Sweep(w.ctx)
		must(t, err)
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		if len(visits) != 1 {
			t.Fatalf("%d visits before their time, want 1", len(visits))
		}
		w.clock.Advance(2 * time.Minute)
		swept, err := sweeper.Sweep(w.ctx)
		must(t, err)
		if visits, err = w.Visits(w.ctx, me); err != nil || len(visits) != 0 || swept.Rows["visits"] != 1 {
			t.Errorf("visits %v, error %v, swept %v; want none left", visits, err, swept.Rows)
		}
	})
}

func TestSweepDecidesWhatTimeHasBrought(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		out := w.declare(me)
		w.clock.Set(out.Decision.Until)
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		decisions, err := w.Decisions(w.ctx, me)
		must(t, err)
		if swept.Decided != 1 || decisions[0].Colour != models.Grey {
			t.Errorf("decided %d, latest %v; want 1, grey", swept.Decided, decisions[0].Colour)
		}
		swept, err = w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Decided != 0 {
			t.Error("the same change was decided twice")
		}
	})
}

func TestSweepRemovesClosedResidents(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		stays, _ := w.verified()
		w.declare(me)
		w.declare(stays)
		must(t, w.CloseResident(w.ctx, me))
		w.clock.Advance(31 * 24 * time.Hour)
		_, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		for _, table := range []string{"residents", "decisions", "facts", "consents"} {
			column := "resident_id"
			if table == "residents" {
				column = "id"
			}
			var gone, left int
			owner := db.Owner(t)
			must(t, owner.QueryRow("SELECT COUNT(*) FROM "+table+" WHERE "+column+" = ?", me.ID).Scan(&gone))
			must(t, owner.QueryRow("SELECT COUNT(*) FROM "+table+" WHERE "+column+" = ?", stays.ID).Scan(&left))
			if gone != 0 || left == 0 {
				t.Errorf("%s: %d rows of the closed resident, %d of the other", table, gone, left)
			}
		}
	})
}

// sweeper is the same store under the account that sweeps.
func (w *town) sweeper() *store.Store {
	w.t.Helper()
	opts := w.Options
	opts.DSN = w.db.Account(w.t, store.SweepGrants)
	s, err := store.Open(w.ctx, opts)
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, s.Close()) })
	return s
}
