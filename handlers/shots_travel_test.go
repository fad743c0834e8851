package handlers_test

import "testing"

// shootTravel takes the travel card before and after the city on it was listed.
func shootTravel(t *testing.T) {
	town := leversTown(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	r.travels(town, "420100", -3, -2)
	r.shootPage("travel", "/travel")
	epi, fellow := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	epi.signIn(town, "epi", "/console/proposals")
	epi.lists(town)
	fellow.signIn(town, "epi2", "/console/proposals")
	fellow.agrees()
	r.shootPage("travel-red", "/travel")
}
