package wechat

import (
	"net/url"
	"testing"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const backHere = "https://hc.example.cn/enter/wechat/back"

// visitPage begins a login and has WeChat's browser go through it.
func visitPage(t *testing.T, l PageLogin, open func(address, user string) (string, error)) (try platform.Attempt, state, code string) {
	t.Helper()
	try, page, err := l.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to, err := open(page, "zhang")
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	back, err := url.Parse(to)
	if err != nil || back.Scheme+"://"+back.Host+back.Path != backHere {
		t.Fatalf("WeChat sends back to %s", to)
	}
	return try, back.Query().Get("state"), back.Query().Get("code")
}

// TestPageLogin: a code is good once, for whoever began.
func TestPageLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := PageLogin{w.Page, backHere}
	try, state, code := visitPage(t, l, w.Open)
	if got := w.seen.all(); got != 0 {
		t.Errorf("beginning asked %d questions", got)
	}
	who, err := l.Finish(t.Context(), try, state, code)
	want := platform.Identity{Platform: platform.WeChatPage, AppID: pageID, OpenID: simulator.OpenID(pageID, "zhang")}
	if err != nil || who != want {
		t.Errorf("got %+v, %v; want %+v", who, err, want)
	}
	again, err := l.Finish(t.Context(), try, state, code)
	refused(t, again, err, models.ReasonLoginCodeUsed)
}

// TestPageLoginOfOthers: an answer counts for the browser that began alone, and
// for any other WeChat is asked nothing.
func TestPageLoginOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := PageLogin{w.Page, backHere}
	try, state, code := visitPage(t, l, w.Open)
	other, _, err := l.Begin(t.Context())
	if err != nil || other.State == try.State {
		t.Fatalf("two attempts have one state: %v", err)
	}
	for name, c := range map[string]struct {
		try         platform.Attempt
		state, code string
	}{
		"another browser's": {other, state, code},
		"no attempt":        {platform.Attempt{}, "", code},
		"no state":          {try, "", code},
		"a made-up state":   {try, "made-up", code},
		"no code":           {try, state, ""},
		"two parameters":    {try, state, "x&appid=evil"},
	} {
		t.Run(name, func(t *testing.T) {
			who, err := l.Finish(t.Context(), c.try, c.state, c.code)
			refused(t, who, err, models.ReasonLoginCode)
		})
	}
	if got := w.seen.all(); got != 0 {
		t.Errorf("WeChat was asked %d questions", got)
	}
	if _, err := l.Finish(t.Context(), try, state, code); err != nil {
		t.Errorf("the code was spoilt: %v", err)
	}
}

// TestPageLoginOfSnapshot: the made-up user of a snapshot becomes nobody.
func TestPageLoginOfSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := PageLogin{w.Page, backHere}
	try, state, code := visitPage(t, l, w.OpenSnapshot)
	who, err := l.Finish(t.Context(), try, state, code)
	refused(t, who, err, models.ReasonLoginSnapshot)
	if got := w.seen.count(atPage); got != 1 {
		t.Errorf("WeChat was asked %d times", got)
	}
}
