package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// listedTown is a town whose 420100 is listed, with two gateways.
func listedTown(t *testing.T, db storetest.DB) (w *town, here, there models.Gate) {
	t.Helper()
	w = newTown(t, db)
	w.list(models.Listing{Place: "420100", Level: models.LevelMedium, From: noon.Add(-48 * time.Hour)})
	return w, at(w.station(), "guard here"), at(w.station(), "guard there")
}

// One scan says how somebody stands, where they were, that they arrive, and what to do.
func TestOneScanAtAGateway(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		seen := w.scanned(here, me)
		if seen.Advice != models.AdviceArrive || seen.Arrival != nil || seen.Turn != nil || seen.Card == nil {
			t.Errorf("undeclared: %+v", seen)
		}
		w.arrive(me, w.from("330100"), models.Arrival{Community: w.far, Plate: plate(t, "浙A12345")})
		seen = w.scanned(here, me)
		if seen.Advice != models.AdvicePass || seen.Arrival == nil || seen.Arrival.From != "330100" || seen.Arrival.Plate.String() != "浙A***45" || seen.Turn != nil {
			t.Errorf("declared: %+v", seen)
		}
		if at := w.scanned(w.gateNow(), me); at.Card != nil || at.Arrival != nil || at.Turn != nil {
			t.Errorf("a door is told %+v", at)
		}
		w.clock.Advance(26 * time.Hour)
		if seen = w.scanned(here, me); seen.Arrival != nil || seen.Advice != models.AdviceArrive {
			t.Errorf("a day later: %+v", seen)
		}
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if countPurpose(accesses, models.AccessGate) != 4 || countPurpose(accesses, models.AccessCard) != 3 {
			t.Errorf("on record: %v", accesses)
		}
	})
}

// Whoever was in a listed place waits, under one number however often they are scanned
// and at whichever moment they declare.
func TestListedPlacesWait(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, there := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.arrive(me, w.from("420100"), models.Arrival{Community: w.far})
		first := w.scanned(here, me)
		if first.Advice != models.AdviceQueue || first.Turn.Number != 1 || first.Turn.Why != models.TurnYellow || first.Card.Colour != models.Yellow {
			t.Fatalf("%+v, turn %+v, card %v", first, first.Turn, first.Card.Colour)
		}
		again := w.scanned(here, me)
		if again.Turn.ID != first.Turn.ID || again.Turn.Number != 1 {
			t.Errorf("scanned again: %+v", again.Turn)
		}
		if elsewhere := w.scanned(there, me); elsewhere.Turn.ID == first.Turn.ID || elsewhere.Turn.Number != 1 {
			t.Errorf("at another gateway: %+v", elsewhere.Turn)
		}
		late, _ := w.verified()
		w.declareStay(late)
		undeclared := w.scanned(here, late)
		w.arrive(late, w.from("420100"), models.Arrival{Community: w.far})
		declared := w.scanned(here, late)
		if undeclared.Turn.Number != 2 || declared.Turn.ID != undeclared.Turn.ID || undeclared.Arrival != nil || declared.Arrival == nil {
			t.Errorf("without an arrival %+v, with one %+v", undeclared.Turn, declared.Turn)
		}
		turns, err := w.Turns(w.ctx, late)
		must(t, err)
		if len(turns) != 1 || turns[0].Number != 2 || turns[0].Ahead != 1 || turns[0].Venue.In("en") != "station" {
			t.Errorf("they read %+v", turns)
		}
		w.clock.Advance(24 * time.Hour) // the numbers begin again
		w.arrive(late, w.from("420100"), models.Arrival{Community: w.far})
		if next := w.scanned(here, late); next.Turn.Number != 1 || next.Turn.ID == undeclared.Turn.ID {
			t.Errorf("the next day: %+v", next.Turn)
		}
	})
}

// declareStay says on the itinerary that somebody was in 420100.
func (w *town) declareStay(me models.Resident) {
	w.t.Helper()
	d := w.from("420100")
	d.Form = "itinerary"
	w.people++
	_, err := w.Declare(w.ctx, me, store.Key{Value: "stay " + me.ID}, d)
	must(w.t, err)
}

// Several guards at one gateway scan at once: everybody has a number, and no number
// is anybody else's.
func TestNumbersAreGivenOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		const people = 6
		var all []models.Resident
		for range people {
			me, _ := w.verified()
			w.declareStay(me)
			all = append(all, me)
		}
		var texts []string
		for _, me := range all {
			p, err := w.Present(w.ctx, me)
			must(t, err)
			texts = append(texts, w.show(p), w.show(p)) // two guards have each of them
		}
		var mu sync.Mutex
		var numbers []int
		var wait sync.WaitGroup
		for i, text := range texts {
			here := here
			here.ID = []string{"guard", "guard two"}[i%2]
			id := w.ulid()
			wait.Go(func() {
				seen, err := w.Scan(w.ctx, here, id, text)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen.Turn == nil {
					t.Errorf("scan: %v", err)
					return
				}
				numbers = append(numbers, seen.Turn.Number)
			})
		}
		wait.Wait()
		slices.Sort(numbers)
		if want := []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}; !slices.Equal(numbers, want) {
			t.Errorf("numbers %v, want %v", numbers, want)
		}
	})
}

// A guard sees who waits at their own gateway, calls them, and says what the check came
// to: it changes no colour, and the destination reads it.
func TestCheckAtAGateway(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, there := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.arrive(me, w.from("420100"), models.Arrival{Community: w.far})
		turn := w.scanned(here, me).Turn
		w.refusesOthers(turn.ID, here, there)
		list, err := w.Queue(w.ctx, here)
		must(t, err)
		if len(list) != 1 || list[0].Name.String() != "张*" || list[0].Number != 1 {
			t.Fatalf("the guard sees %+v", list)
		}
		before := w.colour(me)
		must(t, w.Call(w.ctx, here, turn.ID))
		colleague := at(here.Venue, "colleague")
		w.changesNothing(func() {
			must(t, w.Call(w.ctx, here, turn.ID))
			refused(t, w.Call(w.ctx, colleague, turn.ID), models.ReasonTurnCalled)
		})
		must(t, w.Check(w.ctx, here, turn.ID, models.CheckedTested))
		w.changesNothing(func() {
			must(t, w.Check(w.ctx, here, turn.ID, models.CheckedTested))
			refused(t, w.Check(w.ctx, here, turn.ID, models.CheckedReleased), models.ReasonTurnClosed)
			refused(t, w.Check(w.ctx, colleague, turn.ID, models.CheckedTested), models.ReasonTurnClosed)
			refused(t, w.Call(w.ctx, colleague, turn.ID), models.ReasonTurnClosed)
			if list, err = w.Queue(w.ctx, here); err != nil || len(list) != 0 {
				t.Errorf("the queue still has %+v, %v", list, err)
			}
		})
		if w.colour(me) != before {
			t.Errorf("the check made %v of %v", w.colour(me), before)
		}
		seen := w.scanned(here, me)
		mine, err := w.Arrivals(w.ctx, me)
		must(t, err)
		if seen.Advice != models.AdviceCall || seen.Turn.Outcome != models.CheckedTested || len(mine[0].Turns) != 1 || mine[0].Turns[0].Outcome != models.CheckedTested {
			t.Errorf("scanned again %s, %+v; the arrival has %+v", seen.Advice, seen.Turn, mine[0].Turns)
		}
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if countPurpose(accesses, models.AccessQueue) != 1 {
			t.Errorf("the guard's look is not there once: %v", accesses)
		}
	})
}

// refusesOthers: guards of other gateways, guards at doors, and what is no outcome.
func (w *town) refusesOthers(id string, here, there models.Gate) {
	w.t.Helper()
	w.changesNothing(func() {
		list, err := w.Queue(w.ctx, there)
		must(w.t, err)
		if len(list) != 0 {
			w.t.Errorf("another gateway sees %+v", list)
		}
		refused(w.t, w.Call(w.ctx, there, id), models.ReasonTurnUnknown)
		refused(w.t, w.Check(w.ctx, there, id, models.CheckedReleased), models.ReasonTurnUnknown)
		refused(w.t, w.Check(w.ctx, here, w.ulid(), models.CheckedReleased), models.ReasonTurnUnknown)
		refused(w.t, w.Check(w.ctx, here, id, "red"), models.ReasonTurnOutcome)
		_, err = w.Queue(w.ctx, w.gateNow())
		refused(w.t, err, models.ReasonGatewayRequired)
		refused(w.t, w.Call(w.ctx, w.gateNow(), id), models.ReasonGatewayRequired)
		refused(w.t, w.Check(w.ctx, w.gateNow(), id, models.CheckedReleased), models.ReasonGatewayRequired)
	})
}

// Handing somebody over needs a community to hand them to, which then has two hours,
// though it had judged the arrival already.
func TestHandOver(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declareStay(me)
		turn := w.scanned(here, me).Turn
		w.changesNothing(func() { refused(t, w.Check(w.ctx, here, turn.ID, models.CheckedHanded), models.ReasonTurnUndeclared) })
		w.arrive(me, w.from("420100"), models.Arrival{Community: w.far})
		must(t, w.Check(w.ctx, here, turn.ID, models.CheckedHanded))
		by := w.worker(w.far)
		due := func() (list []time.Duration) {
			queue, err := w.For(by).Queue(w.ctx, "")
			must(t, err)
			for _, r := range queue {
				list = append(list, r.DueAt.Sub(w.clock.Now()))
			}
			return list
		}
		if got := due(); len(got) != 1 || got[0] > 2*time.Hour {
			t.Errorf("due in %v", got)
		}
		other, _ := w.verified()
		w.declareStay(other)
		w.arrive(other, w.from("420100"), models.Arrival{Community: w.far})
		w.judge(by, models.Judgement{Verdict: models.Approve, Words: "welcome"})
		must(t, w.Check(w.ctx, here, w.scanned(here, other).Turn.ID, models.CheckedHanded))
		if got := due(); len(got) != 1 || got[0] > 2*time.Hour {
			t.Errorf("handed over after it was judged: due in %v", got)
		}
	})
}

// Whoever has the application's account of the database, and no key, lets nobody go,
// and has nobody arrive.
func TestForgedArrivals(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declareStay(me)
		turn := w.scanned(here, me).Turn
		w.forge(forgery{name: "an outcome", sql: `INSERT INTO arrival_outcomes (entry_id, staff_id, outcome, at, mac) VALUES (?, 'guard', 'released', 1, ?)`,
			args: []any{turn.ID, []byte("forged")}})
		w.forge(forgery{name: "an arrival", sql: `INSERT INTO arrivals (id, resident_id, declaration_id, venue_id, community_id, party, party_sealed, at, created_at, mac)
			VALUES ('forged', ?, 'x', '', ?, 1, '', ?, 1, ?)`, args: []any{me.ID, w.far, w.clock.Now().UnixMilli(), []byte("forged")}})
		w.forge(forgery{name: "another number", sql: "UPDATE arrival_queue SET number = 0", mysql: true})
		seen := w.scanned(here, me)
		if seen.Advice != models.AdviceQueue || !seen.Turn.Waits() || seen.Arrival != nil {
			t.Errorf("believed: %s, %+v, %+v", seen.Advice, seen.Turn, seen.Arrival)
		}
		w.warned("mac_arrival_outcomes")
		w.warned("mac_arrivals")
		visit, _ := w.entered(here, w.document())
		_, err := w.take(here, w.guest(w.taking(visit, nil, "420100"), "王五"))
		must(t, err)
		w.forge(forgery{name: "a guest's arrival as a resident's", sql: "UPDATE arrivals SET resident_id = ? WHERE visit_id = ?", args: []any{me.ID, visit}})
		if mine, err := w.Arrivals(w.ctx, me); err != nil || len(mine) != 0 {
			t.Errorf("theirs: %+v, %v", mine, err)
		}
	})
}
