package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"regexp"
)

// check is one real-name check: alipay.user.certify.open.
type check struct {
	app          string
	name, number string
	opened       bool
	done, passed bool
}

// orders are what outer_order_no may be.
var orders = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)

// beginCheck answers alipay.user.certify.open.initialize. The page says that the
// maker keeps outer_order_no unique; what comes of a second one it does not say.
func (s *Simulator) beginCheck(q *question) (any, error) {
	var biz struct {
		Order    string `json:"outer_order_no"`
		Kind     string `json:"biz_code"`
		Identity struct {
			Type     string `json:"identity_type"`
			CertType string `json:"cert_type"`
			Name     string `json:"cert_name"`
			Number   string `json:"cert_no"`
		} `json:"identity_param"`
		Merchant struct {
			Return string `json:"return_url"`
		} `json:"merchant_config"`
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	back, err := url.Parse(biz.Merchant.Return)
	switch {
	case !orders.MatchString(biz.Order), biz.Kind != "FACE", biz.Identity.Type != "CERT_INFO", biz.Identity.CertType != "IDENTITY_CARD",
		biz.Identity.Name == "", len(biz.Identity.Number) != 18, err != nil || back.Scheme == "", q.app.orders[biz.Order]:
		return nil, failed("INVALID_PARAMETER", "参数有误")
	}
	number := make([]byte, 16)
	_, _ = rand.Read(number) // never fails
	id := hex.EncodeToString(number)
	q.app.orders[biz.Order] = true
	q.app.effects++
	s.checks[id] = &check{app: q.app.id, name: biz.Identity.Name, number: biz.Identity.Number}
	return map[string]string{"code": "10000", "msg": "Success", "certify_id": id}, nil
}

// check finds the check that a request names, which must be the app's own.
func (s *Simulator) check(q *question) (*check, error) {
	var biz struct {
		ID string `json:"certify_id"`
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	if c := s.checks[biz.ID]; c != nil && c.app == q.app.id {
		return c, nil
	}
	return nil, failed("INVALID_PARAMETER", "参数有误") // the page has no code for it
}

// openCheck is the phone opening the page of alipay.user.certify.open.certify.
func (s *Simulator) openCheck(q *question) (any, error) {
	c, err := s.check(q)
	if err == nil {
		c.opened = true
	}
	return nil, err
}

// Face is a person before the phone's camera, after the page was opened. The check
// is passed if they are whom it is about, and is over either way: another try
// needs another check. It reports whether there was a check to end.
func (s *Simulator) Face(certifyID, name, number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.checks[certifyID]
	if c == nil || !c.opened || c.done {
		return false
	}
	c.done, c.passed = true, c.name == name && c.number == number
	return true
}

// endCheck answers alipay.user.certify.open.query.
func (s *Simulator) endCheck(q *question) (any, error) {
	c, err := s.check(q)
	if err != nil {
		return nil, err
	}
	passed := "F"
	if c.passed {
		passed = "T"
	}
	return map[string]string{"code": "10000", "msg": "Success", "passed": passed, "identity_info": "", "material_info": ""}, nil
}
