package simulator

import (
	"crypto/rand"
	"strings"
	"time"
)

// codeLife is how long a code of my.getAuthCode is good for. The real one is good
// for three minutes to a day, by the app's scopes; here it is the longest.
const codeLife = 24 * time.Hour

// grantLife is how long an app_auth_token is good for. Source: the vendor's page
// alipay.open.auth.token.app.
const grantLife = 365 * 24 * time.Hour

type code struct {
	app   string // whose user they are: the host's, when a plugin asks
	by    string // who may redeem it
	user  string
	given time.Time
	used  bool
}

// grant is a host's leave for another app to act for it.
type grant struct {
	host, to string
	given    time.Time
}

// Login is a user opening the mini-program: the code that my.getAuthCode gives.
func (s *Simulator) Login(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code(s.app(appID), appID, user)
}

// LoginIn is a user opening the plugin within a host's mini-program. The host
// decides who they are, and the plugin's maker redeems the code in its name.
func (s *Simulator) LoginIn(host, plugin, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(plugin)
	return s.code(s.app(host), plugin, user)
}

func (s *Simulator) code(a *app, by, user string) string {
	text := strings.ToLower(rand.Text()) + "X00"
	a.users[user] = true
	s.codes[text] = &code{app: a.id, by: by, user: user, given: s.at()}
	return text
}

// Authorize is a host's owner letting another app act for the host: its
// app_auth_token.
func (s *Simulator) Authorize(host, to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(host)
	token := "202611BB" + strings.ToLower(rand.Text())
	s.grants[token] = &grant{host: host, to: to, given: s.at()}
	return token
}

// Withdraw ends what Authorize began.
func (s *Simulator) Withdraw(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.grants, token)
}

func unauthorized(subCode string) refusal {
	return refusal{"20001", "Insufficient Token Permissions", subCode, subCode}
}

// subject is for which app a request is made.
func (s *Simulator) subject(q *question) (*app, error) {
	token := q.form.Get("app_auth_token")
	if token == "" {
		return q.app, nil
	}
	g := s.grants[token]
	switch {
	case g == nil || g.to != q.app.id:
		return nil, unauthorized("aop.invalid-app-auth-token")
	case s.at().Sub(g.given) >= grantLife:
		return nil, unauthorized("aop.app-auth-token-time-out")
	}
	return s.app(g.host), nil
}

// token answers alipay.system.oauth.token. There is no code field in a success,
// as in the real one.
func (s *Simulator) token(q *question) (any, error) {
	a, err := s.subject(q)
	if err != nil {
		return nil, err
	}
	c := s.codes[q.form.Get("code")]
	if q.form.Get("grant_type") != "authorization_code" || c == nil || c.used ||
		c.app != a.id || c.by != q.app.id || s.at().Sub(c.given) >= codeLife {
		return nil, invalid("isv.code-invalid")
	}
	c.used = true
	q.app.effects++
	token := "authusrB" + rand.Text()
	s.codes[token] = &code{app: a.id, by: q.app.id, user: c.user, given: s.at(), used: true}
	node := map[string]any{"access_token": token, "refresh_token": "authusrB" + rand.Text(), "expires_in": 1296000,
		"re_expires_in": 2592000, "auth_start": s.at().In(s.zone).Format(time.DateTime)}
	return a.identify(node, c.user), nil
}

// identify puts the identifiers into the node that the app is given.
func (a *app) identify(node map[string]any, user string) map[string]any {
	if a.gives != UserIDOnly {
		node["open_id"] = OpenID(a.id, user)
	}
	if a.gives != OpenIDOnly {
		node["user_id"] = UserID(user)
	}
	return node
}

// tokenLife is how long an access token is good for. Source: expires_in of
// alipay.system.oauth.token.
const tokenLife = 15 * 24 * time.Hour

// share answers alipay.user.info.share, which the service does not ask: only what
// a cross-check needs.
func (s *Simulator) share(q *question) (any, error) {
	c := s.codes[q.form.Get("auth_token")]
	switch {
	case c == nil || !strings.HasPrefix(q.form.Get("auth_token"), "authusrB") || c.by != q.app.id:
		return nil, unauthorized("aop.invalid-auth-token")
	case s.at().Sub(c.given) >= tokenLife:
		return nil, unauthorized("aop.auth-token-time-out")
	}
	return s.app(c.app).identify(map[string]any{"code": "10000", "msg": "Success", "nick_name": c.user}, c.user), nil
}
