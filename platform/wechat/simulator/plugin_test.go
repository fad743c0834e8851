package simulator_test

import (
	"testing"
	"time"

	"healthcode/platform/wechat/simulator"
)

// TestPluginLogins: a code is good once, for five minutes, for that plugin; and a
// user is somebody else in each host.
func TestPluginLogins(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.AddPlugin("wx4", "s4")
	s.AddPlugin("wx5", "s5")
	exchange := func(code string) answer {
		t.Helper()
		return postWith(t, s, borrow(t, s, "wx4", "s4", false), atPlugin, map[string]any{"code": code})
	}
	known := map[string]bool{}
	for _, host := range []string{"wx1", "wx2"} {
		for _, user := range []string{"anna", "bo"} {
			code := s.PluginLogin("wx4", host, user)
			got := exchange(code)
			if got.number() != 0 || got.text("openpid") != simulator.OpenPID("wx4", host, user) {
				t.Errorf("%s in %s: %v", user, host, got)
			}
			known[got.text("openpid")] = true
			if again := exchange(code); again.number() != 1007 || again.text("openpid") != "" {
				t.Errorf("again: %v", again)
			}
		}
	}
	if len(known) != 4 || simulator.OpenPID("wx5", "wx1", "anna") == simulator.OpenPID("wx4", "wx1", "anna") {
		t.Errorf("%d people", len(known))
	}
	early, late := s.PluginLogin("wx4", "wx1", "anna"), s.PluginLogin("wx4", "wx1", "anna")
	foreign, own := s.PluginLogin("wx5", "wx1", "anna"), s.Login("wx1", "anna")
	now.Time = now.Add(5*time.Minute - 1)
	for code, want := range map[string]int{early: 0, foreign: 1005, own: 1007, "never": 1007, "": 1001} {
		if got := exchange(code); got.number() != want {
			t.Errorf("%s: %v, want %d", code, got, want)
		}
	}
	now.Time = now.Add(1)
	if got := exchange(late); got.number() != 1007 {
		t.Errorf("after five minutes: %v", got)
	}
	if n := s.Done("wx4", atPlugin); n != 5 {
		t.Errorf("%d logged in", n)
	}
}
