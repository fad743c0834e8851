package miniprogram_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// harness is where what runs the packages is installed.
const harness = "harness"

// needed skips a test at home, and fails it where everything must be there.
func needed(t testing.TB, there bool, what string) {
	t.Helper()
	if there {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(what, "is missing")
	}
	t.Skip(what, "is missing")
}

// node runs a program of the harness.
func node(t testing.TB, args ...string) {
	t.Helper()
	_, err := exec.LookPath("node")
	needed(t, err == nil, "Node.js")
	_, err = os.Stat(filepath.Join(harness, "node_modules", "glass-easel"))
	needed(t, err == nil, "web/miniprogram/harness/node_modules")
	if out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// built compiles packages, such as main=wechat/shell, with the framework that runs them.
func built(t testing.TB, kind string, packages ...string) string {
	t.Helper()
	out := t.TempDir()
	node(t, append([]string{filepath.Join(harness, "build.mjs"), out, kind}, packages...)...)
	return out
}

// agents are what the browsers within the apps say that they are.
var agents = map[string]string{
	"wechat": "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.60 miniProgram/" + wechatApp,
	"alipay": "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 AliApp(AP/10.5.0) AlipayClient/10.5.0 MiniProgram",
}

// browser is one Chromium for all phones of a test, all with the same app.
func browser(t *testing.T, app string) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("mini-programs are left out with -short")
	}
	found := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			found = path
		}
	}
	needed(t, found != "", "Chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserAgent(agents[app]),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("lang", "zh-CN"))
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	return ctx
}

// phone is one person's phone with one mini-program open, or a page in its web-view.
type phone struct {
	t    *testing.T
	ctx  context.Context
	town *town

	close func()

	mu    sync.Mutex
	wrong []string
}

// newPhone is another window of the browser.
func newPhone(t *testing.T, town *town, in context.Context) *phone {
	t.Helper()
	ctx, stop := chromedp.NewContext(in)
	t.Cleanup(stop)
	p := &phone{t: t, ctx: ctx, town: town, close: stop}
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)))
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatal(err)
	}
	return p
}

// note keeps exceptions and errors of the console: nothing may go wrong unseen.
func (p *phone) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.wrong = append(p.wrong, fmt.Sprintf("console %s: %s", e.Type, e.Args[0].Value))
		}
	case *runtime.EventExceptionThrown:
		p.wrong = append(p.wrong, fmt.Sprintf("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	}
}

// reload starts what the phone runs anew; what it keeps stays.
var reload = chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.device.ready = false; location.reload(); true"))
	return err
})

// fine fails the test for what has gone wrong so far.
func (p *phone) fine() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, wrong := range p.wrong {
		p.t.Error(wrong)
	}
	p.wrong = nil
}

func (p *phone) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// open starts the mini-program of that name, such as by user=zhang, app=wx…, lang=zh_CN.
func (p *phone) open(name string, pairs ...string) {
	p.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	p.do(chromedp.Navigate(p.town.URL + "/run/" + name + "/device.html?" + q.Encode()))
	p.await(`window.device && device.ready`)
}
