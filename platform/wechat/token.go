package wechat

import (
	"context"
	"errors"
	"regexp"
	"time"

	"healthcode/models"
)

// What the page getStableAccessToken says.
const (
	tokenLife    = 2 * time.Hour   // at the most
	tokenOverlap = 5 * time.Minute // before its end there is a new one to be had, and both are good
	forcesADay   = 20
	forcesApart  = 30 * time.Second // or else nothing is refreshed
)

// lent are the texts that WeChat lends. The page promises no shape, and that 512
// characters are room enough.
var lent = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,512}$`)

// token borrows an access token from the stable source, which gives every process
// the same one, so that several do not take it from each other. A token that
// WeChat refused is forced out only if WeChat goes on lending it, and no oftener
// than the page allows.
//
// It is asked directly: the SDK's own source keeps no account of expiry, has no
// clock but the machine's, and cannot be told that a token was refused.
func (c *client) token(ctx context.Context, refused string) (loan, *models.Problem) {
	got, trouble := c.stableToken(ctx, false)
	if trouble != nil || got.text != refused {
		return got, trouble
	}
	if !c.mayForce() {
		return loan{}, models.Refuse(models.ReasonUpstreamBusy).Because(errForced)
	}
	got, trouble = c.stableToken(ctx, true)
	if trouble == nil && got.text == refused {
		trouble = models.Refuse(models.ReasonUpstreamBusy).Because(errForced)
	}
	return got, trouble
}

var (
	errForced = errors.New("wechat: the token is refused, and another cannot be forced out yet")
	errNoLoan = errors.New("wechat: an answer that lends nothing")
)

// mayForce counts a forced refresh, unless it is one too many. Tokens are borrowed
// one at a time, so nothing else touches the account.
func (c *client) mayForce() bool {
	now := c.now()
	for len(c.forced) > 0 && now.Sub(c.forced[0]) >= 24*time.Hour {
		c.forced = c.forced[1:]
	}
	if n := len(c.forced); n >= forcesADay || n > 0 && now.Sub(c.forced[n-1]) < forcesApart {
		return false
	}
	c.forced = append(c.forced, now)
	return true
}

// stableToken asks cgi-bin/stable_token.
func (c *client) stableToken(ctx context.Context, force bool) (loan, *models.Problem) {
	q, asked := &call{way: c.way}, c.now()
	var said struct {
		Text    string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	failed := post(q.within(ctx), "/cgi-bin/stable_token", map[string]any{"grant_type": "client_credential",
		"appid": c.appID, "secret": c.secret, "force_refresh": force}, &said)
	if p := q.verdict(failed, nil); p != nil {
		return loan{}, p
	}
	return lend(said.Text, said.Seconds, asked)
}

// lend reads what was lent at that instant, for so many seconds.
func lend(text string, seconds int64, asked time.Time) (loan, *models.Problem) {
	if !lent.MatchString(text) || seconds <= 0 {
		return loan{}, models.Refuse(models.ReasonUpstreamLying).Because(errNoLoan)
	}
	life := min(tokenLife, time.Duration(min(seconds, 1<<20))*time.Second)
	end := asked.Add(life)
	return loan{text: text, renew: end.Add(-min(tokenOverlap, life/2)), end: end}, nil
}
