package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"healthcode/platform/wechat/simulator"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	s, _ := play()
	post := func(body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.Phone().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(body)))
		return w
	}
	w := post(`{"appid":"wx1","user":"anna"}`)
	var out struct{ Code string }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	if got := login(t, s, "wx1", "s1", out.Code); got.OpenID != simulator.OpenID("wx1", "anna") {
		t.Errorf("the code that the phone got: %+v", got)
	}
	for body, want := range map[string]int{
		``:                http.StatusBadRequest,
		`{"appid":"wx1"}`: http.StatusBadRequest,
		`{"appid":"wx1","user":"a","secret":"s"}`:                    http.StatusBadRequest,
		`{"appid":"wx1","user":"` + strings.Repeat("a", 5000) + `"}`: http.StatusBadRequest,
		`{"appid":"wx9","user":"anna"}`:                              http.StatusNotFound,
	} {
		if w := post(body); w.Code != want {
			t.Errorf("%.40s: %d", body, w.Code)
		}
	}
	w = httptest.NewRecorder()
	s.Phone().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/login", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// TestPhonesOfSeveralApps: the app that is named gives the code, and the user has
// come to it then.
func TestPhonesOfSeveralApps(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddOfficialAccount("wx3", "s3")
	for app, secret := range map[string]string{"wx1": "s1", "wx2": "s2"} {
		w := httptest.NewRecorder()
		s.Phone().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(`{"appid":"`+app+`","user":"bo"}`)))
		var out struct{ Code string }
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		if got := login(t, s, app, secret, out.Code); got.OpenID != simulator.OpenID(app, "bo") {
			t.Errorf("%s: %+v", app, got)
		}
	}
	in := map[string]any{"version": 2, "scene": 2, "openid": simulator.OpenID("wx1", "bo"), "content": "words"}
	if got := post(t, s, atText, in); got.number() != 0 {
		t.Errorf("bo has not come: %v", got)
	}
	w := httptest.NewRecorder()
	s.Phone().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/elsewhere", strings.NewReader("{}")))
	if w.Code != http.StatusNotFound {
		t.Errorf("elsewhere: %d", w.Code)
	}
}
