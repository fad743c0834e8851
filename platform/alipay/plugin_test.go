package alipay_test

import (
	"maps"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

// TestPlugin: a user of the plugin is another one in every host, because it is the
// host's leave that the code is redeemed with.
func TestPlugin(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		code := s.LoginIn(hostID, pluginID, "anna")
		keep(code)
		id, err := s.plugin.IdentifyIn(t.Context(), hostID, code)
		if err != nil || id != (platform.Identity{Platform: "alipay-plugin", AppID: hostID, OpenID: simulator.OpenID(hostID, "anna")}) {
			t.Errorf("%v: %+v, %v", m, id, err)
		}
		if !(models.Account{Platform: id.Platform}).IsPlugin() {
			t.Errorf("%s is no plugin's", id.Platform)
		}
		if _, err = s.plugin.IdentifyIn(t.Context(), hostID, code); reason(t, err) != models.ReasonLoginCode {
			t.Errorf("%v: again: %v", m, err)
		}
	}
}

func TestPluginRefuses(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	c := alipay.PluginConfig{Config: s.config, Hosts: map[string]string{hostID: s.Authorize(hostID, pluginID), strange: s.Authorize(strange, pluginID)}}
	c.AppID = pluginID
	plugin, err := alipay.NewPlugin(c)
	if err != nil {
		t.Fatal(err)
	}
	given := maps.Clone(c.Hosts)
	for _, token := range given {
		keep(token)
	}
	clear(c.Hosts) // what is changed afterwards changes nothing
	asked := s.questions(func() {
		for _, host := range []string{"", appID, "../" + hostID} {
			if _, err := plugin.IdentifyIn(t.Context(), host, s.LoginIn(hostID, pluginID, "anna")); reason(t, err) != models.ReasonLoginPlatform {
				t.Errorf("host %q: %v", host, err)
			}
		}
	})
	if asked != 0 {
		t.Errorf("asked %d times about a host that is not ours", asked)
	}
	for name, code := range map[string]string{"the host's own": s.Login(hostID, "anna"), "another host's": s.LoginIn(strange, pluginID, "anna"), "the city's": s.login("anna")} {
		keep(code)
		if _, err := plugin.IdentifyIn(t.Context(), hostID, code); reason(t, err) != models.ReasonLoginCode {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.Withdraw(given[hostID])
	if _, err := plugin.IdentifyIn(t.Context(), hostID, s.LoginIn(hostID, pluginID, "anna")); reason(t, err) != models.ReasonUpstreamRefused ||
		!strings.Contains(err.Error(), "aop.invalid-app-auth-token") {
		t.Errorf("withdrawn: %v", err)
	}
	s.Elapse(365 * 24 * 3600e9)
	if _, err := plugin.IdentifyIn(t.Context(), strange, s.LoginIn(strange, pluginID, "anna")); reason(t, err) != models.ReasonUpstreamRefused ||
		!strings.Contains(err.Error(), "aop.app-auth-token-time-out") {
		t.Errorf("expired: %v", err)
	}
}

func TestNewPluginRefuses(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	for name, c := range map[string]alipay.PluginConfig{"no host": {Config: s.config}, "no token": {Config: s.config, Hosts: map[string]string{hostID: ""}},
		"no name": {Config: s.config, Hosts: map[string]string{"": "x"}}, "no keys": {Hosts: map[string]string{hostID: "x"}}} {
		if _, err := alipay.NewPlugin(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
