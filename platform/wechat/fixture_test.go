package wechat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const (
	appID  = "wx00000000000000a1"
	secret = "5ec2e700000000000000000000000001"
)

// start is when the played WeChat's clock starts.
var start = time.Date(2026, 2, 9, 8, 0, 0, 0, time.UTC)

// world is a played WeChat with one app, and the app's adapter. A line of its own
// leads from the one to the other.
type world struct {
	*simulator.Simulator
	App  *App
	line *simulator.Line
	at   atomic.Int64 // the clock, in nanoseconds after start
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{}
	w.Simulator = simulator.New(func() time.Time { return start.Add(time.Duration(w.at.Load())) })
	w.AddApp(appID, secret)
	w.line = w.Transport()
	t.Cleanup(func() { _ = w.line.Close() })
	w.App = newApp(t, Config{AppID: appID, AppSecret: secret, Transport: w.line})
	return w
}

func (w *world) pass(d time.Duration) { w.at.Add(int64(d)) }

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
