package handlers_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// travels declares a journey in the browser.
func (j *journey) travels(town *journeyTown, place string, from, to int) {
	j.t.Helper()
	j.visit("/declare/itinerary?lang=zh")
	j.tick("[name=travelled][value=yes]")
	j.await(`document.querySelector(".stay").checkVisibility()`)
	j.run(`document.querySelector("[data-key=place]").value = "` + place + `"`)
	j.fill("[data-key=from]", town.day(j.t, from), "[data-key=to]", town.day(j.t, to))
	j.tick("[type=submit]")
	j.at("/code")
}

// agrees agrees to the first thing that waits for somebody to.
func (j *journey) agrees() {
	j.t.Helper()
	j.tick(`#waiting-title ~ table [href^="/console/proposals/"]`)
	j.await(`document.querySelector("#judge") && document.readyState === "complete"`)
	j.tick("[value=agreement]")
	j.await(`document.querySelector("[data-end]") && document.readyState === "complete"`)
}

// TestJourneyTravel: somebody who declared a journey shows their card, which turns red
// under their eyes when the city is listed. A guard scans the card's own code.
func TestJourneyTravel(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	j := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	j.declareWell()
	j.visit("/travel")
	j.says("#stayed", "没有停留")
	j.look("card, nothing known")
	j.travels(town, "420100", -3, -2)
	j.visit("/")
	j.tick(`[href="/travel"]`)
	j.at("/travel")
	j.await(`document.querySelector("main").dataset.colour === "green" && document.querySelector("#hands").innerText.length === 8`)
	j.says(".cities", "武汉市")
	j.announced("card")
	j.look("card, green")
	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "guard", "/gate")
	guard.tick("#choose-form [type=submit]")
	guard.await(`document.querySelector("#scan").checkVisibility()`)
	guard.do(chromedp.SetUploadFiles("#photo", []string{j.pictureOf("/travel")}))
	guard.await(`document.querySelector("#result").dataset.advice === "pass" && document.querySelector("#name").innerText === "张*"`)
	epi, fellow := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	epi.signIn(town, "epi", "/console/proposals")
	epi.lists(town)
	fellow.signIn(town, "epi2", "/console/proposals")
	fellow.agrees()
	j.run(`dispatchEvent(new Event("online"))`) // the page asks, and finds another card
	j.await(`document.readyState === "complete" && document.querySelector("main").dataset.colour === "red"`)
	j.says(".cities", "武汉市*")
	j.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	j.announced("card, red")
	j.look("card, red")
	j.visit("/travel?lang=en")
	j.says(".cities", "Wuhan*")
	j.look("card, English")
}
