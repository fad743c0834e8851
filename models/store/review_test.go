package store_test

import (
	"errors"
	"sync"
	"testing"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

func TestWorkerSeesTheirOwnCommunityOnly(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.registered(w.document())
		near, far, none := w.worker(w.near), w.worker(w.far), w.worker()
		queue, err := w.For(near).Queue(w.ctx, "")
		must(t, err)
		if len(queue) != 1 {
			t.Fatalf("%d reviews at the near desk, want 1", len(queue))
		}
		id := queue[0].ID
		for name, by := range map[string]models.Worker{"far": far, "none": none} {
			desk := w.For(by)
			w.changesNothing(func() {
				queue, err := desk.Queue(w.ctx, "")
				must(t, err)
				if len(queue) != 0 {
					t.Errorf("%s: sees %d reviews of another community", name, len(queue))
				}
				_, err = desk.Case(w.ctx, id)
				refused(t, err, models.ReasonReviewUnknown)
				refused(t, desk.Claim(w.ctx, id), models.ReasonReviewUnknown)
				refused(t, desk.Release(w.ctx, id), models.ReasonReviewUnknown)
				refused(t, desk.Judge(w.ctx, id, models.Judgement{Verdict: models.Approve}), models.ReasonReviewUnknown)
				_, err = desk.Queue(w.ctx, id)
				refused(t, err, models.ReasonReviewUnknown)
			})
		}
	})
}

func TestTwoWorkersClaimOneReview(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.registered(w.document())
		workers := []models.Worker{w.worker(w.near), w.worker(w.near), w.worker(w.near), w.worker(w.near)}
		queue, err := w.For(workers[0]).Queue(w.ctx, "")
		must(t, err)
		var mu sync.Mutex
		claimed := 0
		var wait sync.WaitGroup
		for _, by := range workers {
			wait.Go(func() {
				err := w.For(by).Claim(w.ctx, queue[0].ID)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					claimed++
				} else if p, ok := asProblem(err); !ok || p.Reason != models.ReasonReviewTaken {
					t.Errorf("claim: %v", err)
				}
			})
		}
		wait.Wait()
		if claimed != 1 {
			t.Errorf("%d claims went through, want 1", claimed)
		}
	})
}

func TestJudgingNeedsTheClaim(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.registered(w.document())
		by, colleague := w.worker(w.near), w.worker(w.near)
		queue, err := w.For(by).Queue(w.ctx, "")
		must(t, err)
		id := queue[0].ID
		approve := models.Judgement{Verdict: models.Approve}
		w.changesNothing(func() { refused(t, w.For(by).Judge(w.ctx, id, approve), models.ReasonReviewUnheld) })
		must(t, w.For(by).Claim(w.ctx, id))
		w.changesNothing(func() {
			refused(t, w.For(colleague).Judge(w.ctx, id, approve), models.ReasonReviewUnheld)
			refused(t, w.For(by).Judge(w.ctx, id, models.Judgement{Verdict: models.Reject}), models.ReasonVerdictReason)
			refused(t, w.For(by).Judge(w.ctx, id, models.Judgement{Verdict: models.Clear, Words: "well"}), models.ReasonVerdict)
			refused(t, w.For(by).Judge(w.ctx, id, models.Judgement{Verdict: "shrug"}), models.ReasonVerdict)
		})
		must(t, w.For(by).Judge(w.ctx, id, approve))
		w.changesNothing(func() { refused(t, w.For(by).Judge(w.ctx, id, approve), models.ReasonReviewClosed) })
	})
}

func TestNobodyJudgesThemselves(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		document := w.document()
		w.hiring = &document
		by := w.worker(w.near)
		w.hiring = nil
		w.registered(document)
		queue, err := w.For(by).Queue(w.ctx, "")
		must(t, err)
		w.changesNothing(func() {
			refused(t, w.For(by).Claim(w.ctx, queue[0].ID), models.ReasonReviewOwn)
			_, err := w.For(by).Case(w.ctx, queue[0].ID)
			refused(t, err, models.ReasonReviewOwn)
			refused(t, w.For(by).Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: models.Approve}), models.ReasonReviewOwn)
		})
	})
}

func TestDeclarationIsReviewed(t *testing.T) {
	ill := models.Fact{Kind: models.FactSymptom, Code: "fever"}
	for _, c := range []struct {
		name  string
		judge models.Judgement
		want  models.Colour
	}{
		{"approved: it stands", models.Judgement{Verdict: models.Approve}, models.Yellow},
		{"cleared: the risk is over", models.Judgement{Verdict: models.Clear, Words: "measured at home, no fever"}, models.Green},
		{"refused: it counts no longer", models.Judgement{Verdict: models.Reject, Words: "this was somebody else's"}, models.Grey},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) {
				w := newTown(t, db)
				me, _ := w.verified()
				w.declare(me, ill)
				if got := w.colour(me); got != models.Yellow {
					t.Fatalf("colour %v before the review, want yellow", got)
				}
				by := w.worker(w.near)
				queue, err := w.For(by).Queue(w.ctx, "")
				must(t, err)
				seen, err := w.For(by).Case(w.ctx, queue[0].ID)
				must(t, err)
				if seen.Resident.Name != me.Name || string(seen.Declaration.Answers) != `{}` {
					t.Error("the case does not show whose it is and what they said")
				}
				w.judge(by, c.judge)
				if got := w.colour(me); got != c.want {
					t.Errorf("colour %v, want %v", got, c.want)
				}
				reviews, err := w.Reviews(w.ctx, me)
				must(t, err)
				if reviews[0].Words != c.judge.Words {
					t.Errorf("the resident reads %q, want %q", reviews[0].Words, c.judge.Words)
				}
				accesses, err := w.Accesses(w.ctx, me)
				must(t, err)
				if n := countPurpose(accesses, models.AccessReview); n != 1 || accesses[0].By != "staff" {
					t.Errorf("%d looks by %q, want the worker's one", n, accesses[0].By)
				}
			})
		})
	}
}

func TestCorrectionPutsTheNameRight(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.verified()
		right := w.name("张三丰")
		must(t, w.Correct(w.ctx, me, right))
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		if got := w.resident(token).Name; got != right {
			t.Error("the name was not put right")
		}
	})
}

func TestChangeNeedsAnActor(t *testing.T) {
	w := newTown(t, schema.Any(t))
	if _, err := w.AddCommunity(w.ctx, models.Actor{}, models.Community{}); err == nil || errors.Is(err, models.Invalid) {
		t.Errorf("got %v, want an internal error", err)
	}
}
