package handlers_test

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pageTown is a town whose residents come in WeChat's browser, outside the
// mini-program. Every name that the browser asks for ends here, so that the pages
// stand at their real address and WeChat's own hosts are played at theirs.
type pageTown struct {
	*journeyTown
	names *httptest.Server

	mu       sync.Mutex
	library  []byte   // jweixin, as its npm package has it
	reads    string   // what the scanner reads next; "" if the person gives up
	lies     bool     // WeChat does not take our signature
	taken    bool     // it has taken it, on the page that stands
	snapshot bool     // the page is shown as a snapshot, to nobody
	asked    []string // the calls of the bridge, and what it was loaded by
}

func newPageTown(t *testing.T) *pageTown {
	t.Helper()
	library, err := os.ReadFile("../web/node_modules/weixin-js-sdk/index.js")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("weixin-js-sdk is missing: npm ci in web")
	}
	town := &pageTown{journeyTown: newJourneyTown(t), library: library}
	town.origin = "https://hc.example.cn"
	town.play(t) // anew, since people are sent back to another address
	town.serve(t)
	town.names = httptest.NewUnstartedServer(town)
	town.names.Config.ErrorLog = log.New(io.Discard, "", 0) // of what the browser asks for itself, at the wrong names
	town.names.StartTLS()
	t.Cleanup(town.names.Close)
	return town
}

// page opens the browser of WeChat in that town.
func (town *pageTown) page(t *testing.T) *journey {
	t.Helper()
	j := newJourney(t, "wechat page", town.origin, chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP * "+town.names.Listener.Addr().String()))
	// jweixin would tell WeChat the address of the page. Our policy stops it.
	j.known = []string{"foreign request: https://open.weixin.qq.com/connect/", "foreign request: https://res.wx.qq.com/open/js/jweixin-1.6.0.js",
		"foreign request: https://open.weixin.qq.com/sdk/report?", "console: Loading the image 'https://open.weixin.qq.com/sdk/report?"}
	j.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: playedBridge})
		return err
	}))
	return j
}

// playedBridge is what WeChat puts into every page: jweixin speaks to it.
const playedBridge = `window.WeixinJSBridge = {on() {}, invoke(name, given, answer) {
	fetch("/played/" + name, {method: "POST", body: JSON.stringify({...given, page: location.href})}).then((r) => r.json()).then(answer) }}`

func (town *pageTown) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Host {
	case "open.weixin.qq.com":
		town.authorize(w, r)
	case "res.wx.qq.com":
		town.lend(w, r)
	default:
		if name, ok := strings.CutPrefix(r.URL.Path, "/played/"); ok {
			town.invoke(w, r, name)
			return
		}
		town.service.ServeHTTP(w, r)
	}
}

// authorize is WeChat's browser asking who is there. What follows a # never
// leaves the browser.
func (town *pageTown) authorize(w http.ResponseWriter, r *http.Request) {
	town.mu.Lock()
	defer town.mu.Unlock()
	open := town.wechat.Open
	if town.snapshot {
		open = town.wechat.OpenSnapshot
	}
	if !strings.HasPrefix(r.URL.Path, "/connect/") {
		town.asked = append(town.asked, r.URL.Path) // which the test does not expect
	}
	to, err := open("https://"+r.Host+r.URL.String()+"#wechat_redirect", "zhang")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// lend answers with the library, which its package wraps for Node.js, and which
// begins by itself everywhere else.
func (town *pageTown) lend(w http.ResponseWriter, r *http.Request) {
	town.mu.Lock()
	defer town.mu.Unlock()
	town.asked = append(town.asked, r.URL.Path)
	if r.URL.Path != "/open/js/jweixin-1.6.0.js" || town.library == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript")
	_, _ = w.Write(slices.Concat([]byte("{ const module = {};\n"), town.library, []byte("\nwindow.wx = window.jWeixin = module.exports }")))
}

// invoke is one call of the bridge, answered as WeChat on Android does.
func (town *pageTown) invoke(w http.ResponseWriter, r *http.Request, name string) {
	town.mu.Lock()
	defer town.mu.Unlock()
	town.asked = append(town.asked, name)
	var in struct {
		Page, VerifyAppID, VerifyNonceStr, VerifySignature string
		VerifyTimestamp                                    int64 `json:",string"`
		VerifyJSAPIList, ScanType                          []string
		NeedResult                                         int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := map[string]string{"err_msg": name + ":fail"}
	switch name {
	case "getNetworkType":
		out["err_msg"] = "network_type:wifi"
	case "preVerifyJSAPI":
		town.taken = !town.lies && slices.Equal(in.VerifyJSAPIList, []string{"scanQRCode"}) &&
			town.wechat.Configure(in.VerifyAppID, in.Page, in.VerifyNonceStr, in.VerifySignature, in.VerifyTimestamp)
		if out["err_msg"] = name + ":fail, invalid signature"; town.taken {
			out["err_msg"] = name + ":ok"
		}
	case "scanQRCode":
		switch {
		case !town.taken || in.NeedResult != 1 || !slices.Equal(in.ScanType, []string{"qrCode"}):
		case town.reads == "":
			out["err_msg"] = name + ":cancel"
		default:
			out = map[string]string{"err_msg": name + ":ok", "resultStr": town.reads}
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// set changes what WeChat will do.
func (town *pageTown) set(change func()) {
	town.mu.Lock()
	defer town.mu.Unlock()
	change()
}

// calls are those of the bridge since they were last asked for.
func (town *pageTown) calls() []string {
	town.mu.Lock()
	defer town.mu.Unlock()
	asked := town.asked
	town.asked = nil
	return asked
}

// scan presses the tile, and waits until the page has its answer.
func (j *journey) scan(says string) {
	j.t.Helper()
	j.tick("#scan")
	j.await(`!document.querySelector("#scan").disabled`)
	j.says("#said", says)
	if said := journeyEval[string](j, `document.querySelector("#said").innerText`); (said == "") != (says == "") {
		j.t.Errorf("the page says %q, want %q", said, says)
	}
}

// TestJourneyPage comes in WeChat's browser, outside the mini-program: logs in by
// the official account, registers, and scans a door with WeChat's scanner.
func TestJourneyPage(t *testing.T) {
	t.Parallel()
	town := newPageTown(t)
	j := town.page(t)
	j.visit("/code")
	j.says("h1", "登录健康码")
	j.look("outside, WeChat's browser")

	town.set(func() { town.snapshot = true })
	j.tick(`[href="/enter/wechat"]`)
	j.says("[role=alert]", "使用完整服务")
	j.look("snapshot")
	town.set(func() { town.snapshot = false })
	j.visit("/enter/wechat")
	j.at("/")
	j.tick(`[href="/register"]`)
	j.register("张三", documentNumber(1))
	town.approve(t, "registration")
	j.declareWell()

	j.visit("/?lang=zh")
	j.look("home, scanning")
	if calls := town.calls(); len(calls) > 0 {
		t.Errorf("WeChat was asked for %v before anybody pressed", calls)
	}
	j.refuse(town)
	town.set(func() { town.reads = town.origin + "/door#" + town.venue.Poster })
	j.tick("#scan")
	j.at("/door")
	j.says("#venue", town.venue.Name.In("zh"))
	j.await(`!location.hash && document.querySelector("#seen").classList.contains("colour-green")`)
	j.fine()
}

// refuse presses the tile while one thing after the other goes wrong.
func (j *journey) refuse(town *pageTown) {
	j.t.Helper()
	library := town.library
	town.set(func() { town.library, town.reads = nil, town.origin+"/p#123" })
	j.scan("扫一扫") // the bridge does not load
	j.announced("scanner")
	j.look("home, no bridge")
	town.set(func() { town.library, town.lies = library, true })
	j.scan("扫一扫") // the signature is not taken
	town.set(func() { town.lies = false })
	town.calls()
	j.scan("健康码") // somebody else's
	want := []string{"/open/js/jweixin-1.6.0.js", "preVerifyJSAPI", "getNetworkType", "scanQRCode"}
	if got := town.calls(); !sameCalls(got, want) {
		j.t.Errorf("WeChat was asked for %v, want %v", got, want)
	}
	for reads, says := range map[string]string{"https://evil.example/door#" + town.venue.Poster: "不是本市", "6901234567892": "不是本市",
		town.origin + ".evil.example/door#x": "不是本市", "": ""} {
		town.set(func() { town.reads = reads })
		j.scan(says)
	}
	if got := town.calls(); slices.Contains(got, "preVerifyJSAPI") {
		j.t.Errorf("the page was configured again: %v", got)
	}
	j.visit("/")
	j.run(`const later = window.setTimeout; window.setTimeout = (f, n) => n === 15000 ? f() : later(f, n)`)
	j.scan("扫一扫") // the bridge takes too long
	j.visit("/")
	j.fine()
}

// sameCalls compares them whatever their order.
func sameCalls(got, want []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}
