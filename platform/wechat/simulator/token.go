package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"time"
)

// What the page getStableAccessToken says.
const (
	tokenLife    = 2 * time.Hour
	tokenOverlap = 5 * time.Minute
	forcesADay   = 20
	forcesApart  = 30 * time.Second
)

// token is an access token, or a page ticket.
type token struct {
	app  *app
	text string
	end  time.Time
	dead bool // refused before its end
}

// tokenQuota is the page's.
var tokenQuota = quota{aMinute: 10_000, aDay: 500_000}

// stableToken lends access tokens.
func (s *Simulator) stableToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	answer := s.lend(r)
	s.mu.Unlock()
	say(w, "application/json; charset=utf-8", answer)
}

// lend answers cgi-bin/stable_token; s.mu is held.
func (s *Simulator) lend(r *http.Request) any {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	if r.Method != http.MethodPost {
		return s.failed(43002, "require POST method")
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		return s.failed(47001, "data format error")
	}
	a := s.apps[in.AppID]
	switch {
	case in.AppID == "":
		return s.failed(41002, "appid missing")
	case in.Secret == "":
		return s.failed(41004, "appsecret missing")
	case in.Grant != "client_credential":
		return s.failed(40002, "invalid grant_type")
	case a == nil:
		return s.failed(40013, "invalid appid")
	case a.secret != in.Secret:
		return s.failed(40125, "invalid appsecret")
	}
	if refusal := s.spend(a, r.URL.Path, tokenQuota); refusal != nil {
		return refusal
	}
	return s.tallied(a, r.URL.Path, func() any { return s.lendToken(a, in.Force) })
}

// lendToken lends the app's token, or another; s.mu is held.
func (s *Simulator) lendToken(a *app, force bool) map[string]any {
	now := s.now()
	if force {
		a.forces = within(a.forces, now, 24*time.Hour) // the page says a day, and not which
		n := len(a.forces)
		if n >= forcesADay {
			return s.failed(45009, "reach max api daily quota limit")
		}
		if n == 0 || now.Sub(a.forces[n-1]) >= forcesApart { // or else it is not refreshed, and no error either
			a.forces = append(a.forces, now)
			s.replace(a)
		}
	}
	if a.token == nil || a.token.end.Sub(now) <= tokenOverlap {
		s.mint(a)
	}
	return map[string]any{"access_token": a.token.text, "expires_in": int(a.token.end.Sub(now) / time.Second)}
}

// mint makes the app's next token; the one before is good until its end. s.mu is
// held.
func (s *Simulator) mint(a *app) {
	a.token = &token{app: a, text: "87_" + fresh(133), end: s.now().Add(tokenLife)}
	s.tokens[a.token.text] = a.token
}

// replace kills the app's token and makes another; s.mu is held.
func (s *Simulator) replace(a *app) {
	if a.token != nil {
		a.token.dead = true
	}
	s.mint(a)
}

// tokenShape is what a token may look like.
var tokenShape = regexp.MustCompile(`^[0-9]{1,3}_[0-9A-Za-z_-]{20,509}$`)

// bearer is whose token it is, or why it is refused; s.mu is held.
func (s *Simulator) bearer(text string) (*app, map[string]any) {
	t := s.tokens[text]
	switch {
	case text == "":
		return nil, s.failed(41001, "access_token missing")
	case !tokenShape.MatchString(text):
		return nil, s.failed(40014, "invalid access_token")
	case t == nil || t.dead:
		return nil, s.failed(40001, "invalid credential, access_token is invalid or not latest")
	case !s.now().Before(t.end):
		return nil, s.failed(42001, "access_token expired")
	}
	return t.app, nil
}

// KillToken is another of the app's processes that forces a refresh: whoever holds
// a token has to ask for the new one.
func (s *Simulator) KillToken(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replace(s.app(appID))
}

// LoseToken makes WeChat refuse the app's token and go on lending it, until a
// refresh is forced.
func (s *Simulator) LoseToken(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.app(appID); a.token != nil {
		a.token.dead = true
	}
}

// Token is the access token that the app is lent now, "" if none was yet.
func (s *Simulator) Token(appID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.app(appID); a.token != nil {
		return a.token.text
	}
	return ""
}
