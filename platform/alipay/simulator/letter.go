package simulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// letter is an answer that is about to be sent. What is signed is the node as it
// stands there: if it is enciphered, the ciphertext with its quotes.
type letter struct {
	name  string // of the node
	node  string // JSON
	plain string // the node before it was enciphered
	sn    string // of the certificate that goes with the key; "" in public-key mode
	sign  string // base64; "" sends none
	key   *rsa.PrivateKey
}

// letter writes the node as an answer to that request.
func (s *Simulator) letter(form url.Values, node any) *letter {
	raw, err := json.Marshal(node)
	if err != nil {
		panic(err) // nodes are maps of strings and the like
	}
	s.mu.Lock()
	a := s.apps[form.Get("app_id")]
	s.mu.Unlock()
	l := &letter{name: strings.ReplaceAll(form.Get("method"), ".", "_") + "_response", node: string(raw), plain: string(raw), key: s.key}
	if a != nil && a.certificate != nil {
		l.sn = SerialNumber(s.certificate())
	}
	if a != nil && a.cipher != nil && form.Get("encrypt_type") != "" {
		l.node = `"` + seal(a.cipher, raw) + `"`
	}
	l.sign = signature(l.key, l.node)
	return l
}

// open sends the node in clear after all, as refusals of the gateway's are.
func (l *letter) open() {
	l.node, l.sign = l.plain, signature(l.key, l.plain)
}

func (l *letter) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8") // as the real one does
	var rest string
	if l.sn != "" && l.sign != "" {
		rest += fmt.Sprintf(`,"alipay_cert_sn":%q`, l.sn)
	}
	if l.sign != "" {
		rest += fmt.Sprintf(`,"sign":%q`, l.sign)
	}
	fmt.Fprintf(w, `{"%s":%s%s}`, l.name, l.node, rest)
}

// signature is RSA2's of the text.
func signature(key *rsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is ours and large enough
	}
	return base64.StdEncoding.EncodeToString(signature)
}
