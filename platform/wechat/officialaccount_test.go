package wechat

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const back = "https://code.example/wechat/back?next=%2Fcode&lang=zh"

// comes is the user's browser going to be asked who it is, and coming back with a
// code.
func comes(t testing.TB, open func(string, string) (string, error), address, user string) (code string) {
	t.Helper()
	to, err := open(address, user)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := at.Query()
	if at.Host != "code.example" || q.Get("next") != "/code" || q.Get("lang") != "zh" || q.Get("state") != "st4te" {
		t.Errorf("came back to %s", to)
	}
	return q.Get("code")
}

func TestIdentifyOnAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.Page.AuthorizeURL(back, "st4te")
	if strings.Contains(address, secret) || !strings.HasPrefix(address, "https://open.weixin.qq.com/") {
		t.Errorf("the browser is sent to %s", address)
	}
	got, err := w.Page.Identify(t.Context(), comes(t, w.Open, address, fullName))
	want := platform.Identity{Platform: platform.WeChatPage, AppID: pageID, OpenID: simulator.OpenID(pageID, fullName)}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if n := w.seen.count(atToken); n != 0 {
		t.Errorf("a token was borrowed %d times for a call that needs none", n)
	}
}

// TestAuthorizeURLEscapes: neither argument can become a parameter of its own.
func TestAuthorizeURLEscapes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address, err := url.Parse(w.Page.AuthorizeURL(back+"&scope=snsapi_userinfo#f", "a&scope=snsapi_userinfo#f"))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"appid": {pageID}, "redirect_uri": {back + "&scope=snsapi_userinfo#f"}, "response_type": {"code"},
		"scope": {"snsapi_base"}, "state": {"a&scope=snsapi_userinfo#f"}}
	if diff := cmp.Diff(want, address.Query()); diff != "" || address.Fragment != "wechat_redirect" {
		t.Error(address, diff)
	}
}

// TestPageCodes has the codes that name nobody, each played to the end.
func TestPageCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code func(t *testing.T, w *world) string
		want models.Reason
	}{
		"used": {func(t *testing.T, w *world) string {
			code := comes(t, w.Open, w.Page.AuthorizeURL(back, "st4te"), fullName)
			if _, err := w.Page.Identify(t.Context(), code); err != nil {
				t.Fatal(err)
			}
			return code
		}, models.ReasonLoginCodeUsed},
		"expired": {func(t *testing.T, w *world) string {
			code := comes(t, w.Open, w.Page.AuthorizeURL(back, "st4te"), fullName)
			w.pass(5 * time.Minute)
			return code
		}, models.ReasonLoginCode},
		"of a snapshot": {func(t *testing.T, w *world) string {
			return comes(t, w.OpenSnapshot, w.Page.AuthorizeURL(back, "st4te"), fullName)
		}, models.ReasonLoginSnapshot},
		"of the mini-program": {func(_ *testing.T, w *world) string { return w.Login(appID, fullName) }, models.ReasonLoginCode},
		"never given":         {func(*testing.T, *world) string { return "0neverGiven" }, models.ReasonLoginCode},
		"after a new secret": {func(t *testing.T, w *world) string {
			w.AddOfficialAccount(pageID, "another")
			return comes(t, w.Open, w.Page.AuthorizeURL(back, "st4te"), fullName)
		}, models.ReasonUpstreamRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := test.code(t, w)
			asked := w.seen.count(atPage)
			who, err := w.Page.Identify(t.Context(), code)
			refused(t, who, err, test.want)
			hides(t, err, code, secret)
			if n := w.seen.count(atPage) - asked; n != 1 {
				t.Errorf("WeChat was asked %d times", n)
			}
		})
	}
}

// TestTrapPageCodeNotEscaped: the SDK writes this code into the URL as it is, too.
func TestTrapPageCodeNotEscaped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []string{"", "short", "x&grant_type=evil&code=y#", "0123456789%00", "01234567 89", "0123456789\n", strings.Repeat("a", 129)} {
		who, err := w.Page.Identify(t.Context(), code)
		refused(t, who, err, models.ReasonLoginCode)
	}
	if n := w.seen.all(); n != 0 {
		t.Errorf("WeChat was asked %d times", n)
	}
}

// TestTrapUntypedErrors: of this call and of logging in, the SDK's errors carry no
// number. It is read on the wire.
func TestTrapUntypedErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, want := range map[int]models.Reason{40029: models.ReasonLoginCode, 40163: models.ReasonLoginCodeUsed, 40226: models.ReasonLoginBlocked,
		-1: models.ReasonUpstreamBusy, 45011: models.ReasonUpstreamBusy, 40125: models.ReasonUpstreamRefused, 48001: models.ReasonUpstreamRefused} {
		w.Fail(pageID, simulator.Refuse(number))
		who, err := w.Page.Identify(t.Context(), "0123456789")
		refused(t, who, err, want)
	}
	for _, answer := range []string{`{"access_token":"a"}`, `{"openid":""}`, `{"openid":"o A"}`, `{"openid":7}`, `{"openid":"oA","is_snapshotuser":"1"}`} {
		w.Fail(pageID, simulator.Says(answer))
		who, err := w.Page.Identify(t.Context(), "0123456789")
		refused(t, who, err, models.ReasonUpstreamLying)
	}
}

// TestPagesUnionID: the page says that the scope which asks nobody tells no
// unionid. One that comes in spite of it is taken, if it is one.
func TestPagesUnionID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Join("city", appID, pageID)
	who, err := w.Page.Identify(t.Context(), comes(t, w.Open, w.Page.AuthorizeURL(back, "st4te"), fullName))
	if err != nil || who.UnionID != "" {
		t.Errorf("%+v, %v", who, err)
	}
	w.Fail(pageID, simulator.Says(`{"openid":"oA","unionid":"oU"}`), simulator.Says(`{"openid":"oA","unionid":"o U"}`))
	if who, err := w.Page.Identify(t.Context(), "0123456789"); err != nil || who.UnionID != "oU" {
		t.Errorf("%+v, %v", who, err)
	}
	who, err = w.Page.Identify(t.Context(), "0123456789")
	refused(t, who, err, models.ReasonUpstreamLying)
}

func TestNewOfficialAccountRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, change := range map[string]func(*Config){"no clock": func(c *Config) { c.Now = nil },
		"no secret": func(c *Config) { c.AppSecret = "" }, "no app": func(c *Config) { c.AppID = "" }, "two lines": func(c *Config) { c.AppSecret += "\n" }} {
		c := w.config(pageID)
		change(&c)
		if o, err := NewOfficialAccount(c); err == nil || o != nil {
			t.Errorf("%s: taken", name)
		} else {
			hides(t, err, secret)
		}
	}
	c := w.config(pluginID)
	c.AppSecret, c.Transport = "", http.DefaultTransport
	if p, err := NewPlugin(c); err == nil || p != nil {
		t.Error("a plugin without a secret: taken")
	}
}
