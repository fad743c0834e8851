package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// journeyAgents are what the browsers inside the apps say that they are.
var journeyAgents = map[string]string{
	"wechat page": "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.60",
	"wechat":      "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.60 miniProgram/wx0123456789abcdef",
	"alipay":      "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 AliApp(AP/10.5.0) AlipayClient/10.5.0 MiniProgram",
	"browser":     "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
}

// journey is one person's browser, which notes whatever goes wrong in it.
type journey struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu     sync.Mutex
	wrong  []string
	known  []string                      // beginnings of what goes wrong and may
	weight map[network.RequestID]float64 // bytes over the wire since the last visit
}

func journeyPost(t *testing.T, ctx context.Context, address string, in, out any) {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(must[[]byte](t)(json.Marshal(in)))))
	r.Header.Set("Content-Type", "application/json")
	response := must[*http.Response](t)(http.DefaultClient.Do(r))
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("%s: %s", r.URL.Path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}

// journeyChromium finds the browser. At home its absence skips the test; where
// everything must be there it fails it.
func journeyChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("Chromium is missing")
	}
	t.Skip("Chromium is missing")
	return ""
}

// newJourney opens a browser that is the one inside the app, for pages of base.
func newJourney(t *testing.T, host, base string, more ...chromedp.ExecAllocatorOption) *journey {
	t.Helper()
	if testing.Short() {
		t.Skip("browsers are left out with -short")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(journeyChromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserAgent(journeyAgents[host]), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	j := &journey{t: t, ctx: ctx, base: base, weight: map[network.RequestID]float64{}}
	j.do(chromedp.EmulateViewport(390, 844))
	if err := chromedp.Listen(ctx, j.note); err != nil {
		t.Fatal(err)
	}
	j.visit("/about?lang=zh") // which the browser remembers
	return j
}

// note keeps errors of the console and requests to anybody else.
func (j *journey) note(event any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			j.wrong = append(j.wrong, fmt.Sprintf("console %s: %s", e.Type, e.Args[0].Value))
		}
	case *runtime.EventExceptionThrown:
		j.wrong = append(j.wrong, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" && !strings.HasPrefix(e.Entry.Text, "Failed to load resource: the server responded") {
			j.wrong = append(j.wrong, "console: "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		to, err := url.Parse(e.Request.URL)
		own, _ := url.Parse(j.base)
		if err != nil || to.Host != own.Host && !strings.HasSuffix(to.Host, ".demo."+strings.TrimPrefix(own.Host, "demo.")) && to.Scheme != "data" && to.Scheme != "blob" && to.Scheme != "about" {
			j.wrong = append(j.wrong, "foreign request: "+e.Request.URL)
		}
	case *network.EventLoadingFinished:
		j.weight[e.RequestID] = e.EncodedDataLength
	}
}

// fine fails the test for what has gone wrong so far.
func (j *journey) fine() {
	j.t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, wrong := range j.wrong {
		if !slices.ContainsFunc(j.known, func(begin string) bool { return strings.HasPrefix(wrong, begin) }) {
			j.t.Error(wrong)
		}
	}
	j.wrong = nil
}

func (j *journey) do(steps ...chromedp.Action[chromedp.Void]) {
	j.t.Helper()
	if err := chromedp.Do(j.ctx, steps...); err != nil {
		j.t.Fatal(err)
	}
}

// visit opens a page and waits until it stands.
func (j *journey) visit(path string) {
	j.t.Helper()
	j.do(chromedp.Navigate(j.base + path))
}

// await waits until the condition holds, on whatever page that is.
func (j *journey) await(condition string) {
	j.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) && j.ctx.Err() == nil {
		// A page that is left in the meantime ends the wait: it begins again on the next.
		if ok, err := chromedp.Run(j.ctx, chromedp.Poll[bool]("!!("+condition+")", chromedp.WithPollingTimeout(5*time.Second))); err == nil && ok {
			return
		}
	}
	now, _ := chromedp.Run(j.ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	j.t.Fatalf("%s never came; the page is %s", condition, now)
}

// at waits for a page.
func (j *journey) at(path string) {
	j.t.Helper()
	j.await(fmt.Sprintf(`location.pathname === %q && document.readyState === "complete"`, path))
}

// says waits until the element says something that contains all of those words.
func (j *journey) says(selector string, words ...string) {
	j.t.Helper()
	for _, w := range words {
		j.await(fmt.Sprintf(`(document.querySelector(%q) || {innerText: ""}).innerText.includes(%q)`, selector, w))
	}
}

// run runs a script for its effect.
func (j *journey) run(script string) {
	j.t.Helper()
	if _, err := chromedp.Run(j.ctx, chromedp.Evaluate[bool]("(() => {"+script+"; return true })()")); err != nil {
		j.t.Fatal(err)
	}
}

func journeyEval[T any](j *journey, script string) T {
	j.t.Helper()
	v, err := chromedp.Run(j.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		j.t.Fatal(err)
	}
	return v
}

// fill types into fields, by selector, in turn.
func (j *journey) fill(pairs ...string) {
	j.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		j.run(fmt.Sprintf(`const e = document.querySelector(%q); e.focus(); e.value = %q;
			e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true}))`, pairs[i], pairs[i+1]))
	}
}

// tick checks boxes and radio buttons, as a tap does.
func (j *journey) tick(selectors ...string) {
	j.t.Helper()
	for _, s := range selectors {
		j.run(fmt.Sprintf(`document.querySelector(%q).click()`, s))
	}
}

// journeyForget empties the browser's cache, so that the next visit is a first one.
func journeyForget(ctx context.Context, target *chromedp.Target) error {
	_, err := cdp.Call(ctx, target, network.ClearBrowserCache, cdp.Empty{})
	return err
}

// journeySignedOut takes the browser's cookies away.
func journeySignedOut(ctx context.Context, target *chromedp.Target) error {
	_, err := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{})
	return err
}
