package handlers_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

var shots = flag.Bool("shots", false, "write the pictures of every page into docs/shots")

const shotsFolder = "../docs/shots"

// shotsBytes is what all pictures together may take.
const shotsBytes = 5_000_000

// shoot writes the page as it stands, at both widths.
func (j *journey) shoot(name string) {
	j.t.Helper()
	for _, width := range []int64{390, 1280} {
		j.do(chromedp.EmulateViewport(width, 800))
		if over := journeyEval[int](j, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			j.t.Errorf("%s at %d scrolls sideways by %d", name, width, over)
		}
		picture := must[[]byte](j.t)(chromedp.Run(j.ctx, chromedp.FullScreenshot(100)))
		if err := os.WriteFile(filepath.Join(shotsFolder, fmt.Sprintf("%s-%d.png", name, width)), journeySmall(j.t, picture), 0o644); err != nil {
			j.t.Fatal(err)
		}
	}
	j.do(chromedp.EmulateViewport(390, 844))
	j.fine()
}

// shootPage opens a page and shoots it under that name.
func (j *journey) shootPage(name, path string) {
	j.t.Helper()
	j.visit(path)
	j.shoot(name)
}

// TestShots writes a picture of every page, in Chinese, and of the demo.
func TestShots(t *testing.T) {
	if !*shots {
		t.Skip("only with -shots")
	}
	if err := os.MkdirAll(shotsFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Run("resident", shootResident)
	t.Run("outside", shootOutside)
	t.Run("staff", shootStaff)
	t.Run("appeal", shootAppeal)
	t.Run("office", shootOffice)
	t.Run("recognition", shootRecognition)
	t.Run("levers", shootLevers)
	t.Run("travel", shootTravel)
	t.Run("arrival", shootArrival)
	t.Run("figures", shootFigures)
	t.Run("demo", shootDemo)
	total := int64(0)
	for _, file := range must[[]os.DirEntry](t)(os.ReadDir(shotsFolder)) {
		total += must[fs.FileInfo](t)(file.Info()).Size()
	}
	if total > shotsBytes {
		t.Errorf("the pictures take %d bytes, and may take %d", total, shotsBytes)
	}
}

func shootResident(t *testing.T) {
	town := newJourneyTown(t)
	town.vaccinate(t, 1, "张三")
	j := newJourney(t, "wechat", town.URL)
	j.shootPage("outside", "/")
	j.shootPage("enter", "/enter#AAAAAAAAAAAAAAAAAAAAAA")
	j.enter(town, "wechat", "zhang", "/register")
	j.shootPage("home-new", "/")
	j.shootPage("register", "/register")
	j.register("张三", documentNumber(1))
	j.shoot("home-pending")
	j.shootPage("code-grey", "/code")
	town.approve(t, "registration")
	j.declareWell()
	for name, path := range map[string]string{"home": "/", "code": "/code", "why": "/code/why", "vaccinations": "/vaccinations",
		"declare-health": "/declare/health", "me": "/me", "about": "/about", "pass": "/p", "problem": "/nowhere"} {
		j.shootPage(name, path)
	}
	j.shootPage("code-en", "/code?lang=en")
	j.visit("/declare/itinerary?lang=zh")
	j.tick("[name=travelled][value=yes]")
	j.shoot("declare-itinerary")
	j.visit("/door#" + town.venue.Poster)
	j.await(`document.querySelector("#seen").checkVisibility()`)
	j.shoot("door")
	j.visit("/declare/health")
	j.fill("[name=temperature]", "38.2")
	j.tick("[name=symptoms][value=cold_like]", "[name=contact][value=yes]", "[name=residence][value=settled]", "[type=submit]")
	j.at("/code")
	j.shootPage("code-yellow", "/code")
	j.shootPage("why-yellow", "/code/why")
	j.shootPage("home-told", "/")
	j.shootPage("notices", "/notices")
}

// shootOutside takes the pages that differ outside of the mini-programs.
func shootOutside(t *testing.T) {
	town := newJourneyTown(t)
	town.apps.PageLogins["app"] = door{}
	town.serve(t)
	newJourney(t, "browser", town.URL).shootPage("outside-browser", "/")
	j := newJourney(t, "wechat page", town.URL)
	j.shootPage("outside-wechat", "/")
	j.enter(town, "wechat", "zhang", "/register")
	j.register("张三", documentNumber(1))
	town.approve(t, "registration")
	j.declareWell()
	j.shootPage("home-scan", "/")
}

func shootStaff(t *testing.T) {
	town := newJourneyTown(t)
	r := town.resident(t, 1, "张三")
	for _, who := range []struct{ username, home string }{{"admin", "/console/invitations"}, {"worker", "/console"}, {"guard", "/gate"}} {
		j := newJourney(t, "browser", town.URL)
		j.shootPage("staff-login", "/staff/login")
		code := must[string](t)(totp.GenerateCode(town.secrets[who.username], time.Now()))
		j.fill("[name=username]", who.username, "[name=password]", password, "[name=code]", code)
		j.tick("[type=submit]")
		j.at(who.home)
		switch who.username {
		case "admin":
			j.shoot("invitations")
			j.shootPage("poster", "/posters/"+town.venue.ID)
		case "worker":
			j.shoot("console")
			j.tick("[data-claim]")
			j.await(`location.pathname.startsWith("/console/reviews/") && document.querySelector("#judgement")`)
			j.shoot("review")
		case "guard":
			j.shoot("gate-choose")
			j.tick("#choose-form [type=submit]")
			j.await(`document.querySelector("#scan").checkVisibility()`)
			j.do(chromedp.SetUploadFiles("#photo", []string{r.picture()}))
			j.await(`document.querySelector("#result").checkVisibility()`)
			j.shoot("gate")
			j.tick("#to-hand")
			j.shoot("gate-by-hand")
			shootOffline(town, j, r)
		}
	}
}

// shootAppeal takes the way of an appeal: made with a picture, seen by a worker,
// granted.
func shootAppeal(t *testing.T) {
	town := newJourneyTown(t)
	town.colleague(t)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declaresContact()
	file := r.pictureFile()
	r.visit("/code/why")
	r.tick(`[href^="/appeal?decision="]`)
	r.at("/appeal")
	r.do(chromedp.SetUploadFiles("#photos", []string{file}))
	r.await(`document.querySelector(".thumbs img").naturalWidth > 0`)
	r.shoot("appeal")
	r.objects(file)
	r.await(`document.querySelector(".thumbs img").naturalWidth > 0`)
	r.shoot("appeals")
	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "colleague", "/console")
	worker.tick(`[data-claim][aria-label*="申诉"]`)
	worker.await(`document.querySelector("#judgement") && document.querySelector(".thumbs img").naturalWidth > 0`)
	worker.shoot("review-appeal")
	worker.fill("[name=words]", "已核实，填报有误，现予撤销。")
	worker.tick("[data-fact]", "[value=grant]")
	worker.at("/console")
	r.shootPage("appeals-granted", "/appeals")
}

// shootOffice takes the way of a rule: drafted with a mistake, tried out, published.
func shootOffice(t *testing.T) {
	town := newJourneyTown(t)
	town.ago.Store(int64(time.Hour))
	town.officers(t)
	town.ago.Store(0)
	r := town.resident(t, 1, "张三")
	town.approve(t, "registration")
	r.declareWell()
	j, fellow := newJourney(t, "browser", town.URL), newJourney(t, "browser", town.URL)
	j.signIn(town, "officer", "/console/rules")
	fellow.signIn(town, "fellow", "/console/rules")
	j.drafts(plainly(1))
	town.work(t)
	fellow.publishes("first")
	j.visit("/console/rules")
	j.mistaken()
	j.shoot("office-mistakes")
	j.drafts(tested(2))
	town.work(t)
	j.await(`document.querySelector("#trial").dataset.state === "done"`)
	j.shoot("draft-own")
	fellow.shootPage("office", "/console/rules")
	fellow.tick(`.queue [href^="/console/drafts/"]`)
	fellow.await(`document.querySelector("[href$='/samples']")`)
	fellow.shoot("draft")
	fellow.tick(`[href$="/samples"]`)
	fellow.says("main", "33****")
	fellow.shoot("samples")
	fellow.publishes("then")
	r.shootPage("rules", "/rules/330110")
}

// shootDemo runs the newcomer's command, waits until all four panes live, has
// the guard scan the phone beside, and takes the picture for the first page of
// the documentation.
func shootDemo(t *testing.T) {
	base := startDemo(t)
	j := newJourney(t, "browser", base)
	j.do(chromedp.EmulateViewport(1900, 960))
	j.visit("/")
	j.await(`document.querySelectorAll("[data-ready]").length === 4`)
	for pane, at := range map[string]string{"wechat": "/code", "alipay": "/code", "guard": "/gate", "console": "/console"} {
		if got := journeyEval[string](j, `document.querySelector("[data-pane=`+pane+`]").dataset.ready`); got != at {
			t.Errorf("the %s pane shows %s, want %s", pane, got, at)
		}
	}
	j.tick("[data-scan=wechat]")
	j.await(`document.querySelector("[data-pane=guard]").dataset.advice === "pass"`)
	j.tick("[data-door=alipay]")
	j.await(`document.querySelector("[data-pane=alipay]").dataset.ready === "/door"`)
	j.fine()
	picture := must[[]byte](t)(chromedp.Run(j.ctx, chromedp.CaptureScreenshot()))
	if err := os.WriteFile(filepath.Join(shotsFolder, "demo.png"), journeySmall(t, picture), 0o644); err != nil {
		t.Fatal(err)
	}
}

// journeySmall rounds a picture's colours, and keeps a palette of them if that is enough:
// a third of the bytes, and nobody sees it.
func journeySmall(t *testing.T, picture []byte) []byte {
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

// startDemo builds and runs the command, and returns the address that it prints.
func startDemo(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "demo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "healthcode/cmd/demo").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	free := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	address := free.Addr().String()
	_ = free.Close()
	demo := exec.CommandContext(t.Context(), program, "-addr", address, "-data", t.TempDir())
	demo.Cancel = func() error { return demo.Process.Signal(os.Interrupt) }
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		_ = demo.Wait() // interrupted
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, base, ok := strings.Cut(lines.Text(), "open  "); ok {
			return base
		}
	}
	t.Fatal("the demo never told its address")
	return ""
}

// shootOffline takes a guard's page without a network, and what came of it afterwards.
func shootOffline(town *journeyTown, guard, r *journey) {
	guard.visit("/gate")
	guard.await(`document.querySelector("#gate").dataset.camera === "off"`)
	r.picture()
	for _, j := range []*journey{guard, r} {
		j.known = []string{"console: Failed to load resource: net::ERR_"}
	}
	town.down.Store(true)
	guard.do(chromedp.SetUploadFiles("#photo", []string{r.pictureNow()}))
	guard.says("#waiting", "1 条待上传")
	guard.shoot("gate-offline")
	town.down.Store(false)
	guard.tick("#deliver")
	guard.says("#delivered-say", "已记录 1 条")
	guard.shoot("gate-delivered")
}
