package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	s, _ := play()
	const good = `{"grant_type":"client_credential","appid":"wx1","secret":"s1"}`
	for body, want := range map[string]int{
		good:   0,
		"":     47001,
		"wx":   47001,
		"{}":   41002,
		"null": 41002,
		`{"grant_type":"client_credential","appid":"wx1"}`:                41004,
		`{"appid":"wx1","secret":"s1"}`:                                   40002,
		`{"grant_type":"client_credential","appid":"wx9","secret":"s1"}`:  40013,
		`{"grant_type":"client_credential","appid":"wx1","secret":"s2"}`:  40125,
		`{"grant_type":"authorization_code","appid":"wx1","secret":"s1"}`: 40002,
	} {
		got := send(t, s, http.MethodPost, atToken, body)
		if got.number() != want || (got.text("access_token") != "") != (want == 0) {
			t.Errorf("%s: %v", body, got)
		}
	}
	if got := send(t, s, http.MethodGet, atToken, good); got.number() != 43002 {
		t.Errorf("GET: %v", got)
	}
	if n := s.Asked("wx1", atToken); n != 1 {
		t.Errorf("%d were lent", n)
	}
}

// TestTokenIsStable: the same one until its last five minutes; then another, and
// the first is good to its end.
func TestTokenIsStable(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.AddPages("wx1", "p")
	first := borrow(t, s, "wx1", "s1", false)
	good := func(token string, want int) {
		t.Helper()
		if got := postWith(t, s, token, atMiniCode, map[string]any{"scene": "s"}); got.number() != want {
			t.Errorf("at %v: %v, want %d", now, got, want)
		}
	}
	now.Time = now.Add(115*time.Minute - 1)
	if borrow(t, s, "wx1", "s1", false) != first {
		t.Error("another one too early")
	}
	now.Time = now.Add(1)
	second := borrow(t, s, "wx1", "s1", false)
	if second == first || borrow(t, s, "wx1", "s1", false) != second {
		t.Error("in the last five minutes there is one other")
	}
	good(first, 0)
	good(second, 0)
	now.Time = now.Add(5*time.Minute - 1)
	good(first, 0)
	now.Time = now.Add(1)
	good(first, 42001)
	good(second, 0)
	if s.Token("wx2") != "" || borrow(t, s, "wx2", "s2", false) == second {
		t.Error("two apps have one token")
	}
	if len(second) > 512 || len(second) < 100 || strings.ContainsAny(second, "&=%+ ") {
		t.Errorf("the token is %q", second)
	}
}

func TestTokenLife(t *testing.T) {
	t.Parallel()
	s, now := play()
	const body = `{"grant_type":"client_credential","appid":"wx1","secret":"s1"}`
	for wait, want := range map[time.Duration]float64{0: 7200, time.Hour: 3600} {
		s.AddApp("wx1", "s1")
		now.Time = now.Add(24 * time.Hour)
		borrow(t, s, "wx1", "s1", false)
		now.Time = now.Add(wait)
		if got := send(t, s, http.MethodPost, atToken, body); got["expires_in"] != want {
			t.Errorf("after %v: %v", wait, got)
		}
	}
}

// TestForcedRefresh kills the token before. Within thirty seconds nothing is
// refreshed; over twenty a day is an error.
func TestForcedRefresh(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.AddPages("wx1", "p")
	first := borrow(t, s, "wx1", "s1", false)
	second := borrow(t, s, "wx1", "s1", true)
	if got := postWith(t, s, first, atMiniCode, map[string]any{"scene": "s"}); second == first || got.number() != 40001 {
		t.Errorf("the first one: %v", got)
	}
	now.Time = now.Add(30*time.Second - 1)
	if borrow(t, s, "wx1", "s1", true) != second {
		t.Error("refreshed within thirty seconds")
	}
	now.Time = now.Add(1)
	for range 19 {
		if next := borrow(t, s, "wx1", "s1", true); next == second {
			t.Error("not refreshed")
		}
		now.Time = now.Add(30 * time.Second)
	}
	const force = `{"grant_type":"client_credential","appid":"wx1","secret":"s1","force_refresh":true}`
	if got := send(t, s, http.MethodPost, atToken, force); got.number() != 45009 {
		t.Errorf("the twenty-first: %v", got)
	}
	borrow(t, s, "wx1", "s1", false) // without force there is one
	now.Time = now.Add(24 * time.Hour)
	borrow(t, s, "wx1", "s1", true)
}

// TestTokensThatDie: killed elsewhere there is another; lost there is not, until it
// is forced.
func TestTokensThatDie(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddPages("wx1", "p")
	first := borrow(t, s, "wx1", "s1", false)
	s.KillToken("wx1")
	second := borrow(t, s, "wx1", "s1", false)
	s.LoseToken("wx1")
	if first == second || borrow(t, s, "wx1", "s1", false) != second {
		t.Error("which one is lent?")
	}
	third := borrow(t, s, "wx1", "s1", true)
	for token, want := range map[string]int{first: 40001, second: 40001, third: 0} {
		if got := postWith(t, s, token, atMiniCode, map[string]any{"scene": "s"}); got.number() != want {
			t.Errorf("got %v, want %d", got, want)
		}
	}
}

func TestTokenQuota(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.Quota("wx1", atToken, 1, 2)
	const body = `{"grant_type":"client_credential","appid":"wx1","secret":"s1"}`
	for i, want := range []int{0, 45011, 0, 45009, 45009} {
		if i == 2 || i == 4 {
			now.Time = now.Add(time.Minute)
		}
		if got := send(t, s, http.MethodPost, atToken, body); got.number() != want {
			t.Errorf("question %d: %v, want %d", i, got, want)
		}
	}
}
