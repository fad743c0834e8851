package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// slow answers as it should, after that time.
func slow(wait time.Duration) simulator.Failure {
	return func(s *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(wait):
			s.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// TestOneTimeoutForAll: getting a token, being refused and asking again are one
// call, and end with it. Time is played.
func TestOneTimeoutForAll(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token, call []simulator.Failure
		want        models.Reason
		took        time.Duration
	}{
		"both slow, in time":    {[]simulator.Failure{slow(2 * time.Second)}, []simulator.Failure{slow(2 * time.Second)}, "", 4 * time.Second},
		"both slow, too late":   {[]simulator.Failure{slow(3 * time.Second)}, []simulator.Failure{slow(3 * time.Second)}, models.ReasonUpstreamSlow, usualTimeout},
		"no token":              {[]simulator.Failure{simulator.Hang}, nil, models.ReasonUpstreamSlow, usualTimeout},
		"no answer":             {nil, []simulator.Failure{simulator.Hang}, models.ReasonUpstreamSlow, usualTimeout},
		"no answer, in the end": {nil, []simulator.Failure{simulator.Refuse(40001), simulator.Hang}, models.ReasonUpstreamSlow, usualTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.FailAt(appID, atToken, test.token...)
				w.FailAt(appID, atMiniCode, test.call...)
				began := time.Now()
				if err := w.draw(t); why(t, err) != test.want {
					t.Errorf("got %v", err)
				}
				if took := time.Since(began); took != test.took {
					t.Errorf("took %v", took)
				}
				synctest.Wait()
			})
		})
	}
}

// TestAbandoned: who has gone is asked nothing for, but the token that was on its
// way is kept for the next.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.FailAt(appID, atToken, slow(time.Second))
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := w.App.MiniCode(ctx, "s", "pages/index/index")
			done <- err
		}()
		synctest.Wait()
		leave()
		if err := <-done; why(t, err) != models.ReasonUpstreamSlow || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Second) // which takes no time
		synctest.Wait()
		w.draws(t, "", 0)
		if n := len(w.MiniCodes(appID)); n != 1 {
			t.Errorf("%d codes were drawn", n)
		}
	})
}

// TestTokenGoesNowhereElse: the token is in the address of the call that it is for,
// and the body is JSON as the SDK writes it, with nothing escaped that it does not
// need to.
func TestTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	looked := 0
	w.seen.via = wire(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil || r.URL.Path == atToken {
			return w.line.RoundTrip(r)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		token := w.Token(appID)
		if r.URL.RawQuery != "access_token="+token || strings.Contains(string(body), token) || !json.Valid(body) {
			t.Errorf("%s: %s %s", r.URL.Path, r.URL.RawQuery, body)
		}
		if strings.Contains(string(body), `\u0026`) || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %s", r.URL.Path, body)
		}
		looked++
		return w.line.RoundTrip(r)
	})
	_, err := w.App.MiniCode(t.Context(), "a&b", indexPage)
	_, err2 := w.App.URLLink(t.Context(), indexPage, "a&b", start.Add(time.Hour))
	if err := errors.Join(err, err2, w.App.Send(t.Context(), message(w))); err != nil || looked != 3 {
		t.Errorf("%d bodies, %v", looked, err)
	}
}
