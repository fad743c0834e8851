package handlers_test

import (
	"strings"
	"testing"
)

type toldFigures struct {
	Place string
	At    *string
	Rows  []struct {
		Place, Name string
		Own         bool
		Counts      map[string]struct {
			People *int64
			Mark   string
		}
	}
}

// TestFiguresByHTTP: an office reads what was counted in its place and below, everybody
// what was counted of the nation; numbers below ten are told nowhere, and no answer is
// about anybody.
func TestFiguresByHTTP(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.cityOfficers(t)
	for n := 20; n < 31; n++ {
		l.register("alipay", n, "钱某")
		l.clock.Advance(1e9)
	}
	read := func(token, path string) (out toldFigures) {
		t.Helper()
		l.ask(token, "GET", path, nil).into(t, &out)
		return out
	}
	if out := read("", "/v1/figures"); out.At != nil || len(out.Rows) != 0 {
		t.Errorf("before anything was counted: %+v", out)
	}
	l.says("auditor", "/console/figures", `class="card"`)
	if err := l.store.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, who := range map[string]string{"/v1/figures": "", "/v1/figures/330110": "lead", "/v1/figures/330110?": "auditor"} {
		out := read(l.tokens[who], path)
		if out.At == nil || len(out.Rows) == 0 {
			t.Fatalf("%s: %+v", path, out)
		}
		told := 0
		for _, row := range out.Rows {
			for measure, count := range row.Counts {
				switch {
				case count.People == nil && (count.Mark == "small" || count.Mark == "withheld"):
				case count.People != nil && *count.People >= 10 && count.Mark == "":
					told++
				default:
					t.Errorf("%s tells of %s %s: %+v", path, row.Place, measure, count)
				}
			}
			if p := row.Counts["residents"].People; p == nil || *p != 12 || *row.Counts["grey"].People != 11 && row.Counts["grey"].Mark == "" {
				t.Errorf("%s: residents of %s: %+v", path, row.Place, row.Counts)
			}
		}
		if told == 0 {
			t.Errorf("%s tells nothing", path)
		}
		body := string(l.ask(l.tokens[who], "GET", path, nil).Body)
		for _, clear := range []string{"张三", "钱某", documentNumber(1), documentNumber(20), "13800138000"} {
			if strings.Contains(body, clear) {
				t.Errorf("%s tells of somebody", path)
			}
		}
	}
	for who, path := range map[string]string{"lead": "/v1/figures/330100", "officer": "/v1/figures/330106", "far-lead": "/v1/figures/330110", "epi": "/v1/figures/420100",
		"auditor": "/v1/figures/330199"} {
		if a := l.ask(l.tokens[who], "GET", path, nil); a.String() != "422 place.unknown" {
			t.Errorf("%s of %s: %s", path, who, a)
		}
	}
	for _, who := range []string{"worker", "admin"} {
		if a := l.ask(l.tokens[who], "GET", "/v1/figures/330110", nil); a.String() != "403 actor.forbidden" {
			t.Errorf("%s: %s", who, a)
		}
	}
	l.says("auditor", "/console/figures?place=330110", "<table", "&lt;10")
	l.says("lead", "/console/figures?place=330110", "<table")
	if a := l.ask(l.tokens["lead"], "GET", "/console/figures?place=330100", nil); a.Status == 200 {
		t.Errorf("the page of a place above: %s", a)
	}
}
