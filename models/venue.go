package models

// Venue is a door with a poster on it, or a gate with a guard at it.
type Venue struct {
	ID           string
	Jurisdiction string
	CommunityID  string
	Name         Text
	Poster       string // what the poster's QR carries
}
