package models

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestCanonicalIsAsEver holds the bytes against the plainest way to make them: the
// MACs on record are over those.
func TestCanonicalIsAsEver(t *testing.T) {
	t.Parallel()
	join := func(fields ...string) (b []byte) {
		for _, s := range fields {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
		return b
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	rapid.Check(t, func(t *rapid.T) {
		person, f := anyFact(t, "fact")
		f.Source = strings.Repeat("s", rapid.IntRange(0, 300).Draw(t, "long"))
		f.At = time.UnixMilli(rapid.Int64Range(-1e14, 1e15).Draw(t, "at"))
		want := join(person, f.ID, string(f.Kind), f.Code, f.Level, f.Result, stamp(f.At), stamp(f.Until), f.Source)
		if got := f.Canonical(person); !bytes.Equal(got, want) {
			t.Fatalf("%q, and it was %q", got, want)
		}
		d := anyDecision(t, "decision")
		d.At = f.At
		fields := []string{d.ID, d.ResidentID, strconv.Itoa(d.Sequence), d.Colour.String(), stamp(d.Until), d.RuleSet, strings.Join(d.Facts, " "), stamp(d.At)}
		for _, r := range d.Reasons {
			fields = append(fields, r.Rule, r.Colour.String(), strings.Join(r.Facts, " "), stamp(r.Until))
		}
		if got, want := d.Canonical(), join(fields...); !bytes.Equal(got, want) {
			t.Fatalf("%q, and it was %q", got, want)
		}
	})
}
