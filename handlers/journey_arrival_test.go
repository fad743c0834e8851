package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/store"
)

// list has two epidemiologists list a place, without a browser.
func (town *journeyTown) list(t *testing.T, place string) {
	t.Helper()
	var agrees models.Proposer
	var enters models.Epidemiologist
	for _, username := range []string{"epi", "epi2"} {
		code := must[string](t)(totp.GenerateCode(town.secrets[username], time.Now()))
		token := must[string](t)(town.store.SignInStaff(t.Context(), store.StaffSignIn{Username: username, Password: password, Code: code, Device: "journey"}))
		if username == "epi" {
			enters = must[models.Epidemiologist](t)(town.store.Epidemiologist(t.Context(), token))
		} else {
			agrees = must[models.Proposer](t)(town.store.Proposer(t.Context(), token))
		}
	}
	p := must[models.Proposal](t)(town.store.List(t.Context(), enters, models.Listing{Place: place, Level: models.LevelMedium, From: town.now().Add(-48 * time.Hour)}, "通告"))
	if err := town.store.Agree(t.Context(), agrees, p.ID, ""); err != nil {
		t.Fatal(err)
	}
}

// station is a gateway, and a worker and a guard who are there.
func (town *journeyTown) station(t *testing.T) (far string) {
	t.Helper()
	far = must[string](t)(town.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: "330110", Name: words("瓶窑社区", "Pingyao"), Phone: "0571-88880002"}))
	v := must[models.Venue](t)(town.store.AddVenue(t.Context(), operator, models.Venue{Jurisdiction: "330110", CommunityID: far, Kind: models.VenueStation, Name: words("杭州西站", "Hangzhou West Station")}))
	town.ago.Store(int64(time.Hour))
	town.hire(t, "there", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110", Communities: []string{far}}, 998)
	town.hire(t, "station", models.Staff{Role: models.RoleGuard, Jurisdiction: "330110", VenueID: v.ID}, 0)
	town.ago.Store(0)
	return far
}

// declares says that they arrive at the community with a child: first with nothing, then
// as a driver without a plate.
func (j *journey) declares(town *journeyTown, far string) {
	j.t.Helper()
	j.visit("/")
	j.tick(`[href="/arrival"]`)
	j.at("/arrival")
	j.look("arrival")
	j.tick("#arrival [type=submit]")
	j.await(`!document.querySelector(".summary").hidden && document.querySelector("#community-problem").innerText !== ""`)
	j.announced("arrival, refused")
	j.look("arrival, refused")
	j.fill("#community", far, "#contact", "13900139000", ".stay [data-key=place]", "420100", ".stay [data-key=from]", town.day(j.t, -3), ".stay [data-key=to]", town.day(j.t, -1))
	j.run(`const g = document.querySelector("#gateway"); g.value = g.options[1].value`)
	j.tick("[name=transport][value=car]")
	j.await(`document.querySelector("#plate").checkVisibility()`)
	j.tick("#add")
	j.await(`document.activeElement === document.querySelector("[name='companions.0.name']")`)
	j.fill(`[name="companions.0.name"]`, "张小三", `[name="companions.0.document.number"]`, documentNumber(21)[:17]+"?")
	j.tick("#arrival [type=submit]")
	j.await(`document.querySelector("#plate-problem").innerText !== "" && document.querySelector("#companions .problem:not(:empty)")`)
	j.look("arrival, a driver with a child")
	j.fill(`[name="companions.0.document.number"]`, documentNumber(21))
	j.tick("[name=transport][value=train]", "#arrival [type=submit]")
	j.says("#said", "已提交")
	j.says("main", "瓶窑社区")
	j.announced("arrival, declared")
	j.look("arrival, declared")
}

// scansOnce shows code and card in one answer, and who waits.
func (j *journey) scansOnce(picture string) {
	j.t.Helper()
	j.do(chromedp.SetUploadFiles("#photo", []string{picture}))
	j.await(`document.querySelector("#result").dataset.advice === "queue"`)
	for selector, says := range map[string]string{"#huge": "1号", "#word": "黄码", "#card-word": "黄卡", "#cities": "武汉市*", "#way": "武汉市 → 瓶窑社区，共2人", "#name": "张*"} {
		j.says(selector, says)
	}
	j.await(`document.querySelector("#announce").textContent.includes("1号")`)
	if late := journeyEval[float64](j, `document.querySelector("#result").getBoundingClientRect().bottom - innerHeight`); late > 0 {
		j.t.Errorf("the answer ends %.0f pixels below the screen", late)
	}
	j.look("gate, at a station")
}

// checksNext calls the next, and takes a sample.
func (j *journey) checksNext() {
	j.t.Helper()
	j.tick("#to-queue")
	j.await(`document.querySelectorAll("#turns li").length === 1`)
	j.says("#turns", "张*")
	j.look("gate, queue")
	j.tick("#queue-next")
	j.await(`document.querySelector("[data-outcome=tested]").checkVisibility()`)
	j.says("#queue-status", "已叫 1 号")
	j.announced("gate, called")
	j.look("gate, called")
}

// TestJourneyArrival: a traveller declares on the train, a gateway's guard scans, and
// the destination's worker follows up.
func TestJourneyArrival(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	town.list(t, "420100")
	far := town.station(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	r.declares(town, far)

	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "station", "/gate")
	guard.scansOnce(r.picture())
	r.visit("/arrival")
	r.says(".turn", "1号")
	r.says(".turn", "前面没有人")
	r.look("arrival, waiting")
	guard.checksNext()
	r.tick(".turn a")
	r.says(".turn", "叫到您了")
	guard.tick("[data-outcome=tested]")
	guard.says("#queue-status", "1 号已办结")
	guard.says("#queue", "没有人在等候")
	guard.look("gate, nobody waits")
	guard.tick("#from-queue")
	guard.await(`document.querySelector("#scan").checkVisibility()`)

	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "there", "/console")
	worker.says("main", "抵达")
	worker.tick("[data-claim]")
	worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
	for _, says := range []string{"张小三", documentNumber(21), "武汉市*", "已采样检测", "13900139000"} {
		worker.says("main", says)
	}
	worker.look("review, arrival")
	worker.tick("[value=approve]")
	worker.await(`document.querySelector("#words-problem").innerText !== ""`)
	worker.fill("[name=words]", "已电话联系，请明天到社区采样。")
	worker.tick("[value=approve]")
	worker.at("/console")
	worker.announced("console, followed up")

	r.visit("/")
	r.says(".notice", "社区已跟进")
	r.visit("/arrival?lang=en")
	r.says("main", "已电话联系")
	r.says("main", "followed up")
	r.look("arrival, English")
	r.visit("/?lang=zh")
	for _, j := range []*journey{r, guard, worker} {
		j.fine()
	}
}

// TestJourneyArrivalOffline: what was filled in on the train is kept on the phone for
// its owner, through a dead network and a page that was loaded again, and goes through
// once when there is a network.
func TestJourneyArrivalOffline(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	far := town.station(t)
	r := town.resident(t, 2, "李四")
	r.known = append(r.known, "console: Failed to load resource: net::ERR_")
	r.visit("/arrival")
	r.onTheTrain(town, far)
	town.down.Store(true)
	r.offline(true)
	r.tick("#arrival [type=submit]")
	r.await(`!document.querySelector(".summary").hidden && document.querySelector("#community").value === "` + far + `"`)
	r.says("#arrival", "已保存在这部手机上，尚未提交", "如果不改动，有网络后会自动提交")
	r.announced("arrival, offline")
	r.look("arrival, offline")
	town.down.Store(false)
	r.offline(false) // it goes by itself
	r.says("#said", "已提交")
	r.arrivals(1)
	r.keepsNothing()
	r.editsOffline(town, far)

	r.onTheTrain(town, far)
	r.visit("/arrival")
	r.says("#arrival", "已保存在这部手机上，尚未提交")
	r.await(`document.querySelector("#community").value === "` + far + `" && document.querySelector("[name=transport][value=train]").checked &&
		document.querySelectorAll(".stay [data-key=place]").length === 2 && document.querySelector(".stay:nth-child(2) [data-key=place]").value === "330100" &&
		document.querySelector("[name='companions.0.name']").value === "张小三"`)
	r.look("arrival, kept")
	town.lost.Store(true) // it arrives, and the answer does not
	r.tick("#arrival [type=submit]")
	r.await(`!document.querySelector(".summary").hidden`)
	town.lost.Store(false)
	r.visit("/arrival")
	r.await(`document.querySelector("#community").value === "` + far + `"`)
	r.tick("#arrival [type=submit]")
	r.says("#said", "已提交")
	r.arrivals(2)
	r.keepsNothing()
	r.forgets(town, far)
	r.fine()
}

// editsOffline: whoever goes on with the form after it could not be sent sends it when they
// are done, and not with the next network.
func (j *journey) editsOffline(town *journeyTown, far string) {
	j.t.Helper()
	for _, edit := range []string{
		`const e = document.querySelector("#contact"); e.value = "139"; e.dispatchEvent(new Event("input", {bubbles: true}))`,
		`document.querySelector("[name=transport][value=plane]").click()`,
		`document.querySelector("#add").click()`,
	} {
		j.onTheTrain(town, far)
		town.down.Store(true)
		j.offline(true)
		j.tick("#arrival [type=submit]")
		j.says("#arrival", "有网络后会自动提交")
		j.run(edit)
		j.await(`!document.querySelector("[data-kept=waits]").checkVisibility()`)
		town.down.Store(false)
		j.offline(false)
		j.run(`window.dispatchEvent(new Event("online"))`)
		j.await(`navigator.onLine && !document.querySelector("#arrival [type=submit]").disabled`)
		j.tick("[data-kept=forget]")
		j.await(`document.querySelector("#community").value === "" && document.querySelector("[data-kept=forget]").hidden`)
		j.arrivals(1)
	}
}

// onTheTrain fills the form in, with two places and a child, and does not send it.
func (j *journey) onTheTrain(town *journeyTown, far string) {
	j.t.Helper()
	j.visit("/arrival")
	j.tick(".question [data-add]", "#add")
	j.fill("#community", far, ".stay [data-key=place]", "420100", ".stay [data-key=from]", town.day(j.t, -1), ".stay [data-key=to]", town.day(j.t, 0),
		".stay:nth-child(2) [data-key=place]", "330100", ".stay:nth-child(2) [data-key=from]", town.day(j.t, 0), ".stay:nth-child(2) [data-key=to]", town.day(j.t, 0),
		`[name="companions.0.name"]`, "张小三", `[name="companions.0.document.number"]`, documentNumber(21))
	j.tick("[name=transport][value=train]")
}

// arrivals fails unless the page shows that many.
func (j *journey) arrivals(n int) {
	j.t.Helper()
	if got := journeyEval[int](j, `document.querySelectorAll(".notice").length`); got != n {
		j.t.Errorf("%d arrivals, want %d", got, n)
	}
}

// keepsNothing fails if the phone still has anything of a form.
func (j *journey) keepsNothing() {
	j.t.Helper()
	if kept := journeyEval[string](j, `Object.keys(localStorage).filter((k) => k.startsWith("kept.")).join()`); kept != "" {
		j.t.Errorf("the phone keeps %s", kept)
	}
}

// forgets takes away what is kept: by the button, after a day, for anybody else, and
// when the phone is signed out.
func (j *journey) forgets(town *journeyTown, far string) {
	j.t.Helper()
	const untouched = `document.querySelector("#community").value === "" && document.querySelector("[data-kept=forget]").hidden`
	j.onTheTrain(town, far)
	j.tick("[data-kept=forget]")
	j.await(untouched)
	j.keepsNothing()
	for _, change := range []string{`kept.at -= 24 * 60 * 60 * 1000 + 1`, `kept.account = "somebody else"`} {
		j.onTheTrain(town, far)
		j.run(`const kept = JSON.parse(localStorage["kept.arrival"]); ` + change + `; localStorage["kept.arrival"] = JSON.stringify(kept)`)
		j.visit("/arrival")
		j.await(untouched)
		j.keepsNothing()
	}
	j.visit("/declare/health")
	j.tick("[name=contact][value=no]")
	j.visit("/declare/health")
	j.await(`document.querySelector("[name=contact][value=no]").checked`)
	j.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.ClearBrowserCookies, struct{}{})
		return err
	}))
	j.visit("/arrival")
	j.keepsNothing()
}
