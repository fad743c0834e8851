package handlers_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"healthcode/models"
)

// standsAt has a guard who has just signed in choose the town's venue.
func (j *journey) standsAt(town *journeyTown) {
	j.t.Helper()
	j.run(`const s = document.querySelector("#choose-form select"); s.value = "` + town.venue.ID + `"`)
	j.tick("#choose-form [type=submit]")
	j.await(`document.querySelector("#scan").checkVisibility()`)
}

// turns waits until the code has turned so often.
func (j *journey) turns(n int) {
	j.t.Helper()
	for range n {
		shown := journeyEval[string](j, `document.querySelector("#qr").toDataURL()`)
		j.await(`document.querySelector("#qr").toDataURL() !== "` + shown + `"`)
	}
}

// shown gives the guard a picture to read, and waits for what the page says of it.
func (j *journey) shown(picture, huge string) {
	j.t.Helper()
	j.do(chromedp.SetUploadFiles("#photo", []string{picture}))
	j.says("#huge", huge)
}

// keeps is how much of this guard's waits on the device, and holds it to what may be kept.
func (j *journey) keeps(n int) {
	j.t.Helper()
	kept := journeyEval[[]string](j, `Object.keys(localStorage).filter((k) => k.startsWith("gate.kept.")).flatMap((k) =>
		JSON.parse(localStorage.getItem(k)).map((one) => Object.keys(one).sort().join() + " " + /#\d{288}$/.test(one.pass)))`)
	if len(kept) != n {
		j.t.Errorf("%d are kept, want %d", len(kept), n)
	}
	for _, what := range kept {
		if what != "id,pass true" {
			j.t.Errorf("kept is %s", what)
		}
	}
}

// shownAt is when what waits was shown, by the passes themselves, in milliseconds.
func (j *journey) shownAt() []int64 {
	j.t.Helper()
	return journeyEval[[]int64](j, `Promise.all(Object.keys(localStorage).filter((k) => k.startsWith("gate.kept.")).flatMap((k) => JSON.parse(localStorage.getItem(k)))
		.map((one) => HealthGate.offline.look(one.pass, HealthGate.scanner.timeOf(one.id)).then((opened) => opened.shownAt)))`)
}

// wasThere fails unless the resident's own list has one visit at each of those times, and
// as many in all.
func (j *journey) wasThere(all int, at ...int64) {
	j.t.Helper()
	var listed []int64
	for _, s := range journeyEval[[]string](j, `fetch("/v1/me").then((r) => r.json()).then((said) => said.visits.map((v) => v.at))`) {
		listed = append(listed, must[time.Time](j.t)(time.Parse(time.RFC3339Nano, s)).UnixMilli())
	}
	if len(listed) != all {
		j.t.Errorf("%d visits are listed, want %d", len(listed), all)
	}
	for _, want := range at {
		if !slices.Contains(listed, want) {
			j.t.Errorf("no visit at %d, only %v", want, listed)
		}
	}
}

// reopens loads the page anew, which the browser asks about first while there is no
// network.
func (j *journey) reopens() {
	j.t.Helper()
	var asked atomic.Bool
	accept := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		return err
	})
	if err := chromedp.Listen(j.ctx, func(event any) {
		if _, dialog := event.(*page.EventJavascriptDialogOpening); dialog && asked.CompareAndSwap(false, true) {
			go func() { _ = chromedp.Do(j.ctx, accept) }() // a dialog that stays is seen by what follows
		}
	}); err != nil {
		j.t.Fatal(err)
	}
	j.visit("/gate")
	if !asked.Load() {
		j.t.Error("a page without a network goes without asking")
	}
}

// TestJourneyGateOffline: a guard goes on scanning without a network, by the colour that
// was granted, and learns afterwards who is not green.
func TestJourneyGateOffline(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	must[models.Venue](t)(town.store.AddVenue(t.Context(), operator, models.Venue{Jurisdiction: "330110", CommunityID: town.community, Kind: models.VenueDoor, Name: words("东门", "East Gate")}))
	green, yellow := town.resident(t, 5, "孙七"), town.resident(t, 6, "李八")
	town.approve(t, "registration")
	green.declareWell()
	yellow.declaresContact()
	guard := newJourney(t, "browser", town.URL)
	for _, j := range []*journey{green, yellow, guard} {
		j.known = []string{"console: Failed to load resource: net::"}
	}
	guard.signIn(town, "guard", "/gate")
	guard.standsAt(town)
	old := green.picture()
	guard.shown(old, "通行")
	guard.says("#name", "孙*")

	yellow.picture() // which opens the code
	town.down.Store(true)
	guard.offline(true)
	guard.says(".gate-away", "没有网络", "不要关闭或刷新此页")
	guard.await(`!document.querySelector(".gate-away").innerText.includes("排队")`) // which a door has not
	guard.run(`document.querySelector("#announce").textContent = ""`)
	green.turns(4) // so that the picture is an old one, and the next a new one
	guard.shown(old, "这是截图")
	guard.says("#say", "请对方当面打开健康码再扫")
	guard.look("gate, stale without a network")
	guard.keeps(0)
	guard.shown(green.pictureNow(), "通行")
	guard.says("#paper", "没有网络", "发码时的颜色", "有效至")
	guard.says("#paper-say", "查看证件原件")
	guard.says("#word", "绿码")
	guard.says("#say", "已存在本机")
	guard.await(`!document.querySelector("#name").checkVisibility() && document.querySelector("#announce").textContent.includes("没有网络")`)
	guard.says("#waiting", "1 条待上传")
	guard.announced("gate, green without a network")
	guard.look("gate, green without a network")
	guard.shown(yellow.pictureNow(), "联系社区")
	guard.says("#word", "黄码")
	guard.says("#waiting", "2 条待上传")
	guard.look("gate, yellow without a network")
	guard.keeps(2)
	shown := guard.shownAt()

	town.down.Store(false)
	guard.offline(false)
	guard.says("#delivered-say", "已记录 2 条")
	guard.says("#delivered-list", "联系社区", "李*", "黄码", "拨打")
	guard.await(`document.querySelectorAll("#delivered-list li").length === 1 && !document.querySelector(".gate-away").checkVisibility()`)
	guard.announced("gate, delivered")
	guard.look("gate, delivered")
	guard.keeps(0)
	guard.tick("#delivered-done")
	guard.await(`!document.querySelector("#delivered").checkVisibility() && document.activeElement.id === "venue-name"`)
	green.wasThere(2, shown[0])
	yellow.wasThere(1, shown[1])

	green.turns(3)        // so that it is not the code of just now
	town.lost.Store(true) // it arrives, and the guard is not told
	guard.shown(green.pictureNow(), "通行")
	guard.says("#paper", "没有网络")
	guard.keeps(1)
	shown = guard.shownAt()
	town.down.Store(true)
	town.lost.Store(false)
	guard.leaves(town)
	town.down.Store(false)
	guard.reopens() // and on the next opening of the page
	guard.says("#delivered-say", "已记录 1 条")
	guard.await(`!document.querySelector("#delivered-list li")`)
	guard.keeps(0)
	green.wasThere(3, shown[0])
	for _, j := range []*journey{green, yellow, guard} {
		j.fine()
	}
}

// leaves: with something waiting a guard without a network does not go to another venue,
// and is asked before they sign out.
func (j *journey) leaves(town *journeyTown) {
	j.t.Helper()
	j.tick("#to-choose")
	j.await(`document.querySelector("#choose").checkVisibility()`)
	j.run(`const s = document.querySelector("#choose-form select"); s.value = [...s.options].find((o) => o.value !== "` + town.venue.ID + `").value`)
	j.tick("#choose-form [type=submit]")
	j.says(`[data-problem=venue]`, town.venue.Name.In("zh"), "还有 1 条没能上传")
	j.look("gate, another venue while something waits")
	j.tick("[data-sign-out]")
	j.await(`document.querySelector("#leaving").open`)
	j.says("#leaving-say", "1 条扫码还没有上传")
	j.look("gate, signing out while something waits")
	j.tick("#leaving-no")
	j.await(`!document.querySelector("#leaving").open && location.pathname === "/gate"`)
	j.keeps(1)
}
