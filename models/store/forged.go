package store

import (
	"context"
	"sync"

	"healthcode/models"
)

// forged is the rows that did not verify, until the auditors have been told. Rows
// are looked at where nothing can be written, so it is told a moment later.
type forged struct {
	mu    sync.Mutex
	known map[[2]string]bool // by table and id: each is told once while this process lives
	fresh map[string]int64   // by table: how many have not been told
}

// forgedMost bounds what is kept: whoever forges more is known by then.
const forgedMost = 10_000

func (f *forged) add(table, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := [2]string{table, id}
	if f.known[key] || len(f.known) >= forgedMost {
		return
	}
	if f.known == nil {
		f.known, f.fresh = map[[2]string]bool{}, map[string]int64{}
	}
	f.known[key] = true
	f.fresh[table]++
}

// take is what has not been told yet.
func (f *forged) take() map[string]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	fresh := f.fresh
	f.fresh = map[string]int64{}
	if len(fresh) == 0 {
		return nil
	}
	return fresh
}

func (f *forged) putBack(fresh map[string]int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for table, rows := range fresh {
		f.fresh[table] += rows
	}
}

// tellForged tells every auditor of the rows that the service did not make. No
// office can be named: whoever made them had the database.
func (s *Store) tellForged(ctx context.Context) error {
	fresh := s.forged.take()
	if fresh == nil {
		return nil
	}
	err := s.change(ctx, models.System("verify"), func(t *txn) error {
		for table, rows := range fresh {
			err := t.insert(&alarmRow{ID: t.id(), Kind: string(models.AlarmForged), SubjectID: table, ActorID: t.by.ID, People: rows, At: millis(t.at)})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.forged.putBack(fresh)
	}
	return err
}
