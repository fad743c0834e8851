package handlers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
)

// keptAs is a pass as a guard's phone kept it.
type keptAs struct {
	ID   string `json:"id"`
	Pass string `json:"pass"`
}

// keeping is what a guard at the venue hands in.
func (s *street) keeping(scans ...keptAs) map[string]any {
	return map[string]any{"venue": s.venue.ID, "scans": append([]keptAs{}, scans...)}
}

// keptSeen is what came of one of them.
type keptSeen struct {
	ID                                               string
	At                                               time.Time
	Recorded                                         bool
	Advice, Say, Colour, Word, Name, Document, Phone string
	Error                                            struct{ Reason, Text string }
}

// spoiled is that text with one digit of its tail changed.
func spoiled(text string) string {
	b := []byte(text)
	i := len(b) - 2
	b[i] = '0' + (b[i]-'0'+1)%8
	return string(b)
}

// handIn hands them in.
func (s *street) handIn(gate string, in any) []keptSeen {
	s.t.Helper()
	var out struct{ Scans []keptSeen }
	s.ask(gate, "POST", "/v1/scans/kept", in, "Accept-Language", "en").into(s.t, &out)
	return out.Scans
}

// keep is what the phone shows now, as a guard without a network keeps it.
func (s *street) keep(resident string) keptAs { return keptAs{s.ulid(), s.shown(resident, 0)} }

// visitsOf is how many visits the resident finds in their record.
func (s *street) visitsOf(resident string) int {
	s.t.Helper()
	var held struct{ Visits []struct{ ID string } }
	s.ask(resident, "GET", "/v1/me", nil).into(s.t, &held)
	return len(held.Visits)
}

// TestGateKeys: with what a gate is given it opens a pass by itself, for a day.
func TestGateKeys(t *testing.T) {
	t.Parallel()
	s := settled(t)
	resident := s.resident("wechat", 1, "张三")
	s.declare(resident, well).into(t, nil)
	gate := s.gate()
	var keys struct {
		Passes []struct {
			ID  byte
			Key []byte
		}
		At, Until time.Time
	}
	s.ask(gate, "GET", "/v1/gate/keys", nil).into(t, &keys)
	v := pass.Verifier{Keys: map[byte]*ecdsa.PublicKey{}}
	for _, k := range keys.Passes {
		v.Keys[k.ID] = must[*ecdsa.PublicKey](t)(ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.Key))
	}
	opened, err := v.Open(must[pass.Pass](t)(pass.Parse(s.shown(resident, 0))), s.now())
	if err != nil || opened.Colour != models.Green {
		t.Errorf("a gate by itself sees %v, %v", opened.Colour, err)
	}
	if !keys.At.Equal(s.now()) || keys.Until.Sub(keys.At) != 24*time.Hour {
		t.Errorf("the keys are of %v and good until %v", keys.At, keys.Until)
	}
}

// TestKept: a morning without a network. In the afternoon the guard hands in who was
// there and is told how each stands now; what is refused keeps out nobody else.
func TestKept(t *testing.T) {
	t.Parallel()
	s := settled(t)
	one, two, lost := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四"), s.resident("wechat", 3, "王五")
	for _, resident := range []string{one, two, lost} {
		s.declare(resident, well).into(t, nil)
	}
	gate := s.gate()
	online := s.keep(two)
	s.ask(gate, "POST", "/v1/scans", online).into(t, nil) // but the answer is lost
	first, never, gone, was := s.keep(one), s.keep(one), s.keep(lost), s.now()
	s.ask(lost, "DELETE", "/v1/session", nil).into(t, nil)
	s.clock.Advance(3 * time.Hour)
	s.declare(one, ill).into(t, nil)
	gate = s.gate() // another session of the same guard's

	in := s.keeping(first, keptAs{first.ID, spoiled(first.Pass)}, keptAs{s.ulid(), "https://pay.example.com/abc"}, online, keptAs{s.ulid(), first.Pass}, gone, first)
	got := s.handIn(gate, in)
	if len(got) != 7 {
		t.Fatalf("%d answers to seven scans", len(got))
	}
	for i, want := range []struct{ reason, advice, colour string }{
		{"", "call", "yellow"}, {"pass.altered", "", ""}, {"pass.foreign", "", ""}, {"", "pass", "green"}, {"visit.id", "", ""},
		{"", "pass", "green"}, {"", "call", "yellow"},
	} {
		g := got[i]
		if g.Error.Reason != want.reason || g.Recorded != (want.reason == "") || g.Advice != want.advice || g.Colour != want.colour {
			t.Errorf("the %d. is answered with %+v, want %+v", i+1, g, want)
		}
		if told := g.Error.Text != "" || g.Say != "" && g.Word != "" && g.Name != "" && g.Document != "" && g.Phone != ""; !told {
			t.Errorf("of the %d. the guard is told %+v", i+1, g)
		}
	}
	if got[0].ID != first.ID || got[0] != got[6] || got[0].At.After(was) || was.Sub(got[0].At) >= pass.Slot || got[0].Name != "张*" {
		t.Errorf("scanned at %v: %+v", was, got[0])
	}
	if !strings.Contains(got[2].Error.Text, "by hand") {
		t.Errorf("of another code the guard is told %q", got[2].Error.Text)
	}
	if s.visitsOf(one) != 1 || s.visitsOf(two) != 1 {
		t.Errorf("%d and %d visits, want one of each", s.visitsOf(one), s.visitsOf(two))
	}
	s.changesNothing(t, func() { s.handIn(gate, in) })

	// Another guard at the same venue cannot make it theirs, and has nothing of it.
	other := s.secondGate()
	s.changesNothing(t, func() {
		if got := s.handIn(other, s.keeping(first)); got[0].Error.Reason != "visit.conflict" || got[0].Name != "" {
			t.Errorf("another guard is told %+v", got[0])
		}
	})
	s.clock.Advance(21 * time.Hour)
	if got := s.handIn(s.gate(), s.keeping(never)); got[0].Error.Reason != "visit.old" {
		t.Errorf("a day later: %+v", got[0])
	}
}

// TestKeptIsTakenAgain: what fails on our side has lost nothing, and may be sent again.
func TestKeptIsTakenAgain(t *testing.T) {
	t.Parallel()
	s := settled(t)
	resident := s.resident("wechat", 1, "张三")
	s.declare(resident, well).into(t, nil)
	gate := s.gate()
	in := s.keeping(s.keep(resident), s.keep(resident))
	s.handIn(gate, s.keeping(in["scans"].([]keptAs)[0])) // the first had gone through
	if got := s.handIn(gate, in); !got[0].Recorded || !got[1].Recorded || s.visitsOf(resident) != 2 {
		t.Errorf("sent again: %+v, %d visits", got, s.visitsOf(resident))
	}
}

// TestKeptOfElsewhere: how somebody of another installation stood can be asked of nobody
// any more; they are entered by hand.
func TestKeptOfElsewhere(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	gate := zhejiang.gate()
	kept := anhui.keep(driver)
	zhejiang.changesNothing(t, func() {
		got := zhejiang.handIn(gate, zhejiang.keeping(kept))
		if got[0].Recorded || got[0].Error.Reason != string(models.ReasonPassForeign) || !strings.Contains(got[0].Error.Text, "by hand") {
			t.Errorf("the guard is told %+v", got[0])
		}
	})
	if seen := zhejiang.scan(gate, kept.ID, kept.Pass); seen.Colour != "green" { // it was a pass that opens
		t.Errorf("scanned, it is %+v", seen)
	}
}

// TestKeptOfAnotherPlace: somebody of another place of this very service counts by the
// published table of the gate's own place, as at a scan.
func TestKeptOfAnotherPlace(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.officers(t)
	wuhan := must[string](t)(s.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: "420100", Name: words("江汉社区", "Jianghan"), Phone: "027-1"}))
	s.hire(t, "wuhan", models.Staff{Role: models.RoleWorker, Jurisdiction: "420100", Communities: []string{wuhan}}, 996)
	traveller := s.login("wechat", "traveller")
	s.ask(traveller, "POST", "/v1/registration", with(s.registration(1, "张三"), "community", wuhan)).into(t, nil)
	s.judge(s.staff("wuhan"), "approve")
	s.declare(traveller, well).into(t, nil)
	s.recognises("id: wuhan\nversion: 1\nplace: \"330110\"\npeer: \"420100\"\nmode: local\nname: {zh: 武汉健康码, en: Wuhan's code}\ncolours:\n  - {is: green, colour: yellow}\n")
	gate := s.gate()
	kept := s.keep(traveller)
	s.clock.Advance(time.Hour)
	if got := s.handIn(gate, s.keeping(kept))[0]; got.Colour != "yellow" || got.Advice != "call" || !strings.Contains(got.Say, "Wuhan's code") {
		t.Errorf("the guard is told %+v", got)
	}
}
