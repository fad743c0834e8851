package handlers

import (
	"context"
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

// TextChecker has a platform look at a text that one of its users typed.
type TextChecker interface {
	CheckText(ctx context.Context, openID, text string) error
}

// presentable refuses texts that the resident's platform takes for unlawful, as
// WeChat's rules ask of whatever others may read. A worker reads them in any case,
// so a platform that gives no answer keeps nobody from declaring.
func (a *api) presentable(c *gin.Context, accountID string, texts []string) error {
	if len(texts) == 0 {
		return nil
	}
	ctx := c.Request.Context()
	who, err := a.Store.Identity(ctx, accountID)
	if err != nil {
		return err
	}
	checker, can := a.Texts[who.Platform]
	if !can {
		return nil
	}
	err = checker.CheckText(ctx, who.OpenID, strings.Join(texts, "\n"))
	var p *models.Problem
	if errors.As(err, &p) && p.Reason != models.ReasonTextRefused {
		a.Log.WarnContext(ctx, "a text was not checked", "request_id", requestID(c), "reason", string(p.Reason))
		return nil
	}
	return err
}
