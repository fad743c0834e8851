package simulator

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// api is one call that needs an access token.
type api struct {
	method string
	kind   kind // whose token; any other is not authorised
	quota  quota
	do     func(*Simulator, *app, *http.Request) any // an answer, or a picture as bytes; s.mu is held
}

// quota is how often an app may make a call. Zero is as often as it likes.
type quota struct {
	aMinute, aDay int
	number        int // the errcode of one too many in a minute: 45011, but for some pages
}

// The limits are those of the pages of the calls. A page that names none has none
// here.
func apis() map[string]api {
	post := http.MethodPost
	return map[string]api{
		"/wxa/business/getuserphonenumber":           {post, miniProgram, quota{}, reading((*Simulator).phoneNumber)},
		"/cityservice/face/identify/getverifyid":     {post, miniProgram, quota{}, reading((*Simulator).beginCheck)},
		"/cityservice/face/identify/queryverifyinfo": {post, miniProgram, quota{}, reading((*Simulator).queryCheck)},
		"/cgi-bin/message/subscribe/send":            {post, miniProgram, quota{aDay: 10_000_000}, reading((*Simulator).send)},
		"/wxa/getwxacodeunlimit":                     {post, miniProgram, quota{aMinute: 5000, number: 45009}, reading((*Simulator).miniCode)},
		"/wxa/generate_urllink":                      {post, miniProgram, quota{aDay: 500_000}, reading((*Simulator).urlLink)},
		"/wxa/msg_sec_check":                         {post, miniProgram, quota{aMinute: 4000, aDay: 2_000_000, number: 45009}, reading((*Simulator).checkText)},
		"/wxa/getpluginopenpid":                      {post, plugin, quota{}, reading((*Simulator).pluginUser)},
		"/wxa/checksession":                          {http.MethodGet, miniProgram, quota{}, (*Simulator).checkSession},
		"/cgi-bin/ticket/getticket":                  {http.MethodGet, officialAccount, quota{}, (*Simulator).lendTicket},
	}
}

// reading is a call that reads its body into a T. What is no JSON of that shape is
// 47001.
func reading[T any](do func(*Simulator, *app, T) any) func(*Simulator, *app, *http.Request) any {
	return func(s *Simulator, a *app, r *http.Request) any {
		var in T
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return s.failed(47001, "data format error")
		}
		return do(s, a, in)
	}
}

// byToken is a call that carries an access token in its address.
func (s *Simulator) byToken(path string, c api) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		answer := s.authorised(path, c, r)
		s.mu.Unlock()
		if picture, ok := answer.([]byte); ok {
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(picture) // the caller may have gone
			return
		}
		say(w, "application/json; encoding=utf-8", answer)
	}
}

// authorised does what is asked, if the token is good for it; s.mu is held.
func (s *Simulator) authorised(path string, c api, r *http.Request) any {
	a, refusal := s.bearer(r.URL.Query().Get("access_token"))
	switch {
	case r.Method != c.method:
		return s.failed(map[string]int{http.MethodGet: 43001, http.MethodPost: 43002}[c.method], "require "+c.method+" method")
	case refusal != nil:
		return refusal
	case a.kind != c.kind:
		return s.failed(48001, "api unauthorized")
	}
	if refusal := s.spend(a, path, c.quota); refusal != nil {
		return refusal
	}
	return s.tallied(a, path, func() any { return c.do(s, a, r) })
}

// tally is how often a call was made.
type tally struct {
	asked, done int         // and how often it was not refused
	recent      []time.Time // within the last minute
	day         string
	today       int
}

// tally is the app's tally of that call; the simulator's mutex is held.
func (a *app) tally(path string) *tally {
	if a.tallies[path] == nil {
		a.tallies[path] = &tally{}
	}
	return a.tallies[path]
}

// tallied counts what do does; s.mu is held.
func (s *Simulator) tallied(a *app, path string, do func() any) any {
	answer := do()
	t := a.tally(path)
	t.asked++
	said, _ := answer.(map[string]any)
	if number, _ := said["errcode"].(int); number == 0 {
		t.done++
	}
	return answer
}

// beijing is where WeChat's days begin.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// spend takes one call from the app's quota, which is q unless it has one of its
// own; s.mu is held.
func (s *Simulator) spend(a *app, path string, q quota) map[string]any {
	if own, has := a.quotas[path]; has {
		q = own
	}
	t, now := a.tally(path), s.now()
	t.recent = within(t.recent, now, time.Minute)
	if day := now.In(beijing).Format(time.DateOnly); t.day != day {
		t.day, t.today = day, 0
	}
	switch {
	case q.aDay > 0 && t.today >= q.aDay:
		return s.failed(45009, "reach max api daily quota limit")
	case q.aMinute > 0 && len(t.recent) >= q.aMinute && q.number != 0:
		return s.failed(q.number, "reach max api minute quota limit")
	case q.aMinute > 0 && len(t.recent) >= q.aMinute:
		return s.failed(45011, "api minute-quota reach limit must slower retry next minute")
	}
	t.today++
	if q.aMinute > 0 {
		t.recent = append(t.recent, now)
	}
	return nil
}

// Quota limits the app's calls to that path, in place of the usual limits. Zero is
// no limit.
func (s *Simulator) Quota(appID, path string, aMinute, aDay int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).quotas[path] = quota{aMinute: aMinute, aDay: aDay, number: apis()[path].quota.number}
}

// Asked is how often the app made that call, with a token or a secret that was
// good, and within its quota.
func (s *Simulator) Asked(appID, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app(appID).tally(path).asked
}

// Done is how many of those were not refused: each did what it is for, whether or
// not anybody heard the answer.
func (s *Simulator) Done(appID, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app(appID).tally(path).done
}

// caller is the id of the app that asks, "" if that cannot be told.
func (s *Simulator) caller(r *http.Request, body []byte) string {
	q := r.URL.Query()
	if id := q.Get("appid"); id != "" {
		return id
	}
	var in struct{ AppID string }
	if json.Unmarshal(body, &in) == nil && in.AppID != "" {
		return in.AppID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[q.Get("access_token")]; t != nil {
		return t.app.id
	}
	return ""
}

// ok is the answer of a call that succeeded, with what else is in it.
func ok(more map[string]any) map[string]any {
	answer := map[string]any{"errcode": 0, "errmsg": "ok"}
	for name, value := range more {
		answer[name] = value
	}
	return answer
}

// failed is an answer with WeChat's number and words, and the id of the request
// that it puts behind them.
func (s *Simulator) failed(number int, words string) map[string]any {
	var id [8]byte
	_, _ = rand.Read(id[:])
	return map[string]any{"errcode": number, "errmsg": fmt.Sprintf("%s, rid: %08x-%x-%x", words, s.now().Unix(), id[:4], id[4:])}
}

// say answers 200 with JSON.
func say(w http.ResponseWriter, contentType string, answer any) {
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(answer)
	w.Header().Set("Content-Type", contentType)
	_, _ = io.Copy(w, &b) // the caller may have gone
}
