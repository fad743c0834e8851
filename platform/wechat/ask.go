package wechat

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/silenceper/wechat/v2/miniprogram/config"
	sdk "github.com/silenceper/wechat/v2/miniprogram/context"
	"github.com/silenceper/wechat/v2/util"

	"healthcode/models"
)

// stale are WeChat's numbers for a token that is no longer good: replaced (40001),
// malformed (40014), expired (42001). Whatever was asked with it was not done, so
// it may be asked again. Source: the vendor's page 全局返回码.
var stale = map[int64]bool{40001: true, 40014: true, 42001: true}

// authorised asks with the client's token, and once more with another one if
// WeChat refuses the first: a token that was replaced elsewhere is none that an
// expiry could tell. All of it together is one call, with one timeout. own are the
// numbers that mean something to this question, and ask reports whether the answer
// could not be read.
func (c *client) authorised(ctx context.Context, own numbers, ask func(ctx context.Context, token string) (failed bool)) *models.Problem {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	for refused := ""; ; {
		token, trouble := c.tokens.get(ctx, refused)
		if trouble != nil {
			return trouble
		}
		q := &call{way: c.way}
		failed := ask(q.within(ctx), token)
		if refused == "" && q.trouble == nil && stale[q.number] {
			refused = token
			continue
		}
		return q.verdict(failed, own)
	}
}

// bearing is what a part of the SDK is made of that needs a token and takes a
// context. It has no cache: the token is already there.
func (c *client) bearing(token string) *sdk.Context {
	return &sdk.Context{Config: &config.Config{AppID: c.appID, AppSecret: c.secret}, AccessTokenContextHandle: given(token)}
}

// given is a source of tokens, as the SDK wants one, that has just this one.
type given string

// GetAccessToken is the token.
func (g given) GetAccessToken() (string, error) { return string(g), nil }

// GetAccessTokenContext is the token.
func (g given) GetAccessTokenContext(context.Context) (string, error) { return string(g), nil }

// asking is a question of authorised's that is put by post.
func asking(path string, in, out any) func(context.Context, string) bool {
	return func(ctx context.Context, token string) bool {
		return post(ctx, path+"?access_token="+url.QueryEscape(token), in, out)
	}
}

// post asks an endpoint directly, where the SDK has no method for it, or one that
// takes no context: such a method would leave without its call, and so be refused
// by our own transport, besides having no end. It sends the same body by the same
// helper as the SDK does. It reports whether the answer could not be read into out.
func post(ctx context.Context, path string, in, out any) (failed bool) {
	body, err := util.PostJSONContext(ctx, "https://"+Host+path, in)
	return err != nil || json.Unmarshal(body, out) != nil
}
