package ownapp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"healthcode/models"
	"healthcode/platform"
)

// provider is a real OpenID Connect provider on this machine, over TLS.
type provider struct {
	*mockoidc.MockOIDC
	client *http.Client
	broken func(w http.ResponseWriter, r *http.Request) bool // answers instead, if it says so
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate, and the client that trusts it
	t.Cleanup(certified.Close)
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{MockOIDC: m, client: certified.Client()}
	p.client.CheckRedirect = platform.NoRedirect
	if err := m.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p.broken == nil || !p.broken(w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(tls.NewListener(l, certified.TLS), certified.TLS); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return p
}

func (p *provider) app(t *testing.T) *App {
	t.Helper()
	a, err := New(Config{Issuer: p.Issuer(), ClientID: p.ClientID, ClientSecret: p.ClientSecret, Redirect: "https://hc.example.cn/enter/app/back",
		Transport: p.client.Transport, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// visit logs in on the provider's page, and is what it sends back.
func (p *provider) visit(t *testing.T, page string) (state, code string) {
	t.Helper()
	response, err := p.client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || response.StatusCode != http.StatusFound || back.Host != "hc.example.cn" || back.Path != "/enter/app/back" {
		t.Fatalf("the provider answers %s, and sends back to %s", response.Status, back)
	}
	return back.Query().Get("state"), back.Query().Get("code")
}

func (p *provider) begin(t *testing.T, a *App) (try platform.Attempt, state, code string) {
	t.Helper()
	try, page, err := a.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, code = p.visit(t, page)
	return try, state, code
}

func refused(t *testing.T, err error, want models.Reason) {
	t.Helper()
	var p *models.Problem
	if !errors.As(err, &p) || p.Reason != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.QueueUser(&mockoidc.MockUser{Subject: "resident-of-the-city"})
	a := p.app(t)
	try, state, code := p.begin(t, a)
	got, err := a.Finish(t.Context(), try, state, code)
	want := platform.Identity{Platform: platform.OwnApp, AppID: p.ClientID, OpenID: "resident-of-the-city"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = a.Finish(t.Context(), try, state, code)
	refused(t, err, models.ReasonLoginCode) // a second time
}

// TestForeignAnswer: an answer counts only for the browser that began, and only
// with what it began with.
func TestForeignAnswer(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	a := p.app(t)
	for name, change := range map[string]func(try *platform.Attempt, state, code *string){
		"another state":        func(_ *platform.Attempt, state, _ *string) { *state = "made-up" },
		"no attempt":           func(try *platform.Attempt, state, _ *string) { *try, *state = platform.Attempt{}, "" },
		"no code":              func(_ *platform.Attempt, _, code *string) { *code = "" },
		"a code with a line":   func(_ *platform.Attempt, _, code *string) { *code = "a\nb" },
		"a made-up code":       func(_ *platform.Attempt, _, code *string) { *code = "made-up" },
		"another's verifier":   func(try *platform.Attempt, _, _ *string) { try.Verifier = strings.Repeat("v", 43) },
		"a very long code":     func(_ *platform.Attempt, _, code *string) { *code = strings.Repeat("a", 3000) },
		"a code and parameter": func(_ *platform.Attempt, _, code *string) { *code = "x&grant_type=evil" },
	} {
		t.Run(name, func(t *testing.T) {
			try, state, code := p.begin(t, a)
			change(&try, &state, &code)
			_, err := a.Finish(t.Context(), try, state, code)
			refused(t, err, models.ReasonLoginCode)
		})
	}
	try, state, code := p.begin(t, a)
	try.Nonce = "of another attempt"
	_, err := a.Finish(t.Context(), try, state, code)
	refused(t, err, models.ReasonUpstreamLying)
}

// TestProviderFails: whatever the provider does, the reason is one that a resident
// can read, and no secret stands in it.
func TestProviderFails(t *testing.T) {
	t.Parallel()
	says := func(status int, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
			return true
		}
	}
	for name, c := range map[string]struct {
		broken func(http.ResponseWriter, *http.Request) bool
		want   models.Reason
	}{
		"a proxy's page": {says(http.StatusBadGateway, "<html>502"), models.ReasonUpstream},
		"no JSON":        {says(http.StatusOK, "{"), models.ReasonUpstream},
		"no token":       {says(http.StatusOK, `{"access_token":"a","token_type":"bearer"}`), models.ReasonUpstreamLying},
		"a forged token": {says(http.StatusOK, `{"access_token":"a","token_type":"bearer","id_token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."}`), models.ReasonUpstreamLying},
		"our fault":      {says(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"secret"}`), models.ReasonUpstreamRefused},
		"an odd refusal": {says(http.StatusBadRequest, `{"error":"<b>"}`), models.ReasonUpstreamRefused},
		"no refusal":     {says(http.StatusBadRequest, `{}`), models.ReasonUpstreamLying},
		"hung up":        {func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, models.ReasonUpstream},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			a := p.app(t)
			try, state, code := p.begin(t, a)
			p.broken = c.broken
			_, err := a.Finish(t.Context(), try, state, code)
			refused(t, err, c.want)
			for _, secret := range []string{code, p.ClientSecret, try.Verifier} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q tells a secret", err)
				}
			}
		})
	}
}

// TestOldToken: a token that has ended names nobody any more.
func TestOldToken(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	a := p.app(t)
	a.config.Now = func() time.Time { return time.Now().Add(time.Hour) }
	try, state, code := p.begin(t, a)
	_, err := a.Finish(t.Context(), try, state, code)
	refused(t, err, models.ReasonUpstreamLying)
}

// TestUnreachable: the service starts without the provider, says so to whoever
// logs in, and finds it when it is back.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.broken = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	a := p.app(t)
	_, _, err := a.Begin(t.Context())
	refused(t, err, models.ReasonUpstream)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = a.Begin(over)
	refused(t, err, models.ReasonUpstreamSlow)
	p.broken = nil
	try, state, code := p.begin(t, a)
	if _, err := a.Finish(t.Context(), try, state, code); err != nil {
		t.Error(err)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, {Issuer: "http://plain.example", ClientID: "a", ClientSecret: "b"}, {Issuer: "https://x.example", ClientID: "a"}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
