package models

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// united is a tree of two provinces in which those mergers were made, in their order.
func united(t *testing.T, mergers ...string) (Mergers, map[string]string) {
	t.Helper()
	parents := map[string]string{"000000": "", "330000": "000000", "330100": "330000", "330105": "330100", "330106": "330100", "330110": "330100",
		"330200": "330000", "330203": "330200", "420000": "000000", "420100": "420000"}
	var list []Merger
	for i, m := range mergers {
		from, into, _ := strings.Cut(m, ">")
		into, staff := strings.CutSuffix(into, "+")
		list = append(list, Merger{ID: fmt.Sprint(i + 1), From: from, Into: into, Staff: staff, At: time.Unix(int64(i), 0)})
	}
	ms := NewMergers(list, parents)
	return ms, parents
}

func TestMergersWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mergers   string
		place     string
		within    string // all of them
		notWithin string
	}{
		{"", "330105", "330105 330100 330000 000000", "330110 330200 420000"},
		{"330105>330110", "330105", "330105 330110 330100 330000 000000", "330106 330200"},
		{"330105>330110", "330110", "330110 330100 330000", "330105"},
		{"330105>330203", "330105", "330105 330203 330200 330000", "330100 330110"},
		{"330105>330110 330110>330203", "330105", "330105 330110 330203 330200", "330100"},
		{"330200>330100", "330203", "330203 330200 330100 330000", "330105"},
		{"330100>330000", "330105", "330105 330100 330000", "330200"},
		{"330100>330000", "330100", "330100 330000", "330105"},
		{"330203>330106 330200>330100", "330203", "330203 330106 330100", "330200"},
		{"330100>420100", "330105", "330105 330100 420100 420000 000000", "330000"},
	} {
		ms, _ := united(t, strings.Fields(c.mergers)...)
		for _, other := range strings.Fields(c.within) {
			if !ms.Within(c.place, other) || !ms.Covers(other, c.place) {
				t.Errorf("%s: %s is not within %s", c.mergers, c.place, other)
			}
		}
		for _, other := range strings.Fields(c.notWithin) {
			if ms.Within(c.place, other) {
				t.Errorf("%s: %s is within %s", c.mergers, c.place, other)
			}
		}
	}
}

func TestMergersCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, one string
		want        Reason // "" for allowed
	}{
		{"", "330105>330110", ""}, {"", "330100>330000", ""}, {"", "330100>420100", ""},
		{"", "330105>330105", ReasonMergerCircle}, {"", "330100>330105", ReasonMergerCircle}, {"", "330000>330105", ReasonMergerCircle},
		{"", "000000>330000", ReasonPlaceUnknown}, {"", "330105>", ReasonPlaceUnknown}, {"", "330105>any", ReasonPlaceUnknown}, {"", "999999>330105", ReasonPlaceUnknown},
		{"330105>330110", "330110>330105", ReasonPlaceUnknown}, {"330105>330110", "330105>330106", ReasonPlaceUnknown},
		{"330105>330110", "330110>330106", ""},
		{"330200>330105", "330100>330203", ReasonMergerCircle}, // which stands below 330105 by now
		{"330200>330105", "330105>330203", ReasonMergerCircle},
	} {
		ms, parents := united(t, strings.Fields(c.before)...)
		from, into, _ := strings.Cut(c.one, ">")
		err := ms.Check(Merger{From: from, Into: into}, parents)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), string(c.want))) {
			t.Errorf("%s after %q: %v, want %q", c.one, c.before, err, c.want)
		}
		if more, _ := united(t, append(strings.Fields(c.before), c.one)...); (len(more) > len(ms)) != (c.want == "") {
			t.Errorf("%s after %q is taken for %v", c.one, c.before, more)
		}
	}
}

// TestMergersTree: however places were united, every one has a way up.
func TestMergersTree(t *testing.T) {
	t.Parallel()
	codes := []string{"330000", "330100", "330105", "330106", "330110", "330200", "330203", "420000", "420100"}
	for n := range 3000 {
		var list []string
		for i, k := 0, n; i < 4; i, k = i+1, k/7 {
			list = append(list, codes[(k*5+i)%len(codes)]+">"+codes[(k*3+n+i*i)%len(codes)])
		}
		ms, parents := united(t, list...)
		for code := range parents {
			path, ok := PathTo(code, ms.Tree(parents))
			if !ok || path[len(path)-1] != code {
				t.Fatalf("%v: the way to %s is %v", list, code, path)
			}
			if now := ms.Now(code); ms.Now(now) != now || !ms.Within(code, now) || !ms.Within(code, Nation) {
				t.Fatalf("%v: %s is %s now", list, code, now)
			}
		}
	}
}

func TestMergersOffice(t *testing.T) {
	t.Parallel()
	ms, _ := united(t, "330105>330110+", "330110>330106", "330203>330200+")
	for code, want := range map[string]string{"330105": "330110", "330110": "330110", "330106": "330106", "330203": "330200"} {
		if got := ms.Office(code); got != want {
			t.Errorf("the staff of %s are those of %s, want %s", code, got, want)
		}
	}
	if got := ms.Now("330105"); got != "330106" {
		t.Errorf("330105 is %s now", got)
	}
}

// TestMergersLies: what was said of a place means it as it was then.
func TestMergersLies(t *testing.T) {
	t.Parallel()
	ms, _ := united(t, "330105>330203", "330200>330100")
	for _, c := range []struct {
		place, id string
		want      bool
	}{
		{"330105", "0", true}, {"330105", "9", true}, {"330100", "0", true}, {"330100", "15", false}, {"330100", "3", true},
		{"330203", "0", false}, {"330203", "15", true}, {"330203", "3", true}, {"330200", "0", false}, {"330200", "15", true}, {"330200", "3", true},
		{"330000", "0", true}, {"330000", "15", true}, {"330000", "3", true}, {"420000", "3", false},
	} {
		got := false
		for _, in := range ms.Lies("330105") {
			got = got || in.Place == c.place && c.id > in.Since && (in.Until == "" || c.id < in.Until)
		}
		if got != c.want {
			t.Errorf("what was said of %s as %s: %v, want %v", c.place, c.id, got, c.want)
		}
	}
}
