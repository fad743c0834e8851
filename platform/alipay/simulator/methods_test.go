package simulator_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/platform/alipay/simulator"
)

// encrypt and decrypt are 接口内容加密方式 once more, by hand.
func encrypt(t testing.TB, key, plain string) string {
	t.Helper()
	n := 16 - len(plain)%16
	return unpadded(t, key, plain+strings.Repeat(string(rune(n)), n))
}

func unpadded(t testing.TB, key, plain string) string {
	t.Helper()
	block, err := aes.NewCipher(decode(t, key))
	if err != nil {
		t.Fatal(err)
	}
	b := []byte(plain)
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

func decrypt(t testing.TB, key, text string) string {
	t.Helper()
	block, err := aes.NewCipher(decode(t, key))
	if err != nil {
		t.Fatal(err)
	}
	b := decode(t, text)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(b, b)
	return string(b[:len(b)-int(b[len(b)-1])])
}

const (
	qr     = "alipay.open.app.qrcode.create"
	qrBody = `{"url_param":"pages/code/code","query_param":"v=1","describe":"门口"}`
)

// TestCipher: what is signed is the ciphertext, with its quotes in an answer.
func TestCipher(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	if a := s.ask(t, s.request(qr, "biz_content", encrypt(t, "AAAAAAAAAAAAAAAAAAAAAA==", qrBody), "encrypt_type", "AES")); a.subCode() != "isv.decryption-error-not-valid-encrypt-key" {
		t.Errorf("without a key: %s", a.body)
	}
	key := s.EncryptKey(appID)
	a := s.ask(t, s.request(qr, "biz_content", encrypt(t, key, qrBody), "encrypt_type", "AES"))
	var text string
	if json.Unmarshal(a.node, &text) != nil || !a.signedBy(s.alipay) || !strings.Contains(decrypt(t, key, text), `"code":"10000"`) {
		t.Errorf("%s", a.body)
	}
	if a := s.ask(t, s.request(qr, "biz_content", qrBody)); a.code() != "10000" {
		t.Errorf("in clear: %s", a.body)
	}
	for name, c := range map[string][3]string{"another type": {encrypt(t, key, qrBody), "SM4", "isv.invalid-encrypt-type"},
		"badly padded": {unpadded(t, key, "0123456789abcd\x01\x02"), "AES", "isv.decryption-error-unknown"},
		"not padded":   {unpadded(t, key, "0123456789abcde\x11"), "AES", "isv.decryption-error-unknown"},
		"not at all":   {qrBody, "AES", "isv.decryption-error-unknown"}, "half": {"AAAA", "AES", "isv.decryption-error-unknown"}} {
		if a := s.ask(t, s.request(qr, "biz_content", c[0], "encrypt_type", c[1])); a.subCode() != c[2] {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestQRCode(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	first, second := s.ask(t, s.request(qr, "biz_content", qrBody)).text("qr_code_url"), s.ask(t, s.request(qr, "biz_content", qrBody)).text("qr_code_url")
	want := simulator.QRCode{AppID: appID, Path: "pages/code/code", Query: "v=1", Description: "门口"}
	for _, address := range []string{first, second} {
		if got, ok := s.Scan(address); !ok || got != want {
			t.Errorf("%s: %+v", address, got)
		}
	}
	if _, ok := s.Scan("https://mobilecodec.alipay.com/show.htm?code=x"); ok || first == second || s.Effects(appID) != 2 {
		t.Errorf("%s, %s, %d effects", first, second, s.Effects(appID))
	}
	for _, bad := range []string{"", `[]`, `{}`, `{"url_param":"p?x=1","query_param":"v","describe":"d"}`, `{"url_param":"p","query_param":"v","describe":"` + strings.Repeat("长", 33) + `"}`} {
		if a := s.ask(t, s.request(qr, "biz_content", bad)); a.subCode() != "isv.invalid-parameter" {
			t.Errorf("%s: %s", bad, a.body)
		}
	}
}

func initialize(order, name, number string) string {
	return fmt.Sprintf(`{"outer_order_no":%q,"biz_code":"FACE","identity_param":{"identity_type":"CERT_INFO","cert_type":"IDENTITY_CARD","cert_name":%q,"cert_no":%q},
		"merchant_config":{"return_url":"alipays://platformapi/startapp"}}`, order, name, number)
}

func TestCertify(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	begin := func(body string) answer {
		return s.ask(t, s.request("alipay.user.certify.open.initialize", "biz_content", body))
	}
	passed := func(id string) string {
		return s.ask(t, s.request("alipay.user.certify.open.query", "biz_content", `{"certify_id":"`+id+`"}`)).text("passed")
	}
	open := func(id, method string) answer {
		form := sign(s.keys[0].private, s.request("alipay.user.certify.open.certify", "biz_content", `{"certify_id":"`+id+`"}`))
		return s.serve(t, httptest.NewRequestWithContext(t.Context(), method, "/gateway.do?"+form.Encode(), http.NoBody))
	}
	id := begin(initialize("ORDER1", "张三", "11010519491231002X")).text("certify_id")
	if passed(id) != "F" || s.Face(id, "张三", "11010519491231002X") {
		t.Error("a face before the page was opened")
	}
	if a := open(id, http.MethodPost); a.subCode() != "isv.invalid-method" || s.Face(id, "张三", "11010519491231002X") {
		t.Errorf("the page, called: %s", a.body)
	}
	if a := open(id, http.MethodGet); !strings.Contains(string(a.body), "<title>") {
		t.Errorf("the page: %s", a.body)
	}
	foreign := s.request("alipay.user.certify.open.query", "biz_content", `{"certify_id":"`+id+`"}`, "app_id", other)
	if a := s.post(t, sign(s.keys[1].private, foreign)); a.code() != "40004" {
		t.Errorf("another app's check: %s", a.body)
	}
	if !s.Face(id, "张三", "11010519491231002X") || passed(id) != "T" || s.Face(id, "李四", "11010519491231002X") || passed(id) != "T" {
		t.Error("the face that was asked for")
	}
	again := begin(initialize("ORDER2", "张三", "11010519491231002X")).text("certify_id")
	open(again, http.MethodGet)
	if !s.Face(again, "李四", "11010519491231002X") || passed(again) != "F" || s.Face(again, "张三", "11010519491231002X") {
		t.Error("another's face")
	}
	effects := s.Effects(appID)
	for name, body := range map[string]string{"a second time": initialize("ORDER2", "张三", "11010519491231002X"), "no order": initialize("", "张三", "11010519491231002X"),
		"a long order": initialize(strings.Repeat("1", 33), "张三", "11010519491231002X"), "no name": initialize("ORDER3", "", "11010519491231002X"),
		"no number": initialize("ORDER3", "张三", ""), "nothing": "{}"} {
		if a := begin(body); a.code() != "40004" || a.subCode() != "INVALID_PARAMETER" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if s.Effects(appID) != effects || passed("unknown") != "" {
		t.Error("something was begun")
	}
	if a := open("unknown", http.MethodGet); a.code() != "40004" {
		t.Errorf("an unknown page: %s", a.body)
	}
}

func message(to, id, template, page string, data any) string {
	raw, err := json.Marshal(map[string]any{to: id, "user_template_id": template, "page": page, "data": data})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestMessages(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.Both)
	s.AddTemplate(appID, "once", 2, false)
	s.AddTemplate(appID, "long", 1, true)
	s.Subscribe(appID, "anna", "once")
	s.Subscribe(appID, "anna", "long")
	send := func(body string) string {
		a := s.ask(t, s.request("alipay.open.app.mini.templatemessage.send", "biz_content", body))
		return a.code() + " " + a.subCode()
	}
	open, user, two, one := simulator.OpenID(appID, "anna"), simulator.UserID("anna"), `{"keyword1":{"value":"绿码"},"keyword2":{"value":"今天"}}`, `{"keyword1":{"value":"绿码"}}`
	for i, c := range []struct{ body, want string }{
		{message("to_open_id", open, "once", "pages/a?b=1", two), "10000 "},
		{message("to_open_id", open, "once", "pages/a", two), "40004 SUBSCRIBE_RELATION_MISSING"}, // one message for one consent
		{message("to_user_id", user, "long", "pages/a", one), "10000 "},
		{message("to_open_id", open, "long", "pages/a", one), "10000 "},
		{message("to_open_id", user, "long", "pages/a", one), "40002 isv.invalid-openid"},
		{message("to_user_id", open, "long", "pages/a", one), "40004 USER_INFO_NOT_EXIST"},
		{message("to_nobody", open, "long", "pages/a", one), "40002 isv.invalid-parameter"},
		{message("to_open_id", open, "none", "pages/a", one), "40004 USER_TEMPLATE_ILLEGAL"},
		{message("to_open_id", open, "long", "", one), "40002 isv.invalid-parameter"},
		{message("to_open_id", open, "long", strings.Repeat("p", 129), one), "40002 isv.invalid-parameter"},
		{message("to_open_id", open, "long", "pages/a", two), "40004 USER_TEMPLATE_LACK_KEYWORD"},
		{message("to_open_id", open, "long", "pages/a", `{"keyword2":{"value":"绿码"}}`), "40004 USER_TEMPLATE_LACK_KEYWORD"},
		{message("to_open_id", open, "long", "pages/a", `{"keyword1":{"value":"`+strings.Repeat("长", 51)+`"}}`), "40004 USER_KEYWORD_LENGTH_ERROR"},
		{message("to_open_id", open, "long", "pages/a", map[string]any{"keyword1": map[string]string{"value": "绿码"}}), "40002 isv.invalid-parameter"}, // not a string
		{message("to_open_id", open, "long", "pages/a", "not JSON"), "40002 isv.invalid-parameter"},
		{strings.Replace(message("to_open_id", open, "long", "pages/a", one), "{", `{"form_id":"x",`, 1), "40004 FORM_ID_NOT_MATCH_APPID"},
	} {
		if got := send(c.body); got != c.want {
			t.Errorf("%d: %s, want %s", i, got, c.want)
		}
	}
	want := []simulator.Message{{"anna", "once", "pages/a?b=1", []string{"绿码", "今天"}}, {"anna", "long", "pages/a", []string{"绿码"}}, {"anna", "long", "pages/a", []string{"绿码"}}}
	if diff := cmp.Diff(want, s.Sent(appID)); diff != "" {
		t.Error(diff)
	}
	query := func() int {
		a := s.ask(t, s.request("alipay.open.app.messagetemplate.subscribe.query", "biz_content", `{"open_id":"`+open+`","template_id_list":["once","long"]}`))
		relations, _ := a.fields["subscribe_relations"].([]any)
		return len(relations)
	}
	before := query()
	if s.Unsubscribe(appID, "anna", "long"); before != 1 || query() != 0 || send(message("to_open_id", open, "long", "pages/a", one)) == "10000 " {
		t.Error("a withdrawn subscription")
	}
	if a := s.ask(t, s.request("alipay.open.app.messagetemplate.subscribe.query", "biz_content", `{"open_id":"`+open+`","template_id_list":["1","2","3","4"]}`)); a.code() != "40002" {
		t.Errorf("four templates: %s", a.body)
	}
}

// TestPhoneMessage: signed over the ciphertext with its quotes, the same every
// time; without a key there is only a refusal.
func TestPhoneMessage(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	if m := s.PhoneMessage(appID, "13800138000"); !strings.Contains(m, "isv.missing-encrypt-key") {
		t.Errorf("without a key: %s", m)
	}
	key := s.EncryptKey(appID)
	read := func(message string) string {
		var m struct {
			Response json.RawMessage
			Sign     string
		}
		var text string
		if json.Unmarshal([]byte(message), &m) != nil || json.Unmarshal(m.Response, &text) != nil || !(answer{node: m.Response, sign: m.Sign}).signedBy(s.alipay) {
			t.Fatal(message)
		}
		return decrypt(t, key, text)
	}
	if got := read(s.PhoneMessage(appID, "13800138000")); got != `{"code":"10000","mobile":"13800138000","msg":"Success"}` {
		t.Error(got)
	}
	if got := read(s.PhoneRefusal(appID, "40003", "isv.invalid-auth-relations")); !strings.Contains(got, `"subCode":"isv.invalid-auth-relations"`) {
		t.Error(got)
	}
	if first, second := s.PhoneMessage(appID, "13800138000"), s.PhoneMessage(appID, "13800138000"); first != second {
		t.Error("two messages differ")
	}
}

// TestNotify: signed without the three that 异步通知验签 leaves out, and delivered
// once it is answered with the very word.
func TestNotify(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	form := s.Notify(appID, "alipay.open.auth.userauth.cancelled", map[string]string{"user_id": "2088"})
	check := url.Values{}
	for name, values := range form {
		if name != "sign" && name != "sign_type" {
			check.Set(name, values[0])
		}
	}
	text, _, _ := strings.Cut(joined(check), "\n")
	if !(answer{node: json.RawMessage(text), sign: form.Get("sign")}).signedBy(s.alipay) || form.Get("alipay_cert_sn") != "" {
		t.Errorf("%v", form)
	}
	_, alipays := certified(t, s)
	if got := s.Notify(appID, "m", nil); got.Get("alipay_cert_sn") != alipays || got.Get("notify_id") == form.Get("notify_id") {
		t.Errorf("%v", got)
	}
	for said, want := range map[string]bool{"success": true, "success\n": false, "fail": false, "": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ParseForm() != nil || r.PostForm.Get("sign") != form.Get("sign") || r.Method != http.MethodPost {
				t.Error("something else was delivered")
			}
			_, _ = w.Write([]byte(said))
		}))
		if taken, err := simulator.Deliver(t.Context(), server.Client(), server.URL, form); taken != want || err != nil {
			t.Errorf("%q: %v, %v", said, taken, err)
		}
		server.Close()
		if taken, err := simulator.Deliver(t.Context(), server.Client(), server.URL, form); taken || err == nil {
			t.Error("delivered to nobody")
		}
	}
}

func joined(form url.Values) string {
	text, err := url.QueryUnescape(form.Encode()) // sorted by name
	if err != nil {
		panic(err)
	}
	return text
}
