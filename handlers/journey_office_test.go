package handlers_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// drafts sends the file in the officer's textarea and waits for the draft's page.
func (j *journey) drafts(file string) {
	j.t.Helper()
	j.visit("/console/rules")
	j.fill("#draft [name=body]", file)
	j.tick("#draft [type=submit]")
	j.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
}

// mistaken sends a file with two mistakes, and goes to the line of one.
func (j *journey) mistaken() {
	j.t.Helper()
	j.look("office")
	j.fill("#draft [name=body]", strings.NewReplacer("colour: yellow", "colour: orange", "{test_days}内没有", "三天内没有").Replace(tested(1)))
	j.tick("#draft [type=submit]")
	j.await(`document.querySelectorAll("#faults li button").length === 2 && document.activeElement === document.querySelector("#faults")`)
	j.announced("office, mistakes")
	j.look("office, mistakes")
	j.tick("#faults li button")
	j.await(`document.activeElement.name === "body"`)
	if got := journeyEval[string](j, `(() => { const b = document.activeElement; return b.value.slice(b.selectionStart, b.selectionEnd) })()`); got != "    colour: orange" {
		j.t.Errorf("the line that is selected is %q", got)
	}
}

// publishes opens the first draft there is, is asked whether they are sure, and is.
func (j *journey) publishes(who string) {
	j.t.Helper()
	j.visit("/console/rules")
	j.tick(`.queue [href^="/console/drafts/"]`)
	j.await(`location.pathname.startsWith("/console/drafts/") && document.querySelector("[data-says=published]") && document.readyState === "complete"`)
	j.look("draft, " + who)
	j.tick("[data-says=published]")
	j.await(`document.querySelector("#sure").open && document.activeElement.id === "sure-no"`)
	j.look("draft, sure")
	j.tick("#sure-no")
	j.await(`!document.querySelector("#sure").open`)
	j.tick("[data-says=published]", "#sure-yes")
	j.at("/console/rules")
	j.says("#status", "已发布")
	j.announced("office, published")
}

// TestJourneyOffice: one officer drafts a rule, another publishes it, residents read
// it and have its colour; and the same way goes back.
func TestJourneyOffice(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	town.ago.Store(int64(3600e9))
	town.officers(t)
	town.ago.Store(0)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	r.code("green")

	drafter := newJourney(t, "browser", town.URL)
	drafter.signIn(town, "officer", "/console/rules")
	drafter.mistaken()
	drafter.drafts(plainly(1)) // so that there is something to go back to
	drafter.says("#progress-say", "等待开始")
	drafter.look("draft, waiting")
	town.work(t)
	drafter.await(`document.querySelector("#trial").dataset.state === "done"`)
	drafter.says("#status", "试算完成")
	drafter.says("#refused", "须由其他同事发布")
	drafter.await(`document.querySelector("[data-says=published]").disabled`)

	fellow := newJourney(t, "browser", town.URL)
	fellow.signIn(town, "fellow", "/console/rules")
	fellow.publishes("nothing changes")
	town.work(t)

	drafter.drafts(tested(2))
	town.work(t)
	drafter.says("#trial", "核酸阴性")
	drafter.look("draft, one's own")
	fellow.visit("/console/rules")
	fellow.look("office, drafts")
	fellow.tick(`.queue [href^="/console/drafts/"]`)
	fellow.await(`document.querySelector("[href$='/samples']")`)
	fellow.tick(`[href$="/samples"]`)
	fellow.says("main", "33****")
	fellow.look("samples")
	fellow.publishes("yellow")
	town.work(t)
	r.code("yellow")
	r.visit("/code/why")
	r.says("main", "您最近3天内没有核酸阴性结果。")
	r.look("why, by the new rule")
	r.tick(`[href="/rules/330110"]`)
	r.at("/rules/330110")
	r.says("#rule-untested", "做一次核酸检测且结果为阴性。")
	r.look("rules")
	r.visit("/me")
	r.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	r.says("main", "新规则试算抽样")
	drafter.goesBack(town, fellow)
	r.code("green")
}

// goesBack drafts what was in force before, and has the colleague publish it.
func (j *journey) goesBack(town *journeyTown, fellow *journey) {
	j.t.Helper()
	j.visit("/console/rules")
	j.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	j.look("office, history")
	j.tick("[data-back]")
	j.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
	j.says("h1", "yuhang@3")
	town.work(j.t)
	j.await(`document.querySelector("#trial").dataset.state === "done"`)
	fellow.publishes("back")
	town.work(j.t)
	j.fine()
}

// TestJourneyDiscards: a draft can be thrown away, and who is signed out is led to
// sign in again.
func TestJourneyDiscards(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	town.ago.Store(int64(3600e9))
	town.officers(t)
	town.ago.Store(0)
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "officer", "/console/rules")
	j.visit("/console/rules?from=form.health")
	j.await(`document.querySelector("[name=kind]:checked").value === "form"`)
	j.tick("#draft [type=submit]")
	j.await(`location.pathname.startsWith("/console/drafts/") && document.readyState === "complete"`)
	j.look("draft of a form")
	j.tick("[data-says=discarded]")
	j.await(`document.querySelector("#sure").open`)
	j.tick("#sure-yes")
	j.at("/console/rules")
	j.says("#status", "已作废")
	j.visit("/rules")
	j.look("rules, everywhere")
	j.run(`const s = document.querySelector("#place"); s.value = "420100"; s.form.requestSubmit()`)
	j.at("/rules/420100")
	j.says("main", "武汉市")
	j.visit("/console/rules")
	j.fill("#draft [name=body]", tested(1))
	j.do(chromedp.Func(journeySignedOut))
	j.tick("#draft [type=submit]")
	j.at("/staff/login")
	j.fine()
}
