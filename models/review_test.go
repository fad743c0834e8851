package models

import "testing"

func TestJudgementFor(t *testing.T) {
	t.Parallel()
	type outcome struct {
		state  ReviewState
		reason Reason
	}
	same := func(o outcome) map[ReviewKind]outcome {
		return map[ReviewKind]outcome{ReviewRegistration: o, ReviewDeclaration: o, ReviewCorrection: o}
	}
	for _, c := range []struct {
		verdict Verdict
		words   string
		want    map[ReviewKind]outcome
	}{
		{Approve, "", same(outcome{ReviewApproved, ""})},
		{Approve, "fine", same(outcome{ReviewApproved, ""})},
		{Reject, "wrong photo", same(outcome{ReviewRefused, ""})},
		{Reject, "", same(outcome{"", ReasonVerdictReason})},
		{Clear, "found well", map[ReviewKind]outcome{ReviewRegistration: {"", ReasonVerdict}, ReviewDeclaration: {ReviewCleared, ""}, ReviewCorrection: {"", ReasonVerdict}}},
		{Clear, "", map[ReviewKind]outcome{ReviewRegistration: {"", ReasonVerdict}, ReviewDeclaration: {"", ReasonVerdictReason}, ReviewCorrection: {"", ReasonVerdict}}},
		{"", "x", same(outcome{"", ReasonVerdict})},
		{"Approve", "x", same(outcome{"", ReasonVerdict})},
		{"red", "x", same(outcome{"", ReasonVerdict})},
	} {
		for kind, want := range c.want {
			state, err := Judgement{Verdict: c.verdict, Words: c.words}.For(kind)
			if got := (outcome{state, reasonOf(t, err)}); got != want {
				t.Errorf("%q with %q on a %s: got %v, want %v", c.verdict, c.words, kind, got, want)
			}
		}
	}
}

func TestReviewStateDone(t *testing.T) {
	t.Parallel()
	for state, want := range map[ReviewState]bool{ReviewOpen: false, ReviewClaimed: false, ReviewApproved: true, ReviewCleared: true, ReviewRefused: true, ReviewGranted: true} {
		if state.Done() != want {
			t.Errorf("%s: done is %v", state, state.Done())
		}
	}
}
