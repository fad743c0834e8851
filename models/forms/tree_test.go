package forms

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models/published"
)

var parents = map[string]string{"330000": "", "330100": "330000", "330110": "330100", "110000": ""}

func mustParse(t testing.TB, file string) *File {
	t.Helper()
	f, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// below is a default form as a jurisdiction's own, with some words replaced.
func below(t testing.TB, form []byte, jurisdiction string, version int, replace ...string) *File {
	t.Helper()
	text := string(form)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the form does not contain %q", replace[i])
		}
	}
	text = strings.NewReplacer(replace...).Replace(text)
	return mustParse(t, strings.Replace(text, "version: 1\n", fmt.Sprintf("version: %d\njurisdiction: %q\n", version, jurisdiction), 1))
}

func defaultTree(t testing.TB, more ...*File) Tree {
	return Tree{Parents: parents, Files: append([]*File{mustParse(t, string(healthFile)), mustParse(t, string(itineraryFile))}, more...)}
}

// shown is what is asked where, as "health@1 of any".
func shown(asked map[string]*File) map[string]string {
	list := map[string]string{}
	for place, f := range asked {
		list[place] = fmt.Sprintf("%s@%d of %s", f.Form().ID, f.Form().Version, f.Form().Jurisdiction)
	}
	return list
}

// own replaces what a jurisdiction may: words, the order, and fields that no
// facts follow from.
var own = []string{"近14天内是否接触过确诊病例", "近7天内是否接触过确诊病例", "id: residence", "id: lodging",
	"code: settled", "code: resident", "max: 42", "max: 43", "at_least: 37.3", "at_least: 37"}

func TestTreePublish(t *testing.T) {
	t.Parallel()
	city := below(t, healthFile, "330100", 2, own...)
	tree := defaultTree(t)
	asked, err := tree.Publish(city)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"330100": "health@2 of 330100", "330110": "health@2 of 330100"}, shown(asked)); diff != "" {
		t.Error(diff)
	}
	tree.Files = append(tree.Files, city)
	asked, err = tree.Publish(below(t, healthFile, "any", 3, "今日体温", "体温"))
	want := map[string]string{"any": "health@3 of any", "110000": "health@3 of any", "330000": "health@3 of any",
		"330100": "health@2 of 330100", "330110": "health@2 of 330100"}
	if diff := cmp.Diff(want, shown(asked)); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if asked, err = tree.Publish(mustParse(t, strings.Replace(small, "version: 2\n", "version: 1\njurisdiction: \"330000\"\n", 1))); err != nil || len(asked) != 3 {
		t.Errorf("a form that nobody above has: %v, %v", shown(asked), err)
	}
	if asked, err = tree.Publish(city); err != nil || len(asked) != 2 {
		t.Errorf("the very same file again: %v, %v", shown(asked), err)
	}
	var list []string
	for _, f := range tree.Forms("330110") {
		list = append(list, fmt.Sprint(f.ID, f.Version))
	}
	if got := strings.Join(list, " "); got != "health2 itinerary1" || len(tree.Forms("nowhere")) != 0 {
		t.Errorf("in the county are asked %s", got)
	}
}

func TestTreePublishRefuses(t *testing.T) {
	t.Parallel()
	county := below(t, healthFile, "330110", 2)
	for _, c := range []struct {
		name string
		file *File
		want string
	}{
		{"nowhere", below(t, healthFile, "320000", 2), "320000 line 6: jurisdiction: it has no place in the tree"},
		{"version of above", below(t, healthFile, "330000", 1), "330000 line 5: version must be above 1, which any has"},
		{"version of another", below(t, healthFile, "330000", 2), "330000 line 5: version 2 is that of 330110"},
		{"version in force", below(t, healthFile, "330110", 2, "今日", "今天"), "330110 line 5: version must be above 2, which 330110 has"},
		{"field", below(t, healthFile, "330000", 3, "id: symptoms", "id: signs"), "330000 line 13: field symptoms is missing, and facts follow from it on the form of any"},
		{"type", below(t, healthFile, "330000", 3, "type: choices", "type: choice", "        exclusive: true\n", ""), "330000 line 26: field symptoms must be of type choices, as on the form of any"},
		{"option", below(t, healthFile, "330000", 3, "- code: breathing", "- code: breath"), "330000 line 31: field symptoms must have option breathing, as on the form of any"},
		{"option's fact", below(t, healthFile, "330000", 3, "kind: symptom, code: chest", "kind: symptom, code: heart"), "330000 line 46: field symptoms: option chest must give symptom chest, as on the form of any"},
		{"option alone", below(t, healthFile, "330000", 3, "      - code: chest\n", "      - code: chest\n        exclusive: true\n"), "330000 line 46: field symptoms: option chest must go with others, as on the form of any"},
		{"threshold", below(t, healthFile, "330000", 3, "at_least: 37.3", "at_least: 38"), "330000 line 23: field temperature must give symptom fever from 37.3 or less, as on the form of any"},
		{"numbers", below(t, healthFile, "330000", 3, "max: 42", "max: 40"), "330000 line 13: field temperature must take all numbers from 35 to 42 by 0.1, as on the form of any"},
		{"stays", below(t, itineraryFile, "330000", 2, "window: 14", "window: 7"), "330000 line 22: field stays must take 20 stays of the last 14 days, as on the form of any"},
		{"hidden", below(t, itineraryFile, "330000", 2, `is: ["yes"]`, `is: ["no"]`), "330000 line 27: field stays must be shown as often, as on the form of any"},
		{"what shows it", below(t, itineraryFile, "330000", 2, `code: "yes"`, `code: "away"`, `is: ["yes"]`, `is: ["away"]`), "330000 line 17: field travelled must have option yes, as on the form of any"},
		{"optional", below(t, itineraryFile, "330000", 2, "    required: true\n    when", "    when"), "330000 line 22: field stays must be required, as on the form of any"},
	} {
		tree := defaultTree(t, county)
		asked, err := tree.Publish(c.file)
		var faults published.Faults
		if asked != nil || !errors.As(err, &faults) || !slices.Contains(strings.Split(err.Error(), "\n"), c.want) {
			t.Errorf("%s: got\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
}

// TestTreePublishMindsThoseBelow: a form above that begins to ask for more is
// refused where one below would not ask it.
func TestTreePublishMindsThoseBelow(t *testing.T) {
	t.Parallel()
	tree := defaultTree(t, below(t, healthFile, "330110", 2))
	_, err := tree.Publish(below(t, healthFile, "330000", 3, "kind: symptom, code: chest}", "kind: symptom, code: chest}, {kind: symptom, code: heart}"))
	if err == nil || err.Error() != "330110 line 46: field symptoms: option chest must give symptom heart, as on the form of 330000" {
		t.Errorf("got %v", err)
	}
}

// TestFormsBelowGiveNoFewerFacts: what is answered on the form above and taken
// below gives all the facts there that it gave.
func TestFormsBelowGiveNoFewerFacts(t *testing.T) {
	t.Parallel()
	asked, err := defaultTree(t).Publish(below(t, healthFile, "330100", 2, own...))
	if err != nil {
		t.Fatal(err)
	}
	for _, answers := range []string{well(), well("temperature", "37.3"), well("temperature", "42"), well("symptoms", `["chest","other"]`),
		well("contact", `"yes"`), well("contact", `"unsure"`, "symptoms", `["breathing"]`)} {
		above, err := form("health").Check([]byte(answers), today, places)
		if err != nil {
			t.Fatal(err)
		}
		here, err := asked["330110"].Form().Check([]byte(strings.Replace(answers, `"residence": "settled"`, `"lodging": "resident"`, 1)), today, places)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range above.Facts(today) {
			if !slices.Contains(here.Facts(today), f) {
				t.Errorf("%s gives no %s %s below", answers, f.Kind, f.Code)
			}
		}
	}
}
