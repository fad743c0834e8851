package handlers_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// shootArrival takes everything on the way of somebody who arrives from a listed city.
func shootArrival(t *testing.T) {
	town := leversTown(t)
	town.list(t, "420100")
	far := town.station(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "station", "/gate")
	r.visit("/arrival")
	r.fill("#community", far, "#contact", "13900139000", ".stay [data-key=place]", "420100", ".stay [data-key=from]", town.day(t, -3), ".stay [data-key=to]", town.day(t, -1), "#plate", "浙A12345")
	r.run(`const g = document.querySelector("#gateway"); g.value = g.options[1].value`)
	r.tick("[name=transport][value=car]", "#add")
	r.fill(`[name="companions.0.name"]`, "张小三", `[name="companions.0.document.number"]`, documentNumber(21))
	r.shoot("arrival-filled")
	r.tick("#arrival [type=submit]")
	r.says("#said", "已提交")
	guard.visit("/gate")
	guard.do(chromedp.SetUploadFiles("#photo", []string{r.picture()}))
	guard.await(`document.querySelector("#result").dataset.advice === "queue"`)
	guard.shoot("gate-station")
	r.shootPage("arrival-waiting", "/arrival")
	guard.tick("#to-queue")
	guard.await(`document.querySelectorAll("#turns li").length === 1`)
	guard.tick("#queue-next")
	guard.await(`document.querySelector("[data-outcome=tested]").checkVisibility()`)
	guard.shoot("gate-queue")
	guard.tick("[data-outcome=tested]")
	guard.says("#queue-status", "已办结")
	guard.tick("#from-queue")
	guard.entersByHand(documentNumber(2))
	guard.tick("#to-take")
	guard.fill("#take-name", "王五", "#take-phone", "13700137000")
	guard.saysWhere(town, far)
	guard.shoot("gate-take")
	guard.tick("#take-form [type=submit]")
	guard.says("#huge", "2号")
	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "there", "/console")
	worker.tick("[data-claim]")
	worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
	worker.shoot("review-arrival")
}
