package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"healthcode/models/store/storetest"
)

// told is the list of notices as a phone gets it.
type told struct {
	Unread  int
	Notices []struct {
		ID, Kind, Say, Colour, Before, Review, State, Words string
		ReadAt                                              *time.Time `json:"read_at"`
		Reasons                                             []struct{ Why string }
	}
}

func (s *street) told(token string, header ...string) (out told) {
	s.t.Helper()
	s.ask(token, "GET", "/v1/notices", nil, header...).into(s.t, &out)
	return out
}

// readAll reads the resident's newest notice, and so all of them.
func (s *street) readAll(token string) {
	s.t.Helper()
	s.ask(token, "POST", "/v1/notices/"+s.told(token).Notices[0].ID+"/read", nil).into(s.t, nil)
}

// deliver sends the messages that are due through the real adapters.
func (s *street) deliver() map[string]int {
	s.t.Helper()
	o := s.apps
	o.Zone = must[*time.Location](s.t)(time.LoadLocation("Asia/Shanghai"))
	return must[map[string]int](s.t)(s.store.Deliver(s.t.Context(), o.Senders()))
}

// agree is the resident accepting messages in their app, and the shell telling us.
func (s *street) agree(token, app, user string) {
	s.t.Helper()
	accepted := []string{"template-of-results"}
	if app == "alipay" {
		accepted = []string{"template-of-colours", "template-of-reviews"}
		for _, id := range accepted {
			s.alipay.Subscribe(alipayApp, user, id)
		}
	} else if !s.wechat.Subscribe(wechatApp, user, accepted...) {
		s.t.Fatal("WeChat does not ask")
	}
	s.ask(token, "POST", "/v1/messages/subscriptions", map[string]any{"accepted": accepted}).into(s.t, nil)
}

// TestNoticesOverHTTP: a change of colour is told in the list, on the first page
// and through both apps, where it says nothing about anybody.
func TestNoticesOverHTTP(t *testing.T) {
	t.Parallel()
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		s := newStreet(t, db)
		s.open(t)
		s.found(t)
		s.clock.Advance(time.Minute)
		in, ali := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四")
		for token, app := range map[string]string{in: "wechat", ali: "alipay"} {
			s.declare(token, well).into(t, nil)
			s.readAll(token)
			s.agree(token, app, map[string]string{"wechat": "张三1", "alipay": "李四2"}[app])
		}
		if a := s.ask(in, "GET", "/", nil); strings.Contains(string(a.Body), `class="note notice`) {
			t.Error("what was read is told again")
		}
		s.declare(in, ill).into(t, nil)
		s.declare(ali, ill).into(t, nil)
		if got := s.deliver(); got["sent"] != 2 {
			t.Fatalf("delivered %v", got)
		}
		want := "[健康码变为黄码 2022-03-14 12:03 请打开健康码查看原因]"
		we, al := s.wechat.Messages(wechatApp), s.alipay.Sent(alipayApp)
		if len(we) != 1 || len(al) != 1 {
			t.Fatalf("%d and %d messages", len(we), len(al))
		}
		parts := we[0].Data
		if got := fmt.Sprint([]string{parts["thing1"], parts["time2"], parts["thing3"]}); got != want || we[0].User != "张三1" || we[0].Template != "template-of-results" {
			t.Errorf("WeChat shows %+v, want %s", we[0], want)
		}
		if got := fmt.Sprint(al[0].Values); got != want || al[0].User != "李四2" || al[0].Template != "template-of-colours" {
			t.Errorf("Alipay shows %+v, want %s", al[0], want)
		}
		said := fmt.Sprint(parts, we[0].Page, al[0].Values, al[0].Page)
		if found := leaks(said, map[string]string{"name": "张三", "name in Alipay": "李四", "number": documentNumber(1), "number in Alipay": documentNumber(2), "phone": "13800138001"}); len(found) > 0 {
			t.Errorf("a message holds the resident's %v", found)
		}
		s.isTold(t, in, ali)
	})
}

// isTold looks at the list, and at the first page, of somebody who became yellow.
func (s *street) isTold(t *testing.T, mine, other string) {
	t.Helper()
	list := s.told(mine)
	n := list.Notices[0]
	if list.Unread != 1 || n.Kind != "colour" || n.Say != "您的健康码已由绿码变为黄码。" || n.Colour != "yellow" || n.Before != "green" || len(n.Reasons) == 0 || n.Reasons[0].Why == "" {
		t.Fatalf("told %+v", list)
	}
	if got := s.told(mine, "Accept-Language", "en").Notices[0].Say; got != "Your code has changed from green to yellow." {
		t.Errorf("told %q in English", got)
	}
	for path, wants := range map[string][]string{"/": {n.Say, `href="/code/why"`, "1条未读"}, "/notices": {n.Say, n.Reasons[0].Why, n.ID}} {
		a := s.ask(mine, "GET", path, nil)
		for _, want := range wants {
			if !strings.Contains(string(a.Body), want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
	}
	s.changesNothing(t, func() {
		if a := s.ask(other, "POST", "/v1/notices/"+n.ID+"/read", nil); a.String() != "404 notice.unknown" {
			t.Errorf("another's: %s", a)
		}
	})
	s.ask(mine, "POST", "/v1/notices/"+n.ID+"/read", nil).into(t, nil)
	if a := s.ask(mine, "GET", "/", nil); strings.Contains(string(a.Body), n.Say) || s.told(mine).Unread != 0 {
		t.Error("what was read is told again")
	}
}

// TestJudgementIsTold: with the worker's words in the list, and without them in
// the message; WeChat has no template for it in this city.
func TestJudgementIsTold(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.register("alipay", 1, "张三")
	s.agree(token, "alipay", "张三1")
	s.judge(s.staff("worker"), "refuse")
	list := s.told(token)
	if n := list.Notices[0]; n.Kind != "review" || n.Review != "registration" || n.State != "refused" || n.Words != "核对过证件。" || n.Say != "您的登记：未通过。" {
		t.Errorf("told %+v", list)
	}
	if got := s.deliver(); got["sent"] != 1 {
		t.Fatalf("delivered %v", got)
	}
	if got := s.alipay.Sent(alipayApp)[0]; got.Template != "template-of-reviews" || got.Values[0] != "登记：未通过" {
		t.Errorf("Alipay shows %+v", got)
	}
	if a := s.ask(token, "GET", "/", nil); a.Status != http.StatusOK || !strings.Contains(string(a.Body), "您的登记：未通过。") {
		t.Errorf("the first page: %s", a)
	}
}

// TestWithdrawnInTheApp: whoever turns messages off in their app is sent no more,
// and nobody has to tell us.
func TestWithdrawnInTheApp(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for app, user := range map[string]string{"wechat": "张三1", "alipay": "李四2"} {
		n := int(user[len(user)-1] - '0')
		token := s.resident(app, n, user[:len(user)-1])
		s.declare(token, well).into(t, nil)
		s.agree(token, app, user)
		s.wechat.Unsubscribe(wechatApp, user, "template-of-results")
		s.alipay.Unsubscribe(alipayApp, user, "template-of-colours")
		s.declare(token, ill).into(t, nil)
		if got := s.deliver(); got["refused"] != 1 {
			t.Errorf("%s: delivered %v", app, got)
		}
		s.declare(token, well).into(t, nil)
		s.judge(s.staff("worker"), "clear")
		s.readAll(token)
		s.declare(token, ill).into(t, nil)
		if got := s.deliver(); got["refused"] != 0 || got["sent"] > 1 { // the review's may go
			t.Errorf("%s: delivered %v after the refusal", app, got)
		}
	}
}
