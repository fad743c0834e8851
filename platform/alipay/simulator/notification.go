package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Notify is the form that Alipay posts to the app's 应用网关, such as
// alipay.open.auth.userauth.cancelled when somebody withdraws. The signature
// leaves out sign, sign_type and alipay_cert_sn, and nothing else. Source: the
// vendor's pages FROM蚂蚁消息服务 and 异步通知验签.
func (s *Simulator) Notify(appID, method string, content any) url.Values {
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err) // a mistake of the one who plays
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	s.serial++
	form := url.Values{"notify_id": {fmt.Sprintf("2026112400222%021d", s.serial)}, "utc_timestamp": {strconv.FormatInt(s.now().UnixMilli(), 10)},
		"msg_method": {method}, "app_id": {appID}, "version": {"1.1"}, "biz_content": {string(raw)}, "charset": {"UTF-8"}}
	return s.SignNotification(form, a.certificate != nil)
}

// SignNotification signs whatever form it is given.
func (s *Simulator) SignNotification(form url.Values, certificate bool) url.Values {
	var pairs []string
	for name, values := range form {
		if name != "sign" && name != "sign_type" && name != "alipay_cert_sn" {
			pairs = append(pairs, name+"="+values[0])
		}
	}
	slices.Sort(pairs)
	form.Set("sign_type", "RSA2")
	form.Set("sign", signature(s.key, strings.Join(pairs, "&")))
	if certificate {
		form.Set("alipay_cert_sn", SerialNumber(s.certificate()))
	}
	return form
}

// Deliver posts a notification, and reports whether it was taken: Alipay wants the
// word success and nothing else, or it comes again.
func Deliver(ctx context.Context, client *http.Client, address string, form url.Values) (bool, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return false, err
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	answer, err := client.Do(q)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64))
	return string(text) == "success", err
}
