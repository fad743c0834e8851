package store

import (
	"fmt"
	"time"

	"healthcode/models"
)

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

const macStay = "stays"

func (r stayRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %d", r.ID, r.DeclarationID, r.ResidentID, r.Place, r.FromAt, r.ToAt)
}

func (t *txn) insertStay(residentID, declarationID string, stay models.Stay) error {
	row, err := t.stayRow(residentID, declarationID, stay)
	if err != nil {
		return err
	}
	return t.insert(&row)
}

func (t *txn) stayRow(residentID, declarationID string, stay models.Stay) (row stayRow, err error) {
	row = stayRow{ID: t.id(), DeclarationID: declarationID, ResidentID: residentID, Place: stay.Place,
		FromAt: millis(stay.From), ToAt: millis(stay.To)}
	row.MAC, err = t.Vault.MAC(macStay, row.bytes())
	return row, err
}

func (r reader) stayRows(residentID string) (rows []stayRow, err error) {
	if err := r.db.Where("resident_id = ?", residentID).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("stays: %w", err)
	}
	return rows, nil
}

// listed holds stays against the listings. The fact begins on the last day that
// the resident was there while it was listed: that is the day from which rules
// count.
func (s *Store) listed(rows []stayRow, listings []listingRow, gone map[string]bool) []models.Fact {
	var facts []models.Fact
	for _, row := range rows {
		if gone["declaration:"+row.DeclarationID] {
			continue
		}
		if !s.Vault.CheckMAC(macStay, row.bytes(), row.MAC) {
			s.alarm("stays", row.ID)
			continue
		}
		stay := models.Stay{Place: row.Place, From: instant(row.FromAt), To: instant(row.ToAt)}
		for _, l := range s.meet(stay, listings) {
			f := models.Fact{ID: row.ID + "/" + l.ID, Kind: models.FactStay, Code: stay.Place,
				Level: string(l.Level), At: lastDay(stay, l), Source: "declaration:" + row.DeclarationID}
			if !withdrawn(gone, f) {
				facts = append(facts, f)
			}
		}
	}
	return facts
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
