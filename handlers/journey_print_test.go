package handlers_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// media shows the page as it is on that medium; "" for a screen.
func (j *journey) media(name string) {
	j.t.Helper()
	j.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
		return err
	}))
}

// makesCard has the worker make a card for the n-th sample person.
func (j *journey) makesCard(n int) {
	j.t.Helper()
	j.visit("/console/on-behalf")
	j.finds(n)
	j.await(`document.querySelector("#found").checkVisibility()`)
	j.tick("[data-draw=print]")
	j.await(`document.querySelector("#drawn h2") && !document.querySelector("#sheet").checkVisibility()`)
	j.tick("#drawn [type=submit]")
	j.await(`document.querySelector("#sheet").checkVisibility() && document.querySelector("#print-code path + path").hasAttribute("d")`)
}

// paper is the card as it comes out of the printer: one sheet of A6, and a picture of it.
func (j *journey) paper() (file string) {
	j.t.Helper()
	pdf := string(must[[]byte](j.t)(chromedp.Run(j.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))))
	sheets := regexp.MustCompile(`/MediaBox ?\[0 0 (\d+)[\d.]* (\d+)`).FindAllStringSubmatch(pdf, -1)
	if len(sheets) != 1 || sheets[0][1] != "420" || sheets[0][2] != "298" {
		j.t.Errorf("printed on %v, want one sheet of 148 by 105 mm", sheets)
	}
	j.media("print")
	j.do(chromedp.EmulateViewport(522, 359)) // A6 within its margins, in the pixels of CSS
	if tall := journeyEval[int](j, `document.documentElement.scrollHeight`); tall > 359 {
		j.t.Errorf("the card is %d pixels high, and the sheet 359", tall)
	}
	if more := journeyEval[string](j, `document.body.innerText`); strings.Contains(more, "找到居民") || !strings.Contains(more, "不显示颜色") {
		j.t.Errorf("on paper: %s", more)
	}
	file = filepath.Join(j.t.TempDir(), "card.png")
	if err := os.WriteFile(file, must[[]byte](j.t)(chromedp.Run(j.ctx, chromedp.FullScreenshot(100))), 0o600); err != nil {
		j.t.Fatal(err)
	}
	j.media("")
	j.do(chromedp.EmulateViewport(390, 844))
	return file
}

// TestJourneyPrint: a worker prints a card for somebody without a phone, a guard reads it
// off the paper, their child sees it and ends it, and the guard is sent to the document.
func TestJourneyPrint(t *testing.T) {
	t.Parallel()
	town := leversTown(t)
	r := town.resident(t, 1, "张三") // whose child has an account for them
	town.approve(t, "registration")
	r.declareWell()
	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "colleague", "/console")
	worker.makesCard(1)
	worker.says(".print-name", "张*")
	worker.says(".print-phone", "0571-")
	worker.look("on behalf, a card")
	card := worker.paper()
	worker.run(`document.querySelector(".print-name").textContent = "A******** B*** C********";
		document.querySelector(".print-community").textContent = "杭州市余杭区良渚街道良渚文化村东社区 Liangzhu Cultural Village East Community, Yuhang"`)
	worker.paper() // also of who has long names

	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "guard", "/gate")
	guard.tick("#choose-form [type=submit]")
	guard.await(`document.querySelector("#scan").checkVisibility() && document.querySelector("#gate").dataset.camera === "off"`)
	guard.do(chromedp.SetUploadFiles("#photo", []string{card}))
	guard.says("#paper", "纸质卡 先对证件")
	guard.says("#name", "张*")
	guard.says("#word", "绿")
	guard.says("#call", "0571-") // in case the document is somebody else's
	guard.await(`document.querySelector("#announce").textContent.startsWith("纸质卡")`)
	if late := journeyEval[float64](guard, `document.querySelector("#document").getBoundingClientRect().bottom - innerHeight`); late > 0 {
		t.Errorf("the document to compare stands %.0f pixels below the screen", late)
	}
	guard.look("gate, a printed card")

	r.visit("/me")
	r.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	r.says("main", "纸质卡并核对证件")
	r.look("me, a printed card")
	r.run(`window.confirm = () => true`)
	r.tick("[data-path^='/v1/prints/']")
	r.await(`document.readyState === "complete" && document.querySelector("main") && !document.querySelector("[data-path^='/v1/prints/']")`)
	r.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	r.says("main", "您已停用")

	guard.visit("/gate") // a guard who comes back has not seen the card yet
	guard.await(`document.querySelector("#gate").dataset.camera === "off"`)
	guard.do(chromedp.SetUploadFiles("#photo", []string{card}))
	guard.says("#huge", "卡已停用")
	guard.look("gate, a card that has ended")

	worker.makesCard(1)
	worker.tick("[data-draw=move]", "[data-draw=print]")
	worker.await(`document.querySelector("[data-print-lost]").checkVisibility() && !document.querySelector("#sheet").checkVisibility()`)
	worker.look("on behalf, a card that there is")
	worker.tick("[data-print-lost]")
	worker.says("#status", "已停用")
	worker.await(`!document.querySelector("[data-print-lost]").checkVisibility()`)
	r.visit("/c")
	r.says("h1", "这是一张纸质卡")
	r.look("a printed card in a camera")
	r.fine()
}
