package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// glances are conditions, and how many marks each has before CEL is asked.
var glances = []struct {
	when    string
	marks   int
	settles bool
}{
	{"!facts.exists(f, f.kind == 'verified')", 1, true},
	{"facts.exists(f, f.kind == 'test' && within(f, 'week') && f.code == 'pcr')", 3, true},
	{"!facts.exists(f, f.kind == 'declaration' && f.code in ['health', 'other'] && within(f, 'week'))", 3, true},
	{"!facts.exists(f, within(f, 'day') && f.kind == 'test' && f.result != 'negative')", 2, false},
	{"facts.exists(f, f.kind == 'contact' && (within(f, 'week') || f.code == 'yes'))", 1, false},
	{"facts.filter(f, within(f, 'week') && f.kind == 'stay' && f.level == 'high' && within(f, 'day'))", 4, false},
	{"facts.filter(f, f.kind == 'symptom' && within(f, 'week') && !facts.exists(t, t.kind == 'test' && after(t, f)))", 2, false},
	{"facts.filter(f, (f.kind == 'order' && within(f, 'week')) && (f.level in ['red'] && within(f, 'day')))", 4, false},
	{"facts.filter(f, 'red' == f.level && f.kind == 'order')", 0, false},
	{"facts.filter(f, !within(f, 'day') && f.kind == 'symptom')", 0, false},
	{"facts.filter(f, f.kind == f.code || f.kind == 'order')", 0, false},
	{"facts.all(f, f.kind != 'test')", 0, false},
	{"facts.filter(f, f.kind == 'test').exists(f, f.code == 'pcr')", 0, false},
	{"facts.exists(f, f.kind == 'test') && facts.exists(f, f.kind == 'symptom')", 0, false},
	{"size(facts.filter(f, f.kind == 'test')) > number('few')", 0, false},
}

// TestGlanceIsCEL: whatever is told by a glance, CEL would have said, of the same
// facts and until the same instant.
func TestGlanceIsCEL(t *testing.T) {
	t.Parallel()
	with, without := glancing(t), glancing(t)
	for i, g := range glances {
		if got := with.rules[i].glance; len(got.marks) != g.marks || got.settles != g.settles {
			t.Errorf("%s: %d marks, settles: %v", g.when, len(got.marks), got.settles)
		}
	}
	for _, sets := range [][2]*Set{{with, without}, {Default(), Default()}, {odd(t), odd(t)}} {
		for i := range sets[1].rules {
			sets[1].rules[i].glance, sets[1].rules[i].needs = glance{}, 0
		}
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, 8)
			at := now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "aside")))
			if diff := cmp.Diff(sets[1].Decide(facts, at), sets[0].Decide(facts, at)); diff != "" {
				t.Fatalf("-CEL +by a glance:\n%s", diff)
			}
		})
	}
}

// glancing is a set of those conditions.
func glancing(t testing.TB) *Set {
	t.Helper()
	const words = "{zh: 无, en: none}"
	file := "id: glances\nversion: 1\njurisdiction: \"330100\"\nparameters:\n"
	for _, p := range []string{"day, value: 1d", "week, value: 7d", "few, value: 2"} {
		file += "  - {id: " + p + ", text: " + words + "}\n"
	}
	file += "rules:\n"
	for i, g := range glances {
		used := ""
		for _, p := range []string{"day", "week", "few"} {
			if strings.Contains(g.when, "'"+p+"'") {
				used += "{" + p + "}"
			}
		}
		text := fmt.Sprintf("{zh: %q, en: %q}", used+"无", used+" none")
		file += fmt.Sprintf("  - id: rule_%d\n    colour: %s\n    when: %q\n    why: %s\n    clear: %s\n    ask: %s\n",
			i, []string{"grey", "yellow", "red"}[i%3], g.when, text, words, words)
	}
	s, err := Load([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
