package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"healthcode/handlers"
)

// signed is what wx.config is given.
type signed struct {
	AppID     string `json:"appId"`
	Timestamp int64  `json:"timestamp"`
	Nonce     string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// TestPageConfig: WeChat's browser takes the signature of our pages, each for
// itself; no other page is signed; and nothing is written down.
func TestPageConfig(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.login("wechat", "zhang")
	s.changesNothing(t, func() {
		for _, page := range []string{s.origin + "/", s.origin + "/?lang=en", s.origin + "/#part"} {
			var out signed
			s.ask(token, "POST", "/v1/page-config", map[string]string{"page": page}).into(t, &out)
			if out.AppID != officialAccount || !s.wechat.Configure(officialAccount, page, out.Nonce, out.Signature, out.Timestamp) {
				t.Errorf("the browser does not take %+v for %s", out, page)
			}
			if s.wechat.Configure(officialAccount, s.origin+"/me", out.Nonce, out.Signature, out.Timestamp) {
				t.Errorf("the signature of %s does for every page", page)
			}
		}
		for _, page := range []string{"", "/", s.origin, s.origin + ".evil.example/", "https://evil.example/?" + s.origin + "/", strings.Replace(s.origin, "https", "http", 1) + "/",
			s.origin + "@evil.example/", strings.ToUpper(s.origin) + "/", s.origin + "/%zz"} {
			a := s.ask(token, "POST", "/v1/page-config", map[string]string{"page": page})
			if a.String() != "422 request.bad_value" || a.problem().Field != "page" {
				t.Errorf("%q: %s on %q", page, a, a.problem().Field)
			}
		}
		s.apps.PageConfig = nil
		s.serve(t)
		if a := s.ask(token, "POST", "/v1/page-config", map[string]string{"page": s.origin + "/"}); a.String() != "404 login.platform_unknown" {
			t.Errorf("without an official account: %s", a)
		}
	})
}

// What browsers say that they are.
const (
	inWeChat      = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60"
	inWeChatShell = inWeChat + " miniProgram/" + wechatApp
	inAlipay      = "Mozilla/5.0 (iPhone) AlipayClient/10.5.0"
	inAlipayShell = inAlipay + " MiniProgram"
	inBrowser     = "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0"
)

// TestWaysIn: whoever is signed out is offered what is configured, where it can
// succeed; within a mini-program the shell logs in.
func TestWaysIn(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.apps.PageLogins["app"] = door{}
	all := s.apps.PageLogins
	for _, c := range []struct {
		agent  string
		ways   map[string]handlers.PageLogin
		offers string
	}{
		{inWeChat, all, "wechat"}, {inBrowser, all, "app"}, {inAlipay, all, ""}, {inWeChatShell, all, ""}, {inAlipayShell, all, ""},
		{inWeChat, map[string]handlers.PageLogin{"app": all["app"]}, ""}, {inBrowser, map[string]handlers.PageLogin{"wechat": all["wechat"]}, ""},
		{inWeChat, nil, ""}, {inBrowser, nil, ""},
	} {
		s.apps.PageLogins = c.ways
		s.serve(t)
		a := s.ask("", "GET", "/", nil, "User-Agent", c.agent)
		for _, way := range []string{"wechat", "app"} {
			if a.Status != http.StatusUnauthorized || strings.Contains(string(a.Body), `href="/enter/`+way+`"`) != (way == c.offers) {
				t.Errorf("%s with %d ways: %s, by %s\n%s", c.agent, len(c.ways), a, way, a.Body)
			}
		}
	}
}

// TestWhereDoorsAreScanned: the home page scans in WeChat's own browser, if there
// is an official account to sign it; in mini-programs the shell does.
func TestWhereDoorsAreScanned(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.register("wechat", 1, "张三")
	look := func(want string) {
		t.Helper()
		for _, agent := range []string{inWeChat, inWeChatShell, inAlipay, inAlipayShell, inBrowser} {
			a := s.ask(token, "GET", "/", nil, "User-Agent", agent)
			if a.Status != http.StatusOK || strings.Contains(string(a.Body), `id="scan"`) != (agent == want) {
				t.Errorf("%s: %s\n%s", agent, a, a.Body)
			}
		}
	}
	look(inWeChat)
	s.apps.PageConfig = nil
	s.serve(t)
	look("nowhere")
}
