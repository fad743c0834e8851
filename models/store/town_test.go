package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform/vault"
)

var schema = storetest.Schema{Migrate: store.Migrate, Grants: store.Grants}

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a store with a small place in it.
type town struct {
	*store.Store
	t     testing.TB
	ctx   context.Context
	db    storetest.DB
	clock *storetest.Clock
	keys  *vault.Vault
	near  string // a community
	far   string // another
	venue models.Venue

	hiring *models.Document // the document of whoever is hired next; nil for any
	mu     sync.Mutex
	alarms []string
	people int
}

// noon is when every test begins.
var noon = time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)

var operator = models.Operator("test")

func newTown(t testing.TB, db storetest.DB) *town {
	t.Helper()
	keys, err := vault.Ephemeral()
	must(t, err)
	w := &town{t: t, ctx: context.Background(), db: db, clock: storetest.NewClock(noon), keys: keys}
	w.Store, err = store.Open(w.ctx, store.Options{DSN: db.DSN, Vault: keys, Rules: rules.Default(), Forms: forms.Default(),
		Now: w.clock.Now, Log: slog.New(slog.DiscardHandler), Alarm: w.alarm})
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })
	for code, parent := range map[string]string{"330000": "", "330100": "330000", "330110": "330100", "420100": ""} {
		must(t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: code, Parent: parent, Name: words(code), TimeZone: "Asia/Shanghai"}))
	}
	w.near, err = w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "330110", Name: words("near"), Phone: "0571-88880001"})
	must(t, err)
	w.far, err = w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "330110", Name: words("far"), Phone: "0571-88880002"})
	must(t, err)
	w.venue, err = w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: w.near, Name: words("market")})
	must(t, err)
	return w
}

func (w *town) alarm(kind string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alarms = append(w.alarms, kind)
}

func (w *town) alarmed() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.alarms...)
}

func words(s string) models.Text { return models.Text{models.Chinese: s, models.English: s} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails unless the error is the refusal for that reason.
func refused(t testing.TB, err error, want models.Reason) {
	t.Helper()
	p, ok := asProblem(err)
	if !ok || p.Reason != want {
		t.Fatalf("got %v, want the refusal %s", err, want)
	}
}

// changesNothing fails if f changes any table.
func (w *town) changesNothing(f func()) {
	w.t.Helper()
	w.changesNothingBut(nil, f)
}

// changesNothingBut fails unless f changes just those tables.
func (w *town) changesNothingBut(tables []string, f func()) {
	w.t.Helper()
	before := storetest.Dump(w.t, w.db)
	f()
	if changed := storetest.Changed(before, storetest.Dump(w.t, w.db)); !slices.Equal(changed, tables) {
		w.t.Errorf("changed %v, want %v", changed, tables)
	}
}

// document makes a valid number nobody else in the test has.
func (w *town) document() models.Document {
	w.t.Helper()
	w.people++
	return idNumber(w.t, fmt.Sprintf("33011019900101%03d", w.people))
}

// idNumber completes seventeen digits with their check digit (GB 11643).
func idNumber(t testing.TB, digits string) models.Document {
	t.Helper()
	for _, check := range "0123456789X" {
		if d, err := models.ParseDocument(models.DocumentResidentID, digits+string(check), noon); err == nil {
			return d
		}
	}
	t.Fatalf("no check digit completes %d digits", len(digits))
	return models.Document{}
}

func (w *town) name(s string) models.Name {
	w.t.Helper()
	n, err := models.ParseName(s)
	must(w.t, err)
	return n
}

// account signs somebody in for the first time.
func (w *town) account(platform string) (models.Account, string) {
	w.t.Helper()
	w.people++
	token, err := w.SignIn(w.ctx, store.SignIn{Platform: platform, AppID: "app", OpenID: fmt.Sprint("open", w.people), Device: "phone"})
	must(w.t, err)
	me, err := w.Channel(w.ctx, token)
	must(w.t, err)
	return me, token
}

func (w *town) registration(d models.Document) models.Registration {
	w.t.Helper()
	phone, err := models.ParsePhone("13800138000")
	must(w.t, err)
	r := models.Registration{Name: w.name("张三"), Document: d, Phone: phone, Community: w.near}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	return r
}

// registered is a resident whose document nobody has checked yet.
func (w *town) registered(d models.Document) (models.Resident, string) {
	w.t.Helper()
	me, token := w.account("wechat")
	must(w.t, w.Register(w.ctx, me, w.registration(d)))
	return w.resident(token), token
}

func (w *town) resident(token string) models.Resident {
	w.t.Helper()
	me, err := w.Resident(w.ctx, token)
	must(w.t, err)
	return me
}

// verified is a resident whose document a worker has checked.
func (w *town) verified() (models.Resident, string) {
	w.t.Helper()
	_, token := w.registered(w.document())
	w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
	return w.resident(token), token
}

// judge claims and judges everything that waits at the worker's desk.
func (w *town) judge(by models.Worker, j models.Judgement) {
	w.t.Helper()
	desk := w.For(by)
	queue, err := desk.Queue(w.ctx, "")
	must(w.t, err)
	for _, r := range queue {
		must(w.t, desk.Claim(w.ctx, r.ID))
		must(w.t, desk.Judge(w.ctx, r.ID, j))
	}
}

const password = "correct horse battery"

// hire invites a member of staff, accepts for them and signs them in.
func (w *town) hire(in models.Staff) string {
	w.t.Helper()
	w.people++
	if in.Display = "staff"; in.Jurisdiction == "" {
		in.Jurisdiction = "330110"
	}
	invitation, err := w.OperatorInvite(w.ctx, operator, in)
	must(w.t, err)
	factor, err := w.InvitationFactor(w.ctx, invitation)
	must(w.t, err)
	username := fmt.Sprint("staff", w.people)
	must(w.t, w.Accept(w.ctx, store.Acceptance{Token: invitation, Username: username, Password: password,
		Code: w.code(factor.Secret), Document: w.hired()}))
	w.clock.Advance(time.Minute)
	token, err := w.SignInStaff(w.ctx, store.StaffSignIn{Username: username, Password: password, Code: w.code(factor.Secret)})
	must(w.t, err)
	return token
}

func (w *town) code(secret string) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.clock.Now())
	must(w.t, err)
	return code
}

func (w *town) worker(communities ...string) models.Worker {
	w.t.Helper()
	by, err := w.Worker(w.ctx, w.hire(models.Staff{Role: models.RoleWorker, Communities: communities}))
	must(w.t, err)
	return by
}

func (w *town) lead(place string) models.Lead {
	w.t.Helper()
	by, err := w.Lead(w.ctx, w.hire(models.Staff{Role: models.RoleLead, Jurisdiction: place}))
	must(w.t, err)
	return by
}

func (w *town) epidemiologist(place string) models.Epidemiologist {
	w.t.Helper()
	by, err := w.Epidemiologist(w.ctx, w.hire(models.Staff{Role: models.RoleEpidemiologist, Jurisdiction: place}))
	must(w.t, err)
	return by
}

func (w *town) auditor(place string) models.Auditor {
	w.t.Helper()
	by, err := w.Auditor(w.ctx, w.hire(models.Staff{Role: models.RoleAuditor, Jurisdiction: place}))
	must(w.t, err)
	return by
}

// list has two epidemiologists of the province list a place.
func (w *town) list(l models.Listing) {
	w.t.Helper()
	_, err := w.List(w.ctx, w.epidemiologist("330000"), l, "the list of the day")
	must(w.t, err)
	w.agree(w.epidemiologist("330000").Staff)
	w.work()
}

// agree agrees to everything that the member of staff may agree to.
func (w *town) agree(by models.Staff) {
	w.t.Helper()
	list, err := w.Proposals(w.ctx, models.Proposer{Staff: by})
	must(w.t, err)
	for _, p := range list {
		if p.State == models.ProposalOpen && p.EnteredBy != by.ID {
			must(w.t, w.Agree(w.ctx, models.Proposer{Staff: by}, p.ID, ""))
		}
	}
}

func (w *town) gate() models.Gate {
	w.t.Helper()
	at, err := w.Gate(w.ctx, w.hire(models.Staff{Role: models.RoleGuard, VenueID: w.venue.ID}))
	must(w.t, err)
	return at
}

func (w *town) ulid() string {
	return ulid.MustNew(ulid.Timestamp(w.clock.Now()), ulid.DefaultEntropy()).String()
}

// declare answers the health form; facts are what follows from the answers.
func (w *town) declare(me models.Resident, facts ...models.Fact) store.Declared {
	w.t.Helper()
	w.people++
	for i := range facts {
		facts[i].At = w.clock.Now()
	}
	out, err := w.Declare(w.ctx, me, store.Key{Value: fmt.Sprint("key", w.people), Body: []byte("body")},
		models.Declaration{Form: "health", Version: 1, Answers: []byte(`{}`), Facts: facts, Review: len(facts) > 0})
	must(w.t, err)
	return out
}

func (w *town) colour(me models.Resident) models.Colour {
	w.t.Helper()
	s, err := w.Standing(w.ctx, me.ID)
	must(w.t, err)
	return s.Colour
}

func (w *town) hired() models.Document {
	if w.hiring != nil {
		return *w.hiring
	}
	return w.document()
}

// replica is another process of the service on the same database.
func (w *town) replica() *store.Store {
	w.t.Helper()
	s, err := store.Open(w.ctx, store.Options{DSN: w.db.DSN, Vault: w.keys, Rules: rules.Default(), Forms: forms.Default(),
		Now: w.clock.Now, Log: slog.New(slog.DiscardHandler), Alarm: w.alarm})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, s.Close()) })
	return s
}

// home is whose account it is.
func (w *town) home(account models.Account) (id string) {
	w.t.Helper()
	must(w.t, w.db.Owner(w.t).QueryRowContext(w.ctx, "SELECT resident_id FROM accounts WHERE id = ?", account.ID).Scan(&id))
	return id
}
