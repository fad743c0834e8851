package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"sync"

	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkhmac "github.com/tink-crypto/tink-go/v2/mac/hmac"
)

// macs are the keys that evidence is vouched for with, by the prefix that names
// each, and the one that vouches. What they make is what Tink's own MAC would.
// Tink keys a hash anew for each MAC, which takes longer than the MAC, and a job
// over a city checks some millions.
type macs struct {
	primary *macKey
	all     map[macPrefix]*macKey
}

// macPrefix is the five bytes in front of a MAC that name its key.
type macPrefix [5]byte

// macKey keeps hashes that are keyed already.
type macKey struct {
	prefix macPrefix
	keyed  sync.Pool // of *keyed
}

type keyed struct {
	hash.Hash
	data, sum []byte
}

// newMACs takes the keys out of a keyset.
func newMACs(set []byte) (*macs, error) {
	handle, err := handleOf(set)
	if err != nil {
		return nil, err
	}
	m := &macs{all: map[macPrefix]*macKey{}}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, err
		}
		key, ok := entry.Key().(*tinkhmac.Key)
		if !ok || !isOurs(key) || entry.KeyStatus() != keyset.Enabled {
			return nil, errors.New("vault: a MAC key of the ring is of another kind")
		}
		k := newMACKey(key)
		m.all[k.prefix] = k
		if entry.IsPrimary() {
			m.primary = k
		}
	}
	return m, nil
}

// isOurs is whether the key is of the kind that rings are made with.
func isOurs(key *tinkhmac.Key) bool {
	p, ok := key.Parameters().(*tinkhmac.Parameters)
	return ok && p.HashType() == tinkhmac.SHA256 && p.CryptographicTagSizeInBytes() == sha256.Size && p.Variant() == tinkhmac.VariantTink
}

func newMACKey(key *tinkhmac.Key) *macKey {
	k := &macKey{prefix: macPrefix(key.OutputPrefix())}
	secret := key.KeyBytes().Data(insecuresecretdataaccess.Token{})
	k.keyed.New = func() any { return &keyed{Hash: hmac.New(sha256.New, secret)} }
	return k
}

// with hands use the MAC of the data under that label, which is gone afterwards.
func (k *macKey) with(label string, data []byte, use func(sum []byte)) {
	h := k.keyed.Get().(*keyed)
	h.Reset()
	h.data = binary.AppendUvarint(h.data[:0], uint64(len(label))) // as cell has it
	h.data = append(append(h.data, label...), data...)
	_, _ = h.Write(h.data) // a hash never fails
	h.sum = h.Sum(append(h.sum[:0], k.prefix[:]...))
	use(h.sum)
	k.keyed.Put(h)
}

func (m *macs) compute(label string, data []byte) (tag []byte) {
	m.primary.with(label, data, func(sum []byte) { tag = append(tag, sum...) })
	return tag
}

func (m *macs) check(label string, data, tag []byte) (right bool) {
	if len(tag) < len(macPrefix{}) {
		return false
	}
	if k := m.all[macPrefix(tag)]; k != nil {
		k.with(label, data, func(sum []byte) { right = hmac.Equal(sum, tag) })
	}
	return right
}
