package handlers_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform"
	"healthcode/platform/alipay"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/vault"
	"healthcode/platform/wechat"
	wechatsim "healthcode/platform/wechat/simulator"
)

const (
	journeyWeChatApp = "wx0123456789abcdef"
	journeyWeChatKey = "0123456789abcdef0123456789abcdef"
	journeyAlipayApp = "2021000000000001"
	journeyPassword  = "journey-of-a-thousand-li"
)

// journeyTown is a small town with the whole service in it: both apps played
// beside it, two venues, a worker, a guard and an administrator.
type journeyTown struct {
	*httptest.Server
	store     *store.Store
	wechat    *wechatsim.Simulator
	alipay    *alipaysim.Simulator
	ago       atomic.Int64 // how far the clock is behind while the town is founded
	down      atomic.Bool  // nothing answers
	community string
	venue     models.Venue
	secrets   map[string]string // second factors, by user name
}

func newJourneyTown(t *testing.T) *journeyTown {
	t.Helper()
	town := &journeyTown{secrets: map[string]string{}}
	town.ago.Store(int64(time.Hour))
	town.open(t)
	town.found(t)
	town.ago.Store(0)
	return town
}

func (town *journeyTown) now() time.Time { return time.Now().Add(-time.Duration(town.ago.Load())) }

// open starts the service on an empty database.
func (town *journeyTown) open(t *testing.T) {
	t.Helper()
	kek := journeyMust[[]byte](t)(vault.NewKey())
	keys := journeyMust[*vault.Vault](t)(vault.Create(filepath.Join(t.TempDir(), "keys.json"), kek))
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "town.db")
	if _, err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	town.store = journeyMust[*store.Store](t)(store.Open(t.Context(), store.Options{DSN: dsn, Vault: keys, Rules: rules.Default(),
		Forms: forms.Default(), Now: town.now, Log: quiet}))
	t.Cleanup(func() { _ = town.store.Close() })
	zone := journeyMust[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	var service http.Handler
	town.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if town.down.Load() {
			panic(http.ErrAbortHandler)
		}
		service.ServeHTTP(w, r)
	}))
	t.Cleanup(town.Close)
	service = journeyMust[http.Handler](t)(handlers.New(handlers.Options{Store: town.store, Identify: town.apps(t), Origin: town.URL,
		Zone: zone, Now: town.now, Log: quiet, Metrics: prometheus.NewRegistry()}))
}

// apps are the real adapters, talking to the two simulators.
func (town *journeyTown) apps(t *testing.T) map[string]handlers.Identifier {
	t.Helper()
	town.wechat = wechatsim.New(time.Now)
	town.wechat.AddApp(journeyWeChatApp, journeyWeChatKey)
	town.alipay = journeyMust[*alipaysim.Simulator](t)(alipaysim.New(time.Now))
	private, public, err := alipaysim.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	town.alipay.AddApp(journeyAlipayApp, public, alipaysim.OpenIDOnly)
	theirs := journeyMust[string](t)(town.alipay.PublicKey())
	we, err := wechat.New(wechat.Config{AppID: journeyWeChatApp, AppSecret: journeyWeChatKey, Transport: journeyPlayed{town.wechat}})
	if err != nil {
		t.Fatal(err)
	}
	ali, err := alipay.New(alipay.Config{AppID: journeyAlipayApp, PrivateKey: private, AlipayPublicKey: theirs, Transport: journeyPlayed{town.alipay}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]handlers.Identifier{platform.WeChat: we, platform.Alipay: ali}
}

// journeyPlayed answers every request by a handler, without a network.
type journeyPlayed struct{ http.Handler }

func (p journeyPlayed) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r.Clone(r.Context()))
	return w.Result(), nil
}

func (town *journeyTown) found(t *testing.T) {
	t.Helper()
	ctx, by := t.Context(), models.Operator("journey")
	words := func(zh, en string) models.Text { return models.Text{models.Chinese: zh, models.English: en} }
	for code, name := range map[string]models.Text{"330110": words("余杭区", "Yuhang District"), "420100": words("武汉市", "Wuhan")} {
		if err := town.store.AddJurisdiction(ctx, by, models.Jurisdiction{Code: code, Name: name, TimeZone: "Asia/Shanghai"}); err != nil {
			t.Fatal(err)
		}
	}
	town.community = journeyMust[string](t)(town.store.AddCommunity(ctx, by,
		models.Community{Jurisdiction: "330110", Name: words("良渚文化村社区", "Liangzhu Village"), Phone: "0571-88880001"}))
	for _, name := range []models.Text{words("良渚地铁站", "Liangzhu Metro Station"), words("良渚农贸市场", "Liangzhu Market")} {
		town.venue = journeyMust[models.Venue](t)(town.store.AddVenue(ctx, by,
			models.Venue{Jurisdiction: "330110", CommunityID: town.community, Name: name}))
	}
	for username, role := range map[string]models.Role{"guard": models.RoleGuard, "worker": models.RoleWorker, "admin": models.RoleAdministrator} {
		town.hire(t, username, models.Staff{Role: role, Display: username, Jurisdiction: "330110"})
	}
}

func (town *journeyTown) hire(t *testing.T, username string, in models.Staff) {
	t.Helper()
	ctx := t.Context()
	a := store.Acceptance{Username: username, Password: journeyPassword}
	if in.Role == models.RoleWorker {
		in.Communities = []string{town.community}
		a.Document = journeyMust[models.Document](t)(models.ParseDocument(models.DocumentResidentID, journeyDocument(999), town.now()))
	}
	a.Token = journeyMust[string](t)(town.store.Invite(ctx, models.Operator("journey"), in))
	factor := journeyMust[store.Factor](t)(town.store.InvitationFactor(ctx, a.Token))
	a.Code = journeyMust[string](t)(totp.GenerateCode(factor.Secret, town.now()))
	if err := town.store.Accept(ctx, a); err != nil {
		t.Fatal(err)
	}
	town.secrets[username] = factor.Secret
}

// vaccinate delivers a full course for the n-th sample document.
func (town *journeyTown) vaccinate(t *testing.T, n int, name string) {
	t.Helper()
	var doses []models.Vaccination
	for i := range 3 {
		doses = append(doses, models.Vaccination{
			Document: journeyMust[models.Document](t)(models.ParseDocument(models.DocumentResidentID, journeyDocument(n), town.now())),
			Name:     journeyMust[models.Name](t)(models.ParseName(name)), Product: "sinopharm-beijing", Batch: fmt.Sprint("B20210", i),
			Dose: i + 1, Date: time.Date(2021, time.Month(4+i), 12, 0, 0, 0, 0, time.UTC), Site: "良渚街道社区卫生服务中心"})
	}
	if added, err := town.store.ImportVaccinations(t.Context(), models.Operator("journey"), doses); err != nil || added != len(doses) {
		t.Fatalf("%d of %d doses came in: %v", added, len(doses), err)
	}
}

// journeyDocument is the n-th sample number of an identity card (GB 11643).
func journeyDocument(n int) string {
	digits := fmt.Sprintf("33011019800101%03d", n)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}

// login is what the app's own shell does: a code of the app for a ticket.
func (town *journeyTown) login(t *testing.T, ctx context.Context, app, user string) (ticket string) {
	t.Helper()
	code := town.wechat.Login
	id := journeyWeChatApp
	if app == platform.Alipay {
		code, id = town.alipay.Login, journeyAlipayApp
	}
	var out struct{ Ticket string }
	journeyPost(t, ctx, town.URL+"/v1/login", map[string]string{"platform": app, "code": code(id, user)}, &out)
	return out.Ticket
}
