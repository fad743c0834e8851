package models

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Proposal is a lever that somebody has put their hand to, and that somebody else
// is to agree to. Just one of the things that it may be about is set.
type Proposal struct {
	ID        string
	Lever     Lever
	Office    string // jurisdiction of whoever entered it
	Entered   ActorKind
	EnteredBy string
	At        time.Time
	Evidence  string // what it rests on, in the words of whoever entered it
	Effect    Effect // when it was entered

	ResidentID  string      // of an order, a declaration and a move
	Order       Order       // of an order
	Listing     Listing     // of a listing
	Exposure    Exposure    // of an exposure
	Declaration Declaration // of a declaration on behalf
	Community   string      // of a move, where to
	Tests       []Test      // of an import
	Merger      Merger      // of a merger
	Untried     bool        // of a merger whose Effect is not known

	State    ProposalState
	JudgedBy string
	JudgedAt time.Time
	Words    string // what was said to it
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen      ProposalState = "open"
	ProposalAgreed    ProposalState = "agreed"
	ProposalRefused   ProposalState = "refused"
	ProposalWithdrawn ProposalState = "withdrawn" // by whoever entered it
)

// Effect is what a proposal would make of people's colours.
type Effect struct {
	People   int64 // whom it is about
	Worse    int64 // of those, whose colour gets worse
	Reddened int64 // of those, who turn red
}

// Add counts one resident, as they are and as they would be.
func (e *Effect) Add(before, after Colour) {
	e.People++
	if after <= before {
		return
	}
	e.Worse++
	if after == Red {
		e.Reddened++
	}
}

// evidenceLimit is how long evidence may be, in characters.
const evidenceLimit = 500

// CheckEvidence trims what somebody says that a proposal rests on. Without any
// there is no proposal.
func CheckEvidence(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", Refuse(ReasonFieldMissing).On("evidence")
	case utf8.RuneCountInString(s) > evidenceLimit:
		return "", Refuse(ReasonAnswerTooLong).On("evidence")
	case !utf8.ValidString(s) || slices.ContainsFunc([]rune(s), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }):
		return "", Refuse(ReasonFieldBad).On("evidence")
	}
	return s, nil
}

// Proposer is a member of staff in a role that some lever belongs to.
type Proposer struct{ Staff }

// Proposes reports whether the role enters proposals or agrees to them.
func (r Role) Proposes() bool {
	return slices.ContainsFunc(levers, func(t LeverTerms) bool { return t.Enters == r || t.Agrees == r })
}
