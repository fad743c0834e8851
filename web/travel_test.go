package web

import (
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/rules"
)

// TestCardView: the words are the reader's, cities alone are named, and there is a note
// where there is an asterisk.
func TestCardView(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language string
		asterisk bool
		want     []string
	}{
		{models.Chinese, true, []string{"最近14天内停留4小时以上的城市", "武汉市*", "杭州市", "* 停留期间该地列有中风险或高风险地区"}},
		{models.English, false, []string{"Cities stayed in for 4 hours or more within the last 14 days", "Wuhan", "Hangzhou", ""}},
	} {
		v := NewCardView(c.language, travelled(models.Red, c.asterisk))
		got := []string{v.Stayed}
		for _, city := range v.Cities {
			name := city.Name
			if city.Starred {
				name += "*"
			}
			got = append(got, name)
		}
		if got = append(got, v.Note); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("in %s %q, want %q", c.language, got, c.want)
		}
	}
	unknown := models.Card{Outcome: models.Outcome{Colour: models.Green}, Places: []models.CardPlace{{Place: "999900"}}}
	if v := NewCardView(models.English, unknown); v.Cities[0].Name != "999900" {
		t.Errorf("a city that nobody knows is called %q", v.Cities[0].Name)
	}
}

// TestCardOutlivesTheService: as the code's does, the page stays while nothing answers
// and draws its own code; another city, or a star, is another page.
func TestCardOutlivesTheService(t *testing.T) {
	t.Parallel()
	ctx, c := phone(t, "/travel", map[string]string{"/v1/travel": "503"})
	ask := `dispatchEvent(new Event("online"))`
	await(t, ctx, `document.querySelector("#hands").textContent.startsWith("16:00:") && document.querySelector("#qr").width > 0`)
	run(t, ctx, `window.kept = true; `+ask)
	await(t, ctx, `!document.querySelector("#offline").hidden && document.querySelector("#offline").textContent.includes("16:10")`)
	same := fmt.Sprintf(`200 {"colour":"green","until":null,"verified":true,"cities":[{"code":"420100","name":"Wuhan","starred":true},{"code":"330100","name":"Hangzhou","starred":false}],`+
		`"grant":%q,"seed":%q,"slot_seconds":5,"prefix":%q,"server_time":%d}`, granted.Grant, granted.Seed, granted.Prefix, granted.ServerTime)
	c.set("/v1/travel", same)
	run(t, ctx, ask)
	await(t, ctx, `window.kept && document.querySelector("#offline").hidden`)
	c.set("/v1/travel", strings.Replace(same, "true}", "false}", 1))
	run(t, ctx, ask)
	arrive(t, ctx, `!window.kept && document.querySelectorAll(".cities li").length === 2`)
	if n := c.times("/v1/pass"); n > 0 {
		t.Errorf("the health code was asked for %d times", n)
	}
}

// TestRulesTellOfTheCard: the page of the rules says which of them the card goes by.
func TestRulesTellOfTheCard(t *testing.T) {
	t.Parallel()
	set := rules.Default()
	for _, language := range models.Languages() {
		html := rendered(t, NewRulesPage(page(language), "330110", set, nil))
		if n := strings.Count(html, Text(language, "travel.rule")); n != 2 {
			t.Errorf("in %s of %d rules", language, n)
		}
	}
}
