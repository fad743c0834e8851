package rules

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/published"
)

// chainFile is one of the files of testdata/chain, which are the example of
// docs/rules.md.
func chainFile(t testing.TB, jurisdiction string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/chain/" + jurisdiction + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var chainCodes = []string{"any", "330000", "330100"}

func mustParse(t testing.TB, file string) *File {
	t.Helper()
	f, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustMerge(t testing.TB, files ...*File) *Set {
	t.Helper()
	s, err := Merge(files...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func chain(t testing.TB) (files []*File) {
	for _, code := range chainCodes {
		files = append(files, mustParse(t, chainFile(t, code)))
	}
	return files
}

// TestMerge walks down the example: the province's figure rules in the city and
// is told in its texts, and the city's rule speaks there alone.
func TestMerge(t *testing.T) {
	t.Parallel()
	files := chain(t)
	nation, province, city := mustMerge(t, files[0]), mustMerge(t, files[:2]...), mustMerge(t, files...)
	for _, c := range []struct {
		set    *Set
		name   string
		rules  int
		hours  string
		from   string
		bounds string
		text   string
	}{
		{nation, "nation@4#", 2, "48h", "any", "24h to 72h", "48 hours"},
		{province, "zhejiang@7#", 2, "24h", "330000", "24h to 48h", "24 hours"},
		{city, "hangzhou@2#", 3, "24h", "330000", "24h to 48h", "24 hours"},
	} {
		if !strings.HasPrefix(c.set.Name(), c.name) || len(c.set.Rules()) != c.rules {
			t.Errorf("%s has %d rules", c.set.Name(), len(c.set.Rules()))
		}
		p := c.set.Parameters()[0]
		if p.Value != c.hours || p.Jurisdiction != c.from || p.Bounds.String() != c.bounds || p.Text.In("en") != "how long a negative test lasts" {
			t.Errorf("%s has %+v", c.set.Name(), p)
		}
		if r, _ := c.set.Rule("untested"); r.Jurisdiction != "any" || r.Why.In("en") != "You have no negative test of the last "+c.text+"." {
			t.Errorf("%s says %q", c.set.Name(), r.Why.In("en"))
		}
	}
	if r, _ := city.Rule("arrival"); r.Jurisdiction != "330100" || r.Clear.In("en") != "2 negative tests within 24 hours." {
		t.Errorf("the city says %q", r.Clear.In("en"))
	}
	facts := parse(t, "test/pcr/negative@-30h stay/medium@-3d")
	for s, want := range map[*Set]string{
		nation:   "green  until +0d18h",
		province: "grey   until never; untested grey until never",
		city:     "yellow until never; arrival yellow by stay/medium@-3d until never; untested grey until never",
	} {
		if got := show(s.Decide(facts, now)); got != want {
			t.Errorf("%s: got %s, want %s", s.Name(), got, want)
		}
	}
}

// TestMergeIsFoundAgain: what a set was merged from makes it again, and nothing
// else has its name.
func TestMergeIsFoundAgain(t *testing.T) {
	t.Parallel()
	files := chain(t)
	city := mustMerge(t, files...)
	var again []*File
	for i, f := range city.Files() {
		again = append(again, mustParse(t, string(f.Source())))
		if want := (Link{chainCodes[i], f.Hash()}); city.Links()[i] != want {
			t.Errorf("link %d is %v", i, city.Links()[i])
		}
	}
	twin := mustMerge(t, again...)
	if twin.Name() != city.Name() || twin.Hash() != city.Hash() || string(twin.Canonical()) != string(city.Canonical()) {
		t.Errorf("merged again it is %s and not %s", twin.Name(), city.Name())
	}
	names := []string{city.Name()}
	for i := range files {
		other := slices.Clone(files)
		other[i] = mustParse(t, string(files[i].Source())+"# a word\n")
		names = append(names, mustMerge(t, other...).Name())
	}
	names = append(names, mustMerge(t, files[0], files[2]).Name(), mustMerge(t, mustParse(t, chainFile(t, "any"))).Name())
	slices.Sort(names)
	if len(slices.Compact(names)) != 6 {
		t.Errorf("two sets have one name: %v", names)
	}
	if alone := mustMerge(t, files[0]); alone.Hash() != files[0].Hash() {
		t.Error("a file that stands alone has another hash than its own")
	}
}

// TestCanonical freezes the serialisation: if it changes, so does the name of
// every merged set. Run with -update to rewrite it.
func TestCanonical(t *testing.T) {
	t.Parallel()
	s := mustMerge(t, chain(t)...)
	got := string(s.Canonical()) + s.Name() + "\n"
	const file = "testdata/chain/canonical.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// mergeRefusals are slips in one file of the example, each with the fault that
// it comes to, its jurisdiction and line included.
var mergeRefusals = []struct{ name, code, old, new, want string }{
	{"unknown parameter", "330000", "id: test_hours", "id: test_days", "330000 line 6: set test_days: no file above has this parameter"},
	{"set below only", "330000", "id: test_hours\n    value: 24h\n    bounds: {min: 24h, max: 48h}", "id: arrival_tests\n    value: 2",
		"330000 line 6: set arrival_tests: no file above has this parameter"},
	{"no bounds", "330000", "id: test_hours\n    value: 24h\n    bounds: {min: 24h, max: 48h}", "id: order_days\n    value: 31d",
		"330000 line 6: set order_days: any declares no bounds for it, so it stays 30d"},
	{"below", "330000", "value: 24h", "value: 23h", "330000 line 7: set test_hours: 23h is not within 24h to 72h, which any allows"},
	{"above", "330000", "value: 24h", "value: 4d", "330000 line 7: set test_hours: 4d is not within 24h to 72h, which any allows"},
	{"another sort", "330000", "value: 24h", "value: 24", "330000 line 7: set test_hours: 24 is not of the sort of 48h"},
	{"no value", "330000", "value: 24h", "value: a day", `330000 line 7: set test_hours: value "a day" is not like 14d, 48h or 2`},
	{"wider", "330000", "{min: 24h, max: 48h}", "{min: 1h, max: 48h}", "330000 line 8: set test_hours: bounds 1h to 48h are not within 24h to 72h, which any allows"},
	{"bounds of another sort", "330000", "{min: 24h, max: 48h}", "{min: 1, max: 2}", "330000 line 8: set test_hours: bounds 1 to 2 are not within 24h to 72h, which any allows"},
	{"own bounds", "330000", "{min: 24h, max: 48h}", "{min: 36h, max: 48h}", "330000 line 8: set test_hours: 24h is not within these bounds, 36h to 48h"},
	{"bounds that leave the value above out", "330000", "    value: 24h\n    bounds: {min: 24h, max: 48h}", "    bounds: {min: 24h, max: 36h}",
		"330000 line 7: set test_hours: 48h is not within these bounds, 24h to 36h"},
	{"nothing", "330000", "    value: 24h\n    bounds: {min: 24h, max: 48h}\n", "", "330000 line 6: set test_hours: neither a value nor bounds"},
	{"twice", "330000", "set:\n", "set:\n  - {id: test_hours, value: 24h}\n", "330000 line 7: set test_hours: the id repeats"},
	{"half of the bounds", "330000", "{min: 24h, max: 48h}", "{min: 24h}", "330000 line 8: set test_hours: bounds: both min and max are needed"},
	{"bounds the wrong way", "330000", "{min: 24h, max: 48h}", "{min: 48h, max: 24h}", "330000 line 8: set test_hours: bounds: min 48h is above max 24h"},
	{"bounds of two sorts", "330000", "{min: 24h, max: 48h}", "{min: 2, max: 24h}", "330000 line 8: set test_hours: bounds: one of 2 and 24h is a length of time and the other a number"},
	{"parameter's bounds", "330100", "{min: 1, max: 3}", "{min: 3, max: 4}", "330100 line 8: parameter arrival_tests: value 2 is not within its own bounds 3 to 4"},
	{"parameter taken", "330100", "id: arrival_tests", "id: order_days",
		"330100 line 6: parameter order_days: a file above has it already, with the value 30d; to give it another, put it under set"},
	{"rule redefined", "330100", "rules:\n  - id: arrival\n", "rules:\n  - id: untested\n",
		"330100 line 12: rule untested: any has a rule of this id, and no file below changes or removes it"},
	{"narrower above binds below", "330100", "parameters:\n", "set:\n  - {id: test_hours, value: 72h}\nparameters:\n",
		"330100 line 6: set test_hours: 72h is not within 24h to 48h, which 330000 allows"},
	{"own parameter set", "330100", "parameters:\n", "set:\n  - {id: arrival_tests, value: 1}\nparameters:\n",
		"330100 line 6: set arrival_tests: no file above has this parameter"},
	{"parameter unknown", "330100", "within(t, 'test_hours')", "within(t, 'test_days')", "330100 line 16: rule arrival: when: unknown parameter 'test_days'"},
	{"figure untold", "330100", " within {test_hours}.", ".", "330100 line 18: rule arrival: uses parameter test_hours and tells it nowhere in language en"},
	{"unreachable", "330100", "f.level == 'medium'", "f.level == 'red'", "330100 line 14: rule arrival: unreachable: no facts were found that make it speak"},
	{"jurisdiction twice", "330100", `"330100"`, `"330000"`, "330000 line 3: jurisdiction: 330000 stands above already"},
	{"root below", "330100", `"330100"`, "any", "any line 3: jurisdiction: nothing stands above any"},
	{"parent's new bounds", "any", "{min: 24h, max: 72h}", "{min: 36h, max: 72h}", "330000 line 7: set test_hours: 24h is not within 36h to 72h, which any allows"},
	{"parent's new parameter", "any", "order_days", "arrival_tests",
		"330100 line 6: parameter arrival_tests: a file above has it already, with the value 30d; to give it another, put it under set"},
	{"parent's new rule", "any", "id: ordered", "id: arrival", "330100 line 12: rule arrival: any has a rule of this id, and no file below changes or removes it"},
	{"no rules at the top", "any", chainRules, "rules: []\n", "any line 14: rules: there must be 1 to 50"},
}

// chainRules stands for the rules of the top file.
const chainRules = "…rules"

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range mergeRefusals {
		var files []*File
		var err error
		for _, code := range chainCodes {
			text := chainFile(t, code)
			if code == c.code {
				text = slip(t, text, c.old, c.new)
			}
			f, parseErr := Parse([]byte(text))
			var faults published.Faults
			if errors.As(parseErr, &faults) {
				err = faults.In(code)
			}
			files = append(files, f)
		}
		if err == nil {
			_, err = Merge(files...)
		}
		var faults published.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: merged, or failed otherwise: %v", c.name, err)
		} else if !slices.Contains(strings.Split(err.Error(), "\n"), c.want) {
			t.Errorf("%s: got\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
	if _, err := Merge(); err == nil {
		t.Error("nothing is merged into something")
	}
}

func slip(t *testing.T, text, old, new string) string {
	t.Helper()
	if old == chainRules {
		old = text[strings.Index(text, "rules:\n"):]
	}
	if !strings.Contains(text, old) {
		t.Fatalf("the file does not contain %q", old)
	}
	return strings.Replace(text, old, new, 1)
}

// TestSettingThatBreaksARuleAbove: the fault is the setting's, not the rule's.
func TestSettingThatBreaksARuleAbove(t *testing.T) {
	t.Parallel()
	above := strings.NewReplacer("value: 2\n", "value: 2\n    bounds: {min: 1, max: 99}\n",
		"size(facts.filter(g, after(g, f))) < number('tests')", "size(facts.filter(g, !after(f, g))) > number('tests')").Replace(small)
	below := "id: below\nversion: 1\njurisdiction: \"330000\"\nset:\n  - {id: tests, value: 99}\n"
	_, err := Merge(mustParse(t, above), mustParse(t, below))
	const want = "330000 line 5: set tests: with 99, rule first: unreachable: no facts were found that make it speak"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// many is a file of n rules that cost as much as a rule may.
func many(n int, id, jurisdiction, condition string) string {
	file := fmt.Sprintf("id: %s\nversion: 1\njurisdiction: %q\nrules:\n", id, jurisdiction)
	for i := range n {
		file += fmt.Sprintf("  - id: %s%d\n    colour: grey\n    when: %q\n    why: {zh: 一, en: a}\n    clear: {zh: 一, en: a}\n    ask: {zh: 一, en: a}\n", id, i, condition)
	}
	return file
}

// TestMergeIsBounded: what one person is held against does not grow without end.
func TestMergeIsBounded(t *testing.T) {
	t.Parallel()
	const light = "facts.exists(f, f.kind == 'order')"
	const heavy = "facts.exists(f, f.kind == 'order' && facts.exists(g, g.kind == 'test' && after(g, f)))"
	files := []*File{mustParse(t, many(50, "a", "any", light)), mustParse(t, many(50, "b", "330000", light)),
		mustParse(t, many(20, "c", "330100", light)), mustParse(t, many(1, "d", "330110", light))}
	mustMerge(t, files[:3]...)
	_, err := Merge(files...)
	if err == nil || err.Error() != "330110 line 5: rules: with those above there are 121, and 120 are allowed" {
		t.Errorf("got %v", err)
	}
	_, err = Merge(mustParse(t, many(50, "a", "any", heavy)), mustParse(t, many(50, "b", "330000", heavy)), mustParse(t, many(50, "c", "330100", heavy)))
	if err == nil || !strings.Contains(err.Error(), "steps for a person of 200 facts, and 60000000 are allowed") || strings.Count(err.Error(), "steps") != 1 {
		t.Errorf("got %v", err)
	}
}

// TestEmptyFileBelow: a jurisdiction takes back its own rules by a file without any.
func TestEmptyFileBelow(t *testing.T) {
	t.Parallel()
	top := chain(t)[0]
	empty := mustMerge(t, top, mustParse(t, "id: zhejiang\nversion: 8\njurisdiction: \"330000\"\n"))
	alone := mustMerge(t, top)
	if diff := cmp.Diff(alone.Rules(), empty.Rules()); diff != "" || empty.Name() == alone.Name() {
		t.Errorf("%s differs from %s:\n%s", empty.Name(), alone.Name(), diff)
	}
	if o := empty.Decide(nil, now); o.Colour != models.Grey {
		t.Error(show(o))
	}
}
