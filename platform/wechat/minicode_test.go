package wechat

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

func TestMiniCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []simulator.MiniCode{
		{Scene: "v=01J8Z3K4", Page: "pages/visit/visit"},
		{Scene: "0-9A-Za-z!#$&'()*+,/:;=?@._~", Page: "pages/index/index"},
		{Scene: strings.Repeat("s", 32), Page: "pages/index/index"},
	}
	for _, c := range want {
		picture, err := w.App.MiniCode(t.Context(), c.Scene, c.Page)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(picture)); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if diff := cmp.Diff(want, w.MiniCodes(appID)); diff != "" {
		t.Error(diff)
	}
}

func TestMiniCodeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const good = "pages/index/index"
	for _, c := range []struct{ scene, page, field string }{
		{"", good, "scene"}, {strings.Repeat("s", 33), good, "scene"}, {"v=%31", good, "scene"}, {"门", good, "scene"},
		{"a b", good, "scene"}, {"a\n", good, "scene"}, {`a"`, good, "scene"},
		{"s", "", "page"}, {"s", "/pages/index/index", "page"}, {"s", good + "?a=b", "page"}, {"s", good + "/", "page"},
		{"s", "pages//index", "page"}, {"s", "../index", "page"}, {"s", good + "\n", "page"},
	} {
		picture, err := w.App.MiniCode(t.Context(), c.scene, c.page)
		if why(t, err) != models.ReasonFieldBad || onField(err) != c.field || picture != nil {
			t.Errorf("%q %q: %v", c.scene, c.page, err)
		}
	}
	if n := w.seen.all(); n != 0 {
		t.Errorf("WeChat was asked %d times", n)
	}
	if _, err := w.App.MiniCode(t.Context(), "s", "pages/never/never"); why(t, err) != models.ReasonUpstreamRefused ||
		!strings.Contains(err.Error(), "errcode 41030") {
		t.Errorf("a page that is not published: %v", err)
	}
	if n := len(w.MiniCodes(appID)); n != 0 {
		t.Errorf("%d codes were drawn", n)
	}
}

// TestMiniCodeQuota: over WeChat's own count, which for this call answers with the
// number of the day.
func TestMiniCodeQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Quota(appID, atMiniCode, 2, 0)
	draw := func(want models.Reason) {
		t.Helper()
		if _, err := w.App.MiniCode(t.Context(), "s", "pages/index/index"); why(t, err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	draw("")
	draw("")
	draw(models.ReasonUpstreamBusy)
	w.pass(time.Minute)
	draw("")
	if n := len(w.MiniCodes(appID)); n != 3 {
		t.Errorf("%d codes were drawn", n)
	}
}

// TestTrapPictureType: the SDK wants a content type to the letter, and would take
// anything that has it. What counts here is the picture.
func TestTrapPictureType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	picture, err := w.App.MiniCode(t.Context(), "s", "pages/index/index")
	if err != nil {
		t.Fatal(err)
	}
	typed := func(kind, body string) simulator.Failure {
		return func(_ *simulator.Simulator, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(body))
		}
	}
	for _, kind := range []string{"image/png", "image/jpeg; charset=binary", "image/jpg", "application/octet-stream"} {
		w.FailAt(appID, atMiniCode, typed(kind, string(picture)))
		if got, err := w.App.MiniCode(t.Context(), "s", "pages/index/index"); err != nil || !bytes.Equal(got, picture) {
			t.Errorf("%s: %d bytes, %v", kind, len(got), err)
		}
	}
	for body, want := range map[string]models.Reason{
		`{"errcode":41030,"errmsg":"invalid page"}`: models.ReasonUpstreamRefused,
		`{"errcode":0,"errmsg":"ok"}`:               models.ReasonUpstreamLying,
		"\x89PNG\r\n\x1a\n":                         models.ReasonUpstreamLying,
		"\xff\xd8":                                  models.ReasonUpstreamLying,
		"":                                          models.ReasonUpstreamLying,
		"<svg onload=alert(1)>":                     models.ReasonUpstream,
	} {
		w.FailAt(appID, atMiniCode, typed("image/jpeg", body))
		if got, err := w.App.MiniCode(t.Context(), "s", "pages/index/index"); why(t, err) != want || got != nil {
			t.Errorf("%q: %d bytes, %v", body, len(got), err)
		}
	}
}
