package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/published"
)

// small is a rule file with one of everything. Its lines are counted below.
const small = `id: small
version: 2
jurisdiction: any
parameters:
  - id: days
    value: 7d
    text: {zh: 天数, en: days}
  - id: tests
    value: 2
    text: {zh: 次数, en: tests}
rules:
  - id: first
    colour: yellow
    when: |
      facts.filter(f, f.kind == 'symptom' && within(f, 'days')
        && size(facts.filter(g, after(g, f))) < number('tests'))
    why:
      zh: 最近{days}
      en: the last {days}
    clear: {zh: "{tests}次", en: "{tests} tests"}
    ask: {zh: 社区, en: your community}
  - id: second
    colour: grey
    when: facts.exists(f, f.kind == 'order')
    why: {zh: 原因, en: why}
    clear: {zh: 解除, en: clear}
    ask: {zh: 联系, en: ask}
`

func TestLoad(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, small)
	if s.ID() != "small" || s.Version() != 2 || s.Jurisdiction() != "any" || string(s.Source()) != small {
		t.Errorf("loaded %s, version %d, for %s", s.ID(), s.Version(), s.Jurisdiction())
	}
	if name := s.Name(); !strings.HasPrefix(name, "small@2#") || len(name) != len("small@2#9f86d081") {
		t.Errorf("name %q", name)
	}
	if other := mustLoad(t, small+"# a word\n"); other.Name() == s.Name() {
		t.Error("another file has the same name")
	}
	first, ok := s.Rule("first")
	want := Rule{ID: "first", Colour: models.Yellow, When: first.When, Parameters: []string{"days", "tests"}, Jurisdiction: "any",
		Why: models.Text{"zh": "最近7天", "en": "the last 7 days"}, Clear: models.Text{"zh": "2次", "en": "2 tests"},
		Ask: models.Text{"zh": "社区", "en": "your community"}}
	if diff := cmp.Diff(want, first); diff != "" || !ok {
		t.Error(diff)
	}
	if _, ok := s.Rule("third"); ok {
		t.Error("found a rule that is not there")
	}
	if r, ok := s.Rule(Failed); !ok || r.Colour != models.Grey {
		t.Error("the reserved rule has no words")
	}
	if len(s.Rules()) != 2 || len(s.Parameters()) != 2 || s.Parameters()[0].Duration != 7*day || s.Parameters()[1].Number != 2 {
		t.Errorf("rules %v, parameters %v", s.Rules(), s.Parameters())
	}
}

func TestParameterInWords(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][2]string{"14d": {"14天", "14 days"}, "1d": {"1天", "1 day"},
		"48h": {"48小时", "48 hours"}, "1h": {"1小时", "1 hour"}, "2": {"2", "2"}, "1": {"1", "1"}} {
		p := Parameter{Value: value}
		if got := [2]string{p.In("zh"), p.In("en")}; got != want {
			t.Errorf("%s is %q, want %q", value, got, want)
		}
	}
}

const condition = "facts.exists(f, f.kind == 'order')"

// refusals are slips in the small file, each with the line and the words of its fault.
var refusals = []struct {
	name, old, new string
	line           int
	text           string
}{
	{"unknown key", "version: 2", "versions: 2", 2, "unknown field"},
	{"repeated key", "version: 2", "version: 2\nversion: 3", 3, "already defined"},
	{"wrong type", "version: 2", "version: two", 2, "cannot unmarshal"},
	{"version", "version: 2", "version: 0", 2, "version: must be 1 or more"},
	{"id", "id: small", "id: Small", 1, "id: must be"},
	{"jurisdiction", "jurisdiction: any", "jurisdiction: 42", 3, "six digits"},
	{"alias", "text: {zh: 天数, en: days}", "text: &x {zh: 天数, en: days}", 7, "anchor"},
	{"null", "zh: 天数", "zh: null", 7, "null"},
	{"two documents", "rules:\n", "---\nrules:\n", 0, "one YAML document"},
	{"no rules", "rules:\n", "rules: []\nx: [", 0, ""},
	{"parameter's value", "value: 7d", "value: 7 days", 6, "is not like 14d"},
	{"parameter's zero", "value: 7d", "value: 0d", 6, "is not like 14d"},
	{"parameter's excess", "value: 7d", "value: 367d", 6, "beyond"},
	{"parameter's text", "zh: 天数, ", "", 7, "lacks language zh"},
	{"parameter repeats", "id: tests", "id: days", 8, "the id repeats"},
	{"parameter unused", "rules:\n", "  - {id: idle, value: 1d, text: {zh: 闲, en: idle}}\nrules:\n", 11, "no rule uses it"},
	{"parameter unknown", "within(f, 'days')", "within(f, 'weeks')", 15, "unknown parameter 'weeks'"},
	{"parameter not a word", "within(f, 'days')", "within(f, f.code)", 15, "named by a word in quotes"},
	{"parameter a number", "within(f, 'days')", "within(f, 'tests')", 15, "is a number"},
	{"parameter a length", "number('tests')", "number('days')", 16, "is a length of time"},
	{"rule repeats", "id: second", "id: first", 22, "the id repeats"},
	{"rule reserved", "id: second", "id: failed", 22, "reserved"},
	{"rule's id", "id: second", "id: 2nd", 22, "id must be"},
	{"colour", "colour: grey", "colour: pink", 23, "colour must be"},
	{"green", "colour: grey", "colour: green", 23, "colour must be"},
	{"text missing", "why: {zh: 原因, en: why}", "why: {zh: 原因}", 25, "why lacks language en"},
	{"texts missing", "    ask: {zh: 联系, en: ask}\n", "", 22, "ask lacks language zh"},
	{"text in a strange language", "zh: 原因, en: why", "zh: 原因, en: why, xx: why", 25, "unknown language"},
	{"text too long", "en: ask}", "en: " + strings.Repeat("a", 401) + "}", 27, "one line of at most"},
	{"text's parameter unknown", "en: ask}", `en: "{weeks}"}`, 27, "unknown parameter 'weeks'"},
	{"text's parameter not its rule's", "en: ask}", `en: "{days}"}`, 25, "which it does not use"},
	{"parameter untold", "en: the last {days}", "en: lately", 18, "tells it nowhere in language en"},
	{"syntax", condition, "facts.exists(f, f.kind ==)", 24, "Syntax error"},
	{"no condition", condition, `""`, 24, "Syntax error"},
	{"wrong field", "after(g, f)", "after(g, f) && g.colour == ''", 16, "undefined field 'colour'"},
	{"wrong type", condition, "facts.exists(f, f.kind < 3)", 24, "no matching overload"},
	{"wrong result", condition, "size(facts)", 24, "or a list of facts"},
	{"wrong result list", condition, `"['a']"`, 24, "or a list of facts"},
	{"unknown kind", condition, "facts.exists(f, f.kind == 'ordre')", 24, "no fact has kind 'ordre'"},
	{"unknown level", condition, "facts.exists(f, f.level in ['high', 'higher'])", 24, "no fact has level 'higher'"},
	{"unknown result", condition, "facts.exists(f, 'neg' != f.result)", 24, "no fact has result 'neg'"},
	{"clock", condition, "timestamp('2021-01-01T00:00:00Z') > now", 24, "undeclared reference"},
	{"index", condition, "facts[0].kind == 'order'", 24, "undeclared reference to '_[_]'"},
	{"arithmetic", condition, "1 + 1 == 2", 24, "no matching overload"},
	{"division", condition, "1 / 0 == 2", 24, "undeclared reference to '_/_'"},
	{"conversion", condition, "facts.exists(f, int(f.code) > 3)", 24, "undeclared reference"},
	{"pattern", condition, "facts.exists(f, f.code.matches('a+'))", 24, "undeclared reference"},
	{"made-up fact", condition, `"facts.exists(f, f == fact{kind: 'order'})"`, 24, "makes neither facts nor maps"},
	{"map", condition, `"{'a': true}.a"`, 24, "makes neither facts nor maps"},
	{"mixed list", condition, "facts.exists(f, [f, 1].exists(x, x == f))", 24, ""},
	{"hidden function", condition, "facts.exists(f, @within(f, 0))", 24, "Syntax error"},
	{"never", condition, "facts.exists(f, f.kind == 'order' && f.kind == 'stay')", 24, "unreachable"},
	{"never by level", condition, "facts.exists(f, f.kind == 'stay' && f.level == 'red')", 24, "unreachable"},
	{"never by place", condition, "facts.exists(f, f.kind == 'stay' && f.code == '420100')", 24, "unreachable"},
	{"false", condition, `"false"`, 24, "unreachable"},
	{"always", condition, `"true"`, 24, "whatever the facts"},
	{"always by contradiction", condition, "facts.all(f, true)", 24, "whatever the facts"},
	{"costly", condition, "facts.exists(a, facts.exists(b, facts.exists(c, a != b && b != c)))", 24, "steps for a person of 200 facts"},
	{"long", condition, `"` + strings.Repeat("true && ", 600) + `true"`, 24, ""},
	{"deep", condition, `"` + strings.Repeat("!", 300) + `true"`, 24, ""},
}

// TestLoadRefuses replaces a piece of the small file and looks for the fault and
// its line.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range refusals {
		if !strings.Contains(small, c.old) {
			t.Fatalf("%s: the small file does not contain %q", c.name, c.old)
		}
		file := strings.Replace(small, c.old, c.new, 1)
		s, err := Load([]byte(file))
		if s != nil || err == nil {
			t.Errorf("%s: loaded", c.name)
			continue
		}
		var faults published.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %T: %v", c.name, err, err)
			continue
		}
		found := false
		for _, f := range faults {
			found = found || (c.line == 0 || f.Line == c.line) && strings.Contains(f.Says.String(), c.text)
		}
		if !found {
			t.Errorf("%s: want line %d: …%s…, got\n%v", c.name, c.line, c.text, err)
		}
	}
}

// TestLoadTellsAllFaults: an officer mends a file in one go.
func TestLoadTellsAllFaults(t *testing.T) {
	t.Parallel()
	file := strings.NewReplacer("colour: yellow", "colour: blue", "'order'", "'ordre'", "en: ask", "de: ask").Replace(small)
	_, err := Load([]byte(file))
	const want = `line 13: rule first: colour must be grey, yellow or red
line 24: rule second: when: no fact has kind 'ordre'; there are contact, declaration, exposure, finding, order, stay, symptom, test, vaccination, verified`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestLoadRefusesOversize(t *testing.T) {
	t.Parallel()
	if _, err := Load([]byte(small + "#" + strings.Repeat(" ", published.Limit))); err == nil {
		t.Error("loaded")
	}
}

// FuzzLoad: whatever loads decides, and never greener for nobody.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add(defaultFile)
	f.Add([]byte(strings.Replace(small, "'symptom'", "f.code", 1)))
	f.Add([]byte("id: [[[[[[[["))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Add([]byte(`{"id": "x", "version": 1e9}`))
	facts := parse(f, base+"symptom/fever@-1d stay/high@-1d order/red@-1d+1d")
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load(data)
		if err != nil {
			if s != nil {
				t.Fatal("refused and loaded")
			}
			return
		}
		if diff := cmp.Diff(s.Decide(facts, now), s.Decide(facts, now)); diff != "" {
			t.Fatal(diff)
		}
		again, err := Load(s.Source())
		if err != nil || again.Name() != s.Name() {
			t.Fatalf("its own source does not load: %v", err)
		}
	})
}

// FuzzCondition reaches the conditions past YAML's quoting.
func FuzzCondition(f *testing.F) {
	for _, r := range standby.Rules() {
		f.Add(r.When)
	}
	f.Add("facts.exists(f, f.kind == 'order' ? within(f, 'days') : after(f, f, 'days'))")
	f.Add("size(facts + facts) > number('tests') && spaced(facts, 'days') != 1")
	facts := parse(f, base+"symptom/fever@-1d stay/high@-1d order/red@-1d+1d")
	f.Fuzz(func(t *testing.T, condition string) {
		quoted, err := json.Marshal(condition)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Load([]byte(strings.Replace(small, "facts.exists(f, f.kind == 'order')", string(quoted), 1)))
		if err != nil {
			return
		}
		o := s.Decide(facts, now)
		for _, r := range o.Reasons {
			if r.Rule == Failed {
				t.Fatalf("%q loads and cannot be evaluated", condition)
			}
		}
	})
}

// TestLoadOfWorstCase: a condition at every bound is refused or taken in time
// that an officer waits for, and not in hours.
func TestLoadOfWorstCase(t *testing.T) {
	t.Parallel()
	var codes []string
	for i := range 30 {
		codes = append(codes, fmt.Sprintf("'code%d'", i))
	}
	condition := "facts.exists(f, facts.exists(g, f != g && f.code == g.code && f.kind != g.kind && !true && f.code in [" +
		strings.Join(codes, ",") + "]))"
	file := strings.Replace(small, "facts.exists(f, f.kind == 'order')", condition, 1)
	_, err := Load([]byte(file))
	if err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("got %v", err)
	}
}
