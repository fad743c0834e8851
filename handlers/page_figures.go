package handlers

import (
	"cmp"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

// figuresPage is what was counted in the observer's place, or in one below it.
func (a *api) figuresPage(c *gin.Context, by models.Observer) error {
	ctx := c.Request.Context()
	table, err := a.Store.Figures(ctx, by, cmp.Or(c.Query("place"), by.Jurisdiction))
	if err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	out := web.Figures{Table: table, Places: places, Within: a.Store.Within}
	if by.Role == models.RoleAuditor {
		if _, out.Unread, err = a.Store.Alarms(ctx, models.Auditor(by)); err != nil {
			return err
		}
	}
	return write(c, http.StatusOK, web.NewFiguresPage(a.frame(c), by, out))
}
