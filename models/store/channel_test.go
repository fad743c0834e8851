package store_test

import (
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// plugin signs somebody in at the plugin of another app.
func (w *town) plugin() (models.Plugin, string) {
	w.t.Helper()
	_, token := w.account("wechat-plugin")
	me, err := w.Plugin(w.ctx, token)
	must(w.t, err)
	return me, token
}

// TestPluginLink: a plugin's account becomes a resident's by a hand-over from the
// city's own app, once, within five minutes, for the account that asked.
func TestPluginLink(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, own := w.verified()
		other, token := w.plugin()
		thief, thiefToken := w.plugin()
		w.changesNothing(func() {
			_, err := w.Account(w.ctx, token)
			refused(t, err, models.ReasonPluginForbidden)
			_, err = w.Resident(w.ctx, token)
			refused(t, err, models.ReasonPluginForbidden)
			_, err = w.Linked(w.ctx, token)
			refused(t, err, models.ReasonRegistrationNeeded)
			_, err = w.Plugin(w.ctx, own)
			refused(t, err, models.ReasonForbidden)
			_, err = w.HandOver(w.ctx, me, "made up")
			refused(t, err, models.ReasonLink)
		})
		challenge, err := w.Challenge(w.ctx, other)
		must(t, err)
		handover, err := w.HandOver(w.ctx, me, challenge)
		must(t, err)
		w.changesNothing(func() {
			_, err := w.HandOver(w.ctx, me, challenge)
			refused(t, err, models.ReasonLink) // answered already
			refused(t, w.Link(w.ctx, thief, handover), models.ReasonLink)
			refused(t, w.Link(w.ctx, other, challenge), models.ReasonLink)
		})
		must(t, w.Link(w.ctx, other, handover))
		w.changesNothing(func() { refused(t, w.Link(w.ctx, other, handover), models.ReasonLink) })
		linked, err := w.Linked(w.ctx, token)
		must(t, err)
		if linked.ID != me.ID || !linked.Verified {
			t.Error("the plugin's account belongs to somebody else")
		}
		if _, err := w.Linked(w.ctx, thiefToken); err == nil {
			t.Error("the thief has somebody's code")
		}
		late, err := w.Challenge(w.ctx, thief)
		must(t, err)
		w.clock.Advance(5 * time.Minute)
		w.changesNothing(func() {
			_, err := w.HandOver(w.ctx, me, late)
			refused(t, err, models.ReasonLink)
		})
	})
}

// TestForgedLink: whoever writes into the database cannot give a resident away.
func TestForgedLink(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		victim, _ := w.verified()
		mine, _ := w.verified()
		thief, token := w.plugin()
		challenge, err := w.Challenge(w.ctx, thief)
		must(t, err)
		handover, err := w.HandOver(w.ctx, mine, challenge)
		must(t, err)
		_, err = db.Owner(t).Exec("UPDATE links SET resident_id = '" + victim.ID + "'")
		must(t, err)
		w.changesNothing(func() { refused(t, w.Link(w.ctx, thief, handover), models.ReasonLink) })
		if _, err := w.Linked(w.ctx, token); err == nil {
			t.Error("the forged link was taken")
		}
	})
}

// TestLinkCarries: who declared through the plugin first, unverified, brings that
// along; who is somebody else already does not become another.
func TestLinkCarries(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		guest, token := w.plugin()
		must(t, w.Register(w.ctx, guest.Account, w.registration(w.document())))
		before, err := w.Linked(w.ctx, token)
		must(t, err)
		w.declare(before.Resident, models.Fact{Kind: models.FactSymptom, Code: "fever"})
		guest, err = w.Plugin(w.ctx, token)
		must(t, err)
		link := func(by models.Plugin, to models.Resident) error {
			challenge, err := w.Challenge(w.ctx, by)
			must(t, err)
			handover, err := w.HandOver(w.ctx, to, challenge)
			must(t, err)
			return w.Link(w.ctx, by, handover)
		}
		must(t, link(guest, me))
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("%v, and the fever that was declared in the plugin is lost", got)
		}
		another, _ := w.verified()
		guest, err = w.Plugin(w.ctx, token)
		must(t, err)
		refused(t, link(guest, another), models.ReasonRegistrationTwice)
	})
}

// TestNameCheck: a passed check stands for the worker's look at the document, for
// the one who began it and within the hour.
func TestNameCheck(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.registered(w.document())
		stranger, _ := w.registered(w.document())
		begin := func() string {
			c := store.NameCheck{ID: w.NameCheckID(), Vendor: "vendor's number"}
			must(t, w.OpenNameCheck(w.ctx, me, c))
			return c.ID
		}
		id := begin()
		if w.resident(token).Verified {
			t.Fatal("a check that has only begun verifies")
		}
		got, err := w.NameCheck(w.ctx, me, id)
		must(t, err)
		if got.Vendor != "vendor's number" || got.Passed {
			t.Errorf("got %+v", got)
		}
		w.changesNothing(func() {
			_, err := w.NameCheck(w.ctx, stranger, id)
			refused(t, err, models.ReasonNameCheckUnknown)
			if err := w.PassNameCheck(w.ctx, stranger, id); err == nil {
				t.Error("a stranger's word decides the check")
			}
		})
		must(t, w.PassNameCheck(w.ctx, me, id))
		w.changesNothing(func() { must(t, w.PassNameCheck(w.ctx, me, id)) })
		if r := w.resident(token); !r.Verified || r.Pending {
			t.Error("a passed check does not verify")
		}
		late := begin()
		w.clock.Advance(time.Hour)
		_, err = w.NameCheck(w.ctx, me, late)
		refused(t, err, models.ReasonNameCheckUnknown)
	})
}

// TestNameCheckLinks: whoever passes the check for a document that is a
// resident's is that resident, at once.
func TestNameCheckLinks(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		d := w.document()
		_, first := w.registered(d)
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		me, token := w.registered(d)
		c := store.NameCheck{ID: w.NameCheckID(), Vendor: "v"}
		must(t, w.OpenNameCheck(w.ctx, me, c))
		must(t, w.PassNameCheck(w.ctx, me, c.ID))
		if w.resident(token).ID != w.resident(first).ID {
			t.Error("one document, one face, and two residents")
		}
	})
}

// TestClaimedPhone is kept for the registration, sealed.
func TestClaimedPhone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.account("wechat")
		if p, err := w.ClaimedPhone(w.ctx, me); err != nil || p != (models.Phone{}) {
			t.Errorf("before: %v, %v", p, err)
		}
		phone, err := models.ParsePhone("13812345678")
		must(t, err)
		must(t, w.ClaimPhone(w.ctx, me, phone))
		got, err := w.ClaimedPhone(w.ctx, me)
		must(t, err)
		if got.Reveal() != "13812345678" && got.Reveal() != phone.Reveal() {
			t.Error("another number came back")
		}
		who, err := w.Identity(w.ctx, me.ID)
		must(t, err)
		if who.Platform != "wechat" || who.AppID != "app" || who.OpenID == "" {
			t.Errorf("the account is %+v", who)
		}
	})
}

// TestSubscribe counts what may still be sent.
func TestSubscribe(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.account("wechat")
		left := func(template string) (n int) {
			must(t, db.Owner(t).QueryRow("SELECT left_over FROM subscriptions WHERE template = '"+template+"'").Scan(&n))
			return n
		}
		for range 12 {
			must(t, w.Subscribe(w.ctx, me, []string{"once"}, false))
		}
		must(t, w.Subscribe(w.ctx, me, []string{"good"}, true))
		must(t, w.Subscribe(w.ctx, me, []string{"good"}, false))
		if left("once") != 10 || left("good") != store.Endless {
			t.Errorf("%d and %d are left", left("once"), left("good"))
		}
	})
}
