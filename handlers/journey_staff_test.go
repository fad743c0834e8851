package handlers_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/store"
)

// approve lets a worker approve everything of that kind that waits.
func (town *journeyTown) approve(t *testing.T, kind models.ReviewKind) {
	t.Helper()
	code := must[string](t)(totp.GenerateCode(town.secrets["worker"], time.Now()))
	token := must[string](t)(town.store.SignInStaff(t.Context(), store.StaffSignIn{Username: "worker", Password: password, Code: code, Device: "journey"}))
	desk := town.store.For(must[models.Worker](t)(town.store.Worker(t.Context(), token)))
	for _, r := range must[[]models.Review](t)(desk.Queue(t.Context(), "")) {
		if r.Kind != kind {
			continue
		}
		must[store.Case](t)(desk.Case(t.Context(), r.ID))
		if err := desk.Claim(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		if err := desk.Judge(t.Context(), r.ID, models.Judgement{Verdict: models.Approve}); err != nil {
			t.Fatal(err)
		}
	}
}

// offline takes the network away from the browser, or gives it back.
func (j *journey) offline(off bool) {
	j.t.Helper()
	j.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// signIn logs a member of staff in through the page, first with a wrong password.
func (j *journey) signIn(town *journeyTown, username, home string) {
	j.t.Helper()
	j.visit(home)
	j.at("/staff/login")
	j.look("staff login")
	j.fill("[name=username]", username, "[name=password]", "not-the-password", "[name=code]", "000000")
	j.tick("[type=submit]")
	j.await(`document.querySelector("#login [role=alert]").innerText !== ""`)
	j.look("staff login, refused")
	code := must[string](j.t)(totp.GenerateCode(town.secrets[username], time.Now()))
	j.fill("[name=password]", password, "[name=code]", code)
	j.tick("[type=submit]")
	j.at(home)
}

// resident registers somebody and opens their code in a browser of their own.
func (town *journeyTown) resident(t *testing.T, n int, name string) *journey {
	t.Helper()
	j := newJourney(t, "wechat", town.URL)
	j.enter(town, "wechat", name, "/register")
	j.register(name, documentNumber(n))
	return j
}

// picture is what a camera sees of the code on this screen.
func (j *journey) picture() string { return j.pictureOf("/code") }

// pictureOf is the same of the page at that path: a code's or a card's.
func (j *journey) pictureOf(path string) string {
	j.t.Helper()
	j.visit(path)
	j.await(`document.querySelector("#hands").innerText.length === 8`)
	return j.pictureNow()
}

// pictureNow is what a camera sees of the code that this screen shows already.
func (j *journey) pictureNow() string {
	j.t.Helper()
	url := journeyEval[string](j, `document.querySelector("#qr").toDataURL("image/png")`)
	_, text, _ := strings.Cut(url, ",")
	file := filepath.Join(j.t.TempDir(), "code.png")
	if err := os.WriteFile(file, must[[]byte](j.t)(base64.StdEncoding.DecodeString(text)), 0o600); err != nil {
		j.t.Fatal(err)
	}
	return file
}

func TestJourneyGuard(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	r := town.resident(t, 5, "孙七")
	guard := newJourney(t, "browser", town.URL)
	guard.signIn(town, "guard", "/gate")
	guard.await(`document.querySelector("#choose").checkVisibility()`)
	guard.look("gate, choose")
	guard.run(`const s = document.querySelector("#choose-form select"); s.value = "` + town.venue.ID + `"`)
	guard.tick("#choose-form [type=submit]")
	guard.says("#venue-name", town.venue.Name.In("zh"))
	guard.look("gate, ready")

	guard.do(chromedp.SetUploadFiles("#photo", []string{r.picture()}))
	guard.await(`document.querySelector("#result").dataset.advice === "verify"`)
	guard.look("gate, not verified")
	town.approve(t, "registration")
	r.declareWell()
	first := r.picture()
	guard.do(chromedp.SetUploadFiles("#photo", []string{first}))
	guard.await(`document.querySelector("#result").dataset.advice === "pass" && document.querySelector("[data-count=pass]").innerText === "1"`)
	guard.await(`document.querySelector("#announce").textContent !== "" && document.querySelector("#name").innerText === "孙*"`)
	guard.announced("gate, pass")
	guard.look("gate, pass")
	guard.refuses(r, first)
	guard.byHand()
	r.visit("/me")
	r.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	r.says("main", "卡口")
}

// refuses shows the guard a picture of an old code, and a picture of no code.
func (j *journey) refuses(r *journey, old string) {
	j.t.Helper()
	file := filepath.Join(j.t.TempDir(), "none.png")
	blank := journeyEval[string](j, `document.createElement("canvas").toDataURL("image/png").split(",")[1]`)
	if err := os.WriteFile(file, must[[]byte](j.t)(base64.StdEncoding.DecodeString(blank)), 0o600); err != nil {
		j.t.Fatal(err)
	}
	j.do(chromedp.SetUploadFiles("#photo", []string{file}))
	j.await(`document.querySelector("#result").dataset.advice === "refused" && document.querySelector("#say").innerText !== ""`)
	j.look("gate, unread")
	// Codes of several slots later: the picture is stale by then.
	for range 4 {
		shown := journeyEval[string](r, `document.querySelector("#qr").toDataURL()`)
		r.await(`document.querySelector("#qr").toDataURL() !== "` + shown + `"`)
	}
	j.run(`localStorage.clear()`)
	j.visit("/gate") // a guard who comes back has not seen the code yet
	j.await(`document.querySelector("#gate").dataset.camera === "off"`)
	j.do(chromedp.SetUploadFiles("#photo", []string{old}))
	j.await(`document.querySelector("#result").dataset.advice === "refused" && document.querySelector("#announce").textContent !== ""`)
	j.look("gate, stale")
}

// byHand enters somebody without a phone, after a number that cannot be.
func (j *journey) byHand() {
	j.t.Helper()
	j.tick("#to-hand")
	j.look("gate, by hand")
	j.fill("#hand-form [name=number]", documentNumber(6)[:17]+"?")
	j.tick("#hand-form [type=submit]")
	j.await(`Array.from(document.querySelectorAll("#hand-form .problem")).some((p) => p.innerText)`)
	j.look("gate, by hand, refused")
	j.fill("#hand-form [name=number]", documentNumber(6))
	j.tick("#hand-form [type=submit]")
	j.await(`document.querySelector("#result").dataset.advice === "paper" && document.querySelector("#who").checkVisibility()`)
	j.look("gate, nobody known")
}

func TestJourneyWorker(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	r := town.resident(t, 7, "周八")
	other := town.resident(t, 8, "吴九")
	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "worker", "/console")
	worker.await(`document.querySelectorAll("[data-claim]").length === 2`)
	worker.look("console")
	worker.tick("[data-claim]")
	worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
	worker.says("main", "周八")
	worker.look("review, claimed")
	worker.tick("[value=refuse]")
	worker.await(`document.querySelector("#words-problem").innerText !== ""`)
	worker.look("review, no words")
	worker.fill("[name=words]", "请携带证件原件到社区办理。")
	worker.tick("[value=refuse]")
	worker.at("/console")
	worker.await(`document.querySelector("#status").innerText !== ""`)
	worker.announced("console, judged")
	r.visit("/")
	r.says("blockquote", "请携带证件原件到社区办理。")
	r.look("home, refused")
	r.visit("/register")
	r.look("register again")

	worker.tick("[data-claim]")
	worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
	worker.tick("[value=approve]")
	worker.at("/console")
	worker.await(`document.querySelectorAll("[data-claim]").length === 0`)
	worker.look("console, empty")
	other.visit("/")
	other.says(".notice", "您的登记：已通过。")
	other.look("home, told")
	other.visit("/notices")
	other.look("notices")
	other.tick("[data-act]")
	other.await(`document.readyState === "complete" && document.querySelector(".notice") && !document.querySelector("[data-act]")`)
	other.look("notices, read")
	other.visit("/")
	other.await(`!document.querySelector(".note")`)
	other.visit("/me")
	other.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	other.says("main", "worker")
	other.fine()
}

// TestJourneyAdministrator invites a guard, who joins, and prints a poster.
func TestJourneyAdministrator(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "admin", "/console/invitations")
	j.look("invitations")
	j.run(`const r = document.querySelector("[name=role]"); r.value = "guard"; r.dispatchEvent(new Event("change", {bubbles: true}))`)
	j.fill("[name=display]", "良渚地铁站值守")
	j.tick("#invitation [type=submit]")
	j.await(`!document.querySelector("#made").hidden && document.querySelector("#link").value !== ""`)
	j.look("invited")
	link := journeyEval[string](j, `document.querySelector("#link").value`)
	j.visit("/posters/" + town.venue.ID)
	j.look("poster")
	j.visit(strings.TrimPrefix(link, town.URL))
	j.await(`location.pathname === "/staff/join" && !location.hash && document.querySelector("main").innerText.length > 50`)
	j.look("join")
	j.fine()
}
