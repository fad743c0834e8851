package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"healthcode/platform/wechat/simulator"
)

// account is a played WeChat with an official account, wx3.
func account() (*simulator.Simulator, *clock) {
	s, now := play()
	s.AddOfficialAccount("wx3", "s3")
	return s, now
}

const asks = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx3&redirect_uri=https%3A%2F%2Fcode.example%2Fback%3Fa%3Db&response_type=code&scope=snsapi_base&state=st4te#wechat_redirect"

// visit is the code with which the browser comes back.
func visit(t *testing.T, open func(string, string) (string, error), user string) string {
	t.Helper()
	to, err := open(asks, user)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(to)
	if err != nil || at.Host != "code.example" || at.Path != "/back" || at.Query().Get("a") != "b" || at.Query().Get("state") != "st4te" {
		t.Fatalf("came back to %s, %v", to, err)
	}
	return at.Query().Get("code")
}

func exchange(t *testing.T, s http.Handler, id, secret, code string) answer {
	t.Helper()
	q := url.Values{"appid": {id}, "secret": {secret}, "code": {code}, "grant_type": {"authorization_code"}}
	return send(t, s, http.MethodGet, "/sns/oauth2/access_token?"+q.Encode(), "")
}

func TestPageCodes(t *testing.T) {
	t.Parallel()
	s, now := account()
	code, old := visit(t, s.Open, "anna"), visit(t, s.Open, "anna")
	if got := exchange(t, s, "wx3", "s0", code); got.number() != 40125 {
		t.Errorf("a wrong secret: %v", got)
	}
	if got := exchange(t, s, "wx1", "s1", code); got.number() != 40013 {
		t.Errorf("a mini-program: %v", got)
	}
	got := exchange(t, s, "wx3", "s3", code)
	if got.number() != 0 || got.text("openid") != simulator.OpenID("wx3", "anna") || got.text("access_token") == "" || got["is_snapshotuser"] != nil {
		t.Errorf("got %v", got)
	}
	now.Time = now.Add(5*time.Minute - 1)
	for text, want := range map[string]int{code: 40163, "never": 40029, s.Login("wx1", "anna"): 40029} {
		if got := exchange(t, s, "wx3", "s3", text); got.number() != want {
			t.Errorf("%s: %v, want %d", text, got, want)
		}
	}
	now.Time = now.Add(1)
	if got := exchange(t, s, "wx3", "s3", old); got.number() != 40029 {
		t.Errorf("after five minutes: %v", got)
	}
}

// TestSnapshots: the user of a snapshot is made up, another one each time.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	s, _ := account()
	seen := map[string]bool{simulator.OpenID("wx3", "anna"): true}
	for range 2 {
		got := exchange(t, s, "wx3", "s3", visit(t, s.OpenSnapshot, "anna"))
		if got["is_snapshotuser"] != 1.0 || seen[got.text("openid")] {
			t.Errorf("got %v", got)
		}
		seen[got.text("openid")] = true
	}
}

// TestAddressesThatAskNobody: WeChat's browser stops at what is wrong with them.
func TestAddressesThatAskNobody(t *testing.T) {
	t.Parallel()
	s, _ := account()
	for _, change := range [][2]string{{"open.weixin.qq.com", "elsewhere.example"}, {"https://open", "http://open"}, {"#wechat_redirect", ""},
		{"appid=wx3", "appid=wx1"}, {"appid=wx3", "appid=wx9"}, {"https%3A%2F%2Fcode.example", "http%3A%2F%2Fcode.example"}, {"https%3A%2F%2Fcode.example", ""},
		{"response_type=code", "response_type=token"}, {"snsapi_base", "snsapi_login"}, {"st4te", "st-te"}, {"st4te", strings.Repeat("s", 129)}} {
		if to, err := s.Open(strings.Replace(asks, change[0], change[1], 1), "anna"); err == nil {
			t.Errorf("%q for %q: came to %s", change[1], change[0], to)
		}
	}
}

func TestPageQuota(t *testing.T) {
	t.Parallel()
	s, now := account()
	s.Quota("wx3", "/sns/oauth2/access_token", 1, 0)
	for i, want := range []int{0, 45011, 0} {
		if i == 2 {
			now.Time = now.Add(time.Minute)
		}
		if got := exchange(t, s, "wx3", "s3", visit(t, s.Open, "anna")); got.number() != want {
			t.Errorf("visit %d: %v, want %d", i, got, want)
		}
	}
}

// TestTickets: the same one until its last five minutes; and the browser takes a
// signature for that page alone.
func TestTickets(t *testing.T) {
	t.Parallel()
	s, now := account()
	ticket := func(kind string) answer {
		return send(t, s, http.MethodGet, atTicket+"?type="+kind+"&access_token="+borrow(t, s, "wx3", "s3", false), "")
	}
	const page = "https://code.example/a?b=c"
	if s.Ticket("wx3") != "" || s.Configure("wx3", page, "n", simulator.PageSignature("", "n", 1, page), 1) {
		t.Error("there is a ticket, or none is needed")
	}
	if got := ticket("wx_card"); got.number() != 40097 {
		t.Errorf("another kind: %v", got)
	}
	first := ticket("jsapi")
	if first.text("ticket") != s.Ticket("wx3") || first["expires_in"] != 7200.0 {
		t.Errorf("got %v", first)
	}
	signed := simulator.PageSignature(s.Ticket("wx3"), "n", 1, page)
	if !s.Configure("wx3", page, "n", signed, 1) || !s.Configure("wx3", page+"#d", "n", signed, 1) {
		t.Error("a good signature is refused")
	}
	if s.Configure("wx3", page+"d", "n", signed, 1) || s.Configure("wx3", page, "m", signed, 1) || s.Configure("wx3", page, "n", signed, 2) || s.Configure("wx3", page, "n", "", 1) {
		t.Error("a signature is taken for something else")
	}
	now.Time = now.Add(115*time.Minute - 1)
	if again := ticket("jsapi"); again.text("ticket") != first.text("ticket") {
		t.Error("another one too early")
	}
	now.Time = now.Add(1)
	if next := ticket("jsapi"); next.text("ticket") == first.text("ticket") || next["expires_in"] != 7200.0 {
		t.Errorf("in the last five minutes: %v", next)
	}
}
