// Package alipay speaks to Alipay through github.com/smartwalle/alipay/v3.
//
// That SDK reports failure in two ways: an unsigned answer comes as a Go error,
// a signed one as a field beside a nil error. Its own word for success needs a
// user_id, which newer apps are not given. So this package asks for what it needs
// and translates everything else; no error of the SDK's is returned or logged.
package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
	"healthcode/platform"
)

// Host is the only host that is ever asked.
const Host = "openapi.alipay.com"

// Config is what one mini-program needs, in public-key mode (公钥模式).
type Config struct {
	AppID           string
	PrivateKey      string            // RSA, PKCS #1 or #8, in PEM or base64
	AlipayPublicKey string            // 支付宝公钥, in PEM or base64: every answer is checked against it
	Transport       http.RoundTripper // the way out; platform.Direct() when nil. Tests and the demo pass one that leads to the simulator
	Timeout         time.Duration     // for one call; five seconds when zero
}

// App is one mini-program. It is safe for concurrent use.
type App struct {
	client  *sdk.Client
	appID   string
	timeout time.Duration
}

// New makes the adapter of one mini-program. It is always the production
// gateway that is asked: a simulator stands behind the transport, if anywhere.
func New(c Config) (*App, error) {
	if c.AppID == "" {
		return nil, errors.New("alipay: the app id must be set")
	}
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	beijing, err := time.LoadLocation("Asia/Shanghai") // the gateway reads the timestamp as Beijing time
	if err != nil {
		return nil, fmt.Errorf("alipay: %w", err)
	}
	client, err := sdk.New(c.AppID, c.PrivateKey, true, sdk.WithTimeLocation(beijing), sdk.WithHTTPClient(&http.Client{
		Transport: platform.Outbound{Host: Host, Via: c.Transport}, CheckRedirect: platform.NoRedirect, Timeout: 15 * time.Second}))
	if err != nil {
		return nil, errors.New("alipay: the private key cannot be read") // the SDK's words may quote it
	}
	if err := client.LoadAliPayPublicKey(c.AlipayPublicKey); err != nil {
		return nil, errors.New("alipay: Alipay's public key cannot be read")
	}
	return &App{client, c.AppID, c.Timeout}, nil
}

// codes are what my.getAuthCode gives: 32 letters and digits today. The vendor
// promises no shape, so this only keeps out what can be no code at all.
var codes = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// Identify exchanges the code of my.getAuthCode for who has logged in, by
// alipay.system.oauth.token. The access token dies here. Alipay answers
// isv.code-invalid to a code that was used, has expired, is another app's or was
// never given: all are login.code_invalid.
func (a *App) Identify(ctx context.Context, code string) (platform.Identity, error) {
	if !codes.MatchString(code) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode).On("code")
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	token, err := a.token(ctx, code)
	if err != nil {
		return platform.Identity{}, err
	}
	openID := token.OpenId // what new apps get; older ones get user_id, some both
	if openID == "" {
		openID = token.UserId
	}
	if token.AccessToken == "" || openID == "" {
		return platform.Identity{}, models.Refuse(models.ReasonUpstreamLying)
	}
	return platform.Identity{Platform: platform.Alipay, AppID: a.appID, OpenID: openID, UnionID: token.UnionId}, nil
}

// token asks for the token, and turns both of the SDK's ways to fail, and its
// panic over an answer that is null, into a refusal.
func (a *App) token(ctx context.Context, code string) (token *sdk.SystemOauthTokenRsp, err error) {
	defer func() {
		if recover() != nil {
			err = models.Refuse(models.ReasonUpstreamLying)
		}
	}()
	token, err = a.client.SystemOauthToken(ctx, sdk.SystemOauthToken{GrantType: "authorization_code", Code: code})
	if err != nil {
		return nil, translate(ctx, err)
	}
	if token == nil {
		return nil, models.Refuse(models.ReasonUpstreamLying)
	}
	if token.AccessToken == "" && token.Code != "" && token.Code != sdk.CodeSuccess {
		return nil, refusal(string(token.Code), token.SubCode)
	}
	return token, nil
}

// refusals are Alipay's sub-codes for what can go wrong when logging in. Source:
// the page alipay.system.oauth.token and 公共错误码 of the vendor's documentation.
var refusals = map[string]models.Reason{
	"isv.code-invalid":     models.ReasonLoginCode,
	"isp.unknow-error":     models.ReasonUpstreamBusy,
	"aop.unknow-error":     models.ReasonUpstreamBusy,
	"aop.user-risk-reject": models.ReasonLoginBlocked,
}

// refusal translates Alipay's codes. What is not known is about us: a wrong key,
// an app that lacks a permission.
func refusal(code, subCode string) error {
	reason, known := refusals[subCode]
	switch {
	case known:
	case code == "20000": // 服务不可用
		reason = models.ReasonUpstreamBusy
	case code == "10000", code == "": // success, but unsigned; or no answer of Alipay's at all
		reason = models.ReasonUpstreamLying
	default:
		reason = models.ReasonUpstreamRefused
	}
	return models.Refuse(reason).Because(fmt.Errorf("alipay: code %s, sub_code %s", plain(code), plain(subCode)))
}

var plainCode = regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)

// plain is the code as Alipay would write it, or nothing: what somebody else
// wrote into an answer does not reach the log.
func plain(code string) string {
	if plainCode.MatchString(code) {
		return code
	}
	return "-"
}

// translate turns the SDK's error into a refusal. What is no network error and
// no answer of Alipay's is an answer that cannot be believed: no JSON, or a
// signature that does not hold.
func translate(ctx context.Context, err error) error {
	var answer *sdk.Error
	if errors.As(err, &answer) {
		if answer == nil {
			return models.Refuse(models.ReasonUpstreamLying)
		}
		return refusal(string(answer.Code), answer.SubCode)
	}
	var network interface{ Timeout() bool }
	if ctx.Err() != nil || errors.As(err, &network) {
		return platform.Unreachable(ctx, err)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return models.Refuse(models.ReasonUpstream) // a proxy's page: the SDK does not look at the status
	}
	return models.Refuse(models.ReasonUpstreamLying)
}
