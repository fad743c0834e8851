package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"healthcode/models"
)

type jurisdictionRow struct {
	Code     string `gorm:"primaryKey"`
	Parent   string
	NameZH   string `gorm:"column:name_zh"`
	NameEN   string `gorm:"column:name_en"`
	TimeZone string
	MAC      []byte `gorm:"column:mac"`
}

func (jurisdictionRow) TableName() string { return "jurisdictions" }

// bytes is what decides whose rules are merged with whose. The names do not.
func (r jurisdictionRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s", r.Code, r.Parent, r.TimeZone)
}

func (r jurisdictionRow) jurisdiction() models.Jurisdiction {
	return models.Jurisdiction{Code: r.Code, Parent: r.Parent, Name: text(r.NameZH, r.NameEN), TimeZone: r.TimeZone}
}

type communityRow struct {
	ID           string
	Jurisdiction string
	NameZH       string `gorm:"column:name_zh"`
	NameEN       string `gorm:"column:name_en"`
	Phone        string
	MAC          []byte `gorm:"column:mac"`
}

func (communityRow) TableName() string { return "communities" }

// bytes is where those who choose it live, and what they know it by.
func (r communityRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %q %q", r.ID, r.Jurisdiction, r.NameZH, r.NameEN)
}

func (s *Store) communityOf(r communityRow) models.Community {
	return models.Community{ID: r.ID, Jurisdiction: s.Today(r.Jurisdiction), Name: text(r.NameZH, r.NameEN), Phone: r.Phone}
}

type venueRow struct {
	ID           string
	Jurisdiction string
	CommunityID  string
	NameZH       string `gorm:"column:name_zh"`
	NameEN       string `gorm:"column:name_en"`
	Kind         string
	Poster       string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (venueRow) TableName() string { return "venues" }

func (s *Store) venueOf(r venueRow) models.Venue {
	return models.Venue{ID: r.ID, Jurisdiction: s.Today(r.Jurisdiction), CommunityID: r.CommunityID, Kind: models.VenueKind(r.Kind),
		Name: text(r.NameZH, r.NameEN), Poster: r.Poster}
}

func text(zh, en string) models.Text { return models.Text{models.Chinese: zh, models.English: en} }

// AddJurisdiction adds a node to the tree.
func (s *Store) AddJurisdiction(ctx context.Context, by models.Actor, j models.Jurisdiction) error {
	return s.change(ctx, by, func(t *txn) error {
		row := jurisdictionRow{Code: j.Code, Parent: j.Parent, NameZH: j.Name[models.Chinese], NameEN: j.Name[models.English], TimeZone: j.TimeZone}
		var err error
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("jurisdiction.add", "jurisdiction", j.Code, "")
	})
}

// AddCommunity adds a community and gives its id.
func (s *Store) AddCommunity(ctx context.Context, by models.Actor, c models.Community) (id string, err error) {
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.knownPlace(c.Jurisdiction); err != nil {
			return err
		}
		id = t.id()
		row := communityRow{ID: id, Jurisdiction: c.Jurisdiction, NameZH: c.Name[models.Chinese], NameEN: c.Name[models.English], Phone: c.Phone}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("community.add", "community", id, "")
	})
	return id, err
}

// AddVenue adds a venue with a new poster and gives it back. One of no kind is a door.
func (s *Store) AddVenue(ctx context.Context, by models.Actor, v models.Venue) (models.Venue, error) {
	if v.Kind = cmp.Or(v.Kind, models.VenueDoor); !v.Kind.Valid() {
		return v, models.Refuse(models.ReasonVenueKind).On("kind")
	}
	err := s.change(ctx, by, func(t *txn) error {
		v.ID, v.Poster = t.id(), t.id()
		row := venueRow{ID: v.ID, Jurisdiction: v.Jurisdiction, CommunityID: v.CommunityID,
			NameZH: v.Name[models.Chinese], NameEN: v.Name[models.English], Kind: string(v.Kind), Poster: v.Poster, CreatedAt: millis(t.at)}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("venue.add", "venue", v.ID, "")
	})
	return v, err
}

// Jurisdictions lists the whole tree by code.
func (s *Store) Jurisdictions(ctx context.Context) ([]models.Jurisdiction, error) {
	var rows []jurisdictionRow
	if err := s.read.WithContext(ctx).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("jurisdictions: %w", err)
	}
	list := make([]models.Jurisdiction, len(rows))
	for i, row := range rows {
		list[i] = row.jurisdiction()
		if now := s.Today(row.Code); now != row.Code {
			list[i].Into = now
		}
	}
	return list, nil
}

// Communities lists every community, by jurisdiction.
func (s *Store) Communities(ctx context.Context) ([]models.Community, error) {
	var rows []communityRow
	if err := s.read.WithContext(ctx).Order("jurisdiction, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("communities: %w", err)
	}
	list := make([]models.Community, 0, len(rows))
	for _, row := range rows {
		if s.vouched(row, row.ID, row.MAC) {
			list = append(list, s.communityOf(row))
		}
	}
	slices.SortStableFunc(list, func(a, b models.Community) int { return cmp.Compare(a.Jurisdiction, b.Jurisdiction) })
	return list, nil
}

// Community is one community by its id.
func (s *Store) Community(ctx context.Context, id string) (models.Community, error) {
	return s.reader(ctx).community(id)
}

func (r reader) community(id string) (models.Community, error) {
	row, err := r.communityRow(id)
	if err != nil {
		return models.Community{}, err
	}
	return r.communityOf(row), nil
}

func (r reader) communityRow(id string) (row communityRow, err error) {
	err = found(r.db.Where("id = ?", id).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && !r.vouched(row, row.ID, row.MAC) {
		err = models.Refuse(models.ReasonCommunityUnknown).On("community")
	}
	return row, err
}

func (t *txn) community(id string) (models.Community, error) { return t.reader().community(id) }

// Venue is one venue by its id.
func (s *Store) Venue(ctx context.Context, id string) (models.Venue, error) {
	return s.reader(ctx).venue("id = ?", id)
}

// VenueWithin is the venue of that id in a jurisdiction or below it. The problem
// is venue.unknown for any other: whether it exists is nobody's business there.
func (s *Store) VenueWithin(ctx context.Context, jurisdiction, id string) (models.Venue, error) {
	row, err := s.reader(ctx).venueRow("id = ?", id)
	if err == nil && !s.Within(row.Jurisdiction, jurisdiction) {
		return models.Venue{}, models.Refuse(models.ReasonVenueUnknown)
	}
	return s.venueOf(row), err
}

// VenueOf is the venue whose poster carries that code.
func (s *Store) VenueOf(ctx context.Context, poster string) (models.Venue, error) {
	return s.reader(ctx).venue("poster = ?", poster)
}

func (r reader) venue(where, value string) (models.Venue, error) {
	row, err := r.venueRow(where, value)
	if err != nil {
		return models.Venue{}, err
	}
	return r.venueOf(row), nil
}

func (r reader) venueRow(where, value string) (row venueRow, err error) {
	err = found(r.db.Where(where, value).Take(&row).Error)
	if errors.Is(err, models.NotFound) {
		err = models.Refuse(models.ReasonVenueUnknown)
	}
	return row, err
}

// Venues lists the venues of a jurisdiction and of those below it, by id.
func (s *Store) Venues(ctx context.Context, jurisdiction string) ([]models.Venue, error) {
	var rows []venueRow
	where, args := s.inside("jurisdiction", jurisdiction)
	err := s.read.WithContext(ctx).Where(where, args...).Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("venues: %w", err)
	}
	list := make([]models.Venue, len(rows))
	for i, row := range rows {
		list[i] = s.venueOf(row)
	}
	return list, nil
}

// Gateways lists the venues through which people arrive, by jurisdiction and id.
func (s *Store) Gateways(ctx context.Context) ([]models.Venue, error) {
	var rows []venueRow
	err := s.read.WithContext(ctx).Where("kind <> ?", string(models.VenueDoor)).Order("jurisdiction, id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("gateways: %w", err)
	}
	list := make([]models.Venue, len(rows))
	for i, row := range rows {
		list[i] = s.venueOf(row)
	}
	return list, nil
}

// knownPlace refuses a place that is not in the tree, or became part of another.
func (t *txn) knownPlace(code string) error {
	var n int64
	if err := t.db.Model(&jurisdictionRow{}).Where("code = ?", code).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 || t.stands(code) != nil {
		return models.Refuse(models.ReasonPlaceUnknown).On("place")
	}
	return nil
}
