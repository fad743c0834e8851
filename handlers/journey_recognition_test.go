package handlers_test

import (
	"strings"
	"testing"
)

// recognises drafts a table and has the colleague look at it and publish it.
func (j *journey) recognises(fellow *journey, file, name string) {
	j.t.Helper()
	j.visit("/console/rules?from=peering.")
	j.await(`document.querySelector("[name=kind]:checked").value === "peering" && document.querySelector("#draft [name=body]").value.includes("colours:")`)
	j.fill("#draft [name=body]", file)
	j.tick("#draft [type=submit]")
	j.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
	j.says("#refused", "须由其他同事发布")
	fellow.publishes(name)
}

// TestJourneyRecognition: one officer drafts by which table strangers' codes count at the
// gates here, another sees what becomes better or worse and whom it trusts, and publishes
// it; everybody reads it.
func TestJourneyRecognition(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	town.ago.Store(int64(3600e9))
	town.officers(t)
	town.ago.Store(0)
	everybody := newJourney(t, "browser", town.URL)
	everybody.visit("/recognition")
	everybody.says("main", "目前没有与外地互认")
	everybody.look("recognition, none")

	drafter, fellow := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	drafter.signIn(town, "officer", "/console/rules")
	fellow.signIn(town, "fellow", "/console/rules")
	drafter.tick(`[href^="/console/rules?from=peering."]`)
	drafter.await(`document.querySelector("[name=kind]:checked").value === "peering"`)
	drafter.tick("#draft [type=submit]")
	drafter.await(`document.querySelectorAll("#faults li button").length > 3`)
	drafter.look("office, an empty table")
	drafter.tick("#faults li:nth-child(1) button")
	if got := journeyEval[string](drafter, `(() => { const b = document.activeElement; return b.value.slice(b.selectionStart, b.selectionEnd) })()`); got != `peer: ""` {
		t.Errorf("the line that is selected is %q", got)
	}
	drafter.recognises(fellow, shared(1, "a"), "recognition, the first")
	drafter.recognises(fellow, strings.NewReplacer("{is: 01, colour: yellow}", "{is: 01, colour: green}", "within: 48h", "within: 24h").Replace(shared(2, "b")), "recognition, another")
	everybody.visit("/rules/330110")
	everybody.look("rules, with codes of elsewhere")
	everybody.tick(`[href="/recognition#at330110-340000"]`)
	everybody.await(`location.pathname === "/recognition" && document.readyState === "complete"`)
	everybody.says("#at330110-340000", "到过中风险地区：黄码；有24小时内的PCR阴性结果：绿码")
	everybody.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	everybody.look("recognition")

	drafter.visit("/console/rules")
	drafter.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	drafter.tick("[data-back]")
	drafter.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
	drafter.says("h1", "340000@3")
	drafter.says("#trust", strings.Repeat("a", 64))
	fellow.publishes("recognition, back")
	everybody.visit("/recognition?lang=zh")
	everybody.says("#at330110-340000", "有48小时内的PCR阴性结果：绿码")
}

// shootRecognition takes a table that another is to take the place of, and what everybody
// reads of it.
func shootRecognition(t *testing.T) {
	town := newJourneyTown(t)
	town.ago.Store(int64(3600e9))
	town.officers(t)
	town.ago.Store(0)
	drafter, fellow := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	drafter.signIn(town, "officer", "/console/rules")
	fellow.signIn(town, "fellow", "/console/rules")
	drafter.recognises(fellow, shared(1, "a"), "recognition")
	fellow.visit("/console/rules?from=peering.")
	fellow.fill("#draft [name=body]", strings.NewReplacer("{is: 01, colour: yellow}", "{is: 01, colour: green}", "{is: 10, colour: red}", "{is: 10, colour: yellow}",
		"within: 48h", "within: 24h").Replace(shared(2, "b")))
	fellow.tick("#draft [type=submit]")
	fellow.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
	drafter.visit("/console/rules")
	drafter.tick(`.queue [href^="/console/drafts/"]`)
	drafter.await(`document.querySelector("#preview") && document.readyState === "complete"`)
	drafter.shoot("draft-recognition")
	drafter.visit("/recognition")
	drafter.shoot("recognition")
}
