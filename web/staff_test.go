package web

import (
	"regexp"
	"strings"
	"testing"

	"healthcode/models"
)

// TestScriptTexts finds every sentence that the scripts of staff ask for. A key
// that ends in a full stop is a beginning: there must be keys that go on from it.
func TestScriptTexts(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`text\((?:muted \? )?'([^']+)'`)
	for script, names := range map[string][]string{"staff": {"staff_login", "join", "gate", "console", "review", "invitations"},
		"gate": {"gate"}, "kept": {"gate"}, "queue": {"gate"}, "join": {"join"}, "console": {"review", "invitations"}, "office": {"office", "draft"},
		"proposal": {"proposals", "proposal"}, "onbehalf": {"onbehalf"}} {
		body, err := files.ReadFile("static/" + script + ".js")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(body), -1) {
			found := false
			for _, name := range names {
				for key := range scriptTexts(name, models.English) {
					found = found || key == m[1] || strings.HasSuffix(m[1], ".") && strings.HasPrefix(key, m[1])
				}
			}
			if !found {
				t.Errorf("%s.js says %s, and there is no such text", script, m[1])
			}
		}
	}
}

// TestStaffPages renders the pages that need nothing but words.
func TestStaffPages(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`>[^<]*\b(staff|gate|console|poster)\.[a-z_.]+`)
	guard := models.Guard{Staff: models.Staff{Display: "Guard 1"}}
	by := models.Administrator{Staff: models.Staff{Display: "Administrator", Role: models.RoleAdministrator}}
	scope := Scope{[]models.Jurisdiction{{Code: "330110", Name: market.Name}}, []models.Community{community}, []models.Venue{market}}
	for _, language := range models.Languages() {
		p := page(language)
		for name, html := range map[string]string{
			"login":       rendered(t, StaffLoginPage{p}),
			"join":        rendered(t, NewJoinPage(p)),
			"gate":        rendered(t, NewGatePage(p, guard, []models.Venue{market})),
			"no venue":    rendered(t, NewGatePage(p, guard, nil)),
			"invitations": rendered(t, NewInvitationsPage(p, by, scope)),
		} {
			html, _, _ = strings.Cut(html, `<script type="application/json"`)
			if left := key.FindString(html); left != "" {
				t.Errorf("%s in %s shows the key %s", name, language, left)
			}
			if strings.Contains(html, "<style") || regexp.MustCompile(` (style|on[a-z]+)=`).MatchString(html) {
				t.Errorf("%s has style or script inside", name)
			}
		}
	}
}

// TestGateOpensWhereItStands makes sure that a guard is asked for the venue once.
func TestGateOpensWhereItStands(t *testing.T) {
	t.Parallel()
	for id, view := range map[string]string{"": "choose", "v1": "scan", "elsewhere": "choose"} {
		me := models.Guard{Staff: models.Staff{VenueID: id}}
		if html := rendered(t, NewGatePage(page("zh"), me, []models.Venue{market})); !strings.Contains(html, `data-view="`+view+`"`) {
			t.Errorf("a guard at %q does not begin at %s", id, view)
		}
	}
}
