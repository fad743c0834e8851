package store_test

import (
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// TestSamples: an officer who looks at those whom a draft would put worse is seen
// by each of them, and sees nobody else.
func TestSamples(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		ill, _ := w.verified()
		w.declare(ill, symptom)
		well, _ := w.verified()
		w.declare(well)
		drafter, _ := w.officer("330110")
		elsewhere, _ := w.officer("420100")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		must(t, err)
		w.changesNothing(func() {
			_, err := drafter.Samples(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftUntried)
		})
		w.work()
		w.changesNothing(func() {
			_, err := elsewhere.Samples(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftUnknown)
		})
		seen, err := drafter.Samples(w.ctx, draft.ID)
		must(t, err)
		if len(seen) != 1 || seen[0].Resident.ID != ill.ID || seen[0].From != models.Yellow || seen[0].To != models.Red {
			t.Fatalf("seen: %+v", seen)
		}
		looks := func(me models.Resident) (n int) {
			accesses, err := w.Accesses(w.ctx, me)
			must(t, err)
			for _, a := range accesses {
				if a.Purpose == models.AccessDryRun && a.By == "staff" {
					n++
				}
			}
			return n
		}
		if looks(ill) != 1 || looks(well) != 0 {
			t.Errorf("the looks on record are %d and %d", looks(ill), looks(well))
		}
		must(t, w.CloseResident(w.ctx, ill))
		if seen, err = drafter.Samples(w.ctx, draft.ID); err != nil || len(seen) != 0 {
			t.Errorf("closed, and still seen: %+v %v", seen, err)
		}
	})
}

// TestSamplesAreFew: however many turn worse, no more than twenty are shown.
func TestSamplesAreFew(t *testing.T) {
	w := newTown(t, schema.Any(t))
	for range 23 {
		me, _ := w.registered(w.document())
		w.declare(me, symptom)
		w.clock.Advance(time.Second)
	}
	drafter, _ := w.officer("330110")
	draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
	must(t, err)
	w.work()
	if seen, err := drafter.Samples(w.ctx, draft.ID); err != nil || len(seen) != 20 {
		t.Errorf("%d are shown: %v", len(seen), err)
	}
}
