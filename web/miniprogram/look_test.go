package miniprogram_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

var shots = flag.Bool("shots", false, "write the pictures of the shells' and plugins' pages into docs/shots")

const shotsFolder = "../../docs/shots"

// axeScript is axe-core as npm ci in web puts it there.
var axeScript = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("../node_modules/axe-core/axe.min.js") })

const (
	// runAxe lists what axe-core calls serious or critical under WCAG 2.2 AA.
	runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then((found) =>
		found.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) =>
			v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " (" + n.failureSummary.replace(/\s+/g, " ") + ")").join("; ")))`

	// findLost lists what sticks out of the screen and what is too small for a thumb.
	findLost = `(() => {
		const out = [], wide = document.documentElement.clientWidth;
		for (const e of document.querySelectorAll("#screen *")) {
			const box = e.getBoundingClientRect();
			if (!e.checkVisibility() || !box.width) continue;
			const name = e.className + " " + (e.innerText || "").slice(0, 20);
			const words = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
			if (words && (box.right > wide + 1 || box.left < -1)) out.push("sticks out: " + name);
			if (!e.matches("[role=button], [role=radio], [role=checkbox], [role=link], wx-picker > *")) continue;
			if (box.height < 43.5 || box.width < 43.5) out.push("is too small to hit: " + name + " " + box.width + "×" + box.height);
		}
		return out })()`
)

// look holds the screen as it stands against the rules for people who see, hear or
// tap otherwise, and keeps a picture of it if the name is one and -shots is given.
func (p *phone) look(name string) {
	p.t.Helper()
	axe, err := axeScript()
	if err != nil && os.Getenv("CI") == "true" {
		p.t.Fatal(err)
	}
	if err == nil {
		p.run("if (!window.axe) {" + string(axe) + "\n}")
		for _, found := range eval[[]string](p, runAxe) {
			p.t.Errorf("%s: %s", name, found)
		}
	}
	for _, lost := range eval[[]string](p, findLost) {
		p.t.Errorf("%s: %s", name, lost)
	}
	p.fine()
	if *shots && !strings.Contains(name, " ") {
		p.shoot(name)
	}
}

// shoot writes the whole page at half the phone's pixels, 390 wide.
func (p *phone) shoot(name string) {
	p.t.Helper()
	height := max(844, eval[int64](p, `Math.ceil(document.documentElement.scrollHeight)`))
	p.do(chromedp.EmulateViewport(390, height))
	picture := must[[]byte](p.t)(chromedp.Run(p.ctx, chromedp.CaptureScreenshot()))
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)))
	if err := os.WriteFile(filepath.Join(shotsFolder, "shell-"+name+".png"), small(p.t, picture), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// small rounds a picture's colours, and keeps a palette of them if that is enough.
func small(t testing.TB, picture []byte) []byte {
	t.Helper()
	full := must[image.Image](t)(png.Decode(bytes.NewReader(picture)))
	at := map[color.RGBA]uint8{}
	out := image.NewPaletted(full.Bounds(), nil)
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			r, g, b, _ := full.At(x, y).RGBA()
			round := func(v uint32) uint8 { return uint8((v>>8 + 4) / 12 * 255 / 21) }
			c := color.RGBA{round(r), round(g), round(b), 255}
			i, known := at[c]
			if !known && len(at) == 256 {
				return picture
			}
			if !known {
				i = uint8(len(at))
				at[c] = i
				out.Palette = append(out.Palette, c)
			}
			out.SetColorIndex(x, y, i)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
