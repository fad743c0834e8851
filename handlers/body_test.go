package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"healthcode/handlers"
)

var quiet = slog.New(slog.DiscardHandler)

// FuzzBody: whatever is sent, the service answers with its own words, quotes
// nothing back and does not fail.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{"", "{}", "[]", "null", `{"name":"x"}`, `{"name":{}}`, `{"document":{"type":1}}`, `{"<script>":1}`, "{} {}",
		`{"consents":[{"purpose":"code","version":1e99}]}`, "\xff\xfe", strings.Repeat("[", 10_000), `{"name":"a","name":"b"}`, `{"records":[{}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, route := range handlers.Bodies([]byte(body)) {
			if route.Err == nil {
				continue
			}
			w := httptest.NewRecorder()
			handlers.Refuse(w, httptest.NewRequest("POST", "/v1/x", nil), quiet, route.Err)
			if w.Code < 400 || w.Code >= 500 || len(body) > 8 && bytes.Contains(w.Body.Bytes(), []byte(body)) {
				t.Errorf("%s: %d %s", route.Name, w.Code, w.Body)
			}
		}
	})
}
