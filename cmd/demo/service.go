package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform"
	"healthcode/platform/alipay"
	"healthcode/platform/peer"
	"healthcode/platform/vault"
	"healthcode/platform/wechat"
)

// serviceEnv names the file with the service's order, in the process that is the
// service.
const serviceEnv = "HEALTHCODE_DEMO_SERVICE"

// order is what the service is told. It is the demo's counterpart of config,
// which has no way to name a simulator.
type order struct {
	Listen     string
	Origin     string
	Database   string
	KeyRing    string
	KeyRingKey string // base64

	Installation string // its code among others
	Vendor       string
	Numbers      map[models.Colour]string // what it calls the colours to them

	WeChat           string // where WeChat is played
	Alipay           string // where Alipay is played
	AlipayPrivateKey string
	AlipayPublicKey  string
	AlipayEncryptKey string
}

func (o order) vault() (*vault.Vault, error) {
	kek, err := base64.StdEncoding.DecodeString(o.KeyRingKey)
	if err != nil {
		return nil, err
	}
	return vault.Load(o.KeyRing, kek)
}

// adapters are the real ones; only the network under them is played.
func (o order) adapters() (handlers.Options, error) {
	we, err := wechat.New(wechat.Config{AppID: wechatApp, AppSecret: wechatSecret, Now: time.Now, Transport: detour(o.WeChat)})
	if err != nil {
		return handlers.Options{}, err
	}
	ali, err := alipay.New(alipay.Config{AppID: alipayApp, PrivateKey: o.AlipayPrivateKey, AlipayPublicKey: o.AlipayPublicKey,
		EncryptKey: o.AlipayEncryptKey, Transport: detour(o.Alipay)})
	return handlers.Options{
		Identify:      map[string]handlers.Identifier{platform.WeChat: we, platform.Alipay: ali},
		Phones:        map[string]handlers.PhoneReader{platform.WeChat: we, platform.Alipay: ali},
		Names:         map[string]handlers.NameChecker{platform.WeChat: we, platform.Alipay: ali},
		Texts:         map[string]handlers.TextChecker{platform.WeChat: we},
		Notifications: map[string]handlers.NotificationReader{platform.Alipay: ali},
	}, err
}

// detour sends every request to that address, whatever host it names.
type detour string

func (to detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", string(to)
	return loopback.RoundTrip(r)
}

var loopback = &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}

// serve is the service: the same handlers, store and adapters as in production.
func serve(ctx context.Context, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	keys, err := o.vault()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	s, err := store.Open(ctx, store.Options{DSN: o.Database, Vault: keys, Rules: rules.Default(), Forms: forms.Default(), Now: time.Now, Log: log,
		Installation: models.Installation{Code: o.Installation, Vendor: o.Vendor, Numbers: o.Numbers}})
	if err != nil {
		return err
	}
	defer s.Close()
	options, err := o.adapters()
	if err != nil {
		return err
	}
	options.Store, options.Origin, options.Zone, options.Now = s, o.Origin, shanghai, time.Now
	options.Log, options.Metrics = log, prometheus.NewRegistry()
	options.Peers = peer.New(peer.Config{Now: time.Now, Transport: loopback})
	h, err := handlers.New(options)
	if err != nil {
		return err
	}
	ctx = whileHeld(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { s.Follow(ctx) })
	beside.Go(func() { s.Work(ctx) })
	beside.Go(func() { options.FollowPeers(ctx) })
	beside.Go(func() { s.DeliverLoop(ctx, options.Senders(), func(string, int) {}) })
	defer beside.Wait() // before the store is closed
	return listenAndServe(ctx, o.Listen, h)
}

func listenAndServe(ctx context.Context, addr string, h http.Handler) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// whileHeld is done when the demo lets go of the service's standard input, which
// it also does when it is killed itself.
func whileHeld(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until its end
		cancel()
	}()
	return ctx
}
