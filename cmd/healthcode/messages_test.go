package main

import (
	"fmt"
	"testing"
	"time"

	"healthcode/config"
	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform"
	alipaysim "healthcode/platform/alipay/simulator"
	wechatsim "healthcode/platform/wechat/simulator"
)

// TestMessages: the templates that are set are those that residents are told by,
// and what goes out fits them.
func TestMessages(t *testing.T) {
	t.Parallel()
	m, o := connected(t)
	m.env["WECHAT_TEMPLATES"], m.env["ALIPAY_TEMPLATES"] = "c1, r1", "c2"
	c, err := config.Load(m.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(messages(c)), "map[alipay:map[colour:c2] wechat:map[colour:c1 review:r1]]"; got != want {
		t.Errorf("told by %s, want %s", got, want)
	}
	options, err := platforms(c, o)
	if err != nil {
		t.Fatal(err)
	}
	options.Zone = c.Zone
	senders := options.Senders()
	for _, id := range c.WeChatTemplates {
		o.wechat.AddTemplate("wx1", id, true, "thing1", "time2", "thing3")
	}
	o.wechat.Subscribe("wx1", "u", c.WeChatTemplates...)
	o.alipay.AddTemplate(alipayApp, "c2", 3, true)
	o.alipay.Subscribe(alipayApp, "u", "c2")
	at := time.Date(2022, 3, 14, 4, 5, 0, 0, time.UTC)
	for _, sent := range []store.Message{
		{To: store.SignIn{Platform: platform.WeChat, OpenID: wechatsim.OpenID("wx1", "u")}, Template: "c1", Kind: models.NoticeColour, Colour: models.Red, At: at},
		{To: store.SignIn{Platform: platform.WeChat, OpenID: wechatsim.OpenID("wx1", "u")}, Template: "r1", Kind: models.NoticeReview,
			Review: models.Review{Kind: models.ReviewCorrection, State: models.ReviewApproved}, At: at},
		{To: store.SignIn{Platform: platform.Alipay, OpenID: alipaysim.OpenID(alipayApp, "u")}, Template: "c2", Kind: models.NoticeColour, Colour: models.Green, At: at},
	} {
		if err := senders[sent.To.Platform].Send(t.Context(), sent); err != nil {
			t.Errorf("%s: %v", sent.Template, err)
		}
	}
	if got, want := fmt.Sprint(o.wechat.Messages("wx1")), "[{u c1 pages/index/index map[thing1:健康码变为红码 thing3:请打开健康码查看原因 time2:2022-03-14 12:05]} "+
		"{u r1 pages/index/index map[thing1:更正：已通过 thing3:请打开健康码查看说明 time2:2022-03-14 12:05]}]"; got != want {
		t.Errorf("WeChat shows %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(o.alipay.Sent(alipayApp)), "[{u c2 pages/index/index [健康码变为绿码 2022-03-14 12:05 请打开健康码查看原因]}]"; got != want {
		t.Errorf("Alipay shows %s, want %s", got, want)
	}
}
