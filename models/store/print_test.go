package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// printed has the worker make a card for the resident.
func (w *town) printed(by models.Worker, me models.Resident) store.Printed {
	w.t.Helper()
	w.clock.Advance(time.Second) // so that the latest is the latest
	card, err := w.Print(w.ctx, by, me)
	must(w.t, err)
	return card
}

// reads is what a guard is told of the card now.
func (w *town) reads(card store.Printed) (store.Seen, error) {
	return w.ScanPrint(w.ctx, w.gateNow(), w.ulid(), card.Code)
}

// A card says how its holder stands when it is read, and that it is paper; the visit
// rests on the document, and its holder sees all of it.
func TestPrint(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		by := w.worker(w.near)
		card := w.printed(by, me)
		if card.Resident.Name != me.Name || card.Resident.Document != me.Document || card.Home.Phone != "0571-88880001" || card.Community["en"] != "near" {
			t.Errorf("on the card: %v, %v", card.Resident, card.Home)
		}
		for _, c := range []struct {
			facts  []models.Fact
			colour models.Colour
			advice models.Advice
		}{
			{nil, models.Grey, models.AdviceDeclare},
			{[]models.Fact{}, models.Green, models.AdvicePass},
			{[]models.Fact{{Kind: models.FactSymptom, Code: "fever"}}, models.Yellow, models.AdviceCall},
		} {
			if c.facts != nil {
				w.declare(me, c.facts...)
			}
			w.clock.Advance(time.Hour)
			seen, err := w.reads(card)
			must(t, err)
			if seen.Standing.Colour != c.colour || seen.Advice != c.advice || seen.Print == nil || seen.Print.ID != card.ID || seen.Resident.ID != me.ID || seen.Phone != "0571-88880001" {
				t.Errorf("seen %v, %s, %+v; want %v, %s", seen.Standing.Colour, seen.Advice, seen.Print, c.colour, c.advice)
			}
		}
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		if len(visits) != 3 || visits[0].Grade != models.GradeHand || !visits[0].Print {
			t.Errorf("visits: %+v", visits)
		}
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if gates, prints := countPurpose(accesses, models.AccessGate), countPurpose(accesses, models.AccessPrint); gates != 3 || prints != 1 {
			t.Errorf("%d looks at the gate, %d at the printer", gates, prints)
		}
		for table, rows := range storetest.Dump(t, db) {
			if strings.Contains(strings.Join(rows, "\n"), card.Code.Text("")) {
				t.Errorf("%s knows what the card says", table)
			}
		}
	})
}

// Nobody prints for whom they do not look after, for somebody whose document nobody
// has checked, or for who has closed their code.
func TestPrintIsRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		near, far := w.worker(w.near), w.worker(w.far)
		me, _ := w.verified()
		unchecked, _ := w.registered(w.document())
		gone, _ := w.verified()
		w.judge(w.worker(w.far), models.Judgement{Verdict: models.Approve})
		must(t, w.CloseResident(w.ctx, gone))
		again, _ := w.registered(w.document())
		w.changesNothing(func() {
			for name, c := range map[string]struct {
				by   models.Worker
				me   models.Resident
				want models.Reason
			}{
				"of another community": {far, me, models.ReasonResidentUnknown},
				"closed":               {near, gone, models.ReasonResidentUnknown},
				"nobody":               {near, models.Resident{ID: "nobody"}, models.ReasonResidentUnknown},
				"unverified":           {near, again, models.ReasonPrintUnverified},
			} {
				if _, err := w.Print(w.ctx, c.by, c.me); !says(err, c.want) {
					t.Errorf("%s: %v, want %s", name, err, c.want)
				}
			}
		})
		if unchecked.ID == again.ID {
			t.Fatal("two are one")
		}
	})
}

// A card ends with a newer one, by the worker of where its holder lives now, by the
// holder, with their code, and after a year. Whatever ended says nothing any more.
func TestPrintEnds(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		near, far := w.worker(w.near), w.worker(w.far)
		me, _ := w.verified()
		other, _ := w.verified()
		theirs := w.printed(near, other)
		over := func(name string, card store.Printed, want models.Reason) {
			t.Helper()
			w.changesNothing(func() {
				if _, err := w.reads(card); !says(err, want) {
					t.Errorf("%s: %v, want %s", name, err, want)
				}
			})
		}
		first := w.printed(near, me)
		second := w.printed(near, me)
		over("newer", first, models.ReasonPrintEnded)
		w.changesNothing(func() {
			refused(t, w.WithdrawPrint(w.ctx, near, first.ID), models.ReasonPrintEnded)
			refused(t, w.WithdrawPrint(w.ctx, far, second.ID), models.ReasonPrintUnknown)
			refused(t, w.WithdrawPrint(w.ctx, near, "nothing"), models.ReasonPrintUnknown)
			refused(t, w.EndPrint(w.ctx, other, second.ID), models.ReasonPrintUnknown)
			refused(t, w.EndPrint(w.ctx, me, first.ID), models.ReasonPrintEnded)
		})
		must(t, w.ChangeContact(w.ctx, me, store.Contact{Community: w.far})) // the card moves along
		if _, err := w.reads(second); err != nil {
			t.Errorf("after a move: %v", err)
		}
		w.changesNothing(func() { refused(t, w.WithdrawPrint(w.ctx, near, second.ID), models.ReasonPrintUnknown) })
		must(t, w.WithdrawPrint(w.ctx, far, second.ID))
		over("lost", second, models.ReasonPrintEnded)
		third := w.printed(far, me)
		must(t, w.EndPrint(w.ctx, me, third.ID))
		over("returned", third, models.ReasonPrintEnded)
		fourth := w.printed(far, me)
		w.clock.Advance(models.PrintLife - time.Millisecond)
		if _, err := w.reads(fourth); err != nil {
			t.Errorf("on its last day: %v", err)
		}
		w.clock.Advance(time.Millisecond)
		over("a year", fourth, models.ReasonPrintExpired)
		w.changesNothing(func() { refused(t, w.EndPrint(w.ctx, me, fourth.ID), models.ReasonPrintExpired) })
		over("a year, another's", theirs, models.ReasonPrintExpired)

		list, err := w.Prints(w.ctx, me)
		must(t, err)
		want := []models.PrintEnd{"", models.PrintReturned, models.PrintLost, models.PrintNewer}
		for i, card := range list {
			if i >= len(want) || card.Ended != want[i] {
				t.Errorf("%d: %+v", i, card)
			}
		}
		if len(list) != len(want) {
			t.Errorf("%d cards, want %d", len(list), len(want))
		}
		fifth := w.printed(far, me)
		must(t, w.CloseResident(w.ctx, me))
		over("closed", fifth, models.ReasonPrintEnded)
		w.clock.Advance(31 * 24 * time.Hour)
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["prints"] != 6 || swept.Rows["print_ends"] != 4 {
			t.Errorf("swept %d cards with %d ends", swept.Rows["prints"], swept.Rows["print_ends"])
		}
		over("swept", fifth, models.ReasonPrintUnknown)
	})
}

// Of cards that several make at once one counts.
func TestPrintsMeet(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		by := w.worker(w.near)
		me, _ := w.verified()
		var wg sync.WaitGroup
		made := make([]store.Printed, 5)
		for i := range made {
			wg.Go(func() {
				card, err := w.Print(w.ctx, by, me)
				if err != nil {
					t.Error(err)
				}
				made[i] = card
			})
		}
		wg.Wait()
		counts := 0
		for _, card := range made {
			if _, err := w.reads(card); err == nil {
				counts++
			} else if !says(err, models.ReasonPrintEnded) {
				t.Error(err)
			}
		}
		if counts != 1 {
			t.Errorf("%d count", counts)
		}
	})
}

// The same id is the same visit; without consent the row names nobody; what nobody
// printed is no card, however it looks.
func TestPrintAtTheGate(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		by := w.worker(w.near)
		me, _ := w.verified()
		shy, _ := w.verified()
		must(t, w.WithdrawConsent(w.ctx, shy, models.PurposeVisits))
		card, quiet := w.printed(by, me), w.printed(by, shy)
		at, id := w.gateNow(), w.ulid()
		first, err := w.ScanPrint(w.ctx, at, id, card.Code)
		must(t, err)
		w.changesNothing(func() {
			again, err := w.ScanPrint(w.ctx, at, id, card.Code)
			must(t, err)
			if again.Standing.ID != first.Standing.ID || again.Print.ID != card.ID {
				t.Errorf("again: %+v", again)
			}
			_, err = w.ScanPrint(w.ctx, at, id, quiet.Code)
			refused(t, err, models.ReasonVisitConflict)
			_, err = w.Enter(w.ctx, at, store.Entry{ID: id, Document: me.Document, Name: me.Name})
			refused(t, err, models.ReasonVisitConflict)
			_, err = w.ScanPrint(w.ctx, at, "not a ulid", card.Code)
			refused(t, err, models.ReasonVisitID)
			_, err = w.ScanPrint(w.ctx, at, w.ulid(), models.NewPrintCode([16]byte{1}))
			refused(t, err, models.ReasonPrintUnknown)
			_, err = w.Scan(w.ctx, at, w.ulid(), card.Code.Text(prefix))
			refused(t, err, models.ReasonPassForeign)
		})
		seen, err := w.ScanPrint(w.ctx, at, w.ulid(), quiet.Code)
		must(t, err)
		if visits, err := w.Visits(w.ctx, shy); err != nil || len(visits) != 0 || seen.Resident.ID != shy.ID {
			t.Errorf("without consent: %v, %v", visits, err)
		}
		if accesses, err := w.Accesses(w.ctx, shy); err != nil || countPurpose(accesses, models.AccessGate) != 1 {
			t.Errorf("the look without consent: %v, %v", accesses, err)
		}
		var named int
		must(t, db.Owner(t).QueryRow("SELECT COUNT(*) FROM visits WHERE resident_id = '' AND LENGTH(handle) = 0").Scan(&named))
		if named != 1 {
			t.Errorf("%d visits name nobody, want 1", named)
		}

		// Who was there with a card met the case as whoever showed their document did.
		_, err = w.Expose(w.ctx, w.epidemiologist("330110"), models.Exposure{VenueID: w.venue.ID, Case: "HZ-2022-17",
			From: noon.Add(-time.Hour), To: w.clock.Now()}, "a case")
		must(t, err)
		w.agree(w.epidemiologist("330110").Staff)
		w.declare(me)
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("%v after the case", got)
		}
	})
}

// At a gateway a card is as good as a pass: travel card, arrival, and one place in the
// queue with either.
func TestPrintAtAGateway(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		card := w.printed(w.worker(w.near), me)
		w.arrive(me, w.from("420100"), models.Arrival{Community: w.far})
		id := w.ulid()
		seen, err := w.ScanPrint(w.ctx, here, id, card.Code)
		must(t, err)
		if seen.Card == nil || seen.Arrival == nil || seen.Turn == nil || seen.Advice != models.AdviceQueue || seen.Print == nil {
			t.Fatalf("at a station: %+v", seen)
		}
		w.changesNothing(func() {
			again, err := w.ScanPrint(w.ctx, here, id, card.Code)
			must(t, err)
			if again.Turn == nil || again.Turn.ID != seen.Turn.ID {
				t.Errorf("again: %+v", again.Turn)
			}
		})
		if phone := w.scanned(here, me); phone.Turn == nil || phone.Turn.ID != seen.Turn.ID {
			t.Errorf("with the phone: %+v", phone.Turn)
		}
	})
}
