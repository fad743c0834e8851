package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/published"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// small is a form with one field of each type. Its lines are counted below.
const small = `id: small
version: 2
title: {zh: 表, en: Form}
fields:
  - id: degrees
    type: decimal
    label: {zh: 度, en: Degrees}
    min: -2
    max: 2.5
    step: 0.25
    unit: °C
    facts: [{at_least: 2.25, kind: symptom, code: fever}]
  - id: one
    type: choice
    label: {zh: 一, en: One}
    options:
      - {code: yes, label: {zh: 是, en: "Yes"}, facts: [{kind: contact, code: yes}]}
      - {code: no, label: {zh: 否, en: "No"}}
  - id: some
    type: choices
    label: {zh: 些, en: Some}
    options:
      - {code: none, label: {zh: 无, en: None}, exclusive: true}
      - {code: a, label: {zh: 甲, en: A}}
      - {code: b, label: {zh: 乙, en: B}}
    when: {field: one, is: [yes]}
  - {id: words, type: text, label: {zh: 词, en: Words}, max_length: 5, review: true}
  - {id: day, type: date, label: {zh: 日, en: Day}, window: 3}
  - {id: place, type: place, label: {zh: 地, en: Place}, hint: {zh: 提示, en: hint}}
  - {id: stays, type: stays, label: {zh: 行程, en: Stays}, window: 3, max_items: 2}
`

func mustLoad(t testing.TB, file string) *Form {
	t.Helper()
	f, err := Load([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// slips are in the small form, each with the line and the words of its fault.
var slips = []struct {
	name, old, new string
	line           int
	text           string
}{
	{"unknown key", "unit:", "units:", 11, "unknown field"},
	{"repeated key", "version: 2", "version: 2\nversion: 2", 3, "already defined"},
	{"wrong type", "version: 2", "version: x", 2, "cannot unmarshal"},
	{"version", "version: 2", "version: 0", 2, "1 or more"},
	{"id", "id: small", "id: 小", 1, "lower-case word"},
	{"title", "{zh: 表, en: Form}", "{zh: 表}", 3, "lacks language en"},
	{"strange language", "en: Form}", "en: Form, xx: x}", 3, "unknown language"},
	{"field's id", "id: day", "id: Day", 28, "lower-case word"},
	{"field repeats", "id: day", "id: one", 28, "field one repeats"},
	{"label", "label: {zh: 日, en: Day}", "label: {en: Day}", 28, "label lacks language zh"},
	{"hint", "hint: {zh: 提示, en: hint}", "hint: {en: hint}", 29, "hint lacks language zh"},
	{"type", "type: date", "type: datetime", 28, "unknown type"},
	{"number", "max: 2.5", "max: 2.5001", 9, "three decimals"},
	{"number with exponent", "max: 2.5", "max: 25e-1", 9, "three decimals"},
	{"no step", "    step: 0.25\n", "", 5, "needs a step"},
	{"step below nothing", "step: 0.25", "step: -0.25", 5, "needs a step"},
	{"min above max", "min: -2", "min: 3", 5, "max must be above min"},
	{"min off the step", "min: -2", "min: -2.1", 5, "multiples of step"},
	{"threshold off", "at_least: 2.25", "at_least: 2.75", 12, "between min and max"},
	{"bound of another type", "window: 3}", "window: 3, max_length: 5}", 28, "a date has no max_length"},
	{"options on text", "max_length: 5,", "max_length: 5, options: [],", 27, "a text has no options"},
	{"one option", "      - {code: no, label: {zh: 否, en: \"No\"}}\n", "", 13, "2 to 60 options"},
	{"option repeats", "code: b,", "code: a,", 25, "option a repeats"},
	{"option's code", "code: b,", "code: B,", 25, "lower-case word"},
	{"option's label", "label: {zh: 乙, en: B}", "label: {zh: 乙}", 25, "label lacks language en"},
	{"exclusive choice", "label: {zh: 否, en: \"No\"}", "label: {zh: 否, en: \"No\"}, exclusive: true", 18, "every option of a choice is exclusive"},
	{"condition on nothing", "field: one,", "field: two,", 26, "is no earlier choice"},
	{"condition on what comes later", "field: one,", "field: day,", 26, "is no earlier choice"},
	{"condition on itself", "field: one,", "field: some,", 26, "is no earlier choice"},
	{"condition on a number", "field: one,", "field: degrees,", 26, "is no earlier choice"},
	{"condition on no option", "is: [yes]", "is: [maybe]", 26, `no option "maybe"`},
	{"condition on none", "is: [yes]", "is: []", 26, "at least one code"},
	{"verified by oneself", "kind: contact", "kind: verified", 17, "nobody can declare"},
	{"tested by oneself", "kind: symptom", "kind: test", 12, "nobody can declare"},
	{"fact's code", "code: fever", "code: ''", 12, "lower-case word"},
	{"no length", "max_length: 5, ", "", 27, "max_length must be 1 to"},
	{"no window", ", window: 3}", "}", 28, "window must be 1 to"},
	{"no items", ", max_items: 2", "", 30, "max_items must be 1 to"},
	{"too many items", "max_items: 2", "max_items: 101", 30, "max_items must be 1 to"},
	{"no fields", small[strings.Index(small, "fields:"):], "fields: []\n", 4, "1 to 60 fields"},
	{"alias", "min: -2", "min: &x -2", 8, "anchor"},
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range slips {
		if !strings.Contains(small, c.old) {
			t.Fatalf("%s: the small form does not contain %q", c.name, c.old)
		}
		f, err := Load([]byte(strings.Replace(small, c.old, c.new, 1)))
		var faults published.Faults
		if f != nil || !errors.As(err, &faults) {
			t.Errorf("%s: loaded, or failed otherwise: %v", c.name, err)
			continue
		}
		found := false
		for _, fault := range faults {
			found = found || fault.Line == c.line && strings.Contains(fault.Says.String(), c.text)
		}
		if !found {
			t.Errorf("%s: want line %d: …%s…, got\n%v", c.name, c.line, c.text, err)
		}
	}
}

// TestEveryType answers the small form, whose fields are of every type.
func TestEveryType(t *testing.T) {
	t.Parallel()
	f := mustLoad(t, small)
	answers := `{"degrees":-0.25,"one":"yes","some":["b","a"],"words":"12345","day":"2021-02-26","place":"330106",
		"stays":[{"place":"110105","from":"2021-02-28","to":"2021-03-01"}]}`
	a, err := f.Check([]byte(answers), today, places)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"degrees":-0.25,"one":"yes","some":["a","b"],"words":"12345","day":"2021-02-26","place":"330106",` +
		`"stays":[{"from":"2021-02-28","place":"110105","to":"2021-03-01"}]}`
	if got := string(a.Canonical()); got != want {
		t.Errorf("canonical %s", got)
	}
	if !a.NeedsReview() {
		t.Error("words are for review")
	}
	_, err = f.Check([]byte(`{"degrees":0.1,"one":"no","some":["a"],"words":"123456","day":"2021-02-25","place":"1","stays":[1,2,3]}`), today, places)
	const bad = "degrees answer.range; some answer.conflict; words answer.too_long; day answer.date; place place.unknown; stays answer.too_many"
	if got := problems(t, err); got != bad {
		t.Errorf("problems %s", got)
	}
	if a, err := f.Check([]byte(`{}`), today, places); err != nil || string(a.Canonical()) != "{}" || a.NeedsReview() || a.Facts(today) != nil {
		t.Errorf("nothing is required: %v", err)
	}
	if a, err := f.Check([]byte(`{"degrees": 2.25}`), today, places); err != nil || len(a.Facts(today)) != 1 || a.NeedsReview() {
		t.Errorf("a fact without review: %v", err)
	}
}

// TestJSON freezes what GET /v1/forms/:id gives. Run with -update to rewrite it.
func TestJSON(t *testing.T) {
	t.Parallel()
	for _, f := range append(slices.Clone(defaults), mustLoad(t, small)) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(f); err != nil {
			t.Fatal(err)
		}
		file := "testdata/" + f.ID + ".golden.json"
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-golden +now):\n%s", f.ID, diff)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0": "0", "-0": "0", "36.5": "36.5", "36.50": "36.5", "36.500": "36.5", "42": "42",
		"-0.25": "-0.25", "0.001": "0.001", "-12.03": "-12.03", "999999999.999": "999999999.999"} {
		if d, err := parseDecimal(in); err != nil || d.String() != want {
			t.Errorf("%s is %s, %v, want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", ".5", "1.", "01", "+1", "1e1", "0x1", "1_0", "1.2345", "1234567890", "NaN", "Inf", "--1", "1 "} {
		if d, err := parseDecimal(in); err == nil {
			t.Errorf("%q is taken for %s", in, d)
		}
	}
}

func TestDeclaration(t *testing.T) {
	t.Parallel()
	zone := today.Location()
	a, err := form("itinerary").Check([]byte(stays(stay("330106", "2021-02-26", "2021-02-28"))), today, places)
	if err != nil {
		t.Fatal(err)
	}
	want := models.Declaration{Form: "itinerary", Version: 1, At: today.UTC(), Answers: a.Canonical(), Stays: []models.Stay{{Place: "330106",
		From: time.Date(2021, 2, 25, 16, 0, 0, 0, time.UTC), To: time.Date(2021, 2, 28, 16, 0, 0, 0, time.UTC)}}}
	if diff := cmp.Diff(want, a.Declaration(today, zone)); diff != "" {
		t.Error(diff)
	}
	a, err = form("health").Check([]byte(well("contact", `"yes"`)), today, places)
	if err != nil {
		t.Fatal(err)
	}
	d := a.Declaration(today, zone)
	if len(d.Facts) != 1 || d.Facts[0].Kind != models.FactContact || !d.Facts[0].At.Equal(today) || !d.Review || d.Form != "health" {
		t.Errorf("declaration %+v", d)
	}
}

// FuzzLoad: whatever loads can be answered and drawn.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add(healthFile)
	f.Add(itineraryFile)
	f.Add([]byte("id: a\nversion: 1\ntitle: {zh: a, en: a}\nfields:\n  - {id: a, type: date, label: {zh: a, en: a}, window: 1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		form, err := Load(data)
		if err != nil {
			if form != nil {
				t.Fatal("refused and loaded")
			}
			return
		}
		if _, err := json.Marshal(form); err != nil {
			t.Fatal(err)
		}
		for _, answers := range []string{"{}", well(), stays(stay("330106", "2021-02-26", "2021-02-28"))} {
			if a, err := form.Check([]byte(answers), today, places); err == nil {
				form.Show(a.Canonical(), models.Chinese)
			}
		}
	})
}
