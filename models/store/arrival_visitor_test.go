package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// What was taken down is told again to whose answer was lost: to that guard, at that
// gateway, within the hour. It is no way to watch somebody.
func TestTakenDownIsToldAgainForAnHour(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, there := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		visit, _ := w.entered(here, me.Document)
		in, key := w.taking(visit, nil, "330100"), store.Key{Value: "this one", Body: []byte("body")}
		_, err := w.TakeDown(w.ctx, here, key, in)
		must(t, err)
		if looks := w.looks(me, models.AccessGate); looks != 2 {
			t.Errorf("entered and taken down, they read of %d looks", looks)
		}
		if looks := w.looks(me, models.AccessCard); looks != 2 {
			t.Errorf("and of %d at their card", looks)
		}
		elsewhere := here
		elsewhere.Venue = there.Venue
		w.changesNothing(func() {
			_, err := w.TakeDown(w.ctx, elsewhere, key, in)
			refused(t, err, models.ReasonArrivalTaken)
			_, err = w.TakeDown(w.ctx, here, key, in)
			must(t, err)
		})
		w.clock.Advance(time.Hour)
		w.changesNothing(func() {
			_, err := w.TakeDown(w.ctx, here, key, in)
			refused(t, err, models.ReasonArrivalTaken)
		})
	})
}

func (w *town) looks(me models.Resident, why models.AccessPurpose) int {
	w.t.Helper()
	list, err := w.Accesses(w.ctx, me)
	must(w.t, err)
	return countPurpose(list, why)
}

// The visit of somebody who agrees to none names nobody, and is taken down for whom the
// guard was shown then, and for nobody else.
func TestVisitIsOfWhomTheGuardWasShown(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		shy, _ := w.verified()
		other, _ := w.verified()
		for _, one := range []models.Resident{shy, other} {
			w.declare(one)
			must(t, w.WithdrawConsent(w.ctx, one, models.PurposeVisits))
		}
		visit, seen := w.entered(here, shy.Document)
		_, others := w.entered(here, other.Document)
		altered := append([]byte{}, seen.Whom...)
		altered[len(altered)-1] ^= 1
		w.changesNothing(func() {
			for _, whom := range [][]byte{nil, {}, []byte(other.ID), others.Whom, altered} {
				_, err := w.take(here, w.taking(visit, whom, "330100"))
				refused(t, err, models.ReasonArrivalVisit)
			}
		})
		before := w.looks(shy, models.AccessGate)
		got, err := w.take(here, w.taking(visit, seen.Whom, "330100"))
		must(t, err)
		if got.Resident.ID != shy.ID || w.looks(shy, models.AccessGate) != before+1 {
			t.Errorf("taken down for %s, who reads of %d looks", got.Resident.ID, w.looks(shy, models.AccessGate))
		}
		if visits, err := w.Visits(w.ctx, shy); err != nil || len(visits) != 0 {
			t.Errorf("their visits are %v, %v", visits, err)
		}
	})
}

// Whoever closes their code before it is taken down is nobody any more.
func TestWhoIsGoneIsNotTakenDown(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		visit, _ := w.entered(here, me.Document)
		must(t, w.CloseResident(w.ctx, me))
		w.changesNothing(func() {
			_, err := w.take(here, w.taking(visit, nil, "330100"))
			refused(t, err, models.ReasonArrivalVisit)
		})
	})
}

// Sent twice at the same time under two keys it is one arrival.
func TestOneArrivalAVisit(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		for range 5 {
			visit, _ := w.entered(here, w.document())
			var wait sync.WaitGroup
			var errs [4]error
			for i := range errs {
				in := w.guest(w.taking(visit, nil, "330100"), "王五")
				key := store.Key{Value: w.ulid(), Body: []byte("body")}
				wait.Go(func() { _, errs[i] = w.TakeDown(w.ctx, here, key, in) })
			}
			wait.Wait()
			taken := 0
			for _, err := range errs {
				if err == nil {
					taken++
				} else if p, ok := asProblem(err); !ok || p.Reason != models.ReasonArrivalTaken {
					t.Error(errors.Unwrap(err), err)
				}
			}
			if taken != 1 {
				t.Fatalf("%d arrivals of one visit", taken)
			}
		}
	})
}
