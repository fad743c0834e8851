package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

// TestCard: the rules that are marked speak about the card, each as it does about the
// code, and the others hold their tongue.
func TestCard(t *testing.T) {
	t.Parallel()
	marked := map[string]bool{"medium_stay": true, "high_stay": true}
	for _, r := range standby.Rules() {
		if r.Card != marked[r.ID] {
			t.Errorf("rule %s is marked %t", r.ID, r.Card)
		}
	}
	for _, words := range situations() {
		code, card := standby.Decide(parse(t, words), now), standby.Card(parse(t, words), now)
		var want []models.DecisionReason
		colour := models.Green
		for _, r := range code.Reasons {
			if marked[r.Rule] {
				want, colour = append(want, r), max(colour, r.Colour)
			}
		}
		if diff := cmp.Diff(want, card.Reasons); diff != "" || card.Colour != colour {
			t.Errorf("%s: the card is %s, want %s:\n%s", words, card.Colour, colour, diff)
		}
		if until := card.Until; !until.IsZero() && (code.Until.IsZero() || until.Before(code.Until)) {
			t.Errorf("%s: the card changes %v before the code", words, until)
		}
	}
}

// TestCardTerms: the three parameters are as published, down the tree, and a set whose
// files have none of them goes by the same.
func TestCardTerms(t *testing.T) {
	t.Parallel()
	above := standby.Files()[0]
	below := func(set string) string {
		return "id: below\nversion: 1\njurisdiction: \"330000\"\nset:\n" + set
	}
	for _, c := range []struct {
		name  string
		files []*File
		want  models.CardTerms
	}{
		{"default", []*File{above}, models.CardTerms{Days: 14, Stay: 4 * time.Hour, Asterisk: true}},
		{"none", []*File{mustParse(t, chainFile(t, "any"))}, models.CardTerms{Days: 14, Stay: 4 * time.Hour, Asterisk: true}},
		{"set below", []*File{above, mustParse(t, below("  - {id: travel_days, value: 7d}\n  - {id: travel_asterisk, value: 0}\n"))}, models.CardTerms{Days: 7, Stay: 4 * time.Hour}},
		{"hours", []*File{above, mustParse(t, below("  - {id: travel_days, value: 200h}\n"))}, models.CardTerms{Days: 8, Stay: 4 * time.Hour, Asterisk: true}},
	} {
		set, err := Merge(c.files...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, set.CardTerms()); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestCardTermsRefused: a value that the service could not go by is refused where it
// is declared, and by its bounds below.
func TestCardTermsRefused(t *testing.T) {
	t.Parallel()
	standing := string(defaultFile)
	for _, c := range []struct{ old, new, want string }{
		{"value: 14d\n    bounds: {min: 7d, max: 14d}\n    text: {zh: 行程卡", "value: 14d\n    bounds: {min: 7d, max: 60d}\n    text: {zh: 行程卡", "parameter travel_days: 60d is not within 1d to 28d, which the service can go by"},
		{"value: 4h\n", "value: 4\n", "parameter travel_stay: 4 is not within 1h to 24h, which the service can go by"},
		{"value: 1\n    bounds: {min: 0, max: 1}", "value: 2", "parameter travel_asterisk: 2 is not within 0 to 1, which the service can go by"},
	} {
		file := strings.Replace(standing, c.old, c.new, 1)
		if file == standing {
			t.Fatalf("the default has no %q", c.old)
		}
		if _, err := Load([]byte(file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	below := mustParse(t, "id: below\nversion: 1\njurisdiction: \"330000\"\nset:\n  - {id: travel_days, value: 3d}\n")
	if _, err := Merge(standby.Files()[0], below); err == nil || !strings.Contains(err.Error(), "3d is not within 7d to 14d, which any allows") {
		t.Errorf("got %v", err)
	}
	again := mustParse(t, "id: below\nversion: 1\njurisdiction: \"330000\"\nrules: []\nparameters:\n  - {id: travel_days, value: 7d, text: {zh: 天, en: days}}\n")
	if _, err := Merge(standby.Files()[0], again); err == nil || !strings.Contains(err.Error(), "a file above has it already") {
		t.Errorf("got %v", err)
	}
}

// TestMarkIsPartOfTheSet: whoever marks a rule, or takes the mark away, makes another set.
func TestMarkIsPartOfTheSet(t *testing.T) {
	t.Parallel()
	above, below := standby.Files()[0], mustParse(t, "id: below\nversion: 1\njurisdiction: \"330000\"\n")
	other := mustParse(t, strings.Replace(string(defaultFile), "    card: true\n", "", 1))
	a, b := mustMerge(t, above, below), mustMerge(t, other, below)
	if a.Hash() == b.Hash() || string(a.Canonical()) == string(b.Canonical()) {
		t.Error("the same set")
	}
	for _, c := range []struct {
		set  *Set
		want int
	}{{a, 2}, {b, 1}} {
		if n := strings.Count(string(c.set.Canonical()), `"card":true`); n != c.want {
			t.Errorf("%d rules are marked, want %d", n, c.want)
		}
	}
}
