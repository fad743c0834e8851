package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform"
)

// The limits of trying rules out and of deciding everybody anew, in seconds for a
// million people.
const (
	dryRunLimit   = 30
	redecideLimit = 60
	liveLimit     = 60 // however many there are
)

// redecide measures what a change of the rules costs that changes every fifth
// colour: trying it out, deciding everybody anew, and what residents notice of it.
func redecide(ctx context.Context, people int, profile string, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "healthcode-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := newMySQL(ctx, dir)
	if err == nil && db == nil {
		db, err = newSQLite(ctx, dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.drop()) }()
	if err := db.roomy(ctx); err != nil {
		return err
	}
	b, err := newBench(ctx, db)
	if err != nil {
		return err
	}
	defer b.close()
	return b.redecide(ctx, people, profile, out)
}

func (b *bench) redecide(ctx context.Context, people int, profile string, out io.Writer) error {
	if err := b.store.AddJurisdiction(ctx, by, models.Jurisdiction{Code: "000000", Name: words("全国"), TimeZone: "Asia/Shanghai"}); err != nil {
		return err
	}
	for range 20 {
		home, err := b.store.AddCommunity(ctx, by, models.Community{Jurisdiction: "330110", Name: words("社区"), Phone: "0571-88880001"})
		if err != nil {
			return err
		}
		b.homes = append(b.homes, home)
	}
	begin := time.Now()
	if err := b.seed(ctx, people, b.store.RulesIn("330110")); err != nil {
		return err
	}
	if err := b.populate(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "seeded %d residents in %.0f s\n", people, time.Since(begin).Seconds())
	drafter, err := b.officer(ctx, "drafter")
	if err != nil {
		return err
	}
	publisher, err := b.officer(ctx, "publisher")
	if err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	err = b.change(ctx, change{drafter, publisher, 2, people}, out)
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	return b.meanwhile(ctx, change{drafter, publisher, 3, people}, out)
}

// change is one change of the rules.
type change struct {
	drafter, publisher store.Office
	version, people    int
}

// file is the service's own rules, but that a symptom counts longer.
func (c change) file() []byte {
	body := strings.Replace(string(rules.Default().Source()), "version: 1\n", fmt.Sprintf("version: %d\n", c.version), 1)
	return []byte(strings.Replace(body, "- id: symptom_days\n    value: 7d", fmt.Sprintf("- id: symptom_days\n    value: %dd", 19+c.version-2), 1))
}

// change tries the change out and decides everybody anew, as fast as it goes.
func (b *bench) change(ctx context.Context, c change, out io.Writer) error {
	draft, err := c.drafter.Draft(ctx, models.PublishedRules, c.file())
	if err != nil {
		return err
	}
	took, job, err := b.job(ctx, models.JobDryRun, draft.ID, out)
	if err != nil {
		return err
	}
	scale := float64(c.people) / 1e6
	say(out, "dry_run", took.Seconds(), "s", dryRunLimit*scale)
	fmt.Fprintf(out, "of %d, %d would be red; %v\n", job.DryRun.People, job.DryRun.Reddened, job.DryRun.Transitions)
	p, err := b.live(ctx, func() (models.Publication, error) { return c.publisher.Publish(ctx, draft.ID) }, out)
	if err != nil {
		return err
	}
	if took, job, err = b.job(ctx, models.JobRedecide, p.ID, out); err != nil {
		return err
	}
	say(out, "redecide", took.Seconds(), "s", redecideLimit*scale)
	waiting, err := b.waiting(ctx)
	fmt.Fprintf(out, "of %d, %d have another colour; %d messages wait\n", job.People, job.Changed, waiting)
	return err
}

// waiting is how many messages are in the outbox.
func (b *bench) waiting(ctx context.Context) (n int, err error) {
	db, err := b.db.open()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM outbox").Scan(&n)
	return n, err
}

// replica is another process of the service, which works on jobs; the function
// another is another process's store on the same database.
func (b *bench) another(ctx context.Context, share float64, alarm func(string)) (*store.Store, error) {
	return store.Open(ctx, store.Options{DSN: b.db.dsn, Vault: b.keys, Rules: rules.Default(), Forms: forms.Default(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Alarm: alarm, JobShare: share,
		Messages: map[string]map[models.NoticeKind]string{platform.WeChat: {models.NoticeColour: messageTemplate}}})
}

// live publishes, and measures how long another replica goes on as before.
func (b *bench) live(ctx context.Context, publish func() (models.Publication, error), out io.Writer) (models.Publication, error) {
	other, err := b.another(ctx, 1, func(string) {})
	if err != nil {
		return models.Publication{}, err
	}
	follow, stop := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { other.Follow(follow) })
	begin := time.Now()
	p, err := publish()
	for err == nil && other.RulesIn("330110").Name() != b.store.RulesIn("330110").Name() {
		time.Sleep(10 * time.Millisecond)
	}
	took := time.Since(begin)
	stop()
	following.Wait()
	if err = errors.Join(err, other.Close()); err == nil {
		say(out, "rule_live", took.Seconds(), "s", liveLimit)
	}
	return p, err
}

// ends it.
func (b *bench) replica(ctx context.Context, share float64) (*store.Store, func() error, error) {
	var alarms atomic.Int64
	s, err := b.another(ctx, share, func(string) { alarms.Add(1) })
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var over sync.WaitGroup
	over.Go(func() { s.Work(ctx) })
	return s, func() error {
		cancel()
		over.Wait()
		if n := alarms.Load(); n > 0 {
			err = fmt.Errorf("%d alarms", n)
		}
		return errors.Join(err, s.Close())
	}, nil
}

// job waits for a job that a replica does, as fast as it goes.
func (b *bench) job(ctx context.Context, kind models.JobKind, subject string, out io.Writer) (took time.Duration, job models.Job, err error) {
	s, stop, err := b.replica(ctx, 1)
	if err != nil {
		return 0, job, err
	}
	begin, before := time.Now(), b.spent(ctx)
	for err == nil && !job.Done() && job.State != models.JobFailed && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
		job, err = s.JobOf(ctx, kind, subject)
	}
	took = time.Since(begin)
	b.spent(ctx).since(before, out)
	if err == nil && !job.Done() {
		err = fmt.Errorf("the job is %s", job.State)
	}
	return took, job, errors.Join(err, stop())
}

// turns is how often, and turn how long, opening codes is measured beside a job and
// without one, by turns: the database has its own moments, which so fall on both alike.
const (
	turns = 5
	turn  = 6 * time.Second
)

// meanwhile measures what residents who open their codes notice of a job.
func (b *bench) meanwhile(ctx context.Context, c change, out io.Writer) error {
	draft, err := c.drafter.Draft(ctx, models.PublishedRules, c.file())
	if err != nil {
		return err
	}
	if _, _, err := b.job(ctx, models.JobDryRun, draft.ID, out); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // what was written before is on its disk by then
	p, err := c.publisher.Publish(ctx, draft.ID)
	if err != nil {
		return err
	}
	if err := b.store.Refresh(ctx); err != nil {
		return err
	}
	var without, during []time.Duration
	for range turns {
		some, err := b.opening(ctx, turn)
		if err != nil {
			return err
		}
		without = append(without, some...)
		if some, err = b.besideJob(ctx); err != nil {
			return err
		}
		during = append(during, some...)
	}
	job, err := b.store.JobOf(ctx, models.JobRedecide, p.ID)
	if err != nil {
		return err
	}
	if job.People == 0 {
		return errors.New("nothing was done meanwhile")
	}
	fmt.Fprintf(out, "of %d residents, %d were decided anew meanwhile\n", job.Total, job.People)
	say(out, "code_p99_meanwhile", p99(during), "ms", 1.5*p99(without))
	return nil
}

// besideJob is what opening codes takes while a replica has the share that it has by
// itself.
func (b *bench) besideJob(ctx context.Context) ([]time.Duration, error) {
	_, stop, err := b.replica(ctx, 0)
	if err != nil {
		return nil, err
	}
	took, err := b.opening(ctx, turn)
	return took, errors.Join(err, stop())
}

// p99 is the 99th percentile in milliseconds.
func p99(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000
}

// opening is how long it takes to open a code, 200 times a second for so long.
func (b *bench) opening(ctx context.Context, length time.Duration) ([]time.Duration, error) {
	for i := range 2 * people { // everybody has their grant
		if err := b.openCode(ctx, i); err != nil {
			return nil, err
		}
	}
	over, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	return b.openingUntil(ctx, over.Done())
}

// officer invites an officer of the nation and opens their office.
func (b *bench) officer(ctx context.Context, username string) (store.Office, error) {
	invitation, err := b.store.OperatorInvite(ctx, by, models.Staff{Role: models.RoleOfficer, Display: username, Jurisdiction: "000000"})
	if err != nil {
		return store.Office{}, err
	}
	factor, err := b.store.InvitationFactor(ctx, invitation)
	if err != nil {
		return store.Office{}, err
	}
	code, err := totp.GenerateCode(factor.Secret, time.Now())
	if err != nil {
		return store.Office{}, err
	}
	own, err := models.ParseDocument(models.DocumentPassport, fmt.Sprintf("E8888%04d", len(username)), time.Now())
	if err != nil {
		return store.Office{}, err
	}
	const password = "load-load-load-officer"
	if err := b.store.Accept(ctx, store.Acceptance{Token: invitation, Username: username, Password: password, Code: code, Document: own}); err != nil {
		return store.Office{}, err
	}
	if code, err = totp.GenerateCode(factor.Secret, time.Now().Add(30*time.Second)); err != nil {
		return store.Office{}, err
	}
	token, err := b.store.SignInStaff(ctx, store.StaffSignIn{Username: username, Password: password, Code: code})
	if err != nil {
		return store.Office{}, err
	}
	me, err := b.store.Officer(ctx, token)
	return b.store.Office(me), err
}
