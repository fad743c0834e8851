package wechat

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// TestTrapKilledToken: the SDK would show a token that was killed elsewhere until
// its time is up. Here WeChat is asked for the one that holds now, and the call is
// made once more; and a token is forced only if WeChat lends the dead one.
func TestTrapKilledToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.draws(t, "", 1)
	w.KillToken(appID)
	killed := w.Token(appID)
	w.draws(t, "", 1)
	if w.Token(appID) != killed {
		t.Error("a token was forced, though there was a good one")
	}
	w.draws(t, "", 0)
	w.LoseToken(appID)
	w.draws(t, "", 2)
	if w.Token(appID) == killed {
		t.Error("no token was forced")
	}
	w.draws(t, "", 0)

	stands := w.config(appID)
	stands.Now = nil // it learns of the end from WeChat alone
	w.App = newApp(t, stands)
	w.draws(t, "", 1)
	w.pass(2 * time.Hour)
	w.draws(t, "", 1)
	w.draws(t, "", 0)
}

// TestStaleNumbers: a call is repeated once for each of them, with another token,
// and not for any other number.
func TestStaleNumbers(t *testing.T) {
	t.Parallel()
	for number, again := range map[int]bool{40001: true, 40014: true, 42001: true, 41001: false, 40013: false, 48001: false, 40164: false} {
		w := newWorld(t)
		w.draws(t, "", 1)
		first := w.Token(appID)
		want, calls := models.ReasonUpstreamRefused, 1
		if again {
			want, calls = "", 2
		}
		w.FailAt(appID, atMiniCode, simulator.Refuse(number))
		asked := w.seen.count(atMiniCode)
		if err := w.draw(t); why(t, err) != want {
			t.Errorf("%d: %v", number, err)
		}
		if n := w.seen.count(atMiniCode) - asked; n != calls || (w.Token(appID) != first) != again {
			t.Errorf("%d: asked %d times", number, n)
		}
		w.pass(time.Minute)
		w.FailAt(appID, atMiniCode, simulator.Refuse(number), simulator.Refuse(number), simulator.Refuse(number))
		asked = w.seen.count(atMiniCode)
		err := w.draw(t)
		if why(t, err) != models.ReasonUpstreamRefused || !strings.Contains(err.Error(), fmt.Sprint(number)) {
			t.Errorf("%d again: %v", number, err)
		}
		if n := w.seen.count(atMiniCode) - asked; n != calls {
			t.Errorf("%d again: asked %d times", number, n)
		}
		hides(t, err, first, w.Token(appID), secret)
	}
}

// TestForcedRefreshes: one in thirty seconds and twenty in a day, whatever WeChat
// goes on refusing.
func TestForcedRefreshes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.draws(t, "", 1)
	w.LoseToken(appID)
	w.draws(t, "", 2)
	w.pass(forcesApart - time.Second)
	w.LoseToken(appID)
	lost := w.Token(appID)
	w.draws(t, models.ReasonUpstreamBusy, 1)
	w.draws(t, models.ReasonUpstreamBusy, 2) // lent once more in between, and refused once more
	if w.Token(appID) != lost {
		t.Error("a token was forced within thirty seconds")
	}
	w.pass(time.Second)
	w.draws(t, "", 3) // lent, refused, lent, forced
	for range forcesADay - 2 {
		w.pass(forcesApart)
		w.LoseToken(appID)
		w.draws(t, "", 2)
	}
	w.pass(time.Hour)
	w.draws(t, "", 0)
	w.LoseToken(appID)
	lost = w.Token(appID)
	w.draws(t, models.ReasonUpstreamBusy, 1)
	if w.Token(appID) != lost {
		t.Error("a token was forced for the twenty-first time in a day")
	}
	w.pass(24*time.Hour - time.Hour)
	w.draws(t, "", 1) // WeChat lends another by itself, the lost one being at its end
	w.LoseToken(appID)
	w.draws(t, "", 2)
}

// TestTokenTogether: whoever needs one at once shares one question, and one
// refresh when it is lost.
func TestTokenTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	together := func(tokens int) {
		t.Helper()
		asked, drawn := w.seen.count(atToken), len(w.MiniCodes(appID))
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if err := w.draw(t); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := w.seen.count(atToken) - asked; n != tokens {
			t.Errorf("%d questions for tokens, not %d", n, tokens)
		}
		if n := len(w.MiniCodes(appID)) - drawn; n != 50 {
			t.Errorf("%d codes were drawn", n)
		}
	}
	together(1)
	w.KillToken(appID)
	together(1)
	w.LoseToken(appID)
	together(2)
	w.pass(24 * time.Hour)
	together(1)
}
