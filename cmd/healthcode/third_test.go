package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/pass"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform/peer"
	"healthcode/platform/vault"
)

// given ends the test at an error, and is the value otherwise.
func given[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// third is an installation of its own: the built program as a process, with a database
// and a key ring that nobody else has.
type third struct {
	*machine
	program string
	address string
	process *exec.Cmd
	store   *store.Store // on its database, beside the process: for what people do there
	keys    *vault.Vault
}

// wire is the network between the two, which may be cut or listened in on.
type wire struct {
	http.Handler
	cut   atomic.Bool
	spoil atomic.Pointer[func([]byte) []byte]
}

func newWire(t *testing.T, to string) (*wire, string) {
	t.Helper()
	target, err := url.Parse("http://" + to)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) } // the other end is gone, and so is this one
	proxy.ModifyResponse = func(r *http.Response) error {
		spoil := w.spoil.Load()
		if spoil == nil || r.Request.Method != http.MethodPost {
			return nil
		}
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		b = (*spoil)(b)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		r.Header.Set("Content-Length", fmt.Sprint(len(b)))
		return nil
	}
	w.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if w.cut.Load() {
			panic(http.ErrAbortHandler) // the connection is dropped
		}
		proxy.ServeHTTP(out, r)
	})
	server := httptest.NewUnstartedServer(w)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return w, server.URL
}

// run starts the process and waits until it is ready.
func (x *third) run() {
	x.t.Helper()
	x.process = exec.Command(x.program, "serve")
	for name, value := range x.env {
		x.process.Env = append(x.process.Env, name+"="+value)
	}
	var errs said
	x.process.Stderr = &errs
	if err := x.process.Start(); err != nil {
		x.t.Fatal(err)
	}
	for range 2000 {
		if code, _ := get(x.t, "http://"+x.address+"/readyz"); code == http.StatusOK {
			return
		}
		time.Sleep(5 * time.Millisecond) // another process is waited for
	}
	x.t.Fatalf("it does not serve:\n%s", &errs)
}

// kill ends it without a word.
func (x *third) kill() {
	if x.process != nil {
		_ = x.process.Process.Kill()
		_ = x.process.Wait()
		x.process = nil
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// openBeside opens a machine's database and keys.
func openBeside(t *testing.T, m *machine, as models.Installation) (*store.Store, *vault.Vault) {
	t.Helper()
	kek := given[[]byte](t)(base64.StdEncoding.DecodeString(m.env["HEALTHCODE_KEY_RING_KEY"]))
	keys := given[*vault.Vault](t)(vault.Load(m.env["HEALTHCODE_KEY_RING"], kek))
	s := given[*store.Store](t)(store.Open(t.Context(), store.Options{DSN: m.env["HEALTHCODE_DATABASE"], Vault: keys, Rules: rules.Default(),
		Forms: forms.Default(), Now: time.Now, Log: slog.New(slog.DiscardHandler), Installation: as}))
	t.Cleanup(func() { _ = s.Close() })
	return s, keys
}

// resident is somebody who lives there, whose document a platform has checked and who
// has declared to be well.
func resident(t *testing.T, s *store.Store, n int) models.Resident {
	t.Helper()
	ctx := t.Context()
	communities := given[[]models.Community](t)(s.Communities(ctx))
	token := given[string](t)(s.SignIn(ctx, store.SignIn{Platform: "wechat", AppID: "a", OpenID: fmt.Sprint("o", n), Device: "phone"}))
	account := given[models.Account](t)(s.Account(ctx, token))
	r := models.Registration{Community: communities[0].ID, Name: given[models.Name](t)(models.ParseName("张三丰")),
		Document: given[models.Document](t)(models.ParseDocument(models.DocumentPassport, fmt.Sprintf("E1234567%d", n), time.Now())),
		Phone:    given[models.Phone](t)(models.ParsePhone("13800138000"))}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	if err := s.Register(ctx, account, r); err != nil {
		t.Fatal(err)
	}
	me := given[models.Resident](t)(s.Resident(ctx, token))
	check := store.NameCheck{ID: s.NameCheckID(), Vendor: "v"}
	if err := s.OpenNameCheck(ctx, me, check); err != nil {
		t.Fatal(err)
	}
	if err := s.PassNameCheck(ctx, me, check.ID); err != nil {
		t.Fatal(err)
	}
	me = given[models.Resident](t)(s.Resident(ctx, token))
	declare(t, s, me)
	return me
}

// another is the same resident on a phone of theirs that has shown nothing yet, so that
// no slot of its pass was told of.
func another(t *testing.T, s *store.Store, n int) models.Resident {
	t.Helper()
	token := given[string](t)(s.SignIn(t.Context(), store.SignIn{Platform: "wechat", AppID: "a", OpenID: fmt.Sprint("o", n), Device: "phone"}))
	return given[models.Resident](t)(s.Resident(t.Context(), token))
}

func declare(t *testing.T, s *store.Store, me models.Resident, facts ...models.Fact) {
	t.Helper()
	for i := range facts {
		facts[i].At = time.Now()
	}
	_, err := s.Declare(t.Context(), me, store.Key{Value: rand.Text(), Body: []byte("b")}, models.Declaration{Form: "health", Version: 1, Answers: []byte("{}"), Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
}

// shown is what the resident's phone shows now.
func shown(t *testing.T, s *store.Store, me models.Resident) string {
	t.Helper()
	p := given[store.Presented](t)(s.Present(t.Context(), me))
	return given[pass.Pass](t)(p.Seed.Show(p.Grant, time.Now())).Text("")
}

// newThird builds the program and stands Anhui up.
func newThird(t *testing.T) *third {
	t.Helper()
	x := &third{machine: unmigrated(t), address: freeAddress(t)}
	x.program = filepath.Join(x.folder, "healthcode")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", x.program, "healthcode/cmd/healthcode").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, value := range map[string]string{"HEALTHCODE_LISTEN": x.address, "HEALTHCODE_METRICS_LISTEN": freeAddress(t), "HEALTHCODE_INSTALLATION": "340000",
		"HEALTHCODE_VENDOR": "安徽", "HEALTHCODE_COLOUR_NUMBERS": "green=00,yellow=01,red=10,grey=99", "HOME": x.folder} {
		x.env[name] = value
	}
	x.must("init", "--division", "340100")
	x.store, x.keys = openBeside(t, x.machine, models.Installation{Code: "340000"})
	t.Cleanup(x.kill)
	return x
}

// officer is a member of staff of that place, who does nothing but
// publish what the operator has drafted.
func officer(t *testing.T, s *store.Store, place string) store.Office {
	t.Helper()
	ctx := t.Context()
	invitation := given[string](t)(s.OperatorInvite(ctx, models.Operator("test"), models.Staff{Role: models.RoleOfficer, Display: "officer", Jurisdiction: place}))
	factor := given[store.Factor](t)(s.InvitationFactor(ctx, invitation))
	code := func(at time.Time) string { return given[string](t)(totp.GenerateCode(factor.Secret, at)) }
	if err := s.Accept(ctx, store.Acceptance{Token: invitation, Username: "officer", Password: "an office of the province", Code: code(time.Now())}); err != nil {
		t.Fatal(err)
	}
	token := given[string](t)(s.SignInStaff(ctx, store.StaffSignIn{Username: "officer", Password: "an office of the province", Code: code(time.Now().Add(30 * time.Second))}))
	return s.Office(given[models.Officer](t)(s.Officer(ctx, token)))
}

// publishes has the officer publish all that is drafted.
func publishes(t *testing.T, s *store.Store, place string) {
	t.Helper()
	o := officer(t, s, place)
	for _, draft := range given[[]models.Draft](t)(o.Drafts(t.Context())) {
		given[models.Publication](t)(o.Publish(t.Context(), draft.ID))
	}
}

// knows writes a peering and has its operator draft it.
func (m *machine) knows(other, name, url, pin string) {
	m.t.Helper()
	file := filepath.Join(m.folder, "peer.yaml")
	body := fmt.Sprintf("id: peer\nversion: 1\nplace: %q\npeer: %q\nmode: share\nname: {zh: %s, en: %s}\nurl: %s\npins: [%s]\ncolours:\n"+
		"  - {is: 00, colour: green}\n  - {is: 01, colour: yellow}\n  - {is: 10, colour: red}\npasses:\n  - {is: green, colour: green}\n  - {is: yellow, colour: yellow}\n",
		m.env["HEALTHCODE_INSTALLATION"], other, name, name, url, pin)
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		m.t.Fatal(err)
	}
	if out, _ := m.must("peer", "add", file); !strings.Contains(out, "peer@1 in "+m.env["HEALTHCODE_INSTALLATION"]+" of "+other+": share: a draft") {
		m.t.Errorf("got %s", out)
	}
}

var fingerprint = regexp.MustCompile(`fingerprint ([0-9a-f]{64})  signs`)

func (m *machine) pin() string {
	m.t.Helper()
	out, _ := m.must("peer", "show")
	found := fingerprint.FindStringSubmatch(out)
	if found == nil || !strings.Contains(out, "code        "+m.env["HEALTHCODE_INSTALLATION"]) {
		m.t.Fatalf("got %s", out)
	}
	return found[1]
}

// gate is a guard at a motorway exit here.
type gate struct {
	t       *testing.T
	service http.Handler
	options handlers.Options
	token   string
	later   time.Duration // by how much the clock by which others are left alone is ahead
}

func newGate(t *testing.T, s *store.Store) *gate {
	t.Helper()
	g := &gate{t: t}
	ctx := t.Context()
	venue := given[[]models.Venue](t)(s.Venues(ctx, "330100"))[0]
	invitation := given[string](t)(s.OperatorInvite(ctx, models.Operator("test"), models.Staff{Role: models.RoleGuard, Display: "guard", Jurisdiction: "330110", VenueID: venue.ID}))
	factor := given[store.Factor](t)(s.InvitationFactor(ctx, invitation))
	code := func(at time.Time) string { return given[string](t)(totp.GenerateCode(factor.Secret, at)) }
	if err := s.Accept(ctx, store.Acceptance{Token: invitation, Username: "guard", Password: "a gate on the motorway", Code: code(time.Now())}); err != nil {
		t.Fatal(err)
	}
	g.token = given[string](t)(s.SignInStaff(ctx, store.StaffSignIn{Username: "guard", Password: "a gate on the motorway", Code: code(time.Now().Add(30 * time.Second))}))
	g.options = handlers.Options{Store: s, Origin: "https://code.example.cn", Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Metrics: prometheus.NewRegistry(), Peers: peer.New(peer.Config{Now: func() time.Time { return time.Now().Add(g.later) }})}
	g.service = given[http.Handler](t)(handlers.New(g.options))
	return g
}

type scanned struct {
	Advice, Colour, Name string
	Recognised           *struct{ Asked bool }
	Error                struct{ Reason string }
}

// scan is what the guard is told, and after how long.
func (g *gate) scan(text string) (out scanned, took time.Duration) {
	g.t.Helper()
	body := given[[]byte](g.t)(json.Marshal(map[string]string{"id": ulid.Make().String(), "pass": text}))
	r := httptest.NewRequest("POST", "/v1/scans", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+g.token)
	w, begun := httptest.NewRecorder(), time.Now()
	g.service.ServeHTTP(w, r)
	took = time.Since(begun)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		g.t.Fatal(err)
	}
	return out, took
}

// TestThirdInstallation: another installation is another process with another database.
// It is asked over the network about whoever stands at a gate here; the network is cut
// and listened in on, and the process is killed.
func TestThirdInstallation(t *testing.T) {
	t.Parallel()
	anhui, zhejiang := newThird(t), unmigrated(t)
	zhejiang.env["HEALTHCODE_INSTALLATION"] = "330000"
	zhejiang.must("init", "--division", "330110")
	between, way := newWire(t, anhui.address)
	zhejiang.knows("340000", "Anhui", way, anhui.pin())
	anhui.knows("330000", "Zhejiang", "http://127.0.0.1:1", zhejiang.pin())
	here, ours := openBeside(t, zhejiang, models.Installation{Code: "330000"})
	publishes(t, here, "330000")
	publishes(t, anhui.store, "340000")
	anhui.run()

	g := newGate(t, here)
	g.options.FetchPeers(t.Context())
	driver, local := resident(t, anhui.store, 1), resident(t, here, 1)

	if got, _ := g.scan(shown(t, anhui.store, driver)); got.Advice != "pass" || got.Colour != "green" || got.Name == "" || !got.Recognised.Asked {
		t.Fatalf("a driver of Anhui: %+v", got)
	}
	if list := given[[]models.Access](t)(anhui.store.Accesses(t.Context(), driver)); len(list) != 1 || list[0].By != "Zhejiang" || list[0].Purpose != models.AccessPeer {
		t.Errorf("the driver sees %+v", list)
	}
	t.Run("refused", func(t *testing.T) { anhui.refuses(t, ours.PeerSigner()) })
	t.Run("spoiled", func(t *testing.T) { g.believesNothing(t, anhui, between, driver) })
	t.Run("cut", func(t *testing.T) {
		g.later += time.Minute
		declare(t, anhui.store, driver)
		between.cut.Store(true)
		g.goesOn(t, anhui, driver, here, local)
		between.cut.Store(false)
	})
	t.Run("killed", func(t *testing.T) {
		g.later += time.Minute
		anhui.kill()
		g.goesOn(t, anhui, driver, here, local)
		anhui.run()
		g.later += time.Minute
		if got, _ := g.scan(shown(t, anhui.store, another(t, anhui.store, 1))); got.Colour != "yellow" || !got.Recognised.Asked {
			t.Errorf("when it is back: %+v", got)
		}
	})
}

// refuses asks the process what must not be answered. Nothing there changes.
func (x *third) refuses(t *testing.T, key *ecdsa.PrivateKey) {
	stranger := given[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	db := storetest.DB{Dialect: storetest.SQLite, DSN: x.env["HEALTHCODE_DATABASE"], OwnerDSN: x.env["HEALTHCODE_DATABASE"]}
	ask := func(key *ecdsa.PrivateKey, q models.PeerQuestion, spoil func(*models.Signed)) string {
		signed := given[models.Signed](t)(models.SignPaper(key, models.PaperQuestion, q))
		spoil(&signed)
		response := given[*http.Response](t)(http.Post("http://"+x.address+"/v1/peer/statements", "application/json", bytes.NewReader(given[[]byte](t)(signed.Body()))))
		defer response.Body.Close()
		var out struct{ Error struct{ Reason string } }
		if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		return out.Error.Reason
	}
	whole := func(*models.Signed) {}
	question := func(change func(*models.PeerQuestion)) models.PeerQuestion {
		q := models.PeerQuestion{From: "330000", To: "340000", At: time.Now().UTC(), Nonce: make([]byte, models.NonceSize), Pass: shown(t, x.store, another(t, x.store, 1))}
		change(&q)
		return q
	}
	said := question(func(*models.PeerQuestion) {})
	if got := ask(key, said, whole); got != "" {
		t.Fatalf("a good question: %s", got)
	}
	cases := map[string]struct {
		key   *ecdsa.PrivateKey
		q     models.PeerQuestion
		spoil func(*models.Signed)
		want  models.Reason
	}{
		"replayed":              {key, said, whole, models.ReasonPeerReplayed},
		"of a stranger":         {stranger, question(func(*models.PeerQuestion) {}), whole, models.ReasonPeerUnknown},
		"forged":                {key, question(func(*models.PeerQuestion) {}), func(s *models.Signed) { s.Payload[len(s.Payload)-3] ^= 1 }, models.ReasonPeerForged},
		"two minutes ago":       {key, question(func(q *models.PeerQuestion) { q.At = q.At.Add(-2 * time.Minute) }), whole, models.ReasonPeerClock},
		"two minutes ahead":     {key, question(func(q *models.PeerQuestion) { q.At = q.At.Add(2 * time.Minute) }), whole, models.ReasonPeerClock},
		"for somebody else":     {key, question(func(q *models.PeerQuestion) { q.To = "370000" }), whole, models.ReasonPeerElsewhere},
		"without anybody there": {key, question(func(q *models.PeerQuestion) { q.Pass = strings.Repeat("0", pass.Digits) }), whole, models.ReasonPassForeign},
	}
	before := storetest.Dump(t, db) // now that everybody's phone shows something
	for name, c := range cases {
		if got := ask(c.key, c.q, c.spoil); got != string(c.want) {
			t.Errorf("%s: %q, want %s", name, got, c.want)
		}
	}
	if changed := storetest.Changed(before, storetest.Dump(t, db)); len(changed) > 0 {
		t.Errorf("refused, and changed %v", changed)
	}
}

// believesNothing has somebody sit on the network, and the other's clock go wrong.
func (g *gate) believesNothing(t *testing.T, x *third, between *wire, driver models.Resident) {
	declare(t, x.store, driver, models.Fact{Kind: models.FactSymptom, Code: "fever"})
	stranger := given[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	change := func(key *ecdsa.PrivateKey, how func(*models.PeerStatement)) func([]byte) []byte {
		return func(b []byte) []byte {
			var s models.PeerStatement
			if json.Unmarshal(given[models.Signed](t)(models.ParseSigned(b)).Payload, &s) != nil {
				return b
			}
			how(&s)
			return given[[]byte](t)(given[models.Signed](t)(models.SignPaper(key, models.PaperStatement, s)).Body())
		}
	}
	var kept []byte
	for _, c := range []struct {
		name  string
		spoil func([]byte) []byte
	}{
		{"whole", func(b []byte) []byte { kept = b; return b }},
		{"replayed", func([]byte) []byte { return kept }},
		{"forged green", change(stranger, func(s *models.PeerStatement) { s.Colour = "00" })},
		{"of a clock two minutes ahead", change(x.keys.PeerSigner(), func(s *models.PeerStatement) { s.At = s.At.Add(2 * time.Minute) })},
		{"of somebody else", change(x.keys.PeerSigner(), func(s *models.PeerStatement) { s.Handle = "00" })},
		{"for somebody else", change(x.keys.PeerSigner(), func(s *models.PeerStatement) { s.To = "370000" })},
	} {
		between.spoil.Store(&c.spoil)
		got, _ := g.scan(shown(t, x.store, another(t, x.store, 1)))
		if whole := c.name == "whole"; got.Colour != "yellow" || got.Recognised.Asked != whole || (got.Name != "") != whole {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	between.spoil.Store(nil)
}

// goesOn is the gate with nobody to ask: it waits for nobody for long, goes by the pass,
// and with its own people as ever.
func (g *gate) goesOn(t *testing.T, x *third, driver models.Resident, here *store.Store, local models.Resident) {
	for i := range 5 {
		got, took := g.scan(shown(t, x.store, driver))
		if got.Colour == "" || got.Recognised.Asked || took > peer.Patience+time.Second {
			t.Errorf("%d: %+v after %v", i, got, took)
		}
	}
	if got, _ := g.scan(shown(t, here, local)); got.Advice != "pass" || got.Colour != "green" || got.Recognised != nil {
		t.Errorf("our own: %+v", got)
	}
}

// TestPeerCommands: what is wrong with a peering is told with its line, and nothing of it
// is added.
func TestPeerCommands(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.fails(1, "HEALTHCODE_INSTALLATION is not set", "peer", "show")
	m.env["HEALTHCODE_INSTALLATION"] = "330000"
	pin := m.pin()
	file := filepath.Join(m.folder, "peer.yaml")
	write := func(body string) {
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := "id: x\nversion: 1\nplace: \"330110\"\npeer: \"340000\"\nmode: share\nname: {zh: 甲, en: A}\nurl: https://a.example.cn\npins: [" + pin +
		"]\ncolours:\n  - {is: 0, colour: green}\npasses:\n  - {is: green, colour: green}\n"
	write(strings.Replace(good, "is: 0, colour: green", "is: 0, colour: blue", 1))
	m.fails(1, "line 10", "peer", "check", file)
	m.fails(1, "line 10", "peer", "add", file)
	write(good)
	if out, _ := m.must("peer", "check", file); out != "x@1 in 330110 of 340000: share: 1 colours, 0 reasons, 0 tests\n" {
		t.Errorf("got %s", out)
	}
	m.fails(1, "line 3: place: it is no place of this service", "peer", "add", file)
	m.addPlaces()
	m.must("peer", "add", file)
	if out, _ := m.must("peer", "list"); out != "" {
		t.Errorf("an operator alone has put in force %s", out)
	}
	s, _ := openBeside(t, m, models.Installation{Code: "330000"})
	publishes(t, s, "330110")
	m.fails(1, "draft.unchanged", "peer", "add", file)
	if out, _ := m.must("peer", "list"); out != "x@1 in 330110 of 340000: share\n" {
		t.Errorf("got %s", out)
	}
	m.must("keys", "add", "peer")
	if out, _ := m.must("peer", "show"); strings.Count(out, "fingerprint") != 2 || strings.Count(out, "will sign") != 1 {
		t.Errorf("got %s", out)
	}
	m.fails(1, "cannot be read", "peer", "check", file+"x")
}
