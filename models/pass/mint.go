package pass

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"healthcode/models"
)

// Signer mints grants. It holds two secrets and prints neither.
type Signer struct {
	KeyID    byte              // written into every grant; names Key among a [Verifier]'s keys
	Key      *ecdsa.PrivateKey // on P-256
	ChainKey []byte            // at least 32 random bytes; seeds are derived from it, and no verifier needs it
}

// GrantInput is what a grant is to say.
type GrantInput struct {
	Jurisdiction string        // six digits of GB/T 2260
	Handle       Handle        // fresh and random; all zero is taken for forgotten
	Colour       models.Colour // of the decision that stands
	NotBefore    time.Time     // the fraction of a second is dropped
	Lifetime     time.Duration // at most MaxLife; the fraction of a second is dropped, so a grant never outlives its input
}

// Mint signs a grant and derives its seed. The same input gives the same bytes:
// signatures follow RFC 6979 and need no randomness. Errors are internal, since
// no person chooses any of this.
func (s Signer) Mint(in GrantInput) (Grant, Seed, error) {
	var g Grant
	if err := s.check(); err != nil {
		return g, Seed{}, err
	}
	if err := in.write(&g); err != nil {
		return Grant{}, Seed{}, err
	}
	g[atKeyID] = s.KeyID
	seed := deriveSeed(s.ChainKey, g)
	tip := g.Handle().walk(link(seed), g.Slots())
	copy(g[atTip:], tip[:])
	if err := s.sign(&g); err != nil {
		return Grant{}, Seed{}, err
	}
	return g, seed, nil
}

// Seed derives the seed of a grant that was minted with this chain key, so that
// the phone can be given it again. The other fields are not needed.
func (s Signer) Seed(g Grant) Seed { return deriveSeed(s.ChainKey, g) }

// Format prints the key id alone, whatever the verb.
func (s Signer) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "pass.Signer(key %d)", s.KeyID) }

func (s Signer) check() error {
	if s.Key == nil || s.Key.Curve != elliptic.P256() {
		return errors.New("pass: the signing key is not on P-256")
	}
	if len(s.ChainKey) < 32 {
		return errors.New("pass: the chain key is shorter than 32 bytes")
	}
	return nil
}

// write fills in every field but the key id, the tip and the signature.
func (in GrantInput) write(g *Grant) error {
	code, err := strconv.ParseUint(in.Jurisdiction, 10, 32)
	if err != nil || len(in.Jurisdiction) != 6 {
		return errors.New("pass: a jurisdiction has six digits")
	}
	if in.Handle == (Handle{}) {
		return errors.New("pass: the handle is missing")
	}
	if !in.Colour.Valid() {
		return errors.New("pass: the colour is none")
	}
	start, life := in.NotBefore.Unix(), in.Lifetime/time.Second
	if start < 0 || start > math.MaxUint32-int64(MaxLife/time.Second) {
		return errors.New("pass: the start does not fit 32 bits of Unix seconds")
	}
	if life < 1 || in.Lifetime > MaxLife {
		return fmt.Errorf("pass: a grant lives from one second to %v", MaxLife)
	}
	g[0] = Version<<4 | byte(in.Colour)
	g[2], g[3], g[4] = byte(code>>16), byte(code>>8), byte(code)
	copy(g[atHandle:], in.Handle[:])
	binary.BigEndian.PutUint32(g[atNotBefore:], uint32(start))
	binary.BigEndian.PutUint16(g[atLifetime:], uint16(life))
	return nil
}
