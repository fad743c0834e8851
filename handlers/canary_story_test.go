package handlers_test

import (
	"fmt"
	"net/http"
	"strings"

	wechatsim "healthcode/platform/wechat/simulator"
)

// mark remembers what is only its holder's to see.
func (c *canary) mark(what, value string) string {
	c.keys[what] = value
	return value
}

// enter logs in, by ticket too, as the resident: the session's token.
func (c *canary) enterAs(app string) (token string) {
	c.t.Helper()
	code := c.mark("code of "+app, c.code(app, "canary"))
	var out struct{ Token, Ticket string }
	c.ask("", "POST", "/v1/login", map[string]string{"platform": app, "code": code}).into(c.t, &out)
	c.mark("token of "+app, out.Token)
	c.mark("ticket of "+app, out.Ticket)
	redeemed := c.ask("", "POST", "/v1/session", map[string]string{"ticket": out.Ticket})
	redeemed.into(c.t, nil)
	c.owners[out.Token] = true
	c.owners[c.mark("cookie of "+app, redeemed.cookie(c.t, "__Host-session"))] = true
	return out.Token
}

// story is everything that residents, staff and registries do, good and bad.
func (c *canary) story() {
	c.t.Helper()
	in := c.registration(321, c.mine["name"])
	in["phone"], in["guardian"] = c.mine["phone"], c.mine["guardian"]
	mine := c.enterAs("wechat")
	c.ask(mine, "POST", "/v1/registration", with(in, "community", "c0"))
	c.ask(mine, "POST", "/v1/registration", with(in, "shoe_size", 42))
	c.ask(mine, "POST", "/v1/registration", with(in, "consents", []any{}))
	c.ask(mine, "POST", "/v1/registration", in).into(c.t, nil)
	c.ask(c.enterAs("alipay"), "POST", "/v1/registration", in).into(c.t, nil)
	worker := c.staff("worker")
	c.desks[c.mark("the worker's token", worker)] = true
	for _, id := range c.reviews(worker) {
		c.ask(worker, "GET", "/console/reviews/"+id, nil).into(c.t, nil)
	}
	c.judge(worker, "approve")
	c.declarations(mine, worker)
	c.deliveries()
	c.gates(mine)
	c.arrivals(mine, worker)
	c.levers(worker)
	c.own(mine)
	c.strangers()
	c.failures()
}

func (c *canary) declarations(mine, worker string) {
	c.t.Helper()
	c.declare(mine, with(ill, "symptoms", []string{"cold_like", "other"}, "note", c.mine["note"])).into(c.t, nil)
	c.declare(mine, with(ill, "note", 7, "temperature", "很热"))
	for _, id := range c.reviews(worker) {
		c.ask(worker, "GET", "/console/reviews/"+id, nil).into(c.t, nil)
	}
	c.judge(worker, "clear")
	c.declare(mine, well).into(c.t, nil)
}

func (c *canary) deliveries() {
	c.t.Helper()
	registry, header := c.client()
	c.mark("the registry's token", registry)
	c.mark("the registry's secret", strings.TrimPrefix(header[3], "Basic "))
	first := with(dose(321), "name", c.mine["name"])
	for _, records := range [][]any{{first}, {first}, {with(first, "product", "sinopharm-beijing")}, {with(first, "product", "snake oil")}} {
		c.ask(registry, "POST", "/v1/records/vaccinations", map[string]any{"records": records})
	}
	tested := with(result("negative"), "name", c.mine["name"], "document", first["document"])
	c.ask(registry, "POST", "/v1/records/tests", map[string]any{"records": []any{tested}}).into(c.t, nil)
	c.ask(registry, "POST", "/v1/records/tests", map[string]any{"records": []any{with(tested, "result", "maybe")}})
}

// levers are pulled about the resident, who has a number and a name.
func (c *canary) levers(worker string) {
	c.t.Helper()
	c.leverStaff(c.t)
	about := map[string]any{"document": map[string]string{"type": "resident_id", "number": c.mine["number"]}, "evidence": "诊断证明 17 号"}
	c.ask(worker, "GET", "/console/on-behalf", nil).into(c.t, nil)
	c.ask(worker, "POST", "/v1/on-behalf/residents", map[string]any{"document": about["document"]}).into(c.t, nil)
	c.ask(worker, "POST", "/v1/on-behalf/declarations", with(about, "form", "health", "version", 1, "answers", with(well, "contact", "yes"))).into(c.t, nil)
	var card printedCard
	c.ask(worker, "POST", "/v1/on-behalf/prints", map[string]any{"document": about["document"]}).into(c.t, &card)
	_, code, _ := strings.Cut(card.Text, "#")
	c.reads(c.gate(), c.mark("what a printed card says", code)).into(c.t, nil)
	c.ask(worker, "DELETE", "/v1/on-behalf/prints/"+card.ID, nil).into(c.t, nil)
	c.reads(c.gate(), code)
	c.ask(worker, "POST", "/v1/on-behalf/moves", with(about, "community", c.mine["name"]))
	lead, fellow, auditor := c.mark("the lead's token", c.staff("lead")), c.mark("the other lead's token", c.staff("lead2")), c.mark("the auditor's token", c.staff("auditor"))
	c.ask(lead, "POST", "/v1/orders", with(about, "reason", "nobody's", "until", "2022-03-20"))
	made := c.propose(lead, "/v1/orders", with(about, "reason", "close_contact", "until", "2022-03-20"))
	for _, token := range []string{lead, fellow, worker, auditor} {
		for _, path := range []string{"/console/proposals", "/v1/proposals", "/console/alarms", "/v1/alarms", "/console/figures", "/v1/figures/330110"} {
			c.ask(token, "GET", path, nil)
		}
	}
	c.ask(lead, "GET", "/console/proposals/"+made.ID, nil).into(c.t, nil)
	compares := c.staff("lead2") // the person with the evidence
	c.desks[compares] = true
	if a := c.ask(compares, "GET", "/console/proposals/"+made.ID, nil); len(leaks(string(a.Body), c.mine)) != 2 {
		c.t.Errorf("the second person reads %v", leaks(string(a.Body), c.mine))
	}
	c.agreeTo(lead, made.ID)
	c.agreeTo(fellow, made.ID).into(c.t, nil)
	c.ask(fellow, "GET", "/console/proposals/"+made.ID, nil).into(c.t, nil)
	c.ask(lead, "DELETE", "/v1/orders/"+made.ID, nil).into(c.t, nil)
}

func (c *canary) gates(mine string) {
	c.t.Helper()
	c.ask(mine, "POST", "/v1/visits", map[string]string{"id": c.ulid(), "poster": c.venue.Poster}).into(c.t, nil)
	guard := c.mark("the guard's token", c.gate())
	for _, path := range []string{"/gate", "/posters/" + c.venue.ID} {
		c.ask(guard, "GET", path, nil).into(c.t, nil)
	}
	shown := c.shown(mine, 0)
	for _, pass := range []string{shown, shown[:len(shown)-4], c.shown(mine, 1e9), c.mine["number"], c.mine["name"]} {
		c.ask(guard, "POST", "/v1/scans", map[string]string{"id": c.ulid(), "pass": pass})
	}
	c.kept(guard, mine)
	document := map[string]string{"type": "resident_id", "number": c.mine["number"]}
	c.ask(guard, "POST", "/v1/entries", map[string]any{"id": c.ulid(), "document": document}).into(c.t, nil)
	c.ask(guard, "POST", "/v1/entries", c.visitor()).into(c.t, nil)
	c.ask(guard, "POST", "/v1/entries", with(c.visitor(), "phone", "1")).problem()
}

// kept: the gate had no network. What it hands in is told to nobody, whatever comes of it.
func (c *canary) kept(guard, mine string) {
	c.t.Helper()
	c.ask(guard, "GET", "/v1/gate/keys", nil).into(c.t, nil)
	shown := c.shown(mine, 0)
	_, digits, _ := strings.Cut(shown, "#")
	c.keys["pass"], c.keys["altered pass"] = digits, spoiled(digits)
	id := c.ulid()
	in := c.keeping(keptAs{c.ulid(), spoiled(shown)}, keptAs{"", shown}, keptAs{id, c.mine["name"]}, keptAs{id, shown}, keptAs{id, shown})
	for _, scan := range c.handIn(guard, in)[3:] {
		if !scan.Recorded {
			c.t.Errorf("what was kept is refused with %s", scan.Error.Reason)
		}
	}
	c.ask(guard, "POST", "/v1/scans/kept", with(in, "venue", shown))
	c.ask(guard, "POST", "/v1/scans/kept", with(in, "scans", shown))
}

// arrivals: they come by car with somebody, are scanned at a station, and a worker looks.
func (c *canary) arrivals(mine, worker string) {
	c.t.Helper()
	along := with(comesAlong(323, c.mine["companion"]))
	in := arriving(c.community, "car", "plate", c.mine["plate"], "contact", c.mine["contact"], "companions", []any{along})
	c.arrives(mine, with(in, "plate", c.mine["number"]))
	c.arrives(mine, with(in, "community", c.mine["plate"]))
	c.arrives(mine, with(in, "companions", []any{along, along}))
	c.arrives(mine, in).into(c.t, nil)
	gate := c.mark("the station guard's token", c.gateway("guard"))
	if seen := c.scans(gate, mine); !seen.Arrival.Declared || seen.Arrival.Party != 2 {
		c.t.Errorf("at the station: %+v", seen)
	}
	c.guest(gate, along)
	for _, path := range []string{"/gate", "/v1/queue"} {
		c.ask(gate, "GET", path, nil).into(c.t, nil)
	}
	for _, id := range c.reviews(worker) {
		c.ask(worker, "GET", "/console/reviews/"+id, nil).into(c.t, nil)
	}
	c.judge(worker, "approve")
	for _, path := range []string{"/v1/arrivals", "/arrival"} {
		c.ask(mine, "GET", path, nil).into(c.t, nil)
	}
}

// guest: a visitor whom nobody knows is taken down at the station, first with mistakes.
func (c *canary) guest(gate string, along any) {
	c.t.Helper()
	visit := c.visitor()
	c.ask(gate, "POST", "/v1/entries", visit).into(c.t, nil)
	in := taking(visit["id"].(string), c.community, "name", c.mine["visitor"], "phone", c.mine["visitor's phone"], "companions", []any{along})
	c.takes(gate, with(in, "visit", c.mine["visitor's number"]))
	c.takes(gate, with(in, "name", c.mine["visitor's number"]))
	c.takes(gate, with(in, "companions", []any{along, along}))
	c.takes(gate, in).into(c.t, nil)
}

// own is what the resident does with what is held about them.
func (c *canary) own(mine string) {
	c.t.Helper()
	for _, path := range []string{"/v1/me", "/v1/me/export", "/v1/standing", "/v1/vaccinations", "/v1/pass", "/v1/travel", "/travel", "/v1/notices", "/notices", "/", "/code", "/code/why", "/vaccinations", "/me", "/declare/health"} {
		c.ask(mine, "GET", path, nil).into(c.t, nil)
	}
	c.ask(mine, "PATCH", "/v1/me", map[string]string{"phone": c.mine["new phone"]}).into(c.t, nil)
	c.ask(mine, "POST", "/v1/corrections", map[string]string{"name": c.mine["name"]}).into(c.t, nil)
	c.ask(mine, "DELETE", "/v1/consents/visits", nil).into(c.t, nil)
	c.ask(mine, "GET", "/v1/me", nil).into(c.t, nil)
}

// strangers look wherever they can.
func (c *canary) strangers() {
	c.t.Helper()
	stranger := c.login("wechat", "stranger")
	c.ask(stranger, "POST", "/v1/registration", c.registration(55, "李四")).into(c.t, nil)
	admin := c.mark("the administrator's token", c.staff("admin"))
	for _, token := range []string{"", stranger, admin} {
		for _, path := range []string{"/", "/code", "/me", "/v1/me", "/v1/pass", "/v1/travel", "/travel", "/t", "/v1/reviews", "/console", "/console/invitations", "/about", "/p", "/door", "/enter", "/staff/login"} {
			c.ask(token, "GET", path, nil)
		}
	}
	for _, q := range []string{c.mine["number"], c.mine["name"]} { // asked for by somebody who knows
		c.ask(stranger, "POST", "/v1/visits", map[string]string{"id": c.ulid(), "poster": q})
		c.ask(stranger, "POST", "/v1/session", map[string]string{"ticket": q})
	}
}

// failures are the platforms'.
func (c *canary) failures() {
	c.t.Helper()
	for _, f := range []wechatsim.Failure{wechatsim.HangUp, wechatsim.BadGateway, wechatsim.Garbage, wechatsim.Refuse(40125), wechatsim.Says(`{"errcode":1,"errmsg":"` + c.mine["name"] + wechatKey + `"}`)} {
		c.wechat.Fail(wechatApp, f)
		code := c.mark(fmt.Sprint("code ", len(c.keys)), c.code("wechat", "canary"))
		if a := c.ask("", "POST", "/v1/login", map[string]string{"platform": "wechat", "code": code}); a.Status != http.StatusBadGateway {
			c.t.Errorf("a platform that fails: %s", a)
		}
	}
}
