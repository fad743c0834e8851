package models

import (
	"strings"
	"time"
)

// Account is one login of a resident at one mini-program of one platform. It
// belongs to nobody until it is registered, and then to one resident.
type Account struct {
	ID         string
	Platform   string
	ResidentID string // "" until registration
	SessionID  string // the session that this request came with
}

// IsPlugin reports whether the account is of a plugin, which lives in somebody
// else's app. Such platforms are named after the app they live in: "wechat-plugin".
func (a Account) IsPlugin() bool { return strings.HasSuffix(a.Platform, "-plugin") }

// Plugin is an account of a plugin. Handlers take one as an argument; only the
// store's own look-up of a session makes one.
type Plugin struct{ Account }

// Linked is a resident by whichever way they come, a plugin too: enough to show a
// code and to declare.
type Linked struct{ Resident }

// Session is one signed-in phone or browser, as its owner may see it.
type Session struct {
	ID        string
	Platform  string
	Device    string // what the browser says it is, shortened
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Current   bool // the one that asks
}
