// Package simulator plays api.weixin.qq.com as far as healthcode uses it, and the
// WeChat app on a phone that goes with it: codes that are good once, for five
// minutes and for one purpose, users with an id of their own in each app, tokens,
// quotas, subscriptions, and the number that WeChat answers for everything that can
// be wrong. It can be told what to get wrong.
//
// A concern is a file: session.go is logging in, token.go the stable access token,
// api.go what all calls with a token have in common. The behaviour follows the
// vendor's pages, which each file names; what is not on them says so where it is
// played.
package simulator

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
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
	tokens  map[string]*token // of all apps, by their text
	blocked map[string]bool   // users
	numbers map[string]number // of users
	risky   []string          // words
	unsure  []string          // words
}

// kind is what an app is: each may use some calls and not the others.
type kind int

const (
	miniProgram kind = iota + 1
	officialAccount
	plugin
)

// app is one mini-program, official account or plugin as WeChat knows it.
type app struct {
	id       string
	kind     kind
	secret   string
	account  string           // the open-platform account (开放平台) it belongs to; "" for none
	codes    map[string]*code // by their text
	sessions map[string]string
	logins   map[string][]time.Time // by user, within the last minute
	users    map[string]string      // by their openid
	opened   map[string]time.Time   // by user: when they last came

	token  *token // the one that is lent
	forces []time.Time
	ticket *token

	pages     map[string]bool // that are published
	templates map[string]template
	accepted  map[subscription]int // messages that may still be sent
	messages  []Message
	checks    map[string]*check // by their verify_id
	miniCodes []MiniCode
	links     []Link

	tallies  map[string]*tally  // by path
	quotas   map[string]quota   // by path, where they are not the usual ones
	failures []failing          // the next ones, one for each call
	broken   map[string]Failure // by path, "" for all: the one for all calls after that
}

// New plays a WeChat without any apps, on that clock.
func New(now func() time.Time) *Simulator {
	s := &Simulator{now: now, routes: http.NewServeMux(), apps: map[string]*app{}, tokens: map[string]*token{},
		blocked: map[string]bool{}, numbers: map[string]number{}, risky: []string{riskySample}}
	s.routes.HandleFunc("/sns/jscode2session", s.bySecret(miniProgram, "js_code", s.redeem))
	s.routes.HandleFunc("/sns/oauth2/access_token", s.bySecret(officialAccount, "code", s.authorisation))
	s.routes.HandleFunc("/cgi-bin/stable_token", s.stableToken)
	for path, a := range apis() {
		s.routes.HandleFunc(path, s.byToken(path, a))
	}
	return s
}

// AddApp registers a mini-program, or gives it a new secret.
func (s *Simulator) AddApp(id, secret string) { s.add(miniProgram, id, secret) }

// AddOfficialAccount registers a service account (服务号), or gives it a new secret.
func (s *Simulator) AddOfficialAccount(id, secret string) { s.add(officialAccount, id, secret) }

// AddPlugin registers a plugin (小程序插件), or gives it a new secret.
func (s *Simulator) AddPlugin(id, secret string) { s.add(plugin, id, secret) }

func (s *Simulator) add(k kind, id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.apps[id]; a != nil {
		a.secret = secret
		return
	}
	s.apps[id] = &app{id: id, kind: k, secret: secret, codes: map[string]*code{}, sessions: map[string]string{},
		logins: map[string][]time.Time{}, users: map[string]string{}, opened: map[string]time.Time{},
		pages: map[string]bool{}, templates: map[string]template{}, accepted: map[subscription]int{},
		checks: map[string]*check{}, tallies: map[string]*tally{}, quotas: map[string]quota{}, broken: map[string]Failure{}}
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

// Block makes WeChat refuse the user as high-risk, in every app.
func (s *Simulator) Block(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[user] = true
}

// app finds an app for the one who plays; s.mu is held.
func (s *Simulator) app(id string) *app {
	if a := s.apps[id]; a != nil {
		return a
	}
	panic("simulator: no app " + id + " was added")
}

// come is the user opening the app; the simulator's mutex is held.
func (a *app) come(user string, now time.Time) {
	a.users[OpenID(a.id, user)] = user
	a.opened[user] = now
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

// fresh is n random characters, of the kind that codes are made of.
func fresh(n int) string {
	text := ""
	for len(text) < n {
		text += rand.Text()
	}
	return text[:n]
}

// ServeHTTP answers as WeChat would, unless it was told to fail.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "too long, or cut off", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if failure := s.failing(s.caller(r, body), r.URL.Path); failure != nil {
		failure(s, w, r)
		return
	}
	s.routes.ServeHTTP(w, r)
}
