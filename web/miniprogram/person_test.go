package miniprogram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// webview is what the mini-program's web-view shows, in a window of its own.
func (p *phone) webview() *phone {
	p.t.Helper()
	p.await(`device.fields.webview`)
	w := newPhone(p.t, p.town, p.ctx)
	w.do(chromedp.Navigate(eval[string](p, `device.fields.webview`)))
	w.await(`location.pathname !== "/enter" && document.readyState === "complete"`)
	p.run(`device.fields.webview = ""`)
	return w
}

func eval[T any](p *phone, script string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// run runs a script for its effect.
func (p *phone) run(script string) {
	p.t.Helper()
	eval[bool](p, "(() => {"+script+"; return true })()")
}

// await waits until the condition holds.
func (p *phone) await(condition string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) && p.ctx.Err() == nil {
		ok, err := chromedp.Run(p.ctx, chromedp.Poll[bool]("!!("+condition+")", chromedp.WithPollingTimeout(5*time.Second)))
		if err == nil && ok {
			return
		}
	}
	p.fine()
	now, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`(window.device && device.stack ? device.page() : location.pathname) + "\n" + document.body.innerText`))
	p.t.Fatalf("%s never came; the screen says\n%s", condition, now)
}

// seen is a script for the element of the page on top that says just that, the innermost.
const seen = `(words) => { const of = [...document.querySelectorAll("#screen > page")].at(-1) || document.body;
	const all = [...of.querySelectorAll("*")].filter((e) => e.innerText && e.innerText.trim() === words && e.checkVisibility());
	return all.at(-1) }`

// says waits until the page on top says something.
func (p *phone) says(words string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`([...document.querySelectorAll("#screen > page")].at(-1) || document.body).innerText.includes(%q)`, words))
}

// at waits for a page.
func (p *phone) at(page string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`device.page() === %q`, page))
}

// tap presses what says just that, as a finger does.
func (p *phone) tap(words string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`(%s)(%q)`, seen, words))
	p.press(fmt.Sprintf(`(%s)(%q)`, seen, words))
}

// press presses what the script finds.
func (p *phone) press(script string) {
	p.t.Helper()
	at := eval[[]float64](p, `(() => { const e = `+script+`; e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2] })()`)
	p.do(chromedp.MouseClickXY(at[0], at[1]))
}

// fill types into the field of that selector.
func (p *phone) fill(selector, text string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`document.querySelector(%q)`, selector))
	p.run(fmt.Sprintf(`const e = document.querySelector(%q); e.focus(); e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true}))`, selector, text))
}

// next lays ready what the person or the app answers to an API.
func (p *phone) next(api string, answer any) {
	p.t.Helper()
	p.run(fmt.Sprintf(`device.next[%q] = %s`, api, must[[]byte](p.t)(json.Marshal(answer))))
}

// called is what an API was called with the last time, and how often it was.
func (p *phone) called(api string) (last map[string]any, times int) {
	p.t.Helper()
	all := eval[[]map[string]any](p, fmt.Sprintf(`device.calls.filter((c) => c.api === %q).map((c) => c.options || {})`, api))
	if len(all) == 0 {
		return nil, 0
	}
	return all[len(all)-1], len(all)
}

// scanned is the text of the QR code on the screen, as a camera reads it.
func (p *phone) scanned() string {
	p.t.Helper()
	picture := must[[]byte](p.t)(chromedp.Run(p.ctx, chromedp.CaptureScreenshot()))
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		p.t.Fatal(err)
	}
	bitmap := must[*gozxing.BinaryBitmap](p.t)(gozxing.NewBinaryBitmapFromImage(img))
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return ""
	}
	return strings.TrimSpace(read.GetText())
}
