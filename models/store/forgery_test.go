package store_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// forgery is what somebody does who has the application's account of the database,
// and no key.
type forgery struct {
	name  string
	sql   string
	args  []any
	alarm string // that somebody must be told of it by
	grey  bool   // who it is about may lose their green by it
	mysql bool   // the grants alone keep it out, and SQLite has none
}

// forgeries are those that would turn the resident red if anybody believed them. Who
// lives in harsh is red; harsh is a community of 420100.
func forgeries(w *town, me models.Resident, harsh string) []forgery {
	now, junk := w.clock.Now().UnixMilli(), []byte("forged")
	document := w.column("residents", "document_id", me.ID)
	return []forgery{
		{name: "a fact", sql: `INSERT INTO facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)
			VALUES (?, ?, 'order', 'x', 'red', '', ?, 0, 'order:x', 0, ?)`, args: []any{w.ulid(), me.ID, now, junk}, alarm: "mac_facts"},
		{name: "somebody else's facts", sql: `INSERT INTO facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)
			SELECT CONCAT('Z', SUBSTR(id, 2)), ?, kind, code, level, result, at, until_at, source, created_at, mac FROM facts WHERE resident_id <> ?`, args: []any{me.ID, me.ID}, alarm: "mac_facts"},
		{name: "a decision", sql: `INSERT INTO decisions (id, resident_id, sequence, colour, reasons, until_at, rule_set, facts, at, mac)
			VALUES (?, ?, 9999, 'red', '[]', 0, ?, '', ?, ?)`, args: []any{w.ulid(), me.ID, w.RulesIn("330110").Name(), now, junk}, alarm: "mac_decisions"},
		{name: "a stay", sql: `INSERT INTO stays (id, declaration_id, resident_id, place, from_at, to_at, mac) VALUES (?, 'x', ?, '330110', 1, ?, ?)`,
			args: []any{w.ulid(), me.ID, now, junk}, alarm: "mac_stays"},
		{name: "a listing", sql: `INSERT INTO listings (id, place, level, from_at, to_at, created_at, mac) VALUES (?, '330110', 'high', 1, 0, 1, ?)`,
			args: []any{w.ulid(), junk}, alarm: "mac_listings"},
		{name: "a test", sql: `INSERT INTO tests (id, document_id, name_sealed, kind, result, sampled_at, lab, client_id, created_at, mac)
			VALUES (?, ?, '', 'pcr', 'positive', ?, 'lab', 'x', 1, ?)`, args: []any{w.ulid(), document, now, junk}, alarm: "mac_tests"},
		{name: "withdrawals", sql: `INSERT INTO withdrawals (source, resident_id, at, mac) SELECT source, MIN(resident_id), 1, ? FROM facts
			WHERE source LIKE 'review:%' AND source NOT IN (SELECT source FROM withdrawals) GROUP BY source`, args: []any{junk}, alarm: "mac_withdrawals"},
		{name: "a home", sql: "UPDATE residents SET jurisdiction = '420100', community_id = ? WHERE id = ?", args: []any{harsh, me.ID}, alarm: "mac_homes"},
		{name: "everybody's home", sql: "UPDATE residents SET jurisdiction = '420100', community_id = ?", args: []any{harsh}, alarm: "mac_homes"},
		{name: "a move", sql: `INSERT INTO moves (resident_id, sequence, jurisdiction, community_id, merged_into, at, mac) VALUES (?, 99, '420100', ?, '', ?, ?)`,
			args: []any{me.ID, harsh, now, junk}, alarm: "mac_moves"},
		{name: "somebody else's move", sql: `INSERT INTO moves (resident_id, sequence, jurisdiction, community_id, merged_into, at, mac)
			SELECT ?, 98, jurisdiction, community_id, '', at, mac FROM moves WHERE jurisdiction = '420100' AND LENGTH(mac) > 10`, args: []any{me.ID}, alarm: "mac_moves"},
		{name: "a move that was changed", sql: "UPDATE moves SET jurisdiction = '420100'", mysql: true},
		{name: "a closed code", sql: "UPDATE residents SET closed_at = 1 WHERE id = ?", args: []any{me.ID}, alarm: "mac_homes"},
		{name: "a consent", sql: `INSERT INTO consents (id, resident_id, purpose, version, given_at, withdrawn_at, sequence, mac)
			SELECT CONCAT('Z', SUBSTR(id, 2)), resident_id, purpose, version, given_at, 0, 99, mac FROM consents WHERE sequence = 1`, alarm: "mac_consents"},
		{name: "a consent that was brought back", sql: "UPDATE consents SET withdrawn_at = 0", mysql: true},
		{name: "a parent", sql: "UPDATE jurisdictions SET parent = '420100' WHERE code = '330110'", mysql: true},
		{name: "a jurisdiction", sql: `INSERT INTO jurisdictions (code, parent, name_zh, name_en, time_zone, mac) VALUES ('000009', '420100', 'x', 'x', 'Asia/Shanghai', ?)`,
			args: []any{junk}, alarm: "mac_jurisdictions"},
		{name: "a community's district", sql: "UPDATE communities SET jurisdiction = '420100'", mysql: true},
		{name: "a publication", sql: `INSERT INTO publications (id, kind, jurisdiction, name, version, hash, drafted_by, published_by, at, mac)
			SELECT '~', kind, '330110', name, 99, hash, drafted_by, published_by, at, mac FROM publications WHERE jurisdiction = '420100'`, alarm: "mac_publications"},
		{name: "a merger", sql: `INSERT INTO mergers (id, origin, successor, staff, basis, proposal_id, agreed_by, at, mac) VALUES ('00', '330110', '420100', 1, 'x', 'x', 'x', 1, ?)`,
			args: []any{junk}, alarm: "mac_mergers"},
		{name: "a time of verification", sql: "UPDATE residents SET verified_at = 1 WHERE id = ?", args: []any{me.ID}, alarm: "mac_residents", grey: true},
	}
}

// forge has the application's account do it. What the database refuses it is as good
// as what nobody believes.
func (w *town) forge(f forgery) {
	w.t.Helper()
	if f.mysql && w.db.Dialect != storetest.MySQL {
		return
	}
	query := f.sql
	if w.db.Dialect == storetest.SQLite {
		query = strings.ReplaceAll(query, "CONCAT('Z', SUBSTR(id, 2))", "'Z' || SUBSTR(id, 2)")
	}
	_, err := w.intruder().ExecContext(w.ctx, query, f.args...)
	var m *mysql.MySQLError
	denied := errors.As(err, &m) && (m.Number == 1142 || m.Number == 1143)
	if f.mysql && !denied {
		w.t.Errorf("%s: the account may: %v", f.name, err)
	}
	if !f.mysql {
		must(w.t, err)
	}
}

// intruder is the database as the application's account has it.
func (w *town) intruder() *sql.DB {
	w.t.Helper()
	if w.db.Dialect == storetest.SQLite {
		return w.db.Owner(w.t)
	}
	_, rest, _ := strings.Cut(w.db.DSN, ":")
	pool, err := sql.Open("mysql", rest)
	must(w.t, err)
	w.t.Cleanup(func() { pool.Close() })
	return pool
}

// column is one value of the row of that id.
func (w *town) column(table, column, id string) (value string) {
	w.t.Helper()
	must(w.t, w.db.Owner(w.t).QueryRowContext(w.ctx, "SELECT "+column+" FROM "+table+" WHERE id = ?", id).Scan(&value))
	return value
}

// warned fails unless that alarm was raised.
func (w *town) warned(kind string) {
	w.t.Helper()
	if !slices.Contains(w.alarmed(), kind) {
		w.t.Errorf("no alarm %s: %v", kind, kinds(w.alarmed()))
	}
}

// harsh publishes rules in 420100 under which whoever has declared anything is red,
// and is a community there.
func (w *town) harsh() string {
	w.t.Helper()
	id, err := w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("harsh"), Phone: "027-88880001"})
	must(w.t, err)
	w.enact("420100", []byte(strings.ReplaceAll(string(stricter("420100", 1)), "f.kind == 'symptom'", "f.kind == 'declaration'")))
	return id
}

// cast are those whom forgeries would harm, each in a way of their own.
func (w *town) cast(harsh string) (all []models.Resident) {
	w.t.Helper()
	for range 5 {
		me, _ := w.verified()
		w.declare(me)
		all = append(all, me)
	}
	stay := models.Stay{Place: "330110", From: noon.AddDate(0, 0, -3), To: noon.AddDate(0, 0, -2)}
	_, err := w.Declare(w.ctx, all[0], store.Key{Value: "travel"}, models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}})
	must(w.t, err)
	must(w.t, w.ChangeContact(w.ctx, all[1], store.Contact{Community: harsh})) // who has lived there
	must(w.t, w.ChangeContact(w.ctx, all[1], store.Contact{Community: w.far}))
	w.declare(all[2], symptom) // who was cleared of it
	w.judge(w.worker(w.near), models.Judgement{Verdict: models.Clear, Words: "is well"})
	positive := models.Test{Document: all[3].Document, Name: all[3].Name, Kind: "pcr", Result: "positive", Sampled: w.clock.Now(), Lab: "lab"}
	_, err = w.ImportTests(w.ctx, models.Client{ID: "laboratory", Display: "lab"}.Actor(), "330110", []models.Test{positive})
	must(w.t, err)
	w.agree(w.epidemiologist("330110").Staff)
	must(w.t, w.WithdrawConsent(w.ctx, all[3], models.PurposeRecords)) // whose records count no longer
	w.declare(all[4], symptom)
	return all
}

// TestDatabaseAccountTurnsNobodyRed: nothing that the application's account can write
// makes anybody's colour worse, for whoever looks and when all are decided anew.
func TestDatabaseAccountTurnsNobodyRed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		harsh := w.harsh()
		all := w.cast(harsh)
		before, lost := map[string]models.Colour{}, map[string]bool{}
		for i, want := range []models.Colour{models.Green, models.Green, models.Green, models.Green, models.Yellow} {
			if before[all[i].ID] = w.colour(all[i]); before[all[i].ID] != want {
				t.Fatalf("%d is %v, want %v", i, before[all[i].ID], want)
			}
		}
		same := func(name string) {
			t.Helper()
			for i, me := range all {
				if got := w.colour(me); got != before[me.ID] && !(got == models.Grey && lost[me.ID]) {
					t.Errorf("%s: %d is %v, was %v", name, i, got, before[me.ID])
				}
			}
		}
		for _, f := range forgeries(w, all[0], harsh) {
			lost[all[0].ID] = lost[all[0].ID] || f.grey
			w.forge(f)
			w.clock.Advance(time.Second)
			must(t, w.Refresh(w.ctx))
			same(f.name)
			if _, err := w.ResidentOf(w.ctx, models.Account{ResidentID: all[0].ID}); err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
		}
		w.enact("330110", gone("330110", 1))
		w.work()
		same("everything together, decided anew")
		for i, me := range all {
			list, err := w.Decisions(w.ctx, me)
			must(t, err)
			if got := list[0].Colour; got != before[me.ID] && !lost[me.ID] || got == models.Red {
				t.Errorf("on record, %d is %v", i, got)
			}
		}
		for _, f := range forgeries(w, all[0], harsh) {
			if f.alarm != "" {
				w.warned(f.alarm)
			}
		}
	})
}

// An earlier home does not come back: not even with a decision from then, and not for
// the rules that are published meanwhile.
func TestEarlierHomeStaysAway(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		harsh := w.harsh()
		me, token := w.verified()
		w.declare(me)
		must(t, w.ChangeContact(w.ctx, me, store.Contact{Community: harsh}))
		if got := w.colour(me); got != models.Red {
			t.Fatalf("%v there", got)
		}
		_, err := w.Present(w.ctx, w.resident(token)) // so that a decision of that home is on record
		must(t, err)
		must(t, w.ChangeContact(w.ctx, me, store.Contact{Community: w.near}))
		w.forge(forgery{sql: "UPDATE residents SET jurisdiction = '420100', community_id = ?", args: []any{harsh}})
		for range 2 {
			if got := w.colour(me); got != models.Green {
				t.Errorf("%v after the home came back", got)
			}
			shown, err := w.Present(w.ctx, w.resident(token))
			must(t, err)
			if shown.Standing.Colour != models.Green || shown.Grant.Colour() != models.Green || shown.Grant.Jurisdiction() != "330110" {
				t.Errorf("the phone shows %v of %s", shown.Grant.Colour(), shown.Grant.Jurisdiction())
			}
			h, err := w.Holder(w.ctx, token)
			must(t, err)
			if h.Current {
				t.Error("taken for what holds")
			}
			w.enact("330110", stricter("330110", 1+len(w.history("330110"))))
			w.work()
		}
		w.warned("mac_homes")
	})
}

func (w *town) history(place string) []models.Publication {
	w.t.Helper()
	office, _ := w.officer(place)
	list, err := office.History(w.ctx)
	must(w.t, err)
	return list
}

// A code that was closed stays closed, whoever writes into its row.
func TestClosedStaysClosed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.verified()
		account, err := w.Account(w.ctx, token)
		must(t, err)
		w.declare(me, symptom)
		var mac []byte
		must(t, db.Owner(t).QueryRow("SELECT mac FROM accounts WHERE id = ?", account.ID).Scan(&mac))
		must(t, w.CloseResident(w.ctx, me))
		again, err := w.SignIn(w.ctx, w.who(account))
		must(t, err)
		account, err = w.Account(w.ctx, again)
		must(t, err)
		must(t, w.Register(w.ctx, account, w.registration(me.Document)))
		w.forge(forgery{sql: "UPDATE residents SET closed_at = 0 WHERE id = ?", args: []any{me.ID}})
		w.forge(forgery{sql: "UPDATE accounts SET resident_id = ?, mac = ? WHERE id = ?", args: []any{me.ID, mac, account.ID}})
		if got := w.colour(me); got != models.Grey {
			t.Errorf("%v after the code was closed", got)
		}
		_, err = w.Resident(w.ctx, again)
		refused(t, err, models.ReasonRegistrationNeeded)
		if h, err := w.Holder(w.ctx, again); err == nil && h.Current {
			t.Errorf("a closed code is shown: %+v", h)
		}
		w.warned("mac_homes")
	})
}

// who is whom the account belongs to at its platform.
func (w *town) who(account models.Account) store.SignIn {
	w.t.Helper()
	who, err := w.Identity(w.ctx, account.ID)
	must(w.t, err)
	who.Device = "phone"
	return who
}

// Nobody becomes somebody else by what stands in the database.
func TestForgedIdentity(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		victim, victims := w.verified()
		theirs, err := w.Account(w.ctx, victims)
		must(t, err)
		w.declare(victim)
		_, mine := w.registered(w.document())
		account, err := w.Account(w.ctx, mine)
		must(t, err)
		w.forge(forgery{sql: "UPDATE accounts SET resident_id = ? WHERE id = ?", args: []any{victim.ID, account.ID}})
		_, err = w.Resident(w.ctx, mine)
		refused(t, err, models.ReasonRegistrationNeeded)
		_, err = w.Holder(w.ctx, mine)
		refused(t, err, models.ReasonRegistrationNeeded)
		w.warned("mac_accounts")
		must(t, w.Register(w.ctx, account, w.registration(w.document())))
		if me := w.resident(mine); me.ID == victim.ID {
			t.Error("registered as somebody else")
		}
		must(t, w.CloseResident(w.ctx, victim)) // what is theirs goes, and nothing else
		if w.home(account) == "" || w.home(theirs) != "" {
			t.Error("closing took the wrong account along")
		}

		w.forge(forgery{name: "a tag", sql: "UPDATE tags SET subject_id = ? WHERE subject_id = ?", args: []any{theirs.ID, account.ID}, mysql: true})
		exec := db.Owner(t)
		_, err = exec.Exec("UPDATE tags SET subject_id = ? WHERE subject_id = ?", theirs.ID, account.ID)
		must(t, err)
		if _, err := w.SignIn(w.ctx, w.who(account)); err == nil {
			t.Error("signed in by a forged tag")
		}
		w.warned("mac_tags")
	})
}

// What one person proved to the platform proves nothing about another.
func TestForgedNameCheck(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, token := w.registered(w.document())
		victim, _ := w.registered(w.document())
		check := store.NameCheck{ID: w.NameCheckID(), Vendor: "order"}
		must(t, w.OpenNameCheck(w.ctx, me, check))
		forged := "UPDATE name_checks SET resident_id = ? WHERE id = ?"
		w.forge(forgery{name: "a name check", sql: forged, args: []any{victim.ID, check.ID}, mysql: true})
		_, err := db.Owner(t).Exec(forged, victim.ID, check.ID)
		must(t, err)
		w.changesNothing(func() { refused(t, w.PassNameCheck(w.ctx, w.resident(token), check.ID), models.ReasonNameCheckUnknown) })
		w.warned("mac_name_checks")
	})
}

// A worker judges what was asked, about whom it was asked.
func TestForgedReview(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		other, _ := w.verified()
		w.declare(other)
		me, _ := w.verified()
		w.declare(me, symptom)
		by := w.worker(w.near)
		desk := w.For(by)
		queue, err := desk.Queue(w.ctx, "")
		must(t, err)
		must(t, desk.Claim(w.ctx, queue[0].ID))
		w.forge(forgery{sql: "UPDATE reviews SET resident_id = ?, subject_id = 'another' WHERE id = ?", args: []any{other.ID, queue[0].ID}})
		refused(t, desk.Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: models.Reject, Words: "no"}), models.ReasonReviewUnknown)
		_, err = desk.Case(w.ctx, queue[0].ID)
		refused(t, err, models.ReasonReviewUnknown)
		w.warned("mac_reviews")
		if list, err := w.Reviews(w.ctx, other); err != nil || slices.ContainsFunc(list, func(r models.Review) bool { return r.ID == queue[0].ID }) {
			t.Errorf("somebody else reads it: %v, %v", list, err)
		}
	})
}

// A withdrawal that nobody made is in the way of none that is made.
func TestForgedWithdrawal(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		out := w.declare(me, symptom)
		for _, source := range []string{"declaration:" + out.ID, "declaration:" + out.ID + " 1"} {
			w.forge(forgery{sql: "INSERT INTO withdrawals (source, resident_id, at, mac) VALUES (?, ?, 1, ?)", args: []any{source, me.ID, []byte("forged")}})
		}
		if got := w.colour(me); got != models.Yellow {
			t.Fatalf("%v", got)
		}
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Reject, Words: "a mistake"})
		if s, err := w.Standing(w.ctx, me.ID); err != nil || slices.ContainsFunc(s.Reasons, func(r models.DecisionReason) bool { return r.Rule == "symptoms" }) {
			t.Errorf("still %v, %v", s.Reasons, err)
		}
		w.warned("mac_withdrawals")
	})
}

// Rules come from what an officer drafted and what was counted of it.
func TestForgedDraft(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me, symptom)
		drafter, _ := w.officer("330110")
		publisher, _ := w.officer("330110")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		must(t, err)
		w.forge(forgery{sql: `UPDATE jobs SET state = 'done', result = '{"people":1,"reddened":0}', ended_at = 1 WHERE subject = ?`, args: []any{draft.ID}})
		_, err = publisher.Publish(w.ctx, draft.ID)
		refused(t, err, models.ReasonDraftUntried)
		refused(t, publisher.Ready(w.ctx, draft.ID), models.ReasonDraftUntried)
		w.warned("mac_jobs")
		w.forge(forgery{sql: `UPDATE jobs SET state = 'open', reached = '~', result = '', ended_at = 0 WHERE subject = ?`, args: []any{draft.ID}})
		w.work() // from where nobody was counted
		_, err = publisher.Publish(w.ctx, draft.ID)
		refused(t, err, models.ReasonDraftUntried)

		w.clock.Advance(time.Second) // the latest job is the one that counts
		must(t, drafter.Try(w.ctx, draft.ID))
		w.work()
		must(t, publisher.Ready(w.ctx, draft.ID))
		w.forge(forgery{name: "a draft", sql: "UPDATE drafts SET body = ? WHERE id = ?", args: []any{string(stricter("330110", 1)) + "\n", draft.ID}, mysql: true})
		_, err = db.Owner(t).Exec("UPDATE drafts SET drafted_by = ? WHERE id = ?", "somebody", draft.ID)
		must(t, err)
		for _, try := range []func() error{
			func() error { _, err := publisher.Publish(w.ctx, draft.ID); return err },
			func() error { _, err := publisher.DraftOf(w.ctx, draft.ID); return err },
			func() error { return publisher.Ready(w.ctx, draft.ID) },
			func() error { return publisher.Try(w.ctx, draft.ID) },
		} {
			refused(t, try(), models.ReasonDraftUnknown)
		}
		w.warned("mac_drafts")
		if list, err := publisher.Drafts(w.ctx); err != nil || len(list) != 0 {
			t.Errorf("still shown: %v, %v", list, err)
		}
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("%v", got)
		}
	})
}

// Nobody was where no guard saw them and no poster was scanned.
func TestForgedVisit(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.forge(forgery{sql: `INSERT INTO visits (id, at, venue_id, resident_id, grade, handle, staff_id, person_sealed, received_at, mac)
			VALUES (?, ?, ?, ?, 'scanned', '', 'x', '', 1, ?)`, args: []any{w.ulid(), noon.UnixMilli(), w.venue.ID, me.ID, []byte("forged")}})
		_, err := w.Expose(w.ctx, w.epidemiologist("330110"), models.Exposure{VenueID: w.venue.ID, Case: "HZ-2022-17",
			From: noon.Add(-time.Hour), To: w.clock.Now()}, "a case")
		refused(t, err, models.ReasonExposureNobody)
		w.warned("mac_visits")
		if list, err := w.Visits(w.ctx, me); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}

		guard := w.hire(models.Staff{Role: models.RoleGuard, VenueID: w.venue.ID})
		elsewhere, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: w.far, Name: words("elsewhere")})
		must(t, err)
		by, err := w.Guard(w.ctx, guard)
		must(t, err)
		w.forge(forgery{sql: "UPDATE sessions SET venue_id = ? WHERE subject_id = ?", args: []any{elsewhere.ID, by.ID}})
		_, err = w.Gate(w.ctx, guard)
		refused(t, err, models.ReasonLoginRequired)
		w.warned("mac_sessions")
	})
}

// A phone shows the passes that were made for it.
func TestForgedGrant(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		show := func(declared ...models.Fact) (models.Resident, string, store.Presented) {
			me, token := w.verified()
			w.declare(me, declared...)
			me = w.resident(token)
			p, err := w.Present(w.ctx, me)
			must(t, err)
			return me, token, p
		}
		_, _, victim := show()
		me, mine, own := show(symptom)
		w.forge(forgery{sql: `INSERT INTO grants (handle, resident_id, session_id, decision_id, body, not_before, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			args: []any{[]byte("forged00"), me.ID, me.SessionID, own.Standing.ID, victim.Grant[:], w.clock.Now().Add(time.Hour).UnixMilli(), victim.Grant.Expires().UnixMilli()}})
		w.clock.Advance(2 * time.Second)
		h, err := w.Holder(w.ctx, mine)
		must(t, err)
		if h.Current {
			t.Error("the phone is given somebody else's pass")
		}
		p, err := w.Present(w.ctx, me)
		must(t, err)
		if p.Grant.Colour() != models.Yellow || p.Grant.Handle() == victim.Grant.Handle() {
			t.Errorf("shows %v", p.Grant.Colour())
		}
		w.warned("mac_grants")
		w.forge(forgery{name: "a grant", sql: "UPDATE grants SET session_id = 'x'", mysql: true})
	})
}

// A card on paper is one that a worker made, and one that has ended stays so.
func TestForgedPrint(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		by := w.worker(w.near)
		me, _ := w.verified()
		victim, _ := w.verified()
		mine, theirs := w.printed(by, me), w.printed(by, victim)
		made := models.NewPrintCode([16]byte{7})
		hash := w.keys.HashToken("print", []byte(made.Text("")))
		w.forge(forgery{sql: `INSERT INTO prints (id, hash, resident_id, community_id, staff_id, at, mac) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			args: []any{w.ulid(), hash, victim.ID, w.near, by.ID, w.clock.Now().UnixMilli(), []byte("forged")}})
		_, err := w.reads(store.Printed{Code: made})
		refused(t, err, models.ReasonPrintUnknown)
		w.warned("mac_prints")
		if list, err := w.Prints(w.ctx, victim); err != nil || len(list) != 1 {
			t.Errorf("their cards: %v, %v", list, err)
		}

		changed := "UPDATE prints SET resident_id = ? WHERE id = ?" // whose it is
		w.forge(forgery{name: "a card", sql: changed, args: []any{victim.ID, mine.ID}, mysql: true})
		_, err = db.Owner(t).Exec(changed, victim.ID, mine.ID)
		must(t, err)
		_, err = w.reads(mine)
		refused(t, err, models.ReasonPrintUnknown)

		must(t, w.WithdrawPrint(w.ctx, by, theirs.ID))
		w.forge(forgery{name: "the end of a card", sql: "UPDATE print_ends SET at = 0", mysql: true})
		w.forge(forgery{name: "a card that comes back", sql: "DELETE FROM print_ends", mysql: true})
		_, err = w.reads(theirs)
		refused(t, err, models.ReasonPrintEnded)

		next := w.printed(by, victim)
		w.forge(forgery{sql: "INSERT INTO print_ends (print_id, why, at, mac) VALUES (?, 'x', 0, ?)", args: []any{next.ID, []byte("forged")}})
		_, err = w.reads(next) // who made the end has somebody show their document
		refused(t, err, models.ReasonPrintEnded)
		w.warned("mac_print_ends")
		if _, err = w.reads(w.printed(by, victim)); err != nil {
			t.Errorf("the next card: %v", err)
		}
	})
}
