// Package simulator plays api.weixin.qq.com as far as healthcode uses it, and the
// WeChat app on a phone that goes with it: codes that are good once and for five
// minutes, users with an id of their own in each app, and the number that WeChat
// answers for everything that can be wrong. It can be told what to get wrong.
//
// A concern is a file: session.go is logging in. The behaviour follows the
// vendor's pages code2Session and 全局返回码; what is not on them says so where it
// is played.
package simulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// Host is whom the simulator plays.
const Host = "api.weixin.qq.com"

// Simulator is a played WeChat, with its apps and users. It is an http.Handler,
// and safe for concurrent use. Naming an app that was not added is a mistake of
// the caller's, and panics.
type Simulator struct {
	now    func() time.Time
	routes *http.ServeMux

	mu      sync.Mutex // guards everything below
	apps    map[string]*app
	blocked map[string]bool // users
}

// app is one mini-program as WeChat knows it.
type app struct {
	secret   string
	account  string           // the open-platform account (开放平台) it belongs to; "" for none
	codes    map[string]*code // by their text
	sessions map[string]string
	logins   map[string][]time.Time // by user, within the last minute
	failures []Failure              // the next ones, one for each call
	broken   Failure                // the one for all calls after that
}

// New plays a WeChat without any apps, on that clock.
func New(now func() time.Time) *Simulator {
	s := &Simulator{now: now, routes: http.NewServeMux(), apps: map[string]*app{}, blocked: map[string]bool{}}
	s.routes.HandleFunc("/sns/jscode2session", s.jscode2session)
	return s
}

// AddApp registers a mini-program, or gives it a new secret.
func (s *Simulator) AddApp(id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.apps[id]; a != nil {
		a.secret = secret
		return
	}
	s.apps[id] = &app{secret: secret, codes: map[string]*code{}, sessions: map[string]string{}, logins: map[string][]time.Time{}}
}

// Join puts apps into one open-platform account: their users have a unionid from
// then on, the same in all of them.
func (s *Simulator) Join(account string, appIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range appIDs {
		s.app(id).account = account
	}
}

// Login is a user opening the mini-program: the code that wx.login gives.
func (s *Simulator) Login(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := "0" + (rand.Text() + rand.Text())[:31] // 32 characters, as the real ones have
	s.app(appID).codes[text] = &code{user: user, given: s.now()}
	return text
}

// Block makes WeChat refuse the user as high-risk, in every app.
func (s *Simulator) Block(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[user] = true
}

// SessionKey is the session_key of the user's latest login to the app, "" before
// the first. A new login displaces it.
func (s *Simulator) SessionKey(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app(appID).sessions[user]
}

// app finds an app for the one who plays; s.mu is held.
func (s *Simulator) app(id string) *app {
	if a := s.apps[id]; a != nil {
		return a
	}
	panic("simulator: no app " + id + " was added")
}

// OpenID is who the user is to that app: the same every time, and another in
// every app.
func OpenID(appID, user string) string { return "o" + digest("openid "+appID+" "+user) }

// UnionID is who the user is to all apps of that open-platform account.
func UnionID(account, user string) string { return "o" + digest("unionid "+account+" "+user) }

// digest is 27 characters that depend on s, which with their prefix make 28, as
// the real ids have.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:27]
}

// ServeHTTP answers as WeChat would, unless it was told to fail.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if failure := s.failing(r.URL.Query().Get("appid")); failure != nil {
		failure(s, w, r)
		return
	}
	s.routes.ServeHTTP(w, r)
}
