package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"time"
)

// What the pages code2Session and getPhoneNumber say of codes and of users.
const (
	codeLife      = 5 * time.Minute
	loginsAMinute = 100 // of one user; it does not say whether refused ones count, and here they do not
)

// purpose is what a code is good for, and for nothing else.
type purpose int

const (
	toLogIn purpose = iota + 1
	toTellPhone
	toReadPage
	toUsePlugin
)

// code is one code that a phone was given.
type code struct {
	purpose  purpose
	user     string
	given    time.Time
	used     bool
	host     string // of a plugin: whose mini-program it is in
	snapshot bool   // of a page: nobody has agreed to anything
}

// give makes a code of n characters; s.mu is held.
func (s *Simulator) give(a *app, c code, n int) string {
	c.given = s.now()
	text := "0" + fresh(n-1)
	a.codes[text] = &c
	return text
}

// good is the code of that text and purpose, nil if the app gave none, or it has
// expired.
func (a *app) good(text string, p purpose, now time.Time) *code {
	c := a.codes[text]
	if c == nil || c.purpose != p || now.Sub(c.given) >= codeLife {
		return nil
	}
	return c
}

// Login is a user opening the mini-program: the code that wx.login gives.
func (s *Simulator) Login(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.come(user, s.now())
	return s.give(a, code{purpose: toLogIn, user: user}, 32) // as the real ones
}

// SessionKey is the session_key of the user's latest login to the app, "" before
// the first. A new login displaces it.
func (s *Simulator) SessionKey(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app(appID).sessions[user]
}

// bySecret is a call that carries the app's secret in its address, and a code in
// that parameter. It answers with 200 and JSON marked as text, whatever happens, as
// the real ones do.
func (s *Simulator) bySecret(k kind, parameter string, redeem func(*app, string) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		say(w, "text/plain", s.exchange(r, k, parameter, redeem))
	}
}

// quotas are those of the calls that carry a secret: of logging in to a page, what
// the page 换取用户授权凭证 says. Logging in to a mini-program is counted by user.
var quotas = map[kind]quota{officialAccount: {aMinute: 50_000}}

// exchange exchanges a code. Nothing but success changes anything.
func (s *Simulator) exchange(r *http.Request, k kind, parameter string, redeem func(*app, string) map[string]any) map[string]any {
	if r.Method != http.MethodGet {
		return s.failed(43001, "require GET method")
	}
	q := r.URL.Query()
	switch {
	case q.Get("appid") == "":
		return s.failed(41002, "appid missing")
	case q.Get("secret") == "":
		return s.failed(41004, "appsecret missing")
	case q.Get(parameter) == "":
		return s.failed(41008, "missing code")
	case q.Get("grant_type") != "authorization_code":
		return s.failed(40002, "invalid grant_type")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[q.Get("appid")]
	switch {
	case a == nil || a.kind != k:
		return s.failed(40013, "invalid appid")
	case a.secret != q.Get("secret"):
		return s.failed(40125, "invalid appsecret")
	}
	if refusal := s.spend(a, r.URL.Path, quotas[k]); refusal != nil {
		return refusal
	}
	return s.tallied(a, r.URL.Path, func() any { return redeem(a, q.Get(parameter)) }).(map[string]any)
}

// redeem takes a code of wx.login; s.mu is held. What expired codes and those of
// other apps are answered is on no page, but told by many who met it, and so is
// 40163.
func (s *Simulator) redeem(a *app, text string) map[string]any {
	now := s.now()
	c := a.good(text, toLogIn, now)
	switch {
	case c == nil:
		return s.failed(40029, "invalid code")
	case c.used:
		return s.failed(40163, "code been used")
	case s.blocked[c.user]:
		return s.failed(40226, "code blocked")
	case !a.admit(c.user, now):
		return s.failed(45011, "api minute-quota reach limit must slower retry next minute")
	}
	c.used = true
	var key [16]byte // AES-128, as 用户数据的签名验证和加解密 says
	_, _ = rand.Read(key[:])
	a.sessions[c.user] = base64.StdEncoding.EncodeToString(key[:])
	answer := map[string]any{"openid": OpenID(a.id, c.user), "session_key": a.sessions[c.user]}
	if a.account != "" {
		answer["unionid"] = UnionID(a.account, c.user)
	}
	return answer
}

// admit counts a login of the user, unless it is one too many within a minute.
func (a *app) admit(user string, now time.Time) bool {
	recent := within(a.logins[user], now, time.Minute)
	admitted := len(recent) < loginsAMinute
	if admitted {
		recent = append(recent, now)
	}
	a.logins[user] = recent
	return admitted
}

// within are those of the times that are less than that ago.
func within(times []time.Time, now time.Time, ago time.Duration) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= ago {
		times = times[1:]
	}
	return times
}
