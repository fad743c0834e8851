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

	ended int64 // when it was ended before its time
}

func (listingRow) TableName() string { return "listings" }

const macListing = "listings"

func (r listingRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %d", r.ID, r.Place, r.Level, r.FromAt, r.ToAt)
}

// List proposes that a place is risky: one in the epidemiologist's own jurisdiction,
// or one in another province, as the nation's lists name it.
func (s *Store) List(ctx context.Context, by models.Epidemiologist, l models.Listing, evidence string) (models.Proposal, error) {
	if err := l.Check(s.Now()); err != nil {
		return models.Proposal{}, err
	}
	jurisdiction, err := s.reader(ctx).placeOf(l.Place)
	if err != nil {
		return models.Proposal{}, err
	}
	if !s.Within(jurisdiction, by.Jurisdiction) && jurisdiction[:2] == by.Jurisdiction[:2] {
		return models.Proposal{}, models.Refuse(models.ReasonForbidden).On("place")
	}
	return s.propose(ctx, proposer(by.Staff), proposalRow{Lever: string(models.LeverListing)}, proposalBody{Evidence: evidence, Listing: &l})
}

// placeOf is the jurisdiction that a place is or lies in.
func (r reader) placeOf(place string) (string, error) {
	if c, err := r.communityRow(place); err == nil {
		return c.Jurisdiction, nil // as it was: whoever it was theirs may still list it
	}
	t := &txn{Store: r.Store, db: r.db}
	return place, t.knownPlace(place)
}

// listingPlan: came is what lies in the place by its code no more than since a merger.
func listingPlan(row proposalRow, l models.Listing, came []string) plan {
	places, args := "place LIKE ?", []any{models.PlacePrefix(l.Place) + "%"}
	for _, place := range came {
		places, args = places+" OR place = ?", append(args, place)
	}
	return plan{
		where: "id IN (SELECT resident_id FROM stays WHERE (" + places + ") AND to_at > ?)",
		args:  append(args, millis(l.From)),
		add: func(t *txn, p *person) error {
			listed, err := t.listingRow(row.ID, l)
			p.evidence.listings = append(slices.Clip(p.evidence.listings), listed)
			return err
		},
		keep: func(t *txn) error {
			listed, err := t.listingRow(row.ID, l)
			if err != nil {
				return err
			}
			if err := t.insert(&listed); err != nil {
				return err
			}
			return t.audit("listing.add", "place", l.Place, string(l.Level))
		}}
}

// listingRow is the listing as it would be added: a proposal becomes one.
func (t *txn) listingRow(id string, l models.Listing) (row listingRow, err error) {
	row = listingRow{ID: id, Place: l.Place, Level: string(l.Level), FromAt: millis(l.From), ToAt: millis(l.To), CreatedAt: millis(t.at)}
	row.MAC, err = t.Vault.MAC(macListing, row.bytes())
	return row, err
}

// listings are those of the stays' places and of the ones above them, whenever
// they were, in the order of their ids.
func (r reader) listings(stays []stayRow) (rows []listingRow, err error) {
	var places []string
	mergers := r.law.Load().mergers
	for _, stay := range stays {
		for _, in := range mergers.Lies(stay.Place) {
			places = append(places, in.Place)
		}
	}
	return r.listingsIn(places)
}

// listingsIn are those of just these places.
func (r reader) listingsIn(places []string) (rows []listingRow, err error) {
	if len(places) == 0 {
		return nil, nil
	}
	slices.Sort(places)
	if err := r.db.Where("place IN ?", slices.Compact(places)).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listings: %w", err)
	}
	return rows, r.ends(rows)
}

// listing is the listing as it stands, ended or not.
func (r listingRow) listing() models.Listing {
	l := models.Listing{ID: r.ID, Place: r.Place, Level: models.Level(r.Level), From: instant(r.FromAt), To: instant(r.ToAt)}
	if r.ended != 0 && (l.To.IsZero() || instant(r.ended).Before(l.To)) {
		l.To = instant(r.ended)
	}
	return l
}

// names reports whether the listing is of a place in which another lies: as that was
// when it was listed.
func (r listingRow) names(in models.Lying) bool {
	return r.Place == in.Place && r.ID > in.Since && (in.Until == "" || r.ID < in.Until)
}

// meet is the listings of the stay's place, or of one above it, that verify and
// share time with it.
func (s *Store) meet(stay models.Stay, rows []listingRow) (list []models.Listing) {
	places := s.law.Load().mergers.Lies(stay.Place)
	for _, row := range rows {
		l := row.listing()
		if !slices.ContainsFunc(places, row.names) || !stay.Overlaps(l) {
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
