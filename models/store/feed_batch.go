package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"healthcode/models"
)

// feedBatch is what some lines of a feed come to, before it is written.
type feedBatch struct {
	traces  []traceRow
	dropped int64 // days of tokens that nothing counts of
	reached int64 // bytes behind the head at which the next one begins
	counted int64 // and lines
	end     bool
	err     error
}

// feedBatchFull is how many days of a phone one transaction keeps. More at once are
// hardly faster, and fewer are held up by waiting for the disk. Where only a part of
// the time may be used, it is feedBatchPart, so that nobody waits for long behind one.
const (
	feedBatchFull = 8000
	feedBatchPart = 1000
)

func (s *Store) feedBatchSize() int {
	switch {
	case s.JobBatch > 0:
		return s.JobBatch
	case s.share() < 1:
		return feedBatchPart
	}
	return feedBatchFull
}

// feedBatches prepares what comes behind the row: while one batch is written, the next
// is read, held against the tokens, and vouched for. Where only a part of the time may be
// used, nothing is prepared until it is asked for: the rest is for others.
func (s *Store) feedBatches(ctx context.Context, f *feedFile, row feedRow, ready <-chan struct{}) (<-chan feedBatch, error) {
	body, err := f.from(row.Reached)
	if err != nil {
		return nil, err
	}
	lines := models.NewFeedReader(body, f.head, row.Reached, row.Counted, s.isCity)
	to := make(chan feedBatch, 1)
	go func() {
		defer close(to)
		for {
			select {
			case <-ready:
			case <-ctx.Done():
				return
			}
			b := s.feedBatch(ctx, f.head, lines)
			select {
			case to <- b:
			case <-ctx.Done():
				return
			}
			if b.end || b.err != nil {
				return
			}
		}
	}()
	return to, nil
}

// feedBatch reads the next batch.
func (s *Store) feedBatch(ctx context.Context, head models.FeedHead, lines *models.FeedReader) (b feedBatch) {
	most := s.feedBatchSize()
	b.traces = make([]traceRow, 0, most)
	tokens := make([]byte, 0, most*len(models.FeedToken{}))
	for len(b.traces) < most {
		d, err := lines.Next()
		if b.end = errors.Is(err, io.EOF); b.end {
			break
		}
		if err != nil {
			b.err = err
			return b
		}
		tokens = append(tokens, d.Token[:]...)
		b.traces = append(b.traces, traceRow{Day: int32(d.Day), Token: tokens[len(tokens)-len(d.Token):],
			Revision: int32(d.Revision), Cities: d.Text(), Feed: head.Sequence})
	}
	b.reached, b.counted = lines.Reached()
	if b.err = s.reader(ctx).keepLive(head.Operator, &b); b.err != nil {
		return b
	}
	for i := range b.traces {
		if b.traces[i].MAC, b.err = s.vouch(&b.traces[i]); b.err != nil {
			return b
		}
	}
	return b
}

// keepLive leaves in the batch what is of tokens that have not ended. Both the batch
// and the tokens are in order, so that they are read as one piece. Whose a token is,
// and that the service made it, is asked of it when somebody's days are read.
func (r reader) keepLive(operator string, b *feedBatch) error {
	if len(b.traces) == 0 {
		return nil
	}
	first, last := b.traces[0].Token, b.traces[len(b.traces)-1].Token
	ended, err := r.endsBetween(operator, first, last)
	if err != nil {
		return err
	}
	live, err := r.tokensBetween(operator, first, last)
	if err != nil {
		return err
	}
	kept := b.traces[:0]
	for _, row := range b.traces {
		if live.has(row.Token) && !ended.has(row.Token) {
			kept = append(kept, row)
		}
	}
	b.dropped = int64(len(b.traces) - len(kept))
	b.traces = kept
	return nil
}

// endsBetween are the tokens there that have ended. An end that nobody here made raises the
// alarm; what an operator says of its token is dropped all the same, as it may not be
// kept if it did end.
func (r reader) endsBetween(operator string, first, last []byte) (*tokenWalk, error) {
	var ends []feedTokenEndRow
	err := r.db.Where("token >= ? AND token <= ? AND operator_id = ?", first, last, operator).Order("token").Find(&ends).Error
	if err != nil {
		return nil, fmt.Errorf("feed token ends: %w", err)
	}
	w := &tokenWalk{}
	for _, end := range ends {
		w.tokens = append(w.tokens, end.Token...)
		r.vouched(end, fmt.Sprintf("%x", end.Token), end.MAC)
	}
	return w, nil
}

// lookAtKnown raises the alarm about days that stand there already and that nobody here
// wrote: what the operator says of them is kept out by them.
func (t *txn) lookAtKnown(rows []traceRow) error {
	for _, row := range rows {
		var known traceRow
		err := found(t.db.Where("day = ? AND token = ? AND revision = ?", row.Day, row.Token, row.Revision).Take(&known).Error)
		if err != nil {
			return err
		}
		if !bytes.Equal(known.MAC, row.MAC) {
			t.vouched(known, fmt.Sprintf("%d %x %d", row.Day, row.Token, row.Revision), known.MAC)
		}
	}
	return nil
}

// tokenWalk is tokens in order, as it is walked through by whoever asks in order.
type tokenWalk struct {
	tokens []byte
	at     int
}

func (w *tokenWalk) has(token []byte) bool {
	for ; w.at < len(w.tokens); w.at += len(token) {
		if c := bytes.Compare(w.tokens[w.at:w.at+len(token)], token); c >= 0 {
			return c == 0
		}
	}
	return false
}

func (r reader) tokensBetween(operator string, first, last []byte) (*tokenWalk, error) {
	rows, err := r.db.Table("feed_tokens").Select("token").Where("token >= ? AND token <= ? AND operator_id = ?", first, last, operator).Order("token").Rows()
	if err != nil {
		return nil, fmt.Errorf("feed tokens: %w", err)
	}
	defer rows.Close()
	w, token := &tokenWalk{}, sql.RawBytes(nil)
	for rows.Next() {
		if err := rows.Scan(&token); err != nil {
			return nil, fmt.Errorf("feed tokens: %w", err)
		}
		w.tokens = append(w.tokens, token...)
	}
	return w, rows.Err()
}

// tracesAtOnce is how many rows one statement has.
const tracesAtOnce = 2000

// insertTraces adds the rows that are not there yet, and says how many were new. The
// statement is put together here: all that goes into it was read into numbers, or is
// written in hexadecimal digits, and giving each value to the driver by itself takes
// longer than writing it.
func (t *txn) insertTraces(rows []traceRow) (fresh int64, err error) {
	insert := "INSERT IGNORE INTO traces (day, token, revision, cities, feed, mac) VALUES "
	if t.sqlite() {
		insert = "INSERT OR IGNORE INTO traces (day, token, revision, cities, feed, mac) VALUES "
	}
	query := make([]byte, 0, 180*min(len(rows), tracesAtOnce)+len(insert))
	for from := 0; from < len(rows); from += tracesAtOnce {
		query = append(query[:0], insert...)
		for i, row := range rows[from:min(from+tracesAtOnce, len(rows))] {
			if i > 0 {
				query = append(query, ',')
			}
			query = row.appendValues(query)
		}
		done, err := t.db.Statement.ConnPool.ExecContext(t.db.Statement.Context, string(query))
		if err != nil {
			return fresh, fmt.Errorf("insert traces: %w", err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return fresh, err
		}
		fresh += n
	}
	return fresh, nil
}

func (r traceRow) appendValues(b []byte) []byte {
	b = strconv.AppendInt(append(b, '('), int64(r.Day), 10)
	b = hex.AppendEncode(append(b, ",x'"...), r.Token)
	b = strconv.AppendInt(append(b, "',"...), int64(r.Revision), 10)
	b = append(append(append(b, ",'"...), r.Cities...), "',"...) // digits, spaces and commas
	b = strconv.AppendInt(b, r.Feed, 10)
	b = hex.AppendEncode(append(b, ",x'"...), r.MAC)
	return append(b, "')"...)
}
