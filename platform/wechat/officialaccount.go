package wechat

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/credential"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	sdk "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/oauth"

	"healthcode/models"
	"healthcode/platform"
)

// OfficialAccount is a service account (服务号), whose pages open in WeChat's
// browser and outside the mini-program. It is safe for concurrent use.
type OfficialAccount struct {
	*client
	tickets *keeper
}

// NewOfficialAccount makes the adapter of one official account. It needs a clock,
// because a page's signature carries the time.
func NewOfficialAccount(c Config) (*OfficialAccount, error) {
	made, err := newClient(c)
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		return nil, errors.New("wechat: an official account needs a clock")
	}
	o := &OfficialAccount{client: made}
	o.tickets = &keeper{now: made.now, timeout: made.timeout, borrow: o.ticket}
	return o, nil
}

// AuthorizeURL is where WeChat's browser is sent to be asked who is there: WeChat
// sends it on to redirect, with a code for [OfficialAccount.Identify] and the
// state, which holds letters and digits, 128 at the most. The scope is
// snsapi_base, which asks nobody for anything and tells no name.
func (o *OfficialAccount) AuthorizeURL(redirect, state string) string {
	// It only writes a text, and never fails. The state it does not escape.
	to, _ := oauth.NewOauth(o.made()).GetRedirectURL(redirect, "snsapi_base", url.QueryEscape(state))
	return to
}

// Identify exchanges the code that WeChat's browser came back with for who it is,
// by sns/oauth2/access_token. Their access token is dropped at once. Every error
// is a [models.Problem], as those of [App.Identify]; and it is login.snapshot for
// the made-up user of a page that WeChat shows as a snapshot (快照页), who must not
// become an account. A code is good for one call.
func (o *OfficialAccount) Identify(ctx context.Context, code string) (platform.Identity, error) {
	if !codes.MatchString(code) { // which the SDK would write into the URL as it is
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode).On("code")
	}
	ctx, q, end := o.begin(ctx)
	defer end()
	who, err := oauth.NewOauth(o.made()).GetUserAccessTokenContext(ctx, code)
	if p := q.verdict(err != nil, loginNumbers); p != nil {
		return platform.Identity{}, p
	}
	if who.IsSnapShotUser != 0 {
		return platform.Identity{}, models.Refuse(models.ReasonLoginSnapshot)
	}
	return named(platform.Identity{Platform: platform.WeChatPage, AppID: o.appID, OpenID: who.OpenID, UnionID: who.UnionID})
}

// made is what the SDK's parts for official accounts are made of.
func (o *OfficialAccount) made() *sdk.Context {
	return &sdk.Context{Config: &config.Config{AppID: o.appID, AppSecret: o.secret}}
}

// ticket borrows a jsapi_ticket, by cgi-bin/ticket/getticket. WeChat never refuses
// one to us: it is shown to phones, and they complain to nobody.
func (o *OfficialAccount) ticket(ctx context.Context, _ string) (loan, *models.Problem) {
	var said credential.ResTicket
	var asked time.Time
	trouble := o.authorised(ctx, nil, func(ctx context.Context, token string) bool {
		asked = o.now()
		var err error
		said, err = credential.GetTicketFromServerContext(ctx, token)
		return err != nil
	})
	if trouble != nil {
		return loan{}, trouble
	}
	return lend(said.Ticket, said.ExpiresIn, asked)
}
