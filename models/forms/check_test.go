package forms

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"healthcode/models"
)

// refused are answers with the problems that they come to.
var refused = []struct{ name, form, answers, want string }{
	{"empty", "health", `{}`, "temperature answer.missing; symptoms answer.missing; contact answer.missing; residence answer.missing"},
	{"nothing", "health", ``, "request.malformed"},
	{"no JSON", "health", `{"temperature": }`, "request.malformed"},
	{"more after it", "health", well() + "{}", "request.malformed"},
	{"bytes that are no text", "health", well("note", "\"\xff\""), "request.malformed"},
	{"list", "health", `[]`, "answer.type"},
	{"null", "health", `null`, "answer.type"},
	{"unknown field", "health", well("height", "180"), "height answer.unknown_field"},
	{"unknown field that may be a name", "health", well("张三", "1"), "answer.unknown_field"},
	{"repeated field", "health", `{"contact": "no", "contact": "yes"}`, "contact answer.conflict"},
	{"several at once", "health", well("temperature", "50", "symptoms", `["none","other"]`, "contact", `"maybe"`, "residence", ""),
		"temperature answer.range; symptoms answer.conflict; contact answer.option; residence answer.missing"},

	{"number as text", "health", well("temperature", `"36.5"`), "temperature answer.type"},
	{"number null", "health", well("temperature", `null`), "temperature answer.type"},
	{"number too exact", "health", well("temperature", `37.25`), "temperature answer.range"},
	{"number far too exact", "health", well("temperature", `36.5000000000000001`), "temperature answer.range"},
	{"number with exponent", "health", well("temperature", `3.65e1`), "temperature answer.range"},
	{"number too low", "health", well("temperature", `34.9`), "temperature answer.range"},
	{"number too high", "health", well("temperature", `42.1`), "temperature answer.range"},
	{"number negative", "health", well("temperature", `-36.5`), "temperature answer.range"},
	{"number huge", "health", well("temperature", strings.Repeat("9", 400)), "temperature answer.range"},

	{"choice as list", "health", well("contact", `["no"]`), "contact answer.type"},
	{"choice unknown", "health", well("contact", `"NO"`), "contact answer.option"},
	{"choice empty", "health", well("contact", `""`), "contact answer.option"},
	{"choices as text", "health", well("symptoms", `"none"`), "symptoms answer.type"},
	{"choices of numbers", "health", well("symptoms", `[1]`), "symptoms answer.type"},
	{"choices empty", "health", well("symptoms", `[]`), "symptoms answer.missing"},
	{"choices unknown", "health", well("symptoms", `["fever"]`), "symptoms answer.option"},
	{"choices twice", "health", well("symptoms", `["chest", "chest"]`), "symptoms answer.conflict"},
	{"choices none and one", "health", well("symptoms", `["chest", "none"]`), "symptoms answer.conflict"},
	{"choices without end", "health", well("symptoms", `["chest"`+strings.Repeat(`,"chest"`, 99)+`]`), "symptoms answer.too_many"},

	{"text too long", "health", well("note", `"`+strings.Repeat("很", 201)+`"`), "note answer.too_long"},
	{"text with a control", "health", well("note", `"a\u0007b"`), "note request.bad_value"},
	{"text with a zero", "health", well("note", `"a\u0000b"`), "note request.bad_value"},
	{"text that turns around", "health", well("note", `"a\u202eb"`), "note request.bad_value"},
	{"text cut in half", "health", well("note", `"a\ud83d"`), "note request.bad_value"},
	{"text as list", "health", well("note", `["a"]`), "note answer.type"},

	{"itinerary unanswered", "itinerary", `{}`, "travelled answer.missing"},
	{"stays missing", "itinerary", `{"travelled": "yes"}`, "stays answer.missing"},
	{"stays empty", "itinerary", stays(), "stays answer.missing"},
	{"stays hidden", "itinerary", `{"travelled": "no", "stays": []}`, "stays answer.conflict"},
	{"stays on a bad answer", "itinerary", `{"travelled": "maybe"}`, "travelled answer.option"},
	{"stays on no answer", "itinerary", `{"stays": []}`, "travelled answer.missing"},
	{"stays not a list", "itinerary", `{"travelled": "yes", "stays": {}}`, "stays answer.type"},
	{"stay not an object", "itinerary", stays(`"330106"`), "stays.0 answer.type"},
	{"stay empty", "itinerary", stays(`{}`), "stays.0.place answer.missing; stays.0.from answer.missing; stays.0.to answer.missing"},
	{"stay with more", "itinerary", stays(`{"place": "330106", "from": "2021-02-26", "to": "2021-02-26", "hotel": "x"}`), "stays.0.hotel answer.unknown_field"},
	{"stay told twice over", "itinerary", stays(`{"place": "330106", "place": "110105", "from": "2021-02-26", "to": "2021-02-26"}`), "stays.0.place answer.conflict"},
	{"place unknown", "itinerary", stays(stay("999999", "2021-02-26", "2021-02-26")), "stays.0.place place.unknown"},
	{"place a number", "itinerary", stays(`{"place": 330106, "from": "2021-02-26", "to": "2021-02-26"}`), "stays.0.place answer.type"},
	{"no such day", "itinerary", stays(stay("330106", "2021-02-26", "2021-02-30")), "stays.0.to answer.date"},
	{"no such leap day", "itinerary", stays(stay("330106", "2021-02-29", "2021-03-01")), "stays.0.from answer.date"},
	{"not a day", "itinerary", stays(stay("330106", "2021-2-26", "26/02/2021")), "stays.0.from answer.date; stays.0.to answer.date"},
	{"an instant", "itinerary", stays(stay("330106", "2021-02-26T00:00:00Z", "2021-02-26")), "stays.0.from answer.date"},
	{"backwards", "itinerary", stays(stay("330106", "2021-02-27", "2021-02-26")), "stays.0.to answer.date"},
	{"tomorrow", "itinerary", stays(stay("330106", "2021-02-27", "2021-03-02")), "stays.0.to answer.date"},
	{"too long ago", "itinerary", stays(stay("330106", "2021-02-14", "2021-02-27")), "stays.0.from answer.date"},
	{"the second", "itinerary", stays(stay("330106", "2021-02-26", "2021-02-26"), stay("1", "2021-02-26", "2020-02-26")), "stays.1.place place.unknown; stays.1.to answer.date"},
	{"too many", "itinerary", stays(slices.Repeat([]string{stay("330106", "2021-02-26", "2021-02-26")}, 21)...), "stays answer.too_many"},
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range refused {
		a, err := form(c.form).Check(json.RawMessage(c.answers), today, places)
		if err == nil {
			t.Errorf("%s: taken as %s", c.name, a.Canonical())
			continue
		}
		if got := problems(t, err); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if a.answers != nil {
			t.Errorf("%s: refused, and answers given", c.name)
		}
	}
}

func TestCheckTakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, form, answers, canonical, facts string
		review                                bool
	}{
		{"well", "health", well(), `{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled"}`, "", false},
		{"another order and spaces", "health", "\n" + `{"residence":"settled","contact":"no","symptoms":[ "none" ],"temperature" : 36.50}`,
			`{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled"}`, "", false},
		{"below the threshold", "health", well("temperature", "37.2"),
			`{"temperature":37.2,"symptoms":["none"],"contact":"no","residence":"settled"}`, "", false},
		{"at the threshold", "health", well("temperature", "37.3"),
			`{"temperature":37.3,"symptoms":["none"],"contact":"no","residence":"settled"}`, "symptom/fever", true},
		{"the bounds", "health", well("temperature", "42"),
			`{"temperature":42,"symptoms":["none"],"contact":"no","residence":"settled"}`, "symptom/fever", true},
		{"symptoms", "health", well("symptoms", `["other","cold_like"]`),
			`{"temperature":36.5,"symptoms":["cold_like","other"],"contact":"no","residence":"settled"}`, "symptom/cold_like symptom/other", true},
		{"contact", "health", well("contact", `"yes"`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"yes","residence":"settled"}`, "contact/yes", true},
		{"unsure", "health", well("contact", `"unsure"`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"unsure","residence":"settled"}`, "contact/unsure", true},
		{"back lately", "health", well("residence", `"returned_lately"`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"returned_lately"}`, "", true},
		{"note, trimmed, composed", "health", well("note", `"  cafe\u0301\r\n<b>&  "`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled","note":"café\n<b>&"}`, "", false},
		{"note of spaces", "health", well("note", `" \t "`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled"}`, "", false},
		{"note of just 200", "health", well("note", `"`+strings.Repeat("很", 200)+`"`),
			`{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled","note":"` + strings.Repeat("很", 200) + `"}`, "", false},
		{"stayed", "itinerary", `{"travelled": "no"}`, `{"travelled":"no"}`, "", false},
		{"travelled", "itinerary", stays(stay("330106", "2021-02-15", "2021-03-01"), stay("110105", "2021-03-01", "2021-03-01")),
			`{"travelled":"yes","stays":[{"from":"2021-02-15","place":"330106","to":"2021-03-01"},{"from":"2021-03-01","place":"110105","to":"2021-03-01"}]}`, "", false},
	} {
		a, err := form(c.form).Check(json.RawMessage(c.answers), today, places)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(a.Canonical()); got != c.canonical {
			t.Errorf("%s: canonical %s, want %s", c.name, got, c.canonical)
		}
		var facts []string
		for _, f := range a.Facts(today) {
			facts = append(facts, string(f.Kind)+"/"+f.Code)
			if !f.At.Equal(today) || f.ID != "" || f.Source != "" || !f.Until.IsZero() {
				t.Errorf("%s: fact %+v", c.name, f)
			}
		}
		if got := strings.Join(facts, " "); got != c.facts {
			t.Errorf("%s: facts %s, want %s", c.name, got, c.facts)
		}
		if a.NeedsReview() != c.review {
			t.Errorf("%s: review %v", c.name, a.NeedsReview())
		}
	}
}

func TestStays(t *testing.T) {
	t.Parallel()
	a, err := form("itinerary").Check([]byte(stays(stay("330106", "2021-02-26", "2021-02-28"))), today, places)
	if err != nil {
		t.Fatal(err)
	}
	want := []Stay{{Place: "330106", From: time.Date(2021, 2, 26, 0, 0, 0, 0, time.UTC), To: time.Date(2021, 2, 28, 0, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, a.Stays()); diff != "" {
		t.Error(diff)
	}
}

// TestTodayIsCivil: the same instant is another day elsewhere, and today's zone says which.
func TestTodayIsCivil(t *testing.T) {
	t.Parallel()
	answers := []byte(stays(stay("330106", "2021-03-02", "2021-03-02")))
	early := time.Date(2021, 3, 2, 0, 30, 0, 0, time.FixedZone("", 8*3600))
	if _, err := form("itinerary").Check(answers, early, places); err != nil {
		t.Errorf("in Hangzhou it is the 2nd: %v", err)
	}
	if _, err := form("itinerary").Check(answers, early.UTC(), places); err == nil {
		t.Error("in Greenwich it is still the 1st")
	}
}

// TestUnknownFieldsAreBounded: an answer full of nonsense gets a short refusal.
func TestUnknownFieldsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `, "x%d": 1`, i)
	}
	_, err := form("itinerary").Check([]byte(`{"travelled": "no"`+b.String()+"}"), today, places)
	if got := strings.Count(problems(t, err), ";"); got != maxUnknown-1 {
		t.Errorf("%d problems", got+1)
	}
}

// drawAnswers draws answers to the form, mostly right ones.
func drawAnswers(t *rapid.T, f *Form) []byte {
	out := map[string]any{}
	for _, field := range f.Fields {
		if rapid.IntRange(0, 9).Draw(t, "skip") == 0 {
			continue
		}
		codes := []string{"strange"}
		for _, o := range field.Options {
			codes = append(codes, o.Code)
		}
		switch field.Type {
		case TypeDecimal:
			out[field.ID] = json.RawMessage(Decimal(rapid.IntRange(340, 430).Draw(t, "n") * 100).String())
		case TypeChoice:
			out[field.ID] = rapid.SampledFrom(codes).Draw(t, "code")
		case TypeChoices:
			out[field.ID] = rapid.SliceOfN(rapid.SampledFrom(codes), 0, 3).Draw(t, "codes")
		case TypeText:
			out[field.ID] = rapid.StringN(0, 210, -1).Draw(t, "text")
		case TypeStays:
			draw := rapid.Custom(func(t *rapid.T) map[string]string {
				day := func(name string) string {
					return today.AddDate(0, 0, rapid.IntRange(-16, 1).Draw(t, name)).Format(time.DateOnly)
				}
				return map[string]string{"place": rapid.SampledFrom([]string{"330106", "110105", "1"}).Draw(t, "place"),
					"from": day("from"), "to": day("to")}
			})
			out[field.ID] = rapid.SliceOfN(draw, 0, 3).Draw(t, "stays")
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestCanonicalIsStable: what was taken is taken again, and comes to the same.
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(defaults).Draw(t, "form")
		a, err := f.Check(drawAnswers(t, f), today, places)
		if err != nil {
			return
		}
		again, err := f.Check(a.Canonical(), today, places)
		if err != nil {
			t.Fatalf("%s is refused: %v", a.Canonical(), err)
		}
		if diff := cmp.Diff(string(a.Canonical()), string(again.Canonical())); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(a.Facts(today), again.Facts(today)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzCheck: nothing breaks it, what it takes it takes again, no refusal repeats
// what was typed, and every fact is one that may be declared.
func FuzzCheck(f *testing.F) {
	f.Add(well())
	f.Add(well("note", `"café"`, "symptoms", `["other","chest"]`, "temperature", "37.30"))
	f.Add(stays(stay("330106", "2021-02-26", "2021-02-28")))
	f.Add(`{"travelled":"no"}`)
	f.Add(`{"temperature":1e999,"symptoms":[[[]]],"contact":{"a":null}}`)
	f.Add(`{"stays":[{"place":"330106","from":"2021-02-30","to":"0000-00-00"}],"travelled":"yes"}`)
	f.Fuzz(func(t *testing.T, answers string) {
		for _, form := range defaults {
			a, err := form.Check([]byte(answers), today, places)
			if err != nil {
				for p := range strings.SplitSeq(problems(t, err), "; ") {
					if len(p) > 120 {
						t.Fatalf("a problem of %d characters", len(p))
					}
				}
				continue
			}
			again, err := form.Check(a.Canonical(), today, places)
			if err != nil || string(again.Canonical()) != string(a.Canonical()) {
				t.Fatalf("%s: %v", a.Canonical(), err)
			}
			for _, fact := range a.Facts(today) {
				if fact.Kind != models.FactSymptom && fact.Kind != models.FactContact {
					t.Fatalf("declared a %s", fact.Kind)
				}
			}
			form.Show(a.Canonical(), models.English)
		}
	})
}
