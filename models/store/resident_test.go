package store_test

import (
	"errors"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

func asProblem(err error) (*models.Problem, bool) {
	var p *models.Problem
	ok := errors.As(err, &p)
	return p, ok
}

func TestRegistrationIsUnverifiedUntilChecked(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.registered(w.document())
		if me.Verified || !me.Pending {
			t.Errorf("verified %v, pending %v; want false, true", me.Verified, me.Pending)
		}
		w.declare(me)
		if got := w.colour(me); got != models.Grey {
			t.Errorf("colour %v before the check, want grey", got)
		}
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		if me = w.resident(token); !me.Verified || me.Pending {
			t.Errorf("verified %v, pending %v; want true, false", me.Verified, me.Pending)
		}
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v after the check, want green", got)
		}
	})
}

func TestRefusedRegistrationCanBeMadeAgain(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		account, token := w.account("wechat")
		must(t, w.Register(w.ctx, account, w.registration(w.document())))
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Reject, Words: "bring the document itself"})
		me := w.resident(token)
		if me.Pending || me.Refusal != "bring the document itself" {
			t.Errorf("pending %v, refusal %q", me.Pending, me.Refusal)
		}
		account, err := w.Account(w.ctx, token)
		must(t, err)
		must(t, w.Register(w.ctx, account, w.registration(w.document())))
		if again := w.resident(token); !again.Pending || again.ID == me.ID {
			t.Errorf("pending %v, same resident %v; want true, false", again.Pending, again.ID == me.ID)
		}
	})
}

func TestSecondRegistrationIsRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		account, token := w.account("wechat")
		must(t, w.Register(w.ctx, account, w.registration(w.document())))
		account, err := w.Account(w.ctx, token)
		must(t, err)
		again := w.registration(w.document())
		w.changesNothing(func() {
			refused(t, w.Register(w.ctx, account, again), models.ReasonRegistrationTwice)
		})
	})
}

func TestOnePersonInBothAppsHasOneCode(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		document := w.document()
		_, wechat := w.registered(document)
		by := w.worker(w.near)
		w.judge(by, models.Judgement{Verdict: models.Approve})
		w.declare(w.resident(wechat))

		account, alipay := w.account("alipay")
		must(t, w.Register(w.ctx, account, w.registration(document)))
		pending := w.resident(alipay)
		if w.resident(wechat).ID == pending.ID || pending.Verified {
			t.Fatal("the second registration was joined before a worker looked")
		}
		w.declare(pending, models.Fact{Kind: models.FactSymptom, Code: "fever"})
		w.judgeOnly(by, models.ReviewRegistration, models.Judgement{Verdict: models.Approve})

		one, other := w.resident(wechat), w.resident(alipay)
		if one.ID != other.ID || !other.Verified {
			t.Fatalf("ids equal %v, verified %v", one.ID == other.ID, other.Verified)
		}
		if got := w.colour(one); got != models.Yellow {
			t.Errorf("colour %v: what was declared in the other app does not count, want yellow", got)
		}
		sessions, err := w.Sessions(w.ctx, one)
		must(t, err)
		if len(sessions) != 2 {
			t.Errorf("%d phones, want 2", len(sessions))
		}
	})
}

// judgeOnly judges what waits of one kind.
func (w *town) judgeOnly(by models.Worker, kind models.ReviewKind, j models.Judgement) {
	w.t.Helper()
	desk := w.For(by)
	queue, err := desk.Queue(w.ctx, "")
	must(w.t, err)
	for _, r := range queue {
		if r.Kind == kind {
			must(w.t, desk.Claim(w.ctx, r.ID))
			must(w.t, desk.Judge(w.ctx, r.ID, j))
		}
	}
}

func TestNothingPersonalIsStoredInTheClear(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		document := idNumber(t, "33010619880808765")
		account, token := w.account("wechat")
		r := w.registration(document)
		r.Name = w.name("慕容云海")
		r.Guardian = w.name("诸葛长青")
		must(t, w.Register(w.ctx, account, r))
		must(t, w.Correct(w.ctx, w.resident(token), w.name("慕容云河")))
		_, err := w.ImportVaccinations(w.ctx, operator, []models.Vaccination{{Document: document, Name: r.Name, Product: "sinovac",
			Batch: "A1", Dose: 1, Date: noon.AddDate(0, -6, 0), Site: "clinic"}})
		must(t, err)
		_, err = w.Enter(w.ctx, w.gate(), store.Entry{ID: w.ulid(), Document: idNumber(t, "33010619770707765"), Name: w.name("司徒静好")})
		must(t, err)

		for table, rows := range storetest.Dump(t, db) {
			for _, row := range rows {
				for _, secret := range []string{document.Number.Reveal(), "慕容云", "诸葛长青", "司徒静好", "13800138000", "19770707", token} {
					if strings.Contains(row, secret) {
						t.Errorf("table %s holds a personal value in the clear", table)
					}
				}
			}
		}
	})
}

func TestClosedResidentIsBlank(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.verified()
		shown, err := w.Present(w.ctx, me)
		must(t, err)
		text := w.show(shown)
		must(t, w.CloseResident(w.ctx, me))

		_, err = w.Resident(w.ctx, token)
		refused(t, err, models.ReasonLoginRequired)
		_, err = w.Scan(w.ctx, w.gateNow(), w.ulid(), text)
		refused(t, err, models.ReasonPassRevoked)
		var sealed int
		row := db.Owner(t).QueryRow("SELECT COUNT(*) FROM residents WHERE closed_at > 0 AND LENGTH(name_sealed) + LENGTH(number_sealed) + LENGTH(phone_sealed) > 0")
		must(t, row.Scan(&sealed))
		if sealed != 0 {
			t.Error("a closed resident still holds sealed values")
		}
	})
}
