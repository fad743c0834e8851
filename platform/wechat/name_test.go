package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const (
	fullName = "张三"
	number   = "11010519491231002X"
)

// nameCheck is a check of 张三, who has just opened the mini-program. Each has an
// order of its own.
func nameCheck(t testing.TB, w *world, order int) platform.NameCheck {
	t.Helper()
	w.Login(appID, fullName)
	return platform.NameCheck{Order: fmt.Sprintf("01J%023d", order), Name: parseName(t, fullName),
		Document: parseDocument(t, models.DocumentResidentID, number), OpenID: simulator.OpenID(appID, fullName)}
}

func parseName(t testing.TB, s string) models.Name {
	t.Helper()
	name, err := models.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func parseDocument(t testing.TB, kind models.DocumentType, s string) models.Document {
	t.Helper()
	document, err := models.ParseDocument(kind, s, start)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// begun is the check with the number that WeChat gave it.
func begun(t testing.TB, w *world, c platform.NameCheck) platform.NameCheck {
	t.Helper()
	started, err := w.App.StartNameCheck(t.Context(), c)
	if err != nil || started.Vendor == "" || started.URL != "" {
		t.Fatalf("began %+v, %v", started, err)
	}
	c.Vendor = started.Vendor
	return c
}

// TestCertHash has the vector of the page queryVerifyInfo.
func TestCertHash(t *testing.T) {
	t.Parallel()
	const want = "3c241f7ff324977aeb91f173bb2a7b06569e6fd784d5573db34a636d8671108b"
	if got := certHash("张三", "310101199801011234"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestNameCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for order, test := range []struct {
		result int
		want   bool
	}{{simulator.FacePassed, true}, {simulator.FaceLeft, false}, {simulator.FaceSlow, false}} {
		c := begun(t, w, nameCheck(t, w, order))
		if _, err := w.App.NameVerified(t.Context(), c); why(t, err) != models.ReasonNameCheckUnknown {
			t.Errorf("before anybody stood there: %v", err)
		}
		if !w.ShowFace(appID, fullName, c.Vendor, test.result) {
			t.Fatal("the check cannot be done")
		}
		for range 2 { // it is safe to repeat
			if got, err := w.App.NameVerified(t.Context(), c); err != nil || got != test.want {
				t.Errorf("%d: %v, %v", test.result, got, err)
			}
		}
	}
}

// TestNameCheckOfAnother: a check that was passed says nothing of anybody else.
func TestNameCheckOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	passed := begun(t, w, nameCheck(t, w, 1))
	if !w.ShowFace(appID, fullName, passed.Vendor, simulator.FacePassed) {
		t.Fatal("the check cannot be done")
	}
	other := begun(t, w, nameCheck(t, w, 2))
	for name, change := range map[string]func(*platform.NameCheck){
		"name": func(c *platform.NameCheck) { c.Name = parseName(t, "李四") },
		"number": func(c *platform.NameCheck) {
			c.Document = parseDocument(t, models.DocumentResidentID, "110101199003070038")
		},
		"user":             func(c *platform.NameCheck) { c.OpenID = simulator.OpenID(appID, "李四") },
		"order":            func(c *platform.NameCheck) { c.Order = other.Order },
		"check":            func(c *platform.NameCheck) { c.Vendor = other.Vendor },
		"no check":         func(c *platform.NameCheck) { c.Vendor = "" },
		"a check of lines": func(c *platform.NameCheck) { c.Vendor += "\n" },
		"a long check":     func(c *platform.NameCheck) { c.Vendor = strings.Repeat("v", 257) },
	} {
		c := passed
		change(&c)
		got, err := w.App.NameVerified(t.Context(), c)
		if why(t, alone(t, got, err)) != models.ReasonNameCheckUnknown {
			t.Errorf("another %s: %v, %v", name, got, err)
		}
		hides(t, err, fullName, number)
	}
}

// TestNameCheckRefused has what is not asked at all.
func TestNameCheckRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for field, change := range map[string]func(*platform.NameCheck){
		"order":    func(c *platform.NameCheck) { c.Order = "1234" },
		"order ":   func(c *platform.NameCheck) { c.Order = strings.Repeat("1", 33) },
		"order  ":  func(c *platform.NameCheck) { c.Order = "12345 67" },
		"open_id":  func(c *platform.NameCheck) { c.OpenID = "" },
		"open_id ": func(c *platform.NameCheck) { c.OpenID = `o","cert_info":{}` },
		"": func(c *platform.NameCheck) {
			c.Document = parseDocument(t, models.DocumentPassport, "E12345678")
		},
		" ": func(c *platform.NameCheck) {
			c.Document = parseDocument(t, models.DocumentHongKongMacao, "H12345678")
		},
		"  ": func(c *platform.NameCheck) { c.Document = models.Document{} },
	} {
		c, want := nameCheck(t, w, 1), models.ReasonFieldBad
		c.Vendor = "v"
		change(&c)
		field = strings.TrimSpace(field)
		if field == "" {
			want = models.ReasonNameCheckKind
		}
		started, err := w.App.StartNameCheck(t.Context(), c)
		passed, err2 := w.App.NameVerified(t.Context(), c)
		for _, err := range []error{alone(t, started, err), alone(t, passed, err2)} {
			if why(t, err) != want || onField(err) != field {
				t.Errorf("%s: %v", field, err)
			}
			hides(t, err, fullName, number)
		}
	}
	if n := w.seen.all(); n != 0 {
		t.Errorf("WeChat was asked %d times", n)
	}
}

// TestNameCheckRefusedThere has what WeChat refuses to begin.
func TestNameCheckRefusedThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := nameCheck(t, w, 1)
	begun(t, w, first)
	stranger := nameCheck(t, w, 2)
	stranger.OpenID = simulator.OpenID(appID, "nobody who came")
	for name, c := range map[string]platform.NameCheck{"an order again": first, "a stranger": stranger} {
		if started, err := w.App.StartNameCheck(t.Context(), c); why(t, alone(t, started, err)) != models.ReasonUpstreamRefused {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := w.Done(appID, atBegin); n != 1 {
		t.Errorf("%d checks were begun", n)
	}
	late := begun(t, w, nameCheck(t, w, 3))
	w.pass(time.Hour)
	if w.ShowFace(appID, fullName, late.Vendor, simulator.FacePassed) {
		t.Error("a check can be done after an hour")
	}
	if _, err := w.App.NameVerified(t.Context(), late); why(t, err) != models.ReasonNameCheckUnknown {
		t.Errorf("after an hour: %v", err)
	}
}

// TestNameAnswers: it is passed only by an errcode of zero that is there and by a
// verify_ret of 10000, and failed only by the numbers of failing.
func TestNameAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := begun(t, w, nameCheck(t, w, 1))
	for answer, want := range map[string]models.Reason{
		`{"errcode":0,"verify_ret":10000}`:         "",
		`{"errcode":0,"verify_ret":90001}`:         "",
		`{"errcode":0,"verify_ret":90999}`:         "",
		`{"verify_ret":10000}`:                     models.ReasonUpstreamLying,
		`{"errcode":null,"verify_ret":10000}`:      models.ReasonUpstreamLying,
		`{"errcode":"0","verify_ret":10000}`:       models.ReasonUpstreamLying,
		`{"errcode":0,"verify_ret":"10000"}`:       models.ReasonUpstreamLying,
		`{"errcode":0,"verify_ret":10000.5}`:       models.ReasonUpstreamLying,
		`{"errcode":0}`:                            models.ReasonUpstreamLying,
		`{"errcode":0,"verify_ret":0}`:             models.ReasonUpstreamLying,
		`{"errcode":0,"verify_ret":10001}`:         models.ReasonUpstreamLying,
		`{"errcode":0,"verify_ret":91000}`:         models.ReasonUpstreamLying,
		`{"errcode":84001,"verify_ret":10000}`:     models.ReasonNameCheckUnknown,
		`{"errcode":-1,"verify_ret":10000}`:        models.ReasonUpstreamBusy,
		`{"errcode":48001,"verify_ret":10000}`:     models.ReasonUpstreamRefused,
		`{"errcode":0,"verify_ret":10000}{"a":"b"`: models.ReasonUpstreamLying,
	} {
		w.FailAt(appID, atQuery, simulator.Says(answer))
		got, err := w.App.NameVerified(t.Context(), c)
		if why(t, err) != want || got != (answer == `{"errcode":0,"verify_ret":10000}`) {
			t.Errorf("%s: %v, %v", answer, got, err)
		}
	}
	for _, id := range []string{``, `a b`, `登录`, strings.Repeat("v", 257)} {
		w.FailAt(appID, atBegin, simulator.Says(`{"errcode":0,"verify_id":"`+id+`"}`))
		if _, err := w.App.StartNameCheck(t.Context(), nameCheck(t, w, 9)); why(t, err) != models.ReasonUpstreamLying {
			t.Errorf("%q: %v", id, err)
		}
	}
}
