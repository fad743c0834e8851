package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

type reviewOutput struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	State       string    `json:"state"`
	CreatedAt   time.Time `json:"created_at"`
	Level       string    `json:"level"`
	DueAt       time.Time `json:"due_at"`
	ClaimedByMe bool      `json:"claimed_by_me"`
}

type queueOutput struct {
	Reviews []reviewOutput `json:"reviews"`
}

// queue lists what waits at the desk.
func (a *api) queue(c *gin.Context, desk store.Desk) error {
	list, err := desk.Queue(c.Request.Context(), c.Query("after"))
	if err != nil {
		return err
	}
	out := queueOutput{Reviews: make([]reviewOutput, len(list))}
	for i, r := range list {
		out.Reviews[i] = reviewOutput{ID: r.ID, Kind: string(r.Kind), State: string(r.State), CreatedAt: r.CreatedAt,
			Level: string(r.Level), DueAt: r.DueAt, ClaimedByMe: r.ClaimedBy == desk.By().ID}
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// claim takes a review onto the desk.
func (a *api) claim(c *gin.Context, desk store.Desk) error {
	if err := desk.Claim(c.Request.Context(), c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

// release puts it back.
func (a *api) release(c *gin.Context, desk store.Desk) error {
	if err := desk.Release(c.Request.Context(), c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

type judgementInput struct {
	Verdict string   `json:"verdict"`
	Words   string   `json:"words"`
	Facts   []string `json:"facts"` // of an appeal that is granted: what was wrong
}

// wordsLimit is how long a worker's words to a resident may be, in characters.
const wordsLimit = 200

// judge decides a review.
func (a *api) judge(c *gin.Context, desk store.Desk) error {
	in, err := bind[judgementInput](c)
	if err != nil {
		return err
	}
	words := strings.TrimSpace(in.Words)
	if len([]rune(words)) > wordsLimit {
		return models.Refuse(models.ReasonAnswerTooLong).On("words")
	}
	verdict := models.Judgement{Verdict: models.Verdict(in.Verdict), Words: words, Facts: in.Facts}
	if err := desk.Judge(c.Request.Context(), c.Param("id"), verdict); err != nil {
		return err
	}
	return done(c)
}
