package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"healthcode/config"
	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform/peer"
	"healthcode/platform/vault"
)

// opened is what commands work with.
type opened struct {
	config  config.Config
	store   *store.Store
	metrics *prometheus.Registry
	log     *slog.Logger
}

// open reads the settings, and then opens the key ring and the database.
func open(at surroundings) (*opened, error) {
	c, err := config.Load(at.lookup)
	if err != nil {
		return nil, err
	}
	keys, err := vault.Load(c.KeyRing, c.KeyRingKey)
	if err != nil {
		return nil, err
	}
	o := &opened{config: c, metrics: prometheus.NewRegistry(), log: slog.New(slog.NewJSONHandler(at.errs, nil))}
	alarms := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "healthcode_alarms_total",
		Help: "Things that somebody must look into, by kind."}, []string{"kind"})
	o.metrics.MustRegister(alarms, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	o.store, err = store.Open(at.ctx, store.Options{DSN: c.Database, Vault: keys, Rules: rules.Default(), Forms: forms.Default(),
		Now: time.Now, Log: o.log, Alarm: func(kind string) { alarms.WithLabelValues(kind).Inc() }, Messages: messages(c), JobShare: c.JobShare,
		Installation: models.Installation{Code: c.Installation, Vendor: c.Vendor, Numbers: c.ColourNumbers}})
	return o, err
}

// close lets go of the database. What fails then has no consequence.
func (o *opened) close() { _ = o.store.Close() }

type serveCommand struct{}

// Run serves until it is told to stop, and then lets what is under way end.
func (serveCommand) Run(at surroundings) error {
	o, err := open(at)
	if err != nil {
		return err
	}
	defer o.close()
	options, err := platforms(o.config, at.outside)
	if err != nil {
		return err
	}
	options.Store, options.Origin, options.Zone, options.Now = o.store, o.config.Origin, o.config.Zone, time.Now
	options.Log, options.Metrics, options.TrustedProxies = o.log, o.metrics, o.config.TrustedProxies
	options.Peers = peer.New(peer.Config{Now: time.Now})
	service, err := handlers.New(options)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // what compiling rules, forms and pages took is not needed again
	stop := o.beside(at.ctx, options)
	defer stop()
	metrics := http.NewServeMux()
	metrics.Handle("GET /metrics", promhttp.HandlerFor(o.metrics, promhttp.HandlerOpts{}))
	return serveAll(at.ctx, o.log, map[string]http.Handler{o.config.Listen: service, o.config.MetricsListen: metrics})
}

// beside does what goes on beside the service, until it is stopped: it follows what
// is published, does the jobs there are and sends messages, of which those on their
// way are seen to their end.
func (o *opened) beside(ctx context.Context, options handlers.Options) (stop func()) {
	ends := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "healthcode_messages_total",
		Help: "Messages through the apps, by what became of them; waiting is to be tried again."}, []string{"state"})
	o.metrics.MustRegister(ends)
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { o.store.Follow(ctx) })
	running.Go(func() { o.store.Work(ctx) })
	running.Go(func() { options.FollowPeers(ctx) })
	running.Go(func() {
		o.store.DeliverLoop(ctx, options.Senders(), func(state string, n int) { ends.WithLabelValues(state).Add(float64(n)) })
	})
	return func() { cancel(); running.Wait() }
}

// drain is how long requests that are under way have to end.
const drain = 15 * time.Second

// serveAll serves each handler on its address, until the context is done or one
// of them fails; then all of them end.
func serveAll(ctx context.Context, log *slog.Logger, all map[string]http.Handler) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var servers []*http.Server
	for address, handler := range all {
		l, err := net.Listen("tcp", address)
		if err != nil {
			cancel(err)
			break
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
			WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
		servers = append(servers, server)
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				cancel(err)
			}
		}()
		log.Info("serving", "address", l.Addr().String())
	}
	<-ctx.Done()
	log.Info("stopping")
	end, done := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer done()
	errs := []error{context.Cause(ctx)}
	for _, s := range servers {
		errs = append(errs, s.Shutdown(end))
	}
	if errors.Is(errs[0], context.Canceled) { // told to stop: that is no failure
		errs[0] = nil
	}
	return errors.Join(errs...)
}
