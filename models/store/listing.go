package store

import (
	"context"
	"fmt"
	"slices"

	"healthcode/models"
)

type listingRow struct {
	ID        string
	Place     string
	Level     string
	FromAt    int64
	ToAt      int64
	CreatedAt int64  `gorm:"autoCreateTime:false"`
	MAC       []byte `gorm:"column:mac"`
}

func (listingRow) TableName() string { return "listings" }

const macListing = "listings"

func (r listingRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %d", r.ID, r.Place, r.Level, r.FromAt, r.ToAt)
}

// List declares a place risky and decides anew about everybody who said that
// they stayed there meanwhile.
func (s *Store) List(ctx context.Context, by models.Actor, l models.Listing) error {
	return s.change(ctx, by, func(t *txn) error {
		if err := t.knownPlace(l.Place); err != nil {
			return err
		}
		row := listingRow{ID: t.id(), Place: l.Place, Level: string(l.Level), FromAt: millis(l.From), ToAt: millis(l.To), CreatedAt: millis(t.at)}
		var err error
		if row.MAC, err = t.Vault.MAC(macListing, row.bytes()); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		if err := t.audit("listing.add", "place", l.Place, string(l.Level)); err != nil {
			return err
		}
		return t.decideStayed(l)
	})
}

// decideStayed decides anew about everybody with a stay that the listing meets.
func (t *txn) decideStayed(l models.Listing) error {
	var ids []string
	query := t.db.Model(&stayRow{}).Distinct("resident_id").Where("to_at > ?", millis(l.From))
	if err := query.Where("place LIKE ?", models.PlacePrefix(l.Place)+"%").Pluck("resident_id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := t.decide(id); err != nil {
			return err
		}
	}
	return nil
}

// placesAbove is the place and every place that it lies in.
func placesAbove(place string) []string {
	if len(place) != 6 {
		return []string{place}
	}
	return []string{place, place[:4] + "00", place[:2] + "0000"}
}

// listings are those of the stays' places and of the ones above them, whenever
// they were, in the order of their ids.
func (r reader) listings(stays []stayRow) (rows []listingRow, err error) {
	var places []string
	for _, stay := range stays {
		places = append(places, placesAbove(stay.Place)...)
	}
	if len(places) == 0 {
		return nil, nil
	}
	slices.Sort(places)
	if err := r.db.Where("place IN ?", slices.Compact(places)).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listings: %w", err)
	}
	return rows, nil
}

// meet is the listings of the stay's place, or of one above it, that verify and
// share time with it.
func (s *Store) meet(stay models.Stay, rows []listingRow) (list []models.Listing) {
	places := placesAbove(stay.Place)
	for _, row := range rows {
		l := models.Listing{ID: row.ID, Place: row.Place, Level: models.Level(row.Level), From: instant(row.FromAt), To: instant(row.ToAt)}
		if !slices.Contains(places, l.Place) || !stay.Overlaps(l) {
			continue
		}
		if !s.Vault.CheckMAC(macListing, row.bytes(), row.MAC) {
			s.alarm("listings", row.ID)
			continue
		}
		list = append(list, l)
	}
	return list
}
