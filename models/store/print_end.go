package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"healthcode/models"
)

// printEndRow says that a card counts no longer.
type printEndRow struct {
	PrintID string `gorm:"primaryKey"`
	Why     string
	At      int64
	MAC     []byte `gorm:"column:mac"`
}

func (printEndRow) TableName() string { return "print_ends" }

func (r printEndRow) bytes() []byte { return fmt.Appendf(nil, "%s %s %d", r.PrintID, r.Why, r.At) }

// WithdrawPrint ends a card of a resident of the worker's communities: it was lost.
func (s *Store) WithdrawPrint(ctx context.Context, by models.Worker, id string) error {
	return s.change(ctx, by.Actor(), func(t *txn) error {
		row, err := t.print("id = ?", id)
		if err != nil {
			return err
		}
		_, home, err := t.lockHome(row.ResidentID)
		if err != nil || !slices.Contains(by.Communities, home.CommunityID) {
			return unknownPrint(err)
		}
		if err := t.endCurrent(row, models.PrintLost); err != nil {
			return err
		}
		return t.access(row.ResidentID, models.AccessPrint)
	})
}

// EndPrint ends a card of the resident's own.
func (s *Store) EndPrint(ctx context.Context, me models.Resident, id string) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		row, err := t.print("id = ? AND resident_id = ?", id, me.ID)
		if err != nil {
			return err
		}
		if _, _, err := t.lockHome(row.ResidentID); err != nil {
			return err
		}
		return t.endCurrent(row, models.PrintReturned)
	})
}

// print finds a card. One that nobody vouches for is as if it were not.
func (t *txn) print(where string, args ...any) (row printRow, err error) {
	err = found(t.db.Where(where, args...).Take(&row).Error)
	if err == nil && !t.vouched(row, row.ID, row.MAC) {
		err = models.NotFound
	}
	if err != nil {
		err = unknownPrint(err)
	}
	return row, err
}

func unknownPrint(err error) error {
	if err == nil || errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonPrintUnknown)
	}
	return err
}

// endPrints ends whatever card the resident has.
func (t *txn) endPrints(residentID string, why models.PrintEnd) error {
	cards, err := t.reader().prints(residentID)
	if err != nil {
		return err
	}
	for _, card := range cards {
		if card.Check(t.at) != nil {
			continue
		}
		if err := t.endPrint(printRow{ID: card.ID, ResidentID: residentID}, why); err != nil {
			return err
		}
	}
	return nil
}

// endCurrent ends a card unless it has ended. Whoever calls it holds the resident's row,
// so that of two who end it one is told.
func (t *txn) endCurrent(row printRow, why models.PrintEnd) error {
	card, err := t.reader().printOf(row)
	if err == nil {
		err = card.Check(t.at)
	}
	if err != nil {
		return err
	}
	return t.endPrint(row, why)
}

func (t *txn) endPrint(row printRow, why models.PrintEnd) error {
	end := printEndRow{PrintID: row.ID, Why: string(why), At: millis(t.at)}
	var err error
	if end.MAC, err = t.vouch(end); err != nil {
		return err
	}
	if err := raced(t.insert(&end)); err != nil {
		return err
	}
	return t.audit("print.end", "resident", row.ResidentID, row.ID+" "+string(why))
}
