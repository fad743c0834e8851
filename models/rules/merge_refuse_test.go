package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"healthcode/models/published"
)

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
