package web

import (
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"healthcode/models"
	"healthcode/models/forms"
)

// heldPrints are cards of every sort, the latest first.
func heldPrints(now time.Time) []PrintHeld {
	cards := []models.Print{{ID: "p1", At: now, Community: community.Name}, {ID: "p2", At: now.Add(-2 * models.PrintLife), Community: community.Name},
		{ID: "p3", At: now, EndedAt: now, Community: community.Name}}
	for _, why := range models.PrintEnds() {
		cards = append(cards, models.Print{ID: "p-" + string(why), At: now, EndedAt: now, Ended: why, Community: community.Name})
	}
	return PrintsHeld(cards, now)
}

// TestPrintsHeld: what counts can be ended, and of all else it is said what became of it.
func TestPrintsHeld(t *testing.T) {
	t.Parallel()
	html := rendered(t, full(page("en"), time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)))
	for _, want := range []string{`data-path="/v1/prints/p1"`, "can be used", "older than a year", "replaced by another", "withdrawn by the community", "ended by you",
		"ended when the code was closed", "printing or withdrawing your card", "printed card, beside the document"} {
		if !strings.Contains(html, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if n := strings.Count(html, `data-path="/v1/prints/`); n != 1 {
		t.Errorf("%d can be ended", n)
	}
}

// TestPrintScans reads what is drawn as a phone would, small and with a stain on it.
func TestPrintScans(t *testing.T) {
	t.Parallel()
	text := models.NewPrintCode([16]byte{1, 2, 3}).Text("https://healthcode.example.gov.cn/c#")
	code, err := Draw(text)
	if err != nil {
		t.Fatal(err)
	}
	if code.Size > 41+8 { // version 6 with its quiet zone: larger modules read better from paper
		t.Errorf("%d modules a side", code.Size)
	}
	img := paint(t, code)
	draw.Draw(img, image.Rect(0, 0, 40, 24).Add(image.Pt(72, 90)), image.White, image.Point{}, draw.Src)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	if read.GetText() != text {
		t.Errorf("read %q", read.GetText())
	}
}

// paint makes pixels of a drawing.
func paint(t *testing.T, code Drawing) *image.Gray {
	t.Helper()
	const scale = 4
	img := image.NewGray(image.Rect(0, 0, code.Size*scale, code.Size*scale))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for _, run := range runs(t, code.Path) {
		draw.Draw(img, image.Rect(run.Min.X*scale, run.Min.Y*scale, run.Max.X*scale, run.Max.Y*scale), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return img
}

// TestPrintOnThePage: the card speaks both languages whatever the worker's, and is empty
// until there is one.
func TestPrintOnThePage(t *testing.T) {
	t.Parallel()
	in := Behalf{Places: places, Forms: map[string][]*forms.Form{}}
	make := func(p Page) Framed { return NewOnBehalfPage(p, worker, in) }
	holds(t, "printing", make, []string{`<template id="draw-print">`, `data-path="/v1/on-behalf/prints"`, "不显示颜色", "says no colour", `data-print="document"></dd>`,
		`id="sheet" tabindex="-1" aria-labelledby="sheet-title" hidden`}, []string{`<path d=`, "colour-green"})
}

// TestGateReadsPaper: a printed card stops the guard before they see a colour, and
// without a network it sends them to the document.
func TestGateReadsPaper(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, "")
	await(t, ctx, `document.querySelector("#gate").dataset.camera === "off"`)
	paper := func(digit string) string {
		return "https://code.example/c#" + strings.Repeat("-"+digit+"0000", 8)[1:]
	}
	showText(t, ctx, paper("6"))
	await(t, ctx, `document.querySelector("#paper").checkVisibility() && document.querySelector("#paper").textContent.startsWith("PRINTED CARD")`)
	await(t, ctx, `document.querySelector("#paper-say").textContent === "Look at the document first." && document.querySelector("#huge").textContent === "PASS"`)
	await(t, ctx, `document.querySelector("#call").checkVisibility()`)
	await(t, ctx, `!document.querySelector("#compare").checkVisibility() && getComputedStyle(document.querySelector("#result")).backgroundColor === "rgb(255, 255, 255)"`)
	await(t, ctx, `document.querySelector("#announce").textContent.startsWith("PRINTED CARD")`)
	show(t, ctx, "0")
	await(t, ctx, `!document.querySelector("#paper").checkVisibility() && !document.querySelector("#paper-say").checkVisibility() && document.querySelector("#compare").checkVisibility()`)
	showText(t, ctx, paper("5"))
	await(t, ctx, `document.querySelector("#say").textContent.startsWith("No network. A printed card says nothing") && document.querySelector("#again").checkVisibility()`)
	if n := len(b.came("5")); n != 3 {
		t.Errorf("it was sent %d times", n)
	}
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`!document.querySelector("#paper").checkVisibility()`)); err != nil {
		t.Error(err)
	}
}
