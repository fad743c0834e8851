package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func fetch(path, encoding string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Static(w, r)
	return w.Result()
}

func TestStatic(t *testing.T) {
	t.Parallel()
	for name, a := range assets {
		plain, zipped := fetch(Asset(name), ""), fetch(Asset(name), "br, gzip")
		for _, answer := range []*http.Response{plain, zipped} {
			if answer.StatusCode != 200 || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") ||
				answer.Header.Get("Vary") != "Accept-Encoding" || answer.Header.Get("Content-Type") != a.kind {
				t.Errorf("%s: %d %v", name, answer.StatusCode, answer.Header)
			}
		}
		unzipped, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		one, err := io.ReadAll(unzipped)
		if err != nil {
			t.Fatal(err)
		}
		other, err := io.ReadAll(plain.Body)
		if err != nil {
			t.Fatal(err)
		}
		if len(one) == 0 || !bytes.Equal(one, other) {
			t.Errorf("%s differs when it is compressed", name)
		}
	}
	for _, path := range []string{"/static/app.css", "/static/app.000000000000.css", "/static/../templates/home.html", "/static/"} {
		if answer := fetch(path, "gzip"); answer.StatusCode != 404 || answer.Header.Get("Cache-Control") != "" {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
	}
}

// TestWeUIIsPurged: the stylesheet holds no rule for what no template has, and says
// whose it is.
func TestWeUIIsPurged(t *testing.T) {
	t.Parallel()
	css, err := files.ReadFile("static/weui.css")
	if err != nil {
		t.Fatal(err)
	}
	var templates strings.Builder
	for _, name := range glob("templates/*.html") {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		templates.Write(body)
	}
	licence, rules, ok := strings.Cut(string(css), "*/")
	if !ok || !strings.Contains(licence, "MIT license") {
		t.Error("the licence of WeUI is missing")
	}
	for _, m := range regexp.MustCompile(`\.(weui-[a-z_-]+)`).FindAllStringSubmatch(rules, -1) {
		if !strings.Contains(templates.String(), m[1]) {
			t.Errorf("no template has %s: node purge.mjs, in web", m[1])
		}
	}
}
