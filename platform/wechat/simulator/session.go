package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// What the page code2Session says of codes and of users.
const (
	codeLife      = 5 * time.Minute
	loginsAMinute = 100 // of one user; it does not say whether refused ones count, and here they do not
)

// code is one code of wx.login.
type code struct {
	user  string
	given time.Time
	used  bool
}

// jscode2session answers with 200 and JSON marked as text, whatever happens, as
// the real one does.
func (s *Simulator) jscode2session(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_ = json.NewEncoder(w).Encode(s.session(r)) // the caller may have gone
}

// session exchanges a code. Nothing but success changes anything.
func (s *Simulator) session(r *http.Request) map[string]any {
	if r.Method != http.MethodGet {
		return s.failed(43001, "require GET method")
	}
	q := r.URL.Query()
	switch {
	case q.Get("appid") == "":
		return s.failed(41002, "appid missing")
	case q.Get("secret") == "":
		return s.failed(41004, "appsecret missing")
	case q.Get("js_code") == "":
		return s.failed(41008, "missing code")
	case q.Get("grant_type") != "authorization_code":
		return s.failed(40002, "invalid grant_type")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[q.Get("appid")]
	switch {
	case a == nil:
		return s.failed(40013, "invalid appid")
	case a.secret != q.Get("secret"):
		return s.failed(40125, "invalid appsecret")
	}
	return s.redeem(q.Get("appid"), a, a.codes[q.Get("js_code")])
}

// redeem takes the app's code, nil if it never gave that one; s.mu is held. What
// expired codes and those of other apps are answered is on no page, but told by
// many who met it, and so is 40163.
func (s *Simulator) redeem(appID string, a *app, c *code) map[string]any {
	now := s.now()
	switch {
	case c == nil, now.Sub(c.given) >= codeLife:
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
	answer := map[string]any{"openid": OpenID(appID, c.user), "session_key": a.sessions[c.user]}
	if a.account != "" {
		answer["unionid"] = UnionID(a.account, c.user)
	}
	return answer
}

// admit counts a login of the user, unless it is one too many within a minute.
func (a *app) admit(user string, now time.Time) bool {
	recent := a.logins[user]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Minute {
		recent = recent[1:]
	}
	admitted := len(recent) < loginsAMinute
	if admitted {
		recent = append(recent, now)
	}
	a.logins[user] = recent
	return admitted
}

// failed is an answer with WeChat's number and words, and the id of the request
// that it puts behind them.
func (s *Simulator) failed(number int, words string) map[string]any {
	var id [8]byte
	_, _ = rand.Read(id[:])
	return map[string]any{"errcode": number, "errmsg": fmt.Sprintf("%s, rid: %08x-%x-%x", words, s.now().Unix(), id[:4], id[4:])}
}
