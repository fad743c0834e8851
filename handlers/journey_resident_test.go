package handlers_test

import (
	"testing"
)

// enter opens the mini-program: the shell's ticket becomes the page's session.
func (j *journey) enter(town *journeyTown, app, user, to string) {
	j.t.Helper()
	j.visit("/enter#" + town.login(j.t, j.ctx, app, user) + "&to=" + to)
	j.await(`location.pathname !== "/enter" && !location.hash`)
}

// register fills the page in, first wrong, then right.
func (j *journey) register(name, number string) {
	j.t.Helper()
	j.at("/register")
	j.look("register")
	j.tick("[type=submit]")
	j.await(`!document.querySelector(".summary").hidden`)
	j.await(`document.activeElement === document.querySelector(".summary")`)
	j.announced("register, refused")
	for _, beside := range []string{"#name-problem", "#number-problem", "#phone-problem", "#community-problem"} {
		if journeyEval[string](j, `document.querySelector("`+beside+`").innerText`) == "" {
			j.t.Errorf("%s says nothing beside its field", beside)
		}
	}
	j.look("register, refused")
	j.fill("#name", name, "#number", number[:17]+"?", "#phone", "13912345678")
	j.run(`const c = document.querySelector("#community"); c.value = c.options[1].value`)
	j.tick("[value=code]", "[value=visits]", "[value=records]", "[type=submit]")
	j.await(`document.querySelector("#number-problem").innerText !== "" && document.querySelector("#name-problem").innerText === ""`)
	j.await(`document.querySelector("#number").getAttribute("aria-describedby") === "number-problem"`)
	j.fill("#number", number)
	j.tick("[type=submit]")
	j.at("/")
	j.await(`document.querySelector("#said").innerText !== ""`)
	j.announced("registered")
	j.look("home, pending")
}

// declareWell answers the health form, after sending it empty.
func (j *journey) declareWell() {
	j.t.Helper()
	j.visit("/declare/health")
	j.look("declare health")
	j.tick("[type=submit]")
	j.await(`!document.querySelector(".summary").hidden && document.querySelector("#temperature-problem").innerText !== ""`)
	j.look("declare health, refused")
	j.fill("[name=temperature]", "36,5")
	j.tick("[name=symptoms][value=none]", "[name=contact][value=no]", "[name=residence][value=settled]", "[type=submit]")
	j.at("/code")
	j.await(`document.querySelector("#said").innerText !== ""`)
}

// code looks at the face: it runs, it is renewed, it is not the reason.
func (j *journey) code(colour string) {
	j.t.Helper()
	j.visit("/code")
	j.await(`document.querySelector("main").dataset.colour === "` + colour + `" && document.querySelector("#hands").innerText.length === 8`)
	j.announced("code")
	j.look("code " + colour)
	first := journeyEval[string](j, `document.querySelector("#qr").toDataURL()`)
	at := journeyEval[string](j, `document.querySelector("#hands").innerText`)
	j.await(`document.querySelector("#hands").innerText !== "` + at + `"`)
	j.await(`document.querySelector("#qr").toDataURL() !== "` + first + `"`)
	if journeyEval[bool](j, `document.querySelectorAll("dl, ul").length > 0`) {
		j.t.Error("the face shows more than the code")
	}
}

func TestJourneyWeChat(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	town.vaccinate(t, 1, "张三")
	j := newJourney(t, "wechat", town.URL)
	j.enter(town, "wechat", "zhang", "/register")
	j.await(`document.documentElement.dataset.host === "wechat"`)
	j.register("张三", documentNumber(1))
	j.declareWell()
	j.code("grey")
	j.tick(`[href="/code/why"]`)
	j.at("/code/why")
	j.look("why, grey")
	j.visit("/vaccinations")
	j.look("vaccinations, unverified")
	town.approve(t, "registration")
	j.code("green")
	j.visit("/vaccinations?lang=en")
	j.await(`document.querySelectorAll(".dose").length === 3 && document.documentElement.lang === "en"`)
	j.look("vaccinations")
	for _, page := range []string{"/", "/code", "/code/why", "/declare/health", "/declare/itinerary", "/about", "/p", "/nowhere"} {
		j.visit(page)
		j.look(page + ", English")
	}
	j.mine()
}

// mine goes through everything that is held, changes it, and closes the account.
func (j *journey) mine() {
	j.t.Helper()
	open := `document.querySelectorAll("details").forEach((d) => { d.open = true })`
	j.visit("/me?lang=zh")
	j.run(open)
	j.look("me")
	j.fill("#new-phone", "12")
	j.tick(`[data-method=PATCH] [type=submit]`)
	j.await(`document.querySelector("#new-phone-problem").innerText !== ""`)
	j.look("me, refused")
	j.fill("#new-phone", "13800138000")
	j.tick(`[data-method=PATCH] [type=submit]`)
	j.says("#said", "已保存")
	j.announced("me, saved")
	j.run(open)
	j.says("main", "13800138000")
	j.tick(`[data-path="/v1/consents/visits"]`)
	j.await(`document.querySelector("#said").innerText !== "" && document.querySelector("[data-purpose=visits]")`)
	j.run(`window.confirm = () => true`)
	j.tick("[data-confirm=close]")
	j.at("/")
	j.says("h1", "微信")
	j.look("outside")
}

func TestJourneyAlipay(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "alipay", town.URL)
	j.enter(town, "alipay", "li", "/register")
	j.await(`document.documentElement.dataset.host === "alipay"`)
	j.register("李四", documentNumber(2))
	town.approve(t, "registration")
	j.declareWell()
	j.code("green")
	j.visit("/declare/itinerary")
	j.tick("[name=travelled][value=yes]")
	j.await(`document.querySelector(".stay").checkVisibility()`)
	j.tick("[data-add]")
	j.look("declare itinerary")
	j.tick("[type=submit]")
	j.await(`!document.querySelector(".summary").hidden`)
	j.look("declare itinerary, refused")
	j.visit("/declare/health")
	j.fill("[name=temperature]", "38.2")
	j.tick("[name=symptoms][value=cold_like]", "[name=contact][value=yes]", "[name=residence][value=settled]", "[type=submit]")
	j.at("/code")
	j.code("yellow")
	j.visit("/code/why")
	j.await(`document.querySelectorAll(".reason").length >= 1`)
	j.look("why, yellow")
	j.visit("/")
	j.look("home, yellow")
}

// TestJourneyOutside opens a resident's page without the app, and the page that
// goes through when the ticket is no longer good.
func TestJourneyOutside(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "browser", town.URL)
	j.visit("/code?lang=zh")
	j.says("h1", "微信")
	j.look("outside")
	j.visit("/enter#AAAAAAAAAAAAAAAAAAAAAA&to=/code")
	j.await(`document.querySelector("#says").innerText !== "" && !location.hash`)
	j.await(`!document.querySelector("#says").innerText.includes("正在")`)
	j.announced("enter, refused")
	j.look("enter, refused")
	j.visit("/p#123")
	j.await(`!location.hash`)
	j.look("pass")
}

// TestJourneyDoor scans posters: of the venue, and of nothing.
func TestJourneyDoor(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "wechat", town.URL)
	j.enter(town, "wechat", "wang", "/register")
	j.register("王五", documentNumber(3))
	town.approve(t, "registration")
	j.declareWell()
	j.visit("/door#" + town.venue.Poster)
	j.says("#venue", town.venue.Name.In("zh"))
	j.await(`!location.hash && document.querySelector("#seen").classList.contains("colour-green")`)
	j.says("#word", "绿码")
	j.announced("door")
	j.look("door")
	j.visit("/door")
	j.await(`!document.querySelector("#says").innerText.includes("正在")`)
	j.look("door, no poster")
	j.visit("/door#01ARZ3NDEKTSV4RRFFQ69G5FAV")
	j.await(`!location.hash && document.querySelector("#says").innerText.includes("没有这个场所")`) // the page is loaded anew for it
	j.announced("door, unknown")
	j.look("door, unknown")
}

// TestJourneyOffline shows the code while nothing answers.
func TestJourneyOffline(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "wechat", town.URL)
	j.enter(town, "wechat", "zhao", "/register")
	j.register("赵六", documentNumber(4))
	j.visit("/code")
	j.await(`document.querySelector("#hands").innerText.length === 8`)
	j.known = append(j.known, "console: Failed to load resource: net::ERR_") // the browser says that nothing answered
	town.down.Store(true)
	j.offline(true)
	j.await(`!document.querySelector("#offline").hidden && document.querySelector("#offline").innerText !== ""`)
	first := journeyEval[string](j, `document.querySelector("#qr").toDataURL()`)
	j.await(`document.querySelector("#qr").toDataURL() !== "` + first + `"`)
	j.look("code, offline")
	town.down.Store(false)
	j.offline(false)
	j.await(`document.querySelector("#offline").hidden`)
	j.fine()

	// Five minutes before the end of four hours it asks for the next one. Nothing
	// answers: the code that it has stays, and after its end the page says so.
	town.down.Store(true)
	j.run(`Math.random = () => 0; window.real = Date.now.bind(Date); Date.now = () => real() + (4 * 60 - 5) * 60000`)
	j.await(`!document.querySelector("#offline").hidden && document.querySelector("#stale").hidden`)
	first = journeyEval[string](j, `document.querySelector("#qr").toDataURL()`)
	j.await(`document.querySelector("#qr").toDataURL() !== "` + first + `"`)
	j.run(`Date.now = () => real() + 4 * 3600000`)
	j.await(`!document.querySelector("#stale").hidden && document.querySelector("#stale").innerText !== ""`)
	j.look("code, expired")
	town.down.Store(false)
	j.await(`document.querySelector("#stale").hidden && document.querySelector("#hands").innerText.length === 8`)
}
