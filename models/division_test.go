package models

import "testing"

func TestDivisionPath(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"330110": "China Zhejiang Hangzhou Yuhang District",
		"110105": "China Beijing Beijing Chaoyang District",
		"429004": "China Hubei Xiantao City", // no city governs it
		"810000": "China Hong Kong",
		"330000": "China Zhejiang",
		"000000": "China",
		"999999": "", "33011": "", "": "",
	} {
		got := ""
		for i, d := range DivisionPath(code) {
			if i > 0 {
				got += " "
			}
			got += d.Name[English]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

// TestDivisions: every division stands in one that is there, under a code that says
// so, with a name in each language.
func TestDivisions(t *testing.T) {
	t.Parallel()
	if n := len(divisions()); n < 3200 {
		t.Fatalf("%d divisions", n)
	}
	for code, name := range divisions() {
		d, _ := Division(code)
		if len(code) != 6 || name[Chinese] == "" || name[English] == "" {
			t.Errorf("%q: %v", code, name)
		}
		if code != Nation && (len(DivisionPath(code)) < 2 || !Within(code, d.Parent)) {
			t.Errorf("%s stands in %q", code, d.Parent)
		}
	}
}
