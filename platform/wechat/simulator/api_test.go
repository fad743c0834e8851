package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"healthcode/platform/wechat/simulator"
)

const (
	atToken    = "/cgi-bin/stable_token"
	atPhone    = "/wxa/business/getuserphonenumber"
	atBegin    = "/cityservice/face/identify/getverifyid"
	atQuery    = "/cityservice/face/identify/queryverifyinfo"
	atMessage  = "/cgi-bin/message/subscribe/send"
	atMiniCode = "/wxa/getwxacodeunlimit"
	atLink     = "/wxa/generate_urllink"
	atText     = "/wxa/msg_sec_check"
	atPlugin   = "/wxa/getpluginopenpid"
	atTicket   = "/cgi-bin/ticket/getticket"
	atSession  = "/wxa/checksession"
)

// answer is what was answered: as JSON, or as a picture.
type answer map[string]any

func (a answer) number() int { n, _ := a["errcode"].(float64); return int(n) }

func (a answer) text(name string) string { s, _ := a[name].(string); return s }

// send asks with that method, and with a body if there is one.
func send(t *testing.T, s http.Handler, method, address, body string) answer {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, address, strings.NewReader(body)))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", address, w.Code)
	}
	if kind := w.Header().Get("Content-Type"); kind == "image/jpeg" {
		return answer{"picture": w.Body.String()}
	}
	var got answer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	if number := got.number(); number != 0 && !strings.Contains(got.text("errmsg"), ", rid: ") {
		t.Errorf("%s: %d without the request's id: %q", address, number, got.text("errmsg"))
	}
	return got
}

// borrow is the app's access token.
func borrow(t *testing.T, s http.Handler, id, secret string, force bool) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"grant_type": "client_credential", "appid": id, "secret": secret, "force_refresh": force})
	if err != nil {
		t.Fatal(err)
	}
	got := send(t, s, http.MethodPost, atToken, string(body))
	if got.text("access_token") == "" {
		t.Fatalf("no token: %v", got)
	}
	return got.text("access_token")
}

// post asks with the token of wx1.
func post(t *testing.T, s *simulator.Simulator, path string, in any) answer {
	t.Helper()
	return postWith(t, s, borrow(t, s, "wx1", "s1", false), path, in)
}

func postWith(t *testing.T, s *simulator.Simulator, token, path string, in any) answer {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, s, http.MethodPost, path+"?access_token="+url.QueryEscape(token), string(body))
}

// TestEveryCallNeedsItsToken: of its own kind of app, by its own method, and with a
// body that is JSON.
func TestEveryCallNeedsItsToken(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddOfficialAccount("wx3", "s3")
	s.AddPlugin("wx4", "s4")
	tokens := map[string]string{"wx1": borrow(t, s, "wx1", "s1", false), "wx3": borrow(t, s, "wx3", "s3", false), "wx4": borrow(t, s, "wx4", "s4", false)}
	for path, owner := range map[string]string{atPhone: "wx1", atBegin: "wx1", atQuery: "wx1", atMessage: "wx1", atMiniCode: "wx1", atLink: "wx1",
		atText: "wx1", atSession: "wx1", atTicket: "wx3", atPlugin: "wx4"} {
		method, other, wrong := http.MethodPost, http.MethodGet, 43002
		if path == atSession || path == atTicket {
			method, other, wrong = http.MethodGet, http.MethodPost, 43001
		}
		good := path + "?access_token=" + tokens[owner]
		for address, want := range map[string]int{path: 41001, path + "?access_token=x": 40014, path + "?access_token=87_neverLentNeverLentNeverLent": 40001} {
			if got := send(t, s, method, address, "{}"); got.number() != want {
				t.Errorf("%s: %v", address, got)
			}
		}
		for id, token := range tokens {
			if got := send(t, s, method, path+"?access_token="+token, "{}"); (got.number() == 48001) != (id != owner) {
				t.Errorf("%s for %s: %v", path, id, got)
			}
		}
		if got := send(t, s, other, good, "{}"); got.number() != wrong {
			t.Errorf("%s by %s: %v", path, other, got)
		}
		if method == http.MethodPost {
			if got := send(t, s, method, good, "no JSON"); got.number() != 47001 {
				t.Errorf("%s: %v", path, got)
			}
		}
		if n := s.Done(owner, path); n != 0 {
			t.Errorf("%s: done %d times", path, n)
		}
	}
}

// TestMinuteQuota: the minute slides, and each app has its own.
func TestMinuteQuota(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.AddPages("wx1", "p")
	s.AddPages("wx2", "p")
	for _, c := range []struct {
		path string
		want int
	}{{atMiniCode, 45009}, {atText, 45009}, {atLink, 45011}} { // some pages have the number of the day
		s.Quota("wx1", c.path, 2, 0)
		ask := func(want int) {
			t.Helper()
			in := map[string]any{"scene": "s", "version": 2, "openid": simulator.OpenID("wx1", "anna"), "content": "x"}
			s.Login("wx1", "anna")
			if c.path == atText {
				in["scene"] = 1
			}
			if got := post(t, s, c.path, in); got.number() != want {
				t.Errorf("%s: %v, want %d", c.path, got, want)
			}
		}
		ask(0)
		now.Time = now.Add(30 * time.Second)
		ask(0)
		ask(c.want)
		now.Time = now.Add(30 * time.Second)
		ask(0) // the first is a minute ago
		ask(c.want)
		if asked, done := s.Asked("wx1", c.path), s.Done("wx1", c.path); asked != 3 || done != 3 {
			t.Errorf("%s: asked %d times, done %d times", c.path, asked, done)
		}
	}
	if got := postWith(t, s, borrow(t, s, "wx2", "s2", false), atMiniCode, map[string]any{"scene": "s"}); got.number() != 0 {
		t.Errorf("another app: %v", got)
	}
}

// TestDayQuota: WeChat's day begins at midnight in Beijing.
func TestDayQuota(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.AddPages("wx1", "p")
	s.Quota("wx1", atLink, 0, 1)
	ask := func(want int) {
		t.Helper()
		if got := post(t, s, atLink, map[string]any{"path": "p"}); got.number() != want {
			t.Errorf("at %v: %v, want %d", now, got, want)
		}
	}
	now.Time = time.Date(2026, 11, 24, 15, 59, 59, 0, time.UTC)
	ask(0)
	ask(45009)
	now.Time = now.Add(time.Second) // 00:00 in Beijing, 16:00 in UTC
	ask(0)
	now.Time = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	ask(45009)
	if n := len(s.Links("wx1")); n != 2 {
		t.Errorf("%d links", n)
	}
}

// TestUsualQuotas are those of the pages, as far as a test can spend them.
func TestUsualQuotas(t *testing.T) {
	t.Parallel()
	s, _ := play()
	token := borrow(t, s, "wx1", "s1", false)
	for range 5000 {
		if got := postWith(t, s, token, atMiniCode, map[string]any{"scene": ""}); got.number() != 40169 {
			t.Fatal(got)
		}
	}
	if got := postWith(t, s, token, atMiniCode, map[string]any{"scene": "s"}); got.number() != 45009 {
		t.Errorf("the 5001st in a minute: %v", got)
	}
	if asked, done := s.Asked("wx1", atMiniCode), s.Done("wx1", atMiniCode); asked != 5000 || done != 0 {
		t.Errorf("asked %d times, done %d times", asked, done)
	}
}
