package pass

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// How far the clocks of a phone and of whoever opens its pass may be apart, and
// how long reading may take. A phone does not trust its own clock: the grant
// comes with the server's time, and the phone counts from there, so what is left
// is the delay of that one answer. A gate that is offline does the same.
const (
	// Early is how far ahead of its time a pass may be. It costs nothing in safety:
	// only the phone that holds the seed can be early, and it can show any slot.
	Early = Slot

	// Late is how long after its slot a pass is still taken: five seconds for a
	// phone that lags, because its answer came slowly, and five for the camera, the
	// network and the queue. It is also what a photograph gains, at most.
	Late = 2 * Slot
)

// What lies behind a refusal, for the log.
var (
	errVersion   = errors.New("unknown version")
	errKey       = errors.New("unknown key")
	errSignature = errors.New("the signature does not hold")
	errFields    = errors.New("signed, with fields that are never minted")
	errChain     = errors.New("the value does not lead to the tip")
)

// Verifier opens passes. Its keys hold every issuer that is trusted here, and the
// keys of the past for as long as their passes may still come in. Key ids are unique
// among them: places that accept each other's passes share out the 256.
type Verifier struct {
	Keys map[byte]*ecdsa.PublicKey // by key id, each on P-256
}

// Opened is what a pass says once everything about it was found to hold.
type Opened struct {
	KeyID        byte
	Jurisdiction string // six digits: who issued it
	Handle       Handle
	Colour       models.Colour // as granted, which may differ from the standing now
	NotBefore    time.Time
	Expires      time.Time
	Slot         int           // from 0
	ShownAt      time.Time     // start of the slot, UTC: the phone showed it from then on for Slot
	Age          time.Duration // how long before now that was; a little below zero if clocks disagree
}

// Open opens a pass that is being shown now. It refuses, in this order, with
//   - pass.foreign: not of this version, or signed under a key that is not trusted here
//   - pass.altered: the signature or the chain does not hold
//   - pass.expired: the grant is over, from its last second on, without tolerance
//   - pass.early: the slot begins later than Early from now
//   - pass.stale: the slot ended Late ago or longer, as in a photograph
//
// A pass whose signature holds over fields that are never minted is pass.malformed.
func (v Verifier) Open(p Pass, now time.Time) (Opened, error) {
	o, err := v.open(p, now)
	switch {
	case err != nil:
		return Opened{}, err
	case !now.Before(o.Expires):
		return Opened{}, models.Refuse(models.ReasonPassExpired)
	case o.Age < -Early:
		return Opened{}, models.Refuse(models.ReasonPassEarly)
	case o.Age >= Slot+Late:
		return Opened{}, models.Refuse(models.ReasonPassStale)
	}
	return o, nil
}

// OpenAt opens a pass that a gate kept while it was offline and hands in at the
// time received. It asks everything that Open asks except whether the pass is
// fresh: ShownAt is when the person was there. A slot that lies in the future is
// still pass.early. ShownAt is the latest time that the gate can have made out of
// what it read; docs/pass.md says why it may have been able to make an earlier one.
func (v Verifier) OpenAt(p Pass, received time.Time) (Opened, error) {
	o, err := v.open(p, received)
	if err != nil {
		return Opened{}, err
	}
	if o.Age < -Early {
		return Opened{}, models.Refuse(models.ReasonPassEarly)
	}
	return o, nil
}

// open asks whose the pass is and whether it is whole, and nothing about time.
func (v Verifier) open(p Pass, now time.Time) (Opened, error) {
	g := p.Grant()
	if g.version() != Version {
		return Opened{}, models.Refuse(models.ReasonPassForeign).Because(errVersion)
	}
	key, known := v.Keys[g.KeyID()]
	if !known {
		return Opened{}, models.Refuse(models.ReasonPassForeign).Because(errKey)
	}
	if key == nil || key.Curve != elliptic.P256() {
		return Opened{}, fmt.Errorf("pass: key %d is not on P-256", g.KeyID())
	}
	if !g.signedBy(key) {
		return Opened{}, models.Refuse(models.ReasonPassAltered).Because(errSignature)
	}
	if !g.sound() {
		return Opened{}, models.Refuse(models.ReasonPassMalformed).Because(errFields)
	}
	if !p.linked() {
		return Opened{}, models.Refuse(models.ReasonPassAltered).Because(errChain)
	}
	shown := g.NotBefore().Add(time.Duration(p.slot()) * Slot)
	return Opened{
		KeyID: g.KeyID(), Jurisdiction: g.Jurisdiction(), Handle: g.Handle(), Colour: g.Colour(),
		NotBefore: g.NotBefore(), Expires: g.Expires(),
		Slot: p.slot(), ShownAt: shown, Age: now.Sub(shown),
	}, nil
}

// linked reports whether the value of the slot leads to the tip that was signed.
func (p Pass) linked() bool {
	g := p.Grant()
	if p.slot() >= g.Slots() {
		return false
	}
	end := g.Handle().walk(p.value(), p.slot()+1)
	return subtle.ConstantTimeCompare(end[:], g[atTip:atSignature]) == 1
}
