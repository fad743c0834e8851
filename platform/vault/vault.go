// Package vault keeps the keys: it seals what is personal, makes the blind tags
// that it is found by, vouches for evidence, and holds the keys that grants and
// what other installations are told are signed with. The database never sees any
// of them.
//
// There are five kinds of key, each a ring of its own: the newest writes, all
// that are not retired read. Keys rotate in two steps, because several replicas
// share a ring: one adds a key, every replica reloads and can then read what it
// writes, and only then is the key promoted to write with.
package vault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// tagSize is the length of a blind tag in bytes: half of HMAC-SHA256, which is
// far more than a nation's documents can collide in.
const tagSize = 16

// Vault is a ring of keys in use. It is safe for concurrent use, also while it
// is reloaded.
type Vault struct {
	keys atomic.Pointer[keys]
	file string // "" for a ring that is in memory alone

	changing sync.Mutex // held while the ring is read anew or changed; guards kek
	kek      []byte
}

// keys are the primitives of one state of the ring.
type keys struct {
	ring ring
	seal tink.AEAD
	tag  *prf.Set
	mac  *macs
	sign map[byte]*ecdsa.PrivateKey
	peer map[byte]*ecdsa.PrivateKey
}

// Ephemeral is a vault whose keys are gone with the process: for tests.
func Ephemeral() (*Vault, error) {
	r, err := newRing()
	if err != nil {
		return nil, err
	}
	v := &Vault{}
	return v, v.use(r)
}

// use makes the ring the one in force.
func (v *Vault) use(r ring) error {
	k := &keys{ring: r, sign: map[byte]*ecdsa.PrivateKey{}, peer: map[byte]*ecdsa.PrivateKey{}}
	var errs [3]error
	k.seal, errs[0] = primitive(r.Seal, aead.New)
	k.tag, errs[1] = primitive(r.Tag, prf.NewPRFSet)
	k.mac, errs[2] = newMACs(r.MAC)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	for _, p := range r.Pass {
		key, err := p.private()
		if err != nil {
			return err
		}
		k.sign[p.ID] = key
	}
	for _, p := range r.Peer {
		key, err := p.private()
		if err != nil {
			return err
		}
		k.peer[p.ID] = key
	}
	if k.sign[r.PassPrimary] == nil {
		return errors.New("vault: the ring has no primary pass key")
	}
	v.keys.Store(k)
	return nil
}

// primitive makes what a keyset is for out of its bytes.
func primitive[P any](set []byte, make func(*keyset.Handle) (P, error)) (P, error) {
	handle, err := handleOf(set)
	if err != nil {
		var none P
		return none, err
	}
	return make(handle)
}

func handleOf(set []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(set)))
	if err != nil {
		return nil, errors.New("vault: a keyset of the ring cannot be read")
	}
	return handle, nil
}

// cell is what a sealed value is bound to: its table, column and row. Each part
// is prefixed with its length, so that no two cells share an encoding.
func cell(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}

// Seal encrypts a value for one cell of the database. The first five bytes of
// the result name the key.
func (v *Vault) Seal(table, column, row string, clear []byte) ([]byte, error) {
	return v.keys.Load().seal.Encrypt(clear, cell(table, column, row))
}

// Unseal decrypts what was sealed for that cell. What was moved from another
// cell, altered, or sealed under a retired key is an error. Nothing at all, as
// in a row that was blanked, is nothing.
func (v *Vault) Unseal(table, column, row string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	clear, err := v.keys.Load().seal.Decrypt(sealed, cell(table, column, row))
	if err != nil {
		return nil, fmt.Errorf("vault: %s.%s does not unseal", table, column)
	}
	return clear, nil
}

// SealedWith is the id of the key that a value was sealed with, so that what is
// on an old key can be found and sealed anew; 0 when it is not a sealed value.
func SealedWith(sealed []byte) uint32 {
	if len(sealed) < 5 || sealed[0] != 1 { // Tink's output prefix
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:5])
}

// TagWrite is the blind tag to write for a value, and the version of its key.
// Equal values of one purpose have equal tags, and nothing else can be told.
func (v *Vault) TagWrite(purpose string, clear []byte) (version uint32, tag []byte, err error) {
	k := v.keys.Load()
	tag, err = k.tag.PRFs[k.tag.PrimaryID].ComputePRF(append(cell(purpose), clear...), tagSize)
	return k.tag.PrimaryID, tag, err
}

// TagAll are the tags under which the value may have been written, by version.
func (v *Vault) TagAll(purpose string, clear []byte) (map[uint32][]byte, error) {
	k := v.keys.Load()
	tags := make(map[uint32][]byte, len(k.tag.PRFs))
	for version, f := range k.tag.PRFs {
		tag, err := f.ComputePRF(append(cell(purpose), clear...), tagSize)
		if err != nil {
			return nil, err
		}
		tags[version] = tag
	}
	return tags, nil
}

// MAC vouches for data under a label, which keeps one sort of evidence from
// being taken for another.
func (v *Vault) MAC(label string, data []byte) ([]byte, error) {
	return v.keys.Load().mac.compute(label, data), nil
}

// CheckMAC reports whether the vault vouched for the data under that label.
func (v *Vault) CheckMAC(label string, data, tag []byte) bool {
	return v.keys.Load().mac.check(label, data, tag)
}

// HashToken is what is kept of a random token. The token itself has 256 random
// bits, so a plain hash can be neither guessed nor searched; the label keeps a
// ticket from being a session.
func (v *Vault) HashToken(label string, token []byte) []byte {
	sum := sha256.Sum256(append(cell(label), token...))
	return sum[:]
}

// PassSigner is the key that grants are signed with now, and the key that their
// chains come from.
func (v *Vault) PassSigner() (keyID byte, key *ecdsa.PrivateKey, chainKey []byte) {
	k := v.keys.Load()
	p := k.ring.pass(k.ring.PassPrimary)
	return p.ID, k.sign[p.ID], p.Chain
}

// PassPublic are the keys that grants are checked with, by id.
func (v *Vault) PassPublic() map[byte]*ecdsa.PublicKey {
	public := map[byte]*ecdsa.PublicKey{}
	for id, key := range v.keys.Load().sign {
		public[id] = &key.PublicKey
	}
	return public
}

// PassChainKeys are the keys that the chains of grants come from, by id.
func (v *Vault) PassChainKeys() map[byte][]byte {
	chains := map[byte][]byte{}
	for _, p := range v.keys.Load().ring.Pass {
		chains[p.ID] = p.Chain
	}
	return chains
}

// PeerSigner is the key that this installation signs with what it tells others; nil
// in a ring that has none.
func (v *Vault) PeerSigner() *ecdsa.PrivateKey {
	k := v.keys.Load()
	return k.peer[k.ring.PeerPrimary]
}

// PeerPublic are the keys that it signs with, or will.
func (v *Vault) PeerPublic() []*ecdsa.PublicKey {
	k := v.keys.Load()
	var public []*ecdsa.PublicKey
	for _, p := range k.ring.Peer {
		public = append(public, &k.peer[p.ID].PublicKey)
	}
	return public
}

func newSigner() (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	chain := make([]byte, 32)
	_, err = rand.Read(chain)
	return key, chain, err
}
