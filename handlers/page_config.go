package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/web"
)

// PageSigner signs pages for the JS-SDK of WeChat's browser. An official account
// can; a mini-program, whose shell does the scanning, needs none.
type PageSigner interface {
	PageConfig(ctx context.Context, page string) (platform.PageConfig, error)
}

type pageConfigInput struct {
	Page string `json:"page"` // its whole address, as the browser has it
}

// pageConfigOutput has the names that wx.config takes.
type pageConfigOutput struct {
	AppID     string `json:"appId"`
	Timestamp int64  `json:"timestamp"`
	Nonce     string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// pageConfig signs one of our own pages, and no other: what is signed may scan in
// the city's name.
func (a *api) pageConfig(c *gin.Context, _ models.Account) error {
	if a.PageConfig == nil {
		return models.Refuse(models.ReasonLoginPlatform)
	}
	in, err := bind[pageConfigInput](c)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(in.Page, a.Origin+"/") {
		return models.Refuse(models.ReasonFieldBad).On("page")
	}
	config, err := a.PageConfig.PageConfig(c.Request.Context(), in.Page)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, pageConfigOutput{config.AppID, config.Timestamp, config.Nonce, config.Signature})
	return nil
}

// scans reports whether the page can open WeChat's scanner by itself.
func (a *api) scans(p web.Page) bool { return a.PageConfig != nil && p.Host == "wechat" && !p.Shell }
