package store

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"reflect"
	"slices"
	"time"

	"healthcode/models"
)

// peerKeysRow is what an installation said that its keys are. It stands under that
// installation's own signature, so nothing here vouches for it.
type peerKeysRow struct {
	ID   string
	Code string
	Body string
	At   int64
}

func (peerKeysRow) TableName() string { return "peer_keys" }

// heldKeys are the pass keys of another installation, as it signed them.
type heldKeys struct {
	signed models.Signed
	keys   models.PeerKeys
	public map[byte]*ecdsa.PublicKey
}

// peerKeysEvery is how old another's list of keys may be before it is asked again, and
// peerKeysKept before one that says the same is written down again: each is good for a
// week.
const (
	peerKeysEvery = time.Hour
	peerKeysKept  = day
)

// peerKeys are the latest lists of keys that a pinned key signed. What is wrong with a
// row is that installation's doing or the database's: it counts as absent.
func (r reader) peerKeys(into *peers) error {
	var rows []peerKeysRow
	if err := r.db.Order("id").Find(&rows).Error; err != nil {
		return fmt.Errorf("peer keys: %w", err)
	}
	for _, row := range rows {
		pins := pinsOf(into.all, row.Code)
		signed, err := models.ParseSigned([]byte(row.Body))
		if err != nil {
			continue
		}
		held, err := openKeys(signed, row.Code, pins)
		if err == nil && held.keys.At.After(into.held[row.Code].keys.At) {
			into.held[row.Code] = held
		}
	}
	return nil
}

// openKeys reads a list of keys, whenever it was made.
func openKeys(signed models.Signed, code string, pins []string) (heldKeys, error) {
	keys, err := models.OpenPaper[models.PeerKeys](signed, models.PaperKeys, pins)
	if err != nil {
		return heldKeys{}, err
	}
	if err := keys.Check(code, keys.At); err != nil {
		return heldKeys{}, err
	}
	public, err := keys.Verifiers()
	return heldKeys{signed, keys, public}, err
}

// pinsOf are the fingerprints of the keys that the peer signs with.
func pinsOf(all []*models.Peering, code string) (pins []string) {
	for _, p := range all {
		if p.Peer == code && p.Mode != models.PeerNone {
			pins = append(pins, p.Pins...)
		}
	}
	return pins
}

// PeerDue is another installation whose list of keys should be fetched.
type PeerDue struct{ Code, URL, Path string }

// PeersDue are the installations whose keys are not here, or not of late.
func (s *Store) PeersDue() (list []PeerDue) {
	known := s.peers.Load()
	for _, p := range known.all {
		asked, ok := s.way(p)
		fresh := s.Now().Sub(known.held[p.Peer].keys.At) < peerKeysEvery
		if !ok || fresh || !s.connected() || slices.ContainsFunc(list, func(d PeerDue) bool { return d.Code == p.Peer }) {
			continue
		}
		due := PeerDue{Code: p.Peer, URL: asked.URL, Path: "/v1/peer/keys"}
		if asked != p {
			due.Path += "/" + p.Peer
		}
		list = append(list, due)
	}
	return list
}

// KeepPeerKeys writes down what an installation says that its keys are, if it says so
// and says it now. What is older than what is here changes nothing.
func (s *Store) KeepPeerKeys(ctx context.Context, code string, signed models.Signed) error {
	known := s.peers.Load()
	held, err := openKeys(signed, code, pinsOf(known.all, code))
	if err != nil {
		return err
	}
	if err := held.keys.Check(code, s.Now()); err != nil {
		return err
	}
	if !held.news(known.held[code].keys) {
		return nil
	}
	body, err := signed.Body()
	if err != nil {
		return err
	}
	err = s.change(ctx, models.System("peer keys"), func(t *txn) error {
		if err := t.insert(&peerKeysRow{ID: t.id(), Code: code, Body: string(body), At: millis(t.at)}); err != nil {
			return err
		}
		return t.audit("peer.keys", "peer", code, "")
	})
	if err != nil {
		return err
	}
	return s.loadPeers(ctx)
}

// news reports whether the keys should be written down beside those that are here.
func (h heldKeys) news(before models.PeerKeys) bool {
	now, was := h.keys, before
	if !now.At.After(was.At) {
		return false
	}
	late := now.At.Sub(was.At) >= peerKeysKept
	was.At, was.Until = now.At, now.Until
	return late || !reflect.DeepEqual(now, was)
}

// Face is what this installation says of itself to all others.
func (s *Store) Face() (models.Signed, error) {
	if !s.connected() {
		return models.Signed{}, models.Refuse(models.ReasonPeerOff)
	}
	now := s.Now().UTC().Truncate(time.Second)
	k := models.PeerKeys{Code: s.Installation.Code, Vendor: s.Installation.Vendor, Numbers: map[string]string{}, At: now, Until: now.Add(models.PeerKeysLife)}
	for c := models.Green; c <= models.Red; c++ {
		k.Numbers[c.String()] = s.Installation.Number(c)
	}
	for id, key := range s.Vault.PassPublic() {
		b, err := models.PeerKey(key)
		if err != nil {
			return models.Signed{}, err
		}
		k.Passes = append(k.Passes, models.PeerPassKey{ID: id, Key: b})
	}
	slices.SortFunc(k.Passes, func(a, b models.PeerPassKey) int { return int(a.ID) - int(b.ID) })
	for _, key := range s.Vault.PeerPublic() {
		b, err := models.PeerKey(key)
		if err != nil {
			return models.Signed{}, err
		}
		k.Signs = append(k.Signs, models.Fingerprint(b))
	}
	for _, p := range s.Peerings() {
		k.Mappings = append(k.Mappings, p.Hash)
	}
	return models.SignPaper(s.Vault.PeerSigner(), models.PaperKeys, k)
}

// FaceOf is what another installation says of itself, as it signed it, for those who
// reach it through this one. The problem is peer.unknown for one whose words are not
// passed on.
func (s *Store) FaceOf(code string) (models.Signed, error) {
	known := s.peers.Load()
	held, here := known.held[code]
	relayed := slices.ContainsFunc(known.all, func(p *models.Peering) bool { return p.Peer == code && p.Mode.Asks() && p.Relay })
	if !here || !relayed || !s.Now().Before(held.keys.Until) {
		return models.Signed{}, models.Refuse(models.ReasonPeerUnknown)
	}
	return held.signed, nil
}
