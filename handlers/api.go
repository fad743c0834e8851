// Package handlers translates: a request into typed input, whoever sent it into
// a typed actor, a result into a response, and an error into words. It alone
// knows gin, and it decides nothing.
//
// Every handler takes its actor as an argument and returns an error. The route
// table in routes.go wraps it in the function that finds that actor, so a route
// that forgets who may use it does not compile.
package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/models/store"
	"healthcode/platform"
	"healthcode/platform/peer"
)

// Identifier exchanges a mini-program's login code for who has just logged in.
// platform/wechat and platform/alipay are the two.
type Identifier interface {
	Identify(ctx context.Context, code string) (platform.Identity, error)
}

// Options are what the handlers need. A platform that is not there cannot do it.
type Options struct {
	Store          *store.Store
	Identify       map[string]Identifier         // by platform
	Hosted         map[string]HostedIdentifier   // of plugins, by platform; none in most cities
	Phones         map[string]PhoneReader        // by platform
	Names          map[string]NameChecker        // by platform
	PageLogins     map[string]PageLogin          // by the last part of /enter/…
	PageConfig     PageSigner                    // nil without an official account
	Templates      map[string]Templates          // by platform
	Texts          map[string]TextChecker        // by platform
	Tellers        map[string]Teller             // by platform
	Notifications  map[string]NotificationReader // by platform
	Peers          *peer.Client                  // asks other installations; nil asks none
	Origin         string                        // "https://host" of the pages; posters and invitations point there
	Zone           *time.Location                // of the jurisdiction: what "a day" means
	Now            func() time.Time
	Log            *slog.Logger
	Metrics        prometheus.Registerer
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none by default
}

// api is what every handler shares.
type api struct {
	Options
	limits  *limiter
	metrics metrics
	photos  chan struct{} // a place for each that is being read
	origins *http.CrossOriginProtection
}

// New is the whole service as one handler.
func New(opts Options) (http.Handler, error) {
	a := &api{Options: opts, limits: newLimiter(opts.Now), metrics: newMetrics(opts.Metrics), photos: make(chan struct{}, photosAtOnce), origins: http.NewCrossOriginProtection()}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.ContextWithFallback = true
	proxies := make([]string, len(opts.TrustedProxies))
	for i, p := range opts.TrustedProxies {
		proxies[i] = p.String()
	}
	if err := engine.SetTrustedProxies(proxies); err != nil {
		return nil, err
	}
	engine.Use(a.observe, a.recover, a.secure, a.sameOrigin)
	a.mount(engine)
	return engine, nil
}
