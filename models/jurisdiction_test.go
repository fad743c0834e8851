package models

import (
	"strings"
	"testing"
)

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

func TestPathTo(t *testing.T) {
	t.Parallel()
	parents := map[string]string{"330000": "", "330100": "330000", "330110": "330100", "440000": "any", "1": "2", "2": "3", "3": "1", "4": "5"}
	for code, want := range map[string]string{"330110": "any 330000 330100 330110", "330000": "any 330000", "440000": "any 440000",
		"any": "any", "": "any", "1": "", "4": "", "5": ""} {
		path, ok := PathTo(code, parents)
		if got := strings.Join(path, " "); got != want || ok != (want != "") {
			t.Errorf("the path to %q is %q, %v, want %q", code, got, ok, want)
		}
	}
}
