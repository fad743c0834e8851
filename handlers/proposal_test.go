package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// leverStaff hires whoever enters proposals and agrees to them, two of each, some who
// work elsewhere, and an auditor of the city above.
func (town *town) leverStaff(t testing.TB) {
	t.Helper()
	if err := town.store.AddJurisdiction(t.Context(), operator, models.Jurisdiction{Code: "330100", Name: words("杭州市", "Hangzhou"), TimeZone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	for username, in := range map[string]models.Staff{
		"lead": {Role: models.RoleLead}, "lead2": {Role: models.RoleLead}, "far-lead": {Role: models.RoleLead, Jurisdiction: "420100"},
		"epi": {Role: models.RoleEpidemiologist}, "epi2": {Role: models.RoleEpidemiologist}, "far-epi": {Role: models.RoleEpidemiologist, Jurisdiction: "420100"},
		"auditor": {Role: models.RoleAuditor, Jurisdiction: "330100"}, "far-auditor": {Role: models.RoleAuditor, Jurisdiction: "420100"},
	} {
		if in.Jurisdiction == "" {
			in.Jurisdiction = "330110"
		}
		town.hire(t, username, in, 0)
	}
}

// anOrder is about the n-th sample person.
func anOrder(n int) map[string]any {
	return map[string]any{"document": map[string]string{"type": "resident_id", "number": documentNumber(n)}, "reason": "confirmed", "until": "2022-03-20",
		"evidence": "余杭区第一人民医院诊断证明 17 号"}
}

func aListing(place string) map[string]any {
	return map[string]any{"place": place, "level": "high", "from": "2022-03-10", "to": "", "evidence": "指挥部通告 8 号"}
}

func (s *street) anExposure() map[string]any {
	return map[string]any{"venue": s.venue.ID, "case": "HZ-2022-17", "from": "2022-03-14T09:00", "to": "2022-03-14T12:05", "evidence": "流调报告 5 号"}
}

func aDeclaration(n int, answers map[string]any) map[string]any {
	return with(declaration(answers), "document", map[string]string{"type": "resident_id", "number": documentNumber(n)}, "evidence", "今天上午电话询问")
}

func aMove(n int, community string) map[string]any {
	return map[string]any{"document": map[string]string{"type": "resident_id", "number": documentNumber(n)}, "community": community, "evidence": "上门看过租房合同"}
}

// made is what somebody proposed, as it is answered.
type made struct {
	ID, Lever, State string
	Effect           struct{ People, Worse, Reddened int64 }
}

// propose enters one, and moves the clock on.
func (s *street) propose(token, path string, in any) (out made) {
	s.t.Helper()
	s.ask(token, "POST", path, in).into(s.t, &out)
	s.clock.Advance(1e9)
	return out
}

func (s *street) agreeTo(token, id string) answer {
	s.t.Helper()
	return s.ask(token, "POST", "/v1/proposals/"+id+"/agreement", map[string]string{"words": ""})
}

// colour is the resident's, as their own app shows it.
func (s *street) colour(token string) string {
	s.t.Helper()
	var out struct{ Colour string }
	s.ask(token, "GET", "/v1/standing", nil).into(s.t, &out)
	return out.Colour
}

// leverColleague works where the worker does.
var leverColleague = models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}

// levers is a street with everybody whom the levers need, and a resident who is green.
type levers struct {
	*street
	mine   string            // the resident's token
	tokens map[string]string // of staff
	far    string            // another community
}

func newLevers(t *testing.T) *levers {
	t.Helper()
	l := &levers{street: settled(t), tokens: map[string]string{}}
	l.leverStaff(t)
	l.hire(t, "colleague", leverColleague, 998)
	l.far = must[string](t)(l.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: "330110", Name: words("瓶窑社区", "Pingyao"), Phone: "0571-88880002"}))
	l.hire(t, "outsider", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110", Communities: []string{l.far}}, 997)
	l.mine = l.resident("wechat", 1, "张三")
	l.declare(l.mine, well).into(t, nil)
	l.ask(l.gate(), "POST", "/v1/entries", map[string]any{"id": l.ulid(), "document": map[string]string{"type": "resident_id", "number": documentNumber(1)}}).into(t, nil)
	for _, who := range []string{"worker", "colleague", "outsider", "lead", "lead2", "far-lead", "epi", "epi2", "far-epi", "auditor", "far-auditor", "admin"} {
		l.tokens[who] = l.staff(who)
	}
	return l
}

// says fails unless the page of staff has all of that on it, in either language.
func (l *levers) says(who, path string, wants ...string) {
	l.t.Helper()
	for _, language := range []string{"zh", "en"} {
		a := l.ask(l.tokens[who], "GET", path, nil, "Accept-Language", language)
		for _, want := range wants {
			if a.Status != 200 || !strings.Contains(string(a.Body), want) {
				l.t.Errorf("%s of %s in %s: %s, and lacks %s", path, who, language, a, want)
			}
		}
	}
}

// told are the kinds of what the auditor has not read.
func (l *levers) told(who string) (kinds []string) {
	l.t.Helper()
	var out struct {
		Alarms []struct{ Kind string }
		Unread int
	}
	l.ask(l.tokens[who], "GET", "/v1/alarms", nil).into(l.t, &out)
	for _, a := range out.Alarms[:out.Unread] {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

// tables fails unless just these tables change.
func (l *levers) tables(f func(), want ...string) {
	l.t.Helper()
	before := storetest.Dump(l.t, l.db)
	f()
	if changed := storetest.Changed(before, storetest.Dump(l.t, l.db)); !slices.Equal(changed, want) {
		l.t.Errorf("changed %v, want %v", changed, want)
	}
}

// TestOrder: a lead proposes an order, cannot agree to it alone, and a colleague
// does; one of them lifts it. The auditor of the city knows of the attempt.
func TestOrder(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.says("lead", "/console/proposals", `data-action="/v1/orders"`, `max="2022-04-12"`)
	o := l.propose(l.tokens["lead"], "/v1/orders", anOrder(1))
	if o.State != "open" || o.Effect.Reddened != 1 || l.colour(l.mine) != "green" {
		t.Fatalf("%+v, and the resident is %s", o, l.colour(l.mine))
	}
	page := "/console/proposals/" + o.ID
	l.says("lead", page, "data-own", "33****")
	l.says("lead2", page, `value="agreement"`, documentNumber(1), "17 号")
	l.says("lead2", "/console/proposals", page)
	l.tables(func() {
		if a := l.agreeTo(l.tokens["lead"], o.ID); a.String() != "403 proposal.own" {
			t.Errorf("alone: %s", a)
		}
	}, "alarms")
	for who, want := range map[string]string{"far-lead": "404 proposal.unknown", "epi": "404 proposal.unknown", "worker": "404 proposal.unknown", "auditor": "403 actor.forbidden", "admin": "403 actor.forbidden"} {
		l.changesNothing(t, func() {
			if a := l.agreeTo(l.tokens[who], o.ID); a.String() != want {
				t.Errorf("%s agrees: %s", who, a)
			}
			if a := l.ask(l.tokens[who], "GET", page, nil); a.Status != 403 && a.Status != 404 {
				t.Errorf("%s looks: %s", who, a)
			}
		})
	}
	l.changesNothing(t, func() {
		if a := l.ask(l.tokens["lead2"], "POST", "/v1/proposals/"+o.ID+"/refusal", map[string]string{"words": " "}); a.String() != "422 review.reason_required" {
			t.Errorf("refused without words: %s", a)
		}
	})
	l.agreeTo(l.tokens["lead2"], o.ID).into(t, nil)
	if got := l.colour(l.mine); got != "red" {
		t.Errorf("%s although two leads agreed", got)
	}
	l.says("lead", page, "lead2", `data-end="/v1/orders/`+o.ID)
	if why := l.ask(l.mine, "GET", "/v1/me", nil); !strings.Contains(string(why.Body), `"proposal"`) {
		t.Error("the resident does not see who looked")
	}
	if a := l.agreeTo(l.tokens["lead2"], o.ID); a.String() != "409 proposal.closed" {
		t.Errorf("twice: %s", a)
	}
	l.ask(l.tokens["lead"], "DELETE", "/v1/orders/"+o.ID, nil).into(t, nil)
	if got := l.colour(l.mine); got != "green" {
		t.Errorf("%s although it was lifted", got)
	}
	if got := l.told("auditor"); !slices.Equal(got, []string{"own"}) || l.told("far-auditor") != nil {
		t.Errorf("the auditor knows of %v, one elsewhere of %v", got, l.told("far-auditor"))
	}
	l.says("auditor", "/console/alarms", `id="read"`, "lead")
	l.ask(l.tokens["auditor"], "POST", "/v1/alarms/read", map[string]any{"up_to": l.now()}).into(t, nil)
	if got := l.told("auditor"); got != nil {
		t.Errorf("still unread: %v", got)
	}
}

// TestWithdrawn: whoever entered a proposal can take it back, and a colleague refuse
// it in words that they read.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	first, second := l.propose(l.tokens["lead"], "/v1/orders", anOrder(1)), l.propose(l.tokens["lead"], "/v1/orders", anOrder(1))
	l.ask(l.tokens["lead"], "POST", "/v1/proposals/"+first.ID+"/refusal", map[string]string{"words": ""}).into(t, nil)
	l.ask(l.tokens["lead2"], "POST", "/v1/proposals/"+second.ID+"/refusal", map[string]string{"words": "文号对不上。"}).into(t, nil)
	l.says("lead", "/console/proposals/"+second.ID, "文号对不上。", "lead2")
	var out struct{ Proposals []made }
	l.ask(l.tokens["lead2"], "GET", "/v1/proposals", nil).into(t, &out)
	states := map[string]string{}
	for _, p := range out.Proposals {
		states[p.ID] = p.State
	}
	if states[first.ID] != "withdrawn" || states[second.ID] != "refused" || l.colour(l.mine) != "green" {
		t.Errorf("%v, and the resident is %s", states, l.colour(l.mine))
	}
}

// TestListingAndExposure: what an epidemiologist enters, and another agrees to.
func TestListingAndExposure(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	stay := map[string]any{"form": "itinerary", "version": 1, "answers": map[string]any{"travelled": "yes", "stays": []any{map[string]string{"place": "420100", "from": "2022-03-10", "to": "2022-03-11"}}}}
	l.ask(l.mine, "POST", "/v1/declarations", stay, "Idempotency-Key", "key-"+l.ulid()).into(t, nil)
	l.says("epi", "/console/proposals", `data-action="/v1/listings"`, `data-action="/v1/exposures"`, l.venue.ID)
	for _, c := range []struct {
		path   string
		in     any
		colour string
	}{{"/v1/exposures", l.anExposure(), "yellow"}, {"/v1/listings", aListing("420100"), "red"}} {
		p := l.propose(l.tokens["epi"], c.path, c.in)
		l.says("epi2", "/console/proposals/"+p.ID, `value="agreement"`, "号")
		if a := l.agreeTo(l.tokens["epi"], p.ID); a.String() != "403 proposal.own" {
			t.Errorf("%s alone: %s", c.path, a)
		}
		if a := l.agreeTo(l.tokens["far-epi"], p.ID); a.String() != "404 proposal.unknown" {
			t.Errorf("%s from elsewhere: %s", c.path, a)
		}
		l.agreeTo(l.tokens["epi2"], p.ID).into(t, nil)
		if got := l.colour(l.mine); got != c.colour {
			t.Errorf("%s makes %s, want %s", c.path, got, c.colour)
		}
		if c.path == "/v1/listings" {
			l.says("epi", "/console/proposals/"+p.ID, `data-end="/v1/listings/`+p.ID)
		}
	}
}

// TestDelivery: a positive result waits for an epidemiologist, who is not told who it
// is about.
func TestDelivery(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	registry, _ := l.client()
	var out struct{ Added, Held int }
	l.ask(registry, "POST", "/v1/records/tests", map[string]any{"records": []any{result("positive")}}).into(t, &out)
	var list struct{ Proposals []made }
	l.ask(l.tokens["epi"], "GET", "/v1/proposals", nil).into(t, &list)
	if out.Held != 1 || len(list.Proposals) != 1 || l.colour(l.mine) != "green" {
		t.Fatalf("%+v, %+v, %s", out, list, l.colour(l.mine))
	}
	page := "/console/proposals/" + list.Proposals[0].ID
	l.says("epi", page, "registry", "张*", `value="agreement"`)
	l.agreeTo(l.tokens["epi"], list.Proposals[0].ID).into(t, nil)
	if got := l.colour(l.mine); got != "red" {
		t.Errorf("%s by a positive result", got)
	}
}

// TestOnBehalf: a worker finds a resident of their own community, and nobody else;
// what harms nobody counts at once, the rest when a colleague agrees.
func TestOnBehalf(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	find := func(who string, n int) answer {
		return l.ask(l.tokens[who], "POST", "/v1/on-behalf/residents", map[string]any{"document": map[string]string{"type": "resident_id", "number": documentNumber(n)}})
	}
	var seen struct{ Name, Document, Community, Jurisdiction string }
	find("worker", 1).into(t, &seen)
	if seen.Name != "张*" || strings.Contains(seen.Document, "1980") || seen.Jurisdiction != "330110" {
		t.Errorf("the worker is told %+v", seen)
	}
	l.changesNothing(t, func() {
		elsewhere, nobody := find("outsider", 1), find("outsider", 77)
		if elsewhere.String() != "404 resident.unknown" || elsewhere.String() != nobody.String() || elsewhere.problem().Text != nobody.problem().Text {
			t.Errorf("elsewhere %s, nobody %s", elsewhere, nobody)
		}
	})
	l.says("worker", "/console/on-behalf", "/v1/on-behalf/declarations", `data-declare="health"`)
	good := l.propose(l.tokens["worker"], "/v1/on-behalf/declarations", aDeclaration(1, well))
	bad := l.propose(l.tokens["worker"], "/v1/on-behalf/declarations", aDeclaration(1, with(well, "contact", "yes")))
	if good.State != "agreed" || bad.State != "open" || bad.Effect.Worse != 1 || l.colour(l.mine) != "green" {
		t.Fatalf("%+v, %+v, %s", good, bad, l.colour(l.mine))
	}
	l.says("colleague", "/console/proposals/"+bad.ID, `value="agreement"`, "电话询问", "36.5")
	l.changesNothing(t, func() { // a worker of another community
		if a := l.ask(l.tokens["outsider"], "GET", "/console/proposals/"+bad.ID, nil); a.Status != 404 {
			t.Errorf("another community's: %s", a)
		}
		if a := l.agreeTo(l.tokens["outsider"], bad.ID); a.String() != "404 proposal.unknown" {
			t.Errorf("another community's: %s", a)
		}
	})
	if a := l.agreeTo(l.tokens["worker"], bad.ID); a.String() != "403 proposal.own" {
		t.Errorf("alone: %s", a)
	}
	l.agreeTo(l.tokens["colleague"], bad.ID).into(t, nil)
	if got := l.colour(l.mine); got != "yellow" {
		t.Errorf("%s although a colleague agreed", got)
	}
	moved := l.propose(l.tokens["worker"], "/v1/on-behalf/moves", aMove(1, l.far))
	if moved.State != "agreed" {
		t.Errorf("the move: %+v", moved)
	}
	find("outsider", 1).into(t, nil)
	l.says("worker", "/console/proposals/"+moved.ID, "33****")
}

// findProposals makes what has an id of its own: the lead's, a colleague's, one that
// is in force, and one of another place.
func (k *knock) findProposals() map[string]string {
	lead, fellow := k.staff("lead"), k.staff("lead2")
	force := k.propose(fellow, "/v1/orders", with(anOrder(1), "reason", "sealed_area"))
	k.agreeTo(lead, force.ID).into(k.t, nil)
	return map[string]string{"the lead's": k.propose(k.tokens["lead"], "/v1/orders", anOrder(1)).ID,
		"a colleague's": k.propose(fellow, "/v1/orders", anOrder(1)).ID, "in force": force.ID,
		"a listing": k.propose(k.staff("epi2"), "/v1/listings", aListing("420100")).ID, "elsewhere": k.propose(k.staff("far-epi"), "/v1/listings", aListing("420100")).ID,
		"a worker's": k.propose(k.tokens["worker"], "/v1/on-behalf/declarations", aDeclaration(2, with(well, "contact", "yes"))).ID, "unknown": fmt.Sprintf("%026d", 0)}
}
