package simulator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPhoneNumbers(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.SetPhone("anna", "86", "13800138000")
	s.SetPhone("bo", "852", "51234567")
	for user, want := range map[string]map[string]any{
		"anna": {"phoneNumber": "13800138000", "purePhoneNumber": "13800138000", "countryCode": "86"},
		"bo":   {"phoneNumber": "+85251234567", "purePhoneNumber": "51234567", "countryCode": "852"},
	} {
		want["watermark"] = map[string]any{"timestamp": float64(now.Unix()), "appid": "wx1"}
		got := post(t, s, atPhone, map[string]any{"code": s.PressPhone("wx1", user)})
		if diff := cmp.Diff(want, got["phone_info"]); diff != "" || got.number() != 0 {
			t.Errorf("%s: %v", diff, got)
		}
	}
	number := func(user string) any {
		info, _ := post(t, s, atPhone, map[string]any{"code": s.PressPhone("wx1", user)})["phone_info"].(map[string]any)
		return info["purePhoneNumber"]
	}
	if a, b := number("clara"), number("dirk"); a == b || a != number("clara") {
		t.Errorf("who was given no number has %v and %v", a, b)
	}
}

// TestPhoneCodes: a code is good once, for five minutes, for this and for that app.
func TestPhoneCodes(t *testing.T) {
	t.Parallel()
	s, now := play()
	used, late, foreign, login := s.PressPhone("wx1", "anna"), s.PressPhone("wx1", "anna"), s.PressPhone("wx2", "anna"), s.Login("wx1", "anna")
	for i, c := range []struct {
		code string
		want int
	}{{used, 0}, {used, 40029}, {foreign, 40029}, {login, 40029}, {"never", 40029}, {"", 40029}} {
		if got := post(t, s, atPhone, map[string]any{"code": c.code}); got.number() != c.want {
			t.Errorf("code %d: %v", i, got)
		}
	}
	now.Time = now.Add(5 * time.Minute)
	if got := post(t, s, atPhone, map[string]any{"code": late}); got.number() != 40029 {
		t.Errorf("after five minutes: %v", got)
	}
	if n := s.Done("wx1", atPhone); n != 1 {
		t.Errorf("%d numbers were told", n)
	}
}
