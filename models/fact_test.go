package models

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFactHolds(t *testing.T) {
	t.Parallel()
	f := Fact{At: today, Until: today.Add(time.Hour)}
	for at, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false} {
		if got := f.Holds(today.Add(at)); got != want {
			t.Errorf("at %v: %v", at, got)
		}
	}
	if !(Fact{At: today}).Holds(today.AddDate(100, 0, 0)) {
		t.Error("without an end it ends")
	}
}

func TestFactKinds(t *testing.T) {
	t.Parallel()
	for _, k := range factKinds {
		if !k.Valid() {
			t.Errorf("%s is not valid", k)
		}
	}
	if FactKind("").Valid() || FactKind("Verified").Valid() || len(factKinds) != 10 {
		t.Error("what is no kind is valid, or one is missing from the list")
	}
}

// anyFact draws facts whose parts are made of few letters, so that two of them
// often have the same letters in other places.
func anyFact(t *rapid.T, name string) (string, Fact) {
	part := rapid.StringMatching(`[ab\x00\x01\x02]{0,3}`)
	at := rapid.SampledFrom([]time.Time{{}, today, today.Add(time.Millisecond)})
	return part.Draw(t, name+" person"), Fact{ID: part.Draw(t, name), Kind: FactKind(part.Draw(t, name)), Code: part.Draw(t, name),
		Level: part.Draw(t, name), Result: part.Draw(t, name), At: at.Draw(t, name), Until: at.Draw(t, name), Source: part.Draw(t, name)}
}

func TestFactCanonicalIsUnambiguous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p1, f1 := anyFact(t, "first")
		p2, f2 := anyFact(t, "second")
		if same, equal := bytes.Equal(f1.Canonical(p1), f2.Canonical(p2)), p1 == p2 && f1 == f2; same != equal {
			t.Fatalf("%q %+v and %q %+v: equal is %v, equal bytes is %v", p1, f1, p2, f2, equal, same)
		}
	})
}

func TestFactCanonicalCoversEveryField(t *testing.T) {
	t.Parallel()
	f := Fact{"id", FactTest, "pcr", "high", "negative", today, today.Add(time.Hour), "client:1"}
	seen := map[string]bool{string(f.Canonical("p")): true}
	for i, change := range []func(*Fact){func(f *Fact) { f.ID += "x" }, func(f *Fact) { f.Kind += "x" }, func(f *Fact) { f.Code += "x" },
		func(f *Fact) { f.Level += "x" }, func(f *Fact) { f.Result += "x" }, func(f *Fact) { f.At = f.At.Add(time.Millisecond) },
		func(f *Fact) { f.Until = time.Time{} }, func(f *Fact) { f.Source += "x" }} {
		g := f
		change(&g)
		if b := string(g.Canonical("p")); seen[b] {
			t.Errorf("change %d leaves the bytes", i)
		} else {
			seen[b] = true
		}
	}
	if seen[string(f.Canonical("q"))] {
		t.Error("another person has the same bytes")
	}
	moved := f
	moved.At = f.At.In(time.FixedZone("", 8*3600)).Add(time.Microsecond)
	if !bytes.Equal(moved.Canonical("p"), f.Canonical("p")) {
		t.Error("the zone, or less than a millisecond, is part of the bytes: a database keeps neither")
	}
}
