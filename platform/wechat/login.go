package wechat

import (
	"context"
	"errors"
	"regexp"

	"github.com/silenceper/wechat/v2/miniprogram/auth"

	"healthcode/models"
	"healthcode/platform"
)

// codes are what wx.login gives: 32 letters and digits today; the vendor promises
// no shape. The SDK puts the code into a URL as it is, where anything else could
// become a parameter of its own.
var codes = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// Identify exchanges the code of wx.login for who has logged in, by
// sns/jscode2session. WeChat's session_key is dropped at once. Every error is a
// [models.Problem]:
//   - login.code_invalid: the code was never given, has expired or is another
//     app's, all of which WeChat answers alike; or it can be no code at all, and
//     then WeChat is not asked;
//   - login.code_used, login.blocked;
//   - one of upstream.*: WeChat did not answer, or not so that it can be believed.
//
// A code is good for one call: after any error the mini-program has to ask
// wx.login for another.
func (a *App) Identify(ctx context.Context, code string) (platform.Identity, error) {
	if !codes.MatchString(code) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode).On("code")
	}
	ctx, c, end := a.begin(ctx)
	defer end()
	session, err := auth.NewAuth(a.bearing("")).Code2SessionContext(ctx, code)
	if p := c.verdict(err != nil, loginNumbers); p != nil {
		return platform.Identity{}, p
	}
	return named(platform.Identity{Platform: platform.WeChat, AppID: a.appID, OpenID: session.OpenID, UnionID: session.UnionID})
}

// named is the identity, unless it names nobody that could be kept: the SDK takes
// an answer without any openid, such as {}, for success.
func named(who platform.Identity) (platform.Identity, error) {
	if !words.MatchString(who.OpenID) || who.UnionID != "" && !words.MatchString(who.UnionID) {
		return platform.Identity{}, unusable(errNobody)
	}
	return who, nil
}

var errNobody = errors.New("wechat: an answer that names nobody")

// codeUsed is on no page of the vendor's, and is what the service answers to a
// code that was used.
const codeUsed = 40163

// loginNumbers are those of the page code2Session.
var loginNumbers = numbers{
	40029:    models.Refuse(models.ReasonLoginCode),
	codeUsed: models.Refuse(models.ReasonLoginCodeUsed),
	40226:    models.Refuse(models.ReasonLoginBlocked), // 高风险等级用户
}
