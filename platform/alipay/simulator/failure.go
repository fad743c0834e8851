package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// Failure is something that the played Alipay gets wrong instead of answering.
type Failure func(*Simulator, http.ResponseWriter, *http.Request)

// What can be got wrong on the way.
var (
	// Hang answers nothing until the caller gives up.
	Hang Failure = func(_ *Simulator, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

	// HangUp closes the connection without having looked at the question.
	HangUp Failure = func(*Simulator, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

	// Lost does what it was asked and closes the connection instead of answering.
	Lost Failure = func(s *Simulator, _ http.ResponseWriter, r *http.Request) {
		s.Answer(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}

	// Cut closes the connection in the middle of the answer.
	Cut Failure = func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"alipay`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}

	// BadGateway answers 502 with a proxy's page; the SDK does not look at the
	// status. Portal answers 200 with one, as a network that wants a login first.
	BadGateway = page(http.StatusBadGateway, "502 Bad Gateway")
	Portal     = page(http.StatusOK, "Welcome")

	// Unavailable answers 503 with what would be a fine answer.
	Unavailable Failure = func(s *Simulator, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		s.letter(r.Form, wishes).send(answer)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(answer.Body.Bytes())
	}

	// Away sends the caller to another host.
	Away Failure = func(_ *Simulator, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
	}

	// Huge answers with more than anybody should read.
	Huge Failure = func(s *Simulator, w http.ResponseWriter, r *http.Request) {
		s.letter(r.Form, map[string]string{"open_id": strings.Repeat("x", 8<<20)}).send(w)
	}

	// Garbage, Empty and EmptyObject answer 200 with no JSON, with nothing and with
	// no field at all.
	Garbage     = text("\x00\x01 not JSON")
	Empty       = text("")
	EmptyObject = text("{}")
)

// wishes is what whoever forges an answer would like to be believed, whatever was
// asked.
var wishes = map[string]any{"code": "10000", "msg": "Success", "access_token": "forged", "open_id": "forged", "user_id": "forged",
	"certify_id": "f0f9ed00f0f9ed00f0f9ed00f0f9ed00", "passed": "T", "qr_code_url": "https://forged.example/"}

// What can be wrong with an answer, or with its signature.
var (
	// Null answers with a node that is null and not signed, over which the SDK
	// panics. SignedNull is signed.
	Null       = sends(nil, func(l *letter) { l.sign = "" })
	SignedNull = sends(nil, func(*letter) {})

	// Nobody is signed and says nothing.
	Nobody = sends(map[string]string{"code": "10000", "msg": "Success"}, func(*letter) {})

	// List and Odd are signed, but no object: the second looks like a ciphertext, of
	// a length that makes the SDK panic if it has a key.
	List = sends([]string{"forged"}, func(l *letter) { l.open() })
	Odd  = sends(nil, func(l *letter) { l.plain = `"Zm9yZ2Vk"`; l.open() })

	// Unsigned answers with success and no signature; NoSign with one that is no
	// text.
	Unsigned = sends(wishes, func(l *letter) { l.sign = "" })
	NoSign   = sends(wishes, func(l *letter) { l.sign = "?" })

	// Forged answers with success and a signature over something else; Altered
	// changes what was signed; Stranger signs with a key that is not Alipay's.
	Forged  = sends(wishes, func(l *letter) { l.sign = signature(l.key, "else") })
	Altered = sends(wishes, func(l *letter) {
		sign := signature(l.key, l.plain)
		l.plain = strings.Replace(l.plain, "forged", "Forged", 1)
		l.open()
		l.sign = sign
	})
	Stranger = sends(wishes, func(l *letter) { l.sign = signature(strangers().key, l.node) })

	// Impostor is a stranger with a certificate number of their own, which an SDK
	// may go and ask for; ImpostorsCertificate is what it then gets.
	Impostor = sends(wishes, func(l *letter) {
		l.sn, l.sign = SerialNumber(strangers().certificate), signature(strangers().key, l.node)
	})
	ImpostorsCertificate = sends(nil, func(l *letter) {
		content := base64.StdEncoding.EncodeToString([]byte(inPEM(strangers().certificate)))
		l.plain = fmt.Sprintf(`{"code":"10000","alipay_cert_content":%q}`, content)
		l.open()
	})
)

// What Alipay may refuse, whatever was asked.
var (
	// SignedRefusal is 服务不可用, said in the signed way, which the SDK hands over
	// without an error.
	SignedRefusal = Refuse("20000", "aop.unknow-error")
	Limited       = Refuse("40005", "isv.app-call-limited")             // 调用频次超限
	LostToken     = Refuse("20001", "aop.invalid-app-auth-token")       // 无效的应用授权令牌
	ExpiredToken  = Refuse("20001", "aop.app-auth-token-time-out")      // 应用授权令牌已过期
	NoPermission  = Refuse("40006", "isv.insufficient-isv-permissions") // ISV权限不足
)

// Refuse answers with those codes in the method's own node, signed. Its words
// repeat what was sent, as those of the real one can.
func Refuse(code, subCode string) Failure {
	return refuses(code, subCode, func(l *letter) {})
}

// RefuseUnsigned does so without a signature.
func RefuseUnsigned(code, subCode string) Failure {
	return refuses(code, subCode, func(l *letter) { l.sign = "" })
}

// RefuseAtTheDoor answers with those codes in an error_response, which is not
// signed.
func RefuseAtTheDoor(code, subCode string) Failure {
	return refuses(code, subCode, func(l *letter) { l.name, l.sign = "error_response", "" })
}

func refuses(code, subCode string, change func(*letter)) Failure {
	return func(s *Simulator, w http.ResponseWriter, r *http.Request) {
		l := s.letter(r.Form, refusal{code, "msg", subCode, "forged words, " + r.Form.Encode()}.node())
		l.open()
		change(l)
		l.send(w)
	}
}

// sends answers with that node, after a change to the letter.
func sends(node any, change func(*letter)) Failure {
	return func(s *Simulator, w http.ResponseWriter, r *http.Request) {
		l := s.letter(r.Form, node)
		change(l)
		l.send(w)
	}
}

func text(s string) Failure {
	return func(_ *Simulator, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
}

func page(status int, title string) Failure {
	return func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<!doctype html><title>%[1]s</title><h1>%[1]s</h1>", title)
	}
}

type stranger struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

// strangers is somebody who is not Alipay, with a certificate that says so.
var strangers = sync.OnceValue(func() stranger {
	key, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		panic(err)
	}
	c := named("Somebody Else", nil)
	return stranger{key, issue(c, c, &key.PublicKey, key)}
})

// Fail makes the next calls for the app go wrong, each in its own way; then it
// answers again.
func (s *Simulator) Fail(appID string, failures ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.failures = append(a.failures, failures...)
}

// Break makes every call for the app go wrong, until Mend.
func (s *Simulator) Break(appID string, failure Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).broken = failure
}

// Mend makes the app answer again, whatever was to go wrong.
func (s *Simulator) Mend(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.failures, a.broken = nil, nil
}

// failing is what the next call for the app gets wrong, nil for nothing.
func (s *Simulator) failing(appID, method string) Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[appID]
	if a == nil {
		return nil
	}
	a.asked = append(a.asked, method)
	if len(a.failures) == 0 {
		return a.broken
	}
	next := a.failures[0]
	a.failures = slices.Delete(a.failures, 0, 1)
	return next
}

// Says answers with that node, signed.
func Says(node string) Failure { return sends(json.RawMessage(node), func(*letter) {}) }
