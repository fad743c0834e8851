package store

import (
	"context"
	"errors"
	"fmt"

	"healthcode/models"
	"healthcode/models/published"
)

// batch is some residents: what was read about them, and what was decided and is
// not written yet.
type batch struct {
	reached string // where the next one begins
	end     bool   // there is no next one
	people  int64
	crowd   *crowd // until it is decided about; nil or empty if there is nobody
	taken   []taking
	tried   []trial
}

// task is what one kind of job does.
type task interface {
	// total is how many residents there are to deal with.
	total(ctx context.Context) (int64, error)
	// find finds those who come next, and what was decided about them last. It may be
	// asked for the next batch before this one is decided and written.
	find(ctx context.Context, reached string) (batch, error)
	// read reads all else about them, and decide decides about them, for batches where
	// there is anybody. None of the three changes anything.
	read(b *batch) error
	decide(b *batch) error
	// advance is where the job is once the batch is written.
	advance(job jobRow, b batch) (jobRow, error)
}

// errForgedJob says that a job is not as the service left it: nobody knows what it
// should have done.
var errForgedJob = errors.New("the job was altered")

func (s *Store) task(ctx context.Context, job jobRow) (task, error) {
	if !s.soundJob(job) {
		return nil, errForgedJob
	}
	switch models.JobKind(job.Kind) {
	case models.JobDryRun:
		return s.dryRun(ctx, job)
	case models.JobRedecide:
		return s.redecide(ctx, job)
	case models.JobProposal:
		return s.forProposal(ctx, job)
	}
	return due{s}, nil
}

// WorkOnce does one batch of one job, if there is one that no other replica is at,
// and reports whether there was. What it did is done, whenever this process ends;
// what it did not do, it or another replica begins with.
func (s *Store) WorkOnce(ctx context.Context) (bool, error) { return s.work(ctx, 1) }

func (s *Store) work(ctx context.Context, most int) (bool, error) {
	s.working.Lock()
	defer s.working.Unlock()
	if err := s.tellForged(ctx); err != nil {
		return false, err
	}
	if err := s.Refresh(ctx); err != nil { // the job may follow a publication of another replica's
		return false, err
	}
	passed, late := s.escalate(ctx)
	worked, trouble := s.workDue(ctx, most)
	trouble = errors.Join(late, trouble)
	if worked || passed > 0 {
		return true, trouble
	}
	job, mine, err := s.lease(ctx, "kind <> 'due'")
	if err == nil && mine {
		_, _, err = s.run(ctx, job, most)
	}
	return mine, errors.Join(trouble, err)
}

// workDue does what is due, unless that rests or is another replica's. Where it
// cannot go on, the other jobs do.
func (s *Store) workDue(ctx context.Context, most int) (bool, error) {
	job, mine, err := s.lease(ctx, "kind = 'due' AND (leased_by <> '' OR leased_until <= ?)", millis(s.Now()))
	if err != nil || !mine {
		return false, err
	}
	n, ended, err := s.run(ctx, job, most)
	return err == nil && (n > 0 || !ended), err
}

// run does the next batches of a job that is ours, at most so many. It says how many decisions it wrote down, and whether
// nothing is left to do.
func (s *Store) run(ctx context.Context, job jobRow, most int) (written int, ended bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	do, err := s.task(ctx, job)
	if err == nil && job.Reached == "" {
		job.Total, err = do.total(ctx)
	}
	if err != nil {
		return 0, false, s.stop(ctx, job, err)
	}
	batches := ahead(ctx, do, job.Reached, most)
	defer func() {
		cancel()
		for range batches { // so that nothing of ours goes on behind the caller's back
		}
	}()
	for b := range batches {
		if b.err != nil {
			return written, false, s.stop(ctx, job, b.err)
		}
		if job, err = s.commit(ctx, do, job, b.batch); err != nil {
			return written, b.end, ignore(err, errLeaseLost)
		}
		written, ended = written+len(b.taken), b.end
	}
	return written, ended, ctx.Err()
}

// prepared is a batch, or why there is none.
type prepared struct {
	batch
	err error
}

// batchesWaiting is how many batches may lie between two steps: none of the steps
// takes as long for each.
const batchesWaiting = 2

// ahead prepares batches, at most so many. While one is written the next is decided
// about, another is read, and a further one is found: the database and our own cores
// take turns otherwise.
func ahead(ctx context.Context, do task, reached string, most int) <-chan prepared {
	found := make(chan prepared, batchesWaiting)
	go func() {
		defer close(found)
		for range most {
			var b prepared
			b.batch, b.err = do.find(ctx, reached)
			if !hand(ctx, found, b) || b.err != nil || b.end {
				return
			}
			reached = b.reached
		}
	}()
	read := step(ctx, found, do.read)
	return step(ctx, read, func(b *batch) error {
		err := do.decide(b)
		b.crowd = nil
		return err
	})
}

// step does the next thing with every batch that has anybody in it, in their order.
func step(ctx context.Context, from <-chan prepared, do func(*batch) error) <-chan prepared {
	to := make(chan prepared, batchesWaiting)
	go func() {
		defer close(to)
		for b := range from {
			if b.err == nil && b.crowd != nil && len(b.crowd.people) > 0 {
				b.err = do(&b.batch)
			}
			if !hand(ctx, to, b) {
				for range from { // until whoever is before us sees that too
				}
			}
		}
	}()
	return to
}

// hand gives a batch to whoever comes next, unless nobody will.
func hand(ctx context.Context, to chan<- prepared, b prepared) bool {
	select {
	case to <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// commit writes a batch and how far the job is now in one transaction: whenever
// this process is killed, either both are there or neither.
func (s *Store) commit(ctx context.Context, do task, job jobRow, b batch) (jobRow, error) {
	after, err := do.advance(job, b)
	if err != nil {
		return job, err
	}
	tries := 0
	err = s.change(ctx, models.System(job.Kind), func(t *txn) error {
		tries++
		if err := t.moveOn(job, after); err != nil {
			return err
		}
		if err := t.take(b.taken, tries > 1); err != nil {
			return err
		}
		if n := b.people - int64(len(b.taken)); n > 0 && job.Kind == string(models.JobRedecide) {
			if err := t.audit("decision.confirm", "publication", job.Subject, fmt.Sprint(n)); err != nil {
				return err
			}
		}
		if after.State != string(models.JobDone) {
			return nil
		}
		return t.audit("job.done", "job", job.ID, job.Kind)
	})
	return after, err
}

// advanced is what is the same for all: the counts, the lease, and the end.
func (s *Store) advanced(job jobRow, b batch) jobRow {
	job.Reached, job.People, job.LeasedUntil = b.reached, job.People+b.people, millis(s.Now().Add(leaseLife))
	for _, t := range b.taken {
		if t.last.Colour != t.now.Colour {
			job.Changed++
		}
	}
	if b.end {
		job.State, job.LeasedBy, job.LeasedUntil, job.EndedAt = string(models.JobDone), "", 0, millis(s.Now())
	}
	return job
}

// stop fails a job that would fail again. Anything else may be better in a while:
// the job stays where it is, as does the one that never ends.
func (s *Store) stop(ctx context.Context, job jobRow, err error) error {
	var faults published.Faults
	again := !errors.Is(err, errUnreadable) && !errors.As(err, &faults) && !errors.Is(err, models.NotFound) && !errors.Is(err, errForgedJob)
	if again || job.Kind == string(models.JobDue) {
		return err
	}
	return ignore(s.fail(ctx, job, err), errLeaseLost)
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}
