package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"healthcode/models"
)

// withValues is the default file with other values of its parameters, written
// into it as an officer would, so that nothing of a merge is proved by a merge.
func withValues(parameters []Parameter) string {
	text := string(defaultFile)
	for _, p := range parameters {
		line := regexp.MustCompile(`(  - id: ` + p.ID + `\n    value: )\S+\n`)
		if standbyHas(p.ID) {
			text = line.ReplaceAllString(text, "${1}"+p.Value+"\n")
		}
	}
	return text
}

func standbyHas(parameter string) bool {
	return slices.ContainsFunc(standby.parameters, func(p Parameter) bool { return p.ID == parameter })
}

// ofDefault are the reasons that the default file's rules give.
func ofDefault(reasons []models.DecisionReason) (list []models.DecisionReason) {
	for _, r := range reasons {
		if _, ok := standby.Rule(r.Rule); ok {
			list = append(list, r)
		}
	}
	return list
}

// drawBelow draws a file that sets some of the default's parameters within their
// bounds and adds some rules with a parameter of their own.
func drawBelow(t *rapid.T, jurisdiction string, above *Set) string {
	file := fmt.Sprintf("id: below\nversion: 1\njurisdiction: %q\nset:\n", jurisdiction)
	for _, p := range above.parameters {
		if !p.Bounds.Given() || !rapid.Bool().Draw(t, "sets "+p.ID) {
			continue
		}
		unit, low, high := "h", int(p.Bounds.min.length.Hours()), int(p.Bounds.max.length.Hours())
		if p.Duration == 0 {
			unit, low, high = "", p.Bounds.min.number, p.Bounds.max.number
		}
		n := rapid.IntRange(low, high).Draw(t, p.ID)
		file += fmt.Sprintf("  - {id: %s, value: %d%s, bounds: {min: %d%s, max: %d%s}}\n", p.ID, n, unit,
			rapid.IntRange(low, n).Draw(t, "min"), unit, rapid.IntRange(n, high).Draw(t, "max"), unit)
	}
	file = strings.TrimSuffix(file, "set:\n") // nothing was
	own := "own_" + jurisdiction
	rules := ""
	for i, when := range []string{
		"facts.filter(f, f.kind == 'vaccination' && !within(f, 'OWN'))",
		"!facts.exists(f, f.kind == 'test' && within(f, 'OWN'))",
		"facts.filter(f, f.kind == 'finding' && !facts.exists(g, g.kind == 'test' && after(g, f, 'OWN')))",
		"spaced(facts.filter(f, f.kind == 'stay'), 'OWN') == 2",
	} {
		if rapid.Bool().Draw(t, when) {
			colour := rapid.SampledFrom([]string{"grey", "yellow", "red"}).Draw(t, "colour")
			rules += fmt.Sprintf("  - id: rule%d_%s\n    colour: %s\n    when: %q\n    why: {zh: \"{%s}\", en: \"{%s}\"}\n    clear: {zh: 无, en: none}\n    ask: {zh: 无, en: none}\n",
				i, jurisdiction, colour, strings.ReplaceAll(when, "OWN", own), own, own)
		}
	}
	if rules != "" {
		file += fmt.Sprintf("parameters:\n  - {id: %s, value: 60h, bounds: {min: 30h, max: 90h}, text: {zh: 自, en: own}}\nrules:\n%s", own, rules)
	}
	return file
}

// TestFilesBelowNeverImprove: with the parameters that hold below, the rules
// above say below what they say above, every word of it, and the colour is no
// better than theirs.
func TestFilesBelowNeverImprove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		files := standby.Files()
		set := standby
		for _, code := range []string{"330000", "330100"} {
			text := drawBelow(t, code, set)
			f, err := Parse([]byte(text))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			files = append(files, f)
			if set, err = Merge(files...); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
		same, err := Load([]byte(withValues(set.parameters)))
		if err != nil {
			t.Fatalf("%v", err)
		}
		for range 10 {
			facts := drawFacts(t, 8)
			above, below := same.Decide(facts, now), set.Decide(facts, now)
			if below.Colour < above.Colour {
				t.Fatalf("%s became %s", show(above), show(below))
			}
			if diff := cmp.Diff(above.Reasons, ofDefault(below.Reasons)); diff != "" {
				t.Fatalf("the rules above say otherwise below:\n%s", diff)
			}
		}
	})
}

// lawful proves of a set right below another what a merge promises.
func lawful(t *testing.T, above, below *Set) {
	t.Helper()
	for i, p := range above.parameters {
		q := below.parameters[i]
		if q.ID != p.ID || !cmp.Equal(q.Text, p.Text) {
			t.Fatalf("parameter %s became %s", p.ID, q.ID)
		}
		if !p.Bounds.Given() && (q.Value != p.Value || q.Bounds.Given()) || !p.Bounds.holds(q.quantity()) || !q.Bounds.holds(q.quantity()) {
			t.Fatalf("parameter %s: %s within %s became %s within %s", p.ID, p.Value, p.Bounds, q.Value, q.Bounds)
		}
		if p.Bounds.Given() && !(p.Bounds.holds(q.Bounds.min) && p.Bounds.holds(q.Bounds.max)) {
			t.Fatalf("parameter %s: bounds %s became %s", p.ID, p.Bounds, q.Bounds)
		}
	}
	for i, r := range above.rules {
		q := below.rules[i]
		if q.ID != r.ID || q.Colour != r.Colour || q.When != r.When || q.Jurisdiction != r.Jurisdiction || !slices.Equal(q.Parameters, r.Parameters) {
			t.Fatalf("rule %s became %+v", r.ID, q.Rule)
		}
		if text, _, err := fill(r.owner.content.Rules[r.index].Clear, below.parameters); err != nil || !cmp.Equal(text, q.Clear) {
			t.Fatalf("rule %s tells other figures than those that rule: %v", r.ID, q.Clear)
		}
	}
	if len(below.rules) > maxMergedRules || len(below.parameters) > maxMergedParameters {
		t.Fatalf("%d rules, %d parameters", len(below.rules), len(below.parameters))
	}
}

// FuzzMerge: nothing below the default rules breaks them, and whatever is
// accepted there obeys the laws of a merge and can be made again.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(chainFile(f, "330000")), []byte(chainFile(f, "330100")))
	f.Add([]byte("id: a\nversion: 1\njurisdiction: \"330000\"\nset: [{id: test_gap, value: 48h}]\n"),
		[]byte("id: b\nversion: 1\njurisdiction: \"330100\"\nset: [{id: test_gap, bounds: {min: 36h, max: 2d}}]\n"))
	f.Add([]byte(strings.Replace(small, "jurisdiction: any", "jurisdiction: \"330000\"", 1)), []byte(many(2, "c", "330100", "size(facts) > number('tests')")))
	f.Add([]byte("id: a\nversion: 1\njurisdiction: \"330000\"\nset: [{id: clearing_tests, value: 5}]\nrules: []\n"), defaultFile)
	f.Add([]byte("set: [[[["), []byte("{}"))
	people := [][]models.Fact{nil, parse(f, base), parse(f, base+"symptom/fever@-6d23h stay/medium@-10d order/red@-29d"),
		parse(f, base+"test/pcr/positive@-3d test/pcr/negative@-2d test/pcr/negative@-1d contact/yes@-3d")}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		files, above := standby.Files(), standby
		for _, data := range [][]byte{first, second} {
			file, err := Parse(data)
			if err != nil {
				continue
			}
			set, err := Merge(append(slices.Clone(files), file)...)
			if err != nil {
				continue
			}
			files = append(files, file)
			lawful(t, above, set)
			same := standby
			if text := withValues(set.parameters); text != string(defaultFile) {
				same = mustLoad(t, text)
			}
			for _, facts := range people {
				if up, down := same.Decide(facts, now), set.Decide(facts, now); down.Colour < up.Colour || !cmp.Equal(up.Reasons, ofDefault(down.Reasons)) {
					t.Fatalf("%s became %s", show(up), show(down))
				}
			}
			again := mustMerge(t, set.Files()...)
			if again.Name() != set.Name() || again.Hash() != set.Hash() || string(again.Canonical()) != string(set.Canonical()) {
				t.Fatalf("%s is made again as %s", set.Name(), again.Name())
			}
			above = set
		}
	})
}
