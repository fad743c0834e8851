package platform

import (
	"crypto/rand"
	"crypto/subtle"
)

// Attempt is one login of a page under way, at a provider that sends people back
// with a code. It stays with the browser that began it, in a cookie: whoever
// brings the provider's answer must have it.
type Attempt struct {
	State    string
	Nonce    string // of OpenID Connect
	Verifier string // of PKCE (RFC 7636)
}

// NewState makes what the provider gives back as it was.
func NewState() string { return rand.Text() }

// Began reports whether this attempt is the one that the answer belongs to.
func (a Attempt) Began(state string) bool {
	return a.State != "" && subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) == 1
}
