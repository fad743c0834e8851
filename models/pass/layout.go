package pass

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"healthcode/models"
)

// The frame of version 1. Changing any of these makes another version.
const (
	Version   = 1
	Slot      = 5 * time.Second // how long a phone shows one pass
	MaxLife   = 4 * time.Hour   // of a grant; 2880 slots
	GrantSize = 99              // bytes
	Size      = 117             // bytes of a pass
)

// Where each field starts; doc.go has the table.
const (
	atKeyID        = 1
	atJurisdiction = 2
	atHandle       = 5
	atNotBefore    = 13
	atLifetime     = 17
	atTip          = 19
	atSignature    = 35
	atSlot         = GrantSize
	atValue        = 101

	headSize = atSignature
	linkSize = 16
)

// Handle names a grant on the server and says nothing elsewhere. It must be
// random and fresh for every grant: the same handle twice would let two gates
// know one person again.
type Handle [8]byte

// Grant is what the server signs and a phone keeps: the head and its signature.
// Its methods read what it says, whether or not the signature holds.
type Grant [GrantSize]byte

// ParseGrant reads what [Grant.String] wrote. Anything else is pass.malformed.
func ParseGrant(s string) (Grant, error) {
	var g Grant
	return g, decode(g[:], s)
}

// String is the grant in unpadded base64url, the form that the phone is given.
func (g Grant) String() string { return base64.RawURLEncoding.EncodeToString(g[:]) }

// KeyID says which key signed the grant.
func (g Grant) KeyID() byte { return g[atKeyID] }

// Colour is the colour granted.
func (g Grant) Colour() models.Colour { return models.Colour(g[0] & 0x0f) }

// Jurisdiction is the six-digit code of whoever issued the grant.
func (g Grant) Jurisdiction() string { return fmt.Sprintf("%06d", g.jurisdiction()) }

// Handle is the name of the grant.
func (g Grant) Handle() Handle { return Handle(g[atHandle:atNotBefore]) }

// NotBefore is when the first slot starts, in UTC.
func (g Grant) NotBefore() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(g[atNotBefore:])), 0).UTC()
}

// Expires is the first instant at which the grant no longer holds, in UTC.
func (g Grant) Expires() time.Time { return g.NotBefore().Add(g.lifetime()) }

// Slots is how many slots the grant has. The last may be cut short by expiry.
func (g Grant) Slots() int { return int((g.lifetime() + Slot - 1) / Slot) }

func (g Grant) version() byte { return g[0] >> 4 }

func (g Grant) jurisdiction() uint32 {
	return uint32(g[2])<<16 | uint32(g[3])<<8 | uint32(g[4])
}

func (g Grant) lifetime() time.Duration {
	return time.Duration(binary.BigEndian.Uint16(g[atLifetime:])) * time.Second
}

// sound reports whether the fields are ones that Mint writes.
func (g Grant) sound() bool {
	return g.version() == Version && g.Colour().Valid() && g.jurisdiction() <= 999999 &&
		g.lifetime() > 0 && g.lifetime() <= MaxLife
}

// Pass is what a phone shows in one slot: a grant and the slot's link.
type Pass [Size]byte

// Grant is the grant that the pass was made from.
func (p Pass) Grant() Grant { return Grant(p[:GrantSize]) }

func (p Pass) slot() int { return int(binary.BigEndian.Uint16(p[atSlot:])) }

func (p Pass) value() link { return link(p[atValue:]) }

func decode(into []byte, s string) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(into) {
		return models.Refuse(models.ReasonPassMalformed)
	}
	copy(into, b)
	return nil
}
