// Package wechat speaks to WeChat through github.com/silenceper/wechat/v2.
//
// That SDK sends everything through one variable of its own, a client without a
// time limit, and writes the app's secret into URLs and so into its errors. So
// this package replaces the client once, for the whole process, by one that asks
// api.weixin.qq.com alone, and it neither returns nor logs any error of the
// SDK's: what went wrong is translated, with at most WeChat's number for it.
//
// Only sub-packages of the SDK are imported: its root turns on debug logging of
// message bodies for the whole process.
package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/miniprogram"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	"github.com/silenceper/wechat/v2/util"

	"healthcode/models"
	"healthcode/platform"
)

// Host is the only host that is ever asked.
const Host = "api.weixin.qq.com"

// Config is what one mini-program needs.
type Config struct {
	AppID     string
	AppSecret string
	Transport http.RoundTripper // the way out; platform.Direct() when nil. Tests and the demo pass one that leads to the simulator
	Timeout   time.Duration     // for one call; five seconds when zero
}

// App is one mini-program. It is safe for concurrent use.
type App struct {
	program *miniprogram.MiniProgram
	appID   string
	via     http.RoundTripper
	timeout time.Duration
}

// New makes the adapter of one mini-program.
func New(c Config) (*App, error) {
	if c.AppID == "" || c.AppSecret == "" {
		return nil, errors.New("wechat: the app id and its secret must be set")
	}
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	install()
	program := miniprogram.NewMiniProgram(&config.Config{AppID: c.AppID, AppSecret: c.AppSecret, Cache: noCache{}})
	return &App{program, c.AppID, platform.Outbound{Host: Host, Via: c.Transport}, c.Timeout}, nil
}

// install gives the SDK our client, once in the process.
var install = sync.OnceFunc(func() {
	util.DefaultHTTPClient = &http.Client{Transport: router{}, CheckRedirect: platform.NoRedirect, Timeout: 15 * time.Second}
})

// wayOut is where the context carries the app's own way out: the SDK's client is
// one for all apps.
type wayOut struct{}

type router struct{}

func (router) RoundTrip(r *http.Request) (*http.Response, error) {
	via, ok := r.Context().Value(wayOut{}).(http.RoundTripper)
	if !ok {
		return nil, errors.New("wechat: a call that did not come through an App")
	}
	return via.RoundTrip(r)
}

// noCache keeps nothing: the SDK's own memory cache crashes when two requests
// meet in it, and logging in needs none.
type noCache struct{}

func (noCache) Get(string) interface{}                       { return nil }
func (noCache) Set(string, interface{}, time.Duration) error { return nil }
func (noCache) IsExist(string) bool                          { return false }
func (noCache) Delete(string) error                          { return nil }

// codes are what wx.login gives. The SDK puts the code into a URL as it is, so
// anything else could add parameters of its own.
var codes = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// Identify exchanges the code of wx.login for who has logged in, by
// sns/jscode2session. WeChat's session_key is dropped at once. Refused as
// login.code_invalid (never given, expired, or another app's: WeChat answers
// 40029 to all), login.code_used, login.blocked, or one of the upstream's.
func (a *App) Identify(ctx context.Context, code string) (platform.Identity, error) {
	if !codes.MatchString(code) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode).On("code")
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, wayOut{}, a.via), a.timeout)
	defer cancel()
	session, err := a.program.GetAuth().Code2SessionContext(ctx, code)
	switch {
	case session.ErrCode != 0:
		return platform.Identity{}, refusal(session.ErrCode)
	case err != nil:
		return platform.Identity{}, unusable(ctx, err)
	case session.OpenID == "": // the SDK takes an empty object for success
		return platform.Identity{}, models.Refuse(models.ReasonUpstreamLying)
	}
	return platform.Identity{Platform: platform.WeChat, AppID: a.appID, OpenID: session.OpenID, UnionID: session.UnionID}, nil
}

// refusals are WeChat's numbers for what can go wrong when logging in.
// Source: the pages code2Session and "全局返回码" of the vendor's documentation.
var refusals = map[int64]models.Reason{
	-1:    models.ReasonUpstreamBusy,
	40029: models.ReasonLoginCode,
	40163: models.ReasonLoginCodeUsed,
	40226: models.ReasonLoginBlocked,
	45011: models.ReasonUpstreamBusy, // a hundred a minute for one user
	45009: models.ReasonUpstreamBusy, // the day's quota
}

// refusal translates WeChat's number. One that is not known is about us: a wrong
// secret or app id, an address that is not on their list.
func refusal(code int64) error {
	reason, known := refusals[code]
	if !known {
		reason = models.ReasonUpstreamRefused
	}
	return models.Refuse(reason).Because(fmt.Errorf("wechat: errcode %d", code))
}

// unusable translates what brought no answer, or one that is not WeChat's.
func unusable(ctx context.Context, err error) error {
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &shape) {
		return models.Refuse(models.ReasonUpstreamLying)
	}
	return platform.Unreachable(ctx, err)
}
