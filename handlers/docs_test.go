package handlers_test

import (
	"os"
	"strings"
	"testing"

	"healthcode/handlers"
)

// TestDocumentedRoutes: every route of the API stands in its manual with who may
// use it, and the manual tells of no other.
func TestDocumentedRoutes(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{} // "GET /v1/me": who
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], " /") {
			continue
		}
		routes, who := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		methods, paths, _ := strings.Cut(routes, " /")
		if before, after, several := strings.Cut(routes, ", DELETE "); several { // "POST, DELETE /v1/…"
			methods, paths = before+", DELETE", strings.TrimPrefix(after, "/")
		}
		for method := range strings.SplitSeq(methods, ", ") {
			for path := range strings.SplitSeq("/"+paths, ", ") {
				told[method+" "+path] = who
			}
		}
	}
	words := map[string]string{"public": "anybody", "client": "client"}
	for _, r := range handlers.Routes() {
		if !strings.HasPrefix(r.Path, "/v1/") && r.Path != "/healthz" && r.Path != "/readyz" {
			continue
		}
		want := r.Actor
		if words[want] != "" {
			want = words[want]
		}
		got, there := told[r.Method+" "+r.Path]
		if !there || got != want && !strings.HasPrefix(got, "client") {
			t.Errorf("%s %s is for %s; the manual says %q", r.Method, r.Path, want, got)
		}
		delete(told, r.Method+" "+r.Path)
	}
	for route := range told {
		t.Errorf("the manual tells of %s, which is not there", route)
	}
}
