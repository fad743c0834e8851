package wechat

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// breakage is one way in which any question can go wrong.
type breakage struct {
	name string
	fail simulator.Failure
	want models.Reason
}

// echo answers with all that it was asked, in that form and with that status.
func echo(status int, form string) simulator.Failure {
	return func(_ *simulator.Simulator, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(status)
		fmt.Fprintf(w, form, r.URL.String()+string(body))
	}
}

func breakages() []breakage {
	return []breakage{
		{"Hang", simulator.Hang, models.ReasonUpstreamSlow}, {"Drip", simulator.Drip, models.ReasonUpstreamSlow},
		{"BadGateway", simulator.BadGateway, models.ReasonUpstream}, {"Portal", simulator.Portal, models.ReasonUpstream},
		{"Away", simulator.Away, models.ReasonUpstream}, {"Huge", simulator.Huge, models.ReasonUpstream}, {"Bomb", simulator.Bomb, models.ReasonUpstream},
		{"HangUp", simulator.HangUp, models.ReasonUpstream}, {"Lost", simulator.Lost, models.ReasonUpstream}, {"Cut", simulator.Cut, models.ReasonUpstream},
		{"Garbage", simulator.Garbage, models.ReasonUpstreamLying}, {"EmptyObject", simulator.EmptyObject, models.ReasonUpstreamLying},
		{"Null", simulator.Null, models.ReasonUpstreamLying}, {"Empty", simulator.Empty, models.ReasonUpstreamLying},
		{"a list", simulator.Says("[]"), models.ReasonUpstreamLying}, {"ok", simulator.Says(`{"errcode":0,"errmsg":"ok"}`), models.ReasonUpstreamLying},
		{"Busy", simulator.Busy, models.ReasonUpstreamBusy}, {"day", simulator.Refuse(45009), models.ReasonUpstreamBusy}, {"minute", simulator.Refuse(45011), models.ReasonUpstreamBusy},
		{"address", simulator.Refuse(40164), models.ReasonUpstreamRefused}, {"permission", simulator.Refuse(48001), models.ReasonUpstreamRefused},
		{"40029", simulator.Refuse(40029), models.ReasonUpstreamRefused}, {"unheard of", simulator.Refuse(99999), models.ReasonUpstreamRefused},
		{"echo", echo(200, `{"errcode":99999,"errmsg":%q}`), models.ReasonUpstreamRefused}, {"echo in a list", echo(200, `[%q]`), models.ReasonUpstreamLying},
		{"echo in a page", echo(200, `<p>%s</p>`), models.ReasonUpstream}, {"echo with 500", echo(500, `%s`), models.ReasonUpstream},
		{"echo as it is", echo(200, `%s`), models.ReasonUpstreamLying},
	}
}

// TestMatrix is every question in every failure, of its own and of the token that
// it needs: the right reason, no second attempt, nothing done twice, no secret
// told; and the next call succeeds. Time is played.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, b := range breakages() {
					q.breaks(t, b)
					if !q.bare {
						q.lacksToken(t, b)
					}
				}
			})
		})
	}
}

// breaks lets the question itself go wrong.
func (q question) breaks(t *testing.T, b breakage) {
	w := newWorld(t)
	do, secrets := q.ready(t, w)
	want, done := b.want, 0
	if own, differs := q.own[b.name]; differs {
		want = own
	}
	if b.name == "Lost" {
		done = 1
	}
	switch {
	case q.says && b.name == "ok":
		want = ""
	case q.get && !q.bare && b.name == "HangUp": // on the connection that brought the token
		want, done = "", 1
	case q.get && !q.bare && b.name == "Lost": // a ticket may be asked for twice: it is the same one
		want, done = "", 2
	}
	w.FailAt(q.app, q.path, b.fail)
	err := do()
	if got := why(t, err); got != want {
		t.Errorf("%s: %v, want %q", b.name, err, want)
	}
	if n := w.seen.count(q.path); n != 1 {
		t.Errorf("%s: asked %d times", b.name, n)
	}
	if n := w.Done(q.app, q.path); n != done {
		t.Errorf("%s: done %d times", b.name, n)
	}
	q.keepsQuiet(t, w, err, secrets)
	synctest.Wait()
	do, _ = q.ready(t, w)
	if err := do(); err != nil {
		t.Errorf("%s, afterwards: %v", b.name, err)
	}
}

// lacksToken lets getting the token go wrong: then nothing else is asked.
func (q question) lacksToken(t *testing.T, b breakage) {
	w := newWorld(t)
	do, secrets := q.ready(t, w)
	q.client(w).tokens.held = loan{}
	before := w.seen.count(atToken)
	w.FailAt(q.app, atToken, b.fail)
	err := do()
	if got := why(t, err); got != b.want {
		t.Errorf("no token, %s: %v, want %q", b.name, err, b.want)
	}
	if tokens, calls := w.seen.count(atToken)-before, w.seen.count(q.path); tokens != 1 || calls != 0 || w.Done(q.app, q.path) != 0 {
		t.Errorf("no token, %s: asked for %d tokens and %d times", b.name, tokens, calls)
	}
	q.keepsQuiet(t, w, err, secrets)
	synctest.Wait()
	if err := do(); err != nil { // nothing of it was used up
		t.Errorf("no token, %s, afterwards: %v", b.name, err)
	}
}

// keepsQuiet looks for everything that must not be told.
func (q question) keepsQuiet(t *testing.T, w *world, err error, secrets []string) {
	secrets = append(secrets, secret)
	for _, s := range []string{w.Token(q.app), w.SessionKey(appID, fullName), w.Ticket(pageID)} {
		if s != "" {
			secrets = append(secrets, s)
		}
	}
	hides(t, err, secrets...)
}

// TestMatrixOfTokens is every question that needs a token, with each end that a
// token can come to in the meantime: it is asked once more and done once; and with
// a token that WeChat will not have at all, it is asked twice and done never.
func TestMatrixOfTokens(t *testing.T) {
	t.Parallel()
	stale := func(number, times int) func(*world, question) {
		return func(w *world, q question) {
			for range times {
				w.FailAt(q.app, q.path, simulator.Refuse(number))
			}
		}
	}
	for name, test := range map[string]struct {
		end   func(*world, question)
		want  models.Reason
		asked int
	}{
		"nothing":   {func(*world, question) {}, "", 1},
		"killed":    {func(w *world, q question) { w.KillToken(q.app) }, "", 2},
		"lost":      {func(w *world, q question) { w.LoseToken(q.app) }, "", 2},
		"40001":     {stale(40001, 1), "", 2},
		"40014":     {stale(40014, 1), "", 2},
		"42001":     {stale(42001, 1), "", 2},
		"for good":  {stale(40001, 3), models.ReasonUpstreamRefused, 2},
		"for good ": {stale(42001, 3), models.ReasonUpstreamRefused, 2},
		"forced just now": {func(w *world, q question) {
			c := q.client(w)
			c.forced = append(c.forced, w.now())
			w.LoseToken(q.app)
		}, models.ReasonUpstreamBusy, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, q := range questions() {
				if q.bare {
					continue
				}
				w := newWorld(t)
				do, secrets := q.ready(t, w)
				if _, trouble := q.client(w).tokens.get(t.Context(), ""); trouble != nil {
					t.Fatal(trouble)
				}
				secrets = append(secrets, w.Token(q.app))
				test.end(w, q)
				err := do()
				if got := why(t, err); got != test.want {
					t.Errorf("%s: %v, want %q", q.name, err, test.want)
				}
				if n := w.seen.count(q.path); n != test.asked {
					t.Errorf("%s: asked %d times", q.name, n)
				}
				if n := w.Done(q.app, q.path); (n == 1) != (test.want == "") || n > 1 {
					t.Errorf("%s: done %d times", q.name, n)
				}
				q.keepsQuiet(t, w, err, secrets)
			}
		})
	}
}

// TestMatrixOfQuotas is every question over WeChat's own count.
func TestMatrixOfQuotas(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		if q.bare { // WeChat counts logins by user: see TestRefusals
			continue
		}
		w := newWorld(t)
		w.Quota(q.app, q.path, 0, 1)
		for _, want := range []models.Reason{"", models.ReasonUpstreamBusy} {
			if q.path == atTicket { // which is kept
				w.Page.tickets.held = loan{}
			}
			do, secrets := q.ready(t, w)
			err := do()
			if got := why(t, err); got != want {
				t.Errorf("%s: %v, want %q", q.name, err, want)
			}
			q.keepsQuiet(t, w, err, secrets)
		}
		if n := w.Done(q.app, q.path); n != 1 {
			t.Errorf("%s: done %d times", q.name, n)
		}
	}
}

// TestMatrixIsWhole: no method of the adapters is forgotten above, and no failure
// of the simulator.
func TestMatrixIsWhole(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, q := range questions() {
		tested[q.name] = true
	}
	asks := reflect.TypeFor[context.Context]()
	for _, of := range []reflect.Type{reflect.TypeFor[*App](), reflect.TypeFor[*OfficialAccount](), reflect.TypeFor[*Plugin]()} {
		for i := range of.NumMethod() {
			m := of.Method(i)
			name := of.Elem().Name() + "." + m.Name
			if m.Type.NumIn() > 1 && m.Type.In(1) == asks && !tested[name] {
				t.Errorf("%s is called in no failure", name)
			}
		}
	}
	source, err := os.ReadFile("matrix_test.go")
	if err != nil {
		t.Fatal(err)
	}
	names := failures(t)
	if len(names) < 15 {
		t.Fatalf("found %v alone", names)
	}
	for _, name := range names {
		if !strings.Contains(string(source), "simulator."+name+",") {
			t.Errorf("%s is played to no call", name)
		}
	}
}

// failures are the exported variables of the simulator's failures.
func failures(t testing.TB) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "simulator/failure.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if of, ok := d.(*ast.GenDecl); ok && of.Tok == token.VAR {
			for _, spec := range of.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if name.IsExported() {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}
