package store_test

import (
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// TestReadNotice: one's own can be read, and nobody else's; what came before is
// read with it, and what comes after is not.
func TestReadNotice(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(true)
		other, _ := w.verified()
		w.fall(me)
		list, err := w.Unread(w.ctx, me)
		must(t, err)
		if len(list) != 1 || list[0].Read() {
			t.Fatalf("unread %+v", list)
		}
		w.changesNothing(func() {
			refused(t, w.ReadNotice(w.ctx, other, list[0].ID), models.ReasonNoticeUnknown)
			refused(t, w.ReadNotice(w.ctx, me, "nothing"), models.ReasonNoticeUnknown)
		})
		must(t, w.ReadNotice(w.ctx, me, list[0].ID))
		w.changesNothing(func() { must(t, w.ReadNotice(w.ctx, me, list[0].ID)) })
		if list, err = w.Unread(w.ctx, me); err != nil || len(list) != 0 {
			t.Errorf("left unread: %v, %v", list, err)
		}
		w.clock.Advance(time.Minute)
		w.rise(me)
		w.clock.Advance(time.Minute)
		w.fall(me)
		list, err = w.Unread(w.ctx, me) // fallen, risen, judged
		must(t, err)
		must(t, w.ReadNotice(w.ctx, me, list[1].ID))
		if left := w.colours(me); len(left) != 1 || left[0] != "green yellow" {
			t.Errorf("left unread %q", left)
		}
		must(t, w.ReadNotice(w.ctx, me, list[0].ID))
		if list, err = w.Notices(w.ctx, me); err != nil || !list[0].ReadAt.Equal(w.clock.Now()) || list[0].Decision.Colour != models.Yellow || len(list[0].Decision.Reasons) == 0 {
			t.Errorf("the list holds %+v, %v", list, err)
		}
	})
}

// TestNoticeOfForgedDecision: whoever writes into the database can tell nobody of
// a colour that was never decided.
func TestNoticeOfForgedDecision(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(true)
		w.fall(me)
		_, err := db.Owner(t).Exec("UPDATE decisions SET colour = 'red' WHERE colour = 'yellow'")
		must(t, err)
		if got := w.colours(me); len(got) != 0 {
			t.Errorf("told %q", got)
		}
		_, err = db.Owner(t).Exec("UPDATE decisions SET colour = 'yellow' WHERE colour = 'red'")
		must(t, err)
		if got := w.colours(me); len(got) != 1 {
			t.Errorf("told %q", got)
		}
	})
}

// TestMergeCarriesNotices: whoever turns out to be somebody whom we know reads of
// it as that person.
func TestMergeCarriesNotices(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		d := w.document()
		me, _ := w.registered(d)
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		w.readAll(me)
		_, token := w.registered(d)
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		list, err := w.Unread(w.ctx, w.resident(token))
		must(t, err)
		if w.resident(token).ID != me.ID || len(list) != 1 || list[0].Review.State != models.ReviewApproved {
			t.Errorf("told %+v", list)
		}
	})
}

// TestSweepTells: whom time has given another colour is told by the sweep, under
// the rights that it has.
func TestSweepTells(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, account := w.reachable(false)
		out := w.declare(me)
		w.clock.Set(out.Decision.Until)
		_, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if got := w.colours(me); len(got) != 1 || got[0] != "green grey" {
			t.Errorf("told %q", got)
		}
		var b mailbox
		if got := w.deliver(&b); got != "sent:1" || w.left(account, ofColours) != 0 {
			t.Errorf("delivered %s", got)
		}
	})
}

// TestSweepOfNotices: a notice goes after 90 days and its message after 30, and
// both with a resident who has closed.
func TestSweepOfNotices(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(true)
		w.fall(me)
		w.clock.Advance(30*24*time.Hour + time.Minute)
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["outbox"] != 1 || swept.Rows["notices"] != 0 {
			t.Errorf("after a month: %v", swept.Rows)
		}
		w.clock.Advance(60 * 24 * time.Hour)
		if swept, err = w.sweeper().Sweep(w.ctx); err != nil || swept.Rows["notices"] == 0 {
			t.Errorf("after three: %v, %v", swept.Rows, err)
		}
		gone, _ := w.reachable(true)
		w.fall(gone)
		must(t, w.CloseResident(w.ctx, gone))
		w.clock.Advance(30*24*time.Hour + time.Minute)
		_, err = w.sweeper().Sweep(w.ctx)
		must(t, err)
		var left int
		must(t, db.Owner(t).QueryRow("SELECT COUNT(*) FROM notices WHERE resident_id = ?", gone.ID).Scan(&left))
		if left != 0 {
			t.Errorf("%d notices of a closed resident", left)
		}
	})
}
