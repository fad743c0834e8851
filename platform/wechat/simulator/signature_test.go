package simulator_test

import (
	"net/http"
	"net/url"
	"testing"

	"healthcode/platform/wechat/simulator"
)

// TestPublishedSignatures has the vectors of the vendor's pages 用户登录态签名,
// 用户数据的签名验证和加解密 and JS-SDK使用权限签名算法.
func TestPublishedSignatures(t *testing.T) {
	t.Parallel()
	const rawData = `{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN",` +
		`"avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}`
	const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
	for want, got := range map[string]string{
		"654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b": simulator.SessionSignature("o0q0otL8aEzpcZL/FT9WsQ==", `{"foo":"bar"}`),
		"75e81ceda165f4ffa64f4068af58c64b8f54b88c":                         simulator.DataSignature("HyVFkGl5F5OQWJZZaNzBBg==", rawData),
		"0f9de62fce790f9a083d5c99e95740ceb90c27ed":                         simulator.PageSignature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestCheckSession: the signature is of nothing, under the key that holds now.
func TestCheckSession(t *testing.T) {
	t.Parallel()
	s, _ := play()
	token, open := borrow(t, s, "wx1", "s1", false), simulator.OpenID("wx1", "anna")
	check := func(openID, method, signature string) int {
		t.Helper()
		q := url.Values{"access_token": {token}, "openid": {openID}, "sig_method": {method}, "signature": {signature}}
		return send(t, s, http.MethodGet, atSession+"?"+q.Encode(), "").number()
	}
	code := s.Login("wx1", "anna")
	if got := check(open, "hmac_sha256", simulator.SessionSignature("", "")); got != 87009 {
		t.Errorf("before there is a session: %d", got)
	}
	first := login(t, s, "wx1", "s1", code).SessionKey
	signed := simulator.SessionSignature(first, "")
	for _, c := range []struct {
		openID, method, signature string
		want                      int
	}{
		{open, "hmac_sha256", signed, 0},
		{open, "hmac_sha256", simulator.SessionSignature(first, "{}"), 87009},
		{open, "hmac_sha256", simulator.DataSignature(first, ""), 87009},
		{open, "hmac_sha256", "", 87009},
		{open, "sha1", signed, 87008},
		{simulator.OpenID("wx1", "bo"), "hmac_sha256", signed, 40003},
		{simulator.OpenID("wx2", "anna"), "hmac_sha256", signed, 40003},
	} {
		if got := check(c.openID, c.method, c.signature); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	login(t, s, "wx1", "s1", s.Login("wx1", "anna"))
	if got := check(open, "hmac_sha256", signed); got != 87009 {
		t.Errorf("under the key of the session before: %d", got)
	}
}
