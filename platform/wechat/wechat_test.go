package wechat

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"healthcode/platform"
)

// TestPrinting: whatever prints an adapter or its settings prints the app's id, and
// nothing that it knows.
func TestPrinting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.draw(t); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Page.PageConfig(t.Context(), pageAddress); err != nil {
		t.Fatal(err)
	}
	never := []string{secret, w.Token(appID), w.Token(pageID), w.Ticket(pageID)}
	for id, what := range map[string]any{appID: w.App, pageID: w.Page, pluginID: w.Plugin, strange: w.config(strange)} {
		var said bytes.Buffer
		fmt.Fprintf(&said, "%v %+v %#v %s %q %d %x", what, what, what, what, what, what, what)
		slog.New(slog.NewTextHandler(&said, nil)).Info("made", "what", what)
		slog.New(slog.NewJSONHandler(&said, nil)).Info("made", "what", what)
		if n := strings.Count(said.String(), id); n < 7 {
			t.Errorf("%s is told %d times: %s", id, n, said.String())
		}
		for _, s := range never {
			if strings.Contains(said.String(), s) || strings.Contains(said.String(), fmt.Sprintf("%x", s)) {
				t.Errorf("%s tells a secret", id)
			}
		}
	}
}

// TestUsualWayOut: production names no way out, and gets one that is bounded in
// every phase and leads to one host.
func TestUsualWayOut(t *testing.T) {
	t.Parallel()
	a := newApp(t, Config{AppID: appID, AppSecret: secret})
	via, ok := a.way.Via.(*http.Transport)
	if !ok || via.TLSHandshakeTimeout <= 0 || via.ResponseHeaderTimeout <= 0 || a.way.Host != Host || a.timeout != usualTimeout {
		t.Errorf("%+v, %v", a.way, a.timeout)
	}
	if !a.now().Equal(a.now()) || a.way == (platform.Outbound{}) {
		t.Error("its clock does not stand")
	}
}
