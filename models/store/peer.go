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
	held      map[signer]heldKeys
}

// signer is somebody who speaks for another installation, by its code and the
// fingerprint of the key. Who is believed is each place's own to say.
type signer struct{ code, pin string }

// peersMark tells whether the database holds others than these: how many were published
// and added, how many places became part of others, and when the last list of keys came,
// since those are swept.
type peersMark struct{ published, added, mergers, keys, at int64 }

// connected reports whether this installation can speak to others.
func (s *Store) connected() bool { return s.Installation.Code != "" && s.Vault.PeerSigner() != nil }

// Peerings are those in force, by place and peer.
func (s *Store) Peerings() []*models.Peering {
	return slices.DeleteFunc(slices.Clone(s.peers.Load().all), func(p *models.Peering) bool { return p.Mode == models.PeerNone })
}

// loadPeers reads the other installations anew, if anything about them changed.
func (s *Store) loadPeers(ctx context.Context) error {
	r := s.reader(ctx)
	now := &peers{published: map[*models.Peering]models.Publication{}, held: map[signer]heldKeys{}}
	now.mark.mergers = s.law.Load().mark.mergers
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

// PeeringsIn are the files by which gates in that place recognise others.
func (s *Store) PeeringsIn(place string) []*models.Peering {
	return slices.DeleteFunc(models.PeeringsOf(s.peers.Load().all, s.Within, place), func(p *models.Peering) bool { return p.Mode == models.PeerNone })
}

// way is where the peer is asked for a gate in that place, and who is: the peer, or
// whoever is in between by the file that the place goes by.
func (s *Store) way(p *models.Peering, place string) (asked *models.Peering, ok bool) {
	if p.Mode.Asks() {
		return p, true
	}
	if p.Mode != models.PeerDock {
		return nil, false
	}
	between := models.PeeringOf(s.peers.Load().all, s.Within, place, p.Through)
	return between, between != nil && between.Mode.Asks()
}

// Elsewhere says that the code of those who live in a place is another installation's.
type Elsewhere struct {
	*models.Problem
	Where string // the address where they find it
}

// Unwrap is the refusal.
func (e Elsewhere) Unwrap() error { return e.Problem }

// Adopts is the peering by which those who live there carry another's code; nil if they
// carry one of this installation. As at a gate, the file of the smallest place holds, so
// that a city may have a code of its own in a province that has none.
func (s *Store) Adopts(jurisdiction string) *models.Peering {
	for _, p := range s.PeeringsIn(jurisdiction) {
		if p.Mode == models.PeerAdopt {
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
