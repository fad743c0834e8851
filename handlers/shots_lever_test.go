package handlers_test

import "testing"

// shootLevers takes the way of an order, of a listing and of a declaration on behalf,
// and what the auditor reads of it.
func shootLevers(t *testing.T) {
	town := leversTown(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	lead, fellow, epi := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	lead.signIn(town, "lead", "/console")
	lead.orders(town, 1)
	lead.shoot("proposal-own")
	lead.run(alone)
	lead.await(`document.body.dataset.answered === "403"`)
	fellow.signIn(town, "lead2", "/console")
	fellow.shootPage("proposals-lead", "/console/proposals")
	fellow.tick(`#waiting-title ~ table [href^="/console/proposals/"]`)
	fellow.await(`document.querySelector("#judge") && document.readyState === "complete"`)
	fellow.shoot("proposal")
	fellow.tick("[value=agreement]")
	fellow.await(`document.querySelector("[data-end]") && document.readyState === "complete"`)
	fellow.shoot("proposal-in-effect")
	r.shootPage("why-red", "/code/why")
	epi.signIn(town, "epi", "/console/proposals")
	epi.lists(town)
	epi.shootPage("proposals-epidemiologist", "/console/proposals")
	shootOnBehalf(t, town)
	auditor := newJourney(t, "browser", town.URL)
	auditor.signIn(town, "auditor", "/console/alarms")
	auditor.shoot("alarms")
}

func shootOnBehalf(t *testing.T, town *journeyTown) {
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "colleague", "/console")
	j.shootPage("on-behalf", "/console/on-behalf")
	j.finds(1)
	j.await(`document.querySelector("#found").checkVisibility()`)
	j.tick("[data-draw^=health]")
	j.shoot("on-behalf-form")
}
