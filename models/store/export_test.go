package store

import (
	"context"
	"errors"

	"healthcode/models"
)

// Known is what is known about a resident when they are decided about.
type Known struct {
	Facts  []models.Fact
	Latest models.Decision
}

// KnownOne reads one resident by themselves.
func (s *Store) KnownOne(ctx context.Context, id string) (k Known, err error) {
	r := s.reader(ctx)
	var row residentRow
	if err := r.db.Where("id = ?", id).Take(&row).Error; err != nil {
		return k, err
	}
	if k.Facts, err = r.facts(row); err != nil {
		return k, err
	}
	if k.Latest, err = r.latest(id); errors.Is(err, models.NotFound) {
		err = nil
	}
	return k, err
}

// KnownMany reads everybody together who has a code.
func (s *Store) KnownMany(ctx context.Context, dense bool) (map[string]Known, error) {
	c, err := s.crowd(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.find("id > ?", []any{""}, 1000, nil); err != nil {
		return nil, err
	}
	c.dense = dense
	if err := errors.Join(c.decided(), c.evidence()); err != nil {
		return nil, err
	}
	all := map[string]Known{}
	for _, p := range c.people {
		all[p.row.ID] = Known{c.weigh(p.row, p.evidence), c.latest(&p)}
	}
	return all, nil
}

// Take writes what was decided about everybody in the meantime, as a batch does:
// between reading and writing, meanwhile runs.
func (s *Store) Take(ctx context.Context, meanwhile func()) error {
	b := <-ahead(ctx, redecide{Store: s}, "", 1)
	if b.err != nil {
		return b.err
	}
	meanwhile()
	tries := 0
	return s.change(ctx, models.System("test"), func(t *txn) error {
		tries++
		return t.take(b.taken, tries > 1)
	})
}

// CommitLate prepares a batch, lets something happen, and commits it. It reports
// whether somebody else had the job by then.
func (s *Store) CommitLate(ctx context.Context, meanwhile func()) (lost bool, err error) {
	job, mine, err := s.lease(ctx, "kind <> 'due'")
	if err != nil || !mine {
		return false, errors.Join(err, errors.New("no job to be had"))
	}
	do, err := s.task(ctx, job)
	if err != nil {
		return false, err
	}
	b := <-ahead(ctx, do, job.Reached, 1)
	if b.err != nil {
		return false, b.err
	}
	meanwhile()
	_, err = s.commit(ctx, do, job, b.batch)
	return errors.Is(err, errLeaseLost), ignore(err, errLeaseLost)
}

// Fed is what operators say of the resident.
func (s *Store) Fed(ctx context.Context, residentID string) ([]models.Trace, error) {
	return s.reader(ctx).fed(residentID)
}

// InsertNotices adds notices with those ids in one transaction, as a job does.
func (s *Store) InsertNotices(ctx context.Context, ids []string) error {
	return s.change(ctx, models.System("jobs"), func(t *txn) error {
		return t.insertMany("notices (id, resident_id, kind, subject_id, at, read_at)", len(ids), func(i int) []any {
			return []any{ids[i], "resident", "colour", ids[i], i, 0}
		})
	})
}

// PreparedInserts is how many statements are prepared for many rows.
func (s *Store) PreparedInserts() (n int) {
	s.inserts.known.Range(func(_, _ any) bool { n++; return true })
	return n
}
