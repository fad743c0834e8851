package handlers_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	wechatsim "healthcode/platform/wechat/simulator"
)

// call is a question to a platform that somebody's request leads to.
type call struct {
	name, app string
	// ask makes the request anew: its codes are good once.
	ask func() answer
	// want is what it leads to once the platform answers again.
	want string
}

// TestEveryCallFails: whatever a platform does to any question, the resident reads
// what to do, no table is changed, no secret and nothing personal is told or
// logged, and the next try succeeds once.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newStreet(t, schema.Any(t))
	s.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.open(t)
	s.found(t)
	calls := s.calls()
	for i, b := range breakages() {
		for _, c := range calls {
			if c.app != b.app {
				continue
			}
			t.Run(fmt.Sprint(i, " ", c.name, ", ", b.name), func(t *testing.T) {
				s.serve(t) // with every allowance whole
				b.fail(s.town)
				s.changesNothing(t, func() {
					refusedUpstream(t, c.ask(), strings.Replace(b.want, "403 login.blocked", "502 upstream.refused_us", 1))
				})
				s.wechat.Mend(wechatApp)
				if a := c.ask(); !strings.HasPrefix(a.String(), c.want) {
					t.Errorf("afterwards: %s %s", a, a.Body)
				}
			})
		}
	}
	for _, secret := range []string{wechatKey, "欧阳钟离", "司徒上官", documentNumber(31), documentNumber(32), "13877665544"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %s", secret)
		}
	}
}

// refusedUpstream holds the answer against what a resident must be told.
func refusedUpstream(t *testing.T, a answer, want string) {
	t.Helper()
	if a.String() != want || a.problem().Text == "" || bytes.Contains(a.Body, []byte(wechatKey)) {
		t.Errorf("got %s, want %s: %s", a, want, a.Body)
	}
}

// calls are the questions beside logging in.
func (s *street) calls() []call {
	inWeChat, inAlipay := s.register("wechat", 31, "欧阳钟离"), s.register("alipay", 32, "司徒上官")
	s.wechat.SetPhone("欧阳钟离31", "86", "13877665544")
	var check, other struct{ ID, Vendor, URL string }
	s.ask(inWeChat, "POST", "/v1/name-checks", nil).into(s.t, &check)
	s.ask(inAlipay, "POST", "/v1/name-checks", nil).into(s.t, &other)
	s.wechat.ShowFace(wechatApp, "欧阳钟离31", check.Vendor, wechatsim.FaceLeft)
	again := func(token, id string) func() answer {
		return func() answer { return s.ask(token, "POST", "/v1/name-checks/"+id+"/result", nil) }
	}
	begin := func(token string) func() answer {
		return func() answer { return s.ask(token, "POST", "/v1/name-checks", nil) }
	}
	plugin := func() answer {
		return s.ask("", "POST", "/v1/login", map[string]string{"platform": "alipay-plugin", "code": s.alipay.LoginIn(s.host, alipayApp, "u"), "host": s.host})
	}
	return []call{
		{"phone", "wechat", func() answer {
			return s.ask(inWeChat, "POST", "/v1/phone", map[string]string{"code": s.wechat.PressPhone(wechatApp, "欧阳钟离31")})
		}, "200"},
		{"name check", "wechat", begin(inWeChat), "201"},
		{"result of a name check", "wechat", again(inWeChat, check.ID), "200"},
		{"name check", "alipay", begin(inAlipay), "201"},
		{"result of a name check", "alipay", again(inAlipay, other.ID), "200"},
		{"login in a plugin", "alipay", plugin, "200"},
	}
}

// TestForgedPhoneMessages: what was not made by Alipay for this app is no number,
// however it is broken, and never ends the service.
func TestForgedPhoneMessages(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.login("alipay", "u")
	good := s.alipay.PhoneMessage(alipayApp, "13812345678")
	s.changesNothing(t, func() {
		for _, message := range []string{"", "{}", "null", `{"response":null}`, `{"response":"YQ==","sign":"x"}`, good[:len(good)/2], strings.Replace(good, `"sign":"`, `"sign":"A`, 1),
			url.QueryEscape(good), s.alipay.PhoneMessage(s.host, "13812345678")} {
			s.serve(t) // with every allowance whole
			if a := s.ask(token, "POST", "/v1/phone", map[string]string{"message": message}); a.Status < 400 || a.Status >= 500 {
				t.Errorf("%.40q: %s", message, a)
			}
		}
	})
}
