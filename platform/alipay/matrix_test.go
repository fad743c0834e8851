package alipay_test

import (
	"slices"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/platform/alipay/simulator"
)

// call is one thing that the adapter asks Alipay for.
type call struct {
	name     string
	app      string // in whose name
	changes  bool   // something at Alipay's
	codeless bool   // there is nothing in a success but that it is one
	ready    func(t testing.TB, s *stage, patient bool) func() error
	own      map[string]models.Reason // what its refusals mean, where they mean something else
}

// calls are all of them. What comes back beside an error must be nothing.
func calls() []call {
	order := 0
	return []call{
		{name: "Identify", app: appID, changes: true, own: map[string]models.Reason{"isv.code-invalid": models.ReasonLoginCode},
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				app, code := pick(patient, s.app, s.hasty), s.login("anna")
				return func() error { id, err := app.Identify(t.Context(), code); return alone(t, id, err) }
			}},
		{name: "IdentifyIn", app: pluginID, changes: true, own: map[string]models.Reason{"isv.code-invalid": models.ReasonLoginCode},
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				plugin, code := pick(patient, s.plugin, s.rushed), s.LoginIn(hostID, pluginID, "anna")
				keep(code)
				return func() error { id, err := plugin.IdentifyIn(t.Context(), hostID, code); return alone(t, id, err) }
			}},
		{name: "StartNameCheck", app: appID, changes: true,
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				order++
				app, c := pick(patient, s.app, s.hasty), nameCheck(t, order)
				return func() error { started, err := app.StartNameCheck(t.Context(), c); return alone(t, started, err) }
			}},
		{name: "NameVerified", app: appID, own: map[string]models.Reason{"SOMETHING_NEW": models.ReasonNameCheckUnknown},
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				order++
				c := nameCheck(t, order)
				started, err := s.app.StartNameCheck(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				c.Vendor = started.Vendor
				app := pick(patient, s.app, s.hasty)
				return func() error { passed, err := app.NameVerified(t.Context(), c); return alone(t, passed, err) }
			}},
		{name: "Send", app: appID, changes: true, codeless: true,
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				app, m := pick(patient, s.app, s.hasty), s.message()
				return func() error { return app.Send(t.Context(), m) }
			}},
		{name: "Tell", app: appID, changes: true, codeless: true,
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				app, m := pick(patient, s.app, s.hasty), s.message()
				s.AddTemplate(appID, "told", 3, true)
				s.Subscribe(appID, "anna", "told")
				parts := [3]string{secretWord, m.Data["keyword2"], secretWord}
				return func() error { return app.Tell(t.Context(), m.OpenID, "told", parts) }
			}},
		{name: "QRCode", app: appID, changes: true,
			ready: func(t testing.TB, s *stage, patient bool) func() error {
				app := pick(patient, s.app, s.hasty)
				return func() error {
					address, err := app.QRCode(t.Context(), "pages/a", "v=1", "社区东门")
					return alone(t, address, err)
				}
			}},
	}
}

func pick[T any](patient bool, app, hasty T) T {
	if patient {
		return app
	}
	return hasty
}

// alone checks that nothing comes back beside an error.
func alone[T comparable](t testing.TB, got T, err error) error {
	t.Helper()
	if zero := *new(T); err != nil && got != zero {
		t.Error("something came back beside an error")
	}
	return err
}

// breakage is one way in which any call can go wrong.
type breakage struct {
	name string
	fail simulator.Failure
	want models.Reason
}

func breakages() []breakage {
	return []breakage{
		{"Hang", simulator.Hang, models.ReasonUpstreamSlow}, {"HangUp", simulator.HangUp, models.ReasonUpstream}, {"Lost", simulator.Lost, models.ReasonUpstream},
		{"Cut", simulator.Cut, models.ReasonUpstream}, {"BadGateway", simulator.BadGateway, models.ReasonUpstream}, {"Portal", simulator.Portal, models.ReasonUpstream},
		{"Unavailable", simulator.Unavailable, models.ReasonUpstream}, {"Away", simulator.Away, models.ReasonUpstream}, {"Huge", simulator.Huge, models.ReasonUpstream},
		{"Empty", simulator.Empty, models.ReasonUpstream},
		{"Garbage", simulator.Garbage, models.ReasonUpstreamLying}, {"EmptyObject", simulator.EmptyObject, models.ReasonUpstreamLying},
		{"Null", simulator.Null, models.ReasonUpstreamLying}, {"SignedNull", simulator.SignedNull, models.ReasonUpstreamLying},
		{"Nobody", simulator.Nobody, models.ReasonUpstreamLying}, {"List", simulator.List, models.ReasonUpstreamLying}, {"Odd", simulator.Odd, models.ReasonUpstreamLying},
		{"Unsigned", simulator.Unsigned, models.ReasonUpstreamLying}, {"NoSign", simulator.NoSign, models.ReasonUpstreamLying},
		{"Forged", simulator.Forged, models.ReasonUpstreamLying}, {"Altered", simulator.Altered, models.ReasonUpstreamLying},
		{"Stranger", simulator.Stranger, models.ReasonUpstreamLying}, {"Impostor", simulator.Impostor, models.ReasonUpstreamLying},
		{"busy, signed", simulator.SignedRefusal, models.ReasonUpstreamBusy}, {"busy, unsigned", simulator.RefuseUnsigned("20000", "isp.unknow-error"), models.ReasonUpstreamBusy},
		{"busy, at the door", simulator.RefuseAtTheDoor("20000", "aop.unknow-error"), models.ReasonUpstreamBusy}, {"quota", simulator.Limited, models.ReasonUpstreamBusy},
		{"lost token", simulator.LostToken, models.ReasonUpstreamRefused}, {"expired token", simulator.ExpiredToken, models.ReasonUpstreamRefused},
		{"no permission", simulator.NoPermission, models.ReasonUpstreamRefused}, {"10003", simulator.Refuse("10003", ""), models.ReasonUpstreamRefused},
		{"isv.code-invalid", simulator.RefuseAtTheDoor("40002", "isv.code-invalid"), models.ReasonUpstreamRefused},
		{"SOMETHING_NEW", simulator.Refuse("40004", "SOMETHING_NEW"), models.ReasonUpstreamRefused},
	}
}

// TestMatrix is every call in every failure in every mode: the right reason, no
// second attempt, nothing changed that was not asked for, no secret told; and the
// next call succeeds.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			s := play(t, m)
			s.message() // so that anna is known
			for _, c := range calls() {
				for _, b := range breakages() {
					s.breaks(t, c, b)
				}
				if err := c.ready(t, s, true)(); err != nil {
					t.Errorf("%s, afterwards: %v", c.name, err)
				}
			}
		})
	}
}

// breaks lets one call go wrong.
func (s *stage) breaks(t *testing.T, c call, b breakage) {
	t.Helper()
	do := c.ready(t, s, b.name != "Hang")
	want, effects, questions := b.want, 0, 1
	if own, differs := c.own[b.name]; differs {
		want = own
	}
	switch {
	case b.name == "Nobody" && c.codeless: // which is all there is to say
		want = ""
	case b.name == "Lost" && c.changes:
		effects = 1
	case b.name == "SOMETHING_NEW" && (c.name == "Send" || c.name == "Tell"): // then the subscription is looked up
		questions = 2
	}
	before, asked := s.Effects(c.app), len(s.Asked(c.app))
	s.Fail(c.app, b.fail)
	for arrived := false; !arrived; { // on a busy machine an impatient call can end before it is begun
		if got := reason(t, do()); got != want {
			t.Errorf("%s, %s: %s, want %s", c.name, b.name, got, want)
			s.Mend(c.app)
			return
		}
		arrived = b.name != "Hang" || len(s.Asked(c.app)) > asked
	}
	if n := s.Effects(c.app) - before; n != effects {
		t.Errorf("%s, %s: %d effects", c.name, b.name, n)
	}
	if again := s.since(c.app, asked); len(again) != questions {
		t.Errorf("%s, %s: asked %v", c.name, b.name, again)
	}
}

// TestWhatTheLogIsTold: enough to know what to do about it.
func TestWhatTheLogIsTold(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	for words, failure := range map[string]simulator.Failure{"status 502": simulator.BadGateway, "status 503": simulator.Unavailable, "status 307": simulator.Away,
		"web page": simulator.Portal, "nothing, or": simulator.Empty, "too long": simulator.Huge, "no connection": simulator.HangUp, "not signed": simulator.Forged,
		"code 40006, sub_code isv.insufficient-isv-permissions": simulator.NoPermission, "nothing at all": simulator.Null, "another shape": simulator.List} {
		s.Fail(appID, failure)
		before := len(s.Asked(appID))
		if _, err := s.app.Identify(t.Context(), s.login("anna")); reason(t, err) == "" || !strings.Contains(err.Error(), words) || len(s.since(appID, before)) != 1 {
			t.Errorf("%v, want %s", err, words)
		}
	}
	s.Fail(appID, simulator.Hang)
	if _, err := s.hasty.Identify(t.Context(), s.login("anna")); reason(t, err) == "" || !strings.Contains(err.Error(), "in time") {
		t.Errorf("%v", err)
	}
}

// TestMatrixIsWhole: no method of the adapter is forgotten above, and no failure
// of the simulator.
func TestMatrixIsWhole(t *testing.T) {
	t.Parallel()
	var tested []string
	for _, c := range calls() {
		tested = append(tested, c.name)
	}
	inward := []string{"Phone", "Notification"} // what comes in, and asks nobody: tested in files of their own
	for _, name := range slices.Concat(exported(t, ".", "App"), exported(t, ".", "Plugin")) {
		if !slices.Contains(tested, name) && !slices.Contains(inward, name) {
			t.Errorf("%s is called in no failure", name)
		}
	}
	source := read(t, "matrix_test.go")
	for _, name := range failures(t) {
		if !strings.Contains(source, "simulator."+name) && name != "ImpostorsCertificate" { // which comes after Impostor, in another test
			t.Errorf("%s is played to no call", name)
		}
	}
}

// TestQuota: over Alipay's own count.
func TestQuota(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	s.Limit(appID, "alipay.open.app.qrcode.create", 1)
	if _, err := s.app.QRCode(t.Context(), "p", "q", "d"); err != nil {
		t.Error(err)
	}
	before := s.Effects(appID)
	if _, err := s.app.QRCode(t.Context(), "p", "q", "d"); reason(t, err) != models.ReasonUpstreamBusy || s.Effects(appID) != before {
		t.Errorf("got %v", err)
	}
}
