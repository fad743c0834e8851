package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

// take answers for what a guard kept: the first is yellow now, the second is refused, and
// the rest is green. It says how many came at once.
func (b *booth) take(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Venue string
		Scans []struct{ ID, Pass string }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	var out []map[string]any
	b.mu.Lock()
	for _, scan := range in.Scans {
		one := map[string]any{"id": scan.ID, "recorded": true, "at": "2022-03-14T04:00:00Z", "advice": "pass", "colour": "green", "word": "Green", "name": "W*"}
		switch len(b.ids["kept"]) {
		case 0:
			one["advice"], one["colour"], one["word"], one["name"], one["phone"] = "call", "yellow", "Yellow", "Z**", "0571-1"
		case 1:
			one = map[string]any{"id": scan.ID, "recorded": false, "error": map[string]string{"reason": "pass.revoked", "text": "Signed out."}}
		}
		b.ids["kept"] = append(b.ids["kept"], scan.ID)
		out = append(out, one)
	}
	b.ids["batches"] = append(b.ids["batches"], fmt.Sprint(in.Venue, " ", len(in.Scans)))
	b.mu.Unlock()
	if err := json.NewEncoder(w).Encode(map[string]any{"scans": out}); err != nil {
		panic(err)
	}
}

// keep puts as many onto the device as if that guard had scanned them so many hours ago,
// and opens the page again.
func keep(t *testing.T, ctx context.Context, who string, n, hours int) {
	t.Helper()
	script := fmt.Sprintf(`(() => { const all = Array.from({length: %d}, (_, i) => ({id: HealthGate.scanner.ulid(Date.now() - %d * 3600000 + i), pass: %q}));
		localStorage.setItem("gate.kept.%s", JSON.stringify(all)); return true })()`, n, hours, passText("1"), who)
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil {
		t.Fatal(err)
	}
}

// again opens the page anew.
func again(t *testing.T, ctx context.Context) {
	t.Helper()
	here, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(here)); err != nil {
		t.Fatal(err)
	}
}

// TestKeptGoesInBatches: what waits goes when the page is opened, by fifty, and the page
// names those who are not green and those who were refused. What another guard left stays
// theirs, and what is older than a day is gone.
func TestKeptGoesInBatches(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, "")
	keep(t, ctx, "g1.v1", 55, 1)
	keep(t, ctx, "g2.v1", 3, 1)
	keep(t, ctx, "g3.v1", 2, 25)
	keep(t, ctx, "g1.v2", 4, 25)
	again(t, ctx)
	await(t, ctx, `document.querySelector("#delivered-say").textContent.includes("54 scanned")`)
	await(t, ctx, `document.querySelectorAll("#delivered-list li").length === 2`)
	for _, says := range []string{"Z**", "Yellow", "CALL THE COMMUNITY", "Call 0571-1", "NOT RECORDED", "Signed out."} {
		await(t, ctx, fmt.Sprintf(`document.querySelector("#delivered-list").textContent.includes(%q)`, says))
	}
	await(t, ctx, `document.querySelector("#waiting").textContent.includes("4 could not be sent within 24 hours")`)
	await(t, ctx, `Object.keys(localStorage).filter((k) => k.startsWith("gate.kept.")).join() === "gate.kept.g2.v1"`)
	if got := b.came("batches"); len(got) != 2 || got[0] != "v1 50" || got[1] != "v1 5" {
		t.Errorf("they came as %q", got)
	}
}

// TestKeptIsBounded: a device that holds as many as it may says so, and the visit is not
// said to be kept.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	ctx, b := guard(t, "")
	b.closed.Store(true)
	keep(t, ctx, "g1.v1", 499, 1)
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`HealthGate.kept.add(HealthGate.scanner.ulid(Date.now()), "x")`)); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, `document.querySelector("#waiting").textContent.startsWith("500 to be sent This device can keep no more")`)
	await(t, ctx, `HealthGate.kept.add(HealthGate.scanner.ulid(Date.now()), "y") === false`)
	await(t, ctx, `JSON.parse(localStorage.getItem("gate.kept.g1.v1")).length === 500`)
	if got := b.came("batches"); len(got) != 0 {
		t.Errorf("they came as %q", got)
	}
}
