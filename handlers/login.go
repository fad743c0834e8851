package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform"
)

type loginInput struct {
	Platform string `json:"platform"`
	Code     string `json:"code"`
	Host     string `json:"host"` // the app that an Alipay plugin lives in
}

type loginOutput struct {
	Token      string `json:"token"`            // for the shell's own requests
	Ticket     string `json:"ticket,omitempty"` // for the page that it opens next; a plugin opens none
	Registered bool   `json:"registered"`
}

// login exchanges a mini-program's code for a session.
func (a *api) login(c *gin.Context) error {
	if err := a.limits.route("login", c.ClientIP()); err != nil {
		return err
	}
	in, err := bind[loginInput](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	who, err := a.identify(ctx, in)
	if err != nil {
		return err
	}
	token, err := a.Store.SignIn(ctx, store.SignIn{Platform: who.Platform, AppID: who.AppID, OpenID: who.OpenID, Device: c.Request.UserAgent()})
	if err != nil {
		return err
	}
	me, err := a.Store.Channel(ctx, token)
	if err != nil {
		return err
	}
	out := loginOutput{Token: token, Registered: me.ResidentID != ""}
	if !me.IsPlugin() {
		if out.Ticket, err = a.Store.Ticket(ctx, me); err != nil {
			return err
		}
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// identify asks the platform whose code it is.
func (a *api) identify(ctx context.Context, in loginInput) (platform.Identity, error) {
	if hosted, known := a.Hosted[in.Platform]; known {
		return hosted.IdentifyIn(ctx, in.Host, in.Code)
	}
	if own, known := a.Identify[in.Platform]; known {
		return own.Identify(ctx, in.Code)
	}
	return platform.Identity{}, models.Refuse(models.ReasonLoginPlatform).On("platform")
}

type ticketOutput struct {
	Ticket string `json:"ticket"`
}

// ticket makes what the shell puts into the fragment of the page that it opens.
func (a *api) ticket(c *gin.Context, me models.Account) error {
	ticket, err := a.Store.Ticket(c.Request.Context(), me)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, ticketOutput{Ticket: ticket})
	return nil
}

type sessionInput struct {
	Ticket string `json:"ticket"`
}

// beginSession redeems a ticket: the page that was opened with it is signed in.
func (a *api) beginSession(c *gin.Context) error {
	if err := a.limits.route("ticket", c.ClientIP()); err != nil {
		return err
	}
	in, err := bind[sessionInput](c)
	if err != nil {
		return err
	}
	token, err := a.Store.RedeemTicket(c.Request.Context(), in.Ticket, c.Request.UserAgent())
	if err != nil {
		return err
	}
	signIn(c, residentCookie, token)
	return done(c)
}

// endSession signs out the phone or browser that asks.
func (a *api) endSession(c *gin.Context, me models.Account) error {
	if err := a.Store.SignOut(c.Request.Context(), me.Actor(), me.SessionID); err != nil {
		return err
	}
	signIn(c, residentCookie, "")
	return done(c)
}

// signOutPhone signs out another phone of the resident's, lost or lent.
func (a *api) signOutPhone(c *gin.Context, me models.Resident) error {
	if err := a.Store.EndSession(c.Request.Context(), me, c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

// done answers a change that has nothing to tell.
func done(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
