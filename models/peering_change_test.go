package models

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestComparePeerings: every value that differs is told, and a pin as whom one trusts.
func TestComparePeerings(t *testing.T) {
	t.Parallel()
	if got := ComparePeerings(anhui(t), anhui(t)); !got.None() {
		t.Errorf("nothing differs: %+v", got)
	}
	got := ComparePeerings(anhui(t), changed(t, pinned, letters, "mode: share", "mode: dock\nthrough: \"000000\"\nrelay: true", "url: https://ahkm.example.cn\n", "",
		"en: Anhui's code", "en: the code of Anhui", "{is: 01, colour: yellow}", "{is: 02, colour: yellow}", "{is: red, colour: red}", "{is: red, colour: yellow}",
		"within: 48h", "within: 24h", "{is: nat_neg, counts: pcr}", "{is: nat_neg, counts: pcr}\n  - {is: other, counts: antigen}"))
	want := PeeringChange{Trusted: []string{letters}, Dropped: []string{pinned},
		Ways:    []PeerValue{{"mode", "share", "dock"}, {"through", "", "000000"}, {"relay", "", "true"}, {"url", "https://ahkm.example.cn", ""}, {"name.en", "Anhui's code", "the code of Anhui"}},
		Colours: []PeerColour{{"01", Yellow, 0}, {"02", 0, Yellow}}, Passes: []PeerColour{{"red", Red, Yellow}}, Tests: []PeerValue{{"other", "", "antigen"}}, Reasons: got.Reasons}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Reasons) != 1 || got.Reasons[0].Is != "zone" || got.Reasons[0].From.Within != 48*time.Hour || got.Reasons[0].To.Within != 24*time.Hour {
		t.Errorf("the reasons: %+v", got.Reasons)
	}
	if first := ComparePeerings(nil, anhui(t)); len(first.Trusted) != 1 || len(first.Colours) != 3 || len(first.Reasons) != 2 || first.Reasons[0].From != nil || len(first.Dropped) != 0 {
		t.Errorf("the first: %+v", first)
	}
}

// TestPeeringHere: what could be gone by at no gate of an installation is refused, each
// with its line.
func TestPeeringHere(t *testing.T) {
	t.Parallel()
	known := func(place string) bool { return place == "330000" || place == "420100" }
	file := string(anhui(t).Source)
	for name, c := range map[string]struct{ file, here, want string }{
		"of here":          {file, "330000", ""},
		"an unknown place": {strings.Replace(file, `place: "330000"`, `place: "650000"`, 1), "330000", "line 3: place: it is no place of this service"},
		"ourselves":        {file, "340000", "line 4: peer: it is this installation itself"},
		"local, nowhere":   {"id: x\nversion: 1\nplace: \"330000\"\npeer: \"650000\"\nmode: local\nname: {zh: 甲, en: A}\ncolours:\n  - {is: green, colour: green}\n", "330000", "line 4: peer: with local it must be a place of this service"},
		"local, here":      {"id: x\nversion: 1\nplace: \"420100\"\npeer: \"330000\"\nmode: local\nname: {zh: 甲, en: A}\ncolours:\n  - {is: green, colour: green}\n", "330000", ""},
	} {
		_, err := ParsePeeringHere([]byte(c.file), c.here, known)
		if got := fmt.Sprint(err); got != c.want && (err != nil || c.want != "") {
			t.Errorf("%s: %s, want %q", name, got, c.want)
		}
	}
}
