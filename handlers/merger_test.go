package handlers_test

import (
	"strings"
	"testing"

	"healthcode/models"
)

// cityOfficers hires two officers of the city, beside a district that the town's own
// can become part of.
func (l *levers) cityOfficers(t *testing.T) {
	t.Helper()
	if err := l.store.AddJurisdiction(t.Context(), operator, models.Jurisdiction{Code: "330106", Parent: "330100", Name: words("西湖区", "Xihu District"), TimeZone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	if err := l.store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.officers(t)
	for _, username := range []string{"city", "city2"} {
		l.hire(t, username, models.Staff{Role: models.RoleOfficer, Jurisdiction: "330100"}, 0)
	}
	for _, who := range []string{"city", "city2", "officer"} {
		l.tokens[who] = l.staff(who)
	}
}

func aMerger(from, into string) map[string]any {
	return map[string]any{"from": from, "into": into, "staff": false, "evidence": "浙政函〔2021〕17 号"}
}

// TestMergerByHTTP: two officers of the city have one district become part of another,
// and what its residents and everybody else are shown is the other's.
func TestMergerByHTTP(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.cityOfficers(t)
	for name, c := range map[string]struct {
		who  string
		in   map[string]any
		want string
	}{
		"a district's officer": {"officer", aMerger("330110", "330106"), "403 actor.forbidden"},
		"a lead":               {"lead", aMerger("330110", "330106"), "403 actor.forbidden"},
		"an auditor":           {"auditor", aMerger("330110", "330106"), "403 actor.forbidden"},
		"into itself":          {"city", aMerger("330110", "330110"), "409 merger.circle"},
		"into nowhere":         {"city", aMerger("330110", "330199"), "422 place.unknown"},
		"out of nowhere":       {"city", aMerger("", "330110"), "422 place.unknown"},
		"without a paper":      {"city", with(aMerger("330110", "330106"), "evidence", " "), "422 request.missing_field"},
		"at a time":            {"city", with(aMerger("330110", "330106"), "at", "2022-03-20"), "422 request.unknown_field"},
	} {
		l.tables(func() {
			if a := l.ask(l.tokens[c.who], "POST", "/v1/mergers", c.in); !strings.HasPrefix(a.String(), c.want) {
				t.Errorf("%s: %s, want %s", name, a, c.want)
			}
		})
	}
	l.says("city", "/console/proposals", `data-action="/v1/mergers"`, `<option value="330110">`, `<option value="330106">`)
	made := l.propose(l.tokens["city"], "/v1/mergers", aMerger("330110", "330106"))
	if made.Lever != "merger" || made.State != "open" {
		t.Fatalf("%+v", made)
	}
	page := "/console/proposals/" + made.ID
	l.tables(func() {
		if a := l.agreeTo(l.tokens["city2"], made.ID); a.String() != "409 merger.untried" {
			t.Errorf("before it was tried out: %s", a)
		}
	})
	l.says("city2", page, `id="refused"`)
	l.work(t)
	l.says("city2", page, `value="agreement"`, "浙政函〔2021〕17 号")
	if a := l.agreeTo(l.tokens["city"], made.ID); a.String() != "403 proposal.own" {
		t.Errorf("its own: %s", a)
	}
	if a := l.agreeTo(l.tokens["officer"], made.ID); a.String() != "404 proposal.unknown" {
		t.Errorf("the district's officer: %s", a)
	}
	if a := l.agreeTo(l.tokens["city2"], made.ID); a.Status != 204 {
		t.Fatalf("agreed: %s", a)
	}
	l.work(t)

	if got := l.colour(l.mine); got != "green" {
		t.Errorf("the resident is %s", got)
	}
	var me struct {
		Identity struct{ Jurisdiction string }
	}
	l.ask(l.mine, "GET", "/v1/me", nil).into(t, &me)
	if me.Identity.Jurisdiction != "330106" {
		t.Errorf("they live in %+v", me)
	}
	if a := l.ask(l.gate(), "POST", "/v1/scans", map[string]any{"id": l.ulid(), "pass": l.shown(l.mine, 0)}); a.Status != 200 {
		t.Errorf("the pass: %s", a)
	}
	if a := l.ask("", "GET", "/v1/places", nil); strings.Contains(string(a.Body), "330110") || !strings.Contains(string(a.Body), "330106") {
		t.Errorf("a declaration can name %s", a.Body)
	}
	old, now := l.ask("", "GET", "/v1/rules/330110", nil), l.ask("", "GET", "/v1/rules/330106", nil)
	if old.Status != 200 || string(old.Body) != string(now.Body) {
		t.Error("its rules are not those of what it became part of")
	}
	l.says("city", page, "浙政函〔2021〕17 号")
	if a := l.ask(l.tokens["officer"], "POST", "/v1/drafts", map[string]string{"kind": "rules", "body": plainly(1)}); a.String() != "409 merger.over" {
		t.Errorf("a draft for what is no jurisdiction any more: %s", a)
	}
}
