package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"healthcode/models/store/storetest"
)

// pluginLogin is a session of that user in the plugin, within its host.
func (s *street) pluginLogin(user string) (token string) {
	s.t.Helper()
	var out struct{ Token, Ticket string }
	code := s.alipay.LoginIn(s.host, alipayApp, user)
	s.ask("", "POST", "/v1/login", map[string]string{"platform": "alipay-plugin", "code": code, "host": s.host}).into(s.t, &out)
	if out.Ticket != "" {
		s.t.Error("a plugin gets a ticket, which opens pages")
	}
	return out.Token
}

// link gives the plugin's account to the resident, as the two apps do it.
func (s *street) link(plugin, resident string) answer {
	s.t.Helper()
	var asked struct{ Challenge string }
	s.ask(plugin, "POST", "/v1/links/challenge", nil).into(s.t, &asked)
	var given struct{ Handover string }
	s.ask(resident, "POST", "/v1/links/handover", map[string]string{"challenge": asked.Challenge}).into(s.t, &given)
	return s.ask(plugin, "POST", "/v1/links", map[string]string{"handover": given.Handover})
}

// TestPluginOverHTTP: in somebody else's app a resident shows the code and
// declares once they have handed over, and cannot change who they are.
func TestPluginOverHTTP(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.vaccinate(t, 1, "张三")
	mine := s.resident("wechat", 1, "张三")
	plugin := s.pluginLogin("张三 elsewhere")
	if a := s.ask(plugin, "GET", "/v1/pass", nil); a.String() != "403 registration.required" {
		t.Errorf("before: %s", a)
	}
	s.link(plugin, mine).into(t, nil)
	if a := s.declare(plugin, well); a.Status != http.StatusCreated {
		t.Errorf("declaring: %s", a)
	}
	for path, want := range map[string]string{"/v1/pass": `"colour":"green"`, "/v1/standing": `"verified":true`, "/v1/vaccinations": `"complete":true`} {
		if a := s.ask(plugin, "GET", path, nil); !strings.Contains(string(a.Body), want) {
			t.Errorf("%s: %s %s", path, a, a.Body)
		}
	}
	s.changesNothing(t, func() {
		for _, r := range []request{{Method: "GET", Path: "/v1/me"}, {Method: "POST", Path: "/v1/ticket"}, {Method: "GET", Path: "/v1/me/export"},
			{Method: "POST", Path: "/v1/me/close", In: map[string]string{"confirm": "close"}}, {Method: "PATCH", Path: "/v1/me", In: map[string]string{"phone": "13900139000"}}} {
			r.Token = plugin
			if a := s.do(r); a.String() != "403 plugin.forbidden" {
				t.Errorf("%s %s: %s", r.Method, r.Path, a)
			}
		}
	})
	var held struct {
		Sessions []struct{ ID, Platform string }
	}
	s.ask(mine, "GET", "/v1/me", nil).into(t, &held)
	for _, x := range held.Sessions {
		if x.Platform == "alipay-plugin" {
			s.ask(mine, "DELETE", "/v1/sessions/"+x.ID, nil).into(t, nil)
		}
	}
	if a := s.ask(plugin, "GET", "/v1/pass", nil); a.String() != "401 login.required" {
		t.Errorf("signed out by its owner, the plugin gets %s", a)
	}
}

// TestHandOverIsBound: what is carried between the apps is good once, for those
// two, in that direction.
func TestHandOverIsBound(t *testing.T) {
	t.Parallel()
	s := settled(t)
	mine, other := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四")
	plugin, thief := s.pluginLogin("u"), s.pluginLogin("thief")
	var asked struct{ Challenge string }
	s.ask(plugin, "POST", "/v1/links/challenge", nil).into(t, &asked)
	var given struct{ Handover string }
	s.ask(mine, "POST", "/v1/links/handover", map[string]string{"challenge": asked.Challenge}).into(t, &given)
	s.changesNothing(t, func() {
		for name, a := range map[string]answer{
			"answered twice":           s.ask(other, "POST", "/v1/links/handover", map[string]string{"challenge": asked.Challenge}),
			"stolen":                   s.ask(thief, "POST", "/v1/links", map[string]string{"handover": given.Handover}),
			"the challenge itself":     s.ask(plugin, "POST", "/v1/links", map[string]string{"handover": asked.Challenge}),
			"a challenge that is none": s.ask(mine, "POST", "/v1/links/handover", map[string]string{"challenge": ""}),
		} {
			if a.String() != "410 link.invalid" {
				t.Errorf("%s: %s", name, a)
			}
		}
		if a := s.ask(plugin, "POST", "/v1/links/handover", map[string]string{"challenge": asked.Challenge}); a.String() != "403 plugin.forbidden" {
			t.Errorf("a plugin answers for its user: %s", a)
		}
	})
	s.ask(plugin, "POST", "/v1/links", map[string]string{"handover": given.Handover}).into(t, nil)
}

// TestPhoneOfPlatform: the number that the app gives is kept for the registration
// and shown masked; another account's is not.
func TestPhoneOfPlatform(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.login("alipay", "u")
	in := with(s.registration(1, "张三"), "phone", "")
	s.changesNothing(t, func() {
		if a := s.ask(token, "POST", "/v1/registration", in); a.String() != "422 phone.invalid" {
			t.Errorf("without a number: %s", a)
		}
		for _, message := range []string{"", "x", s.alipay.PhoneRefusal(alipayApp, "40006", "isv.insufficient-isv-permissions")} {
			if a := s.ask(token, "POST", "/v1/phone", map[string]string{"message": message}); a.Status < 400 {
				t.Errorf("%.20q is taken for a number", message)
			}
		}
	})
	a := s.ask(token, "POST", "/v1/phone", map[string]string{"message": s.alipay.PhoneMessage(alipayApp, "13812345678")})
	if a.Status != http.StatusOK || strings.Contains(string(a.Body), "13812345678") || !strings.Contains(string(a.Body), "138") {
		t.Fatalf("got %s %s", a, a.Body)
	}
	s.ask(token, "POST", "/v1/registration", in).into(t, nil)
	if a := s.ask(token, "GET", "/v1/me", nil); !strings.Contains(string(a.Body), "13812345678") {
		t.Errorf("registered with %s", a.Body)
	}
}

// TestNameCheckOverHTTP: the face that Alipay has seen, and nothing that the phone
// says, makes somebody verified.
func TestNameCheckOverHTTP(t *testing.T) {
	t.Parallel()
	s := settled(t)
	owner := s.resident("wechat", 1, "张三")
	token := s.register("alipay", 1, "张三")
	begin := func() (out struct{ ID, Vendor, URL string }) {
		s.ask(token, "POST", "/v1/name-checks", nil).into(t, &out)
		return out
	}
	ask := func(id string) string {
		a := s.ask(token, "POST", "/v1/name-checks/"+id+"/result", map[string]any{"passed": true})
		return a.String() + " " + string(a.Body)
	}
	check := begin()
	if check.Vendor == "" || !strings.HasPrefix(check.URL, "https://openapi.alipay.com/") {
		t.Fatalf("begun with %+v", check)
	}
	for range 2 { // nobody has stood before the camera yet
		s.changesNothing(t, func() {
			if got := ask(check.ID); got != `200 {"verified":false}` {
				t.Errorf("too early: %s", got)
			}
		})
	}
	if a := s.ask(owner, "POST", "/v1/name-checks/"+check.ID+"/result", nil); a.String() != "404 realname.unknown" {
		t.Errorf("another's check: %s", a)
	}
	s.face(check.URL, check.Vendor, "李四", documentNumber(1))
	if got := ask(check.ID); got != `200 {"verified":false}` {
		t.Errorf("another face: %s", got)
	}
	check = begin()
	s.face(check.URL, check.Vendor, "张三", documentNumber(1))
	if got := ask(check.ID); got != `200 {"verified":true}` {
		t.Errorf("passed: %s", got)
	}
	if got := ask(check.ID); got != `200 {"verified":true}` {
		t.Errorf("asked again: %s", got)
	}
	var mine, theirs struct{ Identity struct{ ID string } }
	s.ask(token, "GET", "/v1/me", nil).into(t, &mine)
	s.ask(owner, "GET", "/v1/me", nil).into(t, &theirs)
	if mine.Identity.ID != theirs.Identity.ID {
		t.Error("the same face and document, and two residents")
	}
	if a := s.ask(token, "POST", "/v1/name-checks", nil); a.String() != "409 realname.needless" {
		t.Errorf("once more: %s", a)
	}
	foreigner := s.login("alipay", "foreigner")
	s.ask(foreigner, "POST", "/v1/registration", with(s.registration(9, "Anna"), "document", map[string]string{"type": "passport", "number": "E12345678"})).into(t, nil)
	if a := s.ask(foreigner, "POST", "/v1/name-checks", nil); a.String() != "422 realname.document" {
		t.Errorf("a passport: %s", a)
	}
}

// face opens Alipay's page on the phone, with somebody before the camera.
func (s *street) face(page, vendor, name, number string) {
	s.t.Helper()
	u := must[*url.URL](s.t)(url.Parse(page))
	r := must[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), http.MethodGet, u.String(), nil))
	response := must[*http.Response](s.t)(played{s.alipay}.RoundTrip(r))
	_ = response.Body.Close()
	if !s.alipay.Face(vendor, name, number) {
		s.t.Fatal("there is no check to end")
	}
}

// TestSubscriptions: only the city's own messages can be agreed to.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.login("wechat", "u")
	if a := s.ask(token, "GET", "/v1/messages/templates", nil); string(a.Body) != `{"templates":["template-of-results"]}` {
		t.Errorf("to be asked for: %s", a.Body)
	}
	s.changesNothing(t, func() {
		if a := s.ask(token, "POST", "/v1/messages/subscriptions", map[string]any{"accepted": []string{"advertising"}}); a.String() != "422 request.bad_value" {
			t.Errorf("another's message: %s", a)
		}
		s.ask(token, "POST", "/v1/messages/subscriptions", map[string]any{"accepted": []string{}}).into(t, nil)
	})
	s.ask(token, "POST", "/v1/messages/subscriptions", map[string]any{"accepted": []string{"template-of-results"}}).into(t, nil)
	if rows := storetest.Dump(t, s.db)["subscriptions"]; len(rows) != 1 {
		t.Errorf("%d subscriptions are kept", len(rows))
	}
}
