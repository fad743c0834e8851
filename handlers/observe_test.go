package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/handlers"
	"healthcode/platform"
)

// TestHeaders: every answer, good or bad, page or data, is kept by nobody, framed
// by nobody and loads nothing foreign.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := settled(t)
	mine := s.resident("wechat", 1, "张三")
	for _, path := range []string{"/", "/code", "/v1/pass", "/v1/nowhere", "/nowhere", "/static/nothing.js", "/healthz", "/staff/login", "/v1/me"} {
		for _, token := range []string{mine, ""} {
			h := s.ask(token, "GET", path, nil).Header
			got := map[string]string{}
			for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Strict-Transport-Security"} {
				got[name] = h.Get(name)
			}
			want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
			policy := h.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: the policy %q lacks %s", path, policy, part)
				}
			}
			if strings.Contains(policy, "unsafe") || h.Get("X-Request-Id") == "" {
				t.Errorf("%s: the policy is %q, the id %q", path, policy, h.Get("X-Request-Id"))
			}
			if kept := h.Get("Cache-Control"); !strings.HasPrefix(path, "/static/") && kept != "no-store" {
				t.Errorf("%s may be kept: %q", path, kept)
			}
		}
	}
}

// TestCookies: scripts never see a session, no other site sends it, and it ends
// when it is told to.
func TestCookies(t *testing.T) {
	t.Parallel()
	s := settled(t)
	var out struct{ Ticket string }
	s.ask("", "POST", "/v1/login", map[string]string{"platform": "wechat", "code": s.code("wechat", "u")}).into(t, &out)
	begun := s.ask("", "POST", "/v1/session", map[string]string{"ticket": out.Ticket})
	token := begun.cookie(t, "__Host-session")
	ended := s.ask(token, "DELETE", "/v1/session", nil)
	for _, a := range []answer{begun, ended} {
		line := a.Header.Get("Set-Cookie")
		for _, part := range []string{"__Host-session=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(line, part) {
				t.Errorf("%q lacks %s", line, part)
			}
		}
		if strings.Contains(line, "Domain") {
			t.Errorf("%q is for other hosts as well", line)
		}
	}
	if line := ended.Header.Get("Set-Cookie"); !strings.Contains(line, "Max-Age=0") || strings.Contains(line, token) {
		t.Errorf("signed out, the browser is told %q", line)
	}
	asked := s.ask("", "GET", "/v1/messages/templates", nil, "Cookie", "__Host-session="+token)
	if asked.Status != http.StatusUnauthorized {
		t.Errorf("signed out, the cookie still opens: %s", asked)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for _, c := range []struct {
		path, accept, cookie, want string
	}{
		{"/v1/me", "", "", "登录"}, {"/v1/me", "zh-CN,zh;q=0.9", "", "登录"}, {"/v1/me", "en-GB,en", "", "signed out"}, {"/v1/me", "fr, en;q=0.5", "", "signed out"},
		{"/v1/me", "fr", "", "登录"}, {"/v1/me", "???", "", "登录"}, {"/v1/me", "en", "zh", "登录"}, {"/v1/me", "zh", "en", "signed out"},
		{"/v1/me?lang=en", "zh", "zh", "signed out"}, {"/v1/me?lang=fr", "en", "", "signed out"}, {"/v1/me?lang=zh", "en", "en", "登录"},
	} {
		a := s.ask("", "GET", c.path, nil, "Accept-Language", c.accept, "Cookie", "lang="+c.cookie)
		if !strings.Contains(a.problem().Text, c.want) {
			t.Errorf("%+v reads %q", c, a.problem().Text)
		}
	}
	if line := s.ask("", "GET", "/about?lang=en", nil).Header.Get("Set-Cookie"); !strings.HasPrefix(line, "lang=en") {
		t.Errorf("the switch is remembered as %q", line)
	}
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	for reader, agent := range journeyAgents {
		host, _, _ := strings.Cut(reader, " ") // a page outside the mini-program is in the same app
		if got := handlers.HostOf(agent); got != host {
			t.Errorf("%s is taken for %s", agent, got)
		}
	}
}

// thrower is an adapter with a mistake in it.
type thrower struct{ value any }

func (p thrower) Identify(context.Context, string) (platform.Identity, error) { panic(p.value) }

// TestPanic: a mistake of ours ends one request, with an id and without what was
// thrown, which may be anybody's name.
func TestPanic(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newStreet(t, schema.Any(t))
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	s.apps.Identify = map[string]handlers.Identifier{"wechat": thrower{"欧阳钟离"}}
	s.open(t)
	a := s.ask("", "POST", "/v1/login", map[string]string{"platform": "wechat", "code": "0123456789"})
	if a.String() != "500 internal" || !strings.Contains(log.String(), a.problem().ID) || strings.Contains(log.String()+string(a.Body), "欧阳钟离") {
		t.Errorf("got %s, and the log says %s", a, &log)
	}
	if a := s.ask("", "GET", "/healthz", nil); a.Status != http.StatusOK {
		t.Errorf("afterwards: %s", a)
	}
}

// TestReadiness: a replica without its database is alive, and gets no traffic.
func TestReadiness(t *testing.T) {
	t.Parallel()
	s := settled(t)
	if a := s.ask("", "GET", "/readyz", nil); a.Status != http.StatusOK {
		t.Errorf("ready: %s", a)
	}
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if a := s.ask("", "GET", "/readyz", nil); a.Status != http.StatusServiceUnavailable || string(a.Body) != "not ready\n" {
		t.Errorf("without a database: %s %s", a, a.Body)
	}
	if a := s.ask("", "GET", "/healthz", nil); a.Status != http.StatusOK {
		t.Errorf("alive: %s", a)
	}
}

// TestMetrics count by the route's pattern: what somebody asks for by name or id
// makes no series of its own.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for _, path := range []string{"/v1/forms/health", "/v1/forms/x1", "/nowhere/13800138000", "/v1/sessions/abc"} {
		s.do(request{Method: "GET", Path: path})
		s.do(request{Method: "INVENTED", Path: path})
	}
	families, err := s.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if v := l.GetValue(); strings.Contains(v, "138") || v == "INVENTED" || strings.HasSuffix(v, "/x1") {
					t.Errorf("%s has a series for %s=%q", f.GetName(), l.GetName(), v)
				}
			}
		}
	}
}
