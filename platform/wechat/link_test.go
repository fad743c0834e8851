package wechat

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

const indexPage = "pages/index/index"

func TestURLLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []simulator.Link{
		{Path: indexPage, Query: "v=1&from=sms%20", End: start.Add(time.Minute)},
		{Path: "pages/visit/visit", Query: "", End: start.Add(30 * 24 * time.Hour)},
		{Path: indexPage, Query: strings.Repeat("q", 1024), End: start.Add(time.Hour)},
	}
	for i, l := range want {
		got, err := w.App.URLLink(t.Context(), l.Path, l.Query, l.End)
		if err != nil {
			t.Fatalf("%+v: %v", l, err)
		}
		want[i].URL = got
	}
	if diff := cmp.Diff(want, w.Links(appID)); diff != "" { // the same instants, in any zone
		t.Error(diff)
	}
}

// TestURLLinkRefused has what is refused here, where WeChat is not asked, and what
// is refused there.
func TestURLLinkRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	later := start.Add(time.Hour)
	for _, c := range []struct {
		path, query string
		until       time.Time
		field       string
		asked       int
	}{
		{"", "", later, "path", 0}, {"/" + indexPage, "", later, "path", 0}, {indexPage + "?a=b", "", later, "path", 0},
		{indexPage, "a b", later, "query", 0}, {indexPage, "门", later, "query", 0}, {indexPage, `a="`, later, "query", 0},
		{indexPage, strings.Repeat("q", 1025), later, "query", 0},
		{"pages/never/never", "", later, "path", 1},
		{indexPage, "", start.Add(59 * time.Second), "until", 1}, {indexPage, "", start.Add(-time.Hour), "until", 1},
		{indexPage, "", start.Add(30*24*time.Hour + time.Second), "until", 1}, {indexPage, "", time.Time{}, "until", 1},
	} {
		asked := w.seen.count(atLink)
		link, err := w.App.URLLink(t.Context(), c.path, c.query, c.until)
		if why(t, alone(t, link, err)) != models.ReasonFieldBad || onField(err) != c.field {
			t.Errorf("%q %.10q %v: %v", c.path, c.query, c.until, err)
		}
		if n := w.seen.count(atLink) - asked; n != c.asked {
			t.Errorf("%q %.10q: asked %d times", c.path, c.query, n)
		}
	}
	if n := len(w.Links(appID)); n != 0 {
		t.Errorf("%d links were made", n)
	}
}

// TestURLLinkUnpublished: links lead to the published mini-program only, and that
// is for an administrator to mend.
func TestURLLinkUnpublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := newApp(t, w.config(strange))
	link, err := other.URLLink(t.Context(), indexPage, "", start.Add(time.Hour))
	if why(t, alone(t, link, err)) != models.ReasonUpstreamRefused || !strings.Contains(err.Error(), "errcode 85079") {
		t.Errorf("got %v", err)
	}
}

func TestURLLinkQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Quota(appID, atLink, 0, 1)
	for i, want := range []models.Reason{"", models.ReasonUpstreamBusy} {
		if _, err := w.App.URLLink(t.Context(), indexPage, "", w.now().Add(time.Hour)); why(t, err) != want {
			t.Errorf("link %d: %v", i, err)
		}
	}
	w.pass(24 * time.Hour)
	if _, err := w.App.URLLink(t.Context(), indexPage, "", w.now().Add(time.Hour)); err != nil {
		t.Errorf("a day later: %v", err)
	}
	if n := len(w.Links(appID)); n != 2 {
		t.Errorf("%d links were made", n)
	}
}

// TestLinksThatAreNone: what goes into a text message is an https address.
func TestLinksThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, link := range []string{"", "http://wxaurl.cn/a", "javascript:alert(1)", "weixin://dl/business/?t=a", "//wxaurl.cn/a", "https:///a",
		"https://wxaurl.cn@elsewhere.example/", "https://wxaurl.cn/%zz", "wxaurl.cn/a"} {
		w.FailAt(appID, atLink, simulator.Says(`{"errcode":0,"url_link":"`+link+`"}`))
		got, err := w.App.URLLink(t.Context(), indexPage, "", start.Add(time.Hour))
		if why(t, alone(t, got, err)) != models.ReasonUpstreamLying {
			t.Errorf("%q: %q, %v", link, got, err)
		}
	}
	for number, field := range map[int]string{40165: "path", 40212: "query", 85401: "until"} {
		w.FailAt(appID, atLink, simulator.Refuse(number))
		if _, err := w.App.URLLink(t.Context(), indexPage, "", start.Add(time.Hour)); why(t, err) != models.ReasonFieldBad || onField(err) != field {
			t.Errorf("%d: %v", number, err)
		}
	}
}
