package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform"
	"healthcode/platform/vault"
)

// people is how many phones take turns, so that no figure is of one row.
const people = 200

// bench is the service with a few hundred residents, and a client of it.
type bench struct {
	db      *database
	base    string
	filler  string
	length  time.Duration
	store   *store.Store
	keys    *vault.Vault
	server  *http.Server
	client  *http.Client
	tokens  []string
	now     func() time.Time
	venue   models.Venue
	home    string
	homes   []string // of those who are seeded
	gate    models.Gate
	gateway models.Gate // of a station
}

// played logs anybody in whose code is their number: the figure is the service's
// own, not an upstream's.
type played struct{}

func (played) Identify(_ context.Context, code string) (platform.Identity, error) {
	return platform.Identity{Platform: platform.WeChat, AppID: "load", OpenID: code}, nil
}

var by = models.Operator("load")

func newBench(ctx context.Context, db *database) (*bench, error) {
	keys, err := vault.Ephemeral()
	if err != nil {
		return nil, err
	}
	b := &bench{db: db, keys: keys, filler: strings.Repeat("x", 180), client: &http.Client{Timeout: 10 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
	drift := time.Duration(0) // the limits count by this clock, which runs ahead of the load
	b.now = func() time.Time { drift += 50 * time.Millisecond; return time.Now().Add(drift) }
	if _, err := store.Migrate(ctx, db.dsn); err != nil {
		return nil, err
	}
	b.store, err = store.Open(ctx, store.Options{DSN: db.dsn, Vault: keys, Rules: rules.Default(), Forms: forms.Default(),
		Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	h, err := handlers.New(handlers.Options{Store: b.store, Identify: map[string]handlers.Identifier{platform.WeChat: played{}},
		Origin: "https://hc.example.cn", Zone: time.UTC, Now: b.now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Metrics: prometheus.NewRegistry()})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.server = &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go b.server.Serve(l) // until it is closed
	b.base = "http://" + l.Addr().String()
	return b, b.found(ctx)
}

func (b *bench) close() {
	_ = b.server.Close()
	_ = b.store.Close()
}

func words(s string) models.Text { return models.Text{models.Chinese: s, models.English: s} }

// found makes one community with a gate and a station; the residents come when they are needed.
func (b *bench) found(ctx context.Context) error {
	if err := b.store.AddJurisdiction(ctx, by, models.Jurisdiction{Code: "330110", Name: words("余杭区"), TimeZone: "Asia/Shanghai"}); err != nil {
		return err
	}
	var err error
	if b.home, err = b.store.AddCommunity(ctx, by, models.Community{Jurisdiction: "330110", Name: words("社区"), Phone: "0571-88880001"}); err != nil {
		return err
	}
	b.venue, err = b.store.AddVenue(ctx, by, models.Venue{Jurisdiction: "330110", CommunityID: b.home, Name: words("市场")})
	if err != nil {
		return err
	}
	station, err := b.store.AddVenue(ctx, by, models.Venue{Jurisdiction: "330110", CommunityID: b.home, Name: words("车站"), Kind: models.VenueStation})
	guard := models.Staff{ID: "load", Display: "load", Role: models.RoleGuard}
	b.gate, b.gateway = models.Gate{Staff: guard, Venue: b.venue}, models.Gate{Staff: guard, Venue: station}
	return err
}

// populate registers everybody, has a worker approve them, and lets them declare.
func (b *bench) populate(ctx context.Context) error {
	if len(b.tokens) > 0 {
		return nil
	}
	worker, err := b.worker(ctx)
	if err != nil {
		return err
	}
	for i := range people {
		token, err := b.store.SignIn(ctx, store.SignIn{Platform: platform.WeChat, AppID: "load", OpenID: fmt.Sprint("resident-", i)})
		if err != nil {
			return err
		}
		me, err := b.store.Account(ctx, token)
		if err != nil {
			return err
		}
		r, err := b.registration(i)
		if err != nil {
			return err
		}
		if err := b.store.Register(ctx, me, r); err != nil {
			return err
		}
		b.tokens = append(b.tokens, token)
	}
	return b.approve(ctx, worker)
}

func (b *bench) registration(i int) (models.Registration, error) {
	r := models.Registration{Community: b.home}
	var err error
	if r.Name, err = models.ParseName("张三"); err != nil {
		return r, err
	}
	if r.Phone, err = models.ParsePhone("13800138000"); err != nil {
		return r, err
	}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	r.Document, err = models.ParseDocument(models.DocumentPassport, fmt.Sprintf("E%08d", i), time.Now())
	return r, err
}

func (b *bench) worker(ctx context.Context) (models.Worker, error) {
	invitation, err := b.store.OperatorInvite(ctx, by, models.Staff{Role: models.RoleWorker, Display: "load", Jurisdiction: "330110", Communities: []string{b.home}})
	if err != nil {
		return models.Worker{}, err
	}
	factor, err := b.store.InvitationFactor(ctx, invitation)
	if err != nil {
		return models.Worker{}, err
	}
	code, err := totp.GenerateCode(factor.Secret, time.Now())
	if err != nil {
		return models.Worker{}, err
	}
	own, err := models.ParseDocument(models.DocumentPassport, "E99999999", time.Now())
	if err != nil {
		return models.Worker{}, err
	}
	const password = "load-load-load-worker"
	if err := b.store.Accept(ctx, store.Acceptance{Token: invitation, Username: "load", Password: password, Code: code, Document: own}); err != nil {
		return models.Worker{}, err
	}
	if code, err = totp.GenerateCode(factor.Secret, time.Now().Add(30*time.Second)); err != nil {
		return models.Worker{}, err
	}
	token, err := b.store.SignInStaff(ctx, store.StaffSignIn{Username: "load", Password: password, Code: code})
	if err != nil {
		return models.Worker{}, err
	}
	return b.store.Worker(ctx, token)
}

func (b *bench) approve(ctx context.Context, worker models.Worker) error {
	desk := b.store.For(worker)
	for {
		queue, err := desk.Queue(ctx, "")
		if err != nil || len(queue) == 0 {
			return err
		}
		for _, r := range queue {
			if err := desk.Claim(ctx, r.ID); err != nil {
				return err
			}
			if err := desk.Judge(ctx, r.ID, models.Judgement{Verdict: models.Approve}); err != nil {
				return err
			}
		}
	}
}
