package wechat

import (
	"fmt"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

const mobile = "13800138000"

func TestPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ user, country, digits, want string }{
		{"张三", "86", mobile, mobile},
		{"李四", "852", "51234567", "+85251234567"},
		{"王五", "1", "2025550123", "+12025550123"},
	} {
		w.SetPhone(c.user, c.country, c.digits)
		got, err := w.App.Phone(t.Context(), w.PressPhone(appID, c.user))
		if err != nil || got.Reveal() != c.want {
			t.Errorf("%s: %q, %v", c.want, got.Reveal(), err)
		}
	}
	if n := w.Done(appID, atPhone); n != 3 {
		t.Errorf("%d numbers were paid for", n)
	}
}

// TestPhoneNotShared has the codes that are none, each played to the end. No number
// is told, and so none is paid for.
func TestPhoneNotShared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code  func(*testing.T, *world) string
		asked int
	}{
		"used": {func(t *testing.T, w *world) string {
			code := w.PressPhone(appID, "张三")
			if _, err := w.App.Phone(t.Context(), code); err != nil {
				t.Fatal(err)
			}
			return code
		}, 1},
		"expired": {func(_ *testing.T, w *world) string {
			code := w.PressPhone(appID, "张三")
			w.pass(5 * time.Minute)
			return code
		}, 1},
		"of another app":     {func(_ *testing.T, w *world) string { return w.PressPhone(strange, "张三") }, 1},
		"of wx.login":        {func(_ *testing.T, w *world) string { return w.Login(appID, "张三") }, 1},
		"never given":        {func(*testing.T, *world) string { return "0neverGiven" }, 1},
		"nothing":            {func(*testing.T, *world) string { return "" }, 0},
		"a sentence":         {func(*testing.T, *world) string { return `x","appid":"evil` }, 0},
		"two lines":          {func(*testing.T, *world) string { return "0123456789\n" }, 0},
		"what is not a code": {func(*testing.T, *world) string { return "[object Object]" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := test.code(t, w)
			asked, done := w.seen.count(atPhone), w.Done(appID, atPhone)
			got, err := w.App.Phone(t.Context(), code)
			if why(t, alone(t, got, err)) != models.ReasonPhoneNotShared {
				t.Errorf("got %v", err)
			}
			if n := w.seen.count(atPhone) - asked; n != test.asked {
				t.Errorf("WeChat was asked %d times", n)
			}
			if w.Done(appID, atPhone) != done {
				t.Error("refused, and yet paid for")
			}
		})
	}
}

// TestPhoneLeavesTheLogin: the two codes know nothing of each other.
func TestPhoneLeavesTheLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	login := w.Login(appID, "张三")
	if _, err := w.App.Phone(t.Context(), login); why(t, err) != models.ReasonPhoneNotShared {
		t.Errorf("got %v", err)
	}
	identify(t, w.App, login)
}

// TestPhoneLost: the number was told and paid for, and its answer lost. Asking
// again by itself would be for nothing.
func TestPhoneLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.PressPhone(appID, "张三")
	w.FailAt(appID, atPhone, simulator.Lost)
	if _, err := w.App.Phone(t.Context(), code); why(t, err) != models.ReasonUpstream {
		t.Errorf("lost: %v", err)
	}
	if asked, done := w.seen.count(atPhone), w.Done(appID, atPhone); asked != 1 || done != 1 {
		t.Errorf("asked %d times, done %d times", asked, done)
	}
	if _, err := w.App.Phone(t.Context(), code); why(t, err) != models.ReasonPhoneNotShared {
		t.Errorf("the code is used: %v", err)
	}
	if _, err := w.App.Phone(t.Context(), w.PressPhone(appID, "张三")); err != nil {
		t.Errorf("pressed again: %v", err)
	}
}

// TestPhoneAnswers has what is no number of this app's, though it looks like one.
func TestPhoneAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const info = `{"errcode":0,"phone_info":{"purePhoneNumber":%q,"countryCode":%q,"watermark":{"appid":%q}}}`
	for name, answer := range map[string]string{
		"another app's":        fmt.Sprintf(info, mobile, "86", strange),
		"nobody's":             fmt.Sprintf(info, mobile, "86", ""),
		"no mark":              `{"errcode":0,"phone_info":{"purePhoneNumber":"` + mobile + `","countryCode":"86"}}`,
		"no country":           fmt.Sprintf(info, mobile, "", appID),
		"a country of its":     fmt.Sprintf(info, mobile, "+86", appID),
		"a country of noughts": fmt.Sprintf(info, mobile, "086", appID),
		"no number":            fmt.Sprintf(info, "", "86", appID),
		"stars":                fmt.Sprintf(info, "138****8000", "86", appID),
		"too long":             fmt.Sprintf(info, mobile+mobile, "86", appID),
		"a number":             `{"errcode":0,"phone_info":{"purePhoneNumber":13800138000,"countryCode":"86","watermark":{"appid":"` + appID + `"}}}`,
		"no information":       `{"errcode":0,"phone_info":null}`,
	} {
		w.FailAt(appID, atPhone, simulator.Says(answer))
		got, err := w.App.Phone(t.Context(), w.PressPhone(appID, "张三"))
		if why(t, alone(t, got, err)) != models.ReasonUpstreamLying {
			t.Errorf("%s: %v", name, err)
		}
		hides(t, err, mobile)
	}
}

// TestPhoneNumbers has WeChat's numbers that mean something else here.
func TestPhoneNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, want := range map[int]models.Reason{40029: models.ReasonPhoneNotShared, 40163: models.ReasonPhoneNotShared,
		40226: models.ReasonUpstreamRefused, 48001: models.ReasonUpstreamRefused, 40013: models.ReasonUpstreamRefused,
		-1: models.ReasonUpstreamBusy, 45011: models.ReasonUpstreamBusy, 45009: models.ReasonUpstreamBusy} {
		w.FailAt(appID, atPhone, simulator.Refuse(number))
		if _, err := w.App.Phone(t.Context(), w.PressPhone(appID, "张三")); why(t, err) != want {
			t.Errorf("%d: %v, want %s", number, err, want)
		}
	}
}
