package wechat

import (
	"context"
	"crypto/rand"
	"crypto/sha1" // the vendor's choice
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"healthcode/models"
	"healthcode/platform"
)

// PageConfig is a page's configuration that can sign.
type PageConfig platform.PageConfig

// PageConfig signs that page for the JS-SDK. pageURL is the page's whole address
// as the browser has it; what follows a # does not count. The problem is
// request.bad_value for what is no address of a page, or one of upstream.*. It is
// safe to repeat, and asks WeChat about once in two hours.
//
// The SDK would sign as well, but by the machine's clock and with a nonce that can
// be guessed.
func (o *OfficialAccount) PageConfig(ctx context.Context, pageURL string) (platform.PageConfig, error) {
	page, err := url.Parse(pageURL)
	if err != nil || page.Scheme != "https" || page.Host == "" || page.User != nil {
		return platform.PageConfig{}, models.Refuse(models.ReasonFieldBad).On("page")
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	ticket, trouble := o.tickets.get(ctx, "")
	if trouble != nil {
		return platform.PageConfig{}, trouble
	}
	c := PageConfig{AppID: o.appID, Timestamp: o.now().Unix(), Nonce: rand.Text()}
	c.Signature = c.sign(ticket, pageURL)
	return platform.PageConfig(c), nil
}

// sign is the signature of the page JS-SDK使用权限签名算法.
func (c PageConfig) sign(ticket, pageURL string) string {
	pageURL, _, _ = strings.Cut(pageURL, "#")
	sum := sha1.Sum(fmt.Appendf(nil, "jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s", ticket, c.Nonce, c.Timestamp, pageURL))
	return hex.EncodeToString(sum[:])
}
