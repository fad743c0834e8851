package simulator

import (
	"crypto/rand"
	"strings"
	"unicode/utf8"
)

// QRCode is what a code of the mini-program's leads to.
type QRCode struct{ AppID, Path, Query, Description string }

// createQRCode answers alipay.open.app.qrcode.create: each call makes another
// picture, and all of them stay. Source of the lengths: the method's page.
func (s *Simulator) createQRCode(q *question) (any, error) {
	var biz struct {
		Path        string `json:"url_param"`
		Query       string `json:"query_param"`
		Description string `json:"describe"`
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	fits := func(text string, longest int) bool { return text != "" && utf8.RuneCountInString(text) <= longest }
	if !fits(biz.Path, 256) || !fits(biz.Query, 256) || !fits(biz.Description, 32) || strings.ContainsAny(biz.Path, "?#") {
		return nil, invalid("isv.invalid-parameter")
	}
	q.app.effects++
	address := "https://mobilecodec.alipay.com/show.htm?code=s4x" + strings.ToLower(rand.Text())
	s.pages[address] = QRCode{q.app.id, biz.Path, biz.Query, biz.Description}
	return map[string]string{"code": "10000", "msg": "Success", "qr_code_url": address}, nil
}

// Scan is a phone scanning the picture at that address.
func (s *Simulator) Scan(address string) (QRCode, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.pages[address]
	return c, ok
}
