package simulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// clockSkew is how far the timestamp of a request may be off. The vendor names no
// number.
const clockSkew = 10 * time.Minute

// method is what the gateway can be asked.
type method struct {
	answer func(*Simulator, *question) (any, error)
	page   bool // opened by a phone with GET, instead of called
	errors bool // refuses in an error_response instead of the method's own node
}

func methods() map[string]method {
	return map[string]method{
		"alipay.system.oauth.token":                       {answer: (*Simulator).token, errors: true},
		"alipay.user.info.share":                          {answer: (*Simulator).share},
		"alipay.user.certify.open.initialize":             {answer: (*Simulator).beginCheck},
		"alipay.user.certify.open.certify":                {answer: (*Simulator).openCheck, page: true},
		"alipay.user.certify.open.query":                  {answer: (*Simulator).endCheck},
		"alipay.open.app.mini.templatemessage.send":       {answer: (*Simulator).send},
		"alipay.open.app.messagetemplate.subscribe.query": {answer: (*Simulator).subscriptions},
		"alipay.open.app.qrcode.create":                   {answer: (*Simulator).createQRCode},
		"alipay.open.app.alipaycert.download":             {answer: (*Simulator).download},
	}
}

// question is a request whose signature holds.
type question struct {
	form url.Values
	app  *app
	biz  []byte // biz_content, deciphered
}

// read takes biz_content apart. Fields that are not there stay empty.
func (q *question) read(into any) error {
	if err := json.Unmarshal(q.biz, into); err != nil {
		return invalid("isv.invalid-parameter")
	}
	return nil
}

// refusal is an answer that says no.
type refusal struct{ code, msg, subCode, subMsg string }

func (r refusal) Error() string { return r.subCode }

func (r refusal) node() map[string]string {
	return map[string]string{"code": r.code, "msg": r.msg, "sub_code": r.subCode, "sub_msg": r.subMsg}
}

func missing(subCode string) refusal {
	return refusal{"40001", "Missing Required Arguments", subCode, subCode}
}

func invalid(subCode string) refusal {
	return refusal{"40002", "Invalid Arguments", subCode, subCode}
}

// failed is what a method refuses by itself, for reasons of its own.
func failed(subCode, subMsg string) refusal {
	return refusal{"40004", "Business Failed", subCode, subMsg}
}

// ServeHTTP answers gateway.do as Alipay would, unless it was told to fail.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if r.URL.Path != "/gateway.do" || r.ParseForm() != nil {
		http.NotFound(w, r)
		return
	}
	if failure := s.failing(r.Form.Get("app_id"), r.Form.Get("method")); failure != nil {
		failure(s, w, r)
		return
	}
	s.Answer(w, r)
}

// Answer answers a request properly, whatever else was to happen: for a [Failure]
// that first, or sometimes, does.
func (s *Simulator) Answer(w http.ResponseWriter, r *http.Request) {
	m := s.methods[r.Form.Get("method")]
	node, known, err := s.judge(r, m)
	var refused refusal
	if !errors.As(err, &refused) {
		if m.page {
			w.Header().Set("Content-Type", "text/html;charset=utf-8")
			_, _ = w.Write([]byte("<!doctype html><title>身份验证</title>")) // the phone may have gone
			return
		}
		s.letter(r.Form, node).send(w)
		return
	}
	l := s.letter(r.Form, refused.node())
	if l.open(); !known || m.errors {
		l.sign = ""
	}
	if m.errors {
		l.name = "error_response"
	}
	l.send(w)
}

// judge checks a request and has it answered. It also says whether the app is
// known: what is said to somebody else is not signed.
func (s *Simulator) judge(r *http.Request, m method) (node any, known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &question{form: r.Form, app: s.apps[r.Form.Get("app_id")]}
	if q.app == nil {
		return nil, false, invalid("isv.invalid-app-id")
	}
	if err := s.authentic(q); err != nil {
		return nil, true, err
	}
	if m.answer == nil {
		return nil, true, refusal{"40006", "Insufficient Permissions", "isv.insufficient-isv-permissions", "ISV权限不足"}
	}
	if m.page != (r.Method == http.MethodGet) {
		return nil, true, invalid("isv.invalid-method")
	}
	if left, limited := q.app.limits[q.form.Get("method")]; limited {
		if left <= 0 {
			return nil, true, refusal{"40005", "Call Limited", "isv.method-call-limited", "API调用次数超限"}
		}
		q.app.limits[q.form.Get("method")]--
	}
	node, err = m.answer(s, q)
	return node, true, err
}

// authentic checks what all requests have in common, in the order of 公共错误码: the
// app id comes before the signature.
func (s *Simulator) authentic(q *question) error {
	for _, name := range []string{"method", "timestamp", "version"} {
		if q.form.Get(name) == "" {
			return missing("isv.missing-" + name)
		}
	}
	format := q.form.Get("format")
	switch {
	case q.form.Get("sign") == "":
		return missing("isv.missing-signature")
	case q.form.Get("sign_type") != "RSA2":
		return invalid("isv.invalid-signature-type")
	case !strings.EqualFold(q.form.Get("charset"), "utf-8"):
		return invalid("isv.invalid-charset")
	case format != "" && !strings.EqualFold(format, "JSON"):
		return invalid("isv.invalid-format")
	}
	if err := q.app.vouched(q.form); err != nil {
		return err
	}
	if text, ok := signed(q.app.public, q.form); !ok {
		r := invalid("isv.invalid-signature")
		r.subMsg = "验签出错，网关生成的验签字符串为：" + strings.ReplaceAll(text, "&", "&amp;") // as the real one does, secrets and all
		return r
	}
	at, err := time.ParseInLocation(time.DateTime, q.form.Get("timestamp"), s.zone)
	if off := s.now().Sub(at); err != nil || off > clockSkew || off < -clockSkew {
		return invalid("isv.invalid-timestamp")
	}
	return q.decipher()
}

// signed checks RSA2 over every parameter that is not empty, but the signature,
// and gives the text that was to be signed.
func signed(key *rsa.PublicKey, form url.Values) (text string, ok bool) {
	var pairs []string
	for name := range form {
		if value := form.Get(name); name != "sign" && value != "" {
			pairs = append(pairs, name+"="+value)
		}
	}
	slices.Sort(pairs)
	text = strings.Join(pairs, "&")
	signature, err := base64.StdEncoding.DecodeString(form.Get("sign"))
	sum := sha256.Sum256([]byte(text))
	return text, err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}
