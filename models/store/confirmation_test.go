package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// onRecord reports whether what is on record about the resident is what holds.
func (w *town) onRecord(me models.Resident) bool {
	w.t.Helper()
	must(w.t, w.Refresh(w.ctx))
	standing, err := w.Standing(w.ctx, me.ID)
	must(w.t, err)
	return standing.ID != ""
}

// TestConfirmation: a decision of before counts under new rules from when their job has
// been past its resident, and not before; what was taken as they were published, maybe
// by a replica that did not know of them, is taken anew.
func TestConfirmation(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(5)
		w.clock.Advance(2 * time.Minute)
		late, _ := w.verified() // within a minute of what follows
		w.declare(late)
		drafter, _ := w.officer("000000")
		colleague, _ := w.officer("000000")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, longer(t))
		must(t, err)
		w.work()
		w.declare(late)
		stale := w.replica()
		before := w.latest(append(all, late))
		_, err = colleague.Publish(w.ctx, draft.ID)
		must(t, err)
		for i, me := range all {
			if w.onRecord(me) {
				t.Errorf("resident %d is confirmed before anybody looked", i)
			}
		}
		w.JobBatch = 2
		_, err = w.WorkOnce(w.ctx)
		must(t, err)
		order := slices.SortedFunc(slices.Values(all), func(a, b models.Resident) int { return strings.Compare(a.ID, b.ID) })
		if first, last := w.onRecord(order[0]), w.onRecord(order[4]); !first || last {
			t.Errorf("after the first batch the first resident is confirmed: %v, and the last: %v", first, last)
		}
		w.work()
		for i, me := range append(all, late) {
			if !w.onRecord(me) {
				t.Errorf("resident %d: on record is not what holds", i)
			}
		}
		after := w.latest(append(all, late))
		if after[0] != before[0] || after[5] == before[5] {
			t.Errorf("green before and after: %s, then %s; decided as the rules came: %s, then %s", before[0], after[0], before[5], after[5])
		}
		_, err = stale.Present(w.ctx, all[0]) // which knows of no new rules, and finds nothing to write
		must(t, err)
		w.clock.Advance(time.Hour)
		if !w.onRecord(all[0]) {
			t.Error("an hour later it is not what holds any more")
		}
	})
}

// TestForgedConfirmation: whoever can write into the database confirms nothing.
func TestForgedConfirmation(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me := w.crowd(1)[0]
		w.clock.Advance(2 * time.Minute)
		w.enact("000000", longer(t))
		_, err := w.intruder().ExecContext(w.ctx, "UPDATE jobs SET state = 'done', reached = '~' WHERE kind = 'redecide'")
		must(t, err)
		if w.onRecord(me) {
			t.Error("a job that nobody did confirms a decision")
		}
	})
}
