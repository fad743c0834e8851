package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"healthcode/models"
)

// peerRow is a peering that an operator put in force alone, before officers had a say.
// There are no new ones.
type peerRow struct {
	ID      string
	Place   string
	Code    string
	Version int
	Hash    string
	MadeBy  string
	At      int64
	MAC     []byte `gorm:"column:mac"`
}

func (peerRow) TableName() string { return "peers" }

// bytes is which file is in force for whom. The file is found by its own hash.
func (r peerRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %s %s %d", r.ID, r.Place, r.Code, r.Version, r.Hash, r.MadeBy, r.At)
}

// peerings are the latest of each place and peer, but for places that became part of
// others: their gates go by the files of what they are today. By a file that cannot be read
// nobody is recognised, and no file of a place above stands in for it.
func (r reader) peerings(into *peers) error {
	rows, err := r.inForce()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if models.PublicationKind(row.Kind) != models.PublishedPeering || r.Today(row.Jurisdiction) != row.Jurisdiction {
			continue
		}
		body, err := r.file(row.Hash)
		var p *models.Peering
		if err == nil {
			p, err = models.ParsePeering(body)
		}
		if err != nil {
			r.Log.Error("a peering cannot be read", "place", row.Jurisdiction, "peer", row.Name, "error", err.Error())
			r.Alarm("peer")
			p = &models.Peering{Place: row.Jurisdiction, Peer: row.Name, Covers: []string{row.Name}, Mode: models.PeerNone}
		}
		into.all, into.published[p] = append(into.all, p), row.publication()
	}
	slices.SortFunc(into.all, func(a, b *models.Peering) int { return strings.Compare(a.Place+a.Peer, b.Place+b.Peer) })
	return nil
}

// Mapping is a peering in force, and how it came to be.
type Mapping struct {
	*models.Peering
	models.Publication
	Drafted, Published string // displays; "" for an operator, who added it before officers published any
}

// Mappings are the peerings in force with who drafted and who published each.
func (s *Store) Mappings(ctx context.Context) ([]Mapping, error) {
	known := s.peers.Load()
	var list []Mapping
	var ids []string
	for _, p := range known.all {
		if p.Mode != models.PeerNone {
			m := Mapping{Peering: p, Publication: known.published[p]}
			list, ids = append(list, m), append(ids, m.DraftedBy, m.PublishedBy)
		}
	}
	names, err := s.Displays(ctx, ids)
	for i, m := range list {
		list[i].Drafted, list[i].Published = names[m.DraftedBy], names[m.PublishedBy]
	}
	return list, err
}

// Peering is the draft of a peering as it would be in force, beside the one that it would
// take the place of and the one that gates of its place go by now, which may be that of a
// place above. Those are nil where there is none.
func (o Office) Peering(d models.Draft) (drafted, before, now *models.Peering, err error) {
	if drafted, err = models.ParsePeering([]byte(d.Body)); err != nil {
		return nil, nil, nil, err
	}
	now = models.PeeringOf(o.store.peers.Load().all, o.store.Within, d.Jurisdiction, d.Name)
	if now != nil && now.Place == d.Jurisdiction {
		before = now
	}
	return drafted, before, now, nil
}

// addedPeerings are the peerings that operators put in force alone, before officers
// published them. They count as what was published first; none comes to them.
func (r reader) addedPeerings() (list []publicationRow, err error) {
	var rows []peerRow
	if err := r.db.Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	for _, row := range rows {
		if r.vouched(row, row.ID, row.MAC) {
			list = append(list, publicationRow{ID: row.ID, Kind: string(models.PublishedPeering), Jurisdiction: row.Place, Name: row.Code, Version: row.Version,
				Hash: row.Hash, DraftedBy: row.MadeBy, At: row.At})
		}
	}
	return list, nil
}
