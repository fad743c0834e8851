package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/skip2/go-qrcode"

	"healthcode/models"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func passText(digit string) string { return "https://code.example/p#" + strings.Repeat(digit, 288) }

// booth is a gate's page and a service behind it that answers by the first digit
// of a pass: 0 is let in, 9 is a picture, 8 gets lost twice before it arrives, 6 is a
// printed card, and 5 never arrives.
type booth struct {
	mu     sync.Mutex
	ids    map[string][]string // by first digit, in the order they came
	closed atomic.Bool         // nothing that was kept is taken
}

func (b *booth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/gate":
		w.Header().Set("Content-Security-Policy", policy)
		me := models.Guard{Staff: models.Staff{ID: "g1", Display: "Guard 1", VenueID: "v1"}}
		if err := Render(w, NewGatePage(page("en"), me, []models.Venue{market})); err != nil {
			panic(err)
		}
	case strings.HasPrefix(r.URL.Path, "/static/"):
		Static(w, r)
	case r.URL.Path == "/v1/gate/keys":
		w.WriteHeader(http.StatusForbidden) // this guard's page opens nothing by itself
		fmt.Fprint(w, `{"error":{"reason":"gate.venue_required","text":"Choose."}}`)
	case r.URL.Path == "/v1/scans/kept" && b.closed.Load():
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/v1/scans/kept":
		b.take(w, r)
	default:
		b.answer(w, r)
	}
}

func (b *booth) answer(w http.ResponseWriter, r *http.Request) {
	var in struct{ ID, Pass string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	kind := "entry"
	if r.URL.Path == "/v1/scans" {
		kind = in.Pass[strings.Index(in.Pass, "#")+1:][:1]
	}
	b.mu.Lock()
	b.ids[kind] = append(b.ids[kind], in.ID)
	tries := len(b.ids[kind])
	b.mu.Unlock()
	switch {
	case kind == "9":
		w.WriteHeader(http.StatusGone)
		fmt.Fprint(w, `{"error":{"reason":"pass.stale","text":"Ask them to open the code."}}`)
	case kind == "8" && tries < 3 || kind == "5":
		w.WriteHeader(http.StatusServiceUnavailable)
	case kind == "6":
		fmt.Fprint(w, `{"advice":"pass","say":"Let them in.","colour":"green","word":"Green","name":"Z**","document":"1101**********002X","phone":"0571-1","print":{"say":"Look at the document first.","made":"2022-03-14"}}`)
	case kind == "entry":
		fmt.Fprint(w, `{"advice":"paper","say":"Ask them.","colour":"grey","word":"Grey","name":"","document":""}`)
	default:
		fmt.Fprint(w, `{"advice":"pass","say":"Let them in.","colour":"green","word":"Green","name":"Z**","document":"1101**********002X","until":"2022-03-14T04:00:00Z"}`)
	}
}

func (b *booth) came(kind string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.ids[kind]...)
}

// guard opens the page in a browser whose camera sees the code for as long as it
// looks, or has none.
func guard(t *testing.T, camera string) (context.Context, *booth) {
	t.Helper()
	b := &booth{ids: map[string][]string{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	if camera != "" {
		options = append(options, chromedp.Flag("use-fake-ui-for-media-stream", true),
			chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", camera))
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(server.URL+"/gate")); err != nil {
		t.Fatal(err)
	}
	return ctx, b
}

func await(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](condition)); err != nil {
		now, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
		t.Fatalf("%s never came: %v\n%s", condition, err, now)
	}
}

func show(t *testing.T, ctx context.Context, digit string) {
	t.Helper()
	showText(t, ctx, passText(digit))
}

func showText(t *testing.T, ctx context.Context, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "code.png")
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, code.Image(600)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles("#photo", []string{file})); err != nil {
		t.Fatal(err)
	}
}

func TestGatePhotos(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, "")
	await(t, ctx, `document.querySelector("#gate").dataset.camera === "off"`)
	huge := func(words string) string {
		return fmt.Sprintf(`document.querySelector("#huge").textContent === %q`, words)
	}
	show(t, ctx, "0")
	await(t, ctx, huge("PASS")+` && document.querySelector("#word").textContent === "Green" && document.querySelector("[data-count=pass]").textContent === "1"`)
	await(t, ctx, `document.querySelector("#announce").textContent.startsWith("PASS")`)
	show(t, ctx, "0")
	await(t, ctx, `document.querySelector("#status").textContent.includes("Not counted again")`)
	show(t, ctx, "9")
	await(t, ctx, huge("THIS IS A PICTURE")+` && document.querySelector("#word").closest("p").hidden`)
	show(t, ctx, "8")
	await(t, ctx, `document.querySelector("[data-count=pass]").textContent === "2"`)
	if got := b.came("0"); len(got) != 1 {
		t.Errorf("one pass came as %q", got)
	}
	if got := b.came("8"); len(got) != 3 || got[0] != got[1] || got[1] != got[2] {
		t.Errorf("a pass that got lost came as %q", got)
	}
}

func TestGateByHand(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, "")
	if err := chromedp.Do(ctx, chromedp.Click("#to-hand"), chromedp.WaitVisible("#hand")); err != nil {
		t.Fatal(err)
	}
	for number, kind := range map[string]models.DocumentType{"11010519491231002x": models.DocumentResidentID, "E1234567": models.DocumentPassport,
		"H12345678": models.DocumentHongKongMacao, "810000199001011234": models.DocumentHMTResidence, "911124198108030024": models.DocumentPermanentResidence} {
		script := fmt.Sprintf(`(() => { const n = document.querySelector("[name=number]"); n.value = %q;
			n.dispatchEvent(new Event("input")); return document.querySelector("#hand-form [name=type]").value })()`, number)
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil || got != string(kind) {
			t.Errorf("%s is taken for %s, want %s (%v)", number, got, kind, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Click("[data-key=clear]"), chromedp.Click("[data-key='1']"), chromedp.Click("[data-key=X]"),
		chromedp.Click("#hand-form [type=submit]")); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, `document.querySelector("#huge").textContent === "NO CODE: ASK THEM" && !document.querySelector("#who").hidden`)
	if got := b.came("entry"); len(got) != 1 {
		t.Errorf("one entry came as %q", got)
	}
}

// film writes a second of the code, held still, for Chromium's camera that plays a
// file (YUV4MPEG2).
func film(t *testing.T) string {
	t.Helper()
	const width, height = 640, 480
	frame := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(frame, frame.Rect, image.NewUniform(color.Gray{Y: 140}), image.Point{}, draw.Src)
	code, err := qrcode.New(passText("0"), qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	draw.Draw(frame, image.Rect(120, 40, 520, 440), code.Image(400), image.Point{}, draw.Src)
	file := filepath.Join(t.TempDir(), "film.y4m")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "YUV4MPEG2 W%d H%d F10:1 Ip A0:0 C420mpeg2\n", width, height)
	colourless := []byte(strings.Repeat("\x80", width*height/2))
	for range 10 {
		fmt.Fprint(w, "FRAME\n", string(frame.Pix), string(colourless))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestGateCamera holds one code before the camera: it is read, and counts once.
func TestGateCamera(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, film(t))
	await(t, ctx, `document.querySelector("#huge").textContent === "PASS"`)
	await(t, ctx, `document.querySelector("#video").currentTime > 3`)
	if got := b.came("0"); len(got) != 1 {
		t.Errorf("a code held still came as %q", got)
	}
	await(t, ctx, `document.querySelector("#status").textContent === "Ready for the next"`)
}
