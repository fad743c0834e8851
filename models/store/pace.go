package store

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// jobBatch is how many residents a batch holds: few, so that nobody who opens their code
// meanwhile waits long behind one. jobBatchFull is how many it holds where there is no
// limit, since each has a cost of its own. jobShare is how much of one core the
// jobs may take, jobIdle how often a replica looks for one, and jobAhead how many
// batches are done in a row where there is no limit. There jobHeap also is how far the
// heap may grow before what is garbage is collected, in percent of what is not: what
// jobs leave behind is far more than what stays, and to collect it as often as Go does
// by itself takes a quarter of their time.
const (
	jobBatch     = 100
	jobBatchFull = 4000
	jobShare     = 0.3
	jobIdle      = 2 * time.Second
	jobAhead     = 256
	jobHeap      = 400
)

// Work does the jobs there are, until ctx is done. Between batches it rests, so
// that residents who open their codes meanwhile hardly notice.
func (s *Store) Work(ctx context.Context) {
	most := 1
	if s.share() >= 1 {
		most = jobAhead
		defer debug.SetGCPercent(debug.SetGCPercent(jobHeap))
	}
	for ctx.Err() == nil {
		begin := s.Now()
		worked, err := s.work(ctx, most)
		rest := jobIdle
		if err != nil && ctx.Err() == nil {
			s.Log.Error("job put off", "error", err.Error())
			s.Alarm("job")
		} else if worked {
			rest = s.rest(begin)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
	if err := s.letGo(context.WithoutCancel(ctx)); err != nil {
		s.Log.Error("jobs not given back", "error", err.Error())
	}
}

// rest is how long what began then has to leave the machine to others now.
func (s *Store) rest(begin time.Time) time.Duration {
	return time.Duration(float64(s.Now().Sub(begin)) * (1 - s.share()) / s.share())
}

func (s *Store) share() float64 {
	if s.JobShare <= 0 || s.JobShare > 1 {
		return jobShare
	}
	return s.JobShare
}

func (s *Store) batchSize() int {
	switch {
	case s.JobBatch > 0:
		return s.JobBatch
	case s.share() >= 1:
		return jobBatchFull
	}
	return jobBatch
}

// spread does something for each of n, on every core if there is no limit.
func (s *Store) spread(n int, do func(i int)) {
	hands := 1
	if s.share() >= 1 {
		hands = runtime.GOMAXPROCS(0)
	}
	var all sync.WaitGroup
	for h := 1; h < hands; h++ {
		all.Go(func() {
			for i := n * h / hands; i < n*(h+1)/hands; i++ {
				do(i)
			}
		})
	}
	for i := range n / hands {
		do(i)
	}
	all.Wait()
}

// together does several things, all at once if there is no limit.
func (s *Store) together(do ...func() error) error {
	errs := make([]error, len(do))
	var all sync.WaitGroup
	for i, one := range do {
		if s.share() < 1 {
			errs[i] = one()
			continue
		}
		all.Go(func() { errs[i] = one() })
	}
	all.Wait()
	return errors.Join(errs...)
}
