package models

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models/published"
)

// peerSigner is a fixed key for each letter.
func peerSigner(t testing.TB, letter string) *ecdsa.PrivateKey {
	t.Helper()
	secret := sha256.Sum256([]byte("peer " + letter))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pinOf(t testing.TB, key *ecdsa.PrivateKey) string {
	t.Helper()
	b, err := PeerKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return Fingerprint(b)
}

// anhui is how Zhejiang goes by Anhui's codes, in the words of docs/recognition.md.
func anhui(t testing.TB) *Peering {
	t.Helper()
	doc, err := os.ReadFile("../docs/recognition.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(doc), "```yaml\n")
	file, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/recognition.md has no example")
	}
	p, err := ParsePeering([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var peerNow = time.Date(2022, 6, 14, 2, 31, 0, 0, time.UTC)

// TestRecognise: colours, reasons and tests go by the table and by nothing else.
func TestRecognise(t *testing.T) {
	t.Parallel()
	p := anhui(t)
	tested := func(hours int) []PeerTest { return []PeerTest{{"nat_neg", hours}} }
	for _, c := range []struct {
		name    string
		s       PeerStatement
		want    Colour
		unknown bool
		advice  Advice
	}{
		{"green", PeerStatement{Colour: "00"}, Green, false, AdvicePass},
		{"yellow", PeerStatement{Colour: "01"}, Yellow, false, AdviceCall},
		{"red", PeerStatement{Colour: "10"}, Red, false, AdviceCall},
		{"0 is not 00", PeerStatement{Colour: "0"}, Grey, true, AdvicePaper},
		{"our own word", PeerStatement{Colour: "green"}, Grey, true, AdvicePaper},
		{"a fourth colour", PeerStatement{Colour: "11", Reasons: []string{"zone"}, Tests: tested(1)}, Grey, true, AdvicePaper},
		{"a reason that is worse here", PeerStatement{Colour: "01", Reasons: []string{"contact"}}, Red, false, AdviceCall},
		{"a reason without a test", PeerStatement{Colour: "01", Reasons: []string{"zone"}}, Yellow, false, AdviceCall},
		{"with a test", PeerStatement{Colour: "01", Reasons: []string{"zone"}, Tests: tested(48)}, Green, false, AdvicePass},
		{"an hour too old", PeerStatement{Colour: "01", Reasons: []string{"zone"}, Tests: tested(49)}, Yellow, false, AdviceCall},
		{"a test that does not count", PeerStatement{Colour: "01", Reasons: []string{"zone"}, Tests: []PeerTest{{"antigen", 1}}}, Yellow, false, AdviceCall},
		{"an unknown reason beside it", PeerStatement{Colour: "01", Reasons: []string{"zone", "moon"}, Tests: tested(1)}, Yellow, false, AdviceCall},
		{"the worst of two", PeerStatement{Colour: "01", Reasons: []string{"zone", "contact"}, Tests: tested(1)}, Red, false, AdviceCall},
		{"an unknown reason alone", PeerStatement{Colour: "00", Reasons: []string{"moon"}}, Green, false, AdvicePass},
	} {
		got := p.Recognise(c.s)
		if got.Colour != c.want || got.Unknown != c.unknown || got.Advise() != c.advice || len(got.Reasons) != len(c.s.Reasons) {
			t.Errorf("%s: %v, unknown %v, %s; want %v, %v, %s", c.name, got.Colour, got.Unknown, got.Advise(), c.want, c.unknown, c.advice)
		}
		for i, r := range got.Reasons {
			if _, known := p.Reasons[r.Code]; r.Code != c.s.Reasons[i] || known != (r.Text != nil) {
				t.Errorf("%s: reason %+v", c.name, r)
			}
		}
	}
	for granted, want := range map[Colour]Colour{Green: Green, Yellow: Yellow, Red: Red, Grey: Grey} {
		got := p.RecogniseGranted(granted)
		if got.Colour != want || got.Unknown != (granted == Grey) { // the table leaves grey out
			t.Errorf("granted %v: %+v", granted, got)
		}
	}
}

// TestVendorsNumbered: the same number is one colour of one vendor and another of the
// next (research on gates and SDKs: 1 green 2 yellow 3 red 4 grey; 0 red 1 green 2
// yellow). Nothing but the table says which.
func TestVendorsNumbered(t *testing.T) {
	t.Parallel()
	const head = "id: x\nversion: 1\nplace: \"330000\"\npeer: \"340000\"\nmode: local\nname: {zh: 甲, en: A}\ncolours:\n"
	for table, want := range map[string]map[string]Colour{
		"  - {is: 1, colour: green}\n  - {is: 2, colour: yellow}\n  - {is: 3, colour: red}\n  - {is: 4, colour: grey}\n": {"0": Grey, "1": Green, "2": Yellow, "3": Red, "4": Grey, "01": Grey},
		"  - {is: 0, colour: red}\n  - {is: 1, colour: green}\n  - {is: 2, colour: yellow}\n":                            {"0": Red, "1": Green, "2": Yellow, "3": Grey},
		"  - {is: 00, colour: green}\n  - {is: 01, colour: yellow}\n  - {is: 10, colour: red}\n":                         {"00": Green, "01": Yellow, "10": Red, "1": Grey, "8": Grey},
		"  - {is: 绿码, colour: green}\n  - {is: true, colour: yellow}\n":                                                  {"绿码": Green, "true": Yellow, "True": Grey},
	} {
		p, err := ParsePeering([]byte(head + table))
		if err != nil {
			t.Errorf("%s: %v", table, err)
			continue
		}
		for value, colour := range want {
			if got := p.Recognise(PeerStatement{Colour: value}); got.Colour != colour {
				t.Errorf("%s: %s is %v, want %v", table, value, got.Colour, colour)
			}
		}
	}
}

// TestPeeringFaults: every fault is told, with its line.
func TestPeeringFaults(t *testing.T) {
	t.Parallel()
	pin := strings.Repeat("a", 64)
	good := "id: x\nversion: 1\nplace: \"330000\"\npeer: \"340000\"\nmode: share\nname: {zh: 甲, en: A}\nurl: https://a.example.cn\npins: [" + pin +
		"]\ncolours:\n  - {is: 00, colour: green}\npasses:\n  - {is: green, colour: green}\n"
	if _, err := ParsePeering([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"id: x", "id: X", "line 1: id: must be a lower-case word of at most 40 letters, digits and underscores"},
		{"version: 1", "version: 0", "line 2: version: must be 1 or more"},
		{"\"330000\"", "zj", "line 3: place: must be six digits"},
		{"\"340000\"", "\"330000\"", "line 4: peer: must be six digits, and another place"},
		{"mode: share", "mode: trust", "line 5: mode: there are share, dock, adopt, local and none"},
		{"mode: share", "mode: dock", "line 7: url: the mode dock needs it, or has no use for it"},
		{"mode: share", "mode: local", "line 8: pins: share, dock and adopt need one to 8, and the others have none"},
		{"{zh: 甲, en: A}", "{zh: 甲}", "line 6: the text lacks language en"},
		{"https://a", "http://a", "line 7: url: must be https://HOST, and http only on this machine"},
		{"https://a.example.cn", "http://10.0.0.1", "line 7: url: must be https://HOST, and http only on this machine"},
		{"https://a.example.cn", "https://u:p@a", "line 7: url: must be https://HOST, and http only on this machine"},
		{"https://a.example.cn", "https://a/x", "line 7: url: must be https://HOST, and http only on this machine"},
		{pin, "ab", "line 8: pins: a fingerprint has 64 hexadecimal digits, in lower case"},
		{"[" + pin + "]", "[]", "line 8: pins: share, dock and adopt need one to 8, and the others have none"},
		{"colour: green}\npasses", "colour: blue}\npasses", `line 10: "blue" is none of green, grey, yellow and red`},
		{"{is: 00, colour: green}", "{is: [1], colour: green}", "line 10: a value is a word or a number"},
		{"passes:\n", "  - {is: \"00\", colour: red}\npasses:\n", `line 11: is: "00" stands twice`},
		{"passes:\n  - {is: green, colour: green}\n", "", "line 1: passes: there must be 1 to 200 lines"},
		{"passes:\n", "tests:\n  - {is: t, counts: PCR}\npasses:\n", "line 12: counts: must be a word such as pcr"},
		{"passes:\n", "reasons:\n  - {is: r, text: {zh: 原, en: R}, colour: red, unless: {test: pcr, within: 48h, colour: green}}\npasses:\n",
			"line 12: unless: the reason must be yellow or grey of itself\nline 12: test: no line of tests counts for \"pcr\""},
		{"passes:\n", "tests:\n  - {is: t, counts: pcr}\nreasons:\n  - {is: r, text: {zh: 原, en: R}, colour: yellow, unless: {test: pcr, within: 2, colour: green}}\npasses:\n",
			"line 14: within: \"2\" is not like 48h or 7d"},
		{"mode: share", "mode: share\nsecret: x", "line 6: unknown field \"secret\""},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("%q is not in the file", c.from)
		}
		_, err := ParsePeering([]byte(bad))
		var faults published.Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s → %s: got\n%v\nwant\n%s", c.from, c.to, err, c.want)
		}
	}
}

// TestPeeringsAt: the smallest place's file holds, and the closest cover comes first.
func TestPeeringsAt(t *testing.T) {
	t.Parallel()
	all := []*Peering{
		{ID: "nation", Place: "330000", Peer: "000000", Covers: []string{"000000"}, Mode: PeerShare},
		{ID: "anhui", Place: "330000", Peer: "340000", Covers: []string{"340000"}, Mode: PeerShare},
		{ID: "hangzhou", Place: "330100", Peer: "340000", Covers: []string{"340000"}, Mode: PeerShare},
		{ID: "ended", Place: "330110", Peer: "340000", Covers: []string{"340000"}, Mode: PeerNone},
	}
	for _, c := range []struct{ gate, home, want string }{
		{"330200", "340100", "anhui nation"}, {"330106", "340100", "hangzhou nation"}, {"330110", "340100", "nation"}, {"330110", "370000", "nation"},
		{"330110", "000000", "nation"}, {"370000", "340100", ""},
	} {
		var ids []string
		for _, p := range PeeringsAt(all, Within, c.gate, c.home) {
			ids = append(ids, p.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("at %s, of %s: %q, want %q", c.gate, c.home, got, c.want)
		}
	}
}

// TestNoFileStandsInForTheCloserOne: what a city says of a peer holds at its gates for
// everybody of that peer, also where a file of the province covers more people, and the
// officer who reads what holds there is told of the same file.
func TestNoFileStandsInForTheCloserOne(t *testing.T) {
	t.Parallel()
	wide := &Peering{ID: "wide", Place: "330000", Peer: "340000", Covers: []string{"340000", "360000"}, Mode: PeerShare}
	city := &Peering{ID: "city", Place: "330100", Peer: "340000", Covers: []string{"340000"}, Mode: PeerShare}
	ended := &Peering{ID: "ended", Place: "330100", Peer: "340000", Covers: []string{"340000"}, Mode: PeerNone}
	narrow := &Peering{ID: "narrow", Place: "330000", Peer: "340000", Covers: []string{"340100"}, Mode: PeerAdopt}
	for _, c := range []struct {
		name       string
		all        []*Peering
		gate, home string
		want       *Peering
	}{
		{"of the city", []*Peering{wide, city}, "330106", "340100", city},
		{"whom only the province covers", []*Peering{wide, city}, "330106", "360100", nil},
		{"whom only the province covers, read first", []*Peering{city, wide}, "330106", "360100", nil},
		{"ended", []*Peering{wide, ended}, "330106", "340100", nil},
		{"ended, and only the province covers", []*Peering{ended, wide}, "330106", "360100", nil},
		{"elsewhere in the province", []*Peering{wide, ended}, "330200", "360100", wide},
		{"not covered", []*Peering{narrow}, "330106", "340200", nil},
	} {
		var got *Peering
		if list := PeeringsAt(c.all, Within, c.gate, c.home); len(list) > 0 {
			got = list[0]
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if told := PeeringOf(c.all, Within, c.gate, "340000"); got != nil && told != got {
			t.Errorf("%s: the officer is told of %+v", c.name, told)
		}
	}
	if told := PeeringOf([]*Peering{wide, ended}, Within, "330106", "340000"); told != ended {
		t.Errorf("the officer of the city is told of %+v", told)
	}
}

// TestNoTestMakesGreenOfRed: a test eases a reason, and nothing beside a colour that is red.
func TestNoTestMakesGreenOfRed(t *testing.T) {
	t.Parallel()
	p := anhui(t)
	tested := []PeerTest{{"nat_neg", 20}}
	for _, c := range []struct {
		colour string
		tests  []PeerTest
		want   Colour
		eased  bool
		would  string
	}{{"01", tested, Green, true, ""}, {"01", nil, Yellow, false, "pcr"}, {"10", tested, Yellow, false, ""}, {"10", nil, Yellow, false, ""}} {
		got := p.Recognise(PeerStatement{Colour: c.colour, Reasons: []string{"zone"}, Tests: c.tests})
		if got.Colour != c.want || got.Reasons[0].Eased != c.eased || got.Reasons[0].Test != c.would {
			t.Errorf("%s with %v: %+v", c.colour, c.tests, got)
		}
	}
	if got := p.Recognise(PeerStatement{Colour: "10", Reasons: []string{"zone", "who knows"}, Tests: tested}); got.Colour != Red {
		t.Errorf("red for something else too: %+v", got)
	}
}

// TestOff: a clock is off by what cannot be the way there and back.
func TestOff(t *testing.T) {
	t.Parallel()
	asked := time.Date(2022, 6, 14, 2, 31, 0, 0, time.UTC)
	for at, want := range map[time.Duration]time.Duration{0: 0, 2 * time.Second: 0, -time.Second: 0, 8 * time.Second: 6 * time.Second, -7 * time.Second: -6 * time.Second} {
		if got := (PeerKeys{At: asked.Add(at)}).Off(asked, asked.Add(2*time.Second)); got != want {
			t.Errorf("made at %v: %v, want %v", at, got, want)
		}
	}
}

func TestPeeringOfTheDocs(t *testing.T) {
	t.Parallel()
	p := anhui(t)
	if p.Mode != PeerShare || p.Place != "330000" || p.Peer != "340000" || p.URL != "https://ahkm.example.cn" || len(p.Pins) != 1 {
		t.Errorf("%+v", p)
	}
	want := PeerReason{Code: "zone", Text: Text{Chinese: "到过中风险地区", English: "was in a place of medium risk"}, Colour: Yellow, Test: "pcr", Within: 48 * time.Hour, Eased: Green}
	if diff := cmp.Diff(want, p.Reasons["zone"]); diff != "" {
		t.Error(diff)
	}
}

// FuzzPeering: nothing breaks the reader, and whatever it takes recognises every
// statement as one of the four colours, and as grey what it does not know.
func FuzzPeering(f *testing.F) {
	p := anhui(f)
	f.Add(p.Source, "00")
	f.Add([]byte("id: x"), "")
	f.Add([]byte("colours: [{is: {a: b}}]"), "1")
	f.Fuzz(func(t *testing.T, file []byte, value string) {
		p, err := ParsePeering(file)
		var faults published.Faults
		if err != nil {
			if !errors.As(err, &faults) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		got := p.Recognise(PeerStatement{Colour: value, Reasons: []string{value}})
		if _, known := p.Colours[value]; !got.Colour.Valid() || !known && (got.Colour != Grey || !got.Unknown) {
			t.Fatalf("%q is %v", value, got.Colour)
		}
	})
}
