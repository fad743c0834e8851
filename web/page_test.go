package web

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"healthcode/models"
	"healthcode/models/forms"
)

// TestReasonsCanBeActedOn: a refusal speaks in whole sentences of its language, and
// belongs to a reason that exists.
func TestReasonsCanBeActedOn(t *testing.T) {
	t.Parallel()
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	known := map[string]bool{}
	for _, r := range models.Reasons() {
		known["reason."+string(r)] = true
		zh, en := Reason("zh", r), Reason("en", r)
		if !strings.HasSuffix(zh, "。") || !strings.HasSuffix(en, ".") {
			t.Errorf("%s is no sentence: %s / %s", r, zh, en)
		}
		if !strings.ContainsFunc(zh, han) || strings.ContainsFunc(en, han) {
			t.Errorf("%s is in the wrong language: %s / %s", r, zh, en)
		}
	}
	for key := range catalogue {
		if strings.HasPrefix(key, "reason.") && !known[key] {
			t.Errorf("%s is the text of no reason", key)
		}
	}
}

// TestScriptTextsOfThePageWin: where the page and all pages have a sentence, the
// page's own is said, every time.
func TestScriptTextsOfThePageWin(t *testing.T) {
	t.Parallel()
	for range 50 {
		if got, want := scriptTexts("code", "en")["offline"], Text("en", "code.script.offline"); got != want {
			t.Fatalf("the code page says %q, want %q", got, want)
		}
	}
}

// TestWordsOfOthersStayWords writes markup where people write words.
func TestWordsOfOthersStayWords(t *testing.T) {
	t.Parallel()
	const evil = `</script><img src=x onerror=alert(1)>"'&`
	p := page("zh")
	for _, html := range []string{
		rendered(t, HomePage{Page: p, Known: true, Name: evil, Refusal: evil}),
		rendered(t, CodePage{Page: p, Place: evil, Name: evil, Document: evil, Pass: PassData{Prefix: evil}, Standing: StandingView{Word: evil}}),
		rendered(t, WhyPage{Page: p, Phone: "javascript:alert(1)", Reasons: []Reasoned{{Why: evil, Clear: evil, Ask: evil}}}),
		rendered(t, MePage{Page: p, Name: evil, Phone: evil, Declarations: []Declared{{Title: evil, Answers: []Answer{{evil, evil}}}}}),
		rendered(t, ProblemPage{p, evil, evil, evil}),
	} {
		if strings.Contains(html, "<img") || strings.Contains(html, `href="javascript:`) {
			t.Errorf("words became markup:\n%s", html)
		}
	}
}

// TestRenderIsWholeOrNothing: half a page is worse than none.
func TestRenderIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	broken := HomePage{Page: Page{Language: "zh"}, Known: true, Standing: StandingView{Colour: models.Green, Until: time.Unix(1, 0)}}
	if err := Render(&b, broken); err == nil || b.Len() > 0 {
		t.Errorf("a page without a zone: %v, and %d bytes were written", err, b.Len())
	}
	type stranger struct{ Page }
	if err := Render(&b, stranger{}); err == nil || b.Len() > 0 {
		t.Errorf("what is no page: %v, and %d bytes were written", err, b.Len())
	}
}

// TestTitleSaysTheColour: it is the first thing that a screen reader says.
func TestTitleSaysTheColour(t *testing.T) {
	t.Parallel()
	for c := models.Green; c <= models.Red; c++ {
		html := rendered(t, CodePage{Page: page("zh"), Standing: standing(page("zh"), c)})
		if want := "· " + ColourWord("zh", c) + "</title>"; !strings.Contains(html, want) {
			t.Errorf("the title does not say %s", want)
		}
	}
}

// TestOutsideKnowsWhereItIs: nobody in WeChat is told to open WeChat.
func TestOutsideKnowsWhereItIs(t *testing.T) {
	t.Parallel()
	for host, inApp := range map[string]bool{"wechat": true, "alipay": true, "browser": false} {
		p := page("zh")
		p.Host = host
		html := rendered(t, OutsidePage{Page: p})
		if strings.Contains(html, p.T("outside.title")) == inApp || strings.Contains(html, `id="again"`) != inApp {
			t.Errorf("%s reads\n%s", host, html)
		}
	}
}

// TestEveryTypeOfFieldIsDrawn: also those that no form of ours has yet.
func TestEveryTypeOfFieldIsDrawn(t *testing.T) {
	t.Parallel()
	label := models.Text{"zh": "问题", "en": "Question"}
	for kind, want := range map[forms.Type]string{
		forms.TypeDecimal: `inputmode="decimal"`, forms.TypeChoice: `type="radio"`, forms.TypeChoices: `type="checkbox"`,
		forms.TypeText: "<textarea", forms.TypeDate: `type="date"`, forms.TypePlace: `<option value="330106">`, forms.TypeStays: `data-key="from"`,
	} {
		f := &forms.Form{ID: "f", Title: label, Intro: label, Fields: []forms.Field{{ID: "q", Type: kind, Label: label, Hint: label,
			Options: []forms.Option{{Code: "a", Label: label}}}}}
		html := rendered(t, DeclarePage{Page: page("zh"), Form: f, Places: []Choice{{"330106", "西湖区"}}, Today: "2022-03-14", Since: "2022-02-28"})
		for _, part := range []string{want, `aria-describedby="q-hint q-problem"`, `id="q-hint"`, `id="q-problem"`} {
			if !strings.Contains(html, part) {
				t.Errorf("%s lacks %s", kind, part)
			}
		}
	}
}
