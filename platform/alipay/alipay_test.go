package alipay_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

const appID = "2021000000000001"

// logged is everything that was logged while the tests ran, by anybody; secrets
// are what must not be in it.
var logged struct {
	sync.Mutex
	bytes.Buffer
	secrets []string
}

type logWriter struct{}

func (logWriter) Write(b []byte) (int, error) {
	logged.Lock()
	defer logged.Unlock()
	return logged.Buffer.Write(b)
}

func TestMain(m *testing.M) {
	log.SetOutput(logWriter{})
	slog.SetDefault(slog.New(slog.NewTextHandler(logWriter{}, &slog.HandlerOptions{Level: slog.LevelDebug})))
	code := m.Run()
	for _, s := range append(logged.secrets, "authusrB") {
		if strings.Contains(logged.String(), s) {
			fmt.Fprintln(os.Stderr, "a secret was logged")
			code = 1
		}
	}
	os.Exit(code)
}

// route leads to a server instead of the host that is asked, and counts.
type route struct {
	to    *url.URL
	via   http.RoundTripper
	asked atomic.Int64
}

func (r *route) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.URL.Scheme != "https" || q.URL.Host != alipay.Host {
		return nil, errors.New("asked somebody else")
	}
	r.asked.Add(1)
	q = q.Clone(q.Context())
	q.URL.Scheme, q.URL.Host = r.to.Scheme, r.to.Host
	return r.via.RoundTrip(q)
}

type stage struct {
	*simulator.Simulator
	app     *alipay.App
	route   *route
	private string
	now     *atomic.Int64
}

// appKey is one for all tests: making one takes long.
var appKey = sync.OnceValues(func() (pair appKeys, err error) {
	pair.private, pair.public, err = simulator.NewAppKey()
	return pair, err
})

type appKeys struct {
	private string
	public  *rsa.PublicKey
}

func play(t testing.TB, gives simulator.Identifiers, timeout time.Duration) stage {
	t.Helper()
	now := new(atomic.Int64)
	now.Store(time.Now().UnixNano()) // the SDK has a clock of its own
	s, err := simulator.New(func() time.Time { return time.Unix(0, now.Load()) })
	pair, err2 := appKey()
	private, public := pair.private, pair.public
	key, err3 := s.PublicKey()
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	s.AddApp(appID, public, gives)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(logWriter{}, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	way := &route{to: to, via: server.Client().Transport}
	app, err := alipay.New(alipay.Config{AppID: appID, PrivateKey: private, AlipayPublicKey: key, Transport: way, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	logged.Lock()
	defer logged.Unlock()
	logged.secrets = append(logged.secrets, private[:60], private[len(private)-60:])
	return stage{s, app, way, private, now}
}

func (s stage) identify(t testing.TB, code string) (platform.Identity, models.Reason) {
	t.Helper()
	id, err := s.app.Identify(t.Context(), code)
	if err == nil {
		return id, ""
	}
	var p *models.Problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is no Problem", err)
	}
	for _, printed := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprint(errors.Unwrap(p))} {
		if code != "" && strings.Contains(printed, code) || strings.Contains(printed, s.private[100:140]) || strings.Contains(printed, "authusrB") ||
			strings.Contains(printed, "forged") {
			t.Errorf("the error leaks")
		}
	}
	if id != (platform.Identity{}) {
		t.Error("somebody is named beside an error")
	}
	return id, p.Reason
}

// TestIdentifiers: the SDK's own word for success needs a user_id.
func TestIdentifiers(t *testing.T) {
	t.Parallel()
	for gives, want := range map[simulator.Identifiers]string{simulator.OpenIDOnly: simulator.OpenID(appID, "anna"),
		simulator.UserIDOnly: simulator.UserID("anna"), simulator.Both: simulator.OpenID(appID, "anna")} {
		s := play(t, gives, 0)
		id, reason := s.identify(t, s.Login(appID, "anna"))
		if reason != "" || id != (platform.Identity{Platform: "alipay", AppID: appID, OpenID: want}) {
			t.Errorf("%v: %+v, %s", gives, id, reason)
		}
	}
}

func signed(node string) simulator.Failure {
	return func(s *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"alipay_system_oauth_token_response":` + node + `}`))
	}
}

func TestEveryFailureHasItsReason(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	hasty := play(t, simulator.OpenIDOnly, 50*time.Millisecond)
	for _, c := range []struct {
		name   string
		on     stage
		fail   simulator.Failure
		reason models.Reason
	}{
		{"Hang", hasty, simulator.Hang, models.ReasonUpstreamSlow},
		{"BadGateway", s, simulator.BadGateway, models.ReasonUpstream},
		{"HangUp", s, simulator.HangUp, models.ReasonUpstream},
		{"Empty", s, simulator.Empty, models.ReasonUpstream},
		{"EmptyObject", s, simulator.EmptyObject, models.ReasonUpstreamLying},
		{"Null, over which the SDK panics", s, simulator.Null, models.ReasonUpstreamLying},
		{"Unsigned", s, simulator.Unsigned, models.ReasonUpstreamLying},
		{"Forged", s, simulator.Forged, models.ReasonUpstreamLying},
		{"SignedRefusal, without an error", s, simulator.SignedRefusal, models.ReasonUpstreamBusy},
		{"Nobody", s, simulator.Nobody, models.ReasonUpstreamLying},
		{"Huge", s, simulator.Huge, models.ReasonUpstreamLying},
		{"Away", s, simulator.Away, models.ReasonUpstream},
		{"unsigned, without a code", s, signed(`{"access_token":"authusrBx","open_id":"forged"}`), models.ReasonUpstreamLying},
		{"a ciphertext of odd length", s, signed(`"AAAA"`), models.ReasonUpstreamLying},
		{"a list", s, signed(`[]`), models.ReasonUpstreamLying},
	} {
		c.on.Fail(appID, c.fail)
		code := c.on.Login(appID, "anna")
		if _, reason := c.on.identify(t, code); reason != c.reason {
			t.Errorf("%s: %s, want %s", c.name, reason, c.reason)
		}
	}
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != "" {
		t.Errorf("afterwards: %s", reason)
	}
}

func refused(code, subCode string) simulator.Failure {
	return func(_ *simulator.Simulator, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"error_response":{"code":%q,"msg":"m","sub_code":%q,"sub_msg":"forged words"}}`, code, subCode)
	}
}

func TestEverySubCodeHasItsReason(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	for _, c := range []struct {
		code, subCode string
		want          models.Reason
	}{
		{"40002", "isv.code-invalid", models.ReasonLoginCode}, {"20000", "aop.unknow-error", models.ReasonUpstreamBusy},
		{"20000", "isp.something", models.ReasonUpstreamBusy}, {"40002", "isv.invalid-signature", models.ReasonUpstreamRefused},
		{"40006", "isv.insufficient-isv-permissions", models.ReasonUpstreamRefused}, {"40001", "isv.missing-encrypt-key", models.ReasonUpstreamRefused},
		{"40002", "forged words, with\nlines", models.ReasonUpstreamRefused}, {"10000", "", models.ReasonUpstreamLying}, {"", "", models.ReasonUpstreamLying},
	} {
		s.Fail(appID, refused(c.code, c.subCode))
		if _, reason := s.identify(t, "0123456789abcdef"); reason != c.want {
			t.Errorf("%s %s: %s, want %s", c.code, c.subCode, reason, c.want)
		}
	}
}

func TestTamperedAnswer(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	s.Fail(appID, func(sim *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		sim.ServeHTTP(recorder, r)
		_, _ = w.Write(bytes.Replace(recorder.Body.Bytes(), []byte(`"open_id":"0`), []byte(`"open_id":"1`), 1))
	})
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != models.ReasonUpstreamLying {
		t.Errorf("got %s", reason)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	_, public, err := simulator.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	s.AddApp("2021000000000002", public, simulator.OpenIDOnly)
	code := s.Login(appID, "anna")
	if _, reason := s.identify(t, code); reason != "" {
		t.Errorf("fresh: %s", reason)
	}
	for name, code := range map[string]string{"reused": code, "foreign": s.Login("2021000000000002", "anna"), "never given": "0123456789abcdef"} {
		if _, reason := s.identify(t, code); reason != models.ReasonLoginCode {
			t.Errorf("%s: %s", name, reason)
		}
	}
}

func TestWrongPrivateKey(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	other, _, err := simulator.NewAppKey()
	key, err2 := s.PublicKey()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if s.app, err = alipay.New(alipay.Config{AppID: appID, PrivateKey: other, AlipayPublicKey: key, Transport: s.route}); err != nil {
		t.Fatal(err)
	}
	_, err = s.app.Identify(t.Context(), s.Login(appID, "anna"))
	if !strings.Contains(fmt.Sprint(err), "upstream.refused_us") || !strings.Contains(fmt.Sprint(err), "isv.invalid-signature") {
		t.Errorf("got %v", err)
	}
}

// TestAlteredRequest: whoever stands between cannot change what was signed.
func TestAlteredRequest(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	hers, his := s.Login(appID, "anna"), s.Login(appID, "bo")
	s.Fail(appID, func(sim *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		r.Form.Set("code", his)
		sim.ServeHTTP(w, r)
	})
	if _, reason := s.identify(t, hers); reason != models.ReasonUpstreamRefused {
		t.Errorf("got %s", reason)
	}
}

// TestTimestampIsBeijingTime: whatever zone the machine is in.
func TestTimestampIsBeijingTime(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	var sent string
	s.Fail(appID, func(sim *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		sent = r.Form.Get("timestamp")
		sim.ServeHTTP(w, r)
	})
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != "" {
		t.Fatal(reason)
	}
	at, err := time.ParseInLocation(time.DateTime, sent, time.FixedZone("", 8*3600))
	if off := time.Since(at); err != nil || off < -time.Minute || off > time.Minute {
		t.Errorf("sent %s, off by %v, %v", sent, off, err)
	}
	s.now.Add(int64(time.Hour)) // and the gateway does look at it
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != models.ReasonUpstreamRefused {
		t.Errorf("an hour off: %s", reason)
	}
}

func TestTimeoutAndRedirect(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 30*time.Millisecond)
	s.Fail(appID, simulator.Hang)
	begun := time.Now()
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != models.ReasonUpstreamSlow || time.Since(begun) > 4*time.Second {
		t.Errorf("%s after %v", reason, time.Since(begun))
	}
	s = play(t, simulator.OpenIDOnly, 0)
	s.Fail(appID, simulator.Away)
	if _, reason := s.identify(t, s.Login(appID, "anna")); reason != models.ReasonUpstream || s.route.asked.Load() != 1 {
		t.Errorf("%s after %d questions", reason, s.route.asked.Load())
	}
}

func TestParallel(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 3 {
		s := play(t, simulator.Both, 0)
		for i := range 8 {
			all.Go(func() {
				name := fmt.Sprint("user", i)
				if id, reason := s.identify(t, s.Login(appID, name)); reason != "" || id.OpenID != simulator.OpenID(appID, name) {
					t.Errorf("%s: %v, %s", name, id, reason)
				}
			})
		}
	}
	all.Wait()
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly, 0)
	key, err := s.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]alipay.Config{"nothing": {}, "no app": {PrivateKey: s.private, AlipayPublicKey: key},
		"no private key": {AppID: appID, AlipayPublicKey: key}, "half a private key": {AppID: appID, PrivateKey: s.private[:200], AlipayPublicKey: key},
		"no public key": {AppID: appID, PrivateKey: s.private}, "keys exchanged": {AppID: appID, PrivateKey: key, AlipayPublicKey: s.private}} {
		if _, err := alipay.New(c); err == nil || strings.Contains(err.Error(), s.private[20:60]) || len(err.Error()) > 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAuthCode(f *testing.F) {
	for _, c := range []string{"", "x&grant_type=evil", "0123456789", "a+b", "%00%00%00%00", "\n01234567", strings.Repeat("a", 129)} {
		f.Add(c)
	}
	var asked []string
	s := play(f, simulator.OpenIDOnly, 0)
	key, err := s.PublicKey()
	if err != nil {
		f.Fatal(err)
	}
	app, err := alipay.New(alipay.Config{AppID: appID, PrivateKey: s.private, AlipayPublicKey: key, Transport: answering(func(r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.Form["code"]...)
	})})
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
