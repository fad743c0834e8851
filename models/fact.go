package models

import "time"

// FactKind says what sort of evidence a [Fact] is.
type FactKind string

// The kinds of fact that exist. Rule files may use these and no others.
const (
	FactVerified    FactKind = "verified"    // a worker or the platform checked the document
	FactDeclaration FactKind = "declaration" // a form was answered; Code is the form's id
	FactSymptom     FactKind = "symptom"     // Code is the symptom
	FactContact     FactKind = "contact"     // with a confirmed case; Code is yes or unsure
	FactStay        FactKind = "stay"        // in a listed place; Code is the place, Level its listing's
	FactTest        FactKind = "test"        // Code is the test's kind, Result what it found
	FactVaccination FactKind = "vaccination" // Code is the product
	FactFinding     FactKind = "finding"     // a worker looked and found; Code is what
	FactExposure    FactKind = "exposure"    // was where a case was; Level is the visit's grade
	FactOrder       FactKind = "order"       // entered by staff under a legal reason, with a second approver
)

var factKinds = []FactKind{FactVerified, FactDeclaration, FactSymptom, FactContact, FactStay,
	FactTest, FactVaccination, FactFinding, FactExposure, FactOrder}

// Valid reports whether k is a kind that exists.
func (k FactKind) Valid() bool {
	for _, known := range factKinds {
		if k == known {
			return true
		}
	}
	return false
}

// Fact is one piece of evidence about a person, as rules see it: no name, no
// document, no address, no venue. It is never edited; evidence that turns out
// to be wrong is withdrawn and followed by another.
type Fact struct {
	ID     string
	Kind   FactKind
	Code   string    // what exactly, by Kind
	Level  string    // of a listing or of a visit's grade; else empty
	Result string    // of a test: negative or positive; else empty
	At     time.Time // when it happened or began, UTC
	Until  time.Time // when it ceases to hold; zero when only rules say
	Source string    // where it came from: "declaration", "client", "review", "listing", with an id after a colon
}

// Holds reports whether the fact is in force at the instant t.
func (f Fact) Holds(t time.Time) bool {
	return !t.Before(f.At) && (f.Until.IsZero() || t.Before(f.Until))
}

// Canonical is the one encoding of the fact as evidence about that person, over
// which its MAC is made. Every string is prefixed with its length, so that no
// two different facts share an encoding.
func (f Fact) Canonical(person string) []byte {
	return make(encoding, 0, encodingSize).add(person, f.ID, string(f.Kind), f.Code, f.Level, f.Result).
		time(f.At).time(f.Until).add(f.Source)
}
