package models

import (
	"bytes"
	"slices"
	"time"
	"unicode/utf8"
)

// PeerSkew is how far the clocks of two installations may be apart.
const PeerSkew = 90 * time.Second

// PeerQuestion is what an installation asks another about whoever is showing a pass
// at a gate just now. The pass is what proves that somebody is.
type PeerQuestion struct {
	From  string    `json:"from"`
	To    string    `json:"to"`
	For   string    `json:"for,omitempty"` // who wants to know, when somebody else asks for them
	At    time.Time `json:"at"`
	Nonce []byte    `json:"nonce"` // 16 random bytes
	Pass  string    `json:"pass"`  // the digits
}

// NonceSize is how long a question's nonce is.
const NonceSize = 16

// Check refuses a question that is not for us, or not of now.
func (q PeerQuestion) Check(us string, now time.Time) error {
	switch {
	case len(q.Nonce) != NonceSize || !peerCode.MatchString(q.From) || q.For != "" && !peerCode.MatchString(q.For) || q.For == q.From:
		return Refuse(ReasonPeerMalformed)
	case q.To != us:
		return Refuse(ReasonPeerElsewhere)
	}
	return withinSkew(q.At, now)
}

// Asker is who is told, and through whom.
func (q PeerQuestion) Asker() string {
	if q.For == "" {
		return q.From
	}
	return q.From + "/" + q.For
}

func withinSkew(at, now time.Time) error {
	if off := now.Sub(at); off > PeerSkew || off < -PeerSkew {
		return Refuse(ReasonPeerClock)
	}
	return nil
}

// PeerTest is a test that somebody had, and how many hours ago, counting the one begun.
type PeerTest struct {
	Test  string `json:"test"`
	Hours int    `json:"hours"`
}

// PeerStatement is what an installation says about one of its own, to whoever asked:
// nothing that the gate does not need.
type PeerStatement struct {
	From     string     `json:"from"`
	To       string     `json:"to"`
	For      string     `json:"for,omitempty"`
	Nonce    []byte     `json:"nonce"`
	Handle   string     `json:"handle"` // of the pass, hexadecimal
	Colour   string     `json:"colour"` // as the speaker numbers them
	Reasons  []string   `json:"reasons,omitempty"`
	Tests    []PeerTest `json:"tests,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
	Verified bool       `json:"verified"` // the document has been checked
	Name     string     `json:"name"`     // masked
	At       time.Time  `json:"at"`
}

// The bounds of a statement.
const (
	peerWords = 32 // reasons or tests
	peerWord  = 64 // bytes of one
)

// Check refuses a statement that does not answer that question about that handle.
func (s PeerStatement) Check(q PeerQuestion, handle string, now time.Time) error {
	switch {
	case !s.sound():
		return Refuse(ReasonPeerMalformed)
	case s.From != q.To || s.To != q.From || s.For != q.For:
		return Refuse(ReasonPeerElsewhere)
	case !bytes.Equal(s.Nonce, q.Nonce) || s.Handle != handle:
		return Refuse(ReasonPeerReplayed)
	}
	return withinSkew(s.At, now)
}

func (s PeerStatement) sound() bool {
	word := func(w string) bool { return w != "" && len(w) <= peerWord && utf8.ValidString(w) }
	return word(s.Colour) && len(s.Name) <= peerWord && utf8.ValidString(s.Name) && len(s.Reasons) <= peerWords && len(s.Tests) <= peerWords &&
		!slices.ContainsFunc(s.Reasons, func(r string) bool { return !word(r) }) &&
		!slices.ContainsFunc(s.Tests, func(t PeerTest) bool { return !word(t.Test) || t.Hours < 0 || t.Hours > 24*366 })
}

// PeerPassed is a statement that somebody in between passes on as it was signed.
type PeerPassed struct {
	From      string    `json:"from"`
	To        string    `json:"to"`
	Nonce     []byte    `json:"nonce"`
	Statement Signed    `json:"statement"`
	At        time.Time `json:"at"`
}

// Check refuses what does not answer that question.
func (p PeerPassed) Check(q PeerQuestion, now time.Time) error {
	switch {
	case p.From != q.To || p.To != q.From:
		return Refuse(ReasonPeerElsewhere)
	case !bytes.Equal(p.Nonce, q.Nonce):
		return Refuse(ReasonPeerReplayed)
	}
	return withinSkew(p.At, now)
}
