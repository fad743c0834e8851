// Package simulator plays api.weixin.qq.com on loopback, as far as healthcode
// uses it: codes that are good once and for five minutes, and every number that
// WeChat answers when something is wrong. It is told what to get wrong.
//
// Its behaviour follows the vendor's page on code2Session; 40163 for a used code
// is not on that page, and is what the real service answers.
package simulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// codeLife is how long a code of wx.login is good for.
const codeLife = 5 * time.Minute

// loginsAMinute is how often one user may log in to one app.
const loginsAMinute = 100

// Simulator is a played WeChat, with its apps and users. It is an http.Handler.
type Simulator struct {
	now func() time.Time

	mu      sync.Mutex // guards everything below
	apps    map[string]*app
	blocked map[string]bool
}

type app struct {
	secret string
	codes  map[string]*code
	failed []Failure
	asked  map[string][]time.Time // when each user logged in, within the minute
}

type code struct {
	user  string
	given time.Time
	used  bool
}

// New plays a WeChat without any apps, on that clock.
func New(now func() time.Time) *Simulator {
	return &Simulator{now: now, apps: map[string]*app{}, blocked: map[string]bool{}}
}

// AddApp registers a mini-program.
func (s *Simulator) AddApp(id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[id] = &app{secret: secret, codes: map[string]*code{}, asked: map[string][]time.Time{}}
}

// Login is a user opening the mini-program: the code that wx.login gives.
func (s *Simulator) Login(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := "0" + rand.Text()
	s.apps[appID].codes[c] = &code{user: user, given: s.now()}
	return c
}

// Block makes WeChat refuse the user as high-risk.
func (s *Simulator) Block(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[user] = true
}

// OpenID is who the user is to that app: the same every time, and another in
// every app.
func OpenID(appID, user string) string {
	sum := sha256.Sum256([]byte("openid " + appID + " " + user))
	return "o" + base64.RawURLEncoding.EncodeToString(sum[:])[:27]
}

// ServeHTTP answers sns/jscode2session, and nothing else.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Path != "/sns/jscode2session" {
		http.NotFound(w, r)
		return
	}
	if failure := s.failing(r.URL.Query().Get("appid")); failure != nil {
		failure(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain") // as the real one does
	_ = json.NewEncoder(w).Encode(s.session(r))  // the caller may have gone
}

// session is the answer to jscode2session.
func (s *Simulator) session(r *http.Request) map[string]any {
	q := r.URL.Query()
	for _, need := range []struct {
		name string
		code int
	}{{"appid", 41002}, {"secret", 41004}, {"js_code", 41008}} {
		if q.Get(need.name) == "" {
			return failed(need.code, need.name+" missing")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[q.Get("appid")]
	switch {
	case a == nil:
		return failed(40013, "invalid appid")
	case a.secret != q.Get("secret"):
		return failed(40125, "invalid appsecret")
	case q.Get("grant_type") != "authorization_code":
		return failed(40002, "invalid grant_type")
	}
	c := a.codes[q.Get("js_code")]
	switch {
	case c == nil, s.now().Sub(c.given) >= codeLife:
		return failed(40029, "invalid code")
	case c.used:
		return failed(40163, "code been used")
	case s.blocked[c.user]:
		return failed(40226, "code blocked")
	case a.tooOften(c.user, s.now()):
		return failed(45011, "api minute-quota reach limit, must slower, retry next minute")
	}
	c.used = true
	return map[string]any{"openid": OpenID(q.Get("appid"), c.user), "session_key": base64.StdEncoding.EncodeToString([]byte(rand.Text())[:16])}
}

// tooOften counts a login of the user.
func (a *app) tooOften(user string, now time.Time) bool {
	var recent []time.Time
	for _, at := range a.asked[user] {
		if now.Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	a.asked[user] = append(recent, now)
	return len(recent) >= loginsAMinute
}

func failed(code int, message string) map[string]any {
	return map[string]any{"errcode": code, "errmsg": fmt.Sprintf("%s, rid: %s", message, rand.Text()[:8])}
}
