package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// Teller sends a message of three parts to one user of an app: what happened,
// when, and what to do. platform/wechat and platform/alipay are the two.
type Teller interface {
	Tell(ctx context.Context, openID, template string, parts [3]string) error
}

// sender finds the words of the messages that one platform sends.
type sender struct {
	Teller
	zone *time.Location
}

// Send sends one message, in words that say nothing about its recipient.
func (s sender) Send(ctx context.Context, m store.Message) error {
	at := m.At.In(s.zone)
	parts := web.ColourMessage(m.Colour, at)
	if m.Kind.OfReview() {
		parts = web.ReviewMessage(m.Review, at)
	}
	return s.Tell(ctx, m.To.OpenID, m.Template, parts)
}

// Senders are what the store delivers its messages through, by platform.
func (o Options) Senders() map[string]store.Sender {
	all := map[string]store.Sender{}
	for platform, teller := range o.Tellers {
		all[platform] = sender{teller, o.Zone}
	}
	return all
}

type noticeOutput struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	At      time.Time      `json:"at"`
	ReadAt  *time.Time     `json:"read_at"`
	Say     string         `json:"say"`
	Colour  string         `json:"colour,omitempty"` // of a change of colour, with what follows
	Before  string         `json:"before,omitempty"`
	Reasons []reasonOutput `json:"reasons,omitempty"`
	Review  string         `json:"review,omitempty"` // of a judgement, with what follows
	State   string         `json:"state,omitempty"`
	Words   string         `json:"words,omitempty"`
}

type noticesOutput struct {
	Unread  int            `json:"unread"`
	Notices []noticeOutput `json:"notices"`
}

// notices tells the resident everything that they were told.
func (a *api) notices(c *gin.Context, me models.Linked) error {
	list, err := a.Store.Notices(c.Request.Context(), me.Resident)
	if err != nil {
		return err
	}
	out := noticesOutput{Notices: each(list, func(t store.Told) noticeOutput { return a.noticeSaid(c, t) })}
	for _, t := range list {
		if !t.Read() {
			out.Unread++
		}
	}
	c.JSON(http.StatusOK, out)
	return nil
}

func (a *api) noticeSaid(c *gin.Context, t store.Told) noticeOutput {
	out := noticeOutput{ID: t.ID, Kind: string(t.Kind), At: t.At, ReadAt: optional(t.ReadAt)}
	if t.Kind.OfReview() {
		out.Say = web.Judged(languageOf(c), t.Review)
		if t.Kind == models.NoticePassed {
			out.Say = web.Passed(a.reader(c), t.Review)
		}
		out.Review, out.State, out.Words = string(t.Review.Kind), string(t.Review.State), t.Review.Words
		return out
	}
	out.Say = web.Changed(languageOf(c), t.Before, t.Decision.Colour)
	out.Colour, out.Reasons = t.Decision.Colour.String(), a.reasons(c, t.Decision)
	if t.Before.Valid() {
		out.Before = t.Before.String()
	}
	return out
}

// readNotice is the resident saying that they have read one.
func (a *api) readNotice(c *gin.Context, me models.Linked) error {
	if err := a.Store.ReadNotice(c.Request.Context(), me.Resident, c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

func (a *api) noticesPage(c *gin.Context, me models.Resident) error {
	list, err := a.Store.Notices(c.Request.Context(), me)
	if err != nil {
		return err
	}
	page := web.NoticesPage{Page: a.frame(c), Notices: each(list, func(t store.Told) web.NoticeView { return a.noticeView(c, t) })}
	return write(c, http.StatusOK, page)
}

func (a *api) noticeView(c *gin.Context, t store.Told) web.NoticeView {
	said := a.noticeSaid(c, t)
	return web.NoticeView{ID: t.ID, At: t.At, Read: t.Read(), Colour: said.Colour, Say: said.Say, Words: said.Words, Appeal: t.Review.Kind == models.ReviewAppeal,
		Reasons: each(said.Reasons, func(r reasonOutput) string { return r.Why })}
}

// news puts what a resident has not read yet on their first page.
func (a *api) news(c *gin.Context, page *web.HomePage, me models.Resident) error {
	list, err := a.Store.Unread(c.Request.Context(), me)
	if err != nil || len(list) == 0 {
		return err
	}
	newest := a.noticeView(c, list[0])
	page.Unread, page.Notice = len(list), &newest
	return nil
}
