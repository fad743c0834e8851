package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// peering is a file by which one place goes by another's codes on this very service.
func peering(place, peer string, version int, tables string) []byte {
	return fmt.Appendf(nil, "id: local_%s\nversion: %d\nplace: %q\npeer: %q\nmode: local\nname: {zh: 外地, en: elsewhere}\n%s", place, version, place, peer, tables)
}

const plain = "colours:\n  - {is: green, colour: green}\n  - {is: yellow, colour: yellow}\n  - {is: red, colour: red}\n"

// contacts is a table by which one PCR test of the last two days eases a contact.
const contacts = plain + `reasons:
  - is: contact
    text: {zh: 接触过病例, en: met a case}
    colour: yellow
    unless: {test: pcr, within: 48h, colour: green}
tests:
  - {is: pcr_negative, counts: pcr}
`

// feverish is a table by which that rule of the other place is not as bad here.
const feverish = plain + "reasons:\n  - {is: feverish, text: {zh: 有症状, en: has symptoms}, colour: yellow}\n"

// provinces is two places with rules of their own, each with a gate.
func provinces(t *testing.T, db storetest.DB) (w *town, here, there models.Gate, far string) {
	w = newTown(t, db)
	w.enact("420100", stricter("420100", 1))
	w.work()
	far, err := w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("wuhan"), Phone: "027-1"})
	must(t, err)
	venue, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "420100", CommunityID: far, Name: words("station")})
	must(t, err)
	here, there = w.gateNow(), w.gateNow()
	there.Venue = venue
	return w, here, there, far
}

// seen is what a gate sees of the resident now.
func (w *town) seenAt(at models.Gate, me models.Resident) store.Seen {
	w.t.Helper()
	p, err := w.Present(w.ctx, me)
	must(w.t, err)
	out, err := w.Scan(w.ctx, at, w.ulid(), w.show(p))
	must(w.t, err)
	return out
}

// TestTwoProvinces: two places on one service have rules of their own. The rules of
// somebody's home decide; a gate of the other place answers by its own published table.
func TestTwoProvinces(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, there, far := provinces(t, db)
		me, _ := w.verified()
		w.declare(me, models.Fact{Kind: models.FactContact, Code: "yes"})

		// Without a table, a gate there sees what holds at home.
		if got := w.seenAt(there, me); got.Standing.Colour != models.Yellow || got.Recognised != nil || got.Advice != models.AdviceCall {
			t.Errorf("without a table: %v, %v", got.Standing.Colour, got.Recognised)
		}
		w.recognises(peering("420100", "330000", 1, contacts))
		got := w.seenAt(there, me)
		if got.Recognised == nil || got.Recognised.Colour != models.Yellow || got.Advice != models.AdviceCall || got.Recognised.Reasons[0].Test != "pcr" {
			t.Errorf("without a test: %+v", got.Recognised)
		}
		w.clock.Advance(time.Hour)
		_, err := w.ImportTests(w.ctx, operator, "330110", []models.Test{{Document: me.Document, Name: me.Name, Kind: "pcr", Result: "negative", Sampled: w.clock.Now(), Lab: "lab"}})
		must(t, err)
		got = w.seenAt(there, me)
		if got.Recognised.Colour != models.Green || got.Advice != models.AdvicePass || !got.Recognised.Reasons[0].Eased || got.Standing.Colour != models.Yellow {
			t.Errorf("with a test: %+v", got.Recognised)
		}
		if got := w.seenAt(here, me); got.Recognised != nil || got.Standing.Colour != models.Yellow || got.Advice != models.AdviceCall {
			t.Errorf("at home it needs two: %v", got.Standing.Colour)
		}
		w.clock.Advance(48*time.Hour + time.Minute)
		if got := w.seenAt(there, me); got.Recognised.Colour != models.Yellow {
			t.Errorf("two days later: %+v", got.Recognised)
		}
		w.visitor(here, there, far)
	})
}

// visitor is the other way round: who lives under the harsher rules is red by them, and
// at a gate here as bad as the table here says. A table that ends, ends at once.
func (w *town) visitor(here, there models.Gate, far string) {
	w.t.Helper()
	account, token := w.account("wechat")
	r := w.registration(w.document())
	r.Community = far
	must(w.t, w.Register(w.ctx, account, r))
	by, err := w.Worker(w.ctx, w.hire(models.Staff{Role: models.RoleWorker, Jurisdiction: "420100", Communities: []string{far}}))
	must(w.t, err)
	w.judge(by, models.Judgement{Verdict: models.Approve})
	you := w.resident(token)
	w.declare(you, models.Fact{Kind: models.FactSymptom, Code: "fever"})
	w.recognises(peering("330000", "420100", 1, feverish))
	if got := w.seenAt(here, you); got.Standing.Colour != models.Red || got.Recognised.Colour != models.Red { // symptoms beside it is no reason of the table's
		w.t.Errorf("a reason that the table does not know leaves the colour: %+v", got.Recognised)
	}
	w.recognises(peering("330000", "420100", 2, feverish+"  - {is: symptoms, text: {zh: 有症状, en: has symptoms}, colour: yellow}\n"))
	if got := w.seenAt(here, you); got.Recognised.Colour != models.Yellow || len(got.Recognised.Reasons) != 2 {
		w.t.Errorf("by the table here: %+v", got.Recognised)
	}
	if got := w.seenAt(there, you); got.Standing.Colour != models.Red || got.Recognised != nil {
		w.t.Errorf("at home: %v", got.Standing.Colour)
	}
	w.recognises([]byte("id: local\nversion: 3\nplace: \"330000\"\npeer: \"420100\"\nmode: none\nname: {zh: 外地, en: elsewhere}\n"))
	if got := w.seenAt(here, you); got.Recognised != nil || got.Standing.Colour != models.Red || len(w.Peerings()) != 1 {
		w.t.Errorf("when it has ended: %v", got.Recognised)
	}
}

// recognises has an officer of the file's place publish what an operator has drafted.
func (w *town) recognises(body []byte) models.Publication {
	w.t.Helper()
	draft, err := w.DraftPeering(w.ctx, models.Operator("peer add"), body)
	must(w.t, err)
	by, _ := w.officer(draft.Jurisdiction)
	p, err := by.Publish(w.ctx, draft.ID)
	must(w.t, err)
	w.clock.Advance(time.Second)
	return p
}

// TestForgedPeerings: whoever has the database and no key makes nobody recognised.
func TestForgedPeerings(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, _, there, _ := provinces(t, db)
		me, _ := w.verified()
		w.declare(me, models.Fact{Kind: models.FactContact, Code: "yes"})
		w.recognises(peering("420100", "330000", 1, plain))
		generous, err := models.ParsePeering(peering("420100", "330000", 2, strings.Replace(plain, "{is: yellow, colour: yellow}", "{is: yellow, colour: green}", 1)))
		must(t, err)
		owner := db.Owner(t)
		for _, statement := range []struct {
			sql  string
			args []any
		}{
			{"INSERT INTO published_files (hash, body, at) VALUES (?, ?, 1)", []any{generous.Hash, string(generous.Source)}},
			{"INSERT INTO peers (id, place, code, version, hash, made_by, at, mac) VALUES ('ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '420100', '330000', 2, ?, 'x', 1, 'forged')", []any{generous.Hash}},
			{"INSERT INTO peer_keys (id, code, body, at) VALUES ('ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '340000', '{}', 1)", nil},
		} {
			_, err := owner.ExecContext(w.ctx, statement.sql, statement.args...)
			must(t, err)
		}
		must(t, w.Refresh(w.ctx))
		if got := w.seenAt(there, me); got.Recognised.Colour != models.Yellow || got.Recognised.Peering.Version != 1 {
			t.Errorf("a forged table is gone by: %+v", got.Recognised)
		}
		if !strings.Contains(strings.Join(w.alarmed(), " "), "mac_peers") {
			t.Errorf("nobody is told: %v", w.alarmed())
		}
	})
}

// TestPeeringThatCannotBeRead: where the file is gone, or is another, nobody is recognised
// by the one above.
func TestPeeringThatCannotBeRead(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, here, _, far := provinces(t, db)
		account, token := w.account("wechat")
		r := w.registration(w.document())
		r.Community = far
		must(t, w.Register(w.ctx, account, r))
		by, err := w.Worker(w.ctx, w.hire(models.Staff{Role: models.RoleWorker, Jurisdiction: "420100", Communities: []string{far}}))
		must(t, err)
		w.judge(by, models.Judgement{Verdict: models.Approve})
		you := w.resident(token)
		w.declare(you)
		w.recognises(peering("330000", "420100", 1, plain))
		w.recognises(peering("330110", "420100", 1, plain))
		if got := w.seenAt(here, you); got.Recognised == nil || got.Recognised.Peering.Place != "330110" {
			t.Fatalf("before: %+v", got.Recognised)
		}
		var hash string
		owner := db.Owner(t)
		must(t, owner.QueryRowContext(w.ctx, "SELECT hash FROM publications WHERE kind = 'peering' AND jurisdiction = '330110'").Scan(&hash))
		_, err = owner.ExecContext(w.ctx, "UPDATE published_files SET body = 'junk' WHERE hash = ?", hash)
		must(t, err)
		p, err := w.Present(w.ctx, you)
		must(t, err)
		seen, err := w.replica().Scan(w.ctx, here, w.ulid(), w.show(p))
		must(t, err)
		if seen.Recognised != nil {
			t.Errorf("the file above stands in: %+v", seen.Recognised.Peering)
		}
		w.warned("peer")
	})
}

// TestPeersAreSwept: visits of strangers go when others do.
func TestPeersAreSwept(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		owner := db.Owner(t)
		old, late := noon.Add(-31*24*time.Hour-time.Millisecond).UnixMilli(), noon.Add(-30*24*time.Hour).UnixMilli()
		for i, at := range []int64{old, late} {
			_, err := owner.ExecContext(w.ctx, "INSERT INTO peer_visits (id, at, venue_id, peer, handle, colour, asked, staff_id, received_at, mac) VALUES (?, ?, 'v', '340000', 'h', 'green', 0, 's', ?, 'm')",
				fmt.Sprint(i), at, at)
			must(t, err)
			_, err = owner.ExecContext(w.ctx, "INSERT INTO peer_answers (handle, slot, asker, at) VALUES (?, 1, '340000', ?)", fmt.Sprint(i), noon.Add(-time.Duration(25-2*i)*time.Hour).UnixMilli())
			must(t, err)
		}
		swept, err := w.sweeper().Sweep(w.ctx)
		must(t, err)
		if swept.Rows["peer_visits"] != 1 || swept.Rows["peer_answers"] != 1 {
			t.Errorf("swept %v", swept.Rows)
		}
	})
}
