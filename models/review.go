package models

import "time"

// ReviewKind is what a community worker is asked to look at.
type ReviewKind string

// The kinds of review.
const (
	ReviewRegistration ReviewKind = "registration"
	ReviewDeclaration  ReviewKind = "declaration"
	ReviewCorrection   ReviewKind = "correction"
)

// ReviewState is where a review stands.
type ReviewState string

// The states of a review.
const (
	ReviewOpen     ReviewState = "open"
	ReviewClaimed  ReviewState = "claimed"
	ReviewApproved ReviewState = "approved"
	ReviewCleared  ReviewState = "cleared"
	ReviewRefused  ReviewState = "refused"
)

// Done reports whether the review has been judged.
func (s ReviewState) Done() bool { return s != ReviewOpen && s != ReviewClaimed }

// Verdict is what a worker decides.
type Verdict string

// The verdicts. Clear is for declarations alone: the answers stand, and the
// worker has found that the risk they told of is over.
const (
	Approve Verdict = "approve"
	Clear   Verdict = "clear"
	Reject  Verdict = "refuse"
)

// Judgement is a verdict and the words that go with it. The words are shown to
// the resident, so a refusal needs them.
type Judgement struct {
	Verdict Verdict
	Words   string
}

// For checks that the judgement is one that this kind of review can have, and
// gives the state it leads to.
func (j Judgement) For(kind ReviewKind) (ReviewState, error) {
	switch {
	case j.Verdict == Approve:
		return ReviewApproved, nil
	case j.Verdict == Clear && kind == ReviewDeclaration && j.Words != "":
		return ReviewCleared, nil
	case j.Verdict == Reject && j.Words != "":
		return ReviewRefused, nil
	case j.Verdict == Clear && kind == ReviewDeclaration, j.Verdict == Reject:
		return "", Refuse(ReasonVerdictReason).On("words")
	}
	return "", Refuse(ReasonVerdict).On("verdict")
}

// Review is a community worker's work item.
type Review struct {
	ID          string
	Kind        ReviewKind
	ResidentID  string
	SubjectID   string // the declaration or correction; the resident for a registration
	CommunityID string
	State       ReviewState
	ClaimedBy   string // staff id
	Words       string // what the worker said when judging
	CreatedAt   time.Time
	DueAt       time.Time
	JudgedAt    time.Time
}
