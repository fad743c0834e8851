package simulator

import (
	"encoding/json"
	"fmt"
)

// PhoneMessage is what my.getPhoneNumber gives as res.response, after the user
// pressed the button and has that number. It names neither the user nor the time,
// and is the same every time. Source: the vendor's page my.getPhoneNumber.
func (s *Simulator) PhoneMessage(appID, number string) string {
	return s.phoneMessage(appID, map[string]string{"code": "10000", "msg": "Success", "mobile": number})
}

// PhoneRefusal is the message that there is no number, such as 40003 with
// isv.invalid-auth-relations for a user who was not asked. Unlike the gateway's
// answers it says subCode, not sub_code.
func (s *Simulator) PhoneRefusal(appID, code, subCode string) string {
	return s.phoneMessage(appID, map[string]string{"code": code, "msg": "msg", "subCode": subCode, "subMsg": "forged words"})
}

func (s *Simulator) phoneMessage(appID string, content map[string]string) string {
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err) // strings
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	if a.cipher == nil {
		return `{"response":{"code":"40001","msg":"Missing Required Arguments","subCode":"isv.missing-encrypt-key","subMsg":"缺少加密配置"}}`
	}
	node := `"` + seal(a.cipher, raw) + `"`
	var number string
	if a.certificate != nil {
		number = fmt.Sprintf(`,"alipay_cert_sn":%q`, SerialNumber(s.certificate()))
	}
	return fmt.Sprintf(`{"response":%s,"sign_type":"RSA2","encrypt_type":"AES","charset":"UTF-8"%s,"sign":%q}`, node, number, signature(s.key, node))
}
