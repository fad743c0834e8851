package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform"
)

// NotificationReader reads what a platform tells the service by itself, and
// refuses what somebody else says in its name.
type NotificationReader interface {
	Notification(ctx context.Context, form url.Values) (platform.Notification, error)
}

// notified takes what Alipay posts to the app's gateway (应用网关). The body alone is
// read: what stands in the address is not signed. It is answered "success", and
// told again until it is.
func (a *api) notified(c *gin.Context) error {
	reader, can := a.Notifications[platform.Alipay]
	if !can {
		return models.Refuse(models.ReasonRouteUnknown)
	}
	if err := a.limits.route("notification", c.ClientIP()); err != nil {
		return err
	}
	form, err := posted(c)
	if err != nil {
		return err
	}
	n, err := reader.Notification(c.Request.Context(), form)
	if err != nil {
		return err
	}
	if n.Withdrawn != "" {
		who := store.SignIn{Platform: platform.Alipay, AppID: n.AppID, OpenID: n.Withdrawn}
		if err := a.Store.WithdrawAccount(c.Request.Context(), who, n.At); err != nil {
			return err
		}
	}
	c.String(http.StatusOK, "success")
	return nil
}

// posted is the form in the body, and nothing of the address.
func posted(c *gin.Context) (url.Values, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, models.Refuse(models.ReasonBodyTooLarge)
	}
	if err != nil {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	return form, nil
}
