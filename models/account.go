package models

import "time"

// Account is one login of a resident at one mini-program of one platform. It
// belongs to nobody until it is registered, and then to one resident.
type Account struct {
	ID         string
	Platform   string
	ResidentID string // "" until registration
	SessionID  string // the session that this request came with
}

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
