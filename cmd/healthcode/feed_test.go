package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/store"
)

// must fails the test for an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// subscriber is a verified resident of the machine's district who agrees to everything
// and whose number the platform gave.
func (m *machine) subscriber(number string) {
	m.t.Helper()
	ctx, now := m.t.Context(), time.Now()
	o, err := open(surroundings{ctx: ctx, lookup: m.lookup, out: io.Discard, errs: io.Discard})
	must(m.t, err)
	defer o.close()
	home, err := o.store.AddCommunity(ctx, operatorInit, models.Community{Jurisdiction: "330110", Name: models.Text{"zh": "x", "en": "x"}, Phone: "12345"})
	must(m.t, err)
	session, err := o.store.SignIn(ctx, store.SignIn{Platform: "wechat", AppID: "wx1", OpenID: "somebody"})
	must(m.t, err)
	account, err := o.store.Account(ctx, session)
	must(m.t, err)
	r := models.Registration{Community: home}
	r.Phone, err = models.ParsePhone(number)
	must(m.t, err)
	must(m.t, o.store.ClaimPhone(ctx, account, r.Phone))
	r.Name, err = models.ParseName("张三")
	must(m.t, err)
	r.Document, err = models.ParseDocument(models.DocumentPassport, "E12345678", now)
	must(m.t, err)
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	must(m.t, o.store.Register(ctx, account, r))
	desk := o.store.For(m.worker(o.store, home))
	queue, err := desk.Queue(ctx, "")
	must(m.t, err)
	must(m.t, desk.Claim(ctx, queue[0].ID))
	must(m.t, desk.Judge(ctx, queue[0].ID, models.Judgement{Verdict: models.Approve}))
}

func (m *machine) worker(s *store.Store, home string) models.Worker {
	m.t.Helper()
	ctx, now := m.t.Context(), time.Now()
	invitation, err := s.OperatorInvite(ctx, operatorInit, models.Staff{Role: models.RoleWorker, Display: "worker", Jurisdiction: "330110", Communities: []string{home}})
	must(m.t, err)
	factor, err := s.InvitationFactor(ctx, invitation)
	must(m.t, err)
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(factor.Secret, at)
		must(m.t, err)
		return c
	}
	own, err := models.ParseDocument(models.DocumentPassport, "E99999999", now)
	must(m.t, err)
	must(m.t, s.Accept(ctx, store.Acceptance{Token: invitation, Username: "worker", Password: "correct horse battery", Code: code(now), Document: own}))
	token, err := s.SignInStaff(ctx, store.StaffSignIn{Username: "worker", Password: "correct horse battery", Code: code(now.Add(30 * time.Second))})
	must(m.t, err)
	by, err := s.Worker(ctx, token)
	must(m.t, err)
	return by
}

// TestFeed: an operator is registered, told who agreed, and its feeds are taken in, as
// docs/feed.md says.
func TestFeed(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.addPlaces()
	m.subscriber("13800138001")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	path := func(name string) string { return filepath.Join(m.folder, name) }
	write := func(name string, body []byte) {
		t.Helper()
		must(t, os.MkdirAll(filepath.Dir(path(name)), 0o700))
		must(t, os.WriteFile(path(name), body, 0o600))
	}
	write("cmcc.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	m.fails(1, "feed.numbers", "feed", "operator", "add", "cmcc", path("cmcc.pem"))
	m.fails(1, "feed.key", "feed", "operator", "add", "cmcc", path("ring"), "--numbers", "138")
	said, _ := m.must("feed", "operator", "add", "cmcc", path("cmcc.pem"), "--numbers", "138,139")
	id := strings.Fields(said)[3]

	m.fails(1, "feed.operator", "feed", "tokens", "cucc", path("none.csv"))
	if said, _ = m.must("feed", "tokens", "cmcc", path("tokens.csv")); said != "1 numbers told, 0 tokens ended\n" {
		t.Errorf("got %s", said)
	}
	list, err := os.ReadFile(path("tokens.csv"))
	must(t, err)
	if !regexp.MustCompile(`^[0-9a-f]{32},13800138001,told\n$`).Match(list) {
		t.Errorf("the list is %s", list)
	}
	if info, err := os.Stat(path("tokens.csv")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("everybody may read the list: %v, %v", info.Mode(), err)
	}
	m.fails(1, "there already", "feed", "tokens", "cmcc", path("tokens.csv"))

	today := models.DayOf(time.Now())
	feed := func(name string, sequence int64, lines ...string) {
		t.Helper()
		body := strings.Join(lines, "\n") + "\n"
		head := models.FeedHead{Operator: "cmcc", Sequence: sequence, Date: today, Rows: int64(len(lines)), Digest: sha256.Sum256([]byte(body))}.String()
		hash := sha256.Sum256([]byte(head + "\n"))
		signature, err := ecdsa.SignASN1(rand.Reader, key, hash[:])
		must(t, err)
		write(name, []byte(head+"\n"+body))
		write(name+".sig", fmt.Appendf(nil, "%s %s\n", id, base64.StdEncoding.EncodeToString(signature)))
	}
	token := string(list[:32])
	feed("feeds/1", 1, token+","+(today-1).String()+",330100,24,1", strings.Repeat("f", 32)+","+(today-1).String()+",330100,24,1")
	feed("feeds/2", 2, token+","+(today-2).String()+",330100,24,1", token+","+today.String()+",330100,24,1", "x")
	feed("feeds/3", 3, token+","+(today-3).String()+",310000,5,1")
	code, out, errs := m.run(t.Context(), "", "feed", "take", path("feeds"))
	want := fmt.Sprintf("%s: 2 lines, 1 days taken, 0 known, 1 of nobody who agrees\n%s: 1 lines, 1 days taken, 0 known, 0 of nobody who agrees\n", path("feeds/1"), path("feeds/3"))
	if code != 1 || out != want || !strings.HasPrefix(errs, path("feeds/2")+": line 3.day: feed.line\n"+path("feeds/2")+": line 4: feed.line\n") || strings.Contains(errs, token) {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if out, _ = m.must("feed", "take", path("feeds/1")); !strings.Contains(out, "1 days taken") {
		t.Errorf("again: %s", out)
	}
	m.fails(1, "cannot be read", "feed", "take", path("nowhere"))
	m.fails(1, "1 of 1 feeds", "feed", "take", path("cmcc.pem"))
	m.must("feed", "operator", "end", "cmcc", id)
	m.fails(1, "feed.operator", "feed", "take", path("feeds/2"))
}
