package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// worked does all the work there is.
func (w *town) worked(s *store.Store) {
	w.t.Helper()
	for range 50 {
		more, err := s.WorkOnce(w.ctx)
		must(w.t, err)
		if !more {
			return
		}
	}
	w.t.Error("the work never ends")
}

// race has all replicas work at the same time.
func (w *town) race(replicas []*store.Store) {
	w.t.Helper()
	var wait sync.WaitGroup
	for _, s := range replicas {
		wait.Go(func() {
			for range 5 {
				if _, err := s.WorkOnce(w.ctx); err != nil {
					w.t.Errorf("work: %v", err)
				}
			}
		})
	}
	wait.Wait()
}

// audited is how often something was done.
func (w *town) audited(action string) (n int) {
	w.t.Helper()
	must(w.t, w.db.Owner(w.t).QueryRowContext(w.ctx, "SELECT COUNT(*) FROM audit WHERE action = ?", action).Scan(&n))
	return n
}

func TestOneAppealOfTwoAtOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		stores := []*store.Store{w.Store, w.replica()}
		var wait sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			key := w.key()
			wait.Go(func() { _, errs[i] = stores[i%2].Appeal(w.ctx, me, key, objection(models.TargetDecision, yellow.ID)) })
		}
		wait.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if p, ok := asProblem(err); !ok || p.Reason != models.ReasonAppealOpen {
				t.Errorf("%v", err)
			}
		}
		if made != 1 {
			t.Errorf("%d appeals went through, want 1", made)
		}
	})
}

func TestPhotosMakeRoom(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		var ids []string
		for range 7 {
			w.clock.Advance(time.Second)
			ids = append(ids, w.photo(me, "picture"))
		}
		_, err := w.Photo(w.ctx, me, ids[0])
		refused(t, err, models.ReasonPhotoUnknown)
		for _, id := range ids[1:] {
			image, err := w.Photo(w.ctx, me, id)
			must(t, err)
			if string(image) != "picture" {
				t.Errorf("%s is %q", id, image)
			}
		}
		if strings.Contains(fmt.Sprint(storetest.Dump(t, db)), "picture") {
			t.Error("a picture lies open in the database")
		}
		w.appeal(me, objection(models.TargetDecision, yellow.ID, ids[5], ids[6]))
		w.clock.Advance(24*time.Hour + time.Minute)
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["photos"] != 5 {
			t.Errorf("swept %v, want the five pictures that no appeal took", swept.Rows)
		}
		w.clock.Advance(100 * 24 * time.Hour) // nobody has answered yet
		swept, err = w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["photos"]+swept.Rows["appeals"] != 0 {
			t.Errorf("swept %v of an open appeal", swept.Rows)
		}
		desk := w.ForLead(w.lead("330110"))
		review := w.waiting(desk)
		must(t, desk.Claim(w.ctx, review.ID))
		must(t, desk.Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Reject, Words: "no"}))
		swept, err = w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["photos"] != 2 || swept.Rows["appeals"] != 1 {
			t.Errorf("swept %v, want the appeal and its two pictures", swept.Rows)
		}
	})
}

// TestAppealGoesWithItsResident: closing ends it, and the sweep takes what is left.
func TestAppealGoesWithItsResident(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		w.appeal(me, objection(models.TargetDecision, yellow.ID, w.photo(me, "picture")))
		must(t, w.CloseResident(w.ctx, me))
		if queue, err := w.For(w.worker(w.near)).Queue(w.ctx, ""); err != nil || len(queue) != 0 {
			t.Errorf("%d matters of somebody who is gone: %v", len(queue), err)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["photos"] != 1 || swept.Rows["appeals"] != 1 {
			t.Errorf("swept %v", swept.Rows)
		}
	})
}

// TestMergeCarriesAppeals: what the newcomer objected to is the holder's objection,
// about the same evidence under its new name.
func TestMergeCarriesAppeals(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		document := w.document()
		_, token := w.registered(document)
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		holder := w.resident(token)
		w.declare(holder)
		newcomer, _ := w.registered(document)
		w.declare(newcomer, met)
		decisions, err := w.Decisions(w.ctx, newcomer)
		must(t, err)
		photo := w.photo(newcomer, "picture")
		w.appeal(newcomer, objection(models.TargetDecision, decisions[0].ID, photo))
		desk := w.For(w.worker(w.near))
		queue, err := desk.Queue(w.ctx, "")
		must(t, err)
		for _, r := range queue {
			if r.Kind == models.ReviewRegistration {
				must(t, desk.Claim(w.ctx, r.ID))
				must(t, desk.Judge(w.ctx, r.ID, models.Judgement{Verdict: models.Approve}))
			}
		}
		if got := w.colour(holder); got != models.Yellow {
			t.Fatalf("colour %v of the two together, want yellow", got)
		}
		list, err := w.Appeals(w.ctx, holder)
		must(t, err)
		if len(list) != 1 || len(list[0].Contested) != 1 || list[0].Contested[0].Fact.Kind != models.FactContact || list[0].Photos[0] != photo {
			t.Fatalf("the holder's appeals are %+v", list)
		}
		if _, err := w.Photo(w.ctx, holder, photo); err != nil {
			t.Errorf("the picture: %v", err)
		}
		id := list[0].Review.ID
		must(t, desk.Claim(w.ctx, id))
		must(t, desk.Judge(w.ctx, id, models.Judgement{Verdict: models.Grant, Words: "yes", Facts: list[0].Facts}))
		if got := w.colour(holder); got != models.Green {
			t.Errorf("colour %v, want green", got)
		}
	})
}

// TestOrderIsAboveTheCommunity: what contests an order is the district's at once.
func TestOrderIsAboveTheCommunity(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		must(t, w.Plant(w.ctx, me.ID, models.Fact{Kind: models.FactOrder, Code: "isolation", Level: "red", At: noon,
			Until: noon.AddDate(0, 0, 14), Source: "order:o1"}))
		decisions, err := w.Decisions(w.ctx, me)
		must(t, err)
		if decisions[0].Colour != models.Red {
			t.Fatalf("colour %v under an order, want red", decisions[0].Colour)
		}
		worker, lead := w.For(w.worker(w.near)), w.ForLead(w.lead("330110"))
		order := decisions[0].Reasons[0].Facts[0]
		for _, a := range []models.Appeal{objection(models.TargetFact, order), objection(models.TargetDecision, decisions[0].ID)} {
			w.appeal(me, a)
			review := w.waiting(lead)
			if review.Level != models.LevelDistrict || !review.DueAt.Equal(review.CreatedAt.Add(48*time.Hour)) {
				t.Errorf("the review is %+v", review)
			}
			if queue, err := worker.Queue(w.ctx, ""); err != nil || len(queue) != 0 {
				t.Errorf("the community has %d: %v", len(queue), err)
			}
			must(t, lead.Claim(w.ctx, review.ID))
			if a.Target.Kind == models.TargetFact {
				must(t, lead.Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Reject, Words: "措施依法作出。"}))
				continue
			}
			must(t, lead.Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Grant, Words: "弄错了人。", Facts: []string{order}}))
		}
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v, want green", got)
		}
	})
}
