package models

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// PeerPaper is what sort of thing an installation signs. The sort is hashed with it,
// so that nothing that was signed for one purpose serves another.
type PeerPaper string

// What installations sign.
const (
	PaperKeys      PeerPaper = "healthcode/peer/1/keys\n"
	PaperQuestion  PeerPaper = "healthcode/peer/1/question\n"
	PaperStatement PeerPaper = "healthcode/peer/1/statement\n"
	PaperPassed    PeerPaper = "healthcode/peer/1/passed\n"
)

// PeerLimit is how long anything is that installations send each other, in bytes.
const PeerLimit = 32 << 10

// Signed is one thing that an installation says, under its signature. What is signed
// is the very bytes of the payload: nobody writes them anew.
type Signed struct {
	By        []byte `json:"by"`        // the key: a point of P-256, uncompressed, 65 bytes
	Payload   []byte `json:"payload"`   // JSON
	Signature []byte `json:"signature"` // ECDSA over SHA-256(paper ‖ payload), ASN.1
}

// PeerKey is a public key as it is written in what installations say.
func PeerKey(key *ecdsa.PublicKey) ([]byte, error) {
	if key == nil || key.Curve != elliptic.P256() {
		return nil, errors.New("peer: a key is not on P-256")
	}
	return key.Bytes()
}

// Fingerprint is what a key is pinned by: SHA-256 of its 65 bytes, hexadecimal.
func Fingerprint(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:])
}

// SignPaper signs what. The same thing has the same signature (RFC 6979).
func SignPaper(key *ecdsa.PrivateKey, paper PeerPaper, what any) (Signed, error) {
	if key == nil {
		return Signed{}, errors.New("peer: there is no key to sign with")
	}
	by, err := PeerKey(&key.PublicKey)
	if err != nil {
		return Signed{}, err
	}
	payload, err := json.Marshal(what)
	if err != nil {
		return Signed{}, err
	}
	signature, err := key.Sign(nil, paper.digest(payload), crypto.SHA256)
	return Signed{By: by, Payload: payload, Signature: signature}, err
}

func (p PeerPaper) digest(payload []byte) []byte {
	h := sha256.New()
	h.Write([]byte(p))
	h.Write(payload)
	return h.Sum(nil)
}

// OpenPaper reads what was signed by one of the pinned keys. It refuses with
//   - peer.unknown: by another key
//   - peer.forged: the signature does not hold
//   - peer.malformed: signed, and not what such a paper says
func OpenPaper[T any](s Signed, paper PeerPaper, pins []string) (T, error) {
	var out T
	if !slices.Contains(pins, Fingerprint(s.By)) {
		return out, Refuse(ReasonPeerUnknown)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), s.By)
	if err != nil || !ecdsa.VerifyASN1(key, paper.digest(s.Payload), s.Signature) {
		return out, Refuse(ReasonPeerForged)
	}
	if err := strictJSON(s.Payload, &out); err != nil {
		return *new(T), Refuse(ReasonPeerMalformed)
	}
	return out, nil
}

// ParseSigned reads what came from outside, and trusts nothing in it.
func ParseSigned(body []byte) (Signed, error) {
	var s Signed
	if len(body) > PeerLimit || strictJSON(body, &s) != nil {
		return Signed{}, Refuse(ReasonPeerMalformed)
	}
	return s, nil
}

// strictJSON reads one JSON value with nothing unknown in it and nothing after it.
func strictJSON(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}

// Body is the thing as it is sent.
func (s Signed) Body() ([]byte, error) { return json.Marshal(s) }

// Peek is who a question says that it is from, before anything about it was checked.
func (s Signed) Peek() string {
	var q struct {
		From string `json:"from"`
	}
	if json.Unmarshal(s.Payload, &q) != nil {
		return ""
	}
	return q.From
}
