package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"healthcode/models"
)

// outboxWaits are the pauses after a platform was busy or took us for somebody
// else. After the last one the message is gone: by then it is no news.
var outboxWaits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// How many messages a round takes, how many of them at once, and how long until
// the next round when nothing is left.
const (
	outboxRound    = 200
	outboxAtOnce   = 8
	outboxEvery    = 3 * time.Second
	outboxPatience = time.Minute // with one sending, which has a timeout of its own
)

// Sender sends one message through one platform. Its problem tells what became
// of it: message.refused, upstream.busy and upstream.refused_us say that it did
// not arrive, most others that nobody knows.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// DeliverLoop delivers until ctx is done; what is on its way then is seen to its
// end. Count is told how many messages came to which end.
func (s *Store) DeliverLoop(ctx context.Context, senders map[string]Sender, count func(state string, messages int)) {
	if len(senders) == 0 {
		return
	}
	for wait := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		ends, err := s.Deliver(ctx, senders)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("messages could not be delivered", "error", err.Error())
			s.Alarm("notices")
		}
		taken := 0
		for state, n := range ends {
			count(state, n)
			taken += n
		}
		if wait = outboxEvery; taken > 0 && err == nil { // there may be more
			wait = 0
		}
	}
}

// Deliver sends the messages that are due, by platform, and says how many came to
// which end. Several replicas may do it at once: each row is sent by one of them.
func (s *Store) Deliver(ctx context.Context, senders map[string]Sender) (map[string]int, error) {
	var due []outboxRow
	err := s.read.WithContext(ctx).Table("outbox").Select("outbox.*").
		Joins("JOIN accounts ON accounts.id = outbox.account_id").
		Where("outbox.state = ? AND outbox.next_at <= ? AND accounts.platform IN ?", outboxWaiting, millis(s.Now()),
			slices.Sorted(maps.Keys(senders))).
		Order("outbox.next_at, outbox.id").Limit(outboxRound).Find(&due).Error
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	var (
		mu   sync.Mutex
		wait sync.WaitGroup
		errs []error
		ends = map[string]int{}
		turn = make(chan struct{}, outboxAtOnce)
	)
	for _, row := range due {
		turn <- struct{}{}
		wait.Go(func() {
			defer func() { <-turn }()
			end, err := s.deliver(ctx, senders, row)
			mu.Lock()
			defer mu.Unlock()
			if end != "" {
				ends[end]++
			}
			errs = append(errs, err)
		})
	}
	wait.Wait()
	return ends, errors.Join(errs...)
}

// deliver sends one message, unless somebody else does, and says what became of
// it. What it has begun does not end with ctx: the answer is worth waiting for.
func (s *Store) deliver(ctx context.Context, senders map[string]Sender, row outboxRow) (end string, err error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	m, err := s.reader(ctx).message(row)
	if errors.Is(err, models.NotFound) {
		return outboxVoid, s.end(ctx, row, outboxVoid, "")
	}
	if err != nil {
		return "", err
	}
	mine, err := s.claim(ctx, row)
	if err != nil || !mine {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outboxPatience)
	defer cancel()
	row.State, row.Attempts = outboxDoubtful, row.Attempts+1
	end, reason := s.outcome(row, senders[m.To.Platform].Send(ctx, m))
	return end, s.end(ctx, row, end, reason)
}

// claim takes the row for ourselves, and makes it doubtful by that. Of several
// that try, the database lets one change it.
func (s *Store) claim(ctx context.Context, row outboxRow) (mine bool, err error) {
	err = s.change(ctx, models.System("notices"), func(t *txn) error {
		done := t.db.Model(&outboxRow{}).Where("id = ? AND state = ? AND attempts = ?", row.ID, outboxWaiting, row.Attempts).
			Updates(map[string]any{"state": outboxDoubtful, "attempts": row.Attempts + 1, "ended_at": millis(t.at)})
		mine = done.RowsAffected == 1
		return done.Error
	})
	return mine, err
}

// outcome is the state that follows from what the platform said.
func (s *Store) outcome(row outboxRow, err error) (state string, reason models.Reason) {
	var p *models.Problem
	switch {
	case err == nil:
		return outboxSent, ""
	case !errors.As(err, &p):
		return outboxDoubtful, models.ReasonInternal
	}
	switch p.Reason {
	case models.ReasonMessageRefused:
		return outboxRefused, p.Reason
	case models.ReasonUpstreamBusy, models.ReasonUpstreamRefused:
		if row.Attempts <= len(outboxWaits) {
			return outboxWaiting, p.Reason
		}
		return outboxGone, p.Reason
	case models.ReasonTextRefused, models.ReasonFieldBad:
		return outboxGone, p.Reason
	}
	return outboxDoubtful, p.Reason
}

// end writes down what became of the message. The row must be as it was when we
// took it.
func (s *Store) end(ctx context.Context, row outboxRow, state string, reason models.Reason) error {
	err := s.change(ctx, models.System("notices"), func(t *txn) error {
		values := map[string]any{"state": state, "ended_at": millis(t.at)}
		if state == outboxWaiting {
			values = map[string]any{"state": state, "ended_at": 0, "next_at": millis(t.at.Add(outboxWaits[row.Attempts-1]))}
		}
		done := t.db.Model(&outboxRow{}).Where("id = ? AND state = ? AND attempts = ?", row.ID, row.State, row.Attempts).Updates(values)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		if state == outboxRefused {
			err := t.db.Model(&subscriptionRow{}).Where("account_id = ? AND template = ? AND at <= ?", row.AccountID, row.Template, row.At).
				Update("left_over", 0).Error // unless they agreed anew since
			if err != nil {
				return err
			}
		}
		return t.audit("message."+state, "message", row.ID, string(reason))
	})
	if state == outboxGone {
		s.Log.Error("a message was given up", "id", row.ID, "reason", string(reason))
		s.Alarm("notices")
	}
	return err
}
