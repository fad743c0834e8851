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

type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func play() (*simulator.Simulator, *clock) {
	c := &clock{time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	s := simulator.New(c.now)
	s.AddApp("wx1", "s1")
	s.AddApp("wx2", "s2")
	return s, c
}

type session struct {
	ErrCode    int    `json:"errcode"`
	OpenID     string `json:"openid"`
	SessionKey string `json:"session_key"`
	UnionID    string `json:"unionid"`
}

// ask sends names and values in turn.
func ask(t *testing.T, s http.Handler, pairs ...string) session {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/sns/jscode2session?"+q.Encode(), nil))
	var got session
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	if (got.ErrCode != 0) == (got.OpenID != "") || (got.OpenID == "") != (got.SessionKey == "") {
		t.Errorf("neither yes nor no: %+v", got)
	}
	return got
}

func login(t *testing.T, s http.Handler, app, secret, code string) session {
	t.Helper()
	return ask(t, s, "appid", app, "secret", secret, "js_code", code, "grant_type", "authorization_code")
}

func TestCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	s, _ := play()
	code := s.Login("wx1", "anna")
	if got := login(t, s, "wx1", "s1", code); got.OpenID != simulator.OpenID("wx1", "anna") {
		t.Errorf("got %+v", got)
	}
	if got := login(t, s, "wx1", "s1", code); got.ErrCode != 40163 {
		t.Errorf("again: %+v", got)
	}
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	s, now := play()
	early, late := s.Login("wx1", "anna"), s.Login("wx1", "anna")
	now.Time = now.Add(5*time.Minute - 1)
	if got := login(t, s, "wx1", "s1", early); got.ErrCode != 0 {
		t.Errorf("at the last instant: %+v", got)
	}
	now.Time = now.Add(1)
	if got := login(t, s, "wx1", "s1", late); got.ErrCode != 40029 {
		t.Errorf("after five minutes: %+v", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s, _ := play()
	code := s.Login("wx1", "anna")
	for _, c := range []struct {
		name  string
		pairs []string
		want  int
	}{
		{"foreign app", []string{"appid", "wx2", "secret", "s2", "js_code", code, "grant_type", "authorization_code"}, 40029},
		{"never given", []string{"appid", "wx1", "secret", "s1", "js_code", "x", "grant_type", "authorization_code"}, 40029},
		{"wrong secret", []string{"appid", "wx1", "secret", "s2", "js_code", code, "grant_type", "authorization_code"}, 40125},
		{"unknown app", []string{"appid", "wx3", "secret", "s1", "js_code", code, "grant_type", "authorization_code"}, 40013},
		{"wrong grant", []string{"appid", "wx1", "secret", "s1", "js_code", code, "grant_type", "evil"}, 40002},
		{"no app", []string{"secret", "s1", "js_code", code, "grant_type", "authorization_code"}, 41002},
		{"no secret", []string{"appid", "wx1", "js_code", code, "grant_type", "authorization_code"}, 41004},
		{"no code", []string{"appid", "wx1", "secret", "s1", "grant_type", "authorization_code"}, 41008},
	} {
		if got := ask(t, s, c.pairs...); got.ErrCode != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got.ErrCode, c.want)
		}
	}
	if got := login(t, s, "wx1", "s1", code); got.ErrCode != 0 {
		t.Errorf("the refusals used the code up: %+v", got)
	}
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.Block("anna")
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "anna")); got.ErrCode != 40226 {
		t.Errorf("got %+v", got)
	}
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "bo")); got.ErrCode != 0 {
		t.Errorf("somebody else: %+v", got)
	}
}

func TestAHundredAMinute(t *testing.T) {
	t.Parallel()
	s, now := play()
	for i := range 100 {
		if got := login(t, s, "wx1", "s1", s.Login("wx1", "anna")); got.ErrCode != 0 {
			t.Fatalf("login %d: %+v", i, got)
		}
	}
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "anna")); got.ErrCode != 45011 {
		t.Errorf("login 101: %+v", got)
	}
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "bo")); got.ErrCode != 0 {
		t.Errorf("somebody else: %+v", got)
	}
	now.Time = now.Add(time.Minute)
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "anna")); got.ErrCode != 0 {
		t.Errorf("a minute later: %+v", got)
	}
}

func TestOpenIDIsPerApp(t *testing.T) {
	t.Parallel()
	a, b := simulator.OpenID("wx1", "anna"), simulator.OpenID("wx2", "anna")
	if a == b || a != simulator.OpenID("wx1", "anna") || len(a) != 28 {
		t.Errorf("got %s and %s", a, b)
	}
}

func TestNothingElseIsAnswered(t *testing.T) {
	t.Parallel()
	s, _ := play()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cgi-bin/token", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/sns/jscode2session?appid=wx1&secret=s1&js_code=x&grant_type=authorization_code", nil))
	if w.Code == http.StatusOK && !strings.Contains(w.Body.String(), `"errcode":43001`) {
		t.Errorf("POST: %d %s", w.Code, w.Body)
	}
}

func TestFailuresComeInTurn(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.Fail("wx1", simulator.Busy, simulator.Busy)
	code := s.Login("wx1", "anna")
	for _, want := range []int{-1, -1, 0} {
		if got := login(t, s, "wx1", "s1", code); got.ErrCode != want {
			t.Errorf("got %d, want %d", got.ErrCode, want)
		}
	}
}
