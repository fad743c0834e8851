package miniprogram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/vault"
	wechatsim "healthcode/platform/wechat/simulator"
)

const password = "journey-of-a-thousand-li"

// tripForm has the types of field that the forms of every town lack.
const tripForm = `
id: trip
version: 1
title: {zh: 抵达申报, en: Arrival}
fields:
  - {id: day, type: date, label: {zh: 抵达日期, en: Day}, required: true, window: 14}
  - {id: origin, type: place, label: {zh: 出发地, en: From}, required: true}
  - id: by
    type: choice
    label: {zh: 交通工具, en: By}
    required: true
    options: [{code: train, label: {zh: 火车, en: Train}}, {code: car, label: {zh: 汽车, en: Car}}]
  - {id: number, type: text, label: {zh: 车次, en: Number}, when: {field: by, is: [train]}, required: true, max_length: 20}
`

var schema = storetest.Schema{Migrate: store.Migrate, Grants: store.Grants}

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a place with the whole service in it, both apps played beside it, and
// the phones of this package's tests.
type town struct {
	*httptest.Server
	ctx       context.Context // the test's
	store     *store.Store
	wechat    *wechatsim.Simulator
	alipay    *alipaysim.Simulator
	ago       atomic.Int64 // how far the clock is behind while the town is founded
	down      atomic.Bool  // the service does nothing
	mute      atomic.Bool  // the service does what it is asked, and no answer arrives
	numbers   atomic.Int64 // phone numbers that the apps handed out
	community string
	venue     models.Venue
	desk      store.Desk // the worker's
	service   http.Handler
	gate      string            // the guard's session
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

func (town *town) now() time.Time { return time.Now().Add(-time.Duration(town.ago.Load())) }

// newTown founds a town whose phones run what is in the folders, by name.
func newTown(t *testing.T, folders map[string]string) *town {
	t.Helper()
	town := &town{ctx: t.Context(), secrets: map[string]string{}}
	town.ago.Store(int64(time.Hour)) // so that the staff's first codes are not used up
	keys := must[*vault.Vault](t)(vault.Ephemeral())
	log := slog.New(slog.DiscardHandler)
	town.store = must[*store.Store](t)(store.Open(t.Context(), store.Options{DSN: schema.Any(t).DSN, Vault: keys,
		Rules: rules.Default(), Forms: append(forms.Default(), must[*forms.File](t)(forms.Parse([]byte(tripForm)))), Now: town.now, Log: log}))
	t.Cleanup(func() { _ = town.store.Close() })
	town.Server = httptest.NewUnstartedServer(town.network(folders))
	town.Start()
	t.Cleanup(town.Close)
	options := town.play(t)
	options.Store, options.Origin, options.Now, options.Log, options.Metrics = town.store, town.URL, town.now, log, prometheus.NewRegistry()
	options.Zone = must[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	town.service = must[http.Handler](t)(handlers.New(options))
	town.found(t)
	town.ago.Store(0)
	town.desk = town.store.For(must[models.Worker](t)(town.store.Worker(t.Context(), town.signIn(t, "worker"))))
	return town
}

var operator = models.Operator("town")

func words(zh, en string) models.Text { return models.Text{models.Chinese: zh, models.English: en} }

// found builds the town and hires a worker and a guard.
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
	town.venue = must[models.Venue](t)(town.store.AddVenue(ctx, operator,
		models.Venue{Jurisdiction: "330110", CommunityID: town.community, Name: words("良渚地铁站", "Liangzhu Metro Station")}))
	for username, role := range map[string]models.Role{"guard": models.RoleGuard, "worker": models.RoleWorker} {
		town.hire(t, username, role)
	}
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

// resident registers the n-th sample person as a user of the app, and has it
// approved. It returns a session of theirs.
func (town *town) resident(t testing.TB, app, user string, n int, name string) (token string) {
	t.Helper()
	code := town.wechat.Login(wechatApp, user)
	if app == platform.Alipay {
		code = town.alipay.Login(alipayApp, user)
	}
	token = fmt.Sprint(town.post(t, "", "/v1/login", map[string]any{"platform": app, "code": code})["token"])
	town.post(t, token, "/v1/registration", map[string]any{"name": name, "phone": phoneNumber, "community": town.community,
		"document": map[string]string{"type": "resident_id", "number": documentNumber(n)},
		"consents": []map[string]any{{"purpose": "code", "version": 1}, {"purpose": "visits", "version": 1}, {"purpose": "records", "version": 1}}})
	if err := town.approve(models.ReviewRegistration); err != nil {
		t.Fatal(err)
	}
	return token
}

// post asks the service for something that is granted.
func (town *town) post(t testing.TB, token, path string, in any) (out map[string]any) {
	t.Helper()
	body := must[[]byte](t)(json.Marshal(in))
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodPost, town.URL+path, bytes.NewReader(body)))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer := must[*http.Response](t)(http.DefaultClient.Do(r))
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s: %s %v %v", path, answer.Status, out, err)
	}
	return out
}

// scan is what the guard's device asks the service about a pass.
func (town *town) scan(t testing.TB, pass string) map[string]any {
	t.Helper()
	if town.gate == "" {
		town.gate = town.signIn(t, "guard")
		town.post(t, town.gate, "/v1/gate", map[string]string{"venue": town.venue.ID})
	}
	return town.post(t, town.gate, "/v1/scans", map[string]string{"id": ulid.Make().String(), "pass": pass})
}

// documentNumber is the n-th sample person's number of an identity card (GB 11643).
func documentNumber(n int) string {
	digits := fmt.Sprintf("33011019800101%03d", n)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}
