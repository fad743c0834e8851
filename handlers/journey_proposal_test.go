package handlers_test

import (
	"testing"
	"time"
)

// leversTown has everybody whom the levers need, hired while the clock was behind.
func leversTown(t *testing.T) *journeyTown {
	t.Helper()
	town := newJourneyTown(t)
	town.ago.Store(int64(time.Hour))
	town.leverStaff(t)
	town.hire(t, "colleague", leverColleague, 998)
	town.ago.Store(0)
	return town
}

// day is the day that is so many from today, as the fields of dates take it.
func (town *journeyTown) day(t *testing.T, days int) string {
	t.Helper()
	zone := must[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	return time.Now().In(zone).AddDate(0, 0, days).Format(time.DateOnly)
}

// proposed waits for the page of what was just sent.
func (j *journey) proposed(says string) {
	j.t.Helper()
	j.await(`location.pathname.startsWith("/console/proposals/") && document.readyState === "complete"`)
	j.says("#status", says)
	j.announced("proposal, entered")
}

// alone tries to agree to the proposal of the page, which offers that to nobody whose
// own it is.
const alone = `fetch("/v1/proposals/" + location.pathname.split("/").pop() + "/agreement", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{\"words\":\"\"}"})
	.then((answer) => { document.body.dataset.answered = answer.status })`

// orders proposes an order about the n-th sample person, after one with mistakes.
func (j *journey) orders(town *journeyTown, n int) {
	j.t.Helper()
	j.visit("/console/proposals")
	j.look("proposals, a lead's")
	j.fill("[name=document]", documentNumber(n))
	j.tick("[data-propose=order] [type=submit]")
	j.await(`document.querySelector("#order-until-problem").innerText !== "" && document.querySelector("#order-evidence-problem").innerText !== ""`)
	j.look("proposals, nothing filled in")
	j.await(`document.querySelector("[name=document]").value === "` + documentNumber(n) + `"`)
	j.fill("[name=until]", town.day(j.t, 5), "[name=evidence]", "余杭区第一人民医院诊断证明 17 号")
	j.tick("[data-propose=order] [type=submit]")
	j.await(`document.querySelector("#order-reason-problem").innerText !== ""`)
	j.tick("[name=reason][value=confirmed]", "[data-propose=order] [type=submit]")
	j.proposed("等同事同意")
}

// TestJourneyOrder: a lead enters an order and tries to agree alone; a colleague
// agrees, the resident is red and reads why, and the auditor knows of the attempt.
func TestJourneyOrder(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	r.code("green")

	lead := newJourney(t, "browser", town.URL)
	lead.signIn(town, "lead", "/console")
	lead.orders(town, 1)
	lead.says("#refused", "须由另一位同事同意")
	lead.says("main", "1 人变红码")
	lead.look("proposal, one's own")
	lead.await(`!document.querySelector("[value=agreement]")`)
	lead.run(alone)
	lead.await(`document.body.dataset.answered === "403"`)
	r.code("green")

	fellow := newJourney(t, "browser", town.URL)
	fellow.signIn(town, "lead2", "/console")
	fellow.tick(`[href="/console/proposals"]`)
	fellow.at("/console/proposals")
	fellow.look("proposals, waiting")
	fellow.tick(`#waiting-title ~ table [href^="/console/proposals/"]`)
	fellow.await(`document.querySelector("#judge") && document.readyState === "complete"`)
	fellow.says("main", documentNumber(1))
	fellow.look("proposal, a colleague's")
	fellow.tick("[value=refusal]")
	fellow.await(`document.querySelector("#words-problem").innerText !== ""`)
	fellow.look("proposal, no words")
	fellow.tick("[value=agreement]")
	fellow.await(`document.querySelector("[data-end]")`)
	fellow.says("#status", "已同意")
	fellow.look("proposal, in effect")
	r.code("red")
	r.visit("/code/why")
	r.says("main", "您被诊断为传染病病人")
	r.visit("/me")
	r.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	r.says("main", "涉及您的提议")

	auditor := newJourney(t, "browser", town.URL)
	auditor.signIn(town, "auditor", "/console/alarms")
	auditor.says("main", "想同意自己的事")
	auditor.says(".staff-bar", "1 条未读")
	auditor.look("alarms")
	auditor.tick("#read")
	auditor.await(`!document.querySelector("#read") && document.querySelector(".queue") && document.readyState === "complete"`)
	auditor.look("alarms, read")

	fellow.tick("[data-end]")
	fellow.await(`!document.querySelector("[data-end]") && document.readyState === "complete"`)
	fellow.says("#status", "已结束")
	r.code("green")
}

// TestJourneyOnBehalf: a worker declares for somebody; what harms nobody counts at
// once, the rest waits for a colleague; and the resident moves.
func TestJourneyOnBehalf(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "colleague", "/console")
	j.tick(`[href="/console/on-behalf"]`)
	j.at("/console/on-behalf")
	j.look("on behalf")
	j.finds(77)
	j.await(`document.querySelector("#find-problem").innerText !== ""`)
	j.look("on behalf, nobody")
	j.finds(1)
	j.await(`document.querySelector("#found").checkVisibility()`)
	j.says("#found", "张*")
	j.look("on behalf, found")
	j.tick("[data-draw^=health]")
	j.await(`document.querySelector("#drawn [name=temperature]")`)
	j.look("on behalf, form")
	j.tick("#drawn [type=submit]")
	j.await(`document.querySelector("#drawn .summary").innerText !== ""`)
	j.look("on behalf, nothing filled in")
	j.fill("#drawn [name=temperature]", "36.5", "#drawn [name=evidence]", "今天上午电话询问")
	j.tick("#drawn [name=symptoms][value=none]", "#drawn [name=contact][value=no]", "#drawn [name=residence][value=settled]", "#drawn [type=submit]")
	j.proposed("已直接生效")
	j.look("proposal, alone")
	r.code("green")

	j.visit("/console/on-behalf")
	j.finds(1)
	j.await(`document.querySelector("#found").checkVisibility()`)
	j.tick("[data-draw^=itinerary]", "#drawn [name=travelled][value=yes]")
	j.await(`document.querySelector("#drawn .stay select").checkVisibility()`)
	j.look("on behalf, itinerary")
	j.tick("[data-draw=move]")
	j.look("on behalf, move")
	j.run(`const s = document.querySelector("#drawn [name=community]"); s.value = "` + town.community + `"`)
	j.fill("#drawn [name=evidence]", "上门看过租房合同")
	j.tick("#drawn [type=submit]")
	j.proposed("已直接生效")
	if address := journeyEval[string](j, `location.href + performance.getEntriesByType("resource").map((e) => e.name).join(" ")`); len(leaks(address, map[string]string{"number": documentNumber(1)})) > 0 {
		t.Errorf("the number stands in an address: %s", address)
	}
}

// finds looks for the n-th sample person.
func (j *journey) finds(n int) {
	j.t.Helper()
	j.fill("#find [name=document]", documentNumber(n))
	j.tick("#find [type=submit]")
}

// lists proposes a listing.
func (j *journey) lists(town *journeyTown) {
	j.t.Helper()
	j.run(`const p = document.querySelector("[name=place]"); p.value = "420100"`)
	j.fill("[data-propose=listing] [name=from]", town.day(j.t, -3), "[data-propose=listing] [name=evidence]", "指挥部通告 8 号")
	j.tick("[name=level][value=high]", "[data-propose=listing] [type=submit]")
	j.proposed("等同事同意")
}

// TestJourneyTrace: an epidemiologist enters a listing and an exposure.
func TestJourneyTrace(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "epi", "/console/proposals")
	j.look("proposals, an epidemiologist's")
	j.tick("[data-propose=listing] [type=submit]")
	j.await(`document.querySelector("#listing-evidence-problem").innerText !== ""`)
	j.lists(town)
	j.says("h1", "划定风险区")
	j.look("proposal, a listing")
	j.visit("/console/proposals")
	j.run(`const v = document.querySelector("[name=venue]"); v.value = "` + town.venue.ID + `"`)
	j.fill("[name=case]", "HZ-2022-17", "[data-propose=exposure] [name=from]", town.day(t, -1)+"T09:00", "[data-propose=exposure] [name=to]", town.day(t, -1)+"T10:30",
		"[data-propose=exposure] [name=evidence]", "流调报告 5 号")
	j.tick("[data-propose=exposure] [type=submit]")
	j.await(`document.querySelector("[data-propose=exposure] [data-problem='']").innerText !== ""`)
	j.says("[data-propose=exposure]", "没有到访记录")
	j.look("proposals, nobody was there")
	j.tick("#mine-title ~ table a")
	j.await(`document.querySelector("#judge") && document.readyState === "complete"`)
	j.tick("[value=refusal]")
	j.await(`!document.querySelector("#judge") && document.readyState === "complete"`)
	j.says("#status", "已撤回")
	j.fine()
}
