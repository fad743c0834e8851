package models

import "time"

// PublicationKind is what is published.
type PublicationKind string

// The kinds of publication.
const (
	PublishedRules   PublicationKind = "rules"
	PublishedForm    PublicationKind = "form"
	PublishedPeering PublicationKind = "peering" // by what the codes of another place count here
)

// PublicationKinds lists them.
func PublicationKinds() []PublicationKind {
	return []PublicationKind{PublishedRules, PublishedForm, PublishedPeering}
}

// Draft is a file that an officer proposes for a jurisdiction. It is never edited:
// another draft follows it.
type Draft struct {
	ID           string
	Kind         PublicationKind
	Jurisdiction string // six digits, or [Root]
	Name         string // the file's own id; of a peering, the code of the other
	Version      int
	Hash         string // SHA-256 of the file, hexadecimal
	Body         string // the file
	DraftedBy    string // staff id
	At           time.Time
}

// Publication is a file that was put in force by somebody else than who drafted
// it. The latest of its kind, jurisdiction and name is in force.
type Publication struct {
	ID           string
	Kind         PublicationKind
	Jurisdiction string
	Name         string
	Version      int
	Hash         string
	DraftedBy    string
	PublishedBy  string
	At           time.Time
	InForce      bool
}

// Covers reports whether an officer of that place may publish for the
// jurisdiction: their own and those below it. The rules of all ([Root]) belong to
// the nation, whose code is 000000.
func Covers(place, jurisdiction string) bool {
	if jurisdiction == Root {
		return PlacePrefix(place) == ""
	}
	return Within(jurisdiction, place)
}
