package handlers_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// What a first visit to the code page may cost, its page included.
const (
	weightBytes    = 30_000
	weightRequests = 4
)

// TestCodePageWeight measures a first visit over the wire, headers included, as
// Chromium counts it.
func TestCodePageWeight(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	j := newJourney(t, "wechat", town.URL)
	j.visit("/enter#" + town.login(t, j.ctx, "wechat", "zheng") + "&to=/register")
	j.register("郑十", documentNumber(9))
	j.do(chromedp.Func(journeyForget))
	j.mu.Lock()
	clear(j.weight)
	j.mu.Unlock()
	j.visit("/code")
	j.await(`document.querySelector("#hands").innerText.length === 8`)
	j.mu.Lock()
	defer j.mu.Unlock()
	total := 0.0
	for _, bytes := range j.weight {
		total += bytes
	}
	t.Logf("%d requests, %.0f bytes", len(j.weight), total)
	if len(j.weight) < 2 || len(j.weight) > weightRequests {
		t.Errorf("%d requests, want 2 to %d", len(j.weight), weightRequests)
	}
	if total < 5_000 || total > weightBytes {
		t.Errorf("%.0f bytes over the wire, want at most %d", total, weightBytes)
	}
}
