package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"healthcode/models"
)

// printRow is a card on paper. What its code says is kept nowhere but there.
type printRow struct {
	ID          string
	Hash        []byte
	ResidentID  string
	CommunityID string
	StaffID     string
	At          int64
	MAC         []byte `gorm:"column:mac"`
}

func (printRow) TableName() string { return "prints" }

func (r printRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %x %s %s %s %d", r.ID, r.Hash, r.ResidentID, r.CommunityID, r.StaffID, r.At)
}

// Printed is a card that was made just now, and all that stands on it.
type Printed struct {
	models.Print
	Code     models.PrintCode
	Resident models.Resident
	Home     models.Community // who looks after them
}

// Print makes a card for a resident of the worker's communities, and ends the one that
// they had. Asked for again after a lost answer it makes another: the one that nobody
// has seen ends so too.
func (s *Store) Print(ctx context.Context, by models.Worker, resident models.Resident) (out Printed, err error) {
	err = s.change(ctx, by.Actor(), func(t *txn) error {
		_, home, err := t.lockHome(resident.ID)
		if err != nil || home.ClosedAt != 0 || !slices.Contains(by.Communities, home.CommunityID) {
			return unknownResident(err)
		}
		if !t.verified(home) {
			return models.Refuse(models.ReasonPrintUnverified).On("document")
		}
		if err := t.endPrints(home.ID, models.PrintNewer); err != nil {
			return err
		}
		row := printRow{ID: t.id(), ResidentID: home.ID, CommunityID: home.CommunityID, StaffID: by.ID, At: millis(t.at)}
		if out.Code, err = t.insertPrint(row); err != nil {
			return err
		}
		if out.Resident, err = t.unsealResident(home); err != nil {
			return err
		}
		if out.Home, err = t.community(home.CommunityID); err != nil {
			return err
		}
		out.Print = models.Print{ID: row.ID, ResidentID: home.ID, CommunityID: home.CommunityID, Community: out.Home.Name, At: t.at}
		if err := t.audit("print.make", "resident", home.ID, row.ID); err != nil {
			return err
		}
		return t.access(home.ID, models.AccessPrint)
	})
	return out, err
}

func (t *txn) insertPrint(row printRow) (models.PrintCode, error) {
	var random [16]byte
	if _, err := io.ReadFull(t.Random, random[:]); err != nil {
		return models.PrintCode{}, fmt.Errorf("print: %w", err)
	}
	code := models.NewPrintCode(random)
	row.Hash = t.printHash(code)
	var err error
	if row.MAC, err = t.vouch(row); err != nil {
		return models.PrintCode{}, err
	}
	return code, t.insert(&row)
}

func (s *Store) printHash(code models.PrintCode) []byte {
	return s.Vault.HashToken("print", []byte(code.Text("")))
}

// Prints are the resident's cards, the latest first: also those that have ended.
func (s *Store) Prints(ctx context.Context, me models.Resident) ([]models.Print, error) {
	return s.reader(ctx).prints(me.ID)
}

func (r reader) prints(residentID string) ([]models.Print, error) {
	var rows []printRow
	if err := r.db.Where("resident_id = ?", residentID).Order("at DESC, id DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("prints: %w", err)
	}
	list := make([]models.Print, 0, len(rows))
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		card, err := r.printOf(row)
		if err != nil {
			return nil, err
		}
		list = append(list, card)
	}
	return list, nil
}

// printOf is a card with its end. An end that does not verify raises an alarm, and is
// one all the same: whoever made it has somebody show their document, and no more.
func (r reader) printOf(row printRow) (models.Print, error) {
	out := models.Print{ID: row.ID, ResidentID: row.ResidentID, CommunityID: row.CommunityID, At: instant(row.At)}
	home, err := r.community(row.CommunityID)
	if err != nil {
		return out, err
	}
	out.Community = home.Name
	var end printEndRow
	err = found(r.db.Where("print_id = ?", row.ID).Take(&end).Error)
	if errors.Is(err, models.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if out.EndedAt = instant(max(end.At, row.At)); r.vouched(end, end.PrintID, end.MAC) {
		out.Ended = models.PrintEnd(end.Why)
	}
	return out, nil
}
