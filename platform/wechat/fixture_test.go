package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const (
	appID    = "wx00000000000000a1"
	strange  = "wx00000000000000a2" // another maker's mini-program
	pageID   = "wx00000000000000b1" // our official account
	pluginID = "wx00000000000000c1"
	secret   = "5ec2e700000000000000000000000001"
)

// What is asked, beside logging in.
const (
	atToken    = "/cgi-bin/stable_token"
	atPhone    = "/wxa/business/getuserphonenumber"
	atBegin    = "/cityservice/face/identify/getverifyid"
	atQuery    = "/cityservice/face/identify/queryverifyinfo"
	atMessage  = "/cgi-bin/message/subscribe/send"
	atMiniCode = "/wxa/getwxacodeunlimit"
	atLink     = "/wxa/generate_urllink"
	atText     = "/wxa/msg_sec_check"
	atPlugin   = "/wxa/getpluginopenpid"
	atTicket   = "/cgi-bin/ticket/getticket"
	atLogin    = "/sns/jscode2session"
	atPage     = "/sns/oauth2/access_token"
)

// start is when the played WeChat's clock starts.
var start = time.Date(2026, 2, 9, 8, 0, 0, 0, time.UTC)

// world is a played WeChat with our mini-program, official account and plugin, and
// their adapters. A line of its own leads from the ones to the other.
type world struct {
	*simulator.Simulator
	App    *App
	Page   *OfficialAccount
	Plugin *Plugin
	line   *simulator.Line
	seen   *tap
	at     atomic.Int64 // the clock, in nanoseconds after start
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{}
	w.Simulator = simulator.New(w.now)
	w.AddApp(appID, secret)
	w.AddApp(strange, secret)
	w.AddOfficialAccount(pageID, secret)
	w.AddPlugin(pluginID, secret)
	w.AddPages(appID, "pages/index/index", "pages/visit/visit")
	w.AddTemplate(appID, "forGood", true, "thing1", "time2")
	w.AddTemplate(appID, "once", false, "thing1")
	w.AddTemplate(appID, "told", true, "thing1", "time2", "thing3")
	w.line = w.Transport()
	t.Cleanup(func() { _ = w.line.Close() })
	w.seen = &tap{via: w.line, asked: map[string]int{}}
	w.App = newApp(t, w.config(appID))
	var err, err2 error
	w.Page, err = NewOfficialAccount(w.config(pageID))
	w.Plugin, err2 = NewPlugin(w.config(pluginID))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) config(id string) Config {
	return Config{AppID: id, AppSecret: secret, Now: w.now, Transport: w.seen}
}

func (w *world) now() time.Time { return start.Add(time.Duration(w.at.Load())) }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d)) }

// tap is a way out that counts what goes by, whatever becomes of it.
type tap struct {
	via   http.RoundTripper
	mu    sync.Mutex
	asked map[string]int // by path
}

func (p *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.asked[r.URL.Path]++
	p.mu.Unlock()
	return p.via.RoundTrip(r)
}

func (p *tap) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// all is how many questions went by.
func (p *tap) all() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, of := range p.asked {
		n += of
	}
	return n
}

func newApp(t testing.TB, c Config) *App {
	t.Helper()
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// refused fails the test unless err is the refusal of that reason and there is no
// identity with it.
func refused(t testing.TB, who platform.Identity, err error, want models.Reason) {
	t.Helper()
	var p *models.Problem
	if !errors.As(err, &p) {
		t.Fatalf("got %v, %v; want %s", who, err, want)
	}
	if p.Reason != want {
		t.Errorf("refused as %v; want %s", p, want)
	}
	if who != (platform.Identity{}) {
		t.Errorf("refused, and yet somebody: %v", who)
	}
}

// wire is a way out that is played by a function.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// says is a way out that answers everything with that status and body.
func says(status int, body string) wire {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
}

func identify(t testing.TB, a *App, code string) platform.Identity {
	t.Helper()
	who, err := a.Identify(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// why is the reason of a refusal, "" for none. An error of another sort fails the
// test, and so does one that is our own fault.
func why(t testing.TB, err error) models.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *models.Problem
	if !errors.As(err, &p) || p.Kind() == models.Internal {
		t.Fatalf("%v is no refusal", err)
	}
	return p.Reason
}

// onField is the field at fault, "" for none.
func onField(err error) string {
	var p *models.Problem
	if errors.As(err, &p) {
		return p.Field
	}
	return ""
}

// alone checks that nothing comes back beside an error.
func alone[T comparable](t testing.TB, got T, err error) error {
	t.Helper()
	if zero := *new(T); err != nil && got != zero {
		t.Error("something came back beside an error")
	}
	return err
}

// hides fails the test if printing the error tells one of the secrets, as it is or
// as a URL or a body would have it.
func hides(t testing.TB, err error, secrets ...string) {
	t.Helper()
	var said bytes.Buffer
	told(&said, err)
	for _, s := range secrets {
		if s == "" {
			t.Error("a secret is empty: this looks for nothing")
			continue
		}
		for _, form := range []string{s, url.QueryEscape(s), fmt.Sprintf("%x", s)} {
			if strings.Contains(said.String(), form) {
				t.Errorf("%.8s… is told: %.300s", s, said.String())
			}
		}
	}
}
