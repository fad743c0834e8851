package simulator_test

import (
	"strings"
	"testing"
	"time"

	"healthcode/platform/wechat/simulator"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.Dislike("bad")
	s.Doubt("odd")
	s.Login("wx1", "anna")
	anna := simulator.OpenID("wx1", "anna")
	for _, c := range []struct {
		version, scene int
		openID, text   string
		number         int
		suggest        string
	}{
		{2, 1, anna, "good words", 0, "pass"}, {2, 4, anna, "odd words", 0, "review"}, {2, 2, anna, "bad words", 0, "risky"},
		{2, 2, anna, "odd and bad", 0, "risky"}, {2, 2, anna, "特3456书yuuo莞6543李zxcz蒜7782法fgnv级", 0, "risky"},
		{2, 2, anna, strings.Repeat("长", 2500), 0, "pass"}, {2, 2, anna, strings.Repeat("长", 2501), 45002, ""},
		{2, 2, anna, "", 44004, ""}, {1, 2, anna, "words", 40097, ""}, {2, 0, anna, "words", 40097, ""}, {2, 5, anna, "words", 40097, ""},
		{2, 2, "", "words", 40003, ""}, {2, 2, simulator.OpenID("wx1", "bo"), "words", 40003, ""}, {2, 2, simulator.OpenID("wx2", "anna"), "words", 40003, ""},
	} {
		got := post(t, s, atText, map[string]any{"version": c.version, "scene": c.scene, "openid": c.openID, "content": c.text})
		result, _ := got["result"].(map[string]any)
		suggest, _ := result["suggest"].(string)
		if got.number() != c.number || suggest != c.suggest {
			t.Errorf("%.40q: %v, want %d %s", c.text, got, c.number, c.suggest)
		}
	}
}

// TestTwoHours: a text is checked for who came within two hours, by whatever door.
func TestTwoHours(t *testing.T) {
	t.Parallel()
	for name, come := range map[string]func(*simulator.Simulator){
		"logging in":  func(s *simulator.Simulator) { s.Login("wx1", "anna") },
		"the button":  func(s *simulator.Simulator) { s.PressPhone("wx1", "anna") },
		"subscribing": func(s *simulator.Simulator) { s.Subscribe("wx1", "anna", "t") },
	} {
		s, now := play()
		s.AddTemplate("wx1", "t", true, "thing1")
		check := func(want int) {
			t.Helper()
			in := map[string]any{"version": 2, "scene": 2, "openid": simulator.OpenID("wx1", "anna"), "content": "words"}
			if got := post(t, s, atText, in); got.number() != want {
				t.Errorf("%s: %v, want %d", name, got, want)
			}
		}
		check(40003)
		come(s)
		check(0)
		now.Time = now.Add(2*time.Hour - 1)
		check(0)
		now.Time = now.Add(1)
		check(61010)
		come(s)
		check(0)
	}
}
