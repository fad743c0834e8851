package wechat

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

func TestCheckText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Dislike("骂人的话")
	w.Doubt("像是的话")
	w.Login(appID, fullName)
	own := simulator.OpenID(appID, fullName)
	for _, c := range []struct {
		openID, text string
		want         models.Reason
		asked        int
	}{
		{own, "我没有去过那里", "", 1},
		{own, `<b>"引号"</b> & 两行` + "\n", "", 1},
		{own, "像是的话，说了一句", "", 1},
		{own, "骂人的话，说了一句", models.ReasonTextRefused, 1},
		{own, "特3456书yuuo莞6543李zxcz蒜7782法fgnv级", models.ReasonTextRefused, 1}, // the vendor's sample
		{own, strings.Repeat("长", 2500), "", 1},
		{own, strings.Repeat("长", 2501), models.ReasonAnswerTooLong, 0},
		{own, "", "", 0},
		{own, " \n\t　", "", 0},
		{"", "话", models.ReasonFieldBad, 0},
		{"o A", "话", models.ReasonFieldBad, 0},
		{simulator.OpenID(appID, "nobody who came"), "话", models.ReasonUpstreamRefused, 1},
		{simulator.OpenID(strange, fullName), "话", models.ReasonUpstreamRefused, 1},
	} {
		asked := w.seen.count(atText)
		err := w.App.CheckText(t.Context(), c.openID, c.text)
		if why(t, err) != c.want {
			t.Errorf("%.30q: %v, want %q", c.text, err, c.want)
		}
		if n := w.seen.count(atText) - asked; n != c.asked {
			t.Errorf("%.30q: asked %d times", c.text, n)
		}
		if text := strings.TrimSpace(c.text); err != nil && text != "" {
			hides(t, err, text)
		}
	}
}

// TestCheckTextOfAnAbsentee: WeChat checks for those who came within two hours.
func TestCheckTextOfAnAbsentee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Login(appID, fullName)
	check := func() models.Reason {
		return why(t, w.App.CheckText(t.Context(), simulator.OpenID(appID, fullName), "话"))
	}
	w.pass(2*time.Hour - time.Second)
	if got := check(); got != "" {
		t.Errorf("within two hours: %s", got)
	}
	w.pass(time.Second)
	if got := check(); got != models.ReasonLoginRequired {
		t.Errorf("after two hours: %q", got)
	}
	w.Login(appID, fullName)
	if got := check(); got != "" {
		t.Errorf("come again: %s", got)
	}
}

func TestCheckTextQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Quota(appID, atText, 1, 2)
	w.Login(appID, fullName)
	for i, want := range []models.Reason{"", models.ReasonUpstreamBusy, "", models.ReasonUpstreamBusy} {
		if i == 2 {
			w.pass(time.Minute)
		}
		if got := why(t, w.App.CheckText(t.Context(), simulator.OpenID(appID, fullName), "话")); got != want {
			t.Errorf("text %d: %q, want %q", i, got, want)
		}
	}
	if n := w.Done(appID, atText); n != 2 {
		t.Errorf("%d texts were checked", n)
	}
}

// TestTextAnswers: what holds no opinion does not let a text stand.
func TestTextAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Login(appID, fullName)
	for answer, want := range map[string]models.Reason{
		`{"errcode":0,"result":{"suggest":"pass"}}`:      "",
		`{"errcode":0,"result":{"suggest":"review"}}`:    "",
		`{"errcode":0,"result":{"suggest":"risky"}}`:     models.ReasonTextRefused,
		`{"errcode":0,"result":{"suggest":"PASS"}}`:      models.ReasonUpstreamLying,
		`{"errcode":0,"result":{"suggest":""}}`:          models.ReasonUpstreamLying,
		`{"errcode":0,"result":{}}`:                      models.ReasonUpstreamLying,
		`{"errcode":0,"suggest":"pass"}`:                 models.ReasonUpstreamLying,
		`{"errcode":0,"result":"pass"}`:                  models.ReasonUpstreamLying,
		`{"errcode":61010,"result":{"suggest":"pass"}}`:  models.ReasonLoginRequired,
		`{"errcode":87014,"errmsg":"risky content"}`:     models.ReasonTextRefused,
		`{"errcode":40003,"errmsg":"invalid openid"}`:    models.ReasonUpstreamRefused,
		`{"errcode":-1,"result":{"suggest":"pass"}}`:     models.ReasonUpstreamBusy,
		`{"errcode":0,"result":{"suggest":"pass"}} more`: models.ReasonUpstreamLying,
	} {
		w.FailAt(appID, atText, simulator.Says(answer))
		if got := why(t, w.App.CheckText(t.Context(), simulator.OpenID(appID, fullName), "话")); got != want {
			t.Errorf("%s: %q, want %q", answer, got, want)
		}
	}
}
