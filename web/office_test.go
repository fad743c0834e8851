package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/rules"
)

var (
	officer = models.Officer{Staff: models.Staff{ID: "me", Display: "Officer 1", Role: models.RoleOfficer, Jurisdiction: "330110"}}
	places  = Places{{Code: "330110", Name: models.Text{"zh": "余杭区", "en": "Yuhang"}}, {Code: "420100", Name: models.Text{"zh": "武汉市", "en": "Wuhan"}}}
)

// holds fails unless every language of the page has all that it should and shows
// no key of a text.
func holds(t *testing.T, name string, make func(Page) Framed, wants, lacks []string) {
	t.Helper()
	key := regexp.MustCompile(`[>"](rules|office|draft|peering|recognition|samples|console|staff|proposals?|lever|level|onbehalf|alarms?)\.[a-z_.]+[<"]`)
	for _, language := range models.Languages() {
		html := rendered(t, make(page(language)))
		for _, want := range wants {
			if !strings.Contains(html, want) {
				t.Errorf("%s in %s lacks %s", name, language, want)
			}
		}
		for _, lack := range lacks {
			if strings.Contains(html, lack) {
				t.Errorf("%s in %s has %s", name, language, lack)
			}
		}
		html, _, _ = strings.Cut(html, `<script type="application/json"`)
		if left := key.FindString(html); left != "" {
			t.Errorf("%s in %s shows the key %s", name, language, left)
		}
		if regexp.MustCompile(`<style| (style|on[a-z]+)=`).MatchString(html) {
			t.Errorf("%s has style or script inside", name)
		}
	}
}

// TestRulesPage: every rule of a set stands there with its words, the worst first,
// and what a condition is written in stands behind a line that says so.
func TestRulesPage(t *testing.T) {
	t.Parallel()
	set := rules.Default()
	make := func(p Page) Framed { return NewRulesPage(p, "330110", set, places) }
	wants := []string{set.Name(), "/v1/rules/330110/files/" + set.Hash(), `href="/v1/rules/330110"`, `value="330110" selected`, `id="rule-failed"`}
	for _, r := range set.Rules() {
		wants = append(wants, `id="rule-`+r.ID+`"`)
	}
	holds(t, "rules", make, wants, []string{"{declaration_days}"})
	html := rendered(t, make(page("en")))
	at := -1
	for _, colour := range []string{"red", "yellow", "grey", "green"} {
		next := strings.Index(html, `id="`+colour+`"`)
		if next <= at {
			t.Errorf("%s stands at %d, and what is worse at %d", colour, next, at)
		}
		at = next
	}
	shown := regexp.MustCompile(`(?s)<details>.*?</details>`).ReplaceAllString(html, "")
	if strings.Contains(shown, "facts.") || !strings.Contains(html, "facts.filter") {
		t.Error("conditions stand in the open, or nowhere")
	}
	for _, want := range []string{"You stayed in a place listed as high risk within the last 14 days.", "Places below may say 1 day to 14 days.", "Everywhere"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func publication(id string, inForce bool) models.Publication {
	return models.Publication{ID: id, Kind: models.PublishedRules, Jurisdiction: "330110", Name: "local", Version: 2, DraftedBy: "a", PublishedBy: "b",
		At: queueNoon, InForce: inForce}
}

func draftIn(id string) models.Draft {
	return models.Draft{ID: id, Kind: models.PublishedRules, Jurisdiction: "330110", Name: "local", Version: 3, DraftedBy: "a", At: queueNoon, Body: "id: local\nversion: 3\n"}
}

func TestOfficePage(t *testing.T) {
	t.Parallel()
	empty := Office{Places: places, Begin: models.Draft{Kind: models.PublishedRules, Jurisdiction: "330110"}}
	holds(t, "office, empty", func(p Page) Framed { return NewOfficePage(p, officer, empty) },
		[]string{`id="draft"`, "id: local_330110", `href="/rules/330110"`, "Officer 1"}, []string{"data-back", "data-overdue"})
	full := Office{Places: places, Names: map[string]string{"a": "Officer A", "b": "Officer B"}, Begin: draftIn(""),
		History: []models.Publication{publication("NOW", true), publication("BEFORE", false)},
		Own:     []models.Publication{{Kind: models.PublishedForm, Jurisdiction: models.Root, Name: "health", Version: 1}},
		Drafts:  []models.Draft{draftIn("WAITS"), draftIn("GOES"), draftIn("LOUD"), draftIn("FAILED")},
		Jobs: map[string]models.Job{"NOW": {State: models.JobOpen, People: 3, Total: 9}, "WAITS": {State: models.JobOpen},
			"GOES": {State: models.JobOpen, People: 31, Total: 97}, "FAILED": {State: models.JobFailed},
			"LOUD": {State: models.JobDone, DryRun: models.DryRun{Reddened: 21, Transitions: []models.Transition{{From: models.Green, To: models.Red, People: 21}, {From: models.Red, To: models.Red, People: 7}}}}}}
	holds(t, "office", func(p Page) Framed { return NewOfficePage(p, officer, full) },
		[]string{`data-back="BEFORE"`, `href="/console/rules?from=NOW#draft-title"`, `from=form.health`, "Officer A", "Officer B", "data-overdue",
			`href="/console/drafts/LOUD"`, "local@3", "id: local\nversion: 3"}, []string{`data-back="NOW"`, "id: local_330110"})
	html := rendered(t, NewOfficePage(page("en"), officer, full))
	for _, want := range []string{"31 of 97 people", "21 would change, 21 turn red", "about to begin", "did not succeed", "being applied: 3 of 9"} {
		if !strings.Contains(html, want) {
			t.Errorf("the office does not say %q", want)
		}
	}
}

// TestDraftPage: what a draft page says and offers, in every state.
func TestDraftPage(t *testing.T) {
	t.Parallel()
	done := func(reddened int64) models.Job {
		return models.Job{State: models.JobDone, EndedAt: queueNoon, DryRun: models.DryRun{People: 900, Reddened: reddened,
			Transitions: []models.Transition{{From: models.Green, To: models.Yellow, People: 5}, {From: models.Green, To: models.Green, People: 1}, {From: models.Green, To: models.Red, People: reddened}},
			Rules:       []models.RuleChange{{Rule: "feverish", Began: reddened}, {Rule: "old", Ended: 5}},
			Communities: []models.CommunityChange{{Community: "c1", Transition: models.Transition{From: models.Green, To: models.Red, People: reddened}}},
			Samples:     []models.Sample{{From: models.Green, To: models.Red, Residents: []string{"r1"}}}}}
	}
	publish, disabled := `data-path="/v1/drafts/D/publication"`, `disabled aria-describedby="refused"`
	for _, c := range []struct {
		name         string
		change       func(*Drafted)
		wants, lacks []string
	}{
		{"waits", func(d *Drafted) { d.Job.State, d.Refused = models.JobOpen, "Later." },
			[]string{`id="progress"`, disabled, "Later.", `data-path="/v1/drafts/D"`}, []string{`/trial"`, `class="figures"`}},
		{"goes on", func(d *Drafted) {
			d.Job, d.Refused = models.Job{State: models.JobOpen, People: 31, Total: 97}, "Later."
		}, []string{`max="97" value="31"`}, nil},
		{"failed", func(d *Drafted) { d.Job.State, d.Refused = models.JobFailed, "Later." }, []string{`/trial"`, disabled}, []string{`id="progress"`}},
		{"done", func(d *Drafted) { d.Job = done(3) },
			[]string{publish, `/trial"`, "figures", "You declared symptoms.", "Cuiyuan", `href="/console/drafts/D/samples"`, "+3", "−5", ">8<"}, []string{disabled, "loud"}},
		{"one's own", func(d *Drafted) { d.Job, d.Refused = done(3), "Somebody else." }, []string{disabled, "Somebody else."}, nil},
		{"many", func(d *Drafted) { d.Job = done(21) }, []string{`class="loud"`}, []string{Text("en", "draft.loud.above"), Text("zh", "draft.loud.above")}},
		{"too many", func(d *Drafted) { d.Job, d.Refused = done(101), "Above." }, []string{`class="loud"`, disabled}, nil},
		{"closed", func(d *Drafted) { d.Job, d.Closed = done(3), true }, nil, []string{publish, "data-do"}},
		{"unfit", func(d *Drafted) { d.Refused, d.Faults = "Mistakes.", []string{"330110 gone"} }, []string{"330110 gone", disabled}, nil},
		{"the first", func(d *Drafted) { d.InForce = "" }, nil, []string{`class="diff"`}},
		{"a form", func(d *Drafted) { d.Kind = models.PublishedForm }, []string{publish}, []string{`id="trial"`, `/trial"`, disabled}},
	} {
		d := Drafted{Draft: draftIn("D"), By: "Officer A", InForce: "id: local\nversion: 2\n", Places: places, Communities: []models.Community{
			{ID: "c1", Name: models.Text{"zh": "Cuiyuan", "en": "Cuiyuan"}}}, Whys: map[string]string{"feverish": "You declared symptoms."}}
		c.change(&d)
		holds(t, c.name, func(p Page) Framed { return NewDraftPage(p, officer, d) }, append(c.wants, "local@3", "Officer A", "version: 3"), c.lacks)
	}
}

// TestDraftSaysWhatDiffers: what is new and what is gone is told by a sign and a word,
// not by a colour alone.
func TestDraftSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	html := rendered(t, NewDraftPage(page("en"), officer, Drafted{Draft: draftIn("D"), InForce: "id: local\nversion: 2\n", Places: places}))
	for _, want := range []string{"Lines that are new: 1; gone: 1.", `<span class="unseen">new: </span><code>version: 3</code>`, `<span class="unseen">gone: </span><code>version: 2</code>`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestSamplesAreMasked: neither a name nor a number stands on the page.
func TestSamplesAreMasked(t *testing.T) {
	t.Parallel()
	c := someCase(t, matter("R1", "me"))
	seen := []Sampled{{c.Resident, "Cuiyuan", models.Green, models.Red}}
	holds(t, "samples", func(p Page) Framed { return NewSamplesPage(p, officer, "D", seen) }, []string{"Cuiyuan", `href="/console/drafts/D"`, "#shape-red"},
		[]string{c.Resident.Name.Reveal(), c.Resident.Document.Number.Reveal()})
	holds(t, "no samples", func(p Page) Framed { return NewSamplesPage(p, officer, "D", nil) }, nil, []string{"<table"})
}

// TestOfficeWordsStayWords writes markup where officers write words.
func TestOfficeWordsStayWords(t *testing.T) {
	t.Parallel()
	const evil = `</textarea></script><img src=x onerror=alert(1)>"'&`
	d := draftIn("D")
	d.Body, d.Name = evil+"\n", evil
	for _, html := range []string{
		rendered(t, NewOfficePage(page("zh"), officer, Office{Begin: d, Drafts: []models.Draft{d}, Names: map[string]string{"a": evil}})),
		rendered(t, NewDraftPage(page("zh"), officer, Drafted{Draft: d, By: evil, InForce: "x" + evil, Refused: evil, Faults: []string{evil}})),
	} {
		if strings.Contains(html, "<img") {
			t.Errorf("words became markup:\n%s", html)
		}
	}
}

// TestOfficerIsOffered: administrators can invite officers.
func TestOfficerIsOffered(t *testing.T) {
	t.Parallel()
	by := models.Administrator{Staff: models.Staff{Role: models.RoleAdministrator}}
	if html := rendered(t, NewInvitationsPage(page("en"), by, Scope{})); !strings.Contains(html, `value="officer"`) {
		t.Error("nobody can be invited as an officer")
	}
}

func BenchmarkDiff(b *testing.B) {
	var before, after strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&before, "line %d\n", i)
		fmt.Fprintf(&after, "line %d\n", i+i%7)
	}
	for b.Loop() {
		diff(before.String(), after.String())
	}
}
