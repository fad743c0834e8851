package store

import (
	"context"

	"healthcode/models"
)

// Plant adds evidence about a resident, wherever it may come from, and decides anew.
func (s *Store) Plant(ctx context.Context, residentID string, f models.Fact) error {
	return s.change(ctx, models.Operator("test"), func(t *txn) error {
		if err := t.insertFact(residentID, f); err != nil {
			return err
		}
		_, err := t.decide(residentID)
		return err
	})
}
