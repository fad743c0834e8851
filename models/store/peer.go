package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"healthcode/models"
)

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

// peers is which other installations there are, as this replica knows it. It never
// changes; when something does, another takes its place.
type peers struct {
	mark peersMark
	all  []*models.Peering
	held map[string]heldKeys // by the code of the other
}

// peersMark tells whether the database holds others than these: how many rows there
// are, and when the last list of keys came, since those are swept.
type peersMark struct{ rows, keys, at int64 }

// connected reports whether this installation can speak to others.
func (s *Store) connected() bool { return s.Installation.Code != "" && s.Vault.PeerSigner() != nil }

// AddPeering puts a peering in force. It must be sound ([published.Faults] otherwise),
// of places that are known here, and newer than the one before.
func (s *Store) AddPeering(ctx context.Context, by models.Actor, file []byte) (*models.Peering, error) {
	p, err := models.ParsePeering(file)
	if err != nil {
		return nil, err
	}
	if p.Mode != models.PeerLocal && p.Peer == s.Installation.Code {
		return nil, models.Refuse(models.ReasonPeerElsewhere).On("peer")
	}
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.knownPlace(p.Place); err != nil {
			return err
		}
		var before peerRow
		err := found(t.db.Where("place = ? AND code = ?", p.Place, p.Peer).Order("version DESC").Take(&before).Error)
		if err != nil && !errors.Is(err, models.NotFound) {
			return err
		}
		if err == nil && p.Version <= before.Version {
			return models.Refuse(models.ReasonPeerVersion).On("version")
		}
		if err := t.insertFile(p.Hash, p.Source); err != nil {
			return err
		}
		row := peerRow{ID: t.id(), Place: p.Place, Code: p.Peer, Version: p.Version, Hash: p.Hash, MadeBy: by.ID, At: millis(t.at)}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("peer.add", "peer", p.Peer, fmt.Sprintf("%s@%d in %s", p.ID, p.Version, p.Place))
	})
	if err != nil {
		return nil, err
	}
	return p, s.loadPeers(ctx)
}

// Peerings are those in force, by place and peer.
func (s *Store) Peerings() []*models.Peering {
	return slices.DeleteFunc(slices.Clone(s.peers.Load().all), func(p *models.Peering) bool { return p.Mode == models.PeerNone })
}

// loadPeers reads the other installations anew, if anything about them changed.
func (s *Store) loadPeers(ctx context.Context) error {
	r := s.reader(ctx)
	now := &peers{held: map[string]heldKeys{}}
	if err := r.db.Model(&peerRow{}).Count(&now.mark.rows).Error; err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	if err := r.db.Model(&peerKeysRow{}).Select("COUNT(*), COALESCE(MAX(at), 0)").Row().Scan(&now.mark.keys, &now.mark.at); err != nil {
		return fmt.Errorf("peer keys: %w", err)
	}
	if before := s.peers.Load(); before != nil && before.mark == now.mark {
		return nil
	}
	if err := r.peerings(now); err != nil {
		return err
	}
	if err := r.peerKeys(now); err != nil {
		return err
	}
	s.peers.Store(now)
	return nil
}

// peerings are the latest of each place and peer that verify. A file that cannot be
// read is left out: nobody is recognised by guess.
func (r reader) peerings(into *peers) error {
	var rows []peerRow
	if err := r.db.Order("version, id").Find(&rows).Error; err != nil {
		return fmt.Errorf("peers: %w", err)
	}
	latest := map[[2]string]*models.Peering{}
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		body, err := r.file(row.Hash)
		if err == nil {
			latest[[2]string{row.Place, row.Code}], err = models.ParsePeering(body)
		}
		if err != nil {
			delete(latest, [2]string{row.Place, row.Code})
			r.Log.Error("a peering cannot be read", "place", row.Place, "peer", row.Code, "error", err.Error())
			r.Alarm("peer")
		}
	}
	for _, p := range latest {
		into.all = append(into.all, p)
	}
	slices.SortFunc(into.all, func(a, b *models.Peering) int { return strings.Compare(a.Place+a.Peer, b.Place+b.Peer) })
	return nil
}

// way is where the peer is asked, and who is: the peer, or whoever is in between.
func (s *Store) way(p *models.Peering) (asked *models.Peering, ok bool) {
	if p.Mode.Asks() {
		return p, true
	}
	if p.Mode != models.PeerDock {
		return nil, false
	}
	for _, between := range s.peers.Load().all {
		if between.Peer == p.Through && between.Mode.Asks() {
			return between, true
		}
	}
	return nil, false
}

// Elsewhere says that the code of those who live in a place is another installation's.
type Elsewhere struct {
	*models.Problem
	Where string // the address where they find it
}

// Unwrap is the refusal.
func (e Elsewhere) Unwrap() error { return e.Problem }

// Adopts is the peering by which those who live there carry another's code; nil if they
// carry one of this installation.
func (s *Store) Adopts(jurisdiction string) *models.Peering {
	for _, p := range s.peers.Load().all {
		if p.Mode == models.PeerAdopt && s.Within(jurisdiction, p.Place) {
			return p
		}
	}
	return nil
}

// Adopting reports whether anybody's code here is another's.
func (s *Store) Adopting() bool {
	return slices.ContainsFunc(s.peers.Load().all, func(p *models.Peering) bool { return p.Mode == models.PeerAdopt })
}

// elsewhere refuses those whose code is another installation's.
func (s *Store) elsewhere(jurisdiction string) error {
	if p := s.Adopts(jurisdiction); p != nil {
		return Elsewhere{models.Refuse(models.ReasonPassElsewhere), p.Open}
	}
	return nil
}
