package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/platform"
)

// withdrawal is what Alipay tells when somebody takes back the leave that they gave
// the mini-program (用户授权取消).
const withdrawal = "alipay.open.auth.userauth.cancelled"

// Notification reads what Alipay posted to the app's 应用网关. form is the body
// alone (http.Request.PostForm): parameters of the address are not Alipay's.
// Anything else than a notification to this app that Alipay signed is
// login.client_refused. It can be read again and again, so whoever acts on one
// keeps its ID.
func (a *App) Notification(ctx context.Context, form url.Values) (n platform.Notification, err error) {
	defer func() {
		if recover() != nil {
			n, err = platform.Notification{}, foreign(errPanic)
		}
	}()
	if err := a.admissible(form); err != nil {
		return platform.Notification{}, foreign(err)
	}
	if err := a.client.VerifySign(ctx, form); err != nil {
		return platform.Notification{}, foreign(errors.New("alipay: a notification that Alipay did not sign"))
	}
	millis, err := strconv.ParseInt(form.Get("utc_timestamp"), 10, 64)
	n = platform.Notification{ID: form.Get("notify_id"), Method: form.Get("msg_method"), At: time.UnixMilli(millis).UTC(),
		AppID: a.appID, Content: json.RawMessage(form.Get("biz_content"))}
	if err != nil || n.ID == "" || n.Method == "" || !strings.HasPrefix(string(n.Content), "{") || !json.Valid(n.Content) {
		return platform.Notification{}, foreign(errors.New("alipay: a notification of a shape that is not known"))
	}
	if n.Method == withdrawal {
		n.Withdrawn = whose(n.Content)
	}
	return n, nil
}

// whose is who the content is about: newer apps are told an open_id, older ones a
// user_id.
func whose(content json.RawMessage) string {
	var said struct {
		OpenID string `json:"open_id"`
		UserID string `json:"user_id"`
	}
	if json.Unmarshal(content, &said) != nil || said.OpenID == "" {
		return said.UserID
	}
	return said.OpenID
}

// admissible looks at a notification before the SDK does. That fetches a
// certificate whose number it does not know and believes what it gets, so only
// numbers that are known reach it; and what is signed is one text for several
// forms, so each name must stand there once.
func (a *App) admissible(form url.Values) error {
	for _, values := range form {
		if len(values) != 1 {
			return errors.New("alipay: a notification that says something twice")
		}
	}
	number := form.Get("alipay_cert_sn")
	switch {
	case form.Get("app_id") != a.appID:
		return errors.New("alipay: a notification to another app")
	case form.Get("sign") == "" || form.Get("sign_type") != "RSA2":
		return errors.New("alipay: a notification without a signature")
	case !strings.EqualFold(form.Get("charset"), "utf-8"):
		return errors.New("alipay: a notification in another character set")
	case number != "" && !a.vouched[number]:
		return errors.New("alipay: a notification under a certificate that is not known")
	}
	return nil
}

func foreign(why error) error { return models.Refuse(models.ReasonLoginClient).Because(why) }
