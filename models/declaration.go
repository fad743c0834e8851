package models

import (
	"encoding/json"
	"time"
)

// Declaration is what a resident said, on one version of a form.
type Declaration struct {
	ID         string
	ResidentID string
	Form       string
	Version    int
	Answers    json.RawMessage // as the form's Canonical wrote them
	At         time.Time
	Facts      []Fact // what follows from the answers
	Stays      []Stay // where they were, to be held against the listings
	Review     bool   // a worker is to look at it
	Withdrawn  bool   // a worker refused it: nothing follows from it any more
}

// Stay is a place a person was in, between two days, both included.
type Stay struct {
	Place string // code of the jurisdiction
	From  time.Time
	To    time.Time // the instant the last day ended
}

// Overlaps reports whether the stay and the listing share any time.
func (s Stay) Overlaps(l Listing) bool {
	return s.To.After(l.From) && (l.To.IsZero() || s.From.Before(l.To))
}
