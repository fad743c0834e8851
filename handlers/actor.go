package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

// The cookies that sessions live in. The prefix binds them to this host, to
// https and to the whole site (RFC 6265bis, section 4.1.3.2).
const (
	residentCookie = "__Host-session"
	staffCookie    = "__Host-staff"
)

// endpoint is a handler that knows who may call it.
type endpoint struct {
	actor string // for the access table
	run   func(*gin.Context) error
}

// as makes an endpoint of a handler and of the store's way to find its actor.
// This is the only way to make one for anybody who is not public.
func as[A any](a *api, actor, cookie string, find func(context.Context, string) (A, error), handle func(*gin.Context, A) error) endpoint {
	return endpoint{actor, func(c *gin.Context) error {
		who, err := find(c.Request.Context(), token(c, cookie))
		if err != nil {
			return err
		}
		if by, ok := any(who).(interface{ Actor() models.Actor }); ok {
			if err := a.limits.actor(by.Actor()); err != nil {
				return err
			}
			c.Set(keyActor, by.Actor())
		}
		return handle(c, who)
	}}
}

func (a *api) public(handle func(*gin.Context) error) endpoint {
	return endpoint{"public", handle}
}

func (a *api) account(handle func(*gin.Context, models.Account) error) endpoint {
	return as(a, "account", residentCookie, a.Store.Account, handle)
}

// channel is any account, a plugin's too.
func (a *api) channel(handle func(*gin.Context, models.Account) error) endpoint {
	return as(a, "channel", residentCookie, a.Store.Channel, handle)
}

func (a *api) plugin(handle func(*gin.Context, models.Plugin) error) endpoint {
	return as(a, "plugin", residentCookie, a.Store.Plugin, handle)
}

// linked is a resident by any channel.
func (a *api) linked(handle func(*gin.Context, models.Linked) error) endpoint {
	return as(a, "linked", residentCookie, a.Store.Linked, handle)
}

func (a *api) resident(handle func(*gin.Context, models.Resident) error) endpoint {
	return as(a, "resident", residentCookie, a.Store.Resident, handle)
}

// holder is a resident opening their code, by the shortest way there is.
func (a *api) holder(handle func(*gin.Context, store.Holder) error) endpoint {
	return as(a, "linked", residentCookie, a.Store.Holder, handle)
}

func (a *api) staff(handle func(*gin.Context, models.Staff) error) endpoint {
	return as(a, "staff", staffCookie, a.Store.Staff, handle)
}

func (a *api) guard(handle func(*gin.Context, models.Guard) error) endpoint {
	return as(a, "guard", staffCookie, a.Store.Guard, handle)
}

func (a *api) gate(handle func(*gin.Context, models.Gate) error) endpoint {
	return as(a, "gate", staffCookie, a.Store.Gate, handle)
}

func (a *api) worker(handle func(*gin.Context, models.Worker) error) endpoint {
	return as(a, "worker", staffCookie, a.Store.Worker, handle)
}

// desk is whoever answers what waits for somebody to look at it: a worker, or a lead
// above them.
func (a *api) desk(handle func(*gin.Context, store.Desk) error) endpoint {
	return as(a, "worker or lead", staffCookie, a.Store.Desk, handle)
}

func (a *api) lead(handle func(*gin.Context, models.Lead) error) endpoint {
	return as(a, "lead", staffCookie, a.Store.Lead, handle)
}

func (a *api) epidemiologist(handle func(*gin.Context, models.Epidemiologist) error) endpoint {
	return as(a, "epidemiologist", staffCookie, a.Store.Epidemiologist, handle)
}

// proposer is a member of staff in any role that a lever belongs to.
func (a *api) proposer(handle func(*gin.Context, models.Proposer) error) endpoint {
	return as(a, "proposer", staffCookie, a.Store.Proposer, handle)
}

// observer is a member of staff in any role that reads what was counted.
func (a *api) observer(handle func(*gin.Context, models.Observer) error) endpoint {
	return as(a, "observer", staffCookie, a.Store.Observer, handle)
}

func (a *api) auditor(handle func(*gin.Context, models.Auditor) error) endpoint {
	return as(a, "auditor", staffCookie, a.Store.Auditor, handle)
}

func (a *api) administrator(handle func(*gin.Context, models.Administrator) error) endpoint {
	return as(a, "administrator", staffCookie, a.Store.Administrator, handle)
}

func (a *api) officer(handle func(*gin.Context, models.Officer) error) endpoint {
	return as(a, "officer", staffCookie, a.Store.Officer, handle)
}

func (a *api) client(handle func(*gin.Context, models.Client) error) endpoint {
	return as(a, "client", "", a.Store.Client, handle)
}

// peer is another installation, known by its signature over what it asks: it has no
// session.
func (a *api) peer(handle func(*gin.Context, store.Peer) error) endpoint {
	return endpoint{"peer", func(c *gin.Context) error {
		body, err := read(c, models.PeerLimit)
		if err != nil {
			return err
		}
		by, err := a.Store.Peer(c.Request.Context(), body)
		if err != nil {
			return err
		}
		if err := a.limits.actor(by.Actor()); err != nil {
			return err
		}
		c.Set(keyActor, by.Actor())
		return handle(c, by)
	}}
}

// token is the session's, from the Authorization header that shells and clients
// send, or from the cookie that pages have.
func token(c *gin.Context, cookie string) string {
	if bearer, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer "); ok {
		return bearer
	}
	if cookie == "" {
		return ""
	}
	value, err := c.Cookie(cookie)
	if err != nil {
		return ""
	}
	return value
}

// signIn hands the session's token to the browser; an empty one takes it away.
func signIn(c *gin.Context, cookie, token string) {
	age := 0 // until the browser closes
	if token == "" {
		age = -1
	} else if cookie == residentCookie {
		age = 90 * 24 * 3600
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: cookie, Value: token, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
