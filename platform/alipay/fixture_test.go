package alipay_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

const (
	appID    = "2021000000000001"
	strange  = "2021000000000002" // another maker's app
	pluginID = "2021000000000003"
	hostID   = "2021000000000004"
)

// logged is everything that was logged while the tests ran, by anybody; secrets
// are what must not be in it, nor in any error.
var logged struct {
	sync.Mutex
	bytes.Buffer
	secrets map[string]bool
}

type logWriter struct{}

func (logWriter) Write(b []byte) (int, error) {
	logged.Lock()
	defer logged.Unlock()
	return logged.Buffer.Write(b)
}

// keep makes texts secret from now on.
func keep(secrets ...string) {
	logged.Lock()
	defer logged.Unlock()
	if logged.secrets == nil {
		logged.secrets = map[string]bool{"authusrB": true, "forged": true, "Forged": true}
	}
	for _, s := range secrets {
		logged.secrets[s] = true
	}
}

// leak is a secret that stands in the text, "" for none.
func leak(text string) string {
	logged.Lock()
	defer logged.Unlock()
	for s := range logged.secrets {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

func TestMain(m *testing.M) {
	log.SetOutput(logWriter{})
	slog.SetDefault(slog.New(slog.NewTextHandler(logWriter{}, &slog.HandlerOptions{Level: slog.LevelDebug})))
	code := m.Run()
	if leak(logged.String()) != "" {
		fmt.Fprintln(os.Stderr, "a secret was logged")
		code = 1
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

// mode is how an app and Alipay know each other.
type mode struct {
	gives       simulator.Identifiers
	certificate bool
	cipher      bool
}

func (m mode) String() string {
	name := map[bool]string{false: "public key", true: "certificate"}[m.certificate]
	return name + map[bool]string{false: ", plain", true: ", AES"}[m.cipher]
}

// modes are all there are.
var modes = []mode{{}, {cipher: true}, {certificate: true}, {certificate: true, cipher: true}}

// stage is a played Alipay, the adapter of one of its apps, and that of a plugin
// which one host has let in.
type stage struct {
	*simulator.Simulator
	app    *alipay.App
	hasty  *alipay.App // with hardly any patience
	plugin *alipay.Plugin
	rushed *alipay.Plugin
	config alipay.Config
	route  *route
	now    *atomic.Int64
}

// appKeys are one for all apps and all tests: making one takes long.
var appKeys = sync.OnceValues(func() (pair struct {
	private string
	public  *rsa.PublicKey
}, err error) {
	pair.private, pair.public, err = simulator.NewAppKey()
	return pair, err
})

func play(t testing.TB, m mode) *stage {
	t.Helper()
	s := &stage{now: new(atomic.Int64)}
	s.now.Store(time.Now().UnixNano()) // the SDK has a clock of its own
	var err error
	s.Simulator, err = simulator.New(func() time.Time { return time.Unix(0, s.now.Load()) })
	pair, err2 := appKeys()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{appID, strange, pluginID, hostID} {
		s.AddApp(id, pair.public, m.gives)
	}
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(logWriter{}, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.route = &route{to: to, via: server.Client().Transport}
	keep(pair.private[:60], pair.private[100:140], pair.private[len(pair.private)-60:])
	s.config = s.configure(t, appID, pair.private, m)
	s.app = adapter(t, s.config)
	plugin := alipay.PluginConfig{Config: s.configure(t, pluginID, pair.private, m), Hosts: map[string]string{hostID: s.Authorize(hostID, pluginID)}}
	keep(plugin.Hosts[hostID])
	if s.plugin, err = alipay.NewPlugin(plugin); err != nil {
		t.Fatal(err)
	}
	short := s.config
	short.Timeout, plugin.Timeout = 50*time.Millisecond, 50*time.Millisecond
	s.hasty = adapter(t, short)
	if s.rushed, err = alipay.NewPlugin(plugin); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) configure(t testing.TB, id, private string, m mode) alipay.Config {
	t.Helper()
	c := alipay.Config{AppID: id, PrivateKey: private, Transport: s.route}
	if m.certificate {
		c.AppCertificate, c.RootCertificate, c.AlipayCertificate = s.Certify(id), s.RootCertificate(), s.AlipayCertificate()
	} else {
		var err error
		if c.AlipayPublicKey, err = s.PublicKey(); err != nil {
			t.Fatal(err)
		}
	}
	if m.cipher {
		c.EncryptKey = s.EncryptKey(id)
		keep(c.EncryptKey)
	}
	return c
}

func adapter(t testing.TB, c alipay.Config) *alipay.App {
	t.Helper()
	app, err := alipay.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// reason is the reason of a refusal, "" for none. An error of another sort, and
// one that tells a secret, fails the test.
func reason(t testing.TB, err error) models.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *models.Problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is no Problem", err)
	}
	slog.Error("refused", "err", err, "problem", p)
	for _, printed := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprint(p.Unwrap()), fmt.Sprintf("%#v", p.Unwrap())} {
		if s := leak(printed); s != "" {
			t.Errorf("the error tells %s...", s[:min(4, len(s))])
		}
	}
	return p.Reason
}

// login is a fresh code, which is a secret.
func (s *stage) login(user string) string {
	code := s.Login(appID, user)
	keep(code)
	return code
}

// questions is how many questions a function asks.
func (s *stage) questions(do func()) int {
	before := s.route.asked.Load()
	do()
	return int(s.route.asked.Load() - before)
}

// methods are those that were called in the app's name since then.
func (s *stage) since(id string, n int) []string { return slices.Clone(s.Asked(id)[n:]) }
