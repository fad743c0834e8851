package wechat

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

// TestIdentifyInAPlugin: a user is somebody else in each host.
func TestIdentifyInAPlugin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := map[string]bool{}
	for _, host := range []string{strange, "wx00000000000000d1"} {
		for _, user := range []string{fullName, "李四"} {
			for range 2 { // the same person, twice
				who, err := w.Plugin.Identify(t.Context(), w.PluginLogin(pluginID, host, user))
				want := platform.Identity{Platform: platform.WeChatPlugin, AppID: pluginID, OpenID: simulator.OpenPID(pluginID, host, user)}
				if diff := cmp.Diff(want, who); diff != "" || err != nil {
					t.Error(err, diff)
				}
				known[who.OpenID] = true
			}
		}
	}
	if len(known) != 4 {
		t.Errorf("%d people in two hosts", len(known))
	}
}

// TestPluginCodes has the codes that name nobody, each played to the end.
func TestPluginCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code  func(*testing.T, *world) string
		asked int
	}{
		"used": {func(t *testing.T, w *world) string {
			code := w.PluginLogin(pluginID, strange, fullName)
			if _, err := w.Plugin.Identify(t.Context(), code); err != nil {
				t.Fatal(err)
			}
			return code
		}, 1},
		"expired": {func(_ *testing.T, w *world) string {
			code := w.PluginLogin(pluginID, strange, fullName)
			w.pass(5 * time.Minute)
			return code
		}, 1},
		"of another plugin": {func(_ *testing.T, w *world) string {
			w.AddPlugin("wx00000000000000c2", secret)
			return w.PluginLogin("wx00000000000000c2", strange, fullName)
		}, 1},
		"of wx.login":   {func(_ *testing.T, w *world) string { return w.Login(appID, fullName) }, 1},
		"never given":   {func(*testing.T, *world) string { return "0neverGiven" }, 1},
		"nothing":       {func(*testing.T, *world) string { return "" }, 0},
		"a parameter":   {func(*testing.T, *world) string { return `x","code":"y` }, 0},
		"far too long":  {func(*testing.T, *world) string { return strings.Repeat("a", 129) }, 0},
		"on two lines":  {func(*testing.T, *world) string { return "0123456789\n" }, 0},
		"in characters": {func(*testing.T, *world) string { return "登录登录登录" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := test.code(t, w)
			asked, done := w.seen.count(atPlugin), w.Done(pluginID, atPlugin)
			who, err := w.Plugin.Identify(t.Context(), code)
			refused(t, who, err, models.ReasonLoginCode)
			if n := w.seen.count(atPlugin) - asked; n != test.asked || w.Done(pluginID, atPlugin) != done {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// TestPluginOfAMiniProgram: the plugin's own id and secret are needed, and not the
// mini-program's.
func TestPluginOfAMiniProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, err := NewPlugin(w.config(appID))
	if err != nil {
		t.Fatal(err)
	}
	code := w.PluginLogin(pluginID, strange, fullName)
	who, err := p.Identify(t.Context(), code)
	refused(t, who, err, models.ReasonUpstreamRefused)
	if !strings.Contains(err.Error(), "errcode 48001") {
		t.Errorf("the log is told %v", err)
	}
	if _, err := w.Plugin.Identify(t.Context(), code); err != nil {
		t.Errorf("the refusal used the code up: %v", err)
	}
}

// TestPluginNumbers: the numbers of this call are small, and its alone.
func TestPluginNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, want := range map[int]models.Reason{1000: models.ReasonUpstreamBusy, 1001: models.ReasonLoginCode, 1003: models.ReasonUpstreamBusy,
		1005: models.ReasonLoginCode, 1007: models.ReasonLoginCode, 1009: models.ReasonUpstreamRefused, -1: models.ReasonUpstreamBusy,
		48001: models.ReasonUpstreamRefused} {
		w.FailAt(pluginID, atPlugin, simulator.Refuse(number))
		who, err := w.Plugin.Identify(t.Context(), "0123456789")
		refused(t, who, err, want)
		w.Mend(pluginID)
	}
	for _, answer := range []string{`{"errcode":0}`, `{"openpid":""}`, `{"openpid":7}`, `{"openpid":"G A"}`, `{"openpid":"` + strings.Repeat("G", 129) + `"}`} {
		w.FailAt(pluginID, atPlugin, simulator.Says(answer))
		who, err := w.Plugin.Identify(t.Context(), "0123456789")
		refused(t, who, err, models.ReasonUpstreamLying)
	}
}
