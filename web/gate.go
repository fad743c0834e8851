package web

import "healthcode/models"

// GatePage is what a guard works with: the choice of venue, the scanner and the
// entry by hand. Which of them is to be seen is the script's business.
type GatePage struct {
	Page
	Me     string   // the guard, as residents see who looked
	Staff  string   // their id, by which a device keeps what they could not send
	Venue  Choice   // where their session stands; zero until they have chosen
	Venues []Choice // where they may stand
	Types  []Choice // of documents, the commonest first

	Gateway bool      // people arrive there from elsewhere, and some wait for a check
	Take    *TakePage // at a gateway: what an arrival is taken down on
}

// TakePage is what a guard takes an arrival down on, as it is asked in the jurisdiction
// of the gateway.
type TakePage struct {
	ArrivalPage
	Jurisdiction string
}

// NewGatePage makes the page of a guard who may stand at the venues.
// me.VenueID is where their session stands already.
func NewGatePage(p Page, me models.Guard, venues []models.Venue) GatePage {
	out := GatePage{Page: p, Me: me.Display, Staff: me.ID, Types: documentChoices(p)}
	for _, v := range venues {
		named := Choice{v.ID, v.Name.In(p.Language)}
		out.Venues = append(out.Venues, named)
		if v.ID == me.VenueID {
			out.Venue, out.Gateway = named, v.Kind.Gateway()
		}
	}
	return out
}

// Keys are the large keys for the numbers of mainland identity cards, whose last
// place may be an X (GB 11643).
func (GatePage) Keys() []string {
	return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0"}
}

// GateCount is something that a device counts.
type GateCount struct {
	Of      string
	Gateway bool // only at a gateway
}

// Counts are what its guard was told to do, and refusals.
func (GatePage) Counts() []GateCount {
	var list []GateCount
	for _, a := range []models.Advice{models.AdvicePass, models.AdviceCall, models.AdviceDeclare, models.AdviceVerify, models.AdvicePaper} {
		list = append(list, GateCount{Of: string(a)})
	}
	return append(list, GateCount{Of: "refused"}, GateCount{string(models.AdviceQueue), true}, GateCount{string(models.AdviceArrive), true}, GateCount{string(models.AdviceTake), true})
}

// Words are what the service says of a pass, for a page that has to say it without one.
func (p GatePage) Words() []Choice {
	var list []Choice
	for _, a := range []models.Advice{models.AdvicePass, models.AdviceCall, models.AdviceDeclare} {
		list = append(list, Choice{string(a), Advice(p.Language, a)})
	}
	for c := models.Green; c.Valid(); c++ {
		list = append(list, Choice{c.String(), ColourWord(p.Language, c)})
	}
	for _, r := range []models.Reason{models.ReasonPassForeign, models.ReasonPassMalformed, models.ReasonPassAltered,
		models.ReasonPassExpired, models.ReasonPassEarly, models.ReasonPassStale} {
		list = append(list, Choice{string(r), Reason(p.Language, r)})
	}
	return list
}

// Outcomes are what a check can come to.
func (GatePage) Outcomes() []models.Checked { return models.CheckedOutcomes() }
