package web

import (
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

// MePage is everything that is held about its reader.
type MePage struct {
	Page
	Name         string // in clear: it is their own, and stands behind a tap
	DocumentType string
	Document     string
	Phone        string
	Community    string
	Communities  []Choice
	Verified     bool
	Standing     StandingView
	Declarations []Declared
	Decisions    []StandingAt
	Reviews      []models.Review
	Appeals      int
	Tests        []models.Test
	Visits       []models.Visit
	Prints       []PrintHeld
	Fed          []Fed
	Consents     []ConsentState
	Version      int // of the words of consent
	Sessions     []models.Session
	Accesses     []models.Access
}

// Declared is one declaration as its maker sees it.
type Declared struct {
	Title     string
	At        time.Time
	Answers   []Answer
	Withdrawn bool
}

// StandingAt is one decision of the past.
type StandingAt struct {
	StandingView
	At      time.Time
	Reasons []string
	RuleSet string
}

// Fed is a city on a day, as the reader's telecom operator says.
type Fed struct {
	Day   string
	City  string
	Hours int
}

// FedIn is what operators say, in the reader's language, the latest day first.
func FedIn(language string, traces []models.Trace) []Fed {
	list := make([]Fed, len(traces))
	for i, t := range traces {
		list[i] = Fed{models.DayOf(t.From).String(), t.Place, t.Hours()}
		if city, known := models.Division(t.Place); known {
			list[i].City = city.Name.In(language)
		}
	}
	slices.SortStableFunc(list, func(a, b Fed) int { return strings.Compare(b.Day, a.Day) })
	return list
}

// ConsentState is a purpose, and whether the reader agrees to it.
type ConsentState struct {
	Purpose models.Purpose
	Given   bool
	Since   time.Time
}

// ConsentStates says how the reader stands to every purpose.
func ConsentStates(given []models.Consent) []ConsentState {
	var list []ConsentState
	for _, p := range models.Purposes() {
		state := ConsentState{Purpose: p}
		for _, c := range given {
			if c.Purpose == p {
				state.Given, state.Since = c.WithdrawnAt.IsZero(), c.GivenAt
			}
		}
		list = append(list, state)
	}
	return list
}
