package handlers_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"healthcode/models"
)

type toldFault struct {
	Jurisdiction string
	Line         int
	Text         string
}

// mistakes sends a file, which is refused, and is what the reader of that language
// is told of it.
func (s *street) mistakes(token, language, kind, file string) (told []toldFault) {
	s.t.Helper()
	a := s.ask(token, "POST", "/v1/drafts", map[string]string{"kind": kind, "body": file}, "Accept-Language", language)
	var out struct{ Error struct{ Faults []toldFault } }
	if err := json.Unmarshal(a.Body, &out); err != nil || a.problem().Reason != models.ReasonDraftFaults || len(out.Error.Faults) == 0 {
		s.t.Fatalf("%s: %s", a, a.Body)
	}
	return out.Error.Faults
}

// mistaken are files with everything wrong that an officer gets wrong.
func mistaken() map[string][]string {
	rule := tested(2)
	with := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(rule) }
	const form = "id: health\nversion: 2\njurisdiction: \"330110\"\ntitle: {zh: 甲, en: a}\nfields:\n"
	return map[string][]string{
		"rules": {"id: [", "id: a\nidd: a\n", "id: &a a\nversion:\n", "id: A\nversion: 0\njurisdiction: x\nset: [{id: X}]\n",
			with("value: 3d", "value: 3 days"), with("value: 3d", "value: 3d\n    bounds: {min: 4d, max: 5d}"), with("value: 3d", "value: 3d\n    bounds: {min: 4d}"),
			with("colour: yellow", "colour: orange", ", en: how long a negative test lasts", "", "\n      en: One", "\n      de: One"),
			with("{test_days}内没有", "三天内没有"), with("{test_days}", "{tests}"), with("'test_days'", "'tests'"), with("within(t, 'test_days')", "number('test_days')"),
			with("'negative'", "'good'", "'test'", "'tset'"), with("id: untested", "id: unverified"), with("id: test_days", "id: test_gap"),
			with("rules:", "set: [{id: test_gap}, {id: test_gap}]\nrules:"), with("rules:", "set: [{id: nothing, value: 3d}, {id: order_days, value: 3d}]\nrules:"),
			with("rules:", "set: [{id: test_gap, value: 99d}, {id: contact_days, bounds: {min: 1d, max: 300d}}, {id: clearing_tests, value: 3d}]\nrules:"),
			with("!facts.exists(t, ", "facts.exists(t, t.kind == 'order' && "), with("\"330110\"", "\"320000\"")},
		"form": {form + "  - {id: N, type: number, label: {zh: 甲}}\n", form + "  - {id: t, type: decimal, label: {zh: 甲, en: a}, min: 1e3, max: 0, step: 1}\n",
			form + "  - {id: t, type: decimal, label: {zh: 甲, en: a}, min: 1, max: 0, step: 0, options: []}\n",
			form + "  - {id: t, type: choice, label: {zh: 甲, en: a}, when: {field: none, is: []}, options: [{code: a, label: {zh: 甲, en: a}, facts: [{kind: test, code: X}]}]}\n",
			form + "  - {id: temperature, type: decimal, label: {zh: 甲, en: a}, min: 36, max: 41, step: 1}\n"},
		"peering": {"id: A\nversion: 0\nplace: x\npeer: x\nmode: x\n", "id: a\nversion: 1\nplace: \"650000\"\npeer: \"340000\"\nmode: none\nname: {zh: 甲}\n",
			table("local", "", "reasons: []\n"), table("share", "url: ftp://x\npins: [x]\nopen: x\nthrough: x\ncovers: [x]\n", ""),
			table("adopt", "open: http://x\npins: []\n", "reasons:\n  - {is: a, text: {zh: 甲, en: a}, colour: red, unless: {test: pcr, within: 3x, colour: blue}}\n"),
			table("dock", "through: x\npins: [x]\n", "tests:\n  - {is: [], counts: PCR}\n"), table("dock", "through: x\npins: [x]\n", "tests:\n  - {is: a, counts: PCR}\n  - {is: a, counts: pcr}\n")},
	}
}

// TestFaultsAreToldInTheReadersLanguage: an officer who reads Chinese is told
// nothing in English but what CEL and the YAML library say, and the other way round.
func TestFaultsAreToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.officers(t)
	officer := s.staff("officer")
	sentence := regexp.MustCompile(`[A-Za-z]+ [a-z]+ [a-z]+`)
	library := regexp.MustCompile(`^YAML：|条件：(undefined|found no|undeclared|Syntax)`)
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	ours := 0
	s.changesNothing(t, func() {
		for kind, list := range mistaken() {
			for _, file := range list {
				zh, en := s.mistakes(officer, "zh-CN", kind, file), s.mistakes(officer, "en-GB", kind, file)
				for i, f := range zh {
					if library.MatchString(f.Text) {
						continue
					}
					if ours++; sentence.MatchString(f.Text) || !strings.ContainsFunc(f.Text, han) {
						t.Errorf("in Chinese: %s", f.Text)
					}
					if e := en[i]; strings.ContainsFunc(e.Text, han) || e.Line != f.Line || e.Jurisdiction != f.Jurisdiction {
						t.Errorf("in English: %+v, and in Chinese %+v", e, f)
					}
				}
			}
		}
	})
	if ours < 45 {
		t.Errorf("only %d were told", ours)
	}
}

// TestDraftThatFitsNoMore: what is wrong with a draft by now stands on its page, in
// the reader's language.
func TestDraftThatFitsNoMore(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.officers(t)
	officer, fellow := s.staff("officer"), s.staff("fellow")
	var drafts [2]struct{ ID string }
	for i, file := range []string{plainly(1), tested(1)} {
		s.ask(officer, "POST", "/v1/drafts", map[string]string{"kind": "rules", "body": file}).into(t, &drafts[i])
		s.work(t)
	}
	s.ask(fellow, "POST", "/v1/drafts/"+drafts[0].ID+"/publication", nil).into(t, nil)
	for language, want := range map[string]string{models.Chinese: "330110 version：须大于 1", models.English: "330110 version: must be above 1"} {
		page := s.ask(fellow, "GET", "/console/drafts/"+drafts[1].ID+"?lang="+language, nil)
		if !strings.Contains(string(page.Body), "<li>"+want+"</li>") {
			t.Errorf("the page does not say %q", want)
		}
		told := s.mistakes(officer, language, "rules", tested(1))
		if want := (toldFault{"330110", 0, strings.TrimPrefix(want, "330110 ")}); !slices.Contains(told, want) {
			t.Errorf("told %+v, want %+v", told, want)
		}
	}
}
