package pass

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
)

const grantLabel = "healthcode/pass/1/grant"

// order is n, the order of P-256. Of the two valid s, n-s is the other; only the
// one up to halfOrder is written and taken.
var (
	order     = elliptic.P256().Params().N
	halfOrder = new(big.Int).Rsh(order, 1)
	halfBytes = halfOrder.FillBytes(make([]byte, 32))
)

func (g Grant) digest() [sha256.Size]byte {
	var signed [len(grantLabel) + headSize]byte
	copy(signed[:], grantLabel)
	copy(signed[len(grantLabel):], g[:headSize])
	return sha256.Sum256(signed[:])
}

func (s Signer) sign(g *Grant) error {
	digest := g.digest()
	// Without a source of randomness the standard library follows RFC 6979.
	der, err := s.Key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("pass: sign: %w", err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return fmt.Errorf("pass: sign: %w", err)
	}
	if sig.S.Cmp(halfOrder) > 0 {
		sig.S.Sub(order, sig.S)
	}
	sig.R.FillBytes(g[atSignature : atSignature+32])
	sig.S.FillBytes(g[atSignature+32:])
	return nil
}

// signedBy reports whether key signed the grant, in the one spelling allowed.
func (g Grant) signedBy(key *ecdsa.PublicKey) bool {
	rb, sb := g[atSignature:atSignature+32], g[atSignature+32:]
	if bytes.Compare(sb, halfBytes) > 0 {
		return false
	}
	digest := g.digest()
	return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(rb), new(big.Int).SetBytes(sb))
}
