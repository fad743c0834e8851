package models

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	p := Refuse(ReasonPassStale).On("pass").Because(cause)
	if p.Reason != ReasonPassStale || p.Field != "pass" || p.Kind() != Gone {
		t.Errorf("got %+v", p)
	}
	if got := p.Error(); got != "pass.stale on pass: cause" {
		t.Errorf("got %q", got)
	}
	wrapped := fmt.Errorf("more: %w", p)
	if !errors.Is(wrapped, Gone) || !errors.Is(wrapped, cause) || errors.Is(wrapped, Conflict) {
		t.Error("errors.Is does not find the kind and the cause, and them alone")
	}
	if !errors.Is(Refuse(ReasonPassStale), Gone) {
		t.Error("without a cause the kind is lost")
	}
}

func TestProblemIsNotChangedByWhatIsMadeOfIt(t *testing.T) {
	t.Parallel()
	p := Refuse(ReasonFieldBad)
	_ = p.On("a").Because(errors.New("x"))
	if p.Field != "" || p.Error() != "request.bad_value" {
		t.Errorf("got %v", p)
	}
	if p.On("a").Because(errors.New("x")).On("b").Error() != "request.bad_value on b: x" {
		t.Error("On loses the cause")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	var ps Problems
	if ps.Err() != nil {
		t.Error("no problem is an error")
	}
	if !ps.Add("a", nil) || len(ps) != 0 {
		t.Error("nil is a problem")
	}
	inner := Problems{Refuse(ReasonFieldBad).On("x"), Refuse(ReasonFieldMissing)}
	if ps.Add("a", Refuse(ReasonNameInvalid)) || ps.Add("b", inner) || ps.Add("", Refuse(ReasonRecordDate).On("date")) ||
		ps.Add("c", fmt.Errorf("w: %w", Refuse(ReasonPassStale))) || ps.Add("d", errors.New("disk")) {
		t.Error("Add says that a problem is none")
	}
	want := []string{"a name.invalid", "b.x request.bad_value", "b request.missing_field", "date record.date", "c pass.stale", "d internal"}
	if diff := cmp.Diff(want, badLines(ps)); diff != "" {
		t.Error(diff)
	}
	err := ps.Err()
	var one *Problem
	if !errors.As(err, &one) || one.Field != "a" || !errors.Is(err, Gone) || !errors.Is(err, Internal) {
		t.Errorf("got %v", err)
	}
	if inner[0].Field != "x" {
		t.Error("collecting a problem changes it")
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := Internal; k <= Upstream; k++ {
		if k.Error() == "" || seen[k.Error()] {
			t.Errorf("kind %d is named %q", k, k.Error())
		}
		seen[k.Error()] = true
	}
	if len(kindNames) != int(Upstream)+1 {
		t.Error("there are names of no kind")
	}
	if Reason("no.such").Kind() != Internal {
		t.Error("what nobody classified is not internal")
	}
}
