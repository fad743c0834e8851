package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// changed is the example of the docs with something put otherwise.
func changed(t *testing.T, pairs ...string) *Peering {
	t.Helper()
	file := string(anhui(t).Source)
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(file, pairs[i]) != 1 {
			t.Fatalf("%q does not stand there once", pairs[i])
		}
		file = strings.Replace(file, pairs[i], pairs[i+1], 1)
	}
	p, err := ParsePeering([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// said is a shift in a line.
func (s PeerShift) said() string {
	who := strings.Join(s.Colours, ",")
	if s.Granted != 0 {
		who = "granted " + s.Granted.String()
	}
	if s.Reason != "" {
		who += " " + s.Reason
	}
	if s.Tests != nil {
		who += fmt.Sprintf(" %s %d-%d", strings.Join(s.Tests, ","), s.Above, s.Upto)
	}
	name := func(c Colour) string {
		if c == 0 {
			return "none"
		}
		return c.String()
	}
	way := map[bool]string{true: "worse", false: "better"}[s.Worse()]
	if s.Stays() {
		way = "stays"
	}
	return fmt.Sprintf("%s: %s > %s, %s", who, name(s.From), name(s.To), way)
}

var letters = strings.Repeat("a", 64)

const pinned = "91f95bb6f6ab0b3a1ee2e5bcd0b1d1cb7d2bb3f8a4b31d6f5a6f2b6ab2b9c7d1"

// TestPreviewPeering: what a second officer agrees to, before they do.
func TestPreviewPeering(t *testing.T) {
	t.Parallel()
	unlisted := anhui(t)
	unlisted.Mode = PeerNone
	for _, c := range []struct {
		name          string
		before, after *Peering
		want          []string
	}{
		{"the same", anhui(t), anhui(t), nil},
		{"another pin", anhui(t), changed(t, pinned, letters), nil},
		{"a colour that becomes better", anhui(t), changed(t, "{is: 01, colour: yellow}", "{is: 01, colour: green}"), []string{"01: yellow > green, better", "01 contact: red > red, stays", "01 zone: yellow > yellow, stays"}},
		{"one that becomes worse", anhui(t), changed(t, "{is: 00, colour: green}", "{is: 00, colour: red}"), []string{"00: green > red, worse", "00 contact: red > red, stays", "00 zone: yellow > yellow, stays", "00 zone nat_neg 0-48: green > yellow, worse"}},
		{"one that is known no more", anhui(t), changed(t, "  - {is: 10, colour: red}\n", ""), []string{"10: red > grey, better", "10 zone: yellow > grey, better"}},
		{"one that is new", anhui(t), changed(t, "  - {is: 10, colour: red}\n", "  - {is: 10, colour: red}\n  - {is: 11, colour: yellow}\n"), []string{"11: grey > yellow, worse", "11 contact: grey > red, worse", "11 zone nat_neg 0-48: grey > green, better"}},
		{"a pass", anhui(t), changed(t, "  - {is: yellow, colour: yellow}\n", ""), []string{"granted yellow: yellow > grey, better"}},
		{"a reason", anhui(t), changed(t, "colour: red          # worse here than there", "colour: yellow"), []string{"00,01,10 contact: red > yellow, better"}},
		{"a reason that is forgotten", anhui(t), changed(t, "    colour: red          # worse here than there\n", ""),
			[]string{"00 contact: red > green, better", "01 contact: red > yellow, better"}},
		{"a test of less age", anhui(t), changed(t, "within: 48h", "within: 24h"), []string{"00,01 zone nat_neg 24-48: green > yellow, worse"}},
		{"another test", anhui(t), changed(t, "  - {is: nat_neg, counts: pcr}", "  - {is: antigen, counts: pcr}"),
			[]string{"00,01 zone nat_neg 0-48: green > yellow, worse", "00,01 zone antigen 0-48: yellow > green, better"}},
		{"another test of less age", anhui(t), changed(t, "  - {is: nat_neg, counts: pcr}", "  - {is: antigen, counts: pcr}", "within: 48h", "within: 24h"),
			[]string{"00,01 zone nat_neg 0-48: green > yellow, worse", "00,01 zone antigen 0-24: yellow > green, better"}},
		{"no test", anhui(t), changed(t, "    unless: {test: pcr, within: 48h, colour: green}\n", ""), []string{"00,01 zone nat_neg 0-48: green > yellow, worse"}},
		{"the first", nil, anhui(t), []string{"00: none > green, better", "01: none > yellow, better", "10: none > red, better", "granted green: none > green, better",
			"granted yellow: none > yellow, better", "granted red: none > red, better", "00,01 contact: none > red, better", "00,10 zone: none > yellow, better", "00,01 zone nat_neg 0-48: none > green, better"}},
		{"an end", changed(t), unlisted, []string{"00: green > none, worse", "01: yellow > none, worse", "10: red > none, worse", "granted green: green > none, worse",
			"granted yellow: yellow > none, worse", "granted red: red > none, worse", "00,01 contact: red > none, worse", "00,10 zone: yellow > none, worse", "00,01 zone nat_neg 0-48: green > none, worse"}},
	} {
		var got []string
		for _, s := range PreviewPeering(c.before, c.after) {
			got = append(got, s.said())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestPreviewHolds: whatever is put otherwise, a shift that is told happens, and of no
// colour or reason does one happen that is not told.
func TestPreviewHolds(t *testing.T) {
	t.Parallel()
	colours := []string{"", "green", "yellow", "red"}
	var all []*Peering
	for i := range 256 {
		n := func() string { c := colours[i%4]; i /= 4; return c }
		file := "id: x\nversion: 1\nplace: \"330000\"\npeer: \"340000\"\nmode: local\nname: {zh: 甲, en: A}\ncolours:\n  - {is: 9, colour: grey}\n"
		for _, is := range []string{"1", "2"} {
			if c := n(); c != "" {
				file += "  - {is: " + is + ", colour: " + c + "}\n"
			}
		}
		if c := n(); c != "" {
			file += "reasons:\n  - {is: r, text: {zh: 甲, en: A}, colour: " + c
			if n() == "yellow" && c == "yellow" {
				file += ", unless: {test: pcr, within: 24h, colour: green}"
			}
			file += "}\ntests:\n  - {is: t, counts: pcr}\n"
		}
		p, err := ParsePeering([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, p)
	}
	told := 0
	for i, before := range all {
		for _, after := range []*Peering{all[(i*7+3)%256], all[(i*31+11)%256]} {
			shifts := PreviewPeering(before, after)
			told += len(shifts)
			for _, colour := range []string{"1", "2", "9"} {
				for _, s := range []PeerStatement{{Colour: colour}, {Colour: colour, Reasons: []string{"r"}}, {Colour: colour, Reasons: []string{"r"}, Tests: []PeerTest{{"t", 24}}}} {
					from, to := before.Recognise(s).Colour, after.Recognise(s).Colour
					if got := foretold(shifts, s); from != to && (got == nil || got.From != from || got.To != to) || from == to && got != nil && !got.Stays() {
						t.Fatalf("%+v goes from %v to %v, and is told %+v\n%s\n%s", s, from, to, got, before.Source, after.Source)
					}
				}
			}
		}
	}
	if told < 500 {
		t.Errorf("only %d shifts", told)
	}
}

// foretold is the shift that says most closely what comes of it, nil for none.
func foretold(shifts []PeerShift, s PeerStatement) (found *PeerShift) {
	for i, shift := range shifts {
		if slices.Contains(shift.Colours, s.Colour) && (shift.Reason == "" || s.Reasons != nil) && (shift.Tests == nil || s.Tests != nil) &&
			(found == nil || shift.Tests != nil || found.Tests == nil && shift.Reason != "") {
			found = &shifts[i]
		}
	}
	return found
}
