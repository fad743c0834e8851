package wechat

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"healthcode/models"
)

// lender is a played source of loans: each takes a second, holds for an hour, and
// can be renewed in its last ten minutes. It is used in bubbles, whose time it
// goes by.
type lender struct {
	mu      sync.Mutex
	refused []string // what each question said of
	trouble *models.Problem
	keeper  *keeper
}

func newLender() *lender {
	l := &lender{}
	l.keeper = &keeper{now: time.Now, timeout: 5 * time.Second, borrow: l.borrow}
	return l
}

func (l *lender) borrow(ctx context.Context, refused string) (loan, *models.Problem) {
	l.mu.Lock()
	l.refused = append(l.refused, refused)
	n, trouble := len(l.refused), l.trouble
	l.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return loan{}, silence(ctx, ctx.Err())
	}
	if trouble != nil {
		return loan{}, trouble
	}
	end := time.Now().Add(time.Hour)
	return loan{fmt.Sprint("loan ", n), end.Add(-10 * time.Minute), end}, nil
}

func (l *lender) fail(trouble *models.Problem) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trouble = trouble
}

func (l *lender) questions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.refused)
}

// gets is what the keeper gives for that, and how long it takes.
func (l *lender) gets(t *testing.T, refused, want string, wait time.Duration) {
	t.Helper()
	began := time.Now()
	got, trouble := l.keeper.get(t.Context(), refused)
	if trouble != nil || got != want || time.Since(began) != wait {
		t.Errorf("got %q, %v after %v; want %q after %v", got, trouble, time.Since(began), want, wait)
	}
}

func TestKeeperLends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		l.gets(t, "", "loan 1", time.Second)
		time.Sleep(50*time.Minute - time.Nanosecond)
		l.gets(t, "", "loan 1", 0)
		if n := l.questions(); n != 1 {
			t.Errorf("%d questions", n)
		}
		time.Sleep(time.Nanosecond)
		l.gets(t, "", "loan 1", 0) // and another one is on its way
		l.gets(t, "", "loan 1", 0)
		time.Sleep(2 * time.Second)
		l.gets(t, "", "loan 2", 0)
		time.Sleep(time.Hour)
		l.gets(t, "", "loan 3", time.Second) // it has ended: there is nothing to give
		if n := l.questions(); n != 3 {
			t.Errorf("%d questions", n)
		}
	})
}

func TestKeeperIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		l.gets(t, "", "loan 1", time.Second)
		l.gets(t, "loan 1", "loan 2", time.Second)
		l.gets(t, "loan 1", "loan 2", 0) // refused to somebody else before
		l.gets(t, "loan 0", "loan 2", 0) // and long ago
		if fmt.Sprint(l.refused) != "[ loan 1]" {
			t.Errorf("asked of %q", l.refused)
		}
	})
}

// TestKeeperRefusedUnderWay: a question that was under way before the refusal may
// bring the very thing that was refused, and then it is asked again.
func TestKeeperRefusedUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		go l.gets(t, "", "loan 1", time.Second)
		synctest.Wait()
		l.gets(t, "loan 1", "loan 2", 2*time.Second)
		if fmt.Sprint(l.refused) != "[ loan 1]" {
			t.Errorf("asked of %q", l.refused)
		}
	})
}

// TestKeeperTogether: fifty who come at once ask one question, and get one answer,
// be it a refusal.
func TestKeeperTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		l.fail(models.Refuse(models.ReasonUpstreamBusy))
		together := func(refused, want string, reason models.Reason) {
			t.Helper()
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					got, trouble := l.keeper.get(t.Context(), refused)
					if got != want || (trouble == nil) != (reason == "") || trouble != nil && trouble.Reason != reason {
						t.Errorf("got %q, %v", got, trouble)
					}
				})
			}
			all.Wait()
		}
		together("", "", models.ReasonUpstreamBusy)
		l.fail(nil)
		together("", "loan 2", "") // a failure is not kept
		together("loan 2", "loan 3", "")
		if n := l.questions(); n != 3 {
			t.Errorf("%d questions", n)
		}
	})
}

// TestKeeperAbandoned: whoever asked first leaves, and the others get what they
// came for.
func TestKeeperAbandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan *models.Problem)
		go func() {
			_, trouble := l.keeper.get(ctx, "")
			left <- trouble
		}()
		synctest.Wait()
		leave()
		if trouble := <-left; trouble == nil || trouble.Reason != models.ReasonUpstreamSlow || !errors.Is(trouble, context.Canceled) {
			t.Errorf("who left: %v", trouble)
		}
		l.gets(t, "", "loan 1", time.Second)
		if n := l.questions(); n != 1 {
			t.Errorf("%d questions", n)
		}
	})
}

// TestKeeperPatience: while what is held is good, a renewal that failed is tried
// again after a while, and nobody is told. Once it has ended everybody is.
func TestKeeperPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLender()
		l.gets(t, "", "loan 1", time.Second)
		l.fail(models.Refuse(models.ReasonUpstream))
		time.Sleep(50 * time.Minute)
		for range 3 {
			l.gets(t, "", "loan 1", 0)
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if n := l.questions(); n != 2 {
			t.Errorf("%d questions", n)
		}
		time.Sleep(patience)
		l.gets(t, "", "loan 1", 0)
		synctest.Wait()
		if n := l.questions(); n != 3 {
			t.Errorf("%d questions", n)
		}
		time.Sleep(10 * time.Minute)
		for range 2 {
			if _, trouble := l.keeper.get(t.Context(), ""); trouble == nil || trouble.Reason != models.ReasonUpstream {
				t.Errorf("got %v", trouble)
			}
		}
		if n := l.questions(); n != 5 {
			t.Errorf("%d questions", n)
		}
	})
}

// TestKeeperTimeout: the question ends by itself, whoever waits.
func TestKeeperTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		never := func(ctx context.Context, _ string) (loan, *models.Problem) {
			<-ctx.Done()
			return loan{}, silence(ctx, ctx.Err())
		}
		k := &keeper{now: time.Now, timeout: 5 * time.Second, borrow: never}
		began := time.Now()
		if _, trouble := k.get(t.Context(), ""); trouble == nil || trouble.Reason != models.ReasonUpstreamSlow {
			t.Errorf("got %v", trouble)
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
