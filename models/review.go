package models

import "time"

// ReviewKind is what a community worker is asked to look at.
type ReviewKind string

// The kinds of review.
const (
	ReviewRegistration ReviewKind = "registration"
	ReviewDeclaration  ReviewKind = "declaration"
	ReviewCorrection   ReviewKind = "correction"
	ReviewAppeal       ReviewKind = "appeal"
	ReviewArrival      ReviewKind = "arrival" // the destination's, wherever its resident lives
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
	ReviewGranted  ReviewState = "granted"
)

// Done reports whether the review has been judged.
func (s ReviewState) Done() bool { return s != ReviewOpen && s != ReviewClaimed }

// Verdict is what a worker decides.
type Verdict string

// The verdicts. Clear is for declarations alone: the answers stand, and the
// worker has found that the risk they told of is over. Grant is for appeals alone,
// in the place of Approve: some of what is contested was wrong. Of an arrival, to
// approve is to have followed it up, and to refuse that nobody came as was said.
const (
	Approve Verdict = "approve"
	Clear   Verdict = "clear"
	Reject  Verdict = "refuse"
	Grant   Verdict = "grant"
)

// Judgement is a verdict and the words that go with it. The words are shown to
// the resident, so a refusal needs them, as does whatever answers an appeal.
type Judgement struct {
	Verdict Verdict
	Words   string
	Facts   []string // of an appeal that is granted: ids of what was wrong
}

// For checks that the judgement is one that this kind of review can have, and
// gives the state it leads to.
func (j Judgement) For(kind ReviewKind) (ReviewState, error) {
	if kind == ReviewAppeal {
		return j.answer()
	}
	switch {
	case len(j.Facts) > 0:
		return "", Refuse(ReasonAppealFacts).On("facts")
	case kind == ReviewArrival && (j.Verdict == Approve || j.Verdict == Reject) && j.Words == "":
		return "", Refuse(ReasonVerdictReason).On("words")
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

// answer is For of an appeal.
func (j Judgement) answer() (ReviewState, error) {
	switch {
	case j.Verdict != Grant && j.Verdict != Reject:
		return "", Refuse(ReasonVerdict).On("verdict")
	case j.Words == "":
		return "", Refuse(ReasonVerdictReason).On("words")
	case (j.Verdict == Grant) != (len(j.Facts) > 0): // to grant is to say what was wrong
		return "", Refuse(ReasonAppealFacts).On("facts")
	case j.Verdict == Grant:
		return ReviewGranted, nil
	}
	return ReviewRefused, nil
}

// ReviewLevel is whose turn it is.
type ReviewLevel string

// The levels. Only appeals ever come to the district's.
const (
	LevelCommunity ReviewLevel = "community"
	LevelDistrict  ReviewLevel = "district"
)

// Review is a community worker's work item.
type Review struct {
	ID          string
	Kind        ReviewKind
	ResidentID  string
	SubjectID   string // the declaration, correction, appeal or arrival; the resident for a registration
	CommunityID string
	Level       ReviewLevel
	State       ReviewState
	ClaimedBy   string // staff id
	Words       string // what the worker said when judging
	CreatedAt   time.Time
	DueAt       time.Time
	JudgedAt    time.Time
}
