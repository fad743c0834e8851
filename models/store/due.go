package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"healthcode/models"
)

// due decides anew about everybody whose latest decision time has overtaken. Its
// job never ends: when nobody is left it rests, and begins again a little before
// the instant that it had reached.
type due struct{ *Store }

// dueAgain is how far it goes back: a decision that ends within seconds of being
// taken may be committed after we have gone by, or by a clock that is behind.
// Whoever was decided about meanwhile is passed over.
const dueAgain = 10 * time.Minute

// dueEvery is how long it rests.
const dueEvery = time.Minute

// dueQuery goes along decisions_until: what time has overtaken since, in the order
// in which it did, as far as nothing has followed it. Only the index is read.
const dueQuery = `SELECT d.resident_id, d.until_at FROM decisions d
WHERE d.until_at >= ? AND d.until_at <= ? AND (d.until_at > ? OR d.resident_id > ?)
	AND NOT EXISTS (SELECT 1 FROM decisions n WHERE n.resident_id = d.resident_id AND n.sequence > d.sequence)
ORDER BY d.until_at, d.resident_id LIMIT ?`

func (d due) total(context.Context) (int64, error) { return 0, nil }

func (d due) find(ctx context.Context, reached string) (b batch, err error) {
	c, err := d.crowd(ctx)
	if err != nil {
		return b, err
	}
	until, after := int64(1), "" // 0 is a decision that time does not overtake
	if reached != "" {
		if _, err := fmt.Sscan(reached, &until, &after); err != nil {
			return b, fmt.Errorf("due: %w: %w", errUnreadable, err)
		}
	}
	var ids []any
	size := d.batchSize()
	err = c.each("due", dueQuery, []any{until, millis(d.Now()), until, after, size}, func(rows *sql.Rows) error {
		err := rows.Scan(&after, &until)
		ids = append(ids, after)
		return err
	})
	if err != nil || len(ids) == 0 {
		b.end = true
		return b, err
	}
	b.reached, b.end, b.people = fmt.Sprint(until, " ", after), len(ids) < size, int64(len(ids))
	_, err = c.findDecided("id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids, size, nil)
	b.crowd = c
	return b, err
}

func (d due) read(b *batch) error { return b.crowd.known() }

func (d due) decide(b *batch) (err error) {
	b.taken, err = b.crowd.judge()
	return err
}

func (d due) advance(job jobRow, b batch) (jobRow, error) {
	job = d.advanced(job, b)
	if b.end {
		now := d.Now()
		job.State, job.EndedAt, job.Total = string(models.JobOpen), 0, 0
		job.Reached = fmt.Sprint(millis(now.Add(-dueAgain)), " ~") // no id is after a tilde
		job.LeasedUntil = millis(now.Add(dueEvery))
	}
	return job, nil
}

// DecideDue writes down every decision that time has brought, and says how many
// those were. If another replica is at it, it leaves it to them.
func (s *Store) DecideDue(ctx context.Context) (decided int, err error) {
	s.working.Lock()
	defer s.working.Unlock()
	if err := s.Refresh(ctx); err != nil {
		return 0, err
	}
	for {
		job, mine, err := s.lease(ctx, "kind = 'due'")
		if err != nil || !mine {
			return decided, err
		}
		n, ended, err := s.run(ctx, job, 1)
		decided += n
		if err != nil || ended {
			return decided, err
		}
	}
}
