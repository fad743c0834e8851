package models

import (
	"slices"
	"time"
)

// Purpose is what a person's data may be used for. Each is consented to apart
// from the others, and each can be withdrawn.
type Purpose string

// The purposes there are. What each means is said in web/texts.
const (
	PurposeCode    Purpose = "code"    // to register, to declare, to be given a code, to be checked at gates
	PurposeVisits  Purpose = "visits"  // to have visits to venues recorded for contact tracing
	PurposeRecords Purpose = "records" // to fetch vaccinations and tests from the registries
	PurposeTravel  Purpose = "travel"  // to be told by the telecom operator which cities their phone was in
)

// ConsentVersion is the version of the words that residents agree to now.
const ConsentVersion = 1

// GuardianAge is the age under which a guardian consents (PIPL, article 31).
const GuardianAge = 14

// Purposes lists every purpose. Only the first is needed to register.
func Purposes() []Purpose {
	return []Purpose{PurposeCode, PurposeVisits, PurposeRecords, PurposeTravel}
}

// Consent is a person's word that their data may be used for a purpose.
type Consent struct {
	Purpose     Purpose
	Version     int
	GivenAt     time.Time
	WithdrawnAt time.Time // zero while it stands
}

// CheckConsents refuses unknown purposes and words that are no longer the ones
// in force, and a registration without consent to the code itself.
func CheckConsents(given []Consent) error {
	var ps Problems
	for _, c := range given {
		if !slices.Contains(Purposes(), c.Purpose) {
			ps.Add("consents", Refuse(ReasonConsentPurpose))
		} else if c.Version != ConsentVersion {
			ps.Add("consents", Refuse(ReasonConsentVersion))
		}
	}
	if !slices.ContainsFunc(given, func(c Consent) bool { return c.Purpose == PurposeCode }) {
		ps.Add("consents", Refuse(ReasonConsentMissing))
	}
	return ps.Err()
}
