package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// longer is the service's own rules, but that a symptom counts for three weeks.
func longer(t testing.TB) []byte {
	t.Helper()
	body := string(rules.Default().Source())
	for _, change := range [][2]string{{"version: 1\n", "version: 2\n"}, {"- id: symptom_days\n    value: 7d", "- id: symptom_days\n    value: 21d"}} {
		if strings.Count(body, change[0]) != 1 {
			t.Fatalf("default.yaml no longer has %q", change[0])
		}
		body = strings.Replace(body, change[0], change[1], 1)
	}
	return []byte(body)
}

// crowd registers and verifies so many, of whom every second had a symptom; then
// ten days go by, and all declare once more.
func (w *town) crowd(n int) []models.Resident {
	w.t.Helper()
	must(w.t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
	var tokens []string
	for range n {
		_, token := w.registered(w.document())
		tokens = append(tokens, token)
	}
	w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
	var all []models.Resident
	for i, token := range tokens {
		all = append(all, w.resident(token))
		if i%2 == 1 {
			w.declare(all[i], models.Fact{Kind: models.FactSymptom, Code: "fever", Source: fmt.Sprint("declaration:", i)})
		}
	}
	w.clock.Advance(10 * 24 * time.Hour)
	for _, me := range all {
		w.declare(me)
	}
	return all
}

// latest is the colour, number and rules of everybody's latest decision.
func (w *town) latest(all []models.Resident) (list []string) {
	w.t.Helper()
	for _, me := range all {
		d, err := w.Decisions(w.ctx, me)
		must(w.t, err)
		list = append(list, fmt.Sprint(d[0].Colour, " ", d[0].Sequence, " ", d[0].RuleSet))
	}
	return list
}

func TestJobsDryRunAndRedecide(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(5)
		before := w.latest(all)
		w.JobBatch = 2
		drafter, _ := w.officer("000000")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, longer(t))
		must(t, err)
		steps := 0
		for more := true; more; steps++ {
			more, err = w.WorkOnce(w.ctx)
			must(t, err)
		}
		job, err := w.JobOf(w.ctx, models.JobDryRun, draft.ID)
		must(t, err)
		worse := []string{all[1].ID, all[3].ID}
		slices.Sort(worse)
		want := models.DryRun{People: 5, Transitions: []models.Transition{{From: models.Green, To: models.Green, People: 3}, {From: models.Green, To: models.Yellow, People: 2}},
			Rules:       []models.RuleChange{{Rule: "symptoms", Began: 2}},
			Communities: []models.CommunityChange{{Community: w.near, Transition: models.Transition{From: models.Green, To: models.Yellow, People: 2}}},
			Samples:     []models.Sample{{From: models.Green, To: models.Yellow, Residents: worse}}}
		if diff := cmp.Diff(want, job.DryRun); diff != "" || !job.Done() || job.People != 5 || job.Total != 5 || steps != 4 {
			t.Errorf("dry run of %d of %d, %s, in %d steps (-want +got):\n%s", job.People, job.Total, job.State, steps, diff)
		}
		if diff := cmp.Diff(before, w.latest(all)); diff != "" {
			t.Errorf("trying it out decided:\n%s", diff)
		}
		colleague, _ := w.officer("000000")
		p, err := colleague.Publish(w.ctx, draft.ID)
		must(t, err)
		w.work()
		job, err = w.JobOf(w.ctx, models.JobRedecide, p.ID)
		must(t, err)
		if !job.Done() || job.People != 5 || job.Changed != 2 {
			t.Errorf("decided anew: %+v", job)
		}
		for i, got := range w.latest(all) {
			colour := []string{"green", "yellow"}[i%2]
			var sequence int
			_, err := fmt.Sscanf(before[i], "green %d", &sequence)
			must(t, err)
			want := before[i] // says what the new rules say
			if colour == "yellow" {
				want = fmt.Sprint(colour, " ", sequence+1, " ", w.RulesIn("330110").Name())
			}
			if got != want {
				t.Errorf("resident %d: %s, want %s", i, got, want)
			}
		}
		w.anew(all, before)
		if a := w.alarmed(); len(a) > 0 {
			t.Errorf("alarms %v", a)
		}
	})
}

// anew fails unless what is on record of everybody is what holds now: one decision more
// where the colour is another, and the one from before where it says what the rules
// say that were published since.
func (w *town) anew(all []models.Resident, before []string) {
	w.t.Helper()
	must(w.t, w.Refresh(w.ctx))
	for i, now := range w.latest(all) {
		var colour, then string
		var sequence, earlier int
		_, err := fmt.Sscan(now, &colour, &sequence)
		must(w.t, err)
		_, err = fmt.Sscan(before[i], &then, &earlier)
		must(w.t, err)
		if sequence-earlier > 1 || (sequence > earlier) != (colour != then) {
			w.t.Errorf("resident %d: %s, then %s", i, before[i], now)
		}
		standing, err := w.Standing(w.ctx, all[i].ID)
		must(w.t, err)
		if standing.ID == "" || standing.Colour.String() != colour || standing.Sequence != sequence {
			w.t.Errorf("resident %d: on record is %s, and what holds is %s %d", i, now, standing.Colour, standing.Sequence)
		}
	}
}

// onceMore fails unless everybody has just one decision more than before.
func (w *town) onceMore(all []models.Resident, before []string) {
	w.t.Helper()
	for i, now := range w.latest(all) {
		var colour string
		var was, is int
		for text, number := range map[string]*int{before[i]: &was, now: &is} {
			_, err := fmt.Sscan(text, &colour, number)
			must(w.t, err)
		}
		if is != was+1 {
			w.t.Errorf("resident %d: %s, then %s; want one decision more", i, before[i], now)
		}
	}
}

func TestJobSurvivesItsReplica(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(5)
		w.enact("000000", longer(t))
		before := w.latest(all)
		dies, other := w.replica(), w.replica()
		for _, s := range []*store.Store{dies, other} {
			s.JobBatch = 2
		}
		step := func(s *store.Store, want bool) {
			t.Helper()
			worked, err := s.WorkOnce(w.ctx)
			must(t, err)
			if worked != want {
				t.Errorf("worked %v, want %v", worked, want)
			}
		}
		step(dies, true)
		step(other, false) // it is another's
		over, cancel := context.WithCancel(w.ctx)
		cancel()
		w.changesNothing(func() {
			if _, err := dies.WorkOnce(over); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
		})
		w.clock.Advance(time.Minute)
		lost, err := dies.CommitLate(w.ctx, func() { // it was only asleep
			w.clock.Advance(time.Minute)
			step(other, true)
		})
		if must(t, err); !lost {
			t.Error("two replicas wrote the same batch")
		}
		step(dies, false)
		step(other, true)
		step(other, false)
		w.anew(all, before)
	})
}

func TestJobAndLiveDecisionMeet(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(4)
		before := w.latest(all)
		w.clock.Advance(20 * 24 * time.Hour) // all are due
		must(t, w.Take(w.ctx, func() {
			w.declare(all[1], models.Fact{Kind: models.FactSymptom, Code: "cough", Source: "declaration:live"})
			must(t, w.CloseResident(w.ctx, all[2]))
		}))
		w.onceMore(all, before)
		for i, want := range []models.Colour{models.Grey, models.Yellow, models.Grey, models.Grey} {
			d, err := w.Decisions(w.ctx, all[i])
			must(t, err)
			if d[0].Colour != want {
				t.Errorf("resident %d is %s, want %s", i, d[0].Colour, want)
			}
		}
	})
}

func TestDueIsDecidedOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(5)
		before := w.latest(all)
		w.clock.Advance(20 * 24 * time.Hour)
		dies, other := w.replica(), w.replica()
		for _, s := range []*store.Store{dies, other} {
			s.JobBatch = 2
		}
		worked, err := dies.WorkOnce(w.ctx)
		if must(t, err); !worked {
			t.Error("nobody was due")
		}
		due := func(s *store.Store, want int) {
			t.Helper()
			n, err := s.DecideDue(w.ctx)
			must(t, err)
			if n != want {
				t.Errorf("%d were decided, want %d", n, want)
			}
		}
		due(other, 0) // it is another's
		w.clock.Advance(time.Minute)
		due(other, 3)
		due(dies, 0)
		due(other, 0)
		w.onceMore(all, before)
		me := w.latest(all[:1])
		w.declare(all[0])
		w.clock.Advance(20 * 24 * time.Hour)
		due(dies, 1)
		if now := w.latest(all[:1]); now[0] == me[0] {
			t.Errorf("still %s", now[0])
		}
	})
}

func TestJobFailsAloud(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		_, err := db.Owner(t).ExecContext(w.ctx, `INSERT INTO jobs (id, kind, jurisdiction, subject, reached, people, total, changed, state, result,
			leased_by, leased_until, created_by, created_at, ended_at) VALUES ('job', 'dry_run', 'any', 'no such draft', '', 0, 0, 0, 'open', '', '', 0, 'x', 1, 0)`)
		must(t, err)
		w.work()
		job, err := w.Job(w.ctx, "job")
		must(t, err)
		if job.State != models.JobFailed || job.EndedAt.IsZero() || !slices.Contains(w.alarmed(), "job_failed") {
			t.Errorf("%+v, alarms %v; want it failed", job, w.alarmed())
		}
	})
}

// SQLite alone lets a text into a column of numbers.
func TestJobFailsAtARowItCannotRead(t *testing.T) {
	w := newTown(t, schema.New(t, storetest.SQLite))
	w.crowd(2)
	p := w.enact("000000", longer(t))
	_, err := w.db.Owner(t).ExecContext(w.ctx, "UPDATE residents SET verified_at = 'noon'")
	must(t, err)
	w.work()
	job, err := w.JobOf(w.ctx, models.JobRedecide, p.ID)
	must(t, err)
	if job.State != models.JobFailed || job.People != 0 || !slices.Contains(w.alarmed(), "job_failed") {
		t.Errorf("%+v, alarms %v; want it failed", job, w.alarmed())
	}
}

// Where there is no limit, the next batch is read while the last one is written.
func TestWorkDoesAllThereIs(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(7)
		p := w.enact("000000", longer(t))
		before := w.latest(all)
		s := w.replica()
		s.JobBatch, s.JobShare = 2, 1
		ctx, cancel := context.WithCancel(w.ctx)
		var over sync.WaitGroup
		over.Go(func() { s.Work(ctx) })
		for done := false; !done; {
			job, err := w.JobOf(w.ctx, models.JobRedecide, p.ID)
			must(t, err)
			done = job.Done()
		}
		cancel()
		over.Wait()
		w.anew(all, before)
	})
}

func TestJobReachesItsJurisdictionAlone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		all := w.crowd(3)
		away, err := w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("away"), Phone: "027-88880001"})
		must(t, err)
		must(t, w.ChangeContact(w.ctx, all[2], store.Contact{Community: away}))
		before := w.latest(all)
		p := w.enact("330100", stricter("330100", 1))
		w.work()
		job, err := w.JobOf(w.ctx, models.JobRedecide, p.ID)
		must(t, err)
		if !job.Done() || job.People != 2 || job.Total != 2 || job.Changed != 1 {
			t.Errorf("%+v; want two people, one with another colour", job)
		}
		w.anew(all[:2], before)
		if now := w.latest(all); now[2] != before[2] {
			t.Errorf("far away: %s, then %s", before[2], now[2])
		}
	})
}

func TestDueInTroubleHoldsNothingUp(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.crowd(1)
		p := w.enact("000000", longer(t))
		w.clock.Advance(time.Hour)
		_, err := db.Owner(t).ExecContext(w.ctx, "UPDATE jobs SET reached = 'nowhere' WHERE id = 'due'")
		must(t, err)
		if _, err := w.WorkOnce(w.ctx); err == nil {
			t.Error("nobody was told of the trouble")
		}
		job, err := w.JobOf(w.ctx, models.JobRedecide, p.ID)
		must(t, err)
		if !job.Done() {
			t.Errorf("the other job is %s", job.State)
		}
	})
}
