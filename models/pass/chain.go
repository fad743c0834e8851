package pass

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"healthcode/models"
)

const (
	linkLabel = "healthcode/pass/1"
	seedLabel = "healthcode/pass/1/seed"
)

// link is one value of a chain.
type link [linkSize]byte

// walk follows the chain n links on from v.
func (h Handle) walk(v link, n int) link {
	var block [len(linkLabel) + len(h) + linkSize]byte
	const at = len(linkLabel) + len(h)
	copy(block[:], linkLabel)
	copy(block[len(linkLabel):], h[:])
	for range n {
		copy(block[at:], v[:])
		sum := sha256.Sum256(block[:])
		v = link(sum[:linkSize])
	}
	return v
}

// Seed is the start of a grant's chain. Whoever holds it and the grant can show
// passes until the grant expires, so it prints as a mask everywhere and leaves
// through [Seed.Reveal] alone.
type Seed link

func deriveSeed(chainKey []byte, g Grant) Seed {
	mac := hmac.New(sha256.New, chainKey)
	mac.Write([]byte(seedLabel))
	mac.Write(g[:atTip])
	return Seed(mac.Sum(nil)[:linkSize])
}

// ParseSeed reads what [Seed.Reveal] wrote. Anything else is pass.malformed.
func ParseSeed(s string) (Seed, error) {
	var seed Seed
	return seed, decode(seed[:], s)
}

// Reveal is the seed in unpadded base64url, for the phone of the grant's holder
// and for nobody else.
func (s Seed) Reveal() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

const seedMask = "pass.Seed(hidden)"

// Format prints a mask, whatever the verb.
func (s Seed) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, seedMask) }

// MarshalText writes the mask: a seed that is marshalled by accident is lost
// rather than told.
func (s Seed) MarshalText() ([]byte, error) { return []byte(seedMask), nil }

// Show is the phone: the pass of the slot that now falls into. Before the grant
// starts it is the first slot's, because a phone whose clock lags a little would
// otherwise have nothing to show. Refused as pass.expired when the grant is over,
// and as pass.malformed when the grant is none. web/pass does the same in
// JavaScript.
func (s Seed) Show(g Grant, now time.Time) (Pass, error) {
	if !g.sound() {
		return Pass{}, models.Refuse(models.ReasonPassMalformed)
	}
	if !now.Before(g.Expires()) {
		return Pass{}, models.Refuse(models.ReasonPassExpired)
	}
	slot := max(0, int(now.Sub(g.NotBefore())/Slot))
	v := g.Handle().walk(link(s), g.Slots()-1-slot)
	return join(g, slot, v), nil
}

func join(g Grant, slot int, v link) Pass {
	var p Pass
	copy(p[:], g[:])
	p[atSlot], p[atSlot+1] = byte(slot>>8), byte(slot)
	copy(p[atValue:], v[:])
	return p
}
