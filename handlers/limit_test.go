package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"healthcode/models"
)

// limited is something that may be done only so often.
type limited struct {
	name  string
	burst int           // at once
	every time.Duration // then one in that time
	ask   func(n int, other bool) answer
}

// TestLimits uses up every allowance: what comes then is refused and changes
// nothing, somebody else is not hindered, and time gives one back.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for _, l := range s.limits() {
		t.Run(l.name, func(t *testing.T) {
			s.serve(t)
			for i := range l.burst {
				if a := l.ask(i, false); a.Status == http.StatusTooManyRequests {
					t.Fatalf("the %d. of %d is refused already", i+1, l.burst)
				}
			}
			s.changesNothing(t, func() {
				a := l.ask(l.burst, false)
				if a.String() != "429 request.too_many" || a.Header.Get("Retry-After") == "" || a.problem().Text == "" {
					t.Errorf("one too many is answered with %s", a)
				}
			})
			if a := l.ask(0, true); a.Status == http.StatusTooManyRequests {
				t.Error("somebody else is refused as well")
			}
			s.clock.Advance(l.every)
			if a := l.ask(l.burst, false); a.Status == http.StatusTooManyRequests {
				t.Errorf("after %v it is still refused", l.every)
			}
			if a := l.ask(l.burst+1, false); a.Status != http.StatusTooManyRequests {
				t.Errorf("after %v more than one is allowed", l.every)
			}
		})
	}
}

// at is one of two addresses.
func at(other bool) string {
	if other {
		return "192.0.2.2:443"
	}
	return "192.0.2.1:443"
}

// limits are all of them, most with requests that are wrong: trying out is what
// they are against.
func (s *street) limits() []limited {
	from := func(path string, in any) func(int, bool) answer {
		return func(_ int, other bool) answer {
			return s.do(request{Method: "POST", Path: path, In: in, From: at(other)})
		}
	}
	one, another := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四")
	as := func(n bool) string {
		if n {
			return another
		}
		return one
	}
	accounts := [2]string{s.login("wechat", "a"), s.login("wechat", "b")}
	guards := [2]string{s.gate(), s.secondGate()}
	pick := func(two [2]string, other bool) string {
		if other {
			return two[1]
		}
		return two[0]
	}
	return []limited{
		{"anything from an address", 2000, 5 * time.Millisecond, func(_ int, other bool) answer {
			return s.do(request{Method: "GET", Path: "/v1/nowhere", From: at(other)})
		}},
		{"anything of a resident's", 60, time.Second, func(_ int, other bool) answer { return s.ask(as(other), "GET", "/v1/standing", nil) }},
		{"login", 600, 50 * time.Millisecond, from("/v1/login", "?")},
		{"tickets", 600, 50 * time.Millisecond, from("/v1/session", "?")},
		{"registration", 5, time.Minute, func(n int, other bool) answer {
			return s.ask(pick(accounts, other), "POST", "/v1/registration", s.registration(50+n, "周八"))
		}},
		{"corrections", 5, time.Minute, func(_ int, other bool) answer {
			return s.ask(as(other), "POST", "/v1/corrections", map[string]string{"name": "张叁"})
		}},
		{"downloads", 5, time.Minute, func(_ int, other bool) answer { return s.ask(as(other), "GET", "/v1/me/export", nil) }},
		{"pictures", 12, 10 * time.Second, func(_ int, other bool) answer { return s.ask(as(other), "POST", "/v1/photos", "?") }},
		{"appeals", 10, time.Minute, func(_ int, other bool) answer { return s.ask(as(other), "POST", "/v1/appeals", "{}") }},
		{"staff from an address", 10, 6 * time.Second, func(n int, other bool) answer {
			return s.do(request{Method: "POST", Path: "/v1/staff/session", In: staffLogin(fmt.Sprint("nobody", n)), From: at(other)})
		}},
		{"staff of a name", 10, 6 * time.Second, func(_ int, other bool) answer {
			return s.ask("", "POST", "/v1/staff/session", staffLogin(fmt.Sprint("nobody", other)))
		}},
		{"invitations", 20, 3 * time.Second, from("/v1/invitations/open", "?")},
		{"acceptances", 20, 3 * time.Second, from("/v1/invitations/accept", "?")},
		{"clients", 20, time.Second, from("/v1/token", "?")},
		{"look-ups by hand", 40, 1500 * time.Millisecond, func(_ int, other bool) answer {
			return s.ask(pick(guards, other), "POST", "/v1/entries", "{}")
		}},
		{"kept scans, two at once", 60, time.Second, func(_ int, other bool) answer {
			return s.ask(pick(guards, other), "POST", "/v1/scans/kept", s.keeping(keptAs{}, keptAs{}))
		}},
		{"printed cards", 40, 1500 * time.Millisecond, func(n int, other bool) answer {
			return s.reads(pick(guards, other), models.NewPrintCode([16]byte{byte(n)}).Text(""))
		}},
	}
}

func staffLogin(username string) map[string]string {
	return map[string]string{"username": username, "password": "guessed at random", "code": "000000"}
}

func (s *street) secondGate() (token string) {
	s.t.Helper()
	s.hire(s.t, "guard-two", models.Staff{Role: models.RoleGuard, Jurisdiction: "330110"}, 0)
	token = s.staff("guard-two")
	s.ask(token, "POST", "/v1/gate", map[string]string{"venue": s.venue.ID}).into(s.t, nil)
	return token
}
