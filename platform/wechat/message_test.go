package wechat

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// message is one to 张三, who has accepted both templates, one of them once.
func message(w *world) Message {
	w.Subscribe(appID, fullName, "forGood")
	w.Subscribe(appID, fullName, "once")
	return Message{OpenID: simulator.OpenID(appID, fullName), Template: "forGood", Page: "pages/index/index?from=message",
		Data: map[string]string{"thing1": `您的码已变更 <&"`, "time2": "2026年2月9日 16:00"}}
}

func TestSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := message(w)
	for range 3 { // for good is as often as it likes
		if err := w.App.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	want := simulator.Message{User: fullName, Template: "forGood", Page: m.Page, Data: m.Data}
	if diff := cmp.Diff([]simulator.Message{want, want, want}, w.Messages(appID)); diff != "" {
		t.Error(diff)
	}
}

// TestMessageRefused: who did not accept is not told, and who accepted once is told
// once.
func TestMessageRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	forGood := message(w)
	once := forGood
	once.Template, once.Data = "once", map[string]string{"thing1": "一次"}
	stranger := forGood
	w.Login(appID, "李四")
	stranger.OpenID = simulator.OpenID(appID, "李四")
	send := func(m Message, want models.Reason) {
		t.Helper()
		if err := w.App.Send(t.Context(), m); why(t, err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	send(once, "")
	send(once, models.ReasonMessageRefused)
	w.Subscribe(appID, fullName, "once")
	send(once, "")
	send(stranger, models.ReasonMessageRefused)
	w.Unsubscribe(appID, fullName, "forGood")
	send(forGood, models.ReasonMessageRefused)
	if n := len(w.Messages(appID)); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// TestMessagesThatDoNotFit has what else is refused: here, where WeChat is not
// asked, and there.
func TestMessagesThatDoNotFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		change func(*Message)
		want   models.Reason
		field  string
		asked  int
	}{
		"nobody":              {func(m *Message) { m.OpenID = "" }, models.ReasonFieldBad, "open_id", 0},
		"no openid":           {func(m *Message) { m.OpenID = "o A" }, models.ReasonFieldBad, "open_id", 0},
		"no template":         {func(m *Message) { m.Template = "" }, models.ReasonFieldBad, "template", 0},
		"a long template":     {func(m *Message) { m.Template = strings.Repeat("t", 129) }, models.ReasonFieldBad, "template", 0},
		"no data":             {func(m *Message) { m.Data = nil }, models.ReasonFieldBad, "data", 0},
		"who never came":      {func(m *Message) { m.OpenID = simulator.OpenID(appID, "nobody") }, models.ReasonFieldBad, "open_id", 1},
		"another app's user":  {func(m *Message) { m.OpenID = simulator.OpenID(strange, fullName) }, models.ReasonFieldBad, "open_id", 1},
		"an unknown template": {func(m *Message) { m.Template = "never" }, models.ReasonUpstreamRefused, "", 1},
		"a page that is none": {func(m *Message) { m.Page = "pages/never/never" }, models.ReasonUpstreamRefused, "", 1},
		"a key less":          {func(m *Message) { delete(m.Data, "time2") }, models.ReasonFieldBad, "data", 1},
		"a key more":          {func(m *Message) { m.Data["thing3"] = "多" }, models.ReasonFieldBad, "data", 1},
		"an empty value":      {func(m *Message) { m.Data["thing1"] = " \n" }, models.ReasonFieldBad, "data", 1},
		"no time":             {func(m *Message) { m.Data["time2"] = "soon" }, models.ReasonFieldBad, "data", 1},
	} {
		m, asked := message(w), w.seen.count(atMessage)
		test.change(&m)
		err := w.App.Send(t.Context(), m)
		if why(t, err) != test.want || onField(err) != test.field {
			t.Errorf("%s: %v", name, err)
		}
		if n := w.seen.count(atMessage) - asked; n != test.asked {
			t.Errorf("%s: asked %d times", name, n)
		}
	}
	if n := len(w.Messages(appID)); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestMessageNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, want := range map[int]models.Reason{43101: models.ReasonMessageRefused, 45168: models.ReasonTextRefused, 87014: models.ReasonTextRefused,
		43108: models.ReasonUpstreamBusy, 45009: models.ReasonUpstreamBusy, 43107: models.ReasonUpstreamRefused,
		40037: models.ReasonUpstreamRefused, 41030: models.ReasonUpstreamRefused, 47003: models.ReasonFieldBad} {
		w.FailAt(appID, atMessage, simulator.Refuse(number))
		if err := w.App.Send(t.Context(), message(w)); why(t, err) != want {
			t.Errorf("%d: %v, want %s", number, err, want)
		}
	}
	for _, answer := range []string{"{}", `{"msgid":7}`, `{"errcode":null}`, `{"errcode":"0"}`} { // none says that it was sent
		w.FailAt(appID, atMessage, simulator.Says(answer))
		if err := w.App.Send(t.Context(), message(w)); why(t, err) != models.ReasonUpstreamLying {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// TestMessageLost: it arrived, and its answer did not. Nobody is told twice.
func TestMessageLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.FailAt(appID, atMessage, simulator.Lost)
	if err := w.App.Send(t.Context(), message(w)); why(t, err) != models.ReasonUpstream {
		t.Errorf("got %v", err)
	}
	if n := len(w.Messages(appID)); n != 1 || w.seen.count(atMessage) != 1 {
		t.Errorf("%d messages, asked %d times", n, w.seen.count(atMessage))
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, want string }{
		{"thing1", "社区东门", "社区东门"},
		{"thing12", strings.Repeat("长", 20), strings.Repeat("长", 20)},
		{"thing1", strings.Repeat("长", 21), strings.Repeat("长", 19) + "…"},
		{"thing1", " 两行\n\t一个 ", "两行 一个"},
		{"thing1", "响\x07铃", "响 铃"},
		{"thing1", "", ""},
		{"phrase1", strings.Repeat("长", 21), strings.Repeat("长", 21)},
		{"time2", "2026年2月9日 16:00", "2026年2月9日 16:00"},
	} {
		if got := fitting(c.key, c.value); got != c.want {
			t.Errorf("%s %q became %q", c.key, c.value, got)
		}
	}
}
