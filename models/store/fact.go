package store

import (
	"context"
	"fmt"
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

type stayRow struct {
	ID            string
	DeclarationID string
	ResidentID    string
	Place         string
	FromAt        int64
	ToAt          int64
	MAC           []byte `gorm:"column:mac"`
}

func (stayRow) TableName() string { return "stays" }

// The labels under which evidence is vouched for.
const (
	macFact       = "facts"
	macWithdrawal = "withdrawals"
	macStay       = "stays"
)

func (r stayRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %d", r.ID, r.DeclarationID, r.ResidentID, r.Place, r.FromAt, r.ToAt)
}

func (r withdrawalRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %d", r.Source, r.ResidentID, r.At)
}

// insertFact adds evidence about the resident and vouches for it.
func (t *txn) insertFact(residentID string, f models.Fact) error {
	f.ID, f.At, f.Until = t.id(), f.At.Truncate(time.Millisecond), f.Until.Truncate(time.Millisecond)
	mac, err := t.Vault.MAC(macFact, f.Canonical(residentID))
	if err != nil {
		return err
	}
	return t.insert(&factRow{ID: f.ID, ResidentID: residentID, Kind: string(f.Kind), Code: f.Code, Level: f.Level,
		Result: f.Result, At: millis(f.At), UntilAt: millis(f.Until), Source: f.Source, CreatedAt: millis(t.at), MAC: mac})
}

func (t *txn) insertStay(residentID, declarationID string, stay models.Stay) error {
	row := stayRow{ID: t.id(), DeclarationID: declarationID, ResidentID: residentID, Place: stay.Place,
		FromAt: millis(stay.From), ToAt: millis(stay.To)}
	var err error
	if row.MAC, err = t.Vault.MAC(macStay, row.bytes()); err != nil {
		return err
	}
	return t.insert(&row)
}

// withdraw makes everything that came from the source count no longer.
func (t *txn) withdraw(residentID, source string) error {
	row := withdrawalRow{Source: source, ResidentID: residentID, At: millis(t.at)}
	var err error
	if row.MAC, err = t.Vault.MAC(macWithdrawal, row.bytes()); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	return t.audit("fact.withdraw", "resident", residentID, source)
}

// reader reads from either pool, or inside a transaction.
type reader struct {
	*Store
	db *gorm.DB
}

func (s *Store) reader(ctx context.Context) reader { return reader{s, s.read.WithContext(ctx)} }

func (t *txn) reader() reader { return reader{t.Store, t.db} }

// facts gathers all evidence about the resident that verifies: what they and
// their workers said, where they stayed that is listed, and, once the document
// has been checked, what laboratories found.
func (r reader) facts(row residentRow) ([]models.Fact, error) {
	gone, err := r.withdrawn(row.ID)
	if err != nil {
		return nil, err
	}
	facts, err := r.ownFacts(row.ID, gone)
	if err != nil {
		return nil, err
	}
	stays, err := r.listedStays(row.ID, gone)
	if err != nil {
		return nil, err
	}
	facts = append(facts, stays...)
	if !r.verified(row) {
		return facts, nil
	}
	facts = append(facts, models.Fact{ID: *row.DocumentID, Kind: models.FactVerified, At: instant(row.VerifiedAt), Source: "resident"})
	agreed, err := r.consents(row.ID, models.PurposeRecords)
	if err != nil || !agreed {
		return facts, err
	}
	tests, err := r.tests(*row.DocumentID)
	if err != nil {
		return nil, err
	}
	for _, t := range tests {
		facts = append(facts, t.Fact())
	}
	return facts, nil
}

func (r reader) withdrawn(residentID string) (map[string]bool, error) {
	var rows []withdrawalRow
	if err := r.db.Where("resident_id = ?", residentID).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("withdrawals: %w", err)
	}
	gone := make(map[string]bool, len(rows))
	for _, row := range rows {
		if r.Vault.CheckMAC(macWithdrawal, row.bytes(), row.MAC) {
			gone[row.Source] = true
		} else {
			r.alarm("withdrawals", row.Source)
		}
	}
	return gone, nil
}

func (r reader) ownFacts(residentID string, gone map[string]bool) ([]models.Fact, error) {
	var rows []factRow
	if err := r.db.Where("resident_id = ?", residentID).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	facts := make([]models.Fact, 0, len(rows)+2)
	for _, row := range rows {
		f := row.fact()
		switch {
		case gone[f.Source]:
		case !r.Vault.CheckMAC(macFact, f.Canonical(residentID), row.MAC):
			r.alarm("facts", row.ID)
		default:
			facts = append(facts, f)
		}
	}
	return facts, nil
}

// listedStays holds the resident's stays against the listings. The fact begins
// on the last day that they were there while it was listed: that is the day from
// which rules count.
func (r reader) listedStays(residentID string, gone map[string]bool) ([]models.Fact, error) {
	var rows []stayRow
	if err := r.db.Where("resident_id = ?", residentID).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("stays: %w", err)
	}
	var facts []models.Fact
	for _, row := range rows {
		if gone["declaration:"+row.DeclarationID] {
			continue
		}
		if !r.Vault.CheckMAC(macStay, row.bytes(), row.MAC) {
			r.alarm("stays", row.ID)
			continue
		}
		stay := models.Stay{Place: row.Place, From: instant(row.FromAt), To: instant(row.ToAt)}
		listings, err := r.listings(stay)
		if err != nil {
			return nil, err
		}
		for _, l := range listings {
			facts = append(facts, models.Fact{ID: row.ID + "/" + l.ID, Kind: models.FactStay, Code: stay.Place,
				Level: string(l.Level), At: lastDay(stay, l), Source: "declaration:" + row.DeclarationID})
		}
	}
	return facts, nil
}

// lastDay is the beginning of the last day that the stay and the listing share.
func lastDay(stay models.Stay, l models.Listing) time.Time {
	end := stay.To
	if !l.To.IsZero() && l.To.Before(end) {
		end = l.To
	}
	day := end.Add(-24 * time.Hour)
	for _, begin := range []time.Time{stay.From, l.From} {
		if day.Before(begin) {
			day = begin
		}
	}
	return day
}
