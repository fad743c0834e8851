package alipay

import (
	"context"
	"regexp"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
	"healthcode/platform"
)

// tokenMethod is the one method whose success has no code.
const tokenMethod = "alipay.system.oauth.token"

// authCodes are what my.getAuthCode gives: 32 letters and digits today. The vendor
// promises no shape, so this only keeps out what can be no code at all.
var authCodes = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// loginRefusals: Alipay says isv.code-invalid to a code that was used, has
// expired, is another app's or was never given alike.
var loginRefusals = refusals{"isv.code-invalid": models.ReasonLoginCode}

// Identify exchanges the code of my.getAuthCode for who has logged in, by
// alipay.system.oauth.token. The access token dies here. A code is good once, so
// this cannot be repeated; what Alipay will not take is login.code_invalid.
func (a *App) Identify(ctx context.Context, code string) (platform.Identity, error) {
	openID, unionID, err := a.redeem(ctx, sdk.SystemOauthToken{Code: code})
	if err != nil {
		return platform.Identity{}, err
	}
	return platform.Identity{Platform: platform.Alipay, AppID: a.appID, OpenID: openID, UnionID: unionID}, nil
}

// redeem exchanges the code in that request. The SDK's own word for success needs
// a user_id, which newer apps are not given.
func (a *App) redeem(ctx context.Context, request sdk.SystemOauthToken) (openID, unionID string, err error) {
	if !authCodes.MatchString(request.Code) {
		return "", "", models.Refuse(models.ReasonLoginCode).On("code")
	}
	request.GrantType = "authorization_code"
	var token struct {
		AccessToken string `json:"access_token"`
		OpenID      string `json:"open_id"`
		UserID      string `json:"user_id"`
		UnionID     string `json:"union_id"`
	}
	if err := a.ask(ctx, request, loginRefusals, &token); err != nil {
		return "", "", err
	}
	if token.OpenID == "" { // what new apps get; older ones get user_id, some both
		token.OpenID = token.UserID
	}
	if token.AccessToken == "" || token.OpenID == "" {
		return "", "", lying("a token that is nobody's")
	}
	return token.OpenID, token.UnionID, nil
}
