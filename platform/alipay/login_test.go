package alipay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

func (s *stage) identify(t testing.TB, code string) (platform.Identity, models.Reason) {
	t.Helper()
	id, err := s.app.Identify(t.Context(), code)
	if err != nil && id != (platform.Identity{}) {
		t.Error("somebody is named beside an error")
	}
	return id, reason(t, err)
}

// TestIdentifiers: the SDK's own word for success needs a user_id, which an app
// that is given open_ids alone never sees.
func TestIdentifiers(t *testing.T) {
	t.Parallel()
	for gives, want := range map[simulator.Identifiers]string{simulator.OpenIDOnly: simulator.OpenID(appID, "anna"),
		simulator.UserIDOnly: simulator.UserID("anna"), simulator.Both: simulator.OpenID(appID, "anna")} {
		s := play(t, mode{gives: gives})
		id, why := s.identify(t, s.login("anna"))
		if why != "" || id != (platform.Identity{Platform: "alipay", AppID: appID, OpenID: want}) {
			t.Errorf("%v: %+v, %s", gives, id, why)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	code, old, foreign := s.login("anna"), s.login("anna"), s.Login(strange, "anna")
	if _, why := s.identify(t, code); why != "" {
		t.Errorf("fresh: %s", why)
	}
	s.Elapse(24 * time.Hour)
	before := s.Effects(appID)
	for name, code := range map[string]string{"used": code, "expired": old, "foreign": foreign, "never given": "0123456789abcdef"} {
		keep(code)
		if _, why := s.identify(t, code); why != models.ReasonLoginCode {
			t.Errorf("%s: %s", name, why)
		}
	}
	if s.Effects(appID) != before {
		t.Error("something was changed")
	}
	if _, why := s.identify(t, s.login("anna")); why != "" {
		t.Errorf("given after a day: %s", why)
	}
}

// TestTokensThatAreNobodys: signed, and yet nobody has logged in.
func TestTokensThatAreNobodys(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	for _, node := range []string{`{"access_token":"authusrBx"}`, `{"open_id":"forged"}`, `{"access_token":"authusrBx","open_id":"","user_id":""}`,
		`{"access_token":"authusrBx","open_id":7}`, `{"code":"20000","access_token":"authusrBx","open_id":"forged"}`} {
		s.Fail(appID, simulator.Says(node))
		if _, why := s.identify(t, s.login("anna")); why == "" {
			t.Errorf("%s: somebody", node)
		}
	}
}

// TestCodesThatAreNone: they are not even asked about.
func TestCodesThatAreNone(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	asked := s.questions(func() {
		for _, code := range []string{"", "short", "x&grant_type=evil", "a b c d e f", strings.Repeat("a", 129), "0123456789\n"} {
			if _, why := s.identify(t, code); why != models.ReasonLoginCode {
				t.Errorf("%q: %s", code, why)
			}
		}
	})
	if asked != 0 {
		t.Errorf("%d questions", asked)
	}
}

func TestEverySubCodeHasItsReason(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	for _, c := range []struct {
		code, subCode string
		want          models.Reason
		told          string
	}{
		{"40002", "isv.code-invalid", models.ReasonLoginCode, "isv.code-invalid"}, {"20000", "aop.unknow-error", models.ReasonUpstreamBusy, "aop.unknow-error"},
		{"20000", "isp.something", models.ReasonUpstreamBusy, "isp.something"}, {"40002", "isv.invalid-signature", models.ReasonUpstreamRefused, "isv.invalid-signature"},
		{"40006", "isv.insufficient-isv-permissions", models.ReasonUpstreamRefused, "40006"}, {"40001", "isv.missing-encrypt-key", models.ReasonUpstreamRefused, "40001"},
		{"40003", "aop.user-risk-reject", models.ReasonLoginBlocked, "40003"}, {"40005", "isv.method-call-limited", models.ReasonUpstreamBusy, "40005"},
		{"40002", "forged words, with\nlines", models.ReasonUpstreamRefused, "sub_code -"}, {"40002", "7forged7", models.ReasonUpstreamRefused, "sub_code -"},
		{"forged", "", models.ReasonUpstreamRefused, "code -"}, {"10000", "", models.ReasonUpstreamLying, ""}, {"", "", models.ReasonUpstreamLying, ""},
	} {
		for way, failure := range map[string]simulator.Failure{"unsigned": simulator.RefuseUnsigned(c.code, c.subCode),
			"at the door": simulator.RefuseAtTheDoor(c.code, c.subCode), "signed": simulator.Refuse(c.code, c.subCode)} {
			s.Fail(appID, failure)
			_, err := s.app.Identify(t.Context(), "0123456789abcdef")
			if why := reason(t, err); why != c.want || !strings.Contains(err.Error(), c.told) {
				t.Errorf("%s %s, %s: %v, want %s and %s", c.code, c.subCode, way, err, c.want, c.told)
			}
		}
	}
}

func TestWrongPrivateKey(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	wrong, _, err := simulator.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	c := s.config
	c.PrivateKey = wrong
	_, err = adapter(t, c).Identify(t.Context(), s.login("anna"))
	if reason(t, err) != models.ReasonUpstreamRefused || !strings.Contains(err.Error(), "isv.invalid-signature") {
		t.Errorf("got %v", err)
	}
}

// TestAlteredRequest: whoever stands between cannot change what was signed.
func TestAlteredRequest(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	hers, his := s.login("anna"), s.login("bo")
	s.Fail(appID, func(sim *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		r.Form.Set("code", his)
		sim.ServeHTTP(w, r)
	})
	if _, why := s.identify(t, hers); why != models.ReasonUpstreamRefused {
		t.Errorf("got %s", why)
	}
}

// TestTimestampIsBeijingTime: whatever zone the machine is in.
func TestTimestampIsBeijingTime(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	var sent string
	s.Fail(appID, func(sim *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		sent = r.Form.Get("timestamp")
		sim.ServeHTTP(w, r)
	})
	if _, why := s.identify(t, s.login("anna")); why != "" {
		t.Fatal(why)
	}
	at, err := time.ParseInLocation(time.DateTime, sent, time.FixedZone("", 8*3600))
	if off := time.Since(at); err != nil || off < -time.Minute || off > time.Minute {
		t.Errorf("sent %s, off by %v, %v", sent, off, err)
	}
	s.now.Add(int64(time.Hour)) // and the gateway does look at it
	if _, why := s.identify(t, s.login("anna")); why != models.ReasonUpstreamRefused {
		t.Errorf("an hour off: %s", why)
	}
}

// TestWhoeverHasGone: nobody waits for a resident who has closed the app.
func TestWhoeverHasGone(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	s.Fail(appID, simulator.Hang)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := s.app.Identify(ctx, s.login("anna"))
	if reason(t, err) != models.ReasonUpstreamSlow || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestParallel(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 3 {
		s := play(t, mode{gives: simulator.Both, certificate: true, cipher: true})
		for i := range 8 {
			all.Go(func() {
				name := fmt.Sprint("user", i)
				if id, why := s.identify(t, s.Login(appID, name)); why != "" || id.OpenID != simulator.OpenID(appID, name) {
					t.Errorf("%s: %v, %s", name, id, why)
				}
			})
		}
	}
	all.Wait()
}

func FuzzAuthCode(f *testing.F) {
	for _, c := range []string{"", "x&grant_type=evil", "0123456789", "a+b", "%00%00%00%00", "\n01234567", strings.Repeat("a", 129)} {
		f.Add(c)
	}
	var asked []string
	s := play(f, mode{})
	c := s.config
	c.Transport = answering(func(r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.Form["code"]...)
	})
	app, err := alipay.New(c)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, code string) {
		asked = nil
		_, err := app.Identify(context.Background(), code)
		var p *models.Problem
		if !errors.As(err, &p) || p.Reason != models.ReasonLoginCode {
			t.Fatal(err)
		}
		if len(asked) > 1 || len(asked) == 1 && asked[0] != code || len(asked) == 1 && strings.ContainsAny(code, "&=#%+ \n") {
			t.Fatalf("%q put %q on the wire", code, asked)
		}
	})
}

// answering answers everything like a code that was never given.
type answering func(*http.Request)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a(r)
	w := httptest.NewRecorder()
	_, _ = w.WriteString(`{"error_response":{"code":"40002","sub_code":"isv.code-invalid"}}`)
	return w.Result(), nil
}
