package store

import (
	"context"
	"errors"
	"fmt"

	"healthcode/models"
)

type listingEndRow struct {
	ListingID string `gorm:"primaryKey"`
	ToAt      int64
	At        int64
	MAC       []byte `gorm:"column:mac"`
}

func (listingEndRow) TableName() string { return "listing_ends" }

func (r listingEndRow) bytes() []byte { return fmt.Appendf(nil, "%s %d %d", r.ListingID, r.ToAt, r.At) }

// EndListing ends a listing now. What it meant for those who stayed there while it
// lasted is as it was; nobody's colour gets worse by it, so one epidemiologist may
// do it.
func (s *Store) EndListing(ctx context.Context, by models.Epidemiologist, id string) error {
	return s.change(ctx, by.Actor(), func(t *txn) error {
		var row proposalRow
		err := t.lock(&row, "id = ? AND lever = ?", id, models.LeverListing)
		if errors.Is(err, models.NotFound) || err == nil && (!t.covers(by.Jurisdiction, row.Office) || !t.vouched(row, row.ID, row.MAC)) {
			return models.Refuse(models.ReasonProposalUnknown)
		}
		if err != nil {
			return err
		}
		listed := make([]listingRow, 1)
		err = found(t.db.Where("id = ?", id).Take(&listed[0]).Error)
		if err == nil {
			err = t.reader().ends(listed)
		}
		if errors.Is(err, models.NotFound) || err == nil && listed[0].over(millis(t.at)) {
			return models.Refuse(models.ReasonProposalClosed)
		}
		if err != nil {
			return err
		}
		end := listingEndRow{ListingID: id, ToAt: millis(t.at), At: millis(t.at)}
		if end.MAC, err = t.vouch(end); err != nil {
			return err
		}
		if err := raced(t.insert(&end)); err != nil {
			return err
		}
		if _, err := t.enqueue(models.JobProposal, row.Office, row.ID); err != nil {
			return err
		}
		return t.audit("listing.end", "listing", id, "")
	})
}

// over reports whether the listing has ended by then.
func (r listingRow) over(at int64) bool {
	to := r.listing().To
	return !to.IsZero() && millis(to) <= at
}

// ends says of the listings when they were ended, if they were.
func (r reader) ends(rows []listingRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var ends []listingEndRow
	if err := r.db.Where("listing_id IN ?", ids).Find(&ends).Error; err != nil {
		return fmt.Errorf("listing ends: %w", err)
	}
	for _, end := range ends {
		if !r.vouched(end, end.ListingID, end.MAC) {
			continue
		}
		for i := range rows {
			if rows[i].ID == end.ListingID {
				rows[i].ended = end.ToAt
			}
		}
	}
	return nil
}

// Listings are the places listed now or later, the latest first: everybody may read
// them.
func (s *Store) Listings(ctx context.Context) ([]models.Listing, error) {
	r := s.reader(ctx)
	var rows []listingRow
	if err := r.db.Where("to_at = 0 OR to_at > ?", millis(s.Now())).Order("from_at DESC, id DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listings: %w", err)
	}
	if err := r.ends(rows); err != nil {
		return nil, err
	}
	var list []models.Listing
	for _, row := range rows {
		if row.over(millis(s.Now())) {
			continue
		}
		if !s.Vault.CheckMAC(macListing, row.bytes(), row.MAC) {
			s.alarm("listings", row.ID)
			continue
		}
		list = append(list, row.listing())
	}
	return list, nil
}
