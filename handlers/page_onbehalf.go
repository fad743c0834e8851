package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/web"
)

// onBehalfPage is where a worker declares for others. It has the forms of every
// place where the worker's communities are, for the script to draw.
func (a *api) onBehalfPage(c *gin.Context, by models.Worker) error {
	ctx := c.Request.Context()
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	today := a.Now().In(a.Zone)
	out := web.Behalf{Places: places, Forms: map[string][]*forms.Form{}, Today: today.Format(time.DateOnly), Since: today.AddDate(0, 0, -itineraryDays).Format(time.DateOnly)}
	if out.Communities, err = a.Store.Communities(ctx); err != nil {
		return err
	}
	for _, id := range by.Communities {
		home, err := a.Store.Community(ctx, id)
		if err != nil {
			return err
		}
		out.Forms[home.Jurisdiction] = a.Store.FormsIn(home.Jurisdiction)
	}
	return write(c, http.StatusOK, web.NewOnBehalfPage(a.frame(c), by, out))
}
