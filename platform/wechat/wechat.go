// Package wechat speaks to WeChat through github.com/silenceper/wechat/v2.
//
// That SDK sends everything through one variable of its own, a client without a
// time limit, and writes the app's secret into URLs and so into its errors. So
// this package replaces the client once, for the whole process (transport.go),
// and never returns, wraps, logs or even reads an error of the SDK's: what went
// wrong is told by what was seen on the wire and by WeChat's own number for it.
//
// The SDK's packages are taken one by one. Its root turns on debug logging of
// message bodies for the whole process, and its memory cache crashes when two
// requests meet in it; neither is used, and a test sees to it. Nor are those of
// its methods that take no context, because a call is found by its context: their
// endpoints are asked through the SDK's exported [util.PostJSONContext] (ask.go).
//
// A concern is a file: login.go is logging in, token.go the access token that
// every call but that one needs. The address that is asked is a constant. There is
// no setting, here or in package config, that could point the service at another:
// tests and the demo, which play WeChat, hand over a [net/http.RoundTripper], and
// that is a Go value, not a setting.
package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"healthcode/platform"
)

// Host is the only host that is ever asked.
const Host = "api.weixin.qq.com"

// How long one call may take, in all its phases.
const (
	usualTimeout   = 5 * time.Second
	longestTimeout = 30 * time.Second
)

// Config is what one mini-program, plugin or official account needs. It prints
// without its secret.
type Config struct {
	AppID     string
	AppSecret string            `json:"-"`
	Now       func() time.Time  `json:"-"` // when nil, a token is kept until WeChat refuses it
	Transport http.RoundTripper `json:"-"` // the way out; platform.Direct() when nil, as in production
	Timeout   time.Duration     // of one call; five seconds when zero, thirty at most
}

// Format prints the app's id alone, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "wechat app "+c.AppID) }

// LogValue is the app's id alone.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// App is one mini-program. It is safe for concurrent use.
type App struct{ *client }

// New makes the adapter of one mini-program. Its errors name the setting that is
// wrong and not its value.
func New(c Config) (*App, error) {
	made, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &App{made}, nil
}

// client is who asks: a mini-program, a plugin or an official account.
type client struct {
	appID, secret string
	now           func() time.Time
	way           platform.Outbound
	timeout       time.Duration
	tokens        *keeper
	forced        []time.Time // when tokens were forced, within the last day; the flight's of tokens alone
}

// Format prints the app's id alone, whatever the verb.
func (c *client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "wechat app "+c.appID) }

// words are what may stand in a URL as it is: the SDK escapes nothing.
var words = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func newClient(c Config) (*client, error) {
	switch {
	case c.AppID == "" || c.AppSecret == "":
		return nil, errors.New("wechat: the app id and its secret must be set")
	case !words.MatchString(c.AppID):
		return nil, errors.New("wechat: the app id may hold letters, digits, - and _ alone: no space, no line break")
	case !words.MatchString(c.AppSecret):
		return nil, errors.New("wechat: the app's secret may hold letters, digits, - and _ alone: no space, no line break")
	case c.Timeout < 0 || c.Timeout > longestTimeout:
		return nil, fmt.Errorf("wechat: a timeout of %v is not within 0 and %v", c.Timeout, longestTimeout)
	}
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	if c.Timeout == 0 {
		c.Timeout = usualTimeout
	}
	if c.Now == nil {
		c.Now = func() time.Time { return time.Time{} } // a clock that stands
	}
	install()
	made := &client{appID: c.AppID, secret: c.AppSecret, now: c.Now, timeout: c.Timeout,
		way: platform.Outbound{Host: Host, Via: c.Transport}}
	made.tokens = &keeper{now: c.Now, timeout: c.Timeout, borrow: made.token}
	return made, nil
}

// begin opens one call that needs no token. The context that it returns carries
// the call to the SDK's client and ends with the app's timeout; end must be called.
func (c *client) begin(ctx context.Context) (_ context.Context, q *call, end func()) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	q = &call{way: c.way}
	return q.within(ctx), q, cancel
}
