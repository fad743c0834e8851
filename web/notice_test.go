package web

import (
	"testing"
	"time"

	"healthcode/models"
)

// TestMessages: what an app shows on a locked screen is short, says what happened
// and names nobody.
func TestMessages(t *testing.T) {
	t.Parallel()
	at := time.Date(2022, 3, 14, 12, 5, 0, 0, time.UTC)
	if got, want := ColourMessage(models.Yellow, at), [3]string{"健康码变为黄码", "2022-03-14 12:05", "请打开健康码查看原因"}; got != want {
		t.Errorf("got %q", got)
	}
	var all [][3]string
	for c := models.Green; c <= models.Red; c++ {
		all = append(all, ColourMessage(c, at))
	}
	for _, k := range []models.ReviewKind{models.ReviewRegistration, models.ReviewDeclaration, models.ReviewCorrection} {
		for _, s := range []models.ReviewState{models.ReviewApproved, models.ReviewCleared, models.ReviewRefused} {
			all = append(all, ReviewMessage(models.Review{Kind: k, State: s, Words: "words"}, at))
		}
	}
	for _, parts := range all {
		for _, part := range parts {
			if n := len([]rune(part)); n == 0 || n > 20 { // which is what a thing of WeChat's takes
				t.Errorf("%q has %d characters", part, n)
			}
		}
	}
}
