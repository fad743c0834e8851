package miniprogram_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// inWeb does something on the page that a tap opens in the web-view, and comes back.
func (p *phone) inWeb(words string, do func(web *phone)) {
	p.t.Helper()
	p.tap(words)
	web := p.webview()
	do(web)
	web.close()
	p.run(`device.back()`)
	p.fine()
}

// proves the real name by face: given up, then somebody else's face, then their own.
func (p *phone) proves(app app) {
	p.t.Helper()
	p.tap("刷脸实名核验\n自愿，免去社区人工核对")
	p.at("pages/name/name")
	p.look(app.kind + "-name")
	p.tap("开始核验")
	p.says("您没有完成刷脸")
	if sent, _ := p.called("request"); !strings.HasSuffix(fmt.Sprint(sent["url"]), "/result") {
		p.t.Errorf("the service is not asked about a face that was given up: %v", sent["url"])
	}
	p.next(app.faceAPI, "li")
	p.tap("开始核验")
	p.says("核验没有通过")
	p.next(app.faceAPI, "zhang")
	p.tap("开始核验")
	p.at("pages/pass/pass")
}

// signsInAgain: the session has ended, and the person never hears of it.
func (p *phone) signsInAgain(town *town) {
	p.t.Helper()
	bearer := eval[string](p, `(() => { const of = device.calls.filter((c) => c.api === "request").map((c) => c.options.headers || c.options.header);
		return of.filter((h) => h.Authorization).at(-1).Authorization })()`)
	r := must[*http.Request](p.t)(http.NewRequestWithContext(p.t.Context(), http.MethodDelete, town.URL+"/v1/session", nil))
	r.Header.Set("Authorization", bearer)
	answer := must[*http.Response](p.t)(http.DefaultClient.Do(r))
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		p.t.Fatal(answer.Status)
	}
}

// refusesToLink: nothing is handed over to a mini-program that the city does not know.
func (p *phone) refusesToLink(app app) {
	p.t.Helper()
	for enter, words := range map[string]string{
		`{"path": "pages/link/link"}`: "请从需要关联的小程序进入",
		`{"path": "pages/link/link", "referrerInfo": {"appId": "wxffffffffffffffff", "extraData": {"challenge": "x"}}}`: "来源不明的小程序",
	} {
		p.open("shell", "user", "zhang", "app", app.id, "enter", enter)
		p.says(words)
		if eval[bool](p, `document.body.innerText.includes("同意关联")`) {
			p.t.Errorf("%s may be agreed to", enter)
		}
	}
}

// register fills the service's own page in.
func (p *phone) register(name, number string) {
	p.t.Helper()
	p.await(`location.pathname === "/register"`)
	p.fill("#name", name)
	p.fill("#number", number)
	p.fill("#phone", phoneNumber)
	p.run(`const c = document.querySelector("#community"); c.value = c.options[1].value`)
	for _, box := range []string{"[value=code]", "[value=visits]", "[value=records]", "[type=submit]"} {
		p.run(fmt.Sprintf(`document.querySelector(%q).click()`, box))
	}
	p.await(`location.pathname === "/" && document.readyState === "complete"`)
}

// declare answers the service's own page of the health form.
func (p *phone) declare() {
	p.t.Helper()
	p.fill("[name=temperature]", "36.5")
	for _, box := range []string{"[name=symptoms][value=none]", "[name=contact][value=no]", "[name=residence][value=settled]", "[type=submit]"} {
		p.run(fmt.Sprintf(`document.querySelector(%q).click()`, box))
	}
	p.await(`location.pathname === "/code" && document.readyState === "complete"`)
}

// gate holds the screen before a guard's camera: the code is the person's, it is
// new in the next slot, and it is let in.
func (p *phone) gate(town *town) {
	p.t.Helper()
	first := p.camera("")
	second := p.camera(first)
	if !strings.HasPrefix(second, town.URL+"/p#") {
		p.t.Errorf("the code reads %.40s", second)
	}
	said := town.scan(p.t, second)
	if said["advice"] != "pass" || said["colour"] != "green" || said["name"] != "张*" {
		p.t.Errorf("the guard is told %v", said)
	}
}

// camera reads the code on the screen once it is another one than before.
func (p *phone) camera(before string) string {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if text := p.scanned(); text != "" && text != before {
			return text
		}
	}
	p.t.Fatal("no new code was shown")
	return ""
}

// scans: a poster opens its door's page, everything else is refused in words.
func (p *phone) scans(app app) {
	p.t.Helper()
	for text, words := range map[string]string{"https://elsewhere.example/door#" + p.town.venue.Poster: "不是本市的场所码",
		p.town.URL + "/p#123": "只能由卡口", p.town.URL + "/t#123": "只能由卡口", p.town.URL + "/c#123": "只能由卡口", "https://example.com/": "不是本市的场所码", p.town.URL + "/me": "不是本市的场所码"} {
		p.next(app.scanAPI, app.scanned(text))
		p.tap("扫场所码")
		p.says(words)
	}
	p.next(app.scanAPI, app.scanned(p.town.URL+"/door#"+p.town.venue.Poster))
	p.inWeb("扫场所码", func(web *phone) {
		web.await(`document.querySelector("#seen") && document.querySelector("#seen").classList.contains("colour-green")`)
		web.says(p.town.venue.Name.In("zh"))
	})
}

// subscribes: what the person accepted is what the service is told.
func (p *phone) subscribes(app app) {
	p.t.Helper()
	p.next("requestSubscribeMessage", app.accepted)
	p.tap("消息提醒\n健康码有变化时告诉我")
	p.says("已开启消息提醒")
	if sent, _ := p.called("request"); fmt.Sprint(sent["data"]) != app.told {
		p.t.Errorf("the service is told %v", sent["data"])
	}
}

// outlives: the service is dead and the phone starts anew; the code goes on until
// its grant ends, and then it is gone.
func (p *phone) outlives() {
	p.t.Helper()
	p.town.down.Store(true)
	p.do(reload)
	p.await(`window.device && device.ready`)
	p.at("pages/pass/pass")
	p.says("绿码 未见异常")
	p.says("暂时连不上服务。二维码仍可使用至")
	p.look("pass, offline")
	first := p.camera("")
	p.camera(first)
	p.run(`window.real = Date.now.bind(Date); Date.now = () => real() + 4 * 3600000`)
	p.says("此码已过期")
	if text := p.scanned(); text != "" {
		p.t.Errorf("a code is shown after its end: %.40s", text)
	}
	p.town.down.Store(false)
	p.run(`Date.now = window.real`)
	p.await(`!document.body.innerText.includes("此码已过期")`)
	p.says("绿码 未见异常")
}
