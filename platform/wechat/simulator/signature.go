package simulator

import (
	"crypto/hmac"
	"crypto/sha1" // the vendor's choice
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
)

// SessionSignature is the signature of a body under a session_key, as the page
// 用户登录态签名 makes it: the key is the text of the session_key, and not the bytes
// that it encodes.
func SessionSignature(sessionKey, body string) string {
	mac := hmac.New(sha256.New, []byte(sessionKey))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

// DataSignature is the signature of rawData, as the page 用户数据的签名验证和加解密 makes
// it.
func DataSignature(sessionKey, rawData string) string {
	sum := sha1.Sum([]byte(rawData + sessionKey))
	return hex.EncodeToString(sum[:])
}

// checkSession answers wxa/checksession, page checkSessionKey.
func (s *Simulator) checkSession(a *app, r *http.Request) any {
	q := r.URL.Query()
	user, known := a.users[q.Get("openid")]
	switch {
	case !known:
		return s.failed(40003, "invalid openid")
	case q.Get("sig_method") != "hmac_sha256":
		return s.failed(87008, "invalid sig_method")
	case a.sessions[user] == "" ||
		subtle.ConstantTimeCompare([]byte(q.Get("signature")), []byte(SessionSignature(a.sessions[user], ""))) == 0:
		return s.failed(87009, "invalid signature")
	}
	return ok(nil)
}
