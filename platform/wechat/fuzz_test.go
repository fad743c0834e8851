package wechat

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform"
)

// FuzzLoginCode: a code is refused, or arrives at WeChat as it is and beside
// nothing but what belongs there.
func FuzzLoginCode(f *testing.F) {
	for _, seed := range []string{"", "0712cDoV0cfty22AeloV0daMoV02cDog", "x&grant_type=evil&js_code=y#", "01234567", "0123456",
		"01234567\n", "%3001234567", "012345+67", "a.b.c.d.e", "登录登录登录", "\xff01234567", strings.Repeat("-_", 64), strings.Repeat("a", 129)} {
		f.Add(seed)
	}
	var asked *url.URL
	a := newApp(f, Config{AppID: appID, AppSecret: secret, Transport: wire(func(r *http.Request) (*http.Response, error) {
		asked = r.URL
		return says(200, `{"openid":"oA","session_key":"a"}`)(r)
	})})
	f.Fuzz(func(t *testing.T, code string) {
		asked = nil
		who, err := a.Identify(t.Context(), code)
		if err != nil {
			refused(t, who, err, models.ReasonLoginCode)
			if asked != nil {
				t.Fatalf("refused, and yet WeChat was asked for %q", code)
			}
			return
		}
		want := url.Values{"appid": {appID}, "secret": {secret}, "js_code": {code}, "grant_type": {"authorization_code"}}
		if diff := cmp.Diff(want, asked.Query()); diff != "" || asked.Host != Host || asked.Path != "/sns/jscode2session" || asked.Fragment != "" {
			t.Fatalf("%q came out as %s: %s", code, asked, diff)
		}
		if len(code) < 8 || len(code) > 128 {
			t.Fatalf("taken: %q", code)
		}
	})
}

// FuzzAnswer: whatever WeChat answers becomes an identity that can be kept, or a
// refusal that tells nothing of it.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"openid":"oA","session_key":"a","unionid":"oU"}`)
	f.Add(200, `{"errcode":40163,"errmsg":"code been used, rid: 67b81456-7702e5f9-2c9e1783"}`)
	f.Add(200, "{}")
	f.Add(200, "null")
	f.Add(200, "<html>")
	f.Add(200, `{"openid":["oA"]}`)
	f.Add(200, `{"errcode":9223372036854775807}`)
	f.Add(200, `{"errcode":1e400}`)
	f.Add(502, "")
	f.Add(302, "")
	f.Fuzz(func(t *testing.T, status int, body string) {
		who, err := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: says(status, body)}).Identify(t.Context(), "0123456789")
		if err == nil {
			if status != http.StatusOK || !words.MatchString(who.OpenID) || who.AppID != appID || who.Platform != platform.WeChat {
				t.Fatalf("%d %q became %+v", status, body, who)
			}
			return
		}
		var p *models.Problem
		if !errors.As(err, &p) || p.Kind() == models.Internal {
			t.Fatalf("%d %q became %v", status, body, err)
		}
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "0123456789") {
			t.Fatalf("told: %v", err)
		}
	})
}
