package models

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewAppeal(t *testing.T) {
	t.Parallel()
	decision := Target{TargetDecision, "d"}
	for _, c := range []struct {
		name   string
		target Target
		words  string
		photos []string
		want   []string
	}{
		{"in order", decision, " I was not there. ", []string{"a", "b", "c"}, nil},
		{"at the limit", Target{TargetRecord, "r"}, strings.Repeat("错", 500), nil, nil},
		{"everything wrong", Target{"colour", ""}, " \n", []string{"a", "b", "c", "d"},
			[]string{"target.kind request.bad_value", "target.id request.missing_field", "words request.missing_field", "photos photo.too_many"}},
		{"too long", Target{TargetFact, "f"}, strings.Repeat("错", 501), nil, []string{"words answer.too_long"}},
	} {
		a, err := NewAppeal(c.target, c.words, c.photos)
		if diff := cmp.Diff(c.want, badLines(problemsIn(err))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if a.Words != strings.TrimSpace(c.words) {
			t.Errorf("%s: the words are %q", c.name, a.Words)
		}
	}
}

func problemsIn(err error) Problems {
	ps, _ := err.(Problems)
	return ps
}

func TestAnswerToAnAppeal(t *testing.T) {
	t.Parallel()
	wrong := []string{"f"}
	for _, c := range []struct {
		judgement Judgement
		kind      ReviewKind
		want      ReviewState
		reason    Reason
	}{
		{Judgement{Grant, "You are right.", wrong}, ReviewAppeal, ReviewGranted, ""},
		{Judgement{Reject, "It was you.", nil}, ReviewAppeal, ReviewRefused, ""},
		{Judgement{Grant, "", wrong}, ReviewAppeal, "", ReasonVerdictReason},
		{Judgement{Reject, "", nil}, ReviewAppeal, "", ReasonVerdictReason},
		{Judgement{Grant, "You are right.", nil}, ReviewAppeal, "", ReasonAppealFacts},
		{Judgement{Reject, "It was you.", wrong}, ReviewAppeal, "", ReasonAppealFacts},
		{Judgement{Approve, "Fine.", nil}, ReviewAppeal, "", ReasonVerdict},
		{Judgement{Clear, "Fine.", nil}, ReviewAppeal, "", ReasonVerdict},
		{Judgement{Grant, "You are right.", nil}, ReviewDeclaration, "", ReasonVerdict},
		{Judgement{Approve, "", wrong}, ReviewDeclaration, "", ReasonAppealFacts},
	} {
		state, err := c.judgement.For(c.kind)
		if state != c.want || reasonOf(t, err) != c.reason {
			t.Errorf("%+v of a %s: %q, %v; want %q, %q", c.judgement, c.kind, state, err, c.want, c.reason)
		}
	}
}

// TestReviewAs: an appeal changes hands at the instant, and nothing else does.
func TestReviewAs(t *testing.T) {
	t.Parallel()
	due := time.Date(2022, 3, 15, 4, 0, 0, 0, time.UTC)
	held := Review{Kind: ReviewAppeal, Level: LevelCommunity, State: ReviewClaimed, ClaimedBy: "w", DueAt: due}
	if got := held.As(due.Add(-time.Millisecond)); got != held {
		t.Errorf("before its time is over it is %+v", got)
	}
	passed := Review{Kind: ReviewAppeal, Level: LevelDistrict, State: ReviewOpen, DueAt: due.Add(48 * time.Hour)}
	if got := held.As(due); got != passed {
		t.Errorf("at that instant it is %+v, want %+v", got, passed)
	}
	if got := passed.As(due.Add(1000 * time.Hour)); got != passed || !got.Late(due.Add(1000*time.Hour)) {
		t.Errorf("what the district let lie is %+v", got)
	}
	judged, other := held, held
	judged.State, other.Kind = ReviewGranted, ReviewDeclaration
	for _, r := range []Review{judged, other} {
		if got := r.As(due.Add(time.Hour)); got != r {
			t.Errorf("%+v became %+v", r, got)
		}
	}
}

func TestSpoke(t *testing.T) {
	t.Parallel()
	named := DecisionReason{Rule: "contact", Facts: []string{"b"}}
	for _, c := range []struct {
		name    string
		reasons []DecisionReason
		want    []string
	}{
		{"what the reasons name", []DecisionReason{{Rule: "undeclared"}, named}, []string{"b"}},
		{"all, where they name none", []DecisionReason{{Rule: "any"}}, []string{"a", "b"}},
		{"nothing, without reasons", nil, nil},
	} {
		d := Decision{Outcome: Outcome{Reasons: c.reasons}, Facts: []string{"a", "b"}}
		if diff := cmp.Diff(c.want, d.Spoke()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestWithdrawal(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"f1": "fact:f1", "s1/l1": "fact:s1/l1", RecordID("v1"): "vaccination:v1"} {
		if got := Withdrawal(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}
