package miniprogram_test

import (
	"testing"
)

// TestShells taps through the shells as residents do, against the service.
func TestShells(t *testing.T) {
	t.Run("wechat", func(t *testing.T) { t.Parallel(); shellJourney(t, wechatShell) })
	t.Run("alipay", func(t *testing.T) { t.Parallel(); shellJourney(t, alipayShell) })
}

// app is what differs between the two apps' journeys.
type app struct {
	kind, id, folder string
	refusePhone      func(*phone) // and the app's or the page's own question about privacy
	agreePhone       func(*phone)
	scanned          func(text string) any
	accepted         any // of two messages the first
	faceAPI, scanAPI string
	told             string // of the messages that were accepted
}

var wechatShell = app{
	kind: "wechat", id: wechatApp, folder: "wechat/shell", scanAPI: "scanCode", faceAPI: "requestFacialVerify",
	refusePhone: func(p *phone) {
		p.tap("使用微信绑定的手机号")
		p.says("隐私保护提示")
		p.look("wechat-privacy")
		p.tap("阅读隐私保护指引")
		p.await(`device.calls.some((c) => c.api === "openPrivacyContract")`)
		p.tap("暂不同意")
		p.says("没有取得手机号")
	},
	agreePhone: func(p *phone) {
		p.tap("使用微信绑定的手机号")
		p.tap("同意")
	},
	scanned:  func(text string) any { return map[string]string{"result": text} },
	accepted: map[string]string{"colour-changed": "accept", "review-done": "reject"},
	told:     "map[accepted:[colour-changed]]",
}

var alipayShell = app{
	kind: "alipay", id: alipayApp, folder: "alipay/shell", scanAPI: "scan", faceAPI: "startBizService",
	refusePhone: func(p *phone) {
		p.tap("使用支付宝绑定的手机号")
		p.says("隐私保护提示")
		p.look("alipay-privacy")
		p.tap("暂不同意")
		p.says("您没有同意，不会取得任何信息")
		p.tap("登记")
		p.tap("暂不同意")
	},
	agreePhone: func(p *phone) {
		p.tap("使用支付宝绑定的手机号")
		p.tap("同意")
		p.next("getAuthorize", "refuse") // Alipay's own question
		p.tap("使用支付宝绑定的手机号")
		p.says("没有取得手机号")
		p.next("getAuthorize", nil)
		p.tap("使用支付宝绑定的手机号")
	},
	scanned:  func(text string) any { return map[string]string{"code": text, "qrCode": text} },
	accepted: map[string]any{"behavior": "subscribe", "show": true, "result": map[string]any{"subscribedEntityIds": []string{"colour-changed"}}},
	told:     `{"accepted":["colour-changed"]}`,
}

// shellJourney is one resident's whole way: login, privacy, phone, registration,
// declaration, real name, code, vaccinations, and everything else that the shell
// does itself.
func shellJourney(t *testing.T, app app) {
	in := browser(t, app.kind)
	town := newTown(t, map[string]string{"shell": built(t, app.kind, "main="+app.folder)})
	town.vaccinate(t, 1, "张三")
	p := newPhone(t, town, in)
	p.open("shell", "user", "zhang", "app", app.id, "lang", "en")
	p.says("Welcome. Please register first")
	p.open("shell", "user", "zhang", "app", app.id)
	p.says("首次使用")
	p.look(app.kind + "-new")
	app.refusePhone(p)
	if town.numbers.Load() != 0 {
		t.Error("the app handed a phone number out although privacy was refused")
	}
	app.agreePhone(p)
	p.says("138****8000")
	p.inWeb("登记", func(web *phone) { web.register("张三", documentNumber(1)) })
	p.says("出示健康码")
	p.look(app.kind + "-home")
	p.inWeb("健康申报", func(web *phone) {
		web.await(`location.pathname === "/declare/health"`)
		web.declare()
	})
	p.tap("出示健康码")
	p.at("pages/pass/pass")
	p.says("灰码 暂无有效结果")
	p.says("证件尚未核验")
	p.look(app.kind + "-pass-grey")
	p.run(`device.back()`)
	p.proves(app)
	p.says("绿码 未见异常")
	p.says("张*")
	p.look(app.kind + "-pass")
	p.gate(town)
	p.inWeb("原因与办理", func(web *phone) { web.await(`location.pathname === "/code/why"`) })
	p.run(`device.back()`)
	p.signsInAgain(town)
	p.inWeb("接种记录", func(web *phone) {
		web.await(`location.pathname === "/vaccinations" && document.querySelectorAll(".dose").length === 3`)
	})
	p.inWeb("行程卡", func(web *phone) {
		web.await(`location.pathname === "/travel" && document.querySelector("#qr").width > 300`)
	})
	p.scans(app)
	p.subscribes(app)
	p.outlives()
	p.refusesToLink(app)
}
