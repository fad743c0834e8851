package pass

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"healthcode/models"
)

const prefix = "https://hc.example.cn/p#"

var start = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// signer is a signer with fixed keys, one for each id.
func signer(t testing.TB, id byte) Signer {
	t.Helper()
	secret := sha256.Sum256([]byte{'k', id})
	chain := sha256.Sum256([]byte{'c', id})
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
	if err != nil {
		t.Fatal(err)
	}
	return Signer{KeyID: id, Key: key, ChainKey: chain[:]}
}

// trusting is a verifier that knows the keys of those signers.
func trusting(signers ...Signer) Verifier {
	v := Verifier{Keys: map[byte]*ecdsa.PublicKey{}}
	for _, s := range signers {
		v.Keys[s.KeyID] = &s.Key.PublicKey
	}
	return v
}

func input(life time.Duration) GrantInput {
	return GrantInput{
		Jurisdiction: "330110", Handle: Handle{1, 2, 3, 4, 5, 6, 7, 8},
		Colour: models.Green, NotBefore: start, Lifetime: life,
	}
}

func mint(t testing.TB, s Signer, in GrantInput) (Grant, Seed) {
	t.Helper()
	g, seed, err := s.Mint(in)
	if err != nil {
		t.Fatal(err)
	}
	return g, seed
}

func show(t testing.TB, g Grant, seed Seed, at time.Time) Pass {
	t.Helper()
	p, err := seed.Show(g, at)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reason is the reason of a refusal, "" for none; anything else fails the test.
func reason(t testing.TB, err error) models.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *models.Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a refusal: %v", err)
	}
	return p.Reason
}
