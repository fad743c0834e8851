package models

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"time"
)

// PeerPassKey is a key that passes are checked with.
type PeerPassKey struct {
	ID  byte   `json:"id"`
	Key []byte `json:"key"`
}

// PeerKeys is the public face of an installation.
type PeerKeys struct {
	Code     string            `json:"code"`
	Vendor   string            `json:"vendor"`
	Numbers  map[string]string `json:"numbers"`  // what it calls each of our colours
	Passes   []PeerPassKey     `json:"passes"`   // keys of its passes
	Signs    []string          `json:"signs"`    // fingerprints of the keys that it signs with, or will
	Mappings []string          `json:"mappings"` // hashes of the files by which it recognises others
	At       time.Time         `json:"at"`
	Until    time.Time         `json:"until"`
}

// PeerKeysLife is how long a list of keys is good: as long as an outage may last in
// which passes still open elsewhere.
const PeerKeysLife = 7 * 24 * time.Hour

// Check refuses keys that are not the installation's, or not of now.
func (k PeerKeys) Check(code string, now time.Time) error {
	switch {
	case k.Code != code:
		return Refuse(ReasonPeerElsewhere)
	case k.At.After(now.Add(PeerSkew)):
		return Refuse(ReasonPeerClock)
	case !now.Before(k.Until):
		return Refuse(ReasonPeerExpired)
	}
	_, err := k.Verifiers()
	return err
}

// PeerTolerance is how far the clocks of two installations may be apart before passes of
// one are refused at gates of the other (docs/pass.md).
const PeerTolerance = 5 * time.Second

// Off is how far the clock was off at least by which the list was made, if it was made
// between those two times by ours: above 0 is ahead. It is made to the second.
func (k PeerKeys) Off(asked, answered time.Time) time.Duration {
	switch late := k.At.Add(time.Second); {
	case late.Before(asked):
		return late.Sub(asked)
	case k.At.After(answered):
		return k.At.Sub(answered)
	}
	return 0
}

// Verifiers are the keys that the installation's passes are opened with.
func (k PeerKeys) Verifiers() (map[byte]*ecdsa.PublicKey, error) {
	keys := map[byte]*ecdsa.PublicKey{}
	for _, p := range k.Passes {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), p.Key)
		if err != nil || keys[p.ID] != nil {
			return nil, Refuse(ReasonPeerMalformed)
		}
		keys[p.ID] = key
	}
	return keys, nil
}

// Installation is this service as others know it. One without a code is known to
// nobody and asks nobody.
type Installation struct {
	Code    string // of its top jurisdiction, as 330000
	Vendor  string
	Numbers map[Colour]string // what it calls the colours to others
}

// Number is what the installation calls the colour.
func (i Installation) Number(c Colour) string {
	if n := i.Numbers[c]; n != "" {
		return n
	}
	return c.String()
}

// ParseNumbers reads what the colours are called, as green=00,yellow=01.
func ParseNumbers(pairs map[string]string) (map[Colour]string, error) {
	numbers, taken := map[Colour]string{}, map[string]bool{}
	for name, number := range pairs {
		c, err := ParseColour(name)
		if err != nil || number == "" || len(number) > peerWord || taken[number] {
			return nil, fmt.Errorf("want each of green, grey, yellow and red once, and another number for each")
		}
		numbers[c], taken[number] = number, true
	}
	if len(numbers) != 0 && len(numbers) != 4 {
		return nil, fmt.Errorf("want each of green, grey, yellow and red once, and another number for each")
	}
	return numbers, nil
}
