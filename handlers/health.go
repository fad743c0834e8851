package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyWithin is how long the database may take to say that it is there.
const readyWithin = 2 * time.Second

// alive answers as long as the process does.
func (a *api) alive(c *gin.Context) error {
	c.String(http.StatusOK, "ok\n")
	return nil
}

// ready answers 200 while the service can do its work, and 503 with nothing but
// that otherwise: the reason is in the log.
func (a *api) ready(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	if err := a.Store.Ready(ctx); err != nil {
		a.Log.ErrorContext(ctx, "not ready", "error", err.Error())
		c.String(http.StatusServiceUnavailable, "not ready\n")
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}
