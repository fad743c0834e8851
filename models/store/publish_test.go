package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/published"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// stricter is a rule file that makes declared symptoms red in that place.
func stricter(place string, version int) []byte {
	return fmt.Appendf(nil, `
id: local
version: %d
jurisdiction: "%s"
rules:
  - id: feverish
    colour: red
    when: facts.filter(f, f.kind == 'symptom')
    why: {zh: 您申报过症状。, en: You declared symptoms.}
    clear: {zh: 社区查看后解除。, en: A worker's visit.}
    ask: {zh: 请联系社区。, en: Ask your community.}
`, version, place)
}

// gone is a file with no rules of its own.
func gone(place string, version int) []byte {
	return fmt.Appendf(nil, "id: local\nversion: %d\njurisdiction: \"%s\"\n", version, place)
}

func (w *town) officer(place string) (store.Office, models.Officer) {
	w.t.Helper()
	by, err := w.Officer(w.ctx, w.hire(models.Staff{Role: models.RoleOfficer, Jurisdiction: place}))
	must(w.t, err)
	return w.Office(by), by
}

// work does everything that waits to be done.
func (w *town) work() {
	w.t.Helper()
	for more := true; more; {
		var err error
		more, err = w.WorkOnce(w.ctx)
		must(w.t, err)
	}
}

// enact drafts, tries out and publishes a rule file with two officers of a place.
func (w *town) enact(place string, body []byte) models.Publication {
	w.t.Helper()
	drafter, _ := w.officer(place)
	publisher, _ := w.officer(place)
	draft, err := drafter.Draft(w.ctx, models.PublishedRules, body)
	must(w.t, err)
	w.work()
	p, err := publisher.Publish(w.ctx, draft.ID)
	must(w.t, err)
	return p
}

var symptom = models.Fact{Kind: models.FactSymptom, Code: "cough"}

func TestPublishing(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me, symptom)
		if got := w.colour(me); got != models.Yellow {
			t.Fatalf("before: %v", got)
		}
		drafter, _ := w.officer("330110")
		colleague, _ := w.officer("330110")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		must(t, err)
		w.changesNothingBut([]string{"alarms"}, func() {
			_, err := colleague.Publish(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftUntried)
			_, err = drafter.Publish(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftOwn)
			far, _ := drafter, colleague
			_, err = far.Publish(w.ctx, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
			refused(t, err, models.ReasonDraftUnknown)
		})
		w.work()
		job, err := w.JobOf(w.ctx, models.JobDryRun, draft.ID)
		must(t, err)
		if r := job.DryRun; r.People != 1 || r.Reddened != 1 || !slices.Contains(r.Transitions, models.Transition{From: models.Yellow, To: models.Red, People: 1}) {
			t.Errorf("tried out: %+v", r)
		}
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("tried out, and the colour is %v", got)
		}
		p, err := colleague.Publish(w.ctx, draft.ID)
		must(t, err)
		if got := w.colour(me); got != models.Red {
			t.Errorf("published, and the colour is %v", got)
		}
		w.changesNothing(func() {
			_, err = colleague.Publish(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftClosed)
			_, err = drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
			refused(t, err, models.ReasonDraftUnchanged)
		})
		w.work()
		decisions, err := w.Decisions(w.ctx, me)
		must(t, err)
		if d := decisions[0]; d.Colour != models.Red || !strings.HasPrefix(d.RuleSet, "local@1#") {
			t.Errorf("on record: %+v", d)
		}
		history, err := drafter.History(w.ctx)
		must(t, err)
		if len(history) != 1 || history[0].ID != p.ID || !history[0].InForce {
			t.Errorf("history: %+v", history)
		}
	})
}

// TestGoingBack: what was in force before is drafted anew and published like
// anything else, and every past decision can still be taken again.
func TestGoingBack(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me, symptom)
		first := w.enact("330110", gone("330110", 1))
		w.enact("330110", stricter("330110", 2))
		w.work()
		drafter, _ := w.officer("330110")
		colleague, _ := w.officer("330110")
		draft, err := drafter.Back(w.ctx, first.ID)
		must(t, err)
		if draft.Version != 3 {
			t.Errorf("drafted as version %d", draft.Version)
		}
		w.work()
		_, err = colleague.Publish(w.ctx, draft.ID)
		must(t, err)
		w.work()
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("back, and the colour is %v", got)
		}
		decisions, err := w.Decisions(w.ctx, me)
		must(t, err)
		colours := map[models.Colour]bool{}
		for _, d := range decisions {
			colours[d.Colour] = true
			e, err := w.Explain(w.ctx, operator, d.ID)
			must(t, err)
			if !e.Same {
				t.Errorf("%s by %s comes out as %+v; facts are missing: %v", d.Colour, d.RuleSet, e.Again, e.Missing)
			}
		}
		if !colours[models.Red] || !colours[models.Yellow] {
			t.Errorf("the record has %v", colours)
		}
	})
}

// TestHomeDecides: the rules of where somebody lives decide, those of places above
// with them, and no others.
func TestHomeDecides(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me, symptom)
		w.enact("420100", stricter("420100", 1))
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("by the rules of elsewhere: %v", got)
		}
		w.enact("330000", stricter("330000", 1))
		if got := w.colour(me); got != models.Red {
			t.Errorf("by the rules of the province: %v", got)
		}
		below, _ := w.officer("330110")
		_, err := below.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		refused(t, err, models.ReasonDraftFaults) // the rule's id is the province's
		var faults published.Faults
		if !errors.As(err, &faults) || faults[0].Where != "330110" || faults[0].Line == 0 {
			t.Errorf("told: %v", err)
		}
		w.changesNothing(func() {
			_, err := below.Draft(w.ctx, models.PublishedRules, gone("330100", 1))
			refused(t, err, models.ReasonForbidden)
		})
	})
}

// TestRulesAreLiveOnEveryReplica: what one publishes holds on the other as soon as
// it looks.
func TestRulesAreLiveOnEveryReplica(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		other := w.replica()
		before := other.RulesIn("330110").Name()
		w.enact("330100", stricter("330100", 1))
		must(t, other.Refresh(w.ctx))
		if now := other.RulesIn("330110").Name(); now == before || now != w.RulesIn("330110").Name() {
			t.Errorf("from %s to %s", before, now)
		}
	})
}

// TestRulesTheDatabaseCannotMake: a row that the service did not sign is no law,
// whoever wrote it.
func TestRulesTheDatabaseCannotMake(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me, symptom)
		p := w.enact("330110", stricter("330110", 1))
		owner := w.db.Owner(t)
		exec := func(query string, args ...any) {
			t.Helper()
			_, err := owner.ExecContext(w.ctx, query, args...)
			must(t, err)
		}
		exec("UPDATE publications SET jurisdiction = '420100' WHERE id = ?", p.ID)
		exec("INSERT INTO published_files (hash, body, at) VALUES ('00', 'id: x', 0)")
		exec(`INSERT INTO publications (id, kind, jurisdiction, name, version, hash, drafted_by, published_by, at, mac)
			VALUES ('7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'rules', '330110', 'x', 9, '00', 'a', 'b', 1, 'forged')`)
		must(t, w.Refresh(w.ctx))
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("altered, and the colour is %v", got)
		}
		if !slices.Contains(w.alarmed(), "mac_publications") {
			t.Errorf("alarms: %v", w.alarmed())
		}
	})
}

// TestManyReddened: what turns more than a hundred red is for an officer above.
func TestManyReddened(t *testing.T) {
	w := newTown(t, schema.Any(t))
	for range 101 {
		me, _ := w.account("wechat")
		must(t, w.Register(w.ctx, me, w.registration(w.document())))
		resident, err := w.ResidentOf(w.ctx, models.Account{ID: me.ID, ResidentID: w.home(me)})
		must(t, err)
		w.declare(resident, symptom)
		w.clock.Advance(time.Second)
	}
	drafter, _ := w.officer("330110")
	colleague, _ := w.officer("330110")
	city, _ := w.officer("330100")
	draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
	must(t, err)
	w.work()
	w.changesNothingBut([]string{"alarms"}, func() {
		_, err := colleague.Publish(w.ctx, draft.ID)
		refused(t, err, models.ReasonDraftAbove)
	})
	_, err = city.Publish(w.ctx, draft.ID)
	must(t, err)
}

// TestOvertaken: a dry run says nothing any more once the rules around it are
// others.
func TestOvertaken(t *testing.T) {
	w := newTown(t, schema.Any(t))
	drafter, _ := w.officer("330110")
	colleague, _ := w.officer("330110")
	draft, err := drafter.Draft(w.ctx, models.PublishedRules, gone("330110", 1))
	must(t, err)
	w.work()
	w.clock.Advance(time.Second)
	w.enact("330100", stricter("330100", 1))
	_, err = colleague.Publish(w.ctx, draft.ID)
	refused(t, err, models.ReasonDraftOvertaken)
	w.clock.Advance(time.Second)
	must(t, drafter.Try(w.ctx, draft.ID))
	w.work()
	_, err = colleague.Publish(w.ctx, draft.ID)
	must(t, err)
}

// TestPublishedFileThatStandsThereFirst: whoever has the database can read the hash of a
// draft, and put something else where its file will stand. Then nothing is published.
func TestPublishedFileThatStandsThereFirst(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		drafter, _ := w.officer("330110")
		colleague, _ := w.officer("330110")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		must(t, err)
		w.work()
		_, err = db.Owner(t).ExecContext(w.ctx, "INSERT INTO published_files (hash, body, at) VALUES (?, 'junk', 1)", draft.Hash)
		must(t, err)
		w.changesNothing(func() {
			if _, err := colleague.Publish(w.ctx, draft.ID); err == nil {
				t.Error("a file is published that nobody can read")
			}
		})
		must(t, w.Refresh(w.ctx))
		w.warned("mac_published_files")
	})
}
