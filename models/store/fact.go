package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
)

type factRow struct {
	ID         string
	ResidentID string
	Kind       string
	Code       string
	Level      string
	Result     string
	At         int64
	UntilAt    int64
	Source     string
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	MAC        []byte `gorm:"column:mac"`
}

func (factRow) TableName() string { return "facts" }

func (r factRow) fact() models.Fact {
	return models.Fact{ID: r.ID, Kind: models.FactKind(r.Kind), Code: r.Code, Level: r.Level, Result: r.Result,
		At: instant(r.At), Until: instant(r.UntilAt), Source: r.Source}
}

type withdrawalRow struct {
	Source     string `gorm:"primaryKey"`
	ResidentID string
	At         int64
	MAC        []byte `gorm:"column:mac"`
}

func (withdrawalRow) TableName() string { return "withdrawals" }

// The labels under which evidence is vouched for.
const (
	macFact       = "facts"
	macWithdrawal = "withdrawals"
)

func (r withdrawalRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %d", r.Source, r.ResidentID, r.At)
}

// insertFact adds evidence about the resident and vouches for it.
func (t *txn) insertFact(residentID string, f models.Fact) error {
	row, err := t.factRow(residentID, f)
	if err != nil {
		return err
	}
	return t.insert(&row)
}

// factRow is the evidence as it would be added.
func (t *txn) factRow(residentID string, f models.Fact) (factRow, error) {
	f.ID, f.At, f.Until = t.id(), f.At.Truncate(time.Millisecond), f.Until.Truncate(time.Millisecond)
	mac, err := t.Vault.MAC(macFact, f.Canonical(residentID))
	return factRow{ID: f.ID, ResidentID: residentID, Kind: string(f.Kind), Code: f.Code, Level: f.Level,
		Result: f.Result, At: millis(f.At), UntilAt: millis(f.Until), Source: f.Source, CreatedAt: millis(t.at), MAC: mac}, err
}

// withdraw makes everything that came from the source count no longer.
func (t *txn) withdraw(residentID, source string) error {
	free, err := t.freeSource(residentID, source)
	if err != nil {
		return err
	}
	row := withdrawalRow{Source: free, ResidentID: residentID, At: millis(t.at)}
	if row.MAC, err = t.Vault.MAC(macWithdrawal, row.bytes()); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	return t.audit("fact.withdraw", "resident", residentID, source)
}

// freeSource is the source, or the same with a number if a row is in its place that
// the service did not make, or that was made for somebody whose document is this
// resident's now: evidence can be withdrawn all the same.
func (t *txn) freeSource(residentID, source string) (string, error) {
	free := source
	for n := 1; ; n++ {
		var before withdrawalRow
		err := found(t.db.Where("source = ?", free).Take(&before).Error)
		if errors.Is(err, models.NotFound) {
			return free, nil
		}
		if err != nil || before.ResidentID == residentID && t.vouched(before, before.Source, before.MAC) {
			return free, err
		}
		free = fmt.Sprint(source, " ", n)
	}
}

// reader reads from either pool, or inside a transaction.
type reader struct {
	*Store
	db *gorm.DB
}

func (s *Store) reader(ctx context.Context) reader { return reader{s, s.read.WithContext(ctx)} }

func (t *txn) reader() reader { return reader{t.Store, t.db} }

func (r reader) withdrawalRows(residentID string) (rows []withdrawalRow, err error) {
	if err := r.db.Where("resident_id = ?", residentID).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("withdrawals: %w", err)
	}
	return rows, nil
}

func (r reader) factRows(residentID string) (rows []factRow, err error) {
	if err := r.db.Where("resident_id = ?", residentID).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	return rows, nil
}

func (r reader) withdrawn(residentID string) (map[string]bool, error) {
	rows, err := r.withdrawalRows(residentID)
	return r.gone(rows), err
}

func (r reader) ownFacts(residentID string, gone map[string]bool) ([]models.Fact, error) {
	rows, err := r.factRows(residentID)
	return r.said(residentID, rows, gone), err
}

// gone is the sources that count no longer.
func (s *Store) gone(rows []withdrawalRow) map[string]bool {
	if len(rows) == 0 {
		return nil
	}
	gone := make(map[string]bool, len(rows))
	for _, row := range rows {
		if s.Vault.CheckMAC(macWithdrawal, row.bytes(), row.MAC) {
			source, _, _ := strings.Cut(row.Source, " ") // which may have a number
			gone[source] = true
		} else {
			s.alarm("withdrawals", row.Source)
		}
	}
	return gone
}

// withdrawn reports whether the fact was withdrawn, alone or with all that came from
// the same source.
func withdrawn(gone map[string]bool, f models.Fact) bool {
	return len(gone) > 0 && (gone[f.Source] || gone[models.Withdrawal(f.ID)])
}

// said is the facts that verify and still count.
func (s *Store) said(residentID string, rows []factRow, gone map[string]bool) []models.Fact {
	facts := make([]models.Fact, 0, len(rows)+2)
	for i := range rows {
		f := rows[i].fact()
		switch {
		case withdrawn(gone, f):
		case !s.Vault.CheckMAC(macFact, f.Canonical(residentID), rows[i].MAC):
			s.alarm("facts", f.ID)
		default:
			facts = append(facts, f)
		}
	}
	return facts
}
