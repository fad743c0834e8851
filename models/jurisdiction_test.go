package models

import "testing"

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place, other string
		want         bool
	}{
		{"330110", "330110", true}, {"330110", "330100", true}, {"330110", "330000", true}, {"330110", "", true},
		{"330100", "330110", false}, {"330110", "330200", false}, {"420100", "330000", false}, {"330110", "331000", false},
		{"331001", "331000", true}, {"330110001", "330110", true},
	} {
		if got := Within(c.place, c.other); got != c.want {
			t.Errorf("%q within %q: %v, want %v", c.place, c.other, got, c.want)
		}
	}
}
