package handlers

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform"
	"healthcode/web"
)

// PageLogin logs a page in at a provider that shows its own login and sends
// people back with a code: a locality's own app, or WeChat's browser outside the
// mini-program.
type PageLogin interface {
	Begin(ctx context.Context) (platform.Attempt, string, error)
	Finish(ctx context.Context, try platform.Attempt, state, code string) (platform.Identity, error)
}

// pageWays are the page logins in the order in which they are offered, each where
// it can succeed.
var pageWays = []struct{ channel, host string }{{"wechat", "wechat"}, {"app", "browser"}}

// ways are the channels that the page offers to whoever is signed out. Within a
// mini-program there are none: its shell logs in.
func (a *api) ways(p web.Page) (channels []string) {
	for _, way := range pageWays {
		if _, can := a.PageLogins[way.channel]; can && way.host == p.Host && !p.Shell {
			channels = append(channels, way.channel)
		}
	}
	return channels
}

// attemptCookie holds a login under way.
const attemptCookie = "__Host-attempt"

// attemptSeconds is how long a login may take.
const attemptSeconds = 600

// enterBy goes to the provider's login.
func (a *api) enterBy(c *gin.Context) error {
	way, known := a.PageLogins[c.Param("channel")]
	if !known {
		return models.Refuse(models.ReasonRouteUnknown)
	}
	if err := a.limits.route("login", c.ClientIP()); err != nil {
		return err
	}
	try, page, err := way.Begin(c.Request.Context())
	if err != nil {
		return err
	}
	raw, err := json.Marshal(try)
	if err != nil {
		return err
	}
	setAttempt(c, base64.RawURLEncoding.EncodeToString(raw), attemptSeconds)
	c.Redirect(http.StatusFound, page)
	return nil
}

// enterBack takes the provider's answer. Its code leaves the address at once.
func (a *api) enterBack(c *gin.Context) error {
	way, known := a.PageLogins[c.Param("channel")]
	if !known {
		return models.Refuse(models.ReasonRouteUnknown)
	}
	if err := a.limits.route("login", c.ClientIP()); err != nil {
		return err
	}
	try := attempt(c)
	setAttempt(c, "", -1)
	ctx := c.Request.Context()
	who, err := way.Finish(ctx, try, c.Query("state"), c.Query("code"))
	if err != nil {
		return err
	}
	token, err := a.Store.SignIn(ctx, store.SignIn{Platform: who.Platform, AppID: who.AppID, OpenID: who.OpenID, Device: c.Request.UserAgent()})
	if err != nil {
		return err
	}
	signIn(c, residentCookie, token)
	c.Redirect(http.StatusSeeOther, "/")
	return nil
}

// attempt is the one that the browser has begun; the zero Attempt if it has none.
func attempt(c *gin.Context) (try platform.Attempt) {
	value, err := c.Cookie(attemptCookie)
	if err != nil {
		return try
	}
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(raw, &try) != nil {
		return platform.Attempt{}
	}
	return try
}

func setAttempt(c *gin.Context, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: attemptCookie, Value: value, Path: "/", MaxAge: seconds,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
