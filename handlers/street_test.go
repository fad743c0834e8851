package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/pass"
	"healthcode/models/store/storetest"
)

// noon is when every test of a street begins, in Beijing.
var noon = time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)

// street is a town on a clock that stands still, reached without a network.
type street struct {
	*town
	t     *testing.T
	clock *storetest.Clock
	heard func(answer) // told of every answer
}

func newStreet(t *testing.T, db storetest.DB) *street {
	t.Helper()
	s := &street{t: t, clock: storetest.NewClock(noon), heard: func(answer) {}}
	s.town = newTown(t, db, s.clock.Now)
	return s
}

// settled is a street that is open and has its staff.
func settled(t *testing.T) *street {
	t.Helper()
	return settledOn(t, schema.Any(t))
}

// settledOn is that on a database of the test's own choice.
func settledOn(t *testing.T, db storetest.DB) *street {
	t.Helper()
	s := newStreet(t, db)
	s.open(t)
	s.found(t)
	s.clock.Advance(time.Minute) // past the codes that the staff joined with
	return s
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
	by     request
}

type request struct {
	Method, Path, Token string
	In                  any
	Header              []string // name, value, …
	From                string   // an address; a new one when empty
}

// callers counts the addresses that have been used.
var callers atomic.Uint32

// do sends a request. What it brings is JSON, but a string is sent as it is.
func (s *street) do(r request) answer {
	s.t.Helper()
	var body []byte
	if text, ok := r.In.(string); ok {
		body = []byte(text)
	} else if r.In != nil {
		body = must[[]byte](s.t)(json.Marshal(r.In))
	}
	in := httptest.NewRequest(r.Method, r.Path, bytes.NewReader(body))
	if r.In != nil {
		in.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		in.Header.Set("Authorization", "Bearer "+r.Token)
	}
	for i := 0; i+1 < len(r.Header); i += 2 {
		in.Header.Set(r.Header[i], r.Header[i+1])
	}
	if r.From == "" {
		r.From = fmt.Sprintf("[2001:db8::%x]:443", callers.Add(1))
	}
	in.RemoteAddr = r.From
	w := httptest.NewRecorder()
	s.service.ServeHTTP(w, in)
	a := answer{w.Code, w.Result().Header, w.Body.Bytes(), r}
	s.heard(a)
	return a
}

func (s *street) ask(token, method, path string, in any, header ...string) answer {
	s.t.Helper()
	return s.do(request{Method: method, Path: path, Token: token, In: in, Header: header})
}

// problem is the refusal that the answer is; none if it is none.
type problem struct {
	Reason models.Reason `json:"reason"`
	Text   string        `json:"text"`
	Field  string        `json:"field"`
	ID     string        `json:"request_id"`
	Fields []struct {
		Field  string        `json:"field"`
		Reason models.Reason `json:"reason"`
		Text   string        `json:"text"`
	} `json:"fields"`
}

func (a answer) problem() problem {
	var out struct{ Error problem }
	_ = json.Unmarshal(a.Body, &out)
	return out.Error
}

// String is the answer in a line, as goldens have it.
func (a answer) String() string {
	line := fmt.Sprint(a.Status)
	if to := a.Header.Get("Location"); to != "" {
		line += " " + to
	}
	if p := a.problem(); p.Reason != "" {
		line += " " + string(p.Reason)
	}
	return line
}

// into reads a good answer.
func (a answer) into(t testing.TB, out any) {
	t.Helper()
	if a.Status >= 300 {
		t.Fatalf("%s %s: %s", a.by.Method, a.by.Path, a)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		t.Fatalf("%s %s: %v", a.by.Method, a.by.Path, err)
	}
}

// login is a session of that user of the app.
func (s *street) login(app, user string) (token string) {
	s.t.Helper()
	var out struct{ Token string }
	s.ask("", "POST", "/v1/login", map[string]string{"platform": app, "code": s.code(app, user)}).into(s.t, &out)
	return out.Token
}

// registration is that of the n-th sample person, with every consent.
func (s *street) registration(n int, name string) map[string]any {
	var consents []map[string]any
	for _, p := range models.Purposes() {
		consents = append(consents, map[string]any{"purpose": p, "version": models.ConsentVersion})
	}
	return map[string]any{"name": name, "document": map[string]string{"type": "resident_id", "number": documentNumber(n)},
		"phone": fmt.Sprintf("138001380%02d", n%100), "community": s.community, "consents": consents}
}

// register is a new resident whose document nobody has looked at.
func (s *street) register(app string, n int, name string) (token string) {
	s.t.Helper()
	token = s.login(app, fmt.Sprint(name, n))
	s.ask(token, "POST", "/v1/registration", s.registration(n, name)).into(s.t, nil)
	return token
}

// resident is one whose document the worker has looked at.
func (s *street) resident(app string, n int, name string) (token string) {
	s.t.Helper()
	token = s.register(app, n, name)
	s.judge(s.staff("worker"), "approve")
	return token
}

// staff is a session of that member's; the clock moves on, since a code of the
// second factor is good once.
func (s *street) staff(username string) (token string) {
	s.t.Helper()
	s.clock.Advance(time.Minute)
	code := must[string](s.t)(totp.GenerateCode(s.secrets[username], s.now()))
	a := s.ask("", "POST", "/v1/staff/session", map[string]string{"username": username, "password": password, "code": code})
	a.into(s.t, nil)
	return a.cookie(s.t, "__Host-staff")
}

// cookie is the value that the answer sets.
func (a answer) cookie(t testing.TB, name string) string {
	t.Helper()
	cookies := (&http.Response{Header: a.Header}).Cookies()
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("%s %s sets no cookie %s", a.by.Method, a.by.Path, name)
	}
	return cookies[i].Value
}

// gate is a guard's session that stands at the venue.
func (s *street) gate() (token string) {
	s.t.Helper()
	token = s.staff("guard")
	s.ask(token, "POST", "/v1/gate", map[string]string{"venue": s.venue.ID}).into(s.t, nil)
	return token
}

// reviews are the ids of what waits at a worker's desk, oldest first.
func (s *street) reviews(worker string) (ids []string) {
	s.t.Helper()
	var out struct{ Reviews []struct{ ID string } }
	s.ask(worker, "GET", "/v1/reviews", nil).into(s.t, &out)
	for _, r := range out.Reviews {
		ids = append(ids, r.ID)
	}
	return ids
}

// judge decides everything that waits at a worker's desk.
func (s *street) judge(worker, verdict string) {
	s.t.Helper()
	for _, id := range s.reviews(worker) {
		s.ask(worker, "POST", "/v1/reviews/"+id+"/claim", nil).into(s.t, nil)
		s.ask(worker, "POST", "/v1/reviews/"+id+"/judgement", map[string]string{"verdict": verdict, "words": "核对过证件。"}).into(s.t, nil)
	}
}

var (
	well = map[string]any{"temperature": 36.5, "symptoms": []string{"none"}, "contact": "no", "residence": "settled"}
	ill  = map[string]any{"temperature": 37.0, "symptoms": []string{"cold_like"}, "contact": "no", "residence": "settled"}
)

// declare answers the health form under a key of its own.
func (s *street) declare(token string, answers map[string]any) answer {
	s.t.Helper()
	return s.ask(token, "POST", "/v1/declarations", map[string]any{"form": "health", "version": 1, "answers": answers},
		"Idempotency-Key", "key-"+s.ulid())
}

// ulid is a new id of a visit, as a phone makes it.
func (s *street) ulid() string {
	return ulid.MustNew(ulid.Timestamp(s.now()), ulid.DefaultEntropy()).String()
}

// shown is the text of the code on a resident's phone, that long ago.
func (s *street) shown(token string, ago time.Duration) string {
	s.t.Helper()
	var out struct {
		Grant, Seed, Prefix string
		ServerTime          int64 `json:"server_time"`
	}
	s.ask(token, "GET", "/v1/pass", nil).into(s.t, &out)
	grant := must[pass.Grant](s.t)(pass.ParseGrant(out.Grant))
	seed := must[pass.Seed](s.t)(pass.ParseSeed(out.Seed))
	return must[pass.Pass](s.t)(seed.Show(grant, time.UnixMilli(out.ServerTime).Add(-ago))).Text(out.Prefix)
}

// changesNothing fails if what is done changes any table.
func (s *street) changesNothing(t *testing.T, f func()) {
	t.Helper()
	before := storetest.Dump(t, s.db)
	f()
	if changed := storetest.Changed(before, storetest.Dump(t, s.db)); len(changed) > 0 {
		t.Errorf("changed %s, want nothing", strings.Join(changed, ", "))
	}
}
