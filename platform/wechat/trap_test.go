package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

// Each trap of the SDK's that logging in could step into has a test here, named
// after it. The imports that would be traps are in imports_test.go.

const strayKey = "c3RyYXlzdHJheXN0cmF5IQ==" // a session_key in an answer that is refused

// troubles are what can go wrong at WeChat's end, the worst of them telling what
// they were asked.
var troubles = map[string]simulator.Failure{
	"502": simulator.BadGateway, "portal": simulator.Portal,
	"garbage": simulator.Garbage, "{}": simulator.EmptyObject, "null": simulator.Null, "empty": simulator.Empty,
	"huge": simulator.Huge, "bomb": simulator.Bomb, "busy": simulator.Busy, "away": simulator.Away,
	"cut": simulator.Cut, "lost": simulator.Lost, "wrong secret": simulator.Refuse(40125), "number": simulator.Refuse(40029),
	"nobody": simulator.Says(`{"session_key":"` + strayKey + `"}`), "half": simulator.Says(`{"session_key":"` + strayKey),
	"echo": func(_ *simulator.Simulator, w http.ResponseWriter, r *http.Request) { // a proxy that says what it was asked
		fmt.Fprintf(w, `{"errcode":40029,"errmsg":%q}`, r.URL.String())
	},
	"location": func(_ *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example"+r.URL.String(), http.StatusTemporaryRedirect)
	},
	"shape": func(s *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"openid":{%q:%q}}`, "session_key", r.URL.Query().Get("secret"))
	},
}

// TestTrapSecretsInErrors makes everything go wrong that can, and looks for the
// app's secret, the code and WeChat's session key in all that is said about it.
func TestTrapSecretsInErrors(t *testing.T) {
	logged := capture(t) // not parallel: the log is the process's
	var said bytes.Buffer
	w := newWorld(t)
	never := []string{secret, strayKey}
	try := func(name string, a *App, failures ...simulator.Failure) {
		w.Mend(appID)
		w.Fail(appID, failures...)
		code := w.Login(appID, "张三")
		_, err := a.Identify(t.Context(), code)
		if err == nil {
			t.Errorf("%s: no error", name)
			return
		}
		never = append(never, code)
		if key := w.SessionKey(appID, "张三"); key != "" {
			never = append(never, key)
		}
		told(&said, err)
		slog.Error("request failed", "error", err, "app", a)
		log.Print(err)
	}
	hasty := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: w.line, Timeout: 10 * time.Millisecond})
	try("hang", hasty, simulator.Hang)
	try("drip", hasty, simulator.Drip)
	for name, f := range troubles {
		try(name, w.App, f)
	}
	identify(t, w.App, w.Login(appID, "张三"))
	try("a network that quotes", newApp(t, Config{AppID: appID, AppSecret: secret, Transport: wire(func(r *http.Request) (*http.Response, error) {
		return nil, errors.New("no route to " + r.URL.String())
	})}))
	try("used", newApp(t, Config{AppID: appID, AppSecret: secret, Transport: replay(w)}))
	if err := w.line.Close(); err != nil {
		t.Fatal(err)
	}
	try("refused connection", w.App)
	for _, c := range []Config{{AppID: "wx 1", AppSecret: secret}, {AppID: appID, AppSecret: secret + "\n"}, {AppID: appID, AppSecret: secret, Timeout: -1}} {
		_, err := New(c)
		told(&said, err)
		fmt.Fprintf(&said, "%v %+v %#v %s %q", c, c, c, c, c)
		slog.Error("configured", "config", c)
	}
	said.Write(logged.Bytes())
	for _, s := range never {
		for _, form := range []string{s, url.QueryEscape(s), fmt.Sprintf("%x", s)} {
			if i := strings.Index(said.String(), form); i >= 0 {
				t.Errorf("a secret is told: …%s…", said.String()[max(0, i-80):i])
			}
		}
	}
	if !strings.Contains(logged.String(), "errcode 40125") {
		t.Error("the log is not told WeChat's number")
	}
}

// capture keeps all that is logged until the test ends.
func capture(t *testing.T) *bytes.Buffer {
	var logged bytes.Buffer
	writer, flags, before := log.Writer(), log.Flags(), slog.Default()
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
	slog.SetDefault(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))) // package log's too
	return &logged
}

// told writes everything that printing an error can tell, through its whole tree.
func told(to io.Writer, err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(to, "%v %+v %#v %s %q\n", err, err, err, err, err)
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			told(to, inner)
		}
	case interface{ Unwrap() error }:
		told(to, e.Unwrap())
	}
}

// replay is a way out on which each code arrives twice, the first time unseen.
func replay(w *world) wire {
	return func(r *http.Request) (*http.Response, error) {
		first, err := w.line.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, first.Body)
		_ = first.Body.Close()
		return w.line.RoundTrip(r)
	}
}

// TestTrapCodeNotEscaped: the SDK puts the code into the URL as it is.
func TestTrapCodeNotEscaped(t *testing.T) {
	t.Parallel()
	asked := 0
	a := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: wire(func(*http.Request) (*http.Response, error) {
		asked++
		return nil, errors.New("asked")
	})})
	for _, code := range []string{"", "short", "x&grant_type=evil&js_code=y#", "0123456789?", "0123456789%00", "01234567 89",
		"0123456789\n", "0123456789\r\nHost: evil", "../../cgi-bin/token", "登录登录登录", "0123456789\x00", strings.Repeat("a", 129)} {
		who, err := a.Identify(t.Context(), code)
		refused(t, who, err, models.ReasonLoginCode)
		if p := new(models.Problem); errors.As(err, &p) && p.Field != "code" {
			t.Errorf("the field at fault is %q", p.Field)
		}
	}
	if asked != 0 {
		t.Errorf("WeChat was asked %d times", asked)
	}
	for _, c := range []Config{{AppID: appID + "&secret=evil", AppSecret: secret}, {AppID: appID, AppSecret: secret + "\n"},
		{AppID: appID}, {AppSecret: secret}} {
		if _, err := New(c); err == nil {
			t.Errorf("taken: %q %q", c.AppID, c.AppSecret)
		}
	}
}

// TestTrapEmptyObject: the SDK takes {} for success.
func TestTrapEmptyObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fail(appID, simulator.EmptyObject)
	who, err := w.App.Identify(t.Context(), w.Login(appID, "张三"))
	refused(t, who, err, models.ReasonUpstreamLying)
}

// TestTrapNoTimeout: the SDK's own client waits for ever. Time is played here.
func TestTrapNoTimeout(t *testing.T) {
	t.Parallel()
	never := wire(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
	for name, test := range map[string]struct {
		failure simulator.Failure
		timeout time.Duration
		want    time.Duration
	}{
		"no answer":          {simulator.Hang, 0, 5 * time.Second},
		"no end of it":       {simulator.Drip, 0, 5 * time.Second},
		"as configured":      {simulator.Hang, 2 * time.Second, 2 * time.Second},
		"no connection ever": {nil, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c := Config{AppID: appID, AppSecret: secret, Transport: w.line, Timeout: test.timeout}
				if test.failure == nil {
					c.Transport = never
				} else {
					w.Break(appID, test.failure)
				}
				begun := time.Now()
				who, err := newApp(t, c).Identify(context.Background(), w.Login(appID, "张三"))
				refused(t, who, err, models.ReasonUpstreamSlow)
				if took := time.Since(begun); took != test.want {
					t.Errorf("gave up after %v, not %v", took, test.want)
				}
			})
		})
	}
	if _, err := New(Config{AppID: appID, AppSecret: secret, Timeout: time.Hour}); err == nil {
		t.Error("an hour is taken for a timeout")
	}
	newWorld(t)
	if util.DefaultHTTPClient.Timeout <= 0 {
		t.Error("the SDK's client has no timeout of its own")
	}
}

// TestTrapNoSizeLimit: the SDK reads whatever is sent.
func TestTrapNoSizeLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.config(appID)
	c.Timeout = longestTimeout // eight megabytes take a while on a machine that does much else
	app := newApp(t, c)
	for _, f := range []simulator.Failure{simulator.Huge, simulator.Bomb} {
		w.Fail(appID, f)
		who, err := app.Identify(t.Context(), w.Login(appID, "张三"))
		refused(t, who, err, models.ReasonUpstream)
		if !strings.Contains(err.Error(), "too long") {
			t.Errorf("the log is told %v", err)
		}
	}
	read := 0
	endless := wire(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: io.NopCloser(counting{&read})}, nil
	})
	who, err := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: endless}).Identify(t.Context(), "0123456789")
	refused(t, who, err, models.ReasonUpstream)
	if read > 2*platform.AnswerLimit {
		t.Errorf("%d bytes were read", read)
	}
}

type counting struct{ read *int }

func (c counting) Read(b []byte) (int, error) {
	*c.read += len(b)
	clear(b)
	return len(b), nil
}

// TestTrapOneClientForAll: the SDK's client is the process's. Several WeChats are
// asked at once, for apps of the same id, and nobody gets another's answer.
func TestTrapOneClientForAll(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range 8 {
		w := newWorld(t)
		own := fmt.Sprint("resident of city ", i)
		for range 4 {
			all.Go(func() {
				for range 10 {
					who, err := w.App.Identify(t.Context(), w.Login(appID, own))
					if err != nil || who.OpenID != simulator.OpenID(appID, own) {
						t.Errorf("city %d: %v, %v", i, who, err)
					}
				}
			})
		}
	}
	all.Wait()
}

// TestTrapCallFromNowhere: whatever else uses the SDK's client gets nowhere.
func TestTrapCallFromNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := util.HTTPGetContext(t.Context(), "https://"+Host+"/sns/jscode2session"); !errors.Is(err, errNoCall) {
		t.Errorf("without a call: %v", err)
	}
	asked := 0
	a := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: wire(func(r *http.Request) (*http.Response, error) {
		asked++
		return w.line.RoundTrip(r)
	})})
	for _, to := range []string{"https://elsewhere.example/", "http://" + Host + "/", "https://" + Host + ":8443/", "https://" + Host + "@elsewhere.example/"} {
		ctx, c, end := a.begin(t.Context())
		_, err := util.HTTPGetContext(ctx, to)
		end()
		if err == nil || c.answered {
			t.Errorf("%s was asked", to)
		}
	}
	if asked != 0 {
		t.Errorf("%d requests left the app", asked)
	}
}

// TestTrapKilledConnection: net/http asks again by itself when a connection that
// it kept is closed, and a code is good for once.
func TestTrapKilledConnection(t *testing.T) {
	t.Parallel()
	login := func(w *world) (platform.Identity, error) {
		return w.App.Identify(t.Context(), w.Login(appID, "张三"))
	}
	t.Run("new", func(t *testing.T) {
		for _, f := range []simulator.Failure{simulator.HangUp, simulator.Lost, simulator.Cut} {
			w := newWorld(t)
			w.Fail(appID, f)
			who, err := login(w)
			refused(t, who, err, models.ReasonUpstream)
		}
	})
	t.Run("kept, before the question was read", func(t *testing.T) {
		w := newWorld(t)
		identify(t, w.App, w.Login(appID, "张三"))
		w.Fail(appID, simulator.HangUp)
		if _, err := login(w); err != nil {
			t.Errorf("a connection that died idle is no failure: %v", err)
		}
	})
	t.Run("kept, before the answer came", func(t *testing.T) {
		w := newWorld(t)
		identify(t, w.App, w.Login(appID, "张三"))
		w.Fail(appID, simulator.Lost)
		who, err := login(w)
		refused(t, who, err, models.ReasonUpstream) // and not "the code was used", which is true, but not their doing
	})
	t.Run("nobody there", func(t *testing.T) {
		w := newWorld(t)
		if err := w.line.Close(); err != nil {
			t.Fatal(err)
		}
		who, err := login(w)
		refused(t, who, err, models.ReasonUpstream)
	})
}
