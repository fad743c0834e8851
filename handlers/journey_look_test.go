package handlers_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// journeyAxe is axe-core as npm ci in web puts it there.
var journeyAxe = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("../web/node_modules/axe-core/axe.min.js") })

const (
	// journeyRunAxe lists what axe-core calls serious or critical under WCAG 2.2 AA.
	journeyRunAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then((found) =>
		found.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) =>
			v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " (" + n.failureSummary.replace(/\s+/g, " ") + ")").join("; ")))`

	// journeyFindLost lists what sticks out of the page, what is cut off, and, for
	// targets, what is too small to hit with a thumb.
	journeyFindLost = `(() => {
		const out = [], wide = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth > wide) out.push("the page scrolls sideways: " + document.documentElement.scrollWidth + " in " + wide);
		for (const e of document.body.querySelectorAll("*")) {
			const box = e.getBoundingClientRect(), style = getComputedStyle(e);
			if (!e.checkVisibility() || style.clipPath !== "none" || e.closest("svg, .unseen, thead") || !box.width) continue;
			const name = e.tagName + "." + e.className + "#" + e.id + " " + (e.innerText || "").slice(0, 20);
			const words = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
			if (words && (box.right > wide + 1 || box.left < -1)) out.push("sticks out: " + name);
			if (words && style.overflow === "hidden" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) out.push("is cut off: " + name);
			if (!e.matches("a, button, select, textarea, summary, input") || style.display === "inline" || e.matches("[type=file]")) continue;
			const target = (e.closest("label") || e).getBoundingClientRect();
			if (target.height < 43.5 || target.width < 43.5) out.push("is too small to hit: " + name + " " + target.width + "×" + target.height);
		}
		return out })()`
)

// look holds the page as it stands against the rules for people who see, hear
// or read otherwise: at both widths, and at twice the size of text.
func (j *journey) look(name string) {
	j.t.Helper()
	axe, err := journeyAxe()
	if err != nil && os.Getenv("CI") == "true" {
		j.t.Fatal(err)
	}
	if err == nil {
		j.run("if (!window.axe) {" + string(axe) + "\n}")
		for _, found := range journeyEval[[]string](j, journeyRunAxe) {
			j.t.Errorf("%s: %s", name, found)
		}
	}
	for _, size := range []string{"100%", "200%"} {
		j.run(`document.documentElement.style.fontSize = "` + size + `"`)
		for _, lost := range journeyEval[[]string](j, journeyFindLost) {
			j.t.Errorf("%s at %s: %s", name, size, lost)
		}
	}
	j.run(`document.documentElement.style.fontSize = ""`)
	j.do(chromedp.EmulateViewport(1280, 800))
	for _, lost := range journeyEval[[]string](j, journeyFindLost) {
		j.t.Errorf("%s at 1280: %s", name, lost)
	}
	j.do(chromedp.EmulateViewport(390, 844))
	j.fine()
}

// announced fails unless an element that is read out says something.
func (j *journey) announced(name string) {
	j.t.Helper()
	said := journeyEval[string](j, `Array.from(document.querySelectorAll("[role=status], [role=alert], [aria-live]"))
		.filter((e) => e.checkVisibility()).map((e) => e.innerText).join(" ")`)
	if strings.TrimSpace(said) == "" {
		j.t.Errorf("%s: nothing is read out", name)
	}
}

// TestJourneyLook proves that the eyes see: what is too pale, too wide, too small
// or cut off is found.
func TestJourneyLook(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "browser", town.URL)
	j.run(`const add = (tag, words, style) => { const e = document.createElement(tag); e.textContent = words; Object.assign(e.style, style);
			document.querySelector("main").append(e) };
		add("p", "pale", {color: "#ccc", background: "#fff"});
		add("p", "wide", {width: "500px"});
		add("button", "s", {height: "20px", width: "20px"});
		add("p", "cut off words", {height: "1em", width: "2em", overflow: "hidden", display: "block"})`)
	found := strings.Join(journeyEval[[]string](j, journeyFindLost), "\n")
	for _, want := range []string{"sideways", "sticks out: P", "too small to hit: BUTTON", "is cut off: P"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q was not found in\n%s", want, found)
		}
	}
	axe, err := journeyAxe()
	if err != nil {
		t.Skip("axe-core is missing: npm ci in web")
	}
	j.run("if (!window.axe) {" + string(axe) + "\n}")
	if found := strings.Join(journeyEval[[]string](j, journeyRunAxe), "\n"); !strings.Contains(found, "color-contrast") {
		t.Errorf("the pale words were not found in %q", found)
	}
}
