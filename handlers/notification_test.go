package handlers_test

import (
	"net/url"
	"testing"

	"healthcode/platform/alipay/simulator"
)

const withdrawn = "alipay.open.auth.userauth.cancelled"

// tells posts the form as Alipay does.
func (s *street) tells(form url.Values, query string) answer {
	s.t.Helper()
	return s.do(request{Method: "POST", Path: "/v1/alipay/notifications" + query, In: form.Encode(),
		Header: []string{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}})
}

// TestWithdrawnInAlipay: whoever takes their leave back in Alipay is signed out of
// that mini-program, and of nothing else; nobody else can tell it.
func TestWithdrawnInAlipay(t *testing.T) {
	t.Parallel()
	s := settled(t)
	mine, other := s.resident("alipay", 1, "张三"), s.resident("alipay", 2, "李四")
	inWeChat := s.register("wechat", 1, "张三")
	form := func(user string) url.Values {
		return s.alipay.Notify(alipayApp, withdrawn, map[string]string{"open_id": simulator.OpenID(alipayApp, user)})
	}
	s.changesNothing(t, func() {
		forged := form("张三1")
		forged.Set("biz_content", `{"open_id":"`+simulator.OpenID(alipayApp, "李四2")+`"}`)
		for name, a := range map[string]answer{
			"forged":                 s.tells(forged, ""),
			"in the address":         s.tells(url.Values{}, "?"+form("张三1").Encode()),
			"empty":                  s.tells(url.Values{}, ""),
			"nobody who ever came":   s.tells(form("a stranger"), ""),
			"about something else":   s.tells(s.alipay.Notify(alipayApp, "alipay.merchant.audited", map[string]string{"open_id": simulator.OpenID(alipayApp, "张三1")}), ""),
			"another app's, foreign": s.tells(s.alipay.Notify(s.host, withdrawn, map[string]string{"open_id": "x"}), ""),
		} {
			taken := name == "nobody who ever came" || name == "about something else"
			if got := string(a.Body) == "success"; got != taken || !taken && a.String() != "401 login.client_refused" {
				t.Errorf("%s: %s %s", name, a, a.Body)
			}
		}
	})
	for range 2 { // Alipay tells it again until it is sure
		if a := s.tells(form("张三1"), "?msg_method=other"); string(a.Body) != "success" {
			t.Fatalf("%s %s", a, a.Body)
		}
	}
	for token, want := range map[string]string{mine: "401 login.required", other: "200", inWeChat: "200"} {
		if a := s.ask(token, "GET", "/v1/standing", nil); a.String() != want {
			t.Errorf("%s, want %s", a, want)
		}
	}
}
