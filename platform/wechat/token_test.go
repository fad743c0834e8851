package wechat

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// draw asks for a mini code, which is as good as any call that needs a token.
func (w *world) draw(t testing.TB) error {
	t.Helper()
	_, err := w.App.MiniCode(t.Context(), "s", "pages/index/index")
	return err
}

// draws checks what comes of a call, and how many tokens WeChat was asked for
// since the last look.
func (w *world) draws(t testing.TB, want models.Reason, tokens int) {
	t.Helper()
	asked, drawn := w.seen.count(atToken), len(w.MiniCodes(appID))
	if err := w.draw(t); why(t, err) != want {
		t.Errorf("at %v: %v, want %q", w.now(), err, want)
	}
	if n := w.seen.count(atToken) - asked; n != tokens {
		t.Errorf("at %v: %d tokens were asked for, not %d", w.now(), n, tokens)
	}
	if n := len(w.MiniCodes(appID)) - drawn; (n == 1) != (want == "") || n > 1 {
		t.Errorf("at %v: %d codes were drawn", w.now(), n)
	}
}

// TestTokenIsStable: the stable source is asked, and not to force anything.
func TestTokenIsStable(t *testing.T) {
	t.Parallel()
	var bodies []any
	w := newWorld(t)
	w.seen.via = wire(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == atToken {
			body, _ := io.ReadAll(r.Body)
			var in any
			if err := json.Unmarshal(body, &in); err != nil || r.URL.RawQuery != "" {
				t.Errorf("%s?%s: %v", r.URL.Path, r.URL.RawQuery, err)
			}
			bodies = append(bodies, in)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		return w.line.RoundTrip(r)
	})
	for range 5 {
		if err := w.draw(t); err != nil {
			t.Fatal(err)
		}
	}
	want := []any{map[string]any{"grant_type": "client_credential", "appid": appID, "secret": secret, "force_refresh": false}}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Error(diff)
	}
}

// TestTwoProcesses: each has the token that the other has, and takes it from nobody.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := newApp(t, w.config(appID))
	w.draws(t, "", 1)
	if _, err := other.MiniCode(t.Context(), "s", "pages/index/index"); err != nil {
		t.Error(err)
	}
	w.draws(t, "", 0)
	if n := w.Asked(appID, atToken); n != 2 {
		t.Errorf("asked for %d tokens", n)
	}
}

// TestTrapTokenLife: the SDK takes minutes off a token's life, and so never keeps a
// short one. Here a token is kept to its end, and asked for again in its last
// minutes.
func TestTrapTokenLife(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		seconds    int64
		renew, end time.Duration
	}{
		"usual":          {7200, 115 * time.Minute, 2 * time.Hour},
		"short":          {200, 100 * time.Second, 200 * time.Second},
		"shorter":        {1, 500 * time.Millisecond, time.Second},
		"in between":     {900, 10 * time.Minute, 15 * time.Minute},
		"longer than is": {1 << 62, 115 * time.Minute, 2 * time.Hour},
	} {
		got, trouble := lend("87_abc", test.seconds, start)
		want := loan{"87_abc", start.Add(test.renew), start.Add(test.end)}
		if trouble != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, trouble, want)
		}
	}
	w := newWorld(t)
	w.seen.via = wire(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == atToken {
			return says(200, `{"access_token":"87_abc","expires_in":200}`)(r)
		}
		return says(200, "\xff\xd8\xff")(r)
	})
	for range 5 {
		if err := w.draw(t); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.seen.count(atToken); n != 1 {
		t.Errorf("%d tokens for five calls", n)
	}
}

// TestTokenByTheClock plays two hours: nobody waits while there is a token, and
// nobody shows one that has ended.
func TestTokenByTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.draws(t, "", 1)
		first := w.Token(appID)
		w.pass(115*time.Minute - time.Second)
		w.draws(t, "", 0)
		w.pass(time.Second)
		w.BreakAt(appID, atToken, simulator.Hang)
		began := time.Now()
		if err := w.draw(t); err != nil || time.Since(began) != 0 {
			t.Errorf("with a renewal under way: %v after %v", err, time.Since(began))
		}
		w.Mend(appID)
		time.Sleep(usualTimeout) // which takes no time; the renewal has failed
		synctest.Wait()
		w.draws(t, "", 0) // and is left alone for a while
		w.pass(patience)
		if err := w.draw(t); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if w.Token(appID) == first {
			t.Error("the token was not renewed")
		}
		w.pass(4 * time.Minute)
		w.draws(t, "", 0) // now with the next one
		w.pass(24 * time.Hour)
		w.draws(t, "", 1)
	})
}

// TestTokenAnswers has what lends nothing. WeChat is asked afresh by the next call.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for answer, want := range map[string]models.Reason{
		`{"access_token":"","expires_in":7200}`:                                       models.ReasonUpstreamLying,
		`{"access_token":"87_a b","expires_in":7200}`:                                 models.ReasonUpstreamLying,
		`{"access_token":"87_a&x=y","expires_in":7200}`:                               models.ReasonUpstreamLying,
		`{"access_token":"` + strings.Repeat("a", 513) + `","expires_in":7200}`:       models.ReasonUpstreamLying,
		`{"access_token":"87_abc","expires_in":0}`:                                    models.ReasonUpstreamLying,
		`{"access_token":"87_abc","expires_in":-7200}`:                                models.ReasonUpstreamLying,
		`{"access_token":"87_abc"}`:                                                   models.ReasonUpstreamLying,
		`{"access_token":"87_abc","expires_in":"7200"}`:                               models.ReasonUpstreamLying,
		`{"access_token":["87_abc"],"expires_in":7200}`:                               models.ReasonUpstreamLying,
		`{"errcode":40125,"errmsg":"invalid appsecret ` + secret + `"}`:               models.ReasonUpstreamRefused,
		`{"errcode":40001,"access_token":"87_abc","expires_in":7200}`:                 models.ReasonUpstreamRefused,
		`{"errcode":40164,"errmsg":"invalid ip 198.51.100.7, not in whitelist"}`:      models.ReasonUpstreamRefused,
		`{"errcode":-1,"errmsg":"system error"}`:                                      models.ReasonUpstreamBusy,
		`{"errcode":45009,"errmsg":"reach max api daily quota limit"}`:                models.ReasonUpstreamBusy,
		`{"errcode":45011,"errmsg":"api minute-quota reach limit must slower"}`:       models.ReasonUpstreamBusy,
		`{"errcode":89503,"errmsg":"needs the administrator to confirm the address"}`: models.ReasonUpstreamRefused,
	} {
		w.FailAt(appID, atToken, simulator.Says(answer))
		asked := w.seen.all()
		err := w.draw(t)
		if why(t, err) != want {
			t.Errorf("%.70s: %v, want %s", answer, err, want)
		}
		if n := w.seen.all() - asked; n != 1 {
			t.Errorf("%.70s: asked %d times", answer, n)
		}
		hides(t, err, secret, "87_abc")
	}
	w.draws(t, "", 1)
}

// TestTokenQuota: over WeChat's own count of tokens.
func TestTokenQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Quota(appID, atToken, 1, 0)
	w.draws(t, "", 1)
	w.LoseToken(appID)
	w.draws(t, models.ReasonUpstreamBusy, 1)
	w.pass(time.Minute)
	w.Quota(appID, atToken, 0, 0)
	w.draws(t, "", 3)
}
