package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// base is what a green person has: a checked document and a recent declaration.
const base = "verified@-30d declaration/health@-1d "

// The risks of the truth table, each as it is one day old, and each with the
// last minute and the first instant after its time.
var risks = []struct{ fact, last, over string }{
	{"symptom/fever@-1d", "symptom/fever@-6d23h59m", "symptom/fever@-7d"},
	{"contact/yes@-1d", "contact/yes@-6d23h59m", "contact/yes@-7d"},
	{"contact/unsure@-1d", "contact/unsure@-6d23h59m", "contact/unsure@-7d"},
	{"stay/medium@-1d", "stay/medium@-6d23h59m", "stay/medium@-7d"},
	{"stay/high@-1d", "stay/high@-13d23h59m", "stay/high@-14d"},
	{"test/pcr/positive@-1d", "test/pcr/positive@-27d23h59m", "test/pcr/positive@-28d"},
	{"test/antigen/positive@-1d", "test/antigen/positive@-27d23h59m", "test/antigen/positive@-28d"},
	{"exposure/scanned@-1d", "exposure/scanned@-6d23h59m", "exposure/scanned@-7d"},
	{"exposure/hand@-1d", "exposure/hand@-6d23h59m", "exposure/hand@-7d"},
	{"exposure/rotating@-1d", "exposure/rotating@-6d23h59m", "exposure/rotating@-7d"},
	{"exposure/self@-1d", "exposure/self@-1h", "exposure/self@-7d"},
	{"order/yellow@-1d+3d", "order/yellow@-29d23h59m", "order/yellow@-30d"},
	{"order/red@-1d+3d", "order/red@-29d23h59m", "order/red@-30d"},
	{"vaccination/any@-1d", "vaccination/any@-1h", "vaccination/any@-300d"},
}

// What may come beside a risk that is one day old, and clear it.
var answers = []string{
	"test/pcr/negative@-23h",
	"test/pcr/negative@-1d",
	"test/pcr/negative@-2d",
	"test/antigen/negative@-23h",
	"test/pcr/negative@-23h test/pcr/negative@-1h",
	"test/pcr/negative@-23h59m test/pcr/negative@-0h",
	"test/pcr/negative@-23h59m59s test/pcr/negative@+1s",
	"finding/cleared@-12h",
	"finding/cleared@-1d",
	"finding/cleared@-2d",
	"finding/other@-12h",
}

func situations() []string {
	list := []string{
		"",
		"verified@-30d",
		"verified@-30d-1h declaration/health@-1d",
		"verified@+1h declaration/health@-1d",
		"declaration/health@-1d",
		"verified@-30d declaration/itinerary@-1d",
		"verified@-30d declaration/health@-13d23h59m",
		"verified@-30d declaration/health@-14d",
		"verified@-30d declaration/health@-14d declaration/health@-2d",
		"symptom/fever@-1d",
		base,
	}
	for _, r := range risks {
		list = append(list, base+r.fact, base+r.last, base+r.over)
		for _, a := range answers {
			list = append(list, base+r.fact+" "+a)
		}
	}
	return append(list,
		// Three days later two tests a day apart clear what one does not.
		base+"contact/yes@-3d test/pcr/negative@-2d test/pcr/negative@-1d",
		base+"stay/medium@-3d test/pcr/negative@-2d test/pcr/negative@-1d",
		base+"stay/high@-3d test/pcr/negative@-2d test/pcr/negative@-1d",
		base+"exposure/scanned@-3d test/pcr/negative@-2d test/pcr/negative@-1d",
		base+"test/pcr/positive@-3d test/pcr/negative@-2d test/pcr/negative@-1d",
		base+"test/pcr/positive@-3d test/pcr/negative@-2d test/pcr/negative@-1d12h",
		base+"test/pcr/positive@-3d test/antigen/negative@-2d test/antigen/negative@-1d",
		base+"test/pcr/positive@-3d test/pcr/negative@-2d test/pcr/positive@-1d12h test/pcr/negative@-1d",
		base+"order/red@-3d+1d test/pcr/negative@-2d test/pcr/negative@-1d finding/cleared@-1h",
		// Several at once: the worst wins and all speak.
		base+"symptom/fever@-2d symptom/cough@-1d",
		base+"symptom/fever@-2d symptom/cough@-1d test/pcr/negative@-1d12h",
		base+"symptom/fever@-1d contact/yes@-1d stay/high@-2d",
		"symptom/fever@-1d test/pcr/positive@-1h",
		// What lies ahead is not seen yet, and bounds the answer.
		base+"order/red@+2d+5d",
		base+"symptom/fever@-1d order/yellow@-1d+1h",
	)
}

// TestDefaultTable holds the default rules against testdata/default.golden: one
// line for each situation. Run with -update to rewrite it, and read the change.
func TestDefaultTable(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	spoke := map[string]bool{}
	for _, words := range situations() {
		o := standby.Decide(parse(t, words), now)
		fmt.Fprintf(&table, "%s\n    %s\n", strings.TrimSpace(strings.Replace(words, base, "base ", 1)), show(o))
		for _, r := range o.Reasons {
			spoke[r.Rule] = true
		}
	}
	for _, r := range standby.Rules() {
		if !spoke[r.ID] {
			t.Errorf("no situation makes rule %s speak", r.ID)
		}
	}
	const file = "testdata/default.golden"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), table.String()); diff != "" {
		t.Errorf("the default rules decide otherwise (-golden +now):\n%s", diff)
	}
}

// TestDefaultLaws states in words what the table shows in bulk.
func TestDefaultLaws(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, facts string
		colour      models.Colour
		rules       string
	}{
		{"nothing known", "", models.Grey, "unverified undeclared"},
		{"unverified", "declaration/health@-1h", models.Grey, "unverified"},
		{"never declared", "verified@-1d", models.Grey, "undeclared"},
		{"an itinerary is no health declaration", "verified@-1d declaration/itinerary@-1h", models.Grey, "undeclared"},
		{"well", base, models.Green, ""},
		{"symptoms", base + "symptom/cough@-1h", models.Yellow, "symptoms"},
		{"a test at the same instant clears nothing", base + "symptom/cough@-1h test/pcr/negative@-1h", models.Yellow, "symptoms"},
		{"one test clears symptoms", base + "symptom/cough@-1h test/pcr/negative@-30m", models.Green, ""},
		{"one test does not clear a contact", base + "contact/yes@-1h test/pcr/negative@-30m", models.Yellow, "contact"},
		{"a finding clears a contact", base + "contact/yes@-1h finding/cleared@-30m", models.Green, ""},
		{"no finding clears a listed stay", base + "stay/medium@-2d finding/cleared@-30m", models.Yellow, "medium_stay"},
		{"no finding clears a positive test", base + "test/pcr/positive@-2d finding/cleared@-30m", models.Red, "positive_test"},
		{"no test clears a stay at high risk", base + "stay/high@-3d test/pcr/negative@-2d test/pcr/negative@-1h", models.Red, "high_stay"},
		{"nobody turns yellow on a poster photographed", base + "exposure/self@-1h", models.Green, ""},
		{"an order ends", base + "order/red@-3d-1h", models.Green, ""},
	} {
		o := standby.Decide(parse(t, c.facts), now)
		var rules []string
		for _, r := range o.Reasons {
			rules = append(rules, r.Rule)
		}
		if got := strings.Join(rules, " "); o.Colour != c.colour || got != c.rules {
			t.Errorf("%s: %s by %q, want %s by %q", c.name, o.Colour, got, c.colour, c.rules)
		}
	}
}

// TestDefaultTexts proves that no text still holds a placeholder and that every
// figure it tells is the parameter's.
func TestDefaultTexts(t *testing.T) {
	t.Parallel()
	for _, r := range append(standby.Rules(), failedRule) {
		for _, text := range []models.Text{r.Why, r.Clear, r.Ask} {
			if text.Missing() != "" {
				t.Errorf("rule %s: a text lacks language %s", r.ID, text.Missing())
			}
			for _, s := range text {
				if strings.ContainsAny(s, "{}") {
					t.Errorf("rule %s: %q holds a placeholder", r.ID, s)
				}
			}
		}
	}
	r, _ := standby.Rule("contact")
	if got, want := r.Clear.In(models.English), "2 negative PCR tests taken after you declared it, at least 24 hours apart, or a community worker's finding, or 7 days from the declaration."; got != want {
		t.Errorf("contact clears by %q, want %q", got, want)
	}
	if got, want := r.Why.In(models.Chinese), "您在最近7天内申报过接触或可能接触确诊病例。"; got != want {
		t.Errorf("contact says %q, want %q", got, want)
	}
}
