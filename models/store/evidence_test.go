package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

func TestDeclarationIsTakenOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		said := models.Declaration{Form: "health", Version: 1, Answers: []byte(`{"a":1}`)}
		key := store.Key{Value: "the key of this form", Body: said.Answers}
		first, err := w.Declare(w.ctx, me, key, said)
		must(t, err)
		w.changesNothing(func() {
			again, err := w.Declare(w.ctx, me, key, said)
			must(t, err)
			if again.ID != first.ID {
				t.Error("the same key made another declaration")
			}
			other := store.Key{Value: key.Value, Body: []byte(`{"a":2}`)}
			_, err = w.Declare(w.ctx, me, other, said)
			refused(t, err, models.ReasonIdempotencyBody)
		})
		second, _ := w.verified()
		own, err := w.Declare(w.ctx, second, key, said)
		must(t, err)
		if own.ID == first.ID {
			t.Error("the key of one account found the declaration of another")
		}
	})
}

func TestDeclarationExpires(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		out := w.declare(me)
		if got := w.colour(me); got != models.Green {
			t.Fatalf("colour %v, want green", got)
		}
		w.clock.Set(out.Decision.Until.Add(-time.Millisecond))
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v just before until, want green", got)
		}
		w.clock.Set(out.Decision.Until)
		w.changesNothing(func() {
			if got := w.colour(me); got != models.Grey {
				t.Errorf("colour %v at until, want grey", got)
			}
		})
	})
}

func TestListingReachesThoseWhoStayed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		stay := models.Stay{Place: "420100", From: noon.AddDate(0, 0, -3), To: noon.AddDate(0, 0, -2)}
		_, err := w.Declare(w.ctx, me, store.Key{Value: "travel", Body: nil},
			models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}})
		must(t, err)
		if got := w.colour(me); got != models.Green {
			t.Fatalf("colour %v before the listing, want green", got)
		}
		list := func(place string, level models.Level) {
			w.list(models.Listing{Place: place, Level: level, From: noon.AddDate(0, 0, -10)})
		}
		list("330100", models.LevelHigh)
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v after another place was listed, want green", got)
		}
		list("420100", models.LevelMedium)
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("colour %v after a medium listing, want yellow", got)
		}
		list("420100", models.LevelHigh)
		if got := w.colour(me); got != models.Red {
			t.Errorf("colour %v after a high listing, want red", got)
		}
		_, err = w.List(w.ctx, w.epidemiologist("330000"), models.Listing{Place: "999999", Level: models.LevelHigh, From: noon}, "a list")
		refused(t, err, models.ReasonPlaceUnknown)
	})
}

// A listing that has ended still means what it meant for those who were there while
// it lasted, and nothing for those who came later.
func TestListingEnds(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		stayed := func(days int) models.Resident {
			me, _ := w.verified()
			w.declare(me)
			stay := models.Stay{Place: "420100", From: noon.AddDate(0, 0, days), To: noon.AddDate(0, 0, days+1)}
			_, err := w.Declare(w.ctx, me, store.Key{Value: fmt.Sprint("travel", me.ID)},
				models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}})
			must(t, err)
			return me
		}
		before := stayed(-3)
		w.list(models.Listing{Place: "420100", Level: models.LevelHigh, From: noon.AddDate(0, 0, -5)})
		var id string
		must(t, w.db.Owner(t).QueryRowContext(w.ctx, "SELECT id FROM listings").Scan(&id))
		refused(t, w.EndListing(w.ctx, w.epidemiologist("420100"), id), models.ReasonProposalUnknown)
		must(t, w.EndListing(w.ctx, w.epidemiologist("330000"), id))
		w.work()
		refused(t, w.EndListing(w.ctx, w.epidemiologist("330000"), id), models.ReasonProposalClosed)
		if got := w.colour(before); got != models.Red {
			t.Errorf("who was there while it lasted: %v", got)
		}
		w.clock.Advance(5 * 24 * time.Hour)
		if got := w.colour(stayed(3)); got != models.Green {
			t.Errorf("who was there afterwards: %v", got)
		}
		if list, err := w.Listings(w.ctx); err != nil || len(list) > 0 {
			t.Errorf("still listed: %v, %v", list, err)
		}
	})
}

// Whoever can only write to the database can make nobody red, and bring nothing
// back that was withdrawn.
func TestDatabaseAloneProvesNothing(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		owner := db.Owner(t)
		exec := func(statement string, args ...any) {
			t.Helper()
			_, err := owner.Exec(statement, args...)
			must(t, err)
		}
		green := func(what string) {
			t.Helper()
			if got := w.colour(me); got != models.Green {
				t.Errorf("%s: colour %v, want green", what, got)
			}
		}
		exec("UPDATE decisions SET colour = 'red' WHERE resident_id = ?", me.ID)
		green("the decision was painted over")
		exec(`INSERT INTO facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)
			VALUES ('forged', ?, 'order', 'x', 'red', '', ?, 0, 'review:x', 0, 'mac')`, me.ID, noon.UnixMilli())
		green("a fact was forged")
		exec(`INSERT INTO listings (id, place, level, from_at, to_at, created_at, mac) VALUES ('forged', '330110', 'high', 1, 0, 1, 'mac')`)
		exec(`INSERT INTO stays (id, declaration_id, resident_id, place, from_at, to_at, mac) VALUES ('forged', 'x', ?, '330110', 1, ?, 'mac')`,
			me.ID, noon.UnixMilli())
		green("a stay and a listing were forged")
		exec(`INSERT INTO decisions (id, resident_id, sequence, colour, reasons, until_at, rule_set, facts, at, mac)
			VALUES ('forged', ?, 99, 'red', '[]', 0, ?, '', 1, 'mac')`, me.ID, w.Rules.Name())
		green("a decision was forged")
		for _, kind := range []string{"mac_decisions", "mac_facts", "mac_stays"} {
			if !slices.Contains(w.alarmed(), kind) {
				t.Errorf("no alarm %s among %v", kind, w.alarmed())
			}
		}

		stranger, _ := w.registered(w.document())
		exec("UPDATE residents SET document_id = 'other' WHERE id = ?", stranger.ID)
		course, err := w.Course(w.ctx, models.Resident{ID: stranger.ID, Verified: true})
		must(t, err)
		if len(course.Doses) != 0 {
			t.Error("a document_id without its MAC gave records")
		}
	})
}

func TestRecordsAreShownToTheVerifiedAlone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		document := w.document()
		dose := func(n int, day time.Time) models.Vaccination {
			return models.Vaccination{Document: document, Name: w.name("张三"), Product: "sinovac", Batch: "B", Dose: n, Date: day, Site: "clinic"}
		}
		doses := []models.Vaccination{dose(1, noon.AddDate(0, -6, 0)), dose(2, noon.AddDate(0, -5, 0))}
		by := models.Client{ID: "client", Display: "registry"}.Actor()
		added, err := w.ImportVaccinations(w.ctx, by, doses)
		must(t, err)
		again, err := w.ImportVaccinations(w.ctx, by, doses)
		must(t, err)
		if added != 2 || again != 0 {
			t.Errorf("added %d, then %d; want 2, then 0", added, again)
		}
		w.changesNothing(func() {
			contradiction := dose(2, noon.AddDate(0, -1, 0))
			_, err := w.ImportVaccinations(w.ctx, by, []models.Vaccination{dose(3, noon.AddDate(0, -2, 0)), contradiction})
			if p, ok := asProblem(err); !ok || p.Reason != models.ReasonRecordConflict || p.Field != "records.1" {
				t.Errorf("got %v, want a conflict on records.1", err)
			}
		})

		me, token := w.registered(document)
		course, err := w.Course(w.ctx, me)
		must(t, err)
		if len(course.Doses) != 0 {
			t.Error("an unverified resident sees records")
		}
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		me = w.resident(token)
		course, err = w.Course(w.ctx, me)
		must(t, err)
		if len(course.Doses) != 2 || !course.Complete || !course.Since.Equal(doses[1].Date) {
			t.Errorf("course %+v, want complete since the second dose", course)
		}
		must(t, w.WithdrawConsent(w.ctx, me, models.PurposeRecords))
		course, err = w.Course(w.ctx, me)
		must(t, err)
		if len(course.Doses) != 0 {
			t.Error("records are shown after consent to them was withdrawn")
		}
	})
}

func TestPositiveTestTurnsRed(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		by := models.Client{ID: "client", Display: "laboratory"}.Actor()
		result := func(r string) models.Test {
			return models.Test{Document: me.Document, Name: me.Name, Kind: "pcr", Result: r, Sampled: w.clock.Now(), Lab: "lab"}
		}
		got, err := w.ImportTests(w.ctx, by, "330110", []models.Test{result("positive")})
		must(t, err)
		if got != (store.Imported{Held: 1}) || w.colour(me) != models.Green {
			t.Errorf("%+v and %v before anybody agreed", got, w.colour(me))
		}
		w.agree(w.epidemiologist("330110").Staff)
		if got := w.colour(me); got != models.Red {
			t.Errorf("colour %v, want red", got)
		}
		decisions, err := w.Decisions(w.ctx, me)
		must(t, err)
		if decisions[0].Colour != models.Red {
			t.Error("the decision was not written down when the result came in")
		}
	})
}
