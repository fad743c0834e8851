package store_test

import (
	"slices"
	"testing"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// proposed are the proposals that the worker may see, by their ids.
func (w *town) proposed(by models.Worker) (ids []string) {
	w.t.Helper()
	list, err := w.Proposals(w.ctx, models.Proposer(by))
	must(w.t, err)
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

// takenDown is an arrival at far that a guard took down of the resident.
func (w *town) takenDown(here models.Gate, me models.Resident) (arrival string) {
	w.t.Helper()
	visit, seen := w.entered(here, me.Document)
	got, err := w.take(here, w.taking(visit, seen.Whom, "420100"))
	must(w.t, err)
	return got.Arrival.ID
}

// The destination has a part in the arrival, and in nothing else about the resident: a
// guard's word opens no more of them, and neither does a row that somebody wrote.
func TestDestinationSeesTheArrivalAlone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		home, near := w.worker(w.near), w.worker(w.near)
		one, far := w.worker(w.far), w.worker(w.far)
		other, err := w.DeclareFor(w.ctx, home, me, w.from("420100"), "told me so on the telephone")
		must(t, err)
		arrival := w.takenDown(here, me)
		if got := w.proposed(far); len(got) != 0 {
			t.Errorf("taken down, the destination sees %v", got)
		}
		w.followUp(one)
		if got := w.proposed(far); len(got) != 1 || got[0] != arrival {
			t.Errorf("followed up, the destination sees %v, want %s", got, arrival)
		}
		if got := w.proposed(near); len(got) != 2 {
			t.Errorf("the home sees %v", got)
		}
		forged := func(t testing.TB) {
			_, err := db.Owner(t).Exec("INSERT INTO arrivals (id, resident_id, declaration_id, venue_id, community_id, party, party_sealed, at, created_at, mac, entered_by, visit_id, peer, handle) "+
				"SELECT ?, resident_id, declaration_id, venue_id, community_id, party, party_sealed, at, created_at, mac, entered_by, visit_id, peer, handle FROM arrivals WHERE id = ?", other.ID, arrival)
			must(w.t, err)
		}
		forged(t)
		w.changesNothing(func() {
			if got := w.proposed(far); len(got) != 1 || got[0] != arrival {
				t.Errorf("by a row that nobody vouches for the destination sees %v", got)
			}
			_, err := w.ProposalOf(w.ctx, models.Proposer(far), other.ID)
			refused(t, err, models.ReasonProposalUnknown)
			refused(t, w.Agree(w.ctx, models.Proposer(far), other.ID, ""), models.ReasonProposalUnknown)
		})
		_, err = db.Owner(t).Exec("UPDATE residents SET community_id = ? WHERE id = ?", w.far, me.ID)
		must(t, err)
		if got := w.proposed(far); len(got) != 1 {
			t.Errorf("by a home that nobody moved to the destination sees %v", got)
		}
	})
}

// One arrival is declared on somebody's behalf once: whoever refused it refused it, however
// often a gateway hands them over.
func TestArrivalIsDeclaredOnBehalfOnce(t *testing.T) {
	for name, agrees := range map[string]bool{"agreed to": true, "refused": false} {
		t.Run(name, func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) { isDeclaredOnce(t, db, agrees) })
		})
	}
}

func isDeclaredOnce(t *testing.T, db storetest.DB, agrees bool) {
	w, here, _ := listedTown(t, db)
	me, _ := w.verified()
	w.declare(me)
	arrival := w.takenDown(here, me)
	one, two := w.worker(w.far), w.worker(w.far)
	w.followUp(one)
	if agrees {
		w.agree(two.Staff)
	} else {
		must(t, w.RefuseProposal(w.ctx, models.Proposer(two), arrival, "it was somebody else"))
	}
	before := w.colour(me)
	turns, err := w.Queue(w.ctx, here)
	must(t, err)
	must(t, w.Check(w.ctx, here, turns[0].ID, models.CheckedHanded))
	queue, err := w.For(one).Queue(w.ctx, "")
	must(t, err)
	handed := slices.IndexFunc(queue, func(r models.Review) bool { return r.Kind == models.ReviewArrival })
	if handed < 0 {
		t.Fatal("it was not handed over")
	}
	seen, err := w.For(one).Case(w.ctx, queue[handed].ID)
	must(t, err)
	if seen.Arrival.Behalf {
		t.Error("the worker is told that it is declared again")
	}
	w.followUp(one)
	if got := w.proposed(two); len(got) != 1 || w.colour(me) != before {
		t.Errorf("proposed %v; %v, and then %v", got, before, w.colour(me))
	}
}

// What is wrong with the words stands beside the words.
func TestWordsOnAnArrivalAreTold(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		me, _ := w.verified()
		w.takenDown(here, me)
		desk := w.For(w.worker(w.far))
		queue, err := desk.Queue(w.ctx, "")
		must(t, err)
		must(t, desk.Claim(w.ctx, queue[0].ID))
		w.changesNothing(func() {
			err := desk.Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: models.Approve, Words: "a\x00b"})
			if p, ok := asProblem(err); !ok || p.Field != "words" || p.Reason != models.ReasonFieldBad {
				t.Errorf("refused %v", err)
			}
		})
	})
}

// A look at a guest, who has nowhere to read of it, is on the auditors' record.
func TestLookAtAGuestIsOnRecord(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _ := listedTown(t, db)
		visit, _ := w.entered(here, w.document())
		_, err := w.take(here, w.guest(w.taking(visit, nil, "420100"), "王五"))
		must(t, err)
		desk := w.For(w.worker(w.far))
		queue, err := desk.Queue(w.ctx, "")
		must(t, err)
		w.changesNothingBut([]string{"audit"}, func() {
			_, err := desk.Case(w.ctx, queue[0].ID)
			must(t, err)
		})
	})
}
