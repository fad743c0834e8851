package alipay_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

const secretWord = "张三的码"

// message is one to anna, who has agreed to it for good, and to a template of
// two keywords.
func (s *stage) message() alipay.Message {
	s.AddTemplate(appID, "colour", 2, true)
	s.Subscribe(appID, "anna", "colour")
	open := simulator.OpenID(appID, "anna")
	keep(open, secretWord)
	return alipay.Message{OpenID: open, Template: "colour", Page: "pages/code/code?from=message",
		Data: map[string]string{"keyword1": secretWord, "keyword2": "2026年11月24日 <12:00> & \"later\""}}
}

func TestSend(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		m.gives = simulator.Both
		s := play(t, m)
		one := s.message()
		other := one
		other.OpenID = simulator.UserID("anna") // an app that is given user_ids writes to them
		keep(other.OpenID)
		for _, message := range []alipay.Message{one, other} {
			if err := s.app.Send(t.Context(), message); err != nil {
				t.Errorf("%v: %v", m, err)
			}
		}
		want := simulator.Message{User: "anna", Template: "colour", Page: one.Page, Values: []string{one.Data["keyword1"], one.Data["keyword2"]}}
		if diff := cmp.Diff([]simulator.Message{want, want}, s.Sent(appID)); diff != "" {
			t.Errorf("%v: %s", m, diff)
		}
	}
}

// TestMessageRefused: Alipay lists no code for it, so the subscription is looked
// up; nobody is told twice, and nobody who did not agree.
func TestMessageRefused(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		message := s.message()
		s.AddTemplate(appID, "once", 2, false)
		s.Subscribe(appID, "anna", "once")
		once := message
		once.Template = "once"
		if err := s.app.Send(t.Context(), once); err != nil {
			t.Errorf("%v: agreed once: %v", m, err)
		}
		if err := s.app.Send(t.Context(), once); reason(t, err) != models.ReasonMessageRefused {
			t.Errorf("%v: a second one: %v", m, err)
		}
		s.Unsubscribe(appID, "anna", "colour")
		if err := s.app.Send(t.Context(), message); reason(t, err) != models.ReasonMessageRefused || len(s.Sent(appID)) != 1 {
			t.Errorf("%v: withdrawn: %v, %d messages", m, err, len(s.Sent(appID)))
		}
	}
}

// TestOtherRefusals: about what we sent, or not to be known. Only in the second
// case is the subscription looked up, and only once.
func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	const query = "alipay.open.app.messagetemplate.subscribe.query"
	s := play(t, mode{})
	message := s.message()
	strangers := message
	strangers.OpenID = simulator.OpenID(appID, "nobody")
	keep(strangers.OpenID)
	foreign := message
	foreign.Template = "another"
	fewer := message
	fewer.Data = map[string]string{"keyword1": "only"}
	for name, c := range map[string]struct {
		message alipay.Message
		fail    []simulator.Failure
		want    models.Reason
		queries int
	}{
		"unknown to Alipay": {strangers, nil, models.ReasonUpstreamRefused, 0}, "unknown template": {foreign, nil, models.ReasonUpstreamRefused, 0},
		"a keyword less":            {fewer, nil, models.ReasonUpstreamRefused, 0},
		"busy":                      {message, []simulator.Failure{simulator.Refuse("40004", "SYSTEM_ERROR")}, models.ReasonUpstreamBusy, 0},
		"unlisted, subscribed":      {message, []simulator.Failure{simulator.Refuse("40004", "SOMETHING_NEW")}, models.ReasonUpstreamRefused, 1},
		"unlisted, nothing learned": {message, []simulator.Failure{simulator.Refuse("40004", "SOMETHING_NEW"), simulator.HangUp}, models.ReasonUpstreamRefused, 1},
		"unlisted, forged":          {message, []simulator.Failure{simulator.Refuse("40004", "SOMETHING_NEW"), simulator.Forged}, models.ReasonUpstreamRefused, 1},
		"unlisted, not signed":      {message, []simulator.Failure{simulator.RefuseUnsigned("40004", "SOMETHING_NEW")}, models.ReasonUpstreamRefused, 1},
	} {
		s.Fail(appID, c.fail...)
		before, sent := len(s.Asked(appID)), len(s.Sent(appID))
		if err := s.app.Send(t.Context(), c.message); reason(t, err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		asked := s.since(appID, before)
		if n := len(slices.DeleteFunc(slices.Clone(asked), func(m string) bool { return m != query })); n != c.queries || len(asked) != 1+c.queries {
			t.Errorf("%s: asked %v", name, asked)
		}
		if len(s.Sent(appID)) != sent {
			t.Errorf("%s: sent", name)
		}
	}
}

// TestMessagesThatAreNone: what Alipay would not take is not sent.
func TestMessagesThatAreNone(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	long := strings.Repeat("长", 51)
	asked := s.questions(func() {
		for field, change := range map[string]func(*alipay.Message){
			"open_id": func(m *alipay.Message) { m.OpenID = "" }, "template": func(m *alipay.Message) { m.Template = "" },
			"template ": func(m *alipay.Message) { m.Template = strings.Repeat("t", 65) }, "page": func(m *alipay.Message) { m.Page = "" },
			"page ": func(m *alipay.Message) { m.Page = strings.Repeat("长", 129) }, "data": func(m *alipay.Message) { m.Data = nil },
			"keyword1": func(m *alipay.Message) { m.Data["keyword1"] = long }, "keyword2": func(m *alipay.Message) { m.Data["keyword2"] = "" },
			"keyword3": func(m *alipay.Message) { m.Data["keyword4"] = "a gap" }, "keyword1 ": func(m *alipay.Message) { m.Data = map[string]string{"thing1": "x"} },
			"data ": func(m *alipay.Message) {
				for i := range 50 {
					m.Data[fmt.Sprint("keyword", i+1)] = strings.Repeat("长", 50)
				}
			},
		} {
			m := s.message()
			m.Data = maps.Clone(m.Data)
			change(&m)
			err := s.app.Send(t.Context(), m)
			if reason(t, err) != models.ReasonFieldBad || !strings.HasSuffix(err.Error(), " on "+strings.TrimSpace(field)) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
	if asked != 0 || len(s.Sent(appID)) != 0 {
		t.Errorf("asked %d times", asked)
	}
	m := s.message()
	m.Data["keyword1"], m.Page = strings.Repeat("长", 50), strings.Repeat("p", 128)
	if err := s.app.Send(t.Context(), m); err != nil {
		t.Errorf("as long as may be: %v", err)
	}
}

func TestQRCode(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		address, err := s.app.QRCode(t.Context(), "pages/code/code", "venue=01J0000000000000000000000V&v=1", "社区东门")
		want := simulator.QRCode{AppID: appID, Path: "pages/code/code", Query: "venue=01J0000000000000000000000V&v=1", Description: "社区东门"}
		if got, ok := s.Scan(address); !ok || got != want || err != nil {
			t.Errorf("%v: %s leads to %+v, %v", m, address, got, err)
		}
	}
}

func TestQRCodesThatAreNone(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	asked := s.questions(func() {
		for _, c := range [][4]string{{"", "q", "d", "path"}, {"/pages/a", "q", "d", "path"}, {"pages/a?x=1", "q", "d", "path"}, {"p", "", "d", "query"},
			{"p", strings.Repeat("q", 257), "d", "query"}, {"p", "q", "", "description"}, {"p", "q", strings.Repeat("长", 33), "description"}} {
			_, err := s.app.QRCode(t.Context(), c[0], c[1], c[2])
			if reason(t, err) != models.ReasonFieldBad || !strings.HasSuffix(err.Error(), " on "+c[3]) {
				t.Errorf("%q: %v", c, err)
			}
		}
	})
	if asked != 0 {
		t.Errorf("asked %d times", asked)
	}
	for _, address := range []string{`""`, `"javascript:alert(1)"`, `"//elsewhere.example"`, `"https:"`, `null`, `7`} {
		s.Fail(appID, simulator.Says(`{"code":"10000","qr_code_url":`+address+`}`))
		if got, err := s.app.QRCode(t.Context(), "p", "q", "d"); got != "" || reason(t, err) != models.ReasonUpstreamLying {
			t.Errorf("%s: %q, %v", address, got, err)
		}
	}
}
