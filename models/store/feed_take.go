package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"healthcode/models"
)

// feedRow is a feed that was begun. How far it has been read is moved on in the
// transaction that keeps what was read: whenever this process is killed, nothing of it
// is lost or kept twice.
type feedRow struct {
	OperatorID string `gorm:"primaryKey"`
	Sequence   int64  `gorm:"primaryKey;autoIncrement:false"`
	Head       string
	KeyID      string
	Signature  []byte
	Reached    int64 // bytes behind the head
	Counted    int64 // lines
	Taken      int64 // days of a phone
	Known      int64
	Dropped    int64
	BegunAt    int64
	EndedAt    int64
	MAC        []byte `gorm:"column:mac"`
}

func (feedRow) TableName() string { return "feeds" }

func (r feedRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %d %q %s %x %d %d %d %d %d %d %d", r.OperatorID, r.Sequence, r.Head, r.KeyID, r.Signature,
		r.Reached, r.Counted, r.Taken, r.Known, r.Dropped, r.BegunAt, r.EndedAt)
}

// name is what an alarm calls it.
func (r feedRow) name() string { return fmt.Sprintf("%s %d", r.OperatorID, r.Sequence) }

func (r feedRow) feed() (models.Feed, error) {
	head, err := models.ParseFeedHead(r.Head)
	return models.Feed{FeedHead: head, Counted: r.Counted, Taken: r.Taken, Known: r.Known, Dropped: r.Dropped,
		BegunAt: instant(r.BegunAt), EndedAt: instant(r.EndedAt)}, err
}

// errForgedFeed says that how far a feed has been read is not as the service left it.
var errForgedFeed = errors.New("the row of the feed was altered")

// TakeFeed takes a feed in that an operator has signed, from where it was left. Nothing
// is taken of one with a fault, and nothing is taken twice, whoever else is at the same
// feed. Progress is told after each batch.
func (s *Store) TakeFeed(ctx context.Context, by models.Actor, file io.ReadSeeker, signature []byte, progress func(models.Feed)) (models.Feed, error) {
	f, row, err := s.signedFeed(ctx, file, signature)
	if err != nil || row.EndedAt != 0 {
		return ended(row, err)
	}
	if err := f.prove(s.isCity); err != nil {
		return models.Feed{}, err
	}
	if row, err = s.beginFeed(ctx, by, row); err != nil {
		return models.Feed{}, err
	}
	for err == nil && row.EndedAt == 0 {
		row, err = s.readFeed(ctx, by, f, row, progress)
	}
	return ended(row, err)
}

func ended(row feedRow, err error) (models.Feed, error) {
	if err != nil {
		return models.Feed{}, err
	}
	return row.feed()
}

// errFeedElsewhere says that another process has read on meanwhile: what was prepared
// is dropped, since they did it.
var errFeedElsewhere = errors.New("another process is at the feed")

// readFeed reads on from where the row is, until the end or until somebody else has
// read on. It is where the feed is then.
func (s *Store) readFeed(ctx context.Context, by models.Actor, f *feedFile, row feedRow, progress func(models.Feed)) (feedRow, error) {
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan struct{}, 1)
	if s.share() >= 1 {
		close(ready)
	}
	batches, err := s.feedBatches(ctx, f, row, ready)
	if err != nil {
		cancel()
		return row, err
	}
	defer func() {
		cancel()
		for range batches { // so that nothing of ours goes on behind the caller's back
		}
	}()
	for begin := s.Now(); ; begin = s.Now() {
		if s.share() < 1 {
			ready <- struct{}{}
		}
		b, more := <-batches
		if !more {
			return row, ctx.Err()
		}
		if b.err != nil {
			return row, b.err
		}
		after, err := s.keepFeed(ctx, by, row, b)
		if errors.Is(err, errFeedElsewhere) {
			return s.reader(ctx).feedRow(row.OperatorID, row.Sequence)
		}
		if err != nil {
			return row, err
		}
		row = after
		told, err := row.feed()
		if err != nil {
			return row, err
		}
		progress(told)
		select {
		case <-ctx.Done():
			return row, ctx.Err()
		case <-time.After(s.rest(begin)):
		}
	}
}

// keepFeed writes a batch, and how far the feed has been read, in one transaction.
func (s *Store) keepFeed(ctx context.Context, by models.Actor, before feedRow, b feedBatch) (after feedRow, err error) {
	err = s.change(ctx, by, func(t *txn) error {
		var there feedRow
		if err := t.lock(&there, "operator_id = ? AND sequence = ?", before.OperatorID, before.Sequence); err != nil {
			return err
		}
		if !t.vouched(there, there.name(), there.MAC) {
			return errForgedFeed
		}
		if there.Reached != before.Reached || there.EndedAt != 0 {
			return errFeedElsewhere
		}
		fresh, err := t.insertTraces(b.traces)
		if err == nil && fresh < int64(len(b.traces)) {
			err = t.lookAtKnown(b.traces)
		}
		if err != nil {
			return err
		}
		after = before
		after.Reached, after.Counted, after.Dropped = b.reached, b.counted, before.Dropped+b.dropped
		after.Taken, after.Known = before.Taken+fresh, before.Known+int64(len(b.traces))-fresh
		if b.end {
			after.EndedAt = millis(t.at)
		}
		return t.moveFeed(after)
	})
	return after, err
}

func (t *txn) moveFeed(row feedRow) (err error) {
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	err = t.db.Model(&feedRow{}).Where("operator_id = ? AND sequence = ?", row.OperatorID, row.Sequence).
		Updates(map[string]any{"reached": row.Reached, "counted": row.Counted, "taken": row.Taken, "known": row.Known,
			"dropped": row.Dropped, "ended_at": row.EndedAt, "mac": row.MAC}).Error
	if err != nil || row.EndedAt == 0 {
		return err
	}
	return t.audit("feed.end", "feed", row.name(), fmt.Sprintf("%d taken, %d known, %d dropped", row.Taken, row.Known, row.Dropped))
}
