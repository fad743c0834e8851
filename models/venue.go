package models

import (
	"slices"
	"time"
)

// VenueKind is what sort of place a venue is.
type VenueKind string

// The kinds of venue.
const (
	VenueDoor     VenueKind = "door"     // a shop, an office, a compound's gate
	VenueStation  VenueKind = "station"  // of trains, of coaches
	VenueAirport  VenueKind = "airport"  //
	VenueMotorway VenueKind = "motorway" // where it is left
)

// VenueKinds lists those that there are, the commonest first.
func VenueKinds() []VenueKind {
	return []VenueKind{VenueDoor, VenueStation, VenueAirport, VenueMotorway}
}

// Valid reports whether k is a kind that exists.
func (k VenueKind) Valid() bool { return slices.Contains(VenueKinds(), k) }

// Gateway reports whether people arrive there from elsewhere.
func (k VenueKind) Gateway() bool { return k.Valid() && k != VenueDoor }

// Venue is a door with a poster on it, or a gate with a guard at it.
type Venue struct {
	ID           string
	Jurisdiction string
	CommunityID  string
	Kind         VenueKind
	Name         Text
	Poster       string // what the poster's QR carries
}

// How soon after one venue somebody can hardly be at another: nobody knows how far
// apart two are, but where they lie says something.
const (
	ApartNear = time.Minute     // of two communities
	ApartFar  = 5 * time.Minute // of two districts
)

// TooClose reports whether one person can hardly have been at both, so long apart.
// Within a community, doors may lie side by side.
func TooClose(a, b Venue, apart time.Duration) bool {
	switch {
	case a.ID == b.ID || a.CommunityID == b.CommunityID && a.Jurisdiction == b.Jurisdiction:
		return false
	case a.Jurisdiction == b.Jurisdiction:
		return apart.Abs() < ApartNear
	}
	return apart.Abs() < ApartFar
}
