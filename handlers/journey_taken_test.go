package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/skip2/go-qrcode"

	"healthcode/models/store/storetest"
)

// entersByHand types a document's number on the page's own keys, and enters it.
func (j *journey) entersByHand(number string) {
	j.t.Helper()
	j.tick("#to-hand")
	j.fill("#hand-form [name=number]", number)
	j.tick("#hand-form [type=submit]")
	j.await(`document.querySelector("#scan").checkVisibility() && document.querySelector("#result").checkVisibility()`)
}

// saysWhere answers for somebody who goes to the community, from a listed place.
func (j *journey) saysWhere(town *journeyTown, far string) {
	j.t.Helper()
	j.fill("#community", far, ".stay [data-key=place]", "420100", ".stay [data-key=from]", town.day(j.t, -3), ".stay [data-key=to]", town.day(j.t, -1))
	j.tick("[name=transport][value=train]")
}

// TestJourneyTakenDown: two people without a phone arrive by train: a resident, and
// somebody whom nobody knows. The guard takes down where they go; the community follows
// both up.
func TestJourneyTakenDown(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	town.list(t, "420100")
	far := town.station(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()

	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "station", "/gate")
	guard.entersByHand(documentNumber(1))
	guard.says("#huge", "记下去向")
	guard.await(`document.querySelector("#to-take").checkVisibility() && document.querySelector("#word").innerText.includes("绿码")`)
	guard.look("gate, by hand at a station")
	guard.tick("#to-take")
	guard.says("#take-who", "张*")
	guard.await(`!document.querySelector("#take-guest").checkVisibility()`)
	guard.tick("#take-form [type=submit]")
	guard.await(`document.querySelector("#community-problem").innerText !== "" && !document.querySelector("#take-form .summary").hidden`)
	guard.look("gate, taking down, refused")
	guard.saysWhere(town, far)
	guard.readsAnother()
	guard.tick("#take-form [type=submit]")
	guard.says("#huge", "1号")
	guard.says("#way", "武汉市 → 瓶窑社区")
	guard.says("#say", "到旁边等候检查")
	guard.await(`!document.querySelector("#to-take").checkVisibility()`)
	guard.announced("gate, taken down")
	guard.look("gate, taken down")
	guard.unknownArrives(town, far)
	r.visit("/arrival")
	r.says("main", "由杭州西站工作人员代为登记（station）", "火车", "武汉市")
	r.look("arrival, taken down")

	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "there", "/console")
	for _, says := range [][]string{{"张三", "还须一位同事同意"}, {"王五", "13700137000", documentNumber(2), "本地没有这个人的登记"}} {
		worker.tick("[data-claim]")
		worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
		worker.says("main", append(says, "station 在杭州西站代为登记", "武汉市")...)
		worker.look("review, " + says[0])
		worker.fill("[name=words]", "已当面核对。")
		worker.tick("[value=approve]")
		worker.at("/console")
	}
	r.visit("/arrival")
	r.says("main", "已当面核对。")
	for _, j := range []*journey{r, guard, worker} {
		j.fine()
	}
}

// readsAnother: the form about one is half filled in when another is read, and is emptied
// only when the guard says so.
func (j *journey) readsAnother() {
	j.t.Helper()
	const kept = `document.querySelector("#community").value !== "" && document.querySelector("#take-who").innerText.startsWith("张*")`
	j.tick("#from-take")
	j.entersByHand(documentNumber(3))
	j.tick("#to-take")
	j.says("#take-ask", "张*", "填了一半", "…"+documentNumber(3)[14:])
	j.await(`!document.querySelector("#take-form").checkVisibility() && ` + kept)
	j.look("gate, taking down another")
	j.tick("#take-on")
	j.await(`document.querySelector("#take-form").checkVisibility() && !document.querySelector("#take-ask").checkVisibility() && ` + kept)
}

// listsTheNameless: of somebody who has neither a name nor a code any more the queue shows
// the number, and everybody else as before.
func (j *journey) listsTheNameless() {
	j.t.Helper()
	j.run(`const real = window.fetch; window.fetch = async (path, with_) => {
		const answer = await real(path, with_);
		if (path !== "/v1/queue") return answer;
		const body = await answer.json();
		delete body.turns[0].name;
		return new Response(JSON.stringify(body), { status: 200, headers: answer.headers });
	}`)
	j.tick("#queue-again")
	j.await(`[...document.querySelectorAll("#turns [data-part=name]")].map((e) => e.textContent).join() === ",王*"`)
}

// unknownArrives: nobody knows the document, so the guard asks for a name and a way to
// reach them. The one who was taken down before has left nothing on the form.
func (j *journey) unknownArrives(town *journeyTown, far string) {
	j.t.Helper()
	j.entersByHand(documentNumber(2))
	j.says("#huge", "无码登记")
	j.tick("#to-take")
	j.says("#take-who", "…"+documentNumber(2)[14:])
	j.await(`document.querySelector("#take-guest").checkVisibility() && document.querySelector("#community").value === "" && document.querySelector(".stay [data-key=place]").value === ""`)
	j.saysWhere(town, far)
	j.tick("#take-form [type=submit]")
	j.await(`document.querySelector("#take-name-problem").innerText !== "" && document.querySelector("#contact-problem").innerText !== ""`)
	j.look("gate, taking down somebody unknown")
	j.fill("#take-name", "王五", "#take-phone", "13700137000")
	j.tick("#take-form [type=submit]")
	j.says("#huge", "2号")
	j.tick("#to-queue")
	j.await(`document.querySelectorAll("#turns li").length === 2`)
	j.says("#turns", "张*", "王*", "自述到过风险地区")
	j.look("gate, queue of those taken down")
	j.listsTheNameless()
	j.tick("#from-queue")
}

// photograph is a picture of the code with that text.
func (j *journey) photograph(text string) {
	j.t.Helper()
	file := filepath.Join(j.t.TempDir(), "code.png")
	if err := qrcode.WriteFile(text, qrcode.Medium, 512, file); err != nil {
		j.t.Fatal(err)
	}
	j.do(chromedp.SetUploadFiles("#photo", []string{file}))
}

// strangers is a province whose gateway's guard has a browser, and another one whose
// residents come there.
func strangers(t *testing.T) (w *wires, town *journeyTown, anhui *street) {
	t.Helper()
	w = newWires(storetest.SQLite)
	clock := storetest.NewClock(time.Now().Add(-time.Hour))
	zhejiang, anhui := w.province(t, clock, "330000", nil), w.province(t, clock, "340000", anhuiNumbers)
	anhui.knows(zhejiang, "share", reached(zhejiang))
	zhejiang.knows(anhui, "share", reached(anhui))
	zhejiang.gateway("guard")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { zhejiang.service.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	if err := zhejiang.store.Close(); err != nil {
		t.Fatal(err)
	}
	zhejiang.origin = server.URL
	zhejiang.open(t)
	clock.Advance(time.Since(clock.Now()))
	return w, &journeyTown{town: zhejiang.town, Server: server}, anhui
}

// comes is the code of a new resident who has declared that.
func (s *street) comes(n int, name string, answers map[string]any) (text string) {
	s.t.Helper()
	me := s.resident("wechat", n, name)
	s.declare(me, answers).into(s.t, nil)
	return s.shown(me, 0)
}

// TestJourneyStranger is what a guard sees of codes of elsewhere: the colour as it counts
// here, whose it is and why, whether its place was asked, what to do, and a number.
func TestJourneyStranger(t *testing.T) {
	t.Parallel()
	w, town, anhui := strangers(t)
	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "guard", "/gate")
	if journeyEval[bool](guard, `document.querySelector("#choose").checkVisibility()`) {
		guard.run(`const s = document.querySelector("#choose-form select"); s.value = [...s.options].find((o) => o.text === "杭州西站").value`)
		guard.tick("#choose-form [type=submit]")
		guard.await(`document.readyState === "complete" && document.querySelector("#take") && document.querySelector("#scan").checkVisibility()`)
	}
	guard.photograph(anhui.comes(1, "张三", ill))
	guard.await(`document.querySelector("#result").dataset.advice === "queue" && document.querySelector("#result").dataset.colour === "yellow"`)
	for selector, says := range map[string]string{"#huge": "1号", "#word": "黄码", "#name": "张*", "#say": "原因：有症状", "#way": "没有抵达申报"} {
		guard.says(selector, says)
	}
	guard.says("#say", "甲，已于", "向对方核实", "阴性结果")
	guard.await(`!document.querySelector("#card-word").checkVisibility() && document.querySelector("#to-take").checkVisibility() && document.querySelector("[data-count=queue]").textContent === "1"`)
	guard.announced("gate, a stranger")
	guard.look("gate, a stranger")

	w.cut[host("340000")] = true // nobody can be asked: the pass alone says what was granted
	guard.photograph(anhui.comes(2, "李四", ill))
	guard.says("#huge", "2号")
	guard.says("#say", "发码时的颜色为准，未能再核实")
	guard.await(`!document.querySelector("#name").checkVisibility()`)
	guard.look("gate, a stranger who was not asked about")
	w.cut[host("340000")] = false

	guard.photograph(anhui.comes(3, "王五", well))
	guard.await(`document.querySelector("#result").dataset.colour === "green"`)
	guard.says("#huge", "记下去向")
	guard.tick("#to-take")
	guard.says("#take-who", "王*")
	guard.await(`document.querySelector("#take-guest").checkVisibility()`)
	guard.fill("#take-name", "王五", "#contact", "13900139000", "#community", town.community, ".stay [data-key=place]", "330100",
		".stay [data-key=from]", town.day(t, -1), ".stay [data-key=to]", town.day(t, 0))
	guard.tick("[name=transport][value=train]", "#take-form [type=submit]")
	guard.says("#huge", "通行")
	guard.says("#word", "绿码")
	guard.look("gate, a stranger who goes on")
	guard.tick("#to-queue")
	guard.says("#turns", "1号", "2号", "甲 · 码", "外地码为黄色")
	guard.look("gate, queue of strangers")
	guard.fine()
}
