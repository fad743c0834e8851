package models

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDecisionHolds(t *testing.T) {
	t.Parallel()
	d := Decision{Outcome: Outcome{Until: today}}
	if !d.Holds(today.Add(-1)) || d.Holds(today) || d.Holds(today.Add(1)) {
		t.Error("a decision holds until its instant and no longer")
	}
	if !(Decision{}).Holds(today.AddDate(100, 0, 0)) {
		t.Error("without an end it ends")
	}
}

// anyDecision draws decisions whose ids are made of few letters, and never of a
// space: no id has one.
func anyDecision(t *rapid.T, name string) Decision {
	part := rapid.StringMatching(`[ab\x01\x02]{1,3}`)
	ids := rapid.SliceOfN(part, 0, 3)
	at := rapid.SampledFrom([]time.Time{{}, today, today.Add(time.Millisecond)})
	colour := rapid.SampledFrom([]Colour{Green, Grey, Yellow, Red})
	d := Decision{ID: part.Draw(t, name), ResidentID: part.Draw(t, name), Sequence: rapid.IntRange(1, 12).Draw(t, name),
		RuleSet: part.Draw(t, name), Facts: ids.Draw(t, name), At: at.Draw(t, name)}
	d.Colour, d.Until = colour.Draw(t, name), at.Draw(t, name)
	for range rapid.IntRange(0, 2).Draw(t, name) {
		d.Reasons = append(d.Reasons, DecisionReason{part.Draw(t, name), colour.Draw(t, name), ids.Draw(t, name), at.Draw(t, name)})
	}
	return d
}

func TestDecisionCanonicalIsUnambiguous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecision(t, "first"), anyDecision(t, "second")
		if same, equal := bytes.Equal(a.Canonical(), b.Canonical()), cmp.Equal(a, b); same != equal {
			t.Fatalf("%+v and %+v: equal is %v, equal bytes is %v", a, b, equal, same)
		}
	})
}

func TestDecisionCanonicalCoversEveryField(t *testing.T) {
	t.Parallel()
	make := func() Decision {
		return Decision{"id", "resident", 2, Outcome{Yellow, []DecisionReason{{"r", Yellow, []string{"f"}, today}}, today}, "default@1", []string{"f", "g"}, today}
	}
	seen := map[string]bool{string(make().Canonical()): true}
	for i, change := range []func(*Decision){func(d *Decision) { d.ID = "x" }, func(d *Decision) { d.ResidentID = "x" },
		func(d *Decision) { d.Sequence = 3 }, func(d *Decision) { d.Colour = Green }, func(d *Decision) { d.Until = time.Time{} },
		func(d *Decision) { d.RuleSet = "default@2" }, func(d *Decision) { d.Facts = []string{"f"} }, func(d *Decision) { d.Facts = []string{"g", "f"} },
		func(d *Decision) { d.At = today.Add(time.Second) }, func(d *Decision) { d.Reasons = nil }, func(d *Decision) { d.Reasons[0].Rule = "s" },
		func(d *Decision) { d.Reasons[0].Colour = Red }, func(d *Decision) { d.Reasons[0].Facts = nil }, func(d *Decision) { d.Reasons[0].Until = time.Time{} },
		func(d *Decision) { d.Reasons = append(d.Reasons, d.Reasons[0]) }} {
		d := make()
		change(&d)
		if b := string(d.Canonical()); seen[b] {
			t.Errorf("change %d leaves the bytes", i)
		} else {
			seen[b] = true
		}
	}
}

func TestDecisionReasonsSurviveTheirColumn(t *testing.T) {
	t.Parallel()
	want := []DecisionReason{{"a", Red, []string{"f"}, today}, {"b", Yellow, nil, time.Time{}}}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []DecisionReason
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
