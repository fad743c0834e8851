package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// travels declares an itinerary: so many days before today, for one day.
func (w *town) travels(me models.Resident, place string, ago int) store.Declared {
	w.t.Helper()
	w.people++
	day := w.clock.Now().Truncate(24 * time.Hour).Add(-8 * time.Hour) // midnight in Shanghai
	stay := models.Stay{Place: place, From: day.AddDate(0, 0, -ago), To: day.AddDate(0, 0, 1-ago)}
	out, err := w.Declare(w.ctx, me, store.Key{Value: fmt.Sprint("key", w.people), Body: []byte("body")},
		models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}, Review: true})
	must(w.t, err)
	return out
}

// passes has a gate see the resident now.
func (w *town) passes(me models.Resident) {
	w.t.Helper()
	p, err := w.Present(w.ctx, me)
	must(w.t, err)
	_, err = w.Scan(w.ctx, w.gateNow(), w.ulid(), w.show(p))
	must(w.t, err)
}

// card is the resident's, in words: "yellow 330100* 420100".
func (w *town) card(me models.Resident) string {
	w.t.Helper()
	card, err := w.Card(w.ctx, me)
	must(w.t, err)
	words := []string{card.Colour.String()}
	for _, p := range card.Places {
		if word := p.Place; card.Starred(p) {
			words = append(words, word+"*")
		} else {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func (w *town) shows(me models.Resident, what, want string) {
	w.t.Helper()
	if got := w.card(me); got != want {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestCard makes the card of an itinerary, of gates and of listings, as consent and
// tests come and go. The code knows the itinerary alone.
func TestCard(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.shows(me, "nothing known", "green")
		w.travels(me, "420100", 3)
		w.shows(me, "declared", "green 420100")
		w.passes(me)
		w.clock.Advance(3*time.Hour + 59*time.Minute)
		w.passes(me)
		w.shows(me, "seen twice within four hours", "green 420100")
		_, err := w.Door(w.ctx, me, w.ulid(), w.venue.Poster)
		must(t, err)
		w.clock.Advance(time.Minute)
		_, err = w.Door(w.ctx, me, w.ulid(), w.venue.Poster)
		must(t, err)
		w.shows(me, "a poster they say they scanned", "green 420100")
		w.passes(me)
		w.shows(me, "seen over four hours", "green 330100 420100")

		w.list(models.Listing{Place: "330110", Level: models.LevelMedium, From: noon.AddDate(0, 0, -1)})
		w.shows(me, "the county was listed", "yellow 330100* 420100")
		if got := w.colour(me); got != models.Green {
			t.Errorf("the code is %v by what gates saw", got)
		}
		w.tested(me)
		w.clock.Advance(24 * time.Hour)
		w.shows(me, "one test", "yellow 330100* 420100")
		w.tested(me)
		w.shows(me, "two tests, a day apart", "green 330100* 420100")
		w.list(models.Listing{Place: "420100", Level: models.LevelHigh, From: noon.AddDate(0, 0, -5)})
		w.shows(me, "the other was listed high", "red 330100* 420100*")
		if got := w.colour(me); got != models.Red {
			t.Errorf("the code is %v by the itinerary", got)
		}

		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits))
		w.shows(me, "no consent to visits", "red 420100*")
		must(t, w.GiveConsent(w.ctx, me, models.Consent{Purpose: models.PurposeVisits, Version: models.ConsentVersion}))
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeTravel))
		w.shows(me, "no consent to the card", "red 420100*")
		must(t, w.GiveConsent(w.ctx, me, models.Consent{Purpose: models.PurposeTravel, Version: models.ConsentVersion}))
		w.shows(me, "consent again", "red 330100* 420100*")
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Reject, Words: "You were here."})
		w.shows(me, "the itinerary was refused", "green 330100*")
		other, _ := w.verified()
		w.shows(other, "somebody else", "green")
		if len(w.alarmed()) > 0 {
			t.Errorf("alarms %v", w.alarmed())
		}
	})
}

// TestCardAfterAppeal: a stay that an appeal found wrong is neither on the code nor on
// the card.
func TestCardAfterAppeal(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.travels(me, "420100", 3)
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		w.list(models.Listing{Place: "420100", Level: models.LevelMedium, From: noon.AddDate(0, 0, -5)})
		w.shows(me, "listed", "yellow 420100*")
		yellow, err := w.Standing(w.ctx, me.ID)
		must(t, err)
		_, err = w.Appeal(w.ctx, me, w.key(), objection(models.TargetDecision, yellow.ID))
		must(t, err)
		desk := w.For(w.worker(w.near))
		waits := w.waiting(desk)
		seen, err := desk.Case(w.ctx, waits.ID)
		must(t, err)
		must(t, desk.Claim(w.ctx, waits.ID))
		must(t, desk.Judge(w.ctx, waits.ID, models.Judgement{Verdict: models.Grant, Words: "They were not there.", Facts: []string{seen.Appeal.Contested[0].ID}}))
		if got := w.colour(me); got != models.Green {
			t.Errorf("the code is %v", got)
		}
		w.shows(me, "granted", "green")
	})
}

// tested has a laboratory find nothing, now.
func (w *town) tested(me models.Resident) {
	w.t.Helper()
	_, err := w.ImportTests(w.ctx, models.Client{ID: "client", Display: "laboratory"}.Actor(), "330110",
		[]models.Test{{Document: me.Document, Name: me.Name, Kind: "pcr", Result: "negative", Sampled: w.clock.Now(), Lab: "lab"}})
	must(w.t, err)
}

// TestCardUntil: just before until the card is as it was, and then it is another. What
// is published changes it at once.
func TestCardUntil(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.list(models.Listing{Place: "420100", Level: models.LevelMedium, From: noon.AddDate(0, 0, -20)})
		w.travels(me, "420100", 6)
		for _, want := range []string{"yellow 420100*", "green 420100*", "green"} {
			card, err := w.Card(w.ctx, me)
			must(t, err)
			w.shows(me, "now", want)
			if want == "green" {
				break
			}
			w.clock.Set(card.Until.Add(-time.Millisecond))
			w.shows(me, "just before", want)
			w.clock.Set(card.Until)
		}
		w.travels(me, "420100", 10)
		w.shows(me, "ten days ago", "green 420100*")
		w.enact("330110", []byte("id: local\nversion: 1\njurisdiction: \"330110\"\nset:\n  - {id: travel_asterisk, value: 0}\n"))
		w.shows(me, "without asterisk", "green 420100")
		w.enact("330110", []byte("id: local\nversion: 2\njurisdiction: \"330110\"\nset:\n  - {id: travel_days, value: 7d}\n"))
		w.shows(me, "seven days", "green")
	})
}

// TestForgedCard: whoever can only write to the database puts no city on a card, and
// gives none a colour.
func TestForgedCard(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		w.travels(me, "330110", 1)
		exec := func(statement string, args ...any) {
			t.Helper()
			_, err := db.Owner(t).Exec(statement, args...)
			must(t, err)
		}
		exec("INSERT INTO stays (id, declaration_id, resident_id, place, from_at, to_at, mac) VALUES ('forged', 'x', ?, '420100', ?, ?, 'mac')",
			me.ID, noon.AddDate(0, 0, -2).UnixMilli(), noon.AddDate(0, 0, -1).UnixMilli())
		for i, at := range []time.Time{noon.Add(-12 * time.Hour), noon.Add(-2 * time.Hour)} {
			exec(`INSERT INTO visits (id, at, venue_id, resident_id, grade, handle, staff_id, person_sealed, received_at, mac)
				VALUES (?, ?, ?, ?, 'scanned', '', 'x', '', 1, 'mac')`, fmt.Sprint("forged", i), at.UnixMilli(), w.venue.ID, me.ID)
		}
		exec("INSERT INTO listings (id, place, level, from_at, to_at, created_at, mac) VALUES ('forged', '330100', 'high', 1, 0, 1, 'mac')")
		w.shows(me, "forged", "green 330100")
		for _, kind := range []string{"mac_stays", "mac_visits", "mac_listings"} {
			if !slices.Contains(w.alarmed(), kind) {
				t.Errorf("no alarm %s among %v", kind, w.alarmed())
			}
		}
	})
}

// TestFeedOnCard: what the operator says stands on the card, is corrected there and goes
// with the consent. Whatever it says, the health code stays as it is.
func TestFeedOnCard(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		cmcc := w.telecom("cmcc")
		me, _, token := w.subscriber(cmcc, "13800138001")
		w.declare(me)
		w.list(models.Listing{Place: "420100", Level: models.LevelHigh, From: noon.AddDate(0, 0, -5)})
		cmcc.take(1, "2022-03-13", token+",2022-03-12,330100,21,1", token+",2022-03-12,420100,3,1")
		w.shows(me, "three hours in a listed city", "green 330100")
		cmcc.take(2, "2022-03-14", token+",2022-03-13,330100,18,1", token+",2022-03-13,420100,6,1")
		w.shows(me, "six hours", "red 330100 420100*")
		if got := w.colour(me); got != models.Green {
			t.Errorf("the feed made the code %v", got)
		}
		cmcc.take(3, "2022-03-14", token+",2022-03-13,330100,22,2", token+",2022-03-13,420100,2,2")
		w.shows(me, "the operator had been mistaken", "green 330100")
		cmcc.take(4, "2022-03-14", token+",2022-03-11,420100,24,1")
		w.shows(me, "a late row", "red 330100 420100*")
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeTravel))
		w.shows(me, "no consent", "green")
	})
}

// TestCardAfterMerger: a listing means the county as it was when it was listed. One that
// became part of another is meant by what is listed from then on.
func TestCardAfterMerger(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		d := w.districts()
		me, token := w.verified()
		w.declare(me)
		w.venue = d.market // in 330105
		w.passes(me)
		w.clock.Advance(5 * time.Hour)
		w.passes(me)
		w.list(models.Listing{Place: "330106", Level: models.LevelHigh, From: noon.AddDate(0, 0, -2)})
		w.shows(me, "the neighbour was listed", "green 330100")
		d.unite("330100", models.Merger{From: "330105", Into: "330106"})
		w.work()
		me = w.resident(token)
		w.shows(me, "became part of it since", "green 330100")
		w.list(models.Listing{Place: "330106", Level: models.LevelMedium, From: noon.AddDate(0, 0, -2)})
		w.shows(me, "listed as what it is now", "yellow 330100*")
	})
}
