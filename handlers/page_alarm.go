package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

// alarmsPage tells an auditor what the offices below did or tried.
func (a *api) alarmsPage(c *gin.Context, by models.Auditor) error {
	ctx := c.Request.Context()
	var out web.Alarms
	var err error
	if out.List, out.Unread, err = a.Store.Alarms(ctx, by); err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	out.Places = places
	var ids []string
	for _, l := range out.List {
		ids = append(ids, l.By)
	}
	if out.Names, err = a.Store.Displays(ctx, ids); err != nil {
		return err
	}
	return write(c, http.StatusOK, web.NewAlarmsPage(a.frame(c), by, out))
}
