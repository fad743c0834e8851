package simulator

import (
	"crypto/sha1" // the vendor's choice
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Open is WeChat's browser going to that address, which asks who is there: an
// address of open.weixin.qq.com/connect/oauth2/authorize, as the page 网页授权 has
// it. It returns where the browser is sent then, with a code. The question is put
// to nobody, whatever the scope.
func (s *Simulator) Open(address, user string) (string, error) { return s.open(address, user, false) }

// OpenSnapshot is the same, but the page is shown as a snapshot (快照页), to a
// made-up user, until the real one taps “使用完整服务”.
func (s *Simulator) OpenSnapshot(address, user string) (string, error) {
	return s.open(address, user, true)
}

func (s *Simulator) open(address, user string, snapshot bool) (string, error) {
	asked, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	q := asked.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case err != nil || back.Scheme != "https" || back.Host == "":
		return "", errors.New("simulator: redirect_uri is no address")
	case asked.Scheme+"://"+asked.Host+asked.Path != "https://open.weixin.qq.com/connect/oauth2/authorize" || asked.Fragment != "wechat_redirect":
		return "", errors.New("simulator: this is not where WeChat asks")
	case q.Get("response_type") != "code" || q.Get("scope") != "snsapi_base" && q.Get("scope") != "snsapi_userinfo":
		return "", errors.New("simulator: scope 参数错误或没有 scope 权限") // as the browser says
	case !stateShape.MatchString(q.Get("state")):
		return "", errors.New("simulator: the state has 128 letters and digits at the most")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[q.Get("appid")]
	if a == nil || a.kind != officialAccount {
		return "", errors.New("simulator: no such official account")
	}
	to := back.Query()
	to.Set("code", s.give(a, code{purpose: toReadPage, user: user, snapshot: snapshot}, 32))
	to.Set("state", q.Get("state"))
	back.RawQuery = to.Encode()
	return back.String(), nil
}

var stateShape = regexp.MustCompile(`^[a-zA-Z0-9]{0,128}$`)

// authorisation takes a code of a page, page 换取用户授权凭证; s.mu is held. The user
// of a snapshot is made up, another one each time.
func (s *Simulator) authorisation(a *app, text string) map[string]any {
	c := a.good(text, toReadPage, s.now())
	switch {
	case c == nil:
		return s.failed(40029, "invalid code")
	case c.used:
		return s.failed(40163, "code been used")
	}
	c.used = true
	answer := map[string]any{"access_token": "87_" + fresh(86), "expires_in": 7200, "refresh_token": "87_" + fresh(86),
		"openid": OpenID(a.id, c.user), "scope": "snsapi_base"}
	if c.snapshot {
		answer["openid"], answer["is_snapshotuser"] = OpenID(a.id, fresh(26)), 1
	}
	return answer
}

// lendTicket answers cgi-bin/ticket/getticket, page 获取 sdk 临时票据. That it is the
// same one until shortly before its end is as those who use it tell.
func (s *Simulator) lendTicket(a *app, r *http.Request) any {
	if r.URL.Query().Get("type") != "jsapi" {
		return s.failed(40097, "invalid args")
	}
	now := s.now()
	if a.ticket == nil || a.ticket.end.Sub(now) <= tokenOverlap {
		a.ticket = &token{app: a, text: "kgt8ON7yVITDhtdwci0qe" + fresh(65), end: now.Add(tokenLife)}
	}
	return ok(map[string]any{"ticket": a.ticket.text, "expires_in": int(a.ticket.end.Sub(now) / time.Second)})
}

// Ticket is the jsapi_ticket that the account is lent now, "" if none was yet.
func (s *Simulator) Ticket(appID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.app(appID); a.ticket != nil {
		return a.ticket.text
	}
	return ""
}

// Configure is wx.config on the page of that address: whether WeChat's browser
// takes the signature.
func (s *Simulator) Configure(appID, pageURL, nonce, signature string, timestamp int64) bool {
	ticket := s.Ticket(appID)
	return ticket != "" && signature == PageSignature(ticket, nonce, timestamp, pageURL)
}

// PageSignature is the signature of the page JS-SDK使用权限签名算法.
func PageSignature(ticket, nonce string, timestamp int64, pageURL string) string {
	pageURL, _, _ = strings.Cut(pageURL, "#")
	sum := sha1.Sum(fmt.Appendf(nil, "jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s", ticket, nonce, timestamp, pageURL))
	return hex.EncodeToString(sum[:])
}
