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

// heldKeys are the pass keys of another installation, as one key of its signed them.
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

// peerKeys are the latest lists of keys, of each pinned key that signed one. What is
// wrong with a row is that installation's doing or the database's: it counts as absent.
func (r reader) peerKeys(into *peers) error {
	var rows []peerKeysRow
	if err := r.db.Order("id").Find(&rows).Error; err != nil {
		return fmt.Errorf("peer keys: %w", err)
	}
	for _, row := range rows {
		signed, err := models.ParseSigned([]byte(row.Body))
		if err != nil {
			continue
		}
		held, err := openKeys(signed, row.Code, pinsOf(into.all, row.Code))
		if by := held.signer(); err == nil && held.keys.At.After(into.held[by].keys.At) {
			into.held[by] = held
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

// signer is who signed the list.
func (h heldKeys) signer() signer { return signer{h.keys.Code, models.Fingerprint(h.signed.By)} }

// heldBy is the latest list that a key signed which that very file pins: what one place
// trusts is believed at no gate of another.
func (p *peers) heldBy(file *models.Peering) (latest heldKeys) {
	for _, pin := range file.Pins {
		if held := p.held[signer{file.Peer, pin}]; held.keys.At.After(latest.keys.At) {
			latest = held
		}
	}
	return latest
}

// pinsOf are the fingerprints of the keys that the peer signs with, for one place or
// another. Whether a list is worth keeping goes by them, and never whether it is believed.
func pinsOf(all []*models.Peering, code string) (pins []string) {
	for _, p := range all {
		if p.Peer == code && p.Mode != models.PeerNone {
			pins = append(pins, p.Pins...)
		}
	}
	return pins
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
	if !held.news(known.held[held.signer()].keys) {
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
	var err error
	if k.Passes, err = s.passKeys(); err != nil {
		return models.Signed{}, err
	}
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

// passKeys are the keys that passes of this installation are checked with, by id.
func (s *Store) passKeys() (list []models.PeerPassKey, err error) {
	for id, key := range s.Vault.PassPublic() {
		b, err := models.PeerKey(key)
		if err != nil {
			return nil, err
		}
		list = append(list, models.PeerPassKey{ID: id, Key: b})
	}
	slices.SortFunc(list, func(a, b models.PeerPassKey) int { return int(a.ID) - int(b.ID) })
	return list, nil
}

// FaceOf is what another installation says of itself, as it signed it, for those who
// reach it through this one. The problem is peer.unknown for one whose words are not
// passed on.
func (s *Store) FaceOf(code string) (models.Signed, error) {
	known := s.peers.Load()
	var latest heldKeys
	for _, p := range known.all {
		if held := known.heldBy(p); p.Peer == code && p.Mode.Asks() && p.Relay && held.keys.At.After(latest.keys.At) {
			latest = held
		}
	}
	if !s.Now().Before(latest.keys.Until) {
		return models.Signed{}, models.Refuse(models.ReasonPeerUnknown)
	}
	return latest.signed, nil
}
