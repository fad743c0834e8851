package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// entered is a visit of the document's, which the guard entered by hand.
func (w *town) entered(at models.Gate, d models.Document) (string, store.Seen) {
	w.t.Helper()
	id := w.ulid()
	seen, err := w.Enter(w.ctx, at, store.Entry{ID: id, Document: d})
	must(w.t, err)
	return id, seen
}

func (w *town) take(at models.Gate, in store.Taking) (store.Seen, error) {
	w.people++
	return w.TakeDown(w.ctx, at, store.Key{Value: fmt.Sprint("take", w.people), Body: []byte("body")}, in)
}

// taking is what a guard takes down of who goes to far.
func (w *town) taking(visit string, whom []byte, from string) store.Taking {
	return store.Taking{Visit: visit, Whom: whom, Said: w.from(from), Arrival: models.Arrival{Community: w.far}}
}

// guest adds who somebody is that nobody here knows.
func (w *town) guest(in store.Taking, name string) store.Taking {
	w.t.Helper()
	var err error
	in.Name = w.name(name)
	in.Phone, err = models.ParsePhone("13700137000")
	must(w.t, err)
	return in
}

// followUp judges the one arrival that waits at the worker's desk.
func (w *town) followUp(by models.Worker) {
	w.t.Helper()
	w.judgeOnly(by, models.ReviewArrival, models.Judgement{Verdict: models.Approve, Words: "met them"})
}

// A resident without a phone is taken down at a gateway: they wait for a check by their
// own words, and nothing counts until two workers of the destination say so.
func TestArrivalTakenDown(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		visit, seen := w.entered(here, me.Document)
		if seen.Advice != models.AdviceTake || seen.Arrival != nil || seen.Turn != nil {
			t.Fatalf("entered: %+v", seen)
		}
		in, key := w.taking(visit, nil, "420100"), store.Key{Value: "this one", Body: []byte("body")}
		seen, err := w.TakeDown(w.ctx, here, key, in)
		must(t, err)
		if seen.Advice != models.AdviceQueue || seen.Turn == nil || seen.Turn.Why != models.TurnSaid || seen.Turn.Number != 1 || seen.Arrival.From != "420100" {
			t.Fatalf("taken down: %+v, turn %+v", seen, seen.Turn)
		}
		w.changesNothing(func() {
			again, err := w.TakeDown(w.ctx, here, key, in)
			must(t, err)
			if again.Turn.ID != seen.Turn.ID {
				t.Errorf("asked again: %+v", again.Turn)
			}
			_, err = w.take(here, in)
			refused(t, err, models.ReasonArrivalTaken)
		})
		if next := w.scanned(here, me); next.Turn.ID != seen.Turn.ID || next.Arrival.ID != seen.Arrival.ID || len(next.Card.Places) != 0 || next.Card.Colour != models.Green {
			t.Errorf("scanned after it: %+v, %+v", next.Turn, next.Card)
		}
		mine, err := w.Arrivals(w.ctx, me)
		must(t, err)
		if len(mine) != 1 || mine[0].Taken == nil || mine[0].Taken.By != here.ID || len(mine[0].Turns) != 1 || w.colour(me) != models.Green {
			t.Errorf("they read %+v and are %v", mine, w.colour(me))
		}
		w.countsOnceAgreed(me)
	})
}

// countsOnceAgreed: the destination follows up, which proposes it on their behalf; a
// colleague there agrees, though the resident lives elsewhere.
func (w *town) countsOnceAgreed(me models.Resident) {
	w.t.Helper()
	one, two, near := w.worker(w.far), w.worker(w.far), w.worker(w.near)
	w.followUp(one)
	if got := w.colour(me); got != models.Green {
		w.t.Errorf("one worker made them %v", got)
	}
	proposals := func(by models.Worker) (list []string) {
		all, err := w.Proposals(w.ctx, models.Proposer(by))
		must(w.t, err)
		for _, p := range all {
			list = append(list, fmt.Sprint(p.Lever, " ", p.EnteredBy == one.ID, " ", p.Effect.Worse, " ", p.State, " ", p.Evidence))
		}
		return list
	}
	want := []string{"on_behalf true 1 open met them"}
	for _, by := range []models.Worker{one, two, near} {
		if got := proposals(by); !slices.Equal(got, want) {
			w.t.Errorf("proposed: %v", got)
		}
	}
	all, err := w.Proposals(w.ctx, models.Proposer(one))
	must(w.t, err)
	refused(w.t, w.Agree(w.ctx, models.Proposer(one), all[0].ID, ""), models.ReasonProposalOwn)
	w.agree(two.Staff)
	if got := w.colour(me); got != models.Yellow {
		w.t.Errorf("agreed to, they are %v", got)
	}
	said, err := w.Declarations(w.ctx, me)
	must(w.t, err)
	if len(said) != 2 || said[0].Form != models.FormArrival {
		w.t.Errorf("declared: %+v", said)
	}
}

// What makes nobody's colour worse counts as soon as it is followed up, and not before.
func TestArrivalTakenDownFromNowhereListed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits)) // the visit names nobody then
		visit, shown := w.entered(here, me.Document)
		nobody := w.taking(visit, nil, "330100")
		w.changesNothing(func() {
			_, err := w.take(here, nobody)
			refused(t, err, models.ReasonArrivalVisit)
		})
		seen, err := w.take(here, w.taking(visit, shown.Whom, "330100"))
		must(t, err)
		if seen.Advice != models.AdvicePass || seen.Turn != nil {
			t.Errorf("taken down: %+v, turn %+v", seen.Advice, seen.Turn)
		}
		said := func() int {
			list, err := w.Declarations(w.ctx, me)
			must(t, err)
			return len(list)
		}
		before := said()
		w.followUp(w.worker(w.far))
		if before != 1 || said() != 2 || w.colour(me) != models.Green {
			t.Errorf("%d declarations before and %d after it was followed up; colour %v", before, said(), w.colour(me))
		}
	})
}

// Somebody of a document that nobody knows arrives as a guest: the community that they
// go to has a review to call on them, and nobody becomes a resident.
func TestGuestArrives(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		guest := w.document()
		visit, seen := w.entered(here, guest)
		if seen.Advice != models.AdvicePaper || seen.Arrival != nil {
			t.Fatalf("entered: %+v", seen)
		}
		in := w.taking(visit, nil, "420100")
		w.changesNothing(func() {
			_, err := w.take(here, in)
			if got := fmt.Sprint(problems(err)); got != "[name request.missing_field contact request.missing_field]" {
				t.Errorf("without a name: %s", got)
			}
		})
		in = w.guest(in, "王五")
		in.Arrival.Companions = []models.Companion{companion(w, "王小五")}
		tables := []string{"arrival_queue", "arrivals", "audit", "requests", "reviews"}
		w.changesNothingBut(tables, func() {
			seen, err := w.take(here, in)
			must(t, err)
			if seen.Advice != models.AdviceQueue || seen.Turn.Number != 1 || seen.Turn.Why != models.TurnSaid || seen.Arrival.Party() != 2 {
				t.Errorf("taken down: %+v, turn %+v", seen.Advice, seen.Turn)
			}
		})
		list, err := w.Queue(w.ctx, here)
		must(t, err)
		if len(list) != 1 || list[0].Name.String() != "王*" || list[0].ResidentID != "" {
			t.Fatalf("the queue is %+v", list)
		}
		must(t, w.Call(w.ctx, here, list[0].ID))
		must(t, w.Check(w.ctx, here, list[0].ID, models.CheckedHanded))
		w.callsOn(guest)
	})
}

// callsOn has the destination's worker look at the guest.
func (w *town) callsOn(guest models.Document) {
	w.t.Helper()
	by, near := w.worker(w.far), w.worker(w.near)
	if queue, err := w.For(near).Queue(w.ctx, ""); err != nil || len(queue) != 0 {
		w.t.Errorf("another community has %+v, %v", queue, err)
	}
	queue, err := w.For(by).Queue(w.ctx, "")
	must(w.t, err)
	if len(queue) != 1 || queue[0].ResidentID != "" || queue[0].DueAt.After(w.clock.Now().Add(2*time.Hour)) {
		w.t.Fatalf("the destination has %+v", queue)
	}
	seen, err := w.For(by).Case(w.ctx, queue[0].ID)
	must(w.t, err)
	if seen.Resident.Document != guest || seen.Resident.Name.Reveal() != "王五" || seen.Resident.Phone.Reveal() != "13700137000" ||
		seen.Arrival.From != "420100" || len(seen.Arrival.Companions) != 1 || len(seen.Declaration.Answers) == 0 || seen.Arrival.Turns[0].Outcome != models.CheckedHanded {
		w.t.Errorf("the worker sees %+v", seen)
	}
	for table, rows := range storetest.Dump(w.t, w.db) {
		for _, row := range rows {
			if strings.Contains(row, "王五") || strings.Contains(row, "13700137000") || strings.Contains(row, guest.Number.Reveal()) {
				w.t.Errorf("table %s holds a guest in the clear", table)
			}
		}
	}
	w.changesNothingBut([]string{"audit", "judgements", "reviews"}, func() { w.followUp(by) })
}

// problems are all that an error says, with its field.
func problems(err error) (list []string) {
	var all models.Problems
	errors.As(err, &all)
	for _, p := range all {
		list = append(list, p.Field+" "+string(p.Reason))
	}
	return list
}

// Nobody takes down whom they do not have in front of them, and a door has no arrivals.
func TestTakingIsRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, there := listedTown(t, db)
		me, _ := w.verified()
		visit, _ := w.entered(here, me.Document)
		in := w.taking(visit, nil, "420100")
		door := w.gateNow()
		colleague := at(here.Venue, "colleague")
		w.changesNothing(func() {
			_, err := w.take(door, in)
			refused(t, err, models.ReasonGatewayRequired)
			for _, other := range []models.Gate{there, colleague} {
				_, err := w.take(other, in)
				refused(t, err, models.ReasonArrivalVisit)
			}
			unknown := in
			unknown.Visit = w.ulid()
			_, err = w.take(here, unknown)
			refused(t, err, models.ReasonArrivalVisit)
			nowhere := in
			nowhere.Arrival.Community = "c0"
			_, err = w.take(here, nowhere)
			refused(t, err, models.ReasonCommunityUnknown)
			themselves := in
			themselves.Arrival.Companions = []models.Companion{{Name: me.Name, Document: me.Document}}
			_, err = w.take(here, themselves)
			refused(t, err, models.ReasonArrivalTwice)
		})
		w.clock.Advance(time.Hour)
		w.changesNothing(func() {
			_, err := w.take(here, in)
			refused(t, err, models.ReasonArrivalVisit)
		})
	})
}

// A guard's own case, under another account of theirs or of whoever brought them in, is
// not theirs to review.
func TestWhoTookItDownDoesNotReviewIt(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		by := w.worker(w.far)
		here.ID = by.ID // an account that was a guard's and became a worker's
		visit, _ := w.entered(here, me.Document)
		_, err := w.take(here, w.taking(visit, nil, "420100"))
		must(t, err)
		queue, err := w.For(by).Queue(w.ctx, "")
		must(t, err)
		w.changesNothing(func() {
			refused(t, w.For(by).Claim(w.ctx, queue[0].ID), models.ReasonReviewOwn)
			_, err := w.For(by).Case(w.ctx, queue[0].ID)
			refused(t, err, models.ReasonReviewOwn)
		})
	})
}

// Guests are swept with what was said of them.
func TestGuestsAreSwept(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		for i, name := range []string{"王五", "赵六"} {
			visit, _ := w.entered(here, w.document())
			_, err := w.take(here, w.guest(w.taking(visit, nil, "420100"), name))
			must(t, err)
			if i == 0 {
				w.followUp(w.worker(w.far))
			}
		}
		sweeper := w.sweeper()
		w.clock.Advance(89 * 24 * time.Hour)
		swept, err := sweeper.Sweep(w.ctx)
		must(t, err)
		if n := swept.Rows["arrivals"] + swept.Rows["reviews"] + swept.Rows["judgements"]; n != 0 {
			t.Errorf("too soon: %v", swept.Rows)
		}
		w.clock.Advance(25 * time.Hour)
		swept, err = sweeper.Sweep(w.ctx)
		must(t, err)
		if swept.Rows["arrivals"] != 2 || swept.Rows["reviews"] != 2+0 || swept.Rows["judgements"] != 1 || swept.Rows["arrival_queue"] != 2 {
			t.Errorf("swept %v", swept.Rows)
		}
	})
}
