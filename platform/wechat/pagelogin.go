package wechat

import (
	"context"

	"healthcode/models"
	"healthcode/platform"
)

// PageLogin logs a page in WeChat's browser in, outside the mini-program, through
// an official account: WeChat is asked who is there, shows nothing, and sends the
// browser back with a code. It is safe for concurrent use.
type PageLogin struct {
	Account  *OfficialAccount
	Redirect string // where WeChat sends people back to, on our own host
}

// Begin is a new attempt, and the address at WeChat to go to. Nobody is asked yet.
func (l PageLogin) Begin(context.Context) (platform.Attempt, string, error) {
	try := platform.Attempt{State: platform.NewState()}
	return try, l.Account.AuthorizeURL(l.Redirect, try.State), nil
}

// Finish ends the attempt: the code of WeChat's answer for who is there, as
// [OfficialAccount.Identify] has it. The state is compared before anything is asked.
func (l PageLogin) Finish(ctx context.Context, try platform.Attempt, state, code string) (platform.Identity, error) {
	if !try.Began(state) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode)
	}
	return l.Account.Identify(ctx, code)
}
