package models

import "time"

// Level is how risky a listed place was declared to be.
type Level string

// The levels of a listing, as the lists of 2020 to 2022 had them.
const (
	LevelMedium Level = "medium" // 中风险
	LevelHigh   Level = "high"   // 高风险
)

// Valid reports whether l is a level that exists.
func (l Level) Valid() bool { return l == LevelMedium || l == LevelHigh }

// Check refuses a listing that is none.
func (l Listing) Check(now time.Time) error {
	var ps Problems
	if !l.Level.Valid() {
		ps.Add("level", Refuse(ReasonFieldBad))
	}
	if l.From.IsZero() || l.From.After(now) || !l.To.IsZero() && !l.To.After(l.From) {
		ps.Add("from", Refuse(ReasonListingPeriod))
	}
	return ps.Err()
}

// Listing is a place declared risky between two instants.
type Listing struct {
	ID    string
	Place string // code of a jurisdiction or community; those below it are meant too
	Level Level
	From  time.Time
	To    time.Time // zero while it lasts
}
