package models

import "testing"

func TestColours(t *testing.T) {
	t.Parallel()
	names := []string{"green", "grey", "yellow", "red"} // from best to worst; the numbers are in every pass
	for i, name := range names {
		c, err := ParseColour(name)
		if err != nil || int(c) != i+1 || c.String() != name || !c.Valid() {
			t.Errorf("%s: %d, %s, %v", name, c, c, err)
		}
	}
	for _, s := range []string{"", "Green", "blue", "invalid", "gray", " green"} {
		if c, err := ParseColour(s); reasonOf(t, err) != ReasonFieldBad || c != 0 {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
	for _, c := range []Colour{0, Red + 1, 255} {
		if c.Valid() || c.String() != "invalid" {
			t.Errorf("%d: %s", uint8(c), c)
		}
	}
}
