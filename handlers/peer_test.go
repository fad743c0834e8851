package handlers_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
	"healthcode/models/store/storetest"
	"healthcode/platform/peer"
)

// wires are the way between installations. Each is reached by its own host; a wire may
// be cut, or somebody may sit in the middle of it.
type wires struct {
	db     string // the dialect of their databases
	to     map[string]*street
	cut    map[string]bool
	middle func(host string, r *http.Request, body []byte) (*http.Response, bool)
}

// RoundTrip brings a request to the installation, or nowhere.
func (w *wires) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	if w.cut[host] {
		return nil, errors.New("no route")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if w.middle != nil {
		if answer, caught := w.middle(host, r, body); caught {
			return answer, nil
		}
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return played{w.to[host].service}.RoundTrip(r)
}

// province is an installation of its own: a database, a key ring, a guard, a worker.
func (w *wires) province(t *testing.T, clock *storetest.Clock, code string, numbers map[models.Colour]string) *street {
	t.Helper()
	s := &street{t: t, clock: clock, heard: func(answer) {}}
	s.town = newTown(t, schema.New(t, w.db), clock.Now)
	s.installation = models.Installation{Code: code, Vendor: "vendor of " + code, Numbers: numbers}
	s.peers = w
	s.open(t)
	ctx, place := t.Context(), code[:2]+"0100"
	if code == models.Nation {
		place = code
	}
	for _, j := range models.DivisionPath(place) {
		j.TimeZone = "Asia/Shanghai"
		if err := s.store.AddJurisdiction(ctx, operator, j); err != nil {
			t.Fatal(err)
		}
	}
	s.community = must[string](t)(s.store.AddCommunity(ctx, operator, models.Community{Jurisdiction: place, Name: words("社区", "Community"), Phone: "0550-1"}))
	s.venue = must[models.Venue](t)(s.store.AddVenue(ctx, operator, models.Venue{Jurisdiction: place, CommunityID: s.community, Name: words("高速出口", "Motorway exit")}))
	for username, role := range map[string]models.Role{"guard": models.RoleGuard, "worker": models.RoleWorker} {
		s.hire(t, username, models.Staff{Role: role, Jurisdiction: place}, 999)
	}
	s.hire(t, "officer", models.Staff{Role: models.RoleOfficer, Jurisdiction: code}, 0)
	clock.Advance(time.Minute)
	w.to[host(code)] = s
	return s
}

func host(code string) string { return "p" + code + ".example.cn" }

func newWires(db string) *wires {
	return &wires{db: db, to: map[string]*street{}, cut: map[string]bool{}}
}

// pin is the fingerprint of what the installation signs with.
func (s *street) pin() string {
	return models.Fingerprint(must[[]byte](s.t)(models.PeerKey(&s.keys.PeerSigner().PublicKey)))
}

// The tables of these tests: what is said is Anhui's way of numbering.
const tables = `colours:
  - {is: 00, colour: green}
  - {is: 01, colour: yellow}
  - {is: 10, colour: red}
passes:
  - {is: green, colour: green}
  - {is: yellow, colour: yellow}
  - {is: red, colour: red}
reasons:
  - {is: symptoms, text: {zh: 有症状, en: has symptoms}, colour: yellow, unless: {test: pcr, within: 48h, colour: green}}
tests:
  - {is: pcr_negative, counts: pcr}
`

// anhuiNumbers is how one side numbers the colours: not as we do.
var anhuiNumbers = map[models.Colour]string{models.Green: "00", models.Yellow: "01", models.Red: "10", models.Grey: "99"}

// knows puts a peering in force: this side goes by the other's codes.
func (s *street) knows(other *street, mode, more string) {
	s.t.Helper()
	file := fmt.Sprintf("id: p%s\nversion: %d\nplace: %q\npeer: %q\nmode: %s\nname: {zh: 甲, en: %q}\npins: [%s]\n%s%s", other.installation.Code, 1,
		s.installation.Code, other.installation.Code, mode, "Code of "+other.installation.Code, other.pin(), more, tables)
	s.recognises(file)
	s.options.FetchPeers(s.t.Context())
}

// recognises has the officer publish what an operator has drafted.
func (s *street) recognises(file string) {
	s.t.Helper()
	draft := must[models.Draft](s.t)(s.store.DraftPeering(s.t.Context(), models.Operator("peer add"), []byte(file)))
	s.ask(s.staff("officer"), "POST", "/v1/drafts/"+draft.ID+"/publication", nil).into(s.t, nil)
}

func reached(other *street) string { return "url: https://" + host(other.installation.Code) + "\n" }

// scanned is what a gate answers, as far as these tests look.
type scanned struct {
	Advice, Say, Colour, Word, Name, Document string
	Recognised                                *struct {
		From    string
		Asked   bool
		Unknown bool
		At      time.Time
		Reasons []struct {
			Code, Text, Test string
			Eased            bool
		}
	}
}

func (s *street) scan(gate, id, text string) (out scanned) {
	s.t.Helper()
	s.ask(gate, "POST", "/v1/scans", map[string]string{"id": id, "pass": text}, "Accept-Language", "en").into(s.t, &out)
	return out
}

func (s *street) outcome(code, what string) float64 {
	s.t.Helper()
	found, err := s.metrics.Gather()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range found {
		for _, m := range f.GetMetric() {
			if f.GetName() == "healthcode_peers_total" && m.GetLabel()[1].GetValue() == code && m.GetLabel()[0].GetValue() == what {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// pair is two provinces that share, and a resident of the second who is well.
func pair(t *testing.T) (w *wires, zhejiang, anhui *street, driver string) {
	t.Helper()
	return pairOn(t, storetest.AnyDialect())
}

func pairOn(t *testing.T, db string) (w *wires, zhejiang, anhui *street, driver string) {
	t.Helper()
	w = newWires(db)
	clock := storetest.NewClock(noon)
	zhejiang, anhui = w.province(t, clock, "330000", nil), w.province(t, clock, "340000", anhuiNumbers)
	anhui.knows(zhejiang, "share", reached(zhejiang))
	zhejiang.knows(anhui, "share", reached(anhui))
	driver = anhui.resident("wechat", 1, "张三")
	anhui.declare(driver, well).into(t, nil)
	return w, zhejiang, anhui, driver
}

// TestShare: a lorry driver of Anhui with a green code gets off the motorway in
// Zhejiang. Anhui is asked about the one who stands there, and says no more than that.
func TestShare(t *testing.T) {
	t.Parallel()
	for _, db := range storetest.Dialects {
		t.Run(db, func(t *testing.T) { shares(t, db) })
	}
}

func shares(t *testing.T, db string) {
	_, zhejiang, anhui, driver := pairOn(t, db)
	gate := zhejiang.gate()
	before := storetest.Dump(t, zhejiang.db)
	text, id := anhui.shown(driver, 0), zhejiang.ulid()
	got := zhejiang.scan(gate, id, text)
	if got.Advice != "pass" || got.Colour != "green" || got.Name != "张*" || got.Document != "" || got.Recognised == nil || !got.Recognised.Asked ||
		!strings.Contains(got.Say, "Code of 340000: asked at ") {
		t.Errorf("got %+v", got)
	}
	changed := storetest.Changed(before, storetest.Dump(t, zhejiang.db))
	if strings.Join(changed, " ") != "peer_visits" {
		t.Errorf("changed %v, want the visit alone", changed)
	}
	for _, row := range storetest.Dump(t, zhejiang.db)["peer_visits"] {
		if strings.Contains(row, "三") || !strings.Contains(row, "peer=340000") || !strings.Contains(row, "asked=1") {
			t.Errorf("the visit is %s", row)
		}
	}
	var held struct {
		Accesses []struct{ By, Purpose string }
	}
	anhui.ask(driver, "GET", "/v1/me", nil).into(t, &held)
	if len(held.Accesses) == 0 || held.Accesses[0].By != "甲" || held.Accesses[0].Purpose != "peer" {
		t.Errorf("the driver sees %+v", held.Accesses)
	}
	if zhejiang.outcome("340000", "answered") != 1 || anhui.outcome("330000", "told") != 1 {
		t.Error("it was not counted")
	}

	// The answer was lost: the guard's phone asks again under the same id, a while later.
	zhejiang.clock.Advance(2 * time.Minute)
	again := zhejiang.scan(gate, id, text)
	if again.Colour != "green" || again.Name != "" || zhejiang.outcome("340000", "answered") != 1 {
		t.Errorf("again: %+v", again)
	}
	if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": text}); a.problem().Reason != models.ReasonPassStale {
		t.Errorf("a photograph: %s", a)
	}
	other := anhui.shown(driver, 0)
	if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": id, "pass": other}); a.Status != 200 && a.problem().Reason != models.ReasonVisitConflict {
		t.Errorf("another pass under the same id: %s", a)
	}
}

// TestShareTellsWhy: reasons in our words, by our table, and no colour that the pass had.
func TestShareTellsWhy(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	gate := zhejiang.gate()
	granted := anhui.shown(driver, 0)
	anhui.declare(driver, ill).into(t, nil)
	got := zhejiang.scan(gate, zhejiang.ulid(), granted) // the pass is still green
	if got.Advice != "call" || got.Colour != "yellow" || len(got.Recognised.Reasons) != 1 || got.Recognised.Reasons[0].Text != "has symptoms" ||
		got.Recognised.Reasons[0].Test != "pcr" || !strings.Contains(got.Say, "Because: has symptoms. A recent negative PCR would do.") {
		t.Errorf("got %+v", got)
	}
	anhui.clock.Advance(time.Hour)
	negative := models.Test{Document: must[models.Document](t)(models.ParseDocument(models.DocumentResidentID, documentNumber(1), anhui.now())),
		Name: must[models.Name](t)(models.ParseName("张三")), Kind: "antigen", Result: "negative", Sampled: anhui.now(), Lab: "Lab"}
	anhui.clock.Advance(time.Hour)
	if _, err := anhui.store.ImportTests(t.Context(), operator, "340100", []models.Test{negative}); err != nil {
		t.Fatal(err)
	}
	got = zhejiang.scan(zhejiang.gate(), zhejiang.ulid(), anhui.shown(driver, 0))
	if got.Colour != "yellow" || got.Recognised.Reasons[0].Eased {
		t.Errorf("a test that counts as nothing here: %+v", got)
	}

	// Somebody who is grey at home has a colour that the table does not know.
	nobody := anhui.resident("wechat", 2, "李四")
	got = zhejiang.scan(zhejiang.gate(), zhejiang.ulid(), anhui.shown(nobody, 0))
	if got.Colour != "grey" || !got.Recognised.Unknown || got.Advice != "paper" || !strings.Contains(got.Say, "unknown to us") {
		t.Errorf("an unknown colour: %+v", got)
	}
}

// TestSignedOut: Anhui calls the pass worthless, and so does the gate.
func TestSignedOut(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	gate, text := zhejiang.gate(), anhui.shown(driver, 0)
	anhui.ask(driver, "DELETE", "/v1/session", nil).into(t, nil)
	zhejiang.changesNothing(t, func() {
		if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": text}); a.problem().Reason != models.ReasonPassRevoked {
			t.Errorf("got %s", a)
		}
	})
}

// TestOutage: one side is down. The other goes on with its own, and with the passes of
// the one that is down; what is down costs a gate nothing after the third time.
func TestOutage(t *testing.T) {
	t.Parallel()
	w, zhejiang, anhui, driver := pair(t)
	local := zhejiang.resident("wechat", 1, "王五")
	zhejiang.declare(local, well).into(t, nil)
	gate := zhejiang.gate()
	w.cut[host("340000")] = true
	for i := range 5 {
		got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0))
		if got.Advice != "pass" || got.Colour != "green" || got.Recognised.Asked || got.Name != "" || !strings.Contains(got.Say, "as granted at 12:0") {
			t.Fatalf("%d: got %+v", i, got)
		}
		zhejiang.clock.Advance(time.Second)
	}
	if got := zhejiang.scan(gate, zhejiang.ulid(), zhejiang.shown(local, 0)); got.Advice != "pass" || got.Recognised != nil {
		t.Errorf("our own: %+v", got)
	}
	anhui.declare(driver, ill).into(t, nil)
	anhui.clock.Advance(time.Minute)
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Colour != "yellow" || got.Recognised.Asked {
		t.Errorf("a yellow pass: %+v", got)
	}
	// After a restart too: the keys are in the database.
	if err := zhejiang.store.Close(); err != nil {
		t.Fatal(err)
	}
	zhejiang.open(t)
	gate = zhejiang.gate()
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Colour != "yellow" || got.Recognised.Asked {
		t.Errorf("after a restart: %+v", got)
	}
	// An outage longer than the keys are good for.
	zhejiang.clock.Advance(models.PeerKeysLife)
	gate = zhejiang.gate()
	if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": anhui.shown(driver, 0)}); a.problem().Reason != models.ReasonPeerExpired {
		t.Errorf("after a week: %s", a)
	}
	// And it is back.
	w.cut[host("340000")] = false
	zhejiang.options.FetchPeers(t.Context())
	anhui.declare(driver, well).into(t, nil)
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); !got.Recognised.Asked {
		t.Errorf("when it is back: %+v", got)
	}
}

// question is a good question of zhejiang's about the pass, before anybody spoils it.
func question(s *street, text string) models.PeerQuestion {
	nonce := make([]byte, models.NonceSize)
	_, _ = rand.Read(nonce)
	return models.PeerQuestion{From: "330000", To: "340000", At: s.now(), Nonce: nonce, Pass: text[strings.IndexByte(text, '#')+1:]}
}

// TestQuestionsThatAreRefused: nobody learns of anybody whose fresh pass they do not
// hold; each slot is told once; and what is refused changes nothing.
func TestQuestionsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, db := range storetest.Dialects {
		t.Run(db, func(t *testing.T) { refusesQuestions(t, db) })
	}
}

func refusesQuestions(t *testing.T, db string) {
	_, zhejiang, anhui, driver := pairOn(t, db)
	text := anhui.shown(driver, 0)
	stranger := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	key := zhejiang.keys.PeerSigner()
	send := func(key *ecdsa.PrivateKey, paper models.PeerPaper, q models.PeerQuestion, spoil func(*models.Signed)) answer {
		signed := must[models.Signed](t)(models.SignPaper(key, paper, q))
		spoil(&signed)
		return anhui.ask("", "POST", "/v1/peer/statements", signed)
	}
	whole := func(*models.Signed) {}
	altered := []byte(text)
	altered[len(altered)-2] = '0' + (altered[len(altered)-2]-'0'+1)%8
	for name, c := range map[string]struct {
		key    *ecdsa.PrivateKey
		change func(*models.PeerQuestion)
		spoil  func(*models.Signed)
		want   models.Reason
	}{
		"an unknown installation":       {stranger, func(q *models.PeerQuestion) { q.From = "370000" }, whole, models.ReasonPeerUnknown},
		"a stranger in its name":        {stranger, func(*models.PeerQuestion) {}, whole, models.ReasonPeerUnknown},
		"altered on the way":            {key, func(*models.PeerQuestion) {}, func(s *models.Signed) { s.Payload = append(s.Payload, ' ') }, models.ReasonPeerForged},
		"for another":                   {key, func(q *models.PeerQuestion) { q.To = "370000" }, whole, models.ReasonPeerElsewhere},
		"91 seconds ago":                {key, func(q *models.PeerQuestion) { q.At = q.At.Add(-91 * time.Second) }, whole, models.ReasonPeerClock},
		"91 seconds ahead":              {key, func(q *models.PeerQuestion) { q.At = q.At.Add(91 * time.Second) }, whole, models.ReasonPeerClock},
		"no nonce":                      {key, func(q *models.PeerQuestion) { q.Nonce = nil }, whole, models.ReasonPeerMalformed},
		"no pass":                       {key, func(q *models.PeerQuestion) { q.Pass = "" }, whole, models.ReasonPassForeign},
		"an altered pass":               {key, func(q *models.PeerQuestion) { q.Pass = string(altered) }, whole, models.ReasonPassAltered},
		"a photograph of half a minute": {key, func(q *models.PeerQuestion) { q.Pass = anhui.shown(driver, 30*time.Second) }, whole, models.ReasonPassStale},
	} {
		anhui.clock.Advance(time.Minute)
		text = anhui.shown(driver, 0)
		q := question(anhui, text)
		c.change(&q)
		anhui.changesNothing(t, func() {
			if a := send(c.key, models.PaperQuestion, q, c.spoil); a.problem().Reason != c.want {
				t.Errorf("%s: %s, want %s", name, a, c.want)
			}
		})
	}
	q := question(anhui, text)
	if a := send(key, models.PaperQuestion, q, whole); a.Status != 200 {
		t.Fatalf("a good one: %s", a)
	}
	anhui.changesNothing(t, func() {
		for name, q := range map[string]models.PeerQuestion{"word for word": q, "with a new nonce": question(anhui, text)} {
			if a := send(key, models.PaperQuestion, q, whole); a.problem().Reason != models.ReasonPeerReplayed {
				t.Errorf("%s: %s", name, a)
			}
		}
		if a := send(key, models.PaperStatement, question(anhui, text), whole); a.problem().Reason != models.ReasonPeerForged {
			t.Errorf("signed as something else: %s", a)
		}
		if a := anhui.ask("", "POST", "/v1/peer/statements", "{"); a.problem().Reason != models.ReasonPeerMalformed {
			t.Errorf("half a body: %s", a)
		}
	})
}

// TestAnswersThatDoNotHold: whoever sits in the middle is not believed. The gate goes by
// the pass, and says so.
func TestAnswersThatDoNotHold(t *testing.T) {
	t.Parallel()
	w, zhejiang, anhui, driver := pair(t)
	anhui.declare(driver, ill).into(t, nil) // yellow now
	stranger := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	var kept []byte // the first answer
	said := func(body []byte) (s models.Signed, out models.PeerStatement) {
		s = must[models.Signed](t)(models.ParseSigned(body))
		if err := json.Unmarshal(s.Payload, &out); err != nil {
			t.Fatal(err)
		}
		return s, out
	}
	sign := func(key *ecdsa.PrivateKey, s models.PeerStatement) []byte {
		return must[[]byte](t)(must[models.Signed](t)(models.SignPaper(key, models.PaperStatement, s)).Body())
	}
	key := anhui.keys.PeerSigner()
	for _, c := range []struct {
		name  string
		spoil func(body []byte) []byte
	}{
		{"as it was said", func(b []byte) []byte { kept = b; return b }},
		{"another's answer, replayed", func([]byte) []byte { return kept }},
		{"green made of yellow", func(b []byte) []byte {
			s, out := said(b)
			out.Colour, out.Reasons = "00", nil
			s.Payload = must[[]byte](t)(json.Marshal(out))
			return must[[]byte](t)(s.Body())
		}},
		{"signed by a stranger", func(b []byte) []byte { _, out := said(b); out.Colour = "00"; return sign(stranger, out) }},
		{"about another person", func(b []byte) []byte { _, out := said(b); out.Handle = "0000000000000001"; return sign(key, out) }},
		{"for another installation", func(b []byte) []byte { _, out := said(b); out.To = "370000"; return sign(key, out) }},
		{"by a clock that is two minutes off", func(b []byte) []byte { _, out := said(b); out.At = out.At.Add(2 * time.Minute); return sign(key, out) }},
		{"without end", func(b []byte) []byte { return []byte(strings.Repeat(" ", models.PeerLimit) + string(b)) }},
		{"a page", func([]byte) []byte { return []byte("<html>") }},
	} {
		zhejiang.clock.Advance(time.Minute) // whoever was left alone is asked again
		gate := zhejiang.gate()
		w.middle = func(_ string, r *http.Request, body []byte) (*http.Response, bool) {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			answer := must[*http.Response](t)(played{anhui.service}.RoundTrip(r))
			b := must[[]byte](t)(io.ReadAll(answer.Body))
			answer.Body = io.NopCloser(strings.NewReader(string(c.spoil(b))))
			return answer, true
		}
		got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0))
		if good := c.name == "as it was said"; got.Recognised.Asked != good || got.Colour != "yellow" || (len(got.Recognised.Reasons) == 1) != good {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if n := zhejiang.outcome("340000", "bad"); n != 6 {
		t.Errorf("%v answers were found bad, want 6", n)
	}
}

// docked are two provinces that keep their code and know the nation alone.
func docked(t *testing.T) (w *wires, zhejiang, anhui, nation *street) {
	t.Helper()
	w = newWires(storetest.AnyDialect())
	clock := storetest.NewClock(noon)
	zhejiang, anhui, nation = w.province(t, clock, "330000", nil), w.province(t, clock, "340000", anhuiNumbers), w.province(t, clock, "000000", nil)
	anhui.knows(nation, "share", reached(nation))
	nation.knows(zhejiang, "share", reached(zhejiang))
	nation.knows(anhui, "share", reached(anhui)+"relay: true\n")
	zhejiang.knows(nation, "share", reached(nation))
	zhejiang.knows(anhui, "dock", "through: \"000000\"\n")
	return w, zhejiang, anhui, nation
}

// TestDock: both provinces keep their code and know the nation alone. It passes on what
// Anhui says as Anhui signed it, and keeps nothing.
func TestDock(t *testing.T) {
	t.Parallel()
	w, zhejiang, anhui, nation := docked(t)
	driver := anhui.resident("wechat", 1, "张三")
	anhui.declare(driver, well).into(t, nil)
	gate := zhejiang.gate()
	before := storetest.Dump(t, nation.db)
	got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0))
	if got.Colour != "green" || !got.Recognised.Asked || got.Name != "张*" {
		t.Errorf("got %+v", got)
	}
	if changed := storetest.Changed(before, storetest.Dump(t, nation.db)); len(changed) != 0 {
		t.Errorf("the one in between kept %v", changed)
	}
	var held struct {
		Accesses []struct{ By, Purpose string }
	}
	anhui.ask(driver, "GET", "/v1/me", nil).into(t, &held)
	if held.Accesses[0].By != "甲（浙江省）" {
		t.Errorf("the driver sees %+v", held.Accesses[0])
	}
	if nation.outcome("330000", "passed_on") != 1 || anhui.outcome("000000", "told") != 1 {
		t.Error("it was not counted")
	}

	// Zhejiang cannot ask Anhui behind the nation's back: Anhui does not know it.
	q := question(anhui, anhui.shown(driver, 0))
	if a := anhui.ask("", "POST", "/v1/peer/statements", must[models.Signed](t)(models.SignPaper(zhejiang.keys.PeerSigner(), models.PaperQuestion, q))); a.problem().Reason != models.ReasonPeerUnknown {
		t.Errorf("asked directly: %s", a)
	}

	// Whoever is in between can say nothing in Anhui's place.
	zhejiang.clock.Advance(time.Minute)
	w.middle = func(host string, r *http.Request, body []byte) (*http.Response, bool) {
		if host != "p000000.example.cn" || r.Method != "POST" {
			return nil, false
		}
		signed := must[models.Signed](t)(models.ParseSigned(body))
		q := must[models.PeerQuestion](t)(models.OpenPaper[models.PeerQuestion](signed, models.PaperQuestion, []string{zhejiang.pin()}))
		shown := must[pass.Pass](t)(pass.Parse(q.Pass))
		handle := shown.Grant().Handle()
		inner := must[models.Signed](t)(models.SignPaper(nation.keys.PeerSigner(), models.PaperStatement, models.PeerStatement{From: "340000", To: "000000",
			For: "330000", Nonce: q.Nonce, Handle: fmt.Sprintf("%x", handle[:]), Colour: "10", Name: "x", At: nation.now()}))
		outer := must[models.Signed](t)(models.SignPaper(nation.keys.PeerSigner(), models.PaperPassed, models.PeerPassed{From: "000000", To: "330000",
			Nonce: q.Nonce, Statement: inner, At: nation.now()}))
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(must[[]byte](t)(outer.Body()))))}, true
	}
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Recognised.Asked || got.Colour != "green" {
		t.Errorf("a statement that the one in between made up: %+v", got)
	}
	w.middle = nil

	// Anhui is down behind the nation, which is there: others are asked about all the same.
	w.cut[host("340000")] = true
	for range 4 {
		zhejiang.clock.Advance(10 * time.Second)
		if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Recognised.Asked || got.Colour != "green" {
			t.Errorf("with Anhui down: %+v", got)
		}
	}
	traveller := nation.resident("wechat", 2, "李四")
	nation.declare(traveller, well).into(t, nil)
	if got := zhejiang.scan(zhejiang.gate(), zhejiang.ulid(), nation.shown(traveller, 0)); !got.Recognised.Asked || !got.Recognised.Unknown {
		t.Errorf("the nation's own, whose words no table of Zhejiang's has: %+v", got)
	}
}

// TestAdopt: a province without a code of its own. Its residents carry the nation's,
// which its gates take, and are told where theirs is.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w, clock := newWires(storetest.AnyDialect()), storetest.NewClock(noon)
	tibet, nation := w.province(t, clock, "540000", nil), w.province(t, clock, "000000", anhuiNumbers)
	local := tibet.resident("wechat", 1, "王五")
	tibet.declare(local, well).into(t, nil)
	tibet.shown(local, 0)
	nation.knows(tibet, "share", reached(tibet))
	tibet.knows(nation, "adopt", reached(nation)+"open: https://code.example.cn/\n")
	a := tibet.ask(local, "GET", "/v1/pass", nil)
	var refused struct {
		Error struct{ Reason, Where, Text string }
	}
	if err := json.Unmarshal(a.Body, &refused); err != nil || refused.Error.Reason != "pass.elsewhere" || refused.Error.Where != "https://code.example.cn/" {
		t.Errorf("their own pass: %s %s", a, a.Body)
	}
	if page := tibet.ask(local, "GET", "/code", nil); !bytes.Contains(page.Body, []byte(`href="https://code.example.cn/"`)) {
		t.Errorf("their own page leads nowhere: %s", page.Body)
	}
	theirs := nation.resident("wechat", 1, "王五")
	nation.declare(theirs, well).into(t, nil)
	gate := tibet.gate()
	if got := tibet.scan(gate, tibet.ulid(), nation.shown(theirs, 0)); got.Advice != "pass" || !got.Recognised.Asked || got.Name != "王*" {
		t.Errorf("the nation's pass: %+v", got)
	}
	w.cut[host("000000")] = true
	clock.Advance(time.Minute)
	if got := tibet.scan(gate, tibet.ulid(), nation.shown(theirs, 0)); got.Advice != "pass" || got.Recognised.Asked {
		t.Errorf("with the nation down: %+v", got)
	}
}

// TestPublicFace: what everybody may see of an installation, and what nobody may have
// through it.
func TestPublicFace(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, _ := pair(t)
	a := anhui.ask("", "GET", "/v1/peer/keys", nil)
	if a.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("Cache-Control: %s", a.Header.Get("Cache-Control"))
	}
	keys := must[models.PeerKeys](t)(models.OpenPaper[models.PeerKeys](must[models.Signed](t)(models.ParseSigned(a.Body)), models.PaperKeys, []string{anhui.pin()}))
	if keys.Code != "340000" || keys.Vendor != "vendor of 340000" || keys.Numbers["red"] != "10" || len(keys.Passes) != 1 || keys.Signs[0] != anhui.pin() || len(keys.Mappings) != 1 {
		t.Errorf("got %+v", keys)
	}
	var list struct {
		Mappings []struct{ Place, Peer, Mode, Hash, File string }
	}
	anhui.ask("", "GET", "/v1/peer/mappings", nil).into(t, &list)
	if len(list.Mappings) != 1 || list.Mappings[0].Peer != "330000" || list.Mappings[0].Hash != keys.Mappings[0] || !strings.Contains(list.Mappings[0].File, "is: 00") {
		t.Errorf("got %+v", list)
	}
	if a := zhejiang.ask("", "GET", "/v1/peer/keys/340000", nil); a.problem().Reason != models.ReasonPeerUnknown {
		t.Errorf("passed on without leave: %s", a)
	}
	alone := settled(t)
	for method, path := range map[string]string{"GET": "/v1/peer/keys", "POST": "/v1/peer/statements"} {
		if a := alone.ask("", method, path, map[string]string{}); a.problem().Reason != models.ReasonPeerOff {
			t.Errorf("%s of a service that is on its own: %s", path, a)
		}
	}
}

// TestPatience: a gate waits a second and a half for an answer, and whoever asks on for
// another gives up before that.
func TestPatience(t *testing.T) {
	t.Parallel()
	if peer.Patience != 1500*time.Millisecond || peer.Between >= peer.Patience {
		t.Errorf("%v, %v", peer.Patience, peer.Between)
	}
}

// TestQuestionsAreCounted: an installation that asks without end is told that it is too
// often, and another is answered all the same.
func TestQuestionsAreCounted(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	q := question(anhui, anhui.shown(driver, 0))
	q.Pass = ""
	signed := must[models.Signed](t)(models.SignPaper(zhejiang.keys.PeerSigner(), models.PaperQuestion, q))
	for i := range 2001 {
		want := models.ReasonPassForeign
		if i == 2000 {
			want = models.ReasonTooMany
		}
		if a := anhui.ask("", "POST", "/v1/peer/statements", signed); a.problem().Reason != want {
			t.Fatalf("%d: %s, want %s", i, a, want)
		}
	}
	if a := anhui.ask("", "GET", "/v1/peer/keys", nil); a.Status != 200 {
		t.Errorf("everybody else: %s", a)
	}
}

// TestKeysAreKept: a list of keys that says the same is written down once a day, and one
// with another key at once. An older one that somebody brings back changes nothing.
func TestKeysAreKept(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, _ := pair(t)
	keep := func(face models.Signed, tables string) {
		t.Helper()
		before := storetest.Dump(t, zhejiang.db)
		if err := zhejiang.store.KeepPeerKeys(t.Context(), "340000", face); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(storetest.Changed(before, storetest.Dump(t, zhejiang.db)), " "); got != tables {
			t.Errorf("changed %q, want %q", got, tables)
		}
	}
	face := func() models.Signed { return must[models.Signed](t)(anhui.store.Face()) }
	anhui.clock.Advance(time.Hour)
	old := face()
	keep(old, "")
	id := must[uint32](t)(anhui.keys.Add("pass"))
	anhui.clock.Advance(time.Minute)
	keep(face(), "audit peer_keys")
	keep(old, "")
	anhui.clock.Advance(24 * time.Hour)
	keep(face(), "audit peer_keys")
	if err := anhui.keys.Promote("pass", id); err != nil {
		t.Fatal(err)
	}
	driver := anhui.resident("wechat", 7, "孙七") // whose pass is of the new key
	anhui.declare(driver, well).into(t, nil)
	if got := zhejiang.scan(zhejiang.gate(), zhejiang.ulid(), anhui.shown(driver, 0)); !got.Recognised.Asked || got.Colour != "green" {
		t.Errorf("a pass of the new key: %+v", got)
	}
	stranger := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	zhejiang.changesNothing(t, func() {
		for name, c := range map[string]struct {
			key  *ecdsa.PrivateKey
			code string
			want models.Reason
		}{"a stranger's": {stranger, "340000", models.ReasonPeerUnknown}, "of another place": {anhui.keys.PeerSigner(), "370000", models.ReasonPeerElsewhere}} {
			k := models.PeerKeys{Code: c.code, At: anhui.now(), Until: anhui.now().Add(time.Hour)}
			err := zhejiang.store.KeepPeerKeys(t.Context(), "340000", must[models.Signed](t)(models.SignPaper(c.key, models.PaperKeys, k)))
			var p *models.Problem
			if !errors.As(err, &p) || p.Reason != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
	})
}

// TestNobodyIsRecognised: without a peering, a code of elsewhere is no code of here; it is
// not called altered. One that has ended is as none.
func TestNobodyIsRecognised(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	alone := newWires(storetest.AnyDialect()).province(t, zhejiang.clock, "370000", nil)
	gate := alone.gate()
	refused := func(s *street, gate string) {
		t.Helper()
		text := anhui.shown(driver, 0)
		s.changesNothing(t, func() {
			if a := s.ask(gate, "POST", "/v1/scans", map[string]string{"id": s.ulid(), "pass": text}); a.problem().Reason != models.ReasonPassForeign {
				t.Errorf("got %s", a)
			}
		})
	}
	refused(alone, gate)
	const none = "id: p340000\nversion: 2\nplace: \"330000\"\npeer: \"340000\"\nmode: none\nname: {zh: 甲, en: A}\n"
	zhejiang.recognises(none)
	refused(zhejiang, zhejiang.gate())
}
