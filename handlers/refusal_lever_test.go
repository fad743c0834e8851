package handlers_test

import (
	"strings"
	"testing"
	"time"
)

// pullers signs in whoever the levers belong to.
func (r *refused) pullers(t *testing.T) {
	t.Helper()
	r.leverStaff(t)
	for _, who := range []string{"lead", "lead2", "far-lead", "epi", "far-epi", "auditor"} {
		r.tokens[who] = r.staff(who)
	}
	r.id["order"] = r.propose(r.tokens["lead"], "/v1/orders", anOrder(1)).ID
}

// levers are proposals that nobody may make, and what nobody may do with one.
func (r *refused) levers() []refusal {
	list := []refusal{}
	add := func(name, who, path string, in any, want string) {
		list = append(list, refusal{name, who, "POST " + path, in, want, nil})
	}
	document := func(n int) map[string]string {
		return map[string]string{"type": "resident_id", "number": documentNumber(n)}
	}
	order := func(change ...any) map[string]any { return with(anOrder(1), change...) }
	add("an order for no reason in law", "lead", "/v1/orders", order("reason", "petitioner"), "422 order.reason reason")
	add("an order that never ends", "lead", "/v1/orders", order("until", "2023-03-20"), "422 order.until until")
	add("an order that has ended", "lead", "/v1/orders", order("until", "2022-03-13"), "422 order.until until")
	add("an order until 30 February", "lead", "/v1/orders", order("until", "2022-02-30"), "422 answer.date until")
	add("an order without evidence", "lead", "/v1/orders", order("evidence", " \n"), "422 request.missing_field evidence")
	add("an order with a book for evidence", "lead", "/v1/orders", order("evidence", strings.Repeat("长", 501)), "422 answer.too_long evidence")
	add("an order about nobody", "lead", "/v1/orders", order("document", document(77)), "404 resident.unknown document")
	add("an order about somebody elsewhere", "far-lead", "/v1/orders", order(), "404 resident.unknown document")
	add("an order about somebody unverified", "lead", "/v1/orders", order("document", document(4)), "404 resident.unknown document")
	add("an order with a colour", "lead", "/v1/orders", order("colour", "red"), "422 request.unknown_field colour")
	add("a worker's order", "worker", "/v1/orders", order(), "403 actor.forbidden")
	add("an epidemiologist's order", "epi", "/v1/orders", order(), "403 actor.forbidden")

	listing := func(change ...any) map[string]any { return with(aListing("330110"), change...) }
	add("a listing of no level", "epi", "/v1/listings", listing("level", "extreme"), "422 request.bad_value level")
	add("a listing from tomorrow", "epi", "/v1/listings", listing("from", "2022-03-16"), "422 listing.period from")
	add("a listing that ends before it begins", "epi", "/v1/listings", listing("to", "2022-03-01"), "422 listing.period from")
	add("a listing of nowhere", "epi", "/v1/listings", listing("place", "999999"), "422 place.unknown place")
	add("a listing of the city above", "epi", "/v1/listings", listing("place", "330100"), "403 actor.forbidden place")
	add("a listing without evidence", "epi", "/v1/listings", listing("evidence", ""), "422 request.missing_field evidence")
	add("a lead's listing", "lead", "/v1/listings", listing(), "403 actor.forbidden")

	exposure := func(change ...any) map[string]any { return with(r.anExposure(), change...) }
	add("an exposure nowhere", "epi", "/v1/exposures", exposure("venue", "v0"), "404 venue.unknown")
	add("an exposure at a venue elsewhere", "far-epi", "/v1/exposures", exposure(), "404 venue.unknown")
	add("an exposure of nobody's", "epi", "/v1/exposures", exposure("case", " "), "422 request.missing_field case")
	add("an exposure backwards", "epi", "/v1/exposures", exposure("to", "2022-03-14T08:00"), "422 exposure.period from")
	add("an exposure of two days", "epi", "/v1/exposures", exposure("from", "2022-03-12T08:00"), "422 exposure.period from")
	add("an exposure at no time", "epi", "/v1/exposures", exposure("from", "noon"), "422 answer.date from")
	add("an exposure while nobody was there", "epi", "/v1/exposures", exposure("from", "2022-03-12T08:00", "to", "2022-03-12T09:00"), "409 exposure.nobody")
	return append(list, r.judgements()...)
}

// judgements are what may not be done with a proposal, or for a resident.
func (r *refused) judgements() []refusal {
	list := []refusal{}
	add := func(name, who, path string, in any, want string) {
		list = append(list, refusal{name, who, "POST " + path, in, want, []string{}})
	}
	proposal, say := "/v1/proposals/"+r.id["order"], map[string]string{"words": "不对。"}
	add("nobody's proposal", "lead2", "/v1/proposals/"+strings.Repeat("0", 26)+"/agreement", say, "404 proposal.unknown")
	add("a proposal elsewhere", "far-lead", proposal+"/agreement", say, "404 proposal.unknown")
	add("a proposal of another role", "epi", proposal+"/refusal", say, "404 proposal.unknown")
	add("an administrator's agreement", "admin", proposal+"/agreement", say, "403 actor.forbidden")
	add("an auditor's agreement", "auditor", proposal+"/agreement", say, "403 actor.forbidden")
	add("no words", "lead2", proposal+"/refusal", map[string]string{"words": " "}, "422 review.reason_required words")
	add("too many words", "lead2", proposal+"/refusal", map[string]string{"words": strings.Repeat("长", 201)}, "422 answer.too_long words")
	add("read tomorrow", "auditor", "/v1/alarms/read", map[string]any{"up_to": r.now().Add(time.Hour)}, "422 request.bad_value up_to")

	behalf := func(n int) map[string]any { return map[string]any{"document": aDeclaration(n, well)["document"]} }
	add("on behalf of nobody", "worker", "/v1/on-behalf/residents", behalf(77), "404 resident.unknown document")
	add("on behalf of somebody elsewhere", "outsider", "/v1/on-behalf/residents", behalf(1), "404 resident.unknown document")
	add("on behalf of somebody unverified", "worker", "/v1/on-behalf/residents", behalf(4), "404 resident.unknown document")
	add("on behalf, by an administrator", "admin", "/v1/on-behalf/residents", behalf(1), "403 actor.forbidden")
	add("declared for somebody elsewhere", "outsider", "/v1/on-behalf/declarations", aDeclaration(1, well), "404 resident.unknown document")
	add("moved from elsewhere", "outsider", "/v1/on-behalf/moves", aMove(1, r.community), "404 resident.unknown document")
	return list
}

// TestOnBehalfRefusals: what is refused when it is known whom it is about leaves the
// look on their record, and nothing else.
func TestOnBehalfRefusals(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	for name, c := range map[string]struct {
		path string
		in   any
		want string
	}{
		"no evidence":        {"declarations", with(aDeclaration(1, well), "evidence", ""), "422 request.missing_field"},
		"a fever of 97":      {"declarations", aDeclaration(1, with(well, "temperature", 97)), "422 answer.range"},
		"another version":    {"declarations", with(aDeclaration(1, well), "version", 99), "409 form.version"},
		"no such form":       {"declarations", with(aDeclaration(1, well), "form", "wealth"), "404 form.unknown"},
		"moved to nowhere":   {"moves", aMove(1, "c0"), "422 community.unknown"},
		"moved for no cause": {"moves", with(aMove(1, l.far), "evidence", ""), "422 request.missing_field"},
	} {
		l.tables(func() {
			if a := l.ask(l.tokens["worker"], "POST", "/v1/on-behalf/"+c.path, c.in); a.String() != c.want {
				t.Errorf("%s: %s", name, a)
			}
		}, "accesses")
	}
}
