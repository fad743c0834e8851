package simulator_test

import (
	"net/url"
	"testing"
	"time"

	"healthcode/platform/alipay/simulator"
)

// TestCodes: good once, for a day, for the app that it was given to.
func TestCodes(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	used, old, late, foreign := s.Login(appID, "anna"), s.Login(appID, "anna"), s.Login(appID, "anna"), s.Login(other, "anna")
	for i, want := range []string{"", "isv.code-invalid"} {
		if a := s.ask(t, s.tokenRequest(used)); a.subCode() != want {
			t.Errorf("use %d: %s", i+1, a.body)
		}
	}
	s.Elapse(24*time.Hour - time.Second)
	if a := s.ask(t, s.tokenRequest(late)); a.text("access_token") == "" {
		t.Errorf("a second before it expires: %s", a.body)
	}
	s.Elapse(time.Second)
	effects := s.Effects(appID)
	for name, form := range map[string]url.Values{"used": s.tokenRequest(used), "expired": s.tokenRequest(old), "another app's": s.tokenRequest(foreign),
		"never given": s.tokenRequest("0123456789abcdef"), "none": s.tokenRequest(""), "another grant": s.tokenRequest(s.Login(appID, "anna"), "grant_type", "refresh_token")} {
		if a := s.ask(t, form); a.name != "error_response" || a.code() != "40002" || a.subCode() != "isv.code-invalid" || a.sign != "" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if s.Effects(appID) != effects {
		t.Error("something was changed")
	}
	if fresh := s.Login(appID, "anna"); s.ask(t, s.tokenRequest(fresh)).text("access_token") == "" {
		t.Error("a code given now is refused")
	}
}

// TestExpiryByTheClock: when the clock moves, the request is stamped by it too.
func TestExpiryByTheClock(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	code := s.Login(appID, "anna")
	s.now = s.now.Add(24 * time.Hour)
	if a := s.ask(t, s.tokenRequest(code)); a.subCode() != "isv.code-invalid" {
		t.Errorf("%s", a.body)
	}
}

// TestPlugin: the code is the host's, redeemed by the plugin with the host's leave.
func TestPlugin(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	leave := s.Authorize(other, appID)
	a := s.ask(t, s.tokenRequest(s.LoginIn(other, appID, "anna"), "app_auth_token", leave))
	if a.text("open_id") != simulator.OpenID(other, "anna") {
		t.Errorf("%s", a.body)
	}
	withdrawn, old := s.Authorize(other, appID), s.Authorize(other, appID)
	s.Withdraw(withdrawn)
	s.Elapse(365 * 24 * time.Hour)
	leave = s.Authorize(other, appID)
	for name, c := range map[string]struct{ code, token, subCode string }{
		"no leave": {s.LoginIn(other, appID, "anna"), "", "isv.code-invalid"}, "withdrawn": {s.LoginIn(other, appID, "anna"), withdrawn, "aop.invalid-app-auth-token"},
		"expired":        {s.LoginIn(other, appID, "anna"), old, "aop.app-auth-token-time-out"},
		"somebody's":     {s.LoginIn(other, appID, "anna"), s.Authorize(appID, other), "aop.invalid-app-auth-token"},
		"the app's code": {s.Login(appID, "anna"), leave, "isv.code-invalid"}, "the host's own": {s.Login(other, "anna"), leave, "isv.code-invalid"},
	} {
		if a := s.ask(t, s.tokenRequest(c.code, "app_auth_token", c.token)); a.name != "error_response" || a.subCode() != c.subCode {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	token := s.ask(t, s.tokenRequest(s.Login(appID, "anna"))).text("access_token")
	share := func(token string) answer { return s.ask(t, s.request("alipay.user.info.share", "auth_token", token)) }
	if a := share(token); a.code() != "10000" || a.text("open_id") != simulator.OpenID(appID, "anna") {
		t.Errorf("%s", a.body)
	}
	if a := share("authusrBx"); a.subCode() != "aop.invalid-auth-token" {
		t.Errorf("unknown: %s", a.body)
	}
	s.Elapse(15 * 24 * time.Hour)
	if a := share(token); a.subCode() != "aop.auth-token-time-out" {
		t.Errorf("old: %s", a.body)
	}
}
