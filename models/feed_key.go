package models

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
)

// FeedKey is a key that an operator signs its feeds with: Ed25519, or ECDSA on P-256.
type FeedKey struct {
	ID  string // of the key itself: the beginning of the hash of DER
	DER []byte // as PKIX has it

	ed25519 ed25519.PublicKey
	ecdsa   *ecdsa.PublicKey
}

// ParseFeedKey reads a public key in PEM, as openssl writes it.
func ParseFeedKey(file []byte) (FeedKey, error) {
	block, _ := pem.Decode(file)
	if block == nil || block.Type != "PUBLIC KEY" {
		return FeedKey{}, Refuse(ReasonFeedKey)
	}
	return FeedKeyOf(block.Bytes)
}

// FeedKeyOf is the key of that DER.
func FeedKeyOf(der []byte) (FeedKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return FeedKey{}, Refuse(ReasonFeedKey)
	}
	hash := sha256.Sum256(der)
	key := FeedKey{ID: hex.EncodeToString(hash[:8]), DER: der}
	switch k := parsed.(type) {
	case ed25519.PublicKey:
		key.ed25519 = k
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return FeedKey{}, Refuse(ReasonFeedKey)
		}
		key.ecdsa = k
	default:
		return FeedKey{}, Refuse(ReasonFeedKey)
	}
	return key, nil
}

// Signed reports whether the signature is the key's, of that first line. Ed25519
// signs the line itself, ECDSA its SHA-256. The end of the line is part of it.
func (k FeedKey) Signed(head string, signature []byte) bool {
	line := []byte(head + "\n")
	if k.ecdsa != nil {
		hash := sha256.Sum256(line)
		return ecdsa.VerifyASN1(k.ecdsa, hash[:], signature)
	}
	return len(k.ed25519) == ed25519.PublicKeySize && ed25519.Verify(k.ed25519, line, signature)
}

// FeedSignature is what lies beside a feed: the key's id and the signature in base64.
type FeedSignature struct {
	Key   string
	Bytes []byte
}

// feedSignatureMost is more than any signature takes.
const feedSignatureMost = 300

// ParseFeedSignature reads it.
func ParseFeedSignature(file []byte) (FeedSignature, error) {
	words := strings.Fields(string(file[:min(len(file), feedSignatureMost+1)]))
	if len(file) > feedSignatureMost || len(words) != 2 || len(words[0]) > 16 {
		return FeedSignature{}, Refuse(ReasonFeedSignature)
	}
	b, err := base64.StdEncoding.DecodeString(words[1])
	if err != nil {
		return FeedSignature{}, Refuse(ReasonFeedSignature)
	}
	return FeedSignature{words[0], b}, nil
}
