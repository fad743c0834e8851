package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// The templates of the tests' town.
const (
	ofColours = "template-of-colours"
	ofReviews = "template-of-reviews"
)

// mailbox is a platform that writes down what it sends, and answers as it is told.
type mailbox struct {
	mu     sync.Mutex
	got    []store.Message
	answer func(store.Message) error // nil: all is well
}

func (b *mailbox) Send(_ context.Context, m store.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, m)
	if b.answer != nil {
		return b.answer(m)
	}
	return nil
}

func (b *mailbox) says(r models.Reason) {
	b.answer = func(store.Message) error { return models.Refuse(r) }
}

// posting is a town whose residents can be sent messages through WeChat.
func posting(t testing.TB, db storetest.DB) *town {
	t.Helper()
	w := newTown(t, db)
	w.Options.Messages = map[string]map[models.NoticeKind]string{
		"wechat": {models.NoticeColour: ofColours, models.NoticeReview: ofReviews}}
	return w
}

// reachable is a verified green resident who has agreed to messages.
func (w *town) reachable(forGood bool) (me models.Resident, account models.Account) {
	w.t.Helper()
	me, token := w.verified()
	w.declare(me)
	w.readAll(me)
	account, err := w.Account(w.ctx, token)
	must(w.t, err)
	must(w.t, w.Subscribe(w.ctx, account, []string{ofColours}, forGood))
	return me, account
}

// fall makes a green resident yellow, rise the other way round.
func (w *town) fall(me models.Resident) {
	w.t.Helper()
	w.declare(me, models.Fact{Kind: models.FactSymptom, Code: "fever"})
	if got := w.colour(me); got != models.Yellow {
		w.t.Fatalf("%v, want yellow", got)
	}
}

func (w *town) rise(me models.Resident) {
	w.t.Helper()
	w.judge(w.worker(w.near), models.Judgement{Verdict: models.Clear, Words: "fine"})
	w.declare(me)
	if got := w.colour(me); got != models.Green {
		w.t.Fatalf("%v, want green", got)
	}
}

func (w *town) readAll(me models.Resident) {
	w.t.Helper()
	list, err := w.Unread(w.ctx, me)
	must(w.t, err)
	if len(list) > 0 {
		must(w.t, w.ReadNotice(w.ctx, me, list[0].ID))
	}
}

// colours are the unread changes of colour, the latest first, as "green yellow".
func (w *town) colours(me models.Resident) (list []string) {
	w.t.Helper()
	told, err := w.Unread(w.ctx, me)
	must(w.t, err)
	for _, n := range told {
		if n.Kind == models.NoticeColour {
			list = append(list, n.Before.String()+" "+n.Decision.Colour.String())
		}
	}
	return list
}

// deliver runs one round through that mailbox, and says what came of it.
func (w *town) deliver(b *mailbox) string {
	w.t.Helper()
	ends, err := w.Deliver(w.ctx, map[string]store.Sender{"wechat": b})
	must(w.t, err)
	return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(ends), "map["), "]")
}

// left is how many messages of that template may still be sent to the account.
func (w *town) left(account models.Account, template string) (n int) {
	w.t.Helper()
	must(w.t, w.db.Owner(w.t).QueryRow("SELECT left_over FROM subscriptions WHERE account_id = ? AND template = ?", account.ID, template).Scan(&n))
	return n
}

// TestMessageOfColour: one change, one notice and one message; what changes no
// colour tells nobody anything.
func TestMessageOfColour(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, account := w.reachable(true)
		other, _ := w.verified() // who has not agreed
		w.declare(other)
		var b mailbox
		w.declare(me)
		if got := w.deliver(&b); got != "" || len(w.colours(me)) != 0 {
			t.Fatalf("the same colour is told: %s", got)
		}
		w.fall(me)
		w.fall(other)
		if got := w.colours(me); len(got) != 1 || got[0] != "green yellow" {
			t.Errorf("told %q", got)
		}
		if got := w.colours(other); got[0] != "green yellow" {
			t.Errorf("whoever takes no messages is told %q in their list", got)
		}
		if got := w.deliver(&b) + w.deliver(&b); got != "sent:1" {
			t.Errorf("delivered %s", got)
		}
		who, err := w.Identity(w.ctx, account.ID)
		must(t, err)
		m := b.got[0]
		if m.To != who || m.Template != ofColours || m.Colour != models.Yellow || m.Kind != models.NoticeColour || !m.At.Equal(w.clock.Now()) {
			t.Errorf("sent %+v", m)
		}
		if w.left(account, ofColours) != store.Endless {
			t.Error("leave for good is used up")
		}
	})
}

// TestFirstColourIsNoChange: nobody is told of what they have just been given.
func TestFirstColourIsNoChange(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.registered(w.document())
		if list, err := w.Unread(w.ctx, me); err != nil || len(list) != 0 {
			t.Errorf("told %v, %v", list, err)
		}
	})
}

// TestMessageOfReview: a judgement is told with the worker's words in the list,
// and without them in the message.
func TestMessageOfReview(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, token := w.registered(w.document())
		account, err := w.Account(w.ctx, token)
		must(t, err)
		must(t, w.Subscribe(w.ctx, account, []string{ofReviews}, false))
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Reject, Words: "the photo is blurred"})
		list, err := w.Unread(w.ctx, me)
		must(t, err)
		if len(list) != 1 || list[0].Review.State != models.ReviewRefused || list[0].Review.Words != "the photo is blurred" {
			t.Fatalf("told %+v", list)
		}
		var b mailbox
		if got := w.deliver(&b); got != "sent:1" || b.got[0].Kind != models.NoticeReview || b.got[0].Review.State != models.ReviewRefused {
			t.Errorf("%s: %+v", got, b.got)
		}
		if strings.Contains(fmt.Sprintf("%+v", b.got), "blurred") {
			t.Error("the worker's words are in the message")
		}
	})
}

// TestOneTimeLeaveIsUsedUp: as many messages as were agreed to, and no more.
func TestOneTimeLeaveIsUsedUp(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, account := w.reachable(false)
		var b mailbox
		w.fall(me)
		if got := w.left(account, ofColours); got != 0 {
			t.Errorf("%d are left", got)
		}
		w.rise(me)
		w.fall(me)
		if got := w.deliver(&b); got != "sent:1" || len(w.colours(me)) != 3 {
			t.Errorf("delivered %s, told %v", got, w.colours(me))
		}
	})
}

// TestTwoReplicasSendOnce: rows are claimed, so that several replicas at once send
// each message once.
func TestTwoReplicasSendOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		const people = 6
		for range people {
			me, _ := w.reachable(true)
			w.fall(me)
		}
		second, err := store.Open(w.ctx, w.Options)
		must(t, err)
		t.Cleanup(func() { must(t, second.Close()) })
		var b mailbox
		var wait sync.WaitGroup
		for _, s := range []*store.Store{w.Store, second, w.Store, second} {
			wait.Go(func() {
				if _, err := s.Deliver(w.ctx, map[string]store.Sender{"wechat": &b}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		to := map[store.SignIn]int{}
		for _, m := range b.got {
			to[m.To]++
		}
		if len(to) != people || len(b.got) != people {
			t.Errorf("%d messages to %d people, want %d", len(b.got), len(to), people)
		}
	})
}

// TestNeverAgain: what may have arrived is not sent again, whether the platform
// did not answer or the service was killed before it could write the answer down.
func TestNeverAgain(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, account := w.reachable(true)
		var b mailbox
		for _, r := range []models.Reason{models.ReasonUpstreamSlow, models.ReasonUpstream, models.ReasonUpstreamLying} {
			w.fall(me)
			b.says(r)
			if got := w.deliver(&b); got != "doubtful:1" {
				t.Errorf("%s: %s", r, got)
			}
			w.rise(me)
			b.answer = nil
			w.deliver(&b)
		}
		sent := len(b.got)
		w.fall(me)
		dying, err := store.Open(w.ctx, w.Options)
		must(t, err)
		b.answer = func(store.Message) error { return dying.Close() } // sent, and nothing can be written any more
		if _, err := dying.Deliver(w.ctx, map[string]store.Sender{"wechat": &b}); err == nil {
			t.Error("delivered without a database")
		}
		b.answer = nil
		w.clock.Advance(24 * time.Hour)
		if got := w.deliver(&b); got != "" || len(b.got) != sent+1 {
			t.Errorf("sent again: %s", got)
		}
		if w.left(account, ofColours) != store.Endless {
			t.Error("leave is withdrawn by a silence")
		}
	})
}

// TestBackOff: a platform that is busy is asked again after longer and longer
// pauses, and at last an operator is told.
func TestBackOff(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(true)
		w.fall(me)
		var b mailbox
		b.says(models.ReasonUpstreamBusy)
		for _, pause := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour} {
			if got := w.deliver(&b); got != "waiting:1" {
				t.Fatalf("before %v: %s", pause, got)
			}
			w.clock.Advance(pause - time.Millisecond)
			if got := w.deliver(&b); got != "" {
				t.Fatalf("before %v are over: %s", pause, got)
			}
			w.clock.Advance(time.Millisecond)
		}
		b.says(models.ReasonUpstreamRefused)
		if got := w.deliver(&b); got != "gone:1" || len(b.got) != 5 {
			t.Errorf("at last: %s after %d attempts", got, len(b.got))
		}
		if got := w.alarmed(); len(got) != 1 || got[0] != "notices" {
			t.Errorf("alarms %q", got)
		}
		w.clock.Advance(24 * time.Hour)
		if got := w.deliver(&b); got != "" {
			t.Errorf("after that: %s", got)
		}
	})
}

// TestHeldUpMessageTellsWhatHolds: a message that waited tells of the colour that
// its recipient has by then.
func TestHeldUpMessageTellsWhatHolds(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(false)
		w.fall(me)
		var b mailbox
		b.says(models.ReasonUpstreamBusy)
		w.deliver(&b)
		w.rise(me)
		w.clock.Advance(time.Hour)
		b.answer = nil
		if got := w.deliver(&b); got != "sent:1" || b.got[1].Colour != models.Green {
			t.Errorf("%s: %v", got, b.got[1].Colour)
		}
	})
}

// TestRefusedIsRemembered: whoever takes no more messages is sent no more, until
// they agree anew. A message that is unlawful ends, and is no refusal of theirs.
func TestRefusedIsRemembered(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, account := w.reachable(true)
		var b mailbox
		w.fall(me)
		b.says(models.ReasonTextRefused)
		if got := w.deliver(&b); got != "gone:1" || w.left(account, ofColours) != store.Endless {
			t.Errorf("unlawful: %s", got)
		}
		w.rise(me)
		b.says(models.ReasonMessageRefused)
		if got := w.deliver(&b); got != "refused:1" || w.left(account, ofColours) != 0 {
			t.Errorf("refused: %s, %d left", got, w.left(account, ofColours))
		}
		b.answer = nil
		w.fall(me)
		if got := w.deliver(&b); got != "" {
			t.Errorf("after the refusal: %s", got)
		}
		must(t, w.Subscribe(w.ctx, account, []string{ofColours}, true))
		w.rise(me)
		if got := w.deliver(&b); got != "sent:1" {
			t.Errorf("agreed anew: %s", got)
		}
	})
}

// TestNobodyToTell: whoever has closed their code gets no message about it.
func TestNobodyToTell(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := posting(t, db)
		me, _ := w.reachable(true)
		w.fall(me)
		must(t, w.CloseResident(w.ctx, me))
		var b mailbox
		if got := w.deliver(&b); got != "void:1" || len(b.got) != 0 {
			t.Errorf("%s, and %d messages", got, len(b.got))
		}
	})
}

// TestDeliverLoop ends with its context, and not before what it has begun.
func TestDeliverLoop(t *testing.T) {
	w := posting(t, schema.Any(t))
	me, _ := w.reachable(true)
	w.fall(me)
	ctx, cancel := context.WithCancel(w.ctx)
	var b mailbox
	b.answer = func(store.Message) error { cancel(); return nil }
	ends := map[string]int{}
	w.DeliverLoop(ctx, map[string]store.Sender{"wechat": &b}, func(state string, n int) { ends[state] += n })
	if ends["sent"] != 1 {
		t.Errorf("ends %v", ends)
	}
	if got := w.deliver(&b); got != "" {
		t.Errorf("and again: %s", got)
	}
	if _, err := w.Deliver(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
