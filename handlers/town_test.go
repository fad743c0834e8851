package handlers_test

import (
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform"
	"healthcode/platform/alipay"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/peer"
	"healthcode/platform/vault"
	"healthcode/platform/wechat"
	wechatsim "healthcode/platform/wechat/simulator"
)

const (
	wechatApp       = "wx0123456789abcdef"
	wechatKey       = "0123456789abcdef0123456789abcdef"
	officialAccount = "wxfedcba9876543210"
	alipayApp       = "2021000000000001"
	password        = "journey-of-a-thousand-li"
)

var schema = storetest.Schema{Migrate: store.Migrate, Grants: store.Grants}

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a small place with the whole service in it, and both apps played
// beside it: two communities, two venues and their staff.
type town struct {
	db     storetest.DB
	keys   *vault.Vault
	now    func() time.Time
	log    *slog.Logger
	origin string
	way    func(http.Handler) http.RoundTripper // how the adapters reach a simulator
	wait   time.Duration                        // how long they do

	store   *store.Store
	service http.Handler
	metrics *prometheus.Registry
	wechat  *wechatsim.Simulator
	alipay  *alipaysim.Simulator
	apps    handlers.Options // what is asked of the platforms, and nothing else

	installation models.Installation // as others know it; most towns are on their own
	peers        http.RoundTripper   // the way to the others
	options      handlers.Options    // what the service was made of, where there are others

	host string // a mini-program that has our Alipay plugin in it

	community string // where the worker is
	venue     models.Venue
	secrets   map[string]string // second factors, by user name
}

// must ends the test at an error, and is the value otherwise.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// newTown is an open service in a place that nobody has been to yet. The store
// is closed when the test ends.
func newTown(t testing.TB, db storetest.DB, now func() time.Time) *town {
	t.Helper()
	town := &town{db: db, keys: must[*vault.Vault](t)(vault.Ephemeral()), now: now, log: slog.New(slog.DiscardHandler),
		origin: "https://hc.example.cn", way: func(h http.Handler) http.RoundTripper { return played{h} }, secrets: map[string]string{}}
	t.Cleanup(func() { _ = town.store.Close() })
	return town
}

// open starts the service. What it holds in memory is new; what is in the
// database is as it was.
func (town *town) open(t testing.TB) {
	t.Helper()
	town.store = must[*store.Store](t)(store.Open(t.Context(), store.Options{DSN: town.db.DSN, Vault: town.keys, Rules: rules.Default(),
		Forms: forms.Default(), Now: town.now, Log: town.log, Installation: town.installation,
		Messages: map[string]map[models.NoticeKind]string{platform.WeChat: {models.NoticeColour: "template-of-results"},
			platform.Alipay: {models.NoticeColour: "template-of-colours", models.NoticeReview: "template-of-reviews"}}}))
	if town.apps.Identify == nil {
		town.play(t)
	}
	town.serve(t)
}

// serve makes the handler anew, and with it everybody's allowances.
func (town *town) serve(t testing.TB) {
	t.Helper()
	town.metrics = prometheus.NewRegistry()
	o := town.apps
	o.Store, o.Origin, o.Now, o.Log, o.Metrics = town.store, town.origin, town.now, town.log, town.metrics
	o.Zone = must[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	if town.peers != nil {
		o.Peers = peer.New(peer.Config{Now: town.now, Transport: town.peers})
		town.options = o
	}
	town.service = must[http.Handler](t)(handlers.New(o))
}

// appKey is one for the apps of all towns: making keys takes long.
var appKey = sync.OnceValues(func() (string, *rsa.PublicKey) {
	private, public, err := alipaysim.NewAppKey()
	if err != nil {
		panic(err)
	}
	return private, public
})

// play makes the real adapters, talking to the two simulators.
func (town *town) play(t testing.TB) {
	t.Helper()
	town.wechat = wechatsim.New(time.Now)
	town.wechat.AddApp(wechatApp, wechatKey)
	town.wechat.AddPages(wechatApp, "pages/index/index")
	town.wechat.AddTemplate(wechatApp, "template-of-results", true, "thing1", "time2", "thing3")
	town.alipay = must[*alipaysim.Simulator](t)(alipaysim.New(time.Now))
	private, public := appKey()
	town.alipay.AddApp(alipayApp, public, alipaysim.OpenIDOnly)
	town.alipay.AddTemplate(alipayApp, "template-of-colours", 3, false)
	town.alipay.AddTemplate(alipayApp, "template-of-reviews", 3, false)
	theirs := must[string](t)(town.alipay.PublicKey())
	config := alipay.Config{AppID: alipayApp, PrivateKey: private, AlipayPublicKey: theirs, EncryptKey: town.alipay.EncryptKey(alipayApp),
		Transport: town.way(town.alipay), Timeout: town.wait}
	town.host = "2021000000000099"
	town.alipay.AddApp(town.host, public, alipaysim.OpenIDOnly)
	plugin := must[*alipay.Plugin](t)(alipay.NewPlugin(alipay.PluginConfig{Config: config, Hosts: map[string]string{town.host: town.alipay.Authorize(town.host, alipayApp)}}))
	we := must[*wechat.App](t)(wechat.New(wechat.Config{AppID: wechatApp, AppSecret: wechatKey, Transport: town.way(town.wechat), Timeout: town.wait}))
	town.wechat.AddOfficialAccount(officialAccount, wechatKey)
	official := must[*wechat.OfficialAccount](t)(wechat.NewOfficialAccount(wechat.Config{AppID: officialAccount, AppSecret: wechatKey, Now: time.Now,
		Transport: town.way(town.wechat), Timeout: town.wait}))
	ali := must[*alipay.App](t)(alipay.New(config))
	town.apps = handlers.Options{
		Identify:      map[string]handlers.Identifier{platform.WeChat: we, platform.Alipay: ali},
		Hosted:        map[string]handlers.HostedIdentifier{platform.AlipayPlugin: plugin},
		Phones:        map[string]handlers.PhoneReader{platform.WeChat: we, platform.Alipay: ali},
		Names:         map[string]handlers.NameChecker{platform.WeChat: we, platform.Alipay: ali},
		Texts:         map[string]handlers.TextChecker{platform.WeChat: we},
		Notifications: map[string]handlers.NotificationReader{platform.Alipay: ali},
		PageLogins:    map[string]handlers.PageLogin{"wechat": wechat.PageLogin{Account: official, Redirect: town.origin + "/enter/wechat/back"}},
		PageConfig:    official,
		Tellers:       map[string]handlers.Teller{platform.WeChat: we, platform.Alipay: ali},
		Templates: map[string]handlers.Templates{platform.WeChat: {IDs: []string{"template-of-results"}, ForGood: true},
			platform.Alipay: {IDs: []string{"template-of-colours", "template-of-reviews"}}},
	}
}

// played answers every request by a handler, without a network.
type played struct{ http.Handler }

// RoundTrip fails where a network would: the caller has gone, or the handler
// closes the connection.
func (p played) RoundTrip(r *http.Request) (response *http.Response, err error) {
	defer func() {
		switch thrown := recover(); thrown {
		case nil:
		case http.ErrAbortHandler:
			err = io.ErrUnexpectedEOF
		default:
			panic(thrown)
		}
	}()
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	if r.Body == nil { // which a server's request never is
		r.Body = http.NoBody
	}
	p.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

var operator = models.Operator("town")

func words(zh, en string) models.Text {
	return models.Text{models.Chinese: zh, models.English: en}
}

// found builds the town and hires a guard, a worker and an administrator.
func (town *town) found(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	for code, name := range map[string]models.Text{"330110": words("余杭区", "Yuhang District"), "420100": words("武汉市", "Wuhan")} {
		if err := town.store.AddJurisdiction(ctx, operator, models.Jurisdiction{Code: code, Name: name, TimeZone: "Asia/Shanghai"}); err != nil {
			t.Fatal(err)
		}
	}
	town.community = must[string](t)(town.store.AddCommunity(ctx, operator,
		models.Community{Jurisdiction: "330110", Name: words("良渚文化村社区", "Liangzhu Village"), Phone: "0571-88880001"}))
	for _, name := range []models.Text{words("良渚地铁站", "Liangzhu Metro Station"), words("良渚农贸市场", "Liangzhu Market")} {
		town.venue = must[models.Venue](t)(town.store.AddVenue(ctx, operator,
			models.Venue{Jurisdiction: "330110", CommunityID: town.community, Name: name}))
	}
	for username, role := range map[string]models.Role{"guard": models.RoleGuard, "worker": models.RoleWorker, "admin": models.RoleAdministrator} {
		town.hire(t, username, models.Staff{Role: role, Jurisdiction: "330110"}, 999)
	}
}

// hire makes a member of staff; whoever judges is the n-th sample person.
func (town *town) hire(t testing.TB, username string, in models.Staff, n int) {
	t.Helper()
	ctx := t.Context()
	a := store.Acceptance{Username: username, Password: password}
	in.Display = username
	if in.Role == models.RoleWorker && in.Communities == nil {
		in.Communities = []string{town.community}
	}
	if in.Role.Judges() {
		a.Document = must[models.Document](t)(models.ParseDocument(models.DocumentResidentID, documentNumber(n), town.now()))
	}
	a.Token = must[string](t)(town.store.OperatorInvite(ctx, operator, in))
	factor := must[store.Factor](t)(town.store.InvitationFactor(ctx, a.Token))
	a.Code = must[string](t)(totp.GenerateCode(factor.Secret, town.now()))
	if err := town.store.Accept(ctx, a); err != nil {
		t.Fatal(err)
	}
	town.secrets[username] = factor.Secret
}

// vaccinate delivers a full course for the n-th sample person.
func (town *town) vaccinate(t testing.TB, n int, name string) {
	t.Helper()
	var doses []models.Vaccination
	for i := range 3 {
		doses = append(doses, models.Vaccination{
			Document: must[models.Document](t)(models.ParseDocument(models.DocumentResidentID, documentNumber(n), town.now())),
			Name:     must[models.Name](t)(models.ParseName(name)), Product: "sinopharm-beijing", Batch: fmt.Sprint("B20210", i),
			Dose: i + 1, Date: time.Date(2021, time.Month(4+i), 12, 0, 0, 0, 0, time.UTC), Site: "良渚街道社区卫生服务中心"})
	}
	if added, err := town.store.ImportVaccinations(t.Context(), operator, doses); err != nil || added != len(doses) {
		t.Fatalf("%d of %d doses came in: %v", added, len(doses), err)
	}
}

// documentNumber is the n-th sample person's number of an identity card.
func documentNumber(n int) string { return completed(fmt.Sprintf("33011019800101%03d", n)) }

// completed is a number of an identity card with the check digit that fits (GB 11643).
func completed(digits string) string {
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}

// code is a new login code of the app for that user of it.
func (town *town) code(app, user string) string {
	if app == platform.Alipay {
		return town.alipay.Login(alipayApp, user)
	}
	return town.wechat.Login(wechatApp, user)
}
