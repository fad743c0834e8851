package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zone files

	"github.com/chromedp/chromedp"

	"healthcode/models"
)

// granted is the first grant of models/pass/testdata/vectors.json, just begun.
var granted = PassData{
	Grant: "EQEFCX4BAgMEBQYHCGsFRAACWKpJ30dTFFoJF-RYNfxenOOfHpp_dlT7NkaiUInEAa99JxM_s09bKNBJ88z_6qr_MiWSeVrBAc6VukNQR_tXF9d7xOEncvAooOaOn54LldEs",
	Seed:  "z9qVS_KPbBeYENs6iKVBTA", SlotSeconds: 5, Prefix: "https://hc.example.cn/p#", ServerTime: 1795507200_000, Zone: "Asia/Shanghai",
}

var shanghai = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
}()

// city is a service behind the pages of residents, that answers as it is told to.
type city struct {
	mu      sync.Mutex
	colour  models.Colour
	answers map[string]string // by path: "503", or a status and a body
	asked   map[string]int
}

func (c *city) set(path, answer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[path] = answer
}

func (c *city) times(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[path]
}

func (c *city) page(path string) Framed {
	p := page("en")
	p.Zone = shanghai
	switch path {
	case "/code":
		return CodePage{Page: p, Place: "Cuiyuan", Verified: true, Standing: StandingView{Colour: c.colour, Word: ColourWord("en", c.colour)}, Pass: granted}
	case "/travel":
		card := travelled(c.colour, true)
		card.Until = time.Time{}
		return TravelPage{Page: p, Verified: true, Card: NewCardView("en", card), Pass: granted}
	case "/register":
		return NewRegisterPage(p, []models.Community{community}, "", models.Phone{})
	case "/door":
		return DoorPage{p}
	case "/enter":
		return EnterPage{p}
	case "/outside":
		p.Host = "wechat"
		return OutsidePage{Page: p}
	}
	return HomePage{Page: p}
}

func (c *city) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[r.URL.Path]++
	switch {
	case strings.HasPrefix(r.URL.Path, "/static/"):
		Static(w, r)
	case strings.HasPrefix(r.URL.Path, "/v1/"):
		status, body, _ := strings.Cut(c.answers[r.URL.Path], " ")
		code := http.StatusNotFound
		if _, err := fmt.Sscan(status, &code); err != nil {
			code = http.StatusNotFound
		}
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	default:
		w.Header().Set("Content-Security-Policy", policy)
		if err := Render(w, c.page(r.URL.Path)); err != nil {
			panic(err)
		}
	}
}

// phone opens a page of residents in a browser.
func phone(t *testing.T, path string, answers map[string]string, more ...chromedp.ExecAllocatorOption) (context.Context, *city) {
	t.Helper()
	c := &city{colour: models.Green, answers: answers, asked: map[string]int{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(server.URL+path)); err != nil {
		t.Fatal(err)
	}
	return ctx, c
}

func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("chromium is missing")
	}
	t.Skip("chromium is missing")
	return ""
}

func run(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](script+"; null")); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// arrive waits for what holds once another page is there.
func arrive(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && `+condition))
		if ok && err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s never came: %v", condition, err)
		}
	}
}

// TestCodeOutlivesTheService: while nothing answers, the page that stands there is
// kept, and says until when. A new colour is another page.
func TestCodeOutlivesTheService(t *testing.T) {
	t.Parallel()
	ctx, c := phone(t, "/code", map[string]string{"/v1/pass": "503"})
	ask := `dispatchEvent(new Event("online"))`
	await(t, ctx, `document.querySelector("#hands").textContent.startsWith("16:00:")`)
	run(t, ctx, `window.kept = true; `+ask)
	await(t, ctx, `!document.querySelector("#offline").hidden && document.querySelector("#offline").textContent.includes("16:10")`)
	await(t, ctx, `window.kept && document.querySelector("#stale").hidden`)
	same := fmt.Sprintf(`200 {"colour":"green","until":null,"verified":true,"grant":%q,"seed":%q,"slot_seconds":5,"prefix":%q,"server_time":%d}`,
		granted.Grant, granted.Seed, granted.Prefix, granted.ServerTime)
	c.set("/v1/pass", same)
	run(t, ctx, ask)
	await(t, ctx, `window.kept && document.querySelector("#offline").hidden`)
	c.set("/v1/pass", strings.Replace(same, "green", "red", 1))
	c.mu.Lock()
	c.colour = models.Red
	c.mu.Unlock()
	run(t, ctx, ask)
	arrive(t, ctx, `!window.kept && document.querySelector("main").dataset.colour === "red"`)
}

// TestFormSaysWhatIsWrong: all of it at once, beside the fields and in a list that
// leads to them; what is wrong with one field says which.
func TestFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	ctx, c := phone(t, "/register", map[string]string{"/v1/registration": `422 {"error":{"reason":"name.invalid","text":"Not a name.","fields":[` +
		`{"field":"name","text":"Not a name."},{"field":"document.number","text":"Not a number."},{"field":"consents.0","text":"Agree."}]}}`})
	run(t, ctx, `document.querySelector("[type=submit]").click()`)
	await(t, ctx, `document.activeElement.matches(".summary") && document.activeElement.innerText.includes("Name: Not a name.")`)
	await(t, ctx, `document.querySelector("#number-problem").textContent === "Not a number." && document.querySelector("#consents-problem").textContent === "Agree."`)
	await(t, ctx, `document.querySelector("#name").getAttribute("aria-invalid") === "true" && !document.querySelector("[type=checkbox][aria-invalid]")`)
	run(t, ctx, `document.querySelectorAll(".summary a")[1].click()`)
	await(t, ctx, `document.activeElement.id === "number"`)
	c.set("/v1/registration", "202 {}")
	run(t, ctx, `document.querySelector("[type=submit]").click()`)
	arrive(t, ctx, `location.pathname === "/" && document.querySelector("#said").textContent !== ""`)
}

// TestDoorCanBeAskedAgain: a visit that did not arrive is sent again by a button.
func TestDoorCanBeAskedAgain(t *testing.T) {
	t.Parallel()
	ctx, c := phone(t, "/door#01FY4R3Z000000000000000000", map[string]string{"/v1/visits": "503"})
	await(t, ctx, `!document.querySelector("#retry").hidden`)
	if got := c.times("/v1/visits"); got != 3 {
		t.Errorf("asked %d times", got)
	}
	c.set("/v1/visits", `201 {"venue":"Market","at":"2022-03-14T04:00:00Z","colour":"green","word":"Green","until":null}`)
	run(t, ctx, `document.querySelector("#retry").click()`)
	await(t, ctx, `!document.querySelector("#seen").hidden && document.querySelector("#retry").hidden && document.querySelector("#at").textContent.includes("12:00:00")`)
}

// TestEnterStaysHere: the fragment of a forged link leads to no other site.
func TestEnterStaysHere(t *testing.T) {
	t.Parallel()
	ctx, _ := phone(t, "/enter#TICKET&to=//evil", map[string]string{"/v1/session": "204"})
	arrive(t, ctx, `location.pathname === "/" && location.hostname === "127.0.0.1" && location.hash === ""`)
}

// TestShellIsAskedToLogInAgain: within a mini-program a button opens the shell; the
// app's bridge is played here.
func TestShellIsAskedToLogInAgain(t *testing.T) {
	t.Parallel()
	ctx, _ := phone(t, "/outside", nil, chromedp.UserAgent("Mozilla/5.0 MicroMessenger/8.0 miniProgram/wx0000000000000000"))
	await(t, ctx, `!document.querySelector("#again").hidden`)
	run(t, ctx, `document.querySelector("#again").click()`) // the policy here lets no bridge in
	await(t, ctx, `document.querySelector("#says").textContent.startsWith("That did not work")`)
	run(t, ctx, `window.wx = {miniProgram: {reLaunch: to => { window.opened = to.url }}}; document.querySelector("#again").click()`)
	await(t, ctx, `window.opened === "/pages/index/index"`)
}
