package models

import "slices"

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
