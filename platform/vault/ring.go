package vault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// What a ring has keys for.
const (
	ForSeals  = "seal"
	ForTags   = "tag"
	ForMACs   = "mac"
	ForPasses = "pass"
	ForPeers  = "peer"
)

// ring is what the key ring's file holds, in clear. Seal, Tag and MAC are Tink
// keysets in Tink's binary form.
type ring struct {
	Seal        []byte    `json:"seal"`
	Tag         []byte    `json:"tag"`
	MAC         []byte    `json:"mac"`
	Pass        []passKey `json:"pass"`
	PassPrimary byte      `json:"pass_primary"`
	Peer        []passKey `json:"peer,omitempty"` // without a chain; rings of before there were any have none
	PeerPrimary byte      `json:"peer_primary,omitempty"`
}

// passKey signs grants. Its id of one byte is written into every grant.
type passKey struct {
	ID    byte   `json:"id"`
	Key   []byte `json:"key"`   // PKCS #8, P-256
	Chain []byte `json:"chain"` // 32 bytes
}

func (p passKey) private() (*ecdsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(p.Key)
	signer, ok := key.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("vault: a key of the ring that signs cannot be read")
	}
	return signer, nil
}

func (r ring) pass(id byte) passKey {
	i := slices.IndexFunc(r.Pass, func(p passKey) bool { return p.ID == id })
	return r.Pass[i]
}

var templates = map[string]func() *tinkpb.KeyTemplate{
	ForSeals: aead.AES256GCMKeyTemplate,
	ForTags:  prf.HMACSHA256PRFKeyTemplate,
	ForMACs:  mac.HMACSHA256Tag256KeyTemplate,
}

// newRing makes a ring with one key of each kind.
func newRing() (ring, error) {
	var r ring
	for what := range templates {
		id, err := r.add(what)
		if err != nil {
			return r, err
		}
		if err := r.promote(what, id); err != nil {
			return r, err
		}
	}
	for _, what := range []string{ForPasses, ForPeers} {
		id, err := r.add(what)
		if err != nil {
			return r, err
		}
		if err := r.promote(what, id); err != nil {
			return r, err
		}
	}
	return r, nil
}

// signers are the keys of that kind that sign, and the one that does now; nil for a
// kind that does not sign.
func (r *ring) signers(what string) (list *[]passKey, primary *byte) {
	switch what {
	case ForPasses:
		return &r.Pass, &r.PassPrimary
	case ForPeers:
		return &r.Peer, &r.PeerPrimary
	}
	return nil, nil
}

// set is the keyset of that kind.
func (r *ring) set(what string) *[]byte {
	return map[string]*[]byte{ForSeals: &r.Seal, ForTags: &r.Tag, ForMACs: &r.MAC}[what]
}

// add makes a key that can read, and does not write yet.
func (r *ring) add(what string) (uint32, error) {
	if list, _ := r.signers(what); list != nil {
		return addSigner(list, what == ForPasses)
	}
	template, known := templates[what]
	if !known {
		return 0, fmt.Errorf("vault: no keys for %q", what)
	}
	var id uint32
	err := r.edit(what, func(m *keyset.Manager) (err error) {
		id, err = m.Add(template())
		if err == nil && len(*r.set(what)) == 0 { // a keyset cannot be written without a primary
			err = m.SetPrimary(id)
		}
		return err
	})
	return id, err
}

func addSigner(list *[]passKey, chained bool) (uint32, error) {
	key, chain, err := newSigner()
	if err != nil {
		return 0, err
	}
	if !chained {
		chain = nil
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return 0, err
	}
	id := byte(1)
	for slices.ContainsFunc(*list, func(p passKey) bool { return p.ID == id }) {
		if id++; id == 0 {
			return 0, errors.New("vault: all 255 key ids are used; retire some")
		}
	}
	*list = append(*list, passKey{ID: id, Key: der, Chain: chain})
	return uint32(id), nil
}

// promote makes the key the one that writes.
func (r *ring) promote(what string, id uint32) error {
	if list, primary := r.signers(what); list != nil {
		if !slices.ContainsFunc(*list, func(p passKey) bool { return uint32(p.ID) == id }) {
			return fmt.Errorf("vault: no %s key %d", what, id)
		}
		*primary = byte(id)
		return nil
	}
	return r.edit(what, func(m *keyset.Manager) error { return m.SetPrimary(id) })
}

// retire takes the key away for good: what was written with it cannot be read.
func (r *ring) retire(what string, id uint32) error {
	if list, primary := r.signers(what); list != nil {
		if uint32(*primary) == id {
			return errors.New("vault: the primary key cannot be retired; promote another first")
		}
		left := len(*list)
		*list = slices.DeleteFunc(*list, func(p passKey) bool { return uint32(p.ID) == id })
		if len(*list) == left {
			return fmt.Errorf("vault: no %s key %d", what, id)
		}
		return nil
	}
	return r.edit(what, func(m *keyset.Manager) error { return m.Delete(id) })
}

// edit changes one keyset.
func (r *ring) edit(what string, change func(*keyset.Manager) error) error {
	set := r.set(what)
	if set == nil {
		return fmt.Errorf("vault: no keys for %q", what)
	}
	manager := keyset.NewManager()
	if len(*set) > 0 {
		handle, err := handleOf(*set)
		if err != nil {
			return err
		}
		manager = keyset.NewManagerFromHandle(handle)
	}
	if err := change(manager); err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&b)); err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	*set = b.Bytes()
	return nil
}

// Key is one key of a ring, as an operator sees it.
type Key struct {
	For     string
	ID      uint32
	Primary bool // writes; the others only read
}

// Keys lists the ring.
func (v *Vault) Keys() ([]Key, error) {
	r := v.keys.Load().ring
	var list []Key
	for _, what := range []string{ForSeals, ForTags, ForMACs} {
		handle, err := handleOf(*r.set(what))
		if err != nil {
			return nil, err
		}
		for i := range handle.Len() {
			entry, err := handle.Entry(i)
			if err != nil {
				return nil, err
			}
			list = append(list, Key{what, entry.KeyID(), entry.IsPrimary()})
		}
	}
	for _, what := range []string{ForPasses, ForPeers} {
		signers, primary := r.signers(what)
		for _, p := range *signers {
			list = append(list, Key{what, uint32(p.ID), p.ID == *primary})
		}
	}
	return list, nil
}
