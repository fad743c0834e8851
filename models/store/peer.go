package store

import (
	"context"
	"fmt"
	"slices"

	"healthcode/models"
)

// peers is which other installations there are, as this replica knows it. It never
// changes; when something does, another takes its place.
type peers struct {
	mark      peersMark
	all       []*models.Peering
	published map[*models.Peering]models.Publication
	held      map[string]heldKeys // by the code of the other
}

// peersMark tells whether the database holds others than these: how many were published
// and added, and when the last list of keys came, since those are swept.
type peersMark struct{ published, added, keys, at int64 }

// connected reports whether this installation can speak to others.
func (s *Store) connected() bool { return s.Installation.Code != "" && s.Vault.PeerSigner() != nil }

// Peerings are those in force, by place and peer.
func (s *Store) Peerings() []*models.Peering {
	return slices.DeleteFunc(slices.Clone(s.peers.Load().all), func(p *models.Peering) bool { return p.Mode == models.PeerNone })
}

// loadPeers reads the other installations anew, if anything about them changed.
func (s *Store) loadPeers(ctx context.Context) error {
	r := s.reader(ctx)
	now := &peers{published: map[*models.Peering]models.Publication{}, held: map[string]heldKeys{}}
	if err := r.db.Model(&publicationRow{}).Count(&now.mark.published).Error; err != nil {
		return fmt.Errorf("publications: %w", err)
	}
	if err := r.db.Model(&peerRow{}).Count(&now.mark.added).Error; err != nil {
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
