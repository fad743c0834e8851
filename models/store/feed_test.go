package store_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// telecom is an operator, who signs what it says.
type telecom struct {
	w   *town
	id  string
	key ed25519.PrivateKey
	pub models.FeedKey
}

// telecom registers an operator of numbers that begin with 138.
func (w *town) telecom(id string) *telecom {
	w.t.Helper()
	o := &telecom{w: w, id: id}
	o.newKey()
	return o
}

func (o *telecom) newKey() {
	o.w.t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	must(o.w.t, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	must(o.w.t, err)
	o.pub, err = models.FeedKeyOf(der)
	must(o.w.t, err)
	o.key = key
	must(o.w.t, o.w.AddOperator(o.w.ctx, operator, o.id, o.pub, []string{"138"}))
}

// feed is a file of sorted lines, made on that day, and its signature.
func (o *telecom) feed(sequence int64, date string, lines ...string) (file, signature []byte) {
	o.w.t.Helper()
	slices.Sort(lines)
	body := strings.Join(lines, "\n") + "\n"
	day, err := models.ParseDay(date)
	must(o.w.t, err)
	head := models.FeedHead{Operator: o.id, Sequence: sequence, Date: day, Rows: int64(len(lines)), Digest: sha256.Sum256([]byte(body))}.String()
	return []byte(head + "\n" + body), o.sign(head)
}

func (o *telecom) sign(head string) []byte {
	return []byte(o.pub.ID + " " + base64.StdEncoding.EncodeToString(ed25519.Sign(o.key, []byte(head+"\n"))) + "\n")
}

func quiet(models.Feed) {}

// take takes a feed in that is in order.
func (o *telecom) take(sequence int64, date string, lines ...string) models.Feed {
	o.w.t.Helper()
	file, signature := o.feed(sequence, date, lines...)
	done, err := o.w.TakeFeed(o.w.ctx, operator, bytes.NewReader(file), signature, quiet)
	must(o.w.t, err)
	if done.EndedAt.IsZero() || done.Counted != int64(len(lines)) {
		o.w.t.Fatalf("%+v is no end of %d lines", done, len(lines))
	}
	return done
}

// tokens is what the operator is told: the new tokens by their numbers, and how many ended.
func (o *telecom) tokens(all bool) (told map[string]string, ended int) {
	o.w.t.Helper()
	told = map[string]string{}
	must(o.w.t, o.w.FeedPhones(o.w.ctx, operator, o.id, all, func(list []models.FeedPhone) error {
		for _, p := range list {
			if p.Ended {
				ended++
			} else {
				told[p.Phone.Reveal()] = p.Token.String()
			}
		}
		return nil
	}))
	return told, ended
}

// subscriber is a resident whose number the platform has given, and their token.
func (w *town) subscriber(o *telecom, number string) (me models.Resident, session, token string) {
	w.t.Helper()
	me, session = w.verified()
	w.claim(session, number)
	told, _ := o.tokens(false)
	if token = told[number]; token == "" || len(told) != 1 {
		w.t.Fatalf("told %v, want %s", told, number)
	}
	return me, session, token
}

func (w *town) claim(session, number string) {
	w.t.Helper()
	account, err := w.Account(w.ctx, session)
	must(w.t, err)
	phone, err := models.ParsePhone(number)
	must(w.t, err)
	must(w.t, w.ClaimPhone(w.ctx, account, phone))
}

// fed is the cities that operators say the resident was in, by days.
func (w *town) fed(me models.Resident) (list []string) {
	w.t.Helper()
	traces, err := w.Fed(w.ctx, me.ID)
	must(w.t, err)
	for _, t := range traces {
		if t.Source != models.TraceFeed {
			w.t.Errorf("%+v is of no feed", t)
		}
		list = append(list, fmt.Sprintf("%s %s %v", models.DayOf(t.From), t.Place, t.To.Sub(t.From)))
	}
	slices.Sort(list)
	return list
}

func (w *town) isFed(me models.Resident, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.fed(me)); diff != "" {
		w.t.Error(diff)
	}
}

// TestFeed: late and corrected rows, whichever comes first, and days that are taken back.
func TestFeed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		other, _, others := w.subscriber(cmcc, "13800138002")
		w.isFed(me)
		got := cmcc.take(2, "2022-03-14", token+",2022-03-13,310000,6,1", token+",2022-03-13,330100,18,1", others+",2022-03-13,420100,24,1")
		if got.Taken != 2 || got.Known != 0 || got.Dropped != 0 {
			t.Errorf("%+v", got)
		}
		w.isFed(me, "2022-03-13 310000 6h0m0s", "2022-03-13 330100 18h0m0s")
		w.isFed(other, "2022-03-13 420100 24h0m0s")

		cmcc.take(1, "2022-03-13", token+",2022-03-12,330100,24,1") // a late file
		cmcc.take(4, "2022-03-14", token+",2022-03-13,330200,24,3") // the correction of a correction
		w.isFed(me, "2022-03-12 330100 24h0m0s", "2022-03-13 330200 24h0m0s")
		cmcc.take(3, "2022-03-14", token+",2022-03-13,340100,24,2") // which it overtook
		w.isFed(me, "2022-03-12 330100 24h0m0s", "2022-03-13 330200 24h0m0s")
		cmcc.take(5, "2022-03-14", token+",2022-03-13,,0,4")
		w.isFed(me, "2022-03-12 330100 24h0m0s")
		again := cmcc.take(6, "2022-03-14", token+",2022-03-12,330100,24,1", token+",2022-03-11,330100,2,1") // one says what is there
		if again.Taken != 1 || again.Known != 1 {
			t.Errorf("%+v", again)
		}
		w.isFed(other, "2022-03-13 420100 24h0m0s")
		w.clock.Advance((models.FeedDays - 1) * 24 * time.Hour)
		w.isFed(me) // what is older than that nobody asks for
	})
}

// TestFeedRefused: what nobody signed, or what has any fault, changes nothing.
func TestFeedRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc, unicom := w.telecom("cmcc"), w.telecom("unicom")
		_, _, token := w.subscriber(cmcc, "13800138001")
		row := token + ",2022-03-13,330100,24,1"
		good, signature := cmcc.feed(1, "2022-03-14", row)
		cmcc.take(9, "2022-03-14", row)
		_, others := unicom.feed(1, "2022-03-14", row)
		bad, badSigned := cmcc.feed(1, "2022-03-14", row, "f"+token[1:]+",2022-03-13,330110,24,1", "f"+token[1:]+",2022-03-13,330200,99,1")
		tomorrow, tomorrowSigned := cmcc.feed(1, "2022-03-15", row)
		second, secondSigned := cmcc.feed(9, "2022-03-14", token+",2022-03-12,330100,24,1")
		short, _ := cmcc.feed(1, "2022-03-14", row)
		short = bytes.Replace(short, []byte("rows=1"), []byte("rows=2"), 1)
		line, _, _ := bytes.Cut(short, []byte("\n"))
		shortSigned := cmcc.sign(string(line))
		altered := func(old, new string) []byte {
			t.Helper()
			if !bytes.Contains(good, []byte(old)) {
				t.Fatalf("no %s", old)
			}
			return bytes.Replace(slices.Clone(good), []byte(old), []byte(new), 1)
		}
		for name, c := range map[string]struct {
			file, signature []byte
			want            string
		}{
			"nothing":                   {nil, signature, "feed.head"},
			"no head":                   {[]byte("x\n"), signature, "feed.head"},
			"no signature":              {good, nil, "feed.signature"},
			"another's signature":       {good, others, "feed.signature"},
			"a signature under its key": {good, append([]byte(cmcc.pub.ID), others[16:]...), "feed.signature"},
			"nobody's feed":             {altered("operator=cmcc", "operator=cm"), signature, "feed.operator"},
			"an altered number":         {altered("sequence=1", "sequence=2"), signature, "feed.signature"},
			"an altered day":            {altered("date=2022-03-14", "date=2022-03-13"), signature, "feed.signature"},
			"an altered row":            {altered(",24,1", ",23,1"), signature, "feed.body"},
			"a row more":                {append(slices.Clone(good), []byte("f"+token[1:]+",2022-03-13,330100,24,1\n")...), signature, "feed.body"},
			"a row less":                {good[:len(good)-len(row)-1], signature, "feed.body"},
			"signed, and another count": {short, shortSigned, "feed.body on rows"},
			"a day to come":             {tomorrow, tomorrowSigned, "feed.date"},
			"a number that is taken":    {second, secondSigned, "feed.conflict"},
			"lines with faults":         {bad, badSigned, "feed.line on line 3.city; feed.line on line 4.hours"},
		} {
			w.changesNothing(func() {
				_, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(c.file), c.signature, quiet)
				if err == nil || err.Error() != c.want {
					t.Errorf("%s: got %v, want %s", name, err, c.want)
				}
			})
		}
		w.changesNothing(func() { // the same file again
			file, signature := cmcc.feed(9, "2022-03-14", row)
			done, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet)
			if err != nil || done.Taken != 1 || done.EndedAt.IsZero() {
				t.Errorf("again: %+v, %v", done, err)
			}
		})
	})
}

// TestFeedKeysRotate: a key that has ended signs nothing any more, and never comes back.
func TestFeedKeysRotate(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		_, _, token := w.subscriber(cmcc, "13800138001")
		old := *cmcc
		cmcc.newKey()
		old.take(1, "2022-03-14", token+",2022-03-13,330100,24,1")
		cmcc.take(2, "2022-03-14", token+",2022-03-12,330100,24,1")
		must(t, w.EndOperatorKey(w.ctx, operator, "cmcc", old.pub.ID))
		cmcc.take(3, "2022-03-14", token+",2022-03-11,330100,24,1")
		w.changesNothing(func() {
			file, signature := old.feed(4, "2022-03-14", token+",2022-03-10,330100,24,1")
			_, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet)
			refused(t, err, models.ReasonFeedSignature)
			refused(t, w.AddOperator(w.ctx, operator, "cmcc", old.pub, []string{"138"}), models.ReasonFeedKey)
			refused(t, w.EndOperatorKey(w.ctx, operator, "cmcc", old.pub.ID), models.ReasonFeedKey)
			refused(t, w.EndOperatorKey(w.ctx, operator, "unicom", old.pub.ID), models.ReasonFeedOperator)
			refused(t, w.AddOperator(w.ctx, operator, "Cmcc", old.pub, []string{"138"}), models.ReasonFeedOperator)
			refused(t, w.AddOperator(w.ctx, operator, "unicom", old.pub, nil), models.ReasonFeedNumbers)
			refused(t, w.AddOperator(w.ctx, operator, "unicom", old.pub, []string{"%"}), models.ReasonFeedNumbers)
		})
		must(t, w.EndOperatorKey(w.ctx, operator, "cmcc", cmcc.pub.ID))
		refused(t, w.FeedPhones(w.ctx, operator, "cmcc", true, nil), models.ReasonFeedOperator)
	})
}

// TestFeedTokens: an operator is told of its own subscribers who agreed and are verified,
// once, and each of them sees it.
func TestFeedTokens(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, session, token := w.subscriber(cmcc, "13800138001")
		_, typed := w.verified() // whose number no platform has given
		_, foreign := w.verified()
		w.claim(foreign, "13900139000")
		against, refusing := w.verified()
		w.claim(refusing, "13800138004")
		must(t, w.WithdrawConsent(w.ctx, against, models.PurposeTravel))
		_, unverified := w.registered(w.document())
		w.claim(unverified, "13800138003")
		w.changesNothing(func() {
			if told, ended := cmcc.tokens(false); len(told) != 0 || ended != 0 {
				t.Errorf("told %v, %d ended", told, ended)
			}
		})
		if told, _ := cmcc.tokens(true); len(told) != 1 || told["13800138001"] != token {
			t.Errorf("told of all: %v", told)
		}
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		seen := 0
		for _, a := range accesses {
			if a.Purpose == models.AccessFeed {
				seen++
			}
		}
		if seen != 2 {
			t.Errorf("%d looks are on record, want 2", seen)
		}
		w.claim(session, "13800138009") // another number
		told, ended := cmcc.tokens(false)
		if len(told) != 1 || told["13800138009"] == token || ended != 1 {
			t.Errorf("told %v, %d ended", told, ended)
		}
		w.claim(session, "13900139001") // and one of another operator
		if told, ended = cmcc.tokens(false); len(told) != 0 || ended != 2 {
			t.Errorf("told %v, %d ended", told, ended)
		}
		w.claim(typed, "13800138005")
		if told, _ = cmcc.tokens(false); len(told) != 1 {
			t.Errorf("told %v", told)
		}
	})
}

// TestFeedConsentWithdrawn: at once nothing counts, and nothing more is taken; and what
// was said under one consent does not come back with the next.
func TestFeedConsentWithdrawn(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		stays, _, others := w.subscriber(cmcc, "13800138002")
		cmcc.take(1, "2022-03-14", token+",2022-03-13,330100,24,1", others+",2022-03-13,330100,24,1")
		w.isFed(me, "2022-03-13 330100 24h0m0s")
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeTravel))
		w.isFed(me)
		got := cmcc.take(2, "2022-03-14", token+",2022-03-12,330100,24,1", others+",2022-03-12,330100,24,1")
		if got.Taken != 1 || got.Dropped != 1 {
			t.Errorf("%+v", got)
		}
		if _, ended := cmcc.tokens(false); ended != 1 {
			t.Errorf("%d tokens ended, want 1", ended)
		}
		must(t, w.GiveConsent(w.ctx, me, models.Consent{Purpose: models.PurposeTravel, Version: models.ConsentVersion}))
		w.isFed(me)
		told, _ := cmcc.tokens(false)
		if fresh := told["13800138001"]; fresh == "" || fresh == token {
			t.Errorf("the token is %q", fresh)
		}
		_, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if n := w.count("traces"); n != 2 {
			t.Errorf("%d rows are left of those of the other, want 2", n)
		}
		w.isFed(stays, "2022-03-12 330100 24h0m0s", "2022-03-13 330100 24h0m0s")
		w.clock.Advance(31 * 24 * time.Hour)
		_, err = w.sweeper().Sweep(w.ctx)
		must(t, err)
		if traces, tokens, ends := w.count("traces"), w.count("feed_tokens"), w.count("feed_token_ends"); traces != 0 || tokens != 2 || ends != 0 {
			t.Errorf("left: %d traces, %d tokens, %d ends", traces, tokens, ends)
		}
		must(t, w.CloseResident(w.ctx, stays))
		if n := w.count("feed_token_ends"); n != 1 {
			t.Errorf("%d tokens ended with the code, want 1", n)
		}
	})
}

func (w *town) count(table string) (n int) {
	w.t.Helper()
	must(w.t, w.db.Owner(w.t).QueryRowContext(w.ctx, "SELECT COUNT(*) FROM "+table).Scan(&n))
	return n
}

// TestFeedForgeries: whoever has the application's account of the database makes nobody
// have travelled, and brings back nothing.
func TestFeedForgeries(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		_, _, others := w.subscriber(cmcc, "13800138002")
		cmcc.take(1, "2022-03-14", token+",2022-03-13,330100,24,1", others+",2022-03-12,420100,24,1", others+",2022-03-13,420100,24,1")
		day, err := models.ParseDay("2022-03-13")
		must(t, err)
		mine, theirs := fromHex(t, token), fromHex(t, others)
		junk := []byte("forged")
		for _, f := range []forgery{
			{name: "a day", sql: "INSERT INTO traces (day, token, revision, cities, feed, mac) VALUES (?, ?, 1, '310000 24', 1, ?)", args: []any{day - 1, mine, junk}, alarm: "mac_traces"},
			{name: "a correction", sql: "INSERT INTO traces (day, token, revision, cities, feed, mac) VALUES (?, ?, 9, '310000 24', 1, ?)", args: []any{day, mine, junk}, alarm: "mac_traces"},
			{name: "somebody else's day", sql: "INSERT INTO traces (day, token, revision, cities, feed, mac) SELECT day, ?, 7, cities, feed, mac FROM traces WHERE token = ?",
				args: []any{mine, theirs}, alarm: "mac_traces"},
			{name: "a day of another day", sql: "INSERT INTO traces (day, token, revision, cities, feed, mac) SELECT day - 3, token, revision, cities, feed, mac FROM traces WHERE token = ? AND day = ? AND revision = 1",
				args: []any{mine, day}, alarm: "mac_traces"},
			{name: "somebody else's token", sql: "INSERT INTO feed_tokens (token, operator_id, resident_id, phone_sealed, at, mac) SELECT ?, operator_id, ?, phone_sealed, at, mac FROM feed_tokens WHERE token = ?",
				args: []any{make([]byte, 16), me.ID, theirs}, alarm: "mac_feed_tokens"},
			{name: "a token that changes hands", sql: "UPDATE feed_tokens SET resident_id = ''", mysql: true},
			{name: "a day that goes", sql: "DELETE FROM traces", mysql: true},
			{name: "an end that goes", sql: "DELETE FROM feed_token_ends", mysql: true},
		} {
			w.forge(f)
			w.isFed(me, "2022-03-13 330100 24h0m0s")
			if f.alarm != "" {
				w.warned(f.alarm)
			}
		}
		w.forge(forgery{name: "an end", sql: "INSERT INTO feed_token_ends (token, operator_id, at, mac) VALUES (?, 'cmcc', 1, ?)", args: []any{mine, junk}})
		w.isFed(me) // which takes away, and says so
		w.warned("mac_feed_token_ends")
		w.forge(forgery{name: "a day that comes first", sql: "INSERT INTO traces (day, token, revision, cities, feed, mac) VALUES (?, ?, 1, '', 1, ?)", args: []any{day - 3, theirs, junk}})
		w.forge(forgery{name: "an end that comes first", sql: "INSERT INTO feed_token_ends (token, operator_id, at, mac) VALUES (?, 'cmcc', 1, ?)", args: []any{make([]byte, 16), junk}})
		before := len(w.alarmed())
		late := "00000000000000000000000000000000"
		if done := cmcc.take(2, "2022-03-14", late+",2022-03-13,420100,24,1", others+",2022-03-10,420100,24,1"); done.Known != 1 || done.Taken != 0 || done.Dropped != 1 {
			t.Errorf("taken: %+v", done)
		}
		if diff := cmp.Diff([]string{"mac_feed_token_ends", "mac_traces"}, slices.Compact(w.alarmed()[before:])); diff != "" {
			t.Errorf("told as it was taken (-want +got):\n%s", diff)
		}
		w.forge(forgery{name: "a key", sql: "INSERT INTO operators (operator_id, key_id, ended, public_key, numbers, at, mac) SELECT 'cucc', key_id, 0, public_key, numbers, at, mac FROM operators"})
		w.changesNothing(func() {
			cucc := &telecom{w, "cucc", cmcc.key, cmcc.pub}
			file, signature := cucc.feed(1, "2022-03-14", others+",2022-03-13,330100,24,1")
			_, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet)
			refused(t, err, models.ReasonFeedOperator)
		})
		w.warned("mac_operators")
		w.forge(forgery{name: "a feed that is said to be over", sql: "INSERT INTO feeds (operator_id, sequence, head, key_id, signature, reached, counted, taken, known, dropped, begun_at, ended_at, mac) " +
			"SELECT operator_id, 3, head, key_id, signature, reached, counted, taken, known, dropped, begun_at, ended_at, mac FROM feeds WHERE sequence = 1"})
		file, signature := cmcc.feed(3, "2022-03-14", others+",2022-03-11,330100,24,1")
		if _, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet); err == nil {
			t.Error("a row that nobody made is believed")
		}
		w.warned("mac_feeds")
	})
}

func fromHex(t testing.TB, s string) (b []byte) {
	t.Helper()
	_, err := fmt.Sscanf(s, "%x", &b)
	must(t, err)
	return b
}

// city is so many lines of so many residents over some days, of whom each second has
// agreed.
func (o *telecom) city(people int) (lines []string, agreed int) {
	o.w.t.Helper()
	for i := range people {
		_, session := o.w.registered(o.w.document())
		o.w.claim(session, fmt.Sprintf("1380013%04d", i))
	}
	o.w.judge(o.w.worker(o.w.near), models.Judgement{Verdict: models.Approve})
	told, _ := o.tokens(false)
	agreed = len(told)
	if agreed != people {
		o.w.t.Fatalf("%d tokens, want %d", agreed, people)
	}
	var tokens []string
	for _, token := range told {
		stranger := make([]byte, 16)
		_, _ = rand.Read(stranger)
		tokens = append(tokens, token, fmt.Sprintf("%x", stranger))
	}
	for _, token := range tokens {
		for _, day := range []string{"2022-03-12", "2022-03-13"} {
			lines = append(lines, token+","+day+",310000,6,1", token+","+day+",330100,18,1")
		}
	}
	return lines, agreed
}

// TestFeedExactlyOnce: broken off behind any batch, by one process or by several at
// once, each day is there once at the end, and is counted once.
func TestFeedExactlyOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.JobBatch = 2
		cmcc := w.telecom("cmcc")
		lines, agreed := cmcc.city(6)
		whole := func(done models.Feed, days int64) {
			t.Helper()
			want := models.Feed{FeedHead: done.FeedHead, Counted: int64(len(lines)), Taken: days, Known: 2*int64(agreed) - days, Dropped: 2 * int64(agreed),
				BegunAt: done.BegunAt, EndedAt: done.EndedAt}
			if diff := cmp.Diff(want, done); diff != "" || done.EndedAt.IsZero() || w.count("traces") != 2*agreed {
				t.Errorf("%d rows, and %s", w.count("traces"), diff)
			}
		}
		file, signature := cmcc.feed(1, "2022-03-14", lines...)
		var done models.Feed
		for batch, err := 0, error(nil); done.EndedAt.IsZero(); batch++ {
			ctx, kill := context.WithCancel(w.ctx)
			seen := models.Feed{}
			done, err = w.TakeFeed(ctx, operator, bytes.NewReader(file), signature, func(so models.Feed) { seen = so; kill() })
			kill()
			if done.EndedAt.IsZero() && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if batch > 2*len(lines) || seen.Counted > 0 && seen.Taken != int64(w.count("traces")) {
				t.Fatalf("behind batch %d: %+v, %d rows", batch, seen, w.count("traces"))
			}
		}
		whole(done, 2*int64(agreed))

		for i := range lines { // the next revision of all of it, by three at once
			lines[i] = lines[i][:len(lines[i])-1] + "2"
		}
		file, signature = cmcc.feed(2, "2022-03-14", lines...)
		stores, ends := []*store.Store{w.Store, w.replica(), w.replica()}, make([]models.Feed, 3)
		var all sync.WaitGroup
		for i, s := range stores {
			s.JobBatch = 2
			all.Go(func() {
				var err error
				if ends[i], err = s.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, end := range ends {
			if diff := cmp.Diff(ends[0], end); diff != "" || end.Taken != 2*int64(agreed) || w.count("traces") != 4*agreed {
				t.Errorf("%d rows: %+v\n%s", w.count("traces"), end, diff)
			}
		}
		for action, want := range map[string]int{"feed.begin": 2, "feed.end": 2, "operator.add": 1} {
			var n int
			must(t, db.Owner(t).QueryRow("SELECT COUNT(*) FROM audit WHERE action = ?", action).Scan(&n))
			if n != want {
				t.Errorf("%d of %s are in the audit, want %d", n, action, want)
			}
		}
		if len(w.alarmed()) > 0 {
			t.Errorf("alarms %v", w.alarmed())
		}
	})
}

// dying is a key ring whose process is killed when it vouches for a feed again: within
// the transaction that keeps a batch, behind its rows and before its end.
type dying struct {
	store.Vault
	left int
	kill func()
}

func (d *dying) MAC(label string, data []byte) ([]byte, error) {
	if label == "feeds" {
		if d.left--; d.left == 0 {
			d.kill()
		}
	}
	return d.Vault.MAC(label, data)
}

// TestFeedKilledWithinABatch: nothing of the batch is there, and nothing is lost.
func TestFeedKilledWithinABatch(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		lines, agreed := cmcc.city(3)
		file, signature := cmcc.feed(1, "2022-03-14", lines...)
		doomed := w.replica()
		doomed.JobBatch = 2
		var done models.Feed
		for kills := 0; done.EndedAt.IsZero(); kills++ {
			ctx, kill := context.WithCancel(w.ctx)
			doomed.Vault = &dying{w.keys, 2, kill} // the second time: the first lives
			before, kept := w.count("traces"), 0
			var err error
			done, err = doomed.TakeFeed(ctx, operator, bytes.NewReader(file), signature, func(so models.Feed) { kept = int(so.Taken) })
			kill()
			if done.EndedAt.IsZero() && (!errors.Is(err, context.Canceled) || kept != w.count("traces") && before != w.count("traces")) || kills > 2*len(lines) {
				t.Fatalf("killed %d times: %v; %d rows, %d are said to be there", kills, err, w.count("traces"), kept)
			}
		}
		if done.Taken != int64(2*agreed) || done.Known != 0 || done.Dropped != int64(2*agreed) || w.count("traces") != 2*agreed {
			t.Errorf("%d rows: %+v", w.count("traces"), done)
		}
	})
}

// swapped is a file that becomes another once it has been read: it is read from the
// beginning of the head, from that of the lines, and from there once more.
type swapped struct {
	*bytes.Reader
	then  []byte
	seeks int
}

func (s *swapped) Seek(offset int64, whence int) (int64, error) {
	if s.seeks++; s.seeks == 3 {
		s.Reader.Reset(s.then)
	}
	return s.Reader.Seek(offset, whence)
}

// TestFeedIsWhatWasProved: lines that are put into the file behind the checks are not
// taken.
func TestFeedIsWhatWasProved(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		file, signature := cmcc.feed(1, "2022-03-14", token+",2022-03-13,330100,24,1")
		other := bytes.Replace(file, []byte(",330100,"), []byte(",310000,"), 1)
		if _, err := w.TakeFeed(w.ctx, operator, &swapped{Reader: bytes.NewReader(file), then: other}, signature, quiet); err == nil || !strings.Contains(err.Error(), "altered") {
			t.Errorf("got %v", err)
		}
		w.isFed(me)
		if done, err := w.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet); err != nil || done.Taken != 1 {
			t.Errorf("%+v, %v", done, err)
		}

		w.JobBatch = 1 // and when it goes on in the middle
		file, signature = cmcc.feed(2, "2022-03-14", token+",2022-03-11,330100,24,1", token+",2022-03-12,330100,24,1")
		ctx, kill := context.WithCancel(w.ctx)
		_, err := w.TakeFeed(ctx, operator, bytes.NewReader(file), signature, func(models.Feed) { kill() })
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		other = bytes.Replace(file, []byte("12,330100,"), []byte("12,310000,"), 1)
		if _, err := w.TakeFeed(w.ctx, operator, &swapped{Reader: bytes.NewReader(file), then: other}, signature, quiet); err == nil || !strings.Contains(err.Error(), "altered") {
			t.Errorf("got %v", err)
		}
		w.isFed(me, "2022-03-11 330100 24h0m0s", "2022-03-13 330100 24h0m0s")
	})
}

// TestFeedConflictAtOnce: of two files under one number that come at once, one is taken.
func TestFeedConflictAtOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		stores, errs := []*store.Store{w.Store, w.replica()}, make([]error, 2)
		var all sync.WaitGroup
		for i, s := range stores {
			file, signature := cmcc.feed(1, "2022-03-14", fmt.Sprintf("%s,2022-03-%d,330100,24,1", token, 12+i))
			all.Go(func() { _, errs[i] = s.TakeFeed(w.ctx, operator, bytes.NewReader(file), signature, quiet) })
		}
		all.Wait()
		if errs[0] == nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		refused(t, errs[0], models.ReasonFeedConflict)
		if errs[1] != nil || len(w.fed(me)) != 1 {
			t.Errorf("%v; fed %v", errs[1], w.fed(me))
		}
	})
}
