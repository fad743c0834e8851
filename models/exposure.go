package models

import (
	"slices"
	"time"
)

// Exposure says that a case was at a venue between two instants. Whoever was there
// too may have met them.
type Exposure struct {
	VenueID string
	Case    string // the health authority's number of the case: never a name
	From    time.Time
	To      time.Time
}

// exposureLongest bounds a stay of a case at one venue.
const exposureLongest = 24 * time.Hour

// Check refuses what cannot be one, or is longer ago than visits are kept.
func (e Exposure) Check(now time.Time) error {
	var ps Problems
	checkLine(&ps, "case", e.Case)
	if !e.To.After(e.From) || e.To.After(now) || e.To.Sub(e.From) > exposureLongest || now.Sub(e.From) > 31*24*time.Hour {
		ps.Add("from", Refuse(ReasonExposurePeriod))
	}
	return ps.Err()
}

// gradesBest are the grades of a visit, the best first.
var gradesBest = []Grade{GradeScanned, GradeHand, GradeSelf}

// Better reports whether a visit of grade g is better witnessed than one of other.
func (g Grade) Better(other Grade) bool {
	return slices.Index(gradesBest, g) < slices.Index(gradesBest, other)
}

// Fact is the exposure as evidence about somebody who was there.
func (e Exposure) Fact(proposal string, at time.Time, grade Grade) Fact {
	return Fact{Kind: FactExposure, Level: string(grade), At: at, Source: "exposure:" + proposal}
}
