package web

import (
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
