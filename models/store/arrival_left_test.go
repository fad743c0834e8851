package store_test

import (
	"testing"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// Somebody who waits and closes their code is in no queue any more: nothing of them is
// left to be called.
func TestWhoClosesTheirCodeLeavesTheQueue(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		next, _ := w.verified()
		for _, one := range []models.Resident{me, next} {
			w.declareStay(one)
		}
		turn := w.scanned(here, me).Turn
		w.scanned(here, next)
		must(t, w.CloseResident(w.ctx, me))
		list, err := w.Queue(w.ctx, here)
		must(t, err)
		if len(list) != 1 || list[0].ResidentID != next.ID || list[0].Name == (models.Name{}) {
			t.Errorf("the queue is %+v", list)
		}
		mine, err := w.Turns(w.ctx, next)
		must(t, err)
		if len(mine) != 1 || mine[0].Ahead != 0 {
			t.Errorf("the next one has %+v", mine)
		}
		w.changesNothing(func() {
			refused(t, w.Call(w.ctx, here, turn.ID), models.ReasonTurnUnknown)
			refused(t, w.Check(w.ctx, here, turn.ID, models.CheckedReleased), models.ReasonTurnUnknown)
		})
	})
}

// Whoever turns out to be known keeps the number that they have.
func TestNumberIsKeptByWhoIsKnownAlready(t *testing.T) {
	for name, both := range map[string]bool{"one waits": false, "both wait, by two phones": true} {
		t.Run(name, func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) { keepsTheNumber(t, db, both) })
		})
	}
}

func keepsTheNumber(t *testing.T, db storetest.DB, both bool) {
	w, here, _ := listedTown(t, db)
	holder, token := w.verified()
	newcomer, _ := w.registered(holder.Document)
	w.declareStay(newcomer)
	if both {
		w.declareStay(holder)
		w.scanned(here, holder)
	}
	first := w.scanned(here, newcomer).Turn
	w.judgeOnly(w.worker(w.near), models.ReviewRegistration, models.Judgement{Verdict: models.Approve})
	list, err := w.Queue(w.ctx, here)
	must(t, err)
	if len(list) != 1 || list[0].ResidentID != holder.ID || list[0].Name == (models.Name{}) {
		t.Errorf("the queue is %+v", list)
	}
	if next := w.scanned(here, w.resident(token)); next.Turn == nil || next.Turn.Number != 1 {
		t.Errorf("scanned again they have %+v", next.Turn)
	}
	if both {
		return
	}
	must(t, w.Call(w.ctx, here, first.ID))
	must(t, w.Check(w.ctx, here, first.ID, models.CheckedReleased))
}
