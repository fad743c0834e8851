package handlers_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// chance is what differs between any two people: ids, instants, keys, numbers.
var chance = []struct {
	is *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`"(grant|seed)":"[^"]+"`), `"$1":"…"`},
	{regexp.MustCompile(`"request_id":"[0-9a-f]{16}"`), `"request_id":"…"`},
	{regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`), "ULID"},
	{regexp.MustCompile(`33011019800101\d{3}[0-9X]`), "NUMBER"},
	{regexp.MustCompile(`2022-03-\d\dT[0-9:.]+Z`), "TIME"},
	{regexp.MustCompile(`"(server_time|serverTime)":\d+`), `"$1":0`},
	{regexp.MustCompile(`"(token|ticket)":"[^"]+"`), `"$1":"…"`},
}

// alike is an answer without what differs by chance.
func alike(a answer) string {
	body := string(a.Body)
	for _, c := range chance {
		body = c.is.ReplaceAllString(body, c.as)
	}
	return a.String() + "\n" + body
}

// lookalike is another number that looks like the n-th sample person's when it is
// masked.
func lookalike(n int) string {
	number := documentNumber(n)
	for m := n + 1; ; m++ {
		if other := documentNumber(m); other[16:] == number[16:] {
			return other
		}
	}
}

// tried is everything that somebody can try who has just registered.
func (s *street) tried(token string) (list []request) {
	for _, path := range []string{"/v1/me", "/v1/me/export", "/v1/standing", "/v1/vaccinations", "/v1/pass", "/v1/travel", "/travel", "/", "/code", "/code/why", "/vaccinations", "/me", "/register"} {
		list = append(list, request{Method: "GET", Path: path, Token: token})
	}
	post := func(path string, in any, header ...string) {
		list = append(list, request{Method: "POST", Path: path, Token: token, In: in, Header: header})
	}
	post("/v1/registration", s.registration(1, "张三"))
	post("/v1/visits", map[string]string{"id": s.ulid(), "poster": s.venue.Poster})
	post("/v1/corrections", map[string]string{"name": "张叁"})
	post("/v1/consents", map[string]any{"purpose": "records", "version": 1})
	post("/v1/declarations", declaration(ill), "Idempotency-Key", "key-"+s.ulid())
	return append(list, request{Method: "GET", Path: "/v1/standing", Token: token}, request{Method: "GET", Path: "/v1/me", Token: token})
}

// TestStrangerWithNameAndID: with somebody's name and document number and nothing
// else, a stranger learns nothing and holds nothing. Every answer they get is the
// one that they would get if nobody had ever heard of that document.
func TestStrangerWithNameAndID(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.vaccinate(t, 1, "张三")
	owner := s.resident("wechat", 1, "张三")
	s.declare(owner, well).into(t, nil)
	held := func() string { return alike(s.ask(owner, "GET", "/v1/me", nil)) }
	before := held()
	if !strings.Contains(before, `"complete":true`) || !strings.Contains(before, `"colour":"green"`) {
		t.Fatalf("the owner has nothing to lose: %s", before)
	}

	stranger, nobody := s.login("alipay", "stranger"), s.login("alipay", "nobody")
	known := s.ask(stranger, "POST", "/v1/registration", s.registration(1, "张三"))
	unknown := s.ask(nobody, "POST", "/v1/registration", with(s.registration(1, "张三"), "document", map[string]string{"type": "resident_id", "number": lookalike(1)}))
	if alike(known) != alike(unknown) || len(known.Body) != len(unknown.Body) {
		t.Errorf("the answers tell that the document is known: %s and %s", known.Body, unknown.Body)
	}
	theirs, others := s.tried(stranger), s.tried(nobody)
	for i := range theirs {
		s.clock.Advance(time.Millisecond) // so that what was first is listed first
		a, b := s.do(theirs[i]), s.do(others[i])
		if diff := cmp.Diff(alike(b), alike(a)); diff != "" {
			t.Errorf("%s %s tells that the document is known (-unknown +known):\n%s", theirs[i].Method, theirs[i].Path, diff)
		}
	}
	if diff := cmp.Diff(before, held()); diff != "" {
		t.Errorf("the owner's record has changed (-before +after):\n%s", diff)
	}
	s.strangerAtTheGate(owner, stranger)
	s.judge(s.staff("worker"), "refuse")
	if a := s.ask(stranger, "GET", "/v1/standing", nil); strings.Contains(string(a.Body), "green") || !strings.Contains(string(a.Body), `"verified":false`) {
		t.Errorf("refused, the stranger still has %s", a.Body)
	}
	if a := s.ask(stranger, "GET", "/v1/vaccinations", nil); !strings.Contains(string(a.Body), `"doses":[]`) {
		t.Errorf("refused, the stranger has %s", a.Body)
	}
}

// strangerAtTheGate: a guard lets the owner pass and looks at the stranger's
// document; what is entered by hand is the owner's.
func (s *street) strangerAtTheGate(owner, stranger string) {
	s.t.Helper()
	guard := s.gate()
	scan := func(pass string) (out struct{ Advice, Colour, Name string }) {
		s.t.Helper()
		s.ask(guard, "POST", "/v1/scans", map[string]string{"id": s.ulid(), "pass": pass}).into(s.t, &out)
		return out
	}
	if seen := scan(s.shown(owner, 0)); seen.Advice != "pass" || seen.Colour != "green" {
		s.t.Errorf("the owner is met with %+v", seen)
	}
	if seen := scan(s.shown(stranger, 0)); seen.Advice == "pass" || seen.Colour == "green" {
		s.t.Errorf("the stranger is met with %+v", seen)
	}
	var seen struct{ Advice, Colour string }
	s.ask(guard, "POST", "/v1/entries", map[string]any{"id": s.ulid(), "document": map[string]string{"type": "resident_id", "number": documentNumber(1)}}).into(s.t, &seen)
	if seen.Colour != "green" {
		s.t.Errorf("the owner's document is met with %+v", seen)
	}
}
