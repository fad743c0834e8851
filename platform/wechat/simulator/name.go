package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"time"
)

// checkLife is how long the page getVerifyId keeps a check.
const checkLife = time.Hour

// check is one face check that was begun.
type check struct {
	order, openID, hash string
	begun               time.Time
	result              int // verify_ret; zero while nobody stood before the camera
}

// orderShape is what the page getVerifyId allows in out_seq_no.
var orderShape = regexp.MustCompile(`^[0-9A-Za-z_-]{5,32}$`)

type certInfo struct {
	Type   string `json:"cert_type"`
	Name   string `json:"cert_name"`
	Number string `json:"cert_no"`
}

// beginCheck answers cityservice/face/identify/getverifyid, page getVerifyId. The
// page lists no numbers: 40097 is the general one for a bad argument.
func (s *Simulator) beginCheck(a *app, in struct {
	Order  string   `json:"out_seq_no"`
	Cert   certInfo `json:"cert_info"`
	OpenID string   `json:"openid"`
}) any {
	_, known := a.users[in.OpenID]
	switch {
	case !orderShape.MatchString(in.Order):
		return s.failed(40097, "invalid args: out_seq_no")
	case in.Cert.Type != "IDENTITY_CARD" || in.Cert.Name == "" || len(in.Cert.Number) != 18:
		return s.failed(40097, "invalid args: cert_info")
	case !known:
		return s.failed(40003, "invalid openid")
	}
	for _, c := range a.checks {
		if c.order == in.Order {
			return s.failed(40097, "invalid args: out_seq_no is not unique")
		}
	}
	id := fresh(64)
	a.checks[id] = &check{order: in.Order, openID: in.OpenID, hash: in.Cert.hash(), begun: s.now()}
	return ok(map[string]any{"verify_id": id, "expires_in": int(checkLife / time.Second)})
}

// hash is cert_hash, as the page queryVerifyInfo makes it.
func (c certInfo) hash() string {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	sum := sha256.Sum256([]byte("cert_type=" + b64(c.Type) + "&cert_name=" + b64(c.Name) + "&cert_no=" + b64(c.Number)))
	return hex.EncodeToString(sum[:])
}

// What wx.requestFacialVerify can end with, of the page queryVerifyInfo.
const (
	FacePassed = 10000
	FaceLeft   = 90002 // the user went back
	FaceSlow   = 90017
)

// ShowFace is the user of that mini-program standing before the camera, for the
// check of that verify_id, with that result. It reports whether the check can
// still be done, and is theirs.
func (s *Simulator) ShowFace(appID, user, verifyID string, result int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.app(appID).checks[verifyID]
	if c == nil || c.openID != OpenID(appID, user) || s.now().Sub(c.begun) >= checkLife {
		return false
	}
	c.result = result
	return true
}

// queryCheck answers cityservice/face/identify/queryverifyinfo, page
// queryVerifyInfo. What does not fit the check that was begun has a number instead
// of a verify_ret; the page does not say which, and 84001 is that of the first
// version of the check. So has a check that nobody has stood for yet.
func (s *Simulator) queryCheck(a *app, in struct {
	ID     string `json:"verify_id"`
	Order  string `json:"out_seq_no"`
	Hash   string `json:"cert_hash"`
	OpenID string `json:"openid"`
}) any {
	c := a.checks[in.ID]
	if c == nil || c.order != in.Order || c.hash != in.Hash || c.openID != in.OpenID || c.result == 0 {
		return s.failed(84001, "invalid identify id")
	}
	return ok(map[string]any{"verify_ret": c.result})
}
