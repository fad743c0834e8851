// Package simulator plays openapi.alipay.com on loopback, as far as healthcode
// uses it. Like the real gateway it checks the RSA2 signature of every request
// over all parameters, and signs the very bytes that it answers with. It is told
// what to get wrong.
//
// Its behaviour follows the vendor's pages on alipay.system.oauth.token and on
// signing (签名规则): errors of the token come unsigned, as error_response.
package simulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Beijing time, on any machine
)

// codeLife is how long a code is good for. The real one is good for three
// minutes to a day, by the app's scopes.
const codeLife = 24 * time.Hour

// clockSkew is how far the timestamp of a request may be off.
const clockSkew = 10 * time.Minute

// Identifiers says which of its two identifiers an app is given for a user.
type Identifiers uint8

// What apps are given: newer ones an open_id alone.
const (
	OpenIDOnly Identifiers = iota
	UserIDOnly
	Both
)

// Simulator is a played Alipay, with its apps and users. It is an http.Handler.
type Simulator struct {
	now  func() time.Time
	key  *rsa.PrivateKey
	zone *time.Location

	mu   sync.Mutex // guards everything below
	apps map[string]*app
}

type app struct {
	public *rsa.PublicKey
	gives  Identifiers
	codes  map[string]*code
	failed []Failure
}

type code struct {
	user  string
	given time.Time
	used  bool
}

// keySize is that of RSA2.
const keySize = 2048

// New plays an Alipay without any apps, on that clock, with a key of its own.
func New(now func() time.Time) (*Simulator, error) {
	key, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	return &Simulator{now: now, key: key, zone: zone, apps: map[string]*app{}}, err
}

// PublicKey is what the app's maker would copy from the console as 支付宝公钥.
func (s *Simulator) PublicKey() (string, error) { return publicKey(&s.key.PublicKey) }

// NewAppKey makes a key as an app's maker does: the private one for the service,
// in PKCS #8 and base64, and the public one for [Simulator.AddApp].
func NewAppKey() (private string, public *rsa.PublicKey, err error) {
	key, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		return "", nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return base64.StdEncoding.EncodeToString(der), &key.PublicKey, err
}

func publicKey(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	return base64.StdEncoding.EncodeToString(der), err
}

// AddApp registers a mini-program with its maker's public key.
func (s *Simulator) AddApp(id string, public *rsa.PublicKey, gives Identifiers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[id] = &app{public: public, gives: gives, codes: map[string]*code{}}
}

// Login is a user opening the mini-program: the code that my.getAuthCode gives.
func (s *Simulator) Login(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := strings.ToLower(rand.Text()) + "X00"
	s.apps[appID].codes[c] = &code{user: user, given: s.now()}
	return c
}

// OpenID is who the user is to that app; UserID is who they are to all apps.
func OpenID(appID, user string) string { return "0" + digest("openid "+appID+" "+user) }

// UserID is the older identifier, the same in every app.
func UserID(user string) string { return "2088" + digest("userid " + user)[:12] }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:32]
}

// ServeHTTP answers gateway.do, for alipay.system.oauth.token.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if r.URL.Path != "/gateway.do" || r.ParseForm() != nil {
		http.NotFound(w, r)
		return
	}
	if failure := s.failing(r.Form.Get("app_id")); failure != nil {
		failure(s, w, r)
		return
	}
	node, err := s.answer(r.Form)
	var refused refusal
	if errors.As(err, &refused) {
		writeRefusal(w, refused)
		return
	}
	s.write(w, "alipay_system_oauth_token_response", node)
}

// refusal is an answer that says no.
type refusal struct{ code, msg, subCode, subMsg string }

func (r refusal) Error() string { return r.subCode }

func invalid(subCode string) refusal {
	return refusal{"40002", "Invalid Arguments", subCode, subCode}
}

// answer checks a request as the gateway does, and gives the token.
func (s *Simulator) answer(form url.Values) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[form.Get("app_id")]
	switch {
	case a == nil:
		return nil, invalid("isv.invalid-app-id")
	case form.Get("method") != "alipay.system.oauth.token":
		return nil, refusal{"40006", "Insufficient Permissions", "isv.insufficient-isv-permissions", "ISV权限不足"}
	case form.Get("sign_type") != "RSA2" || !signed(a.public, form):
		return nil, invalid("isv.invalid-signature")
	}
	at, err := time.ParseInLocation(time.DateTime, form.Get("timestamp"), s.zone)
	if off := s.now().Sub(at); err != nil || off > clockSkew || off < -clockSkew {
		return nil, invalid("isv.invalid-timestamp")
	}
	c := a.codes[form.Get("code")]
	if form.Get("grant_type") != "authorization_code" || c == nil || c.used || s.now().Sub(c.given) >= codeLife {
		return nil, invalid("isv.code-invalid")
	}
	c.used = true
	return a.token(form.Get("app_id"), c.user, at), nil
}

// token is the answer to a code: there is no code field in it, as in the real one.
func (a *app) token(appID, user string, at time.Time) map[string]any {
	node := map[string]any{"access_token": "authusrB" + rand.Text(), "refresh_token": "authusrB" + rand.Text(),
		"expires_in": 1296000, "re_expires_in": 2592000, "auth_start": at.Format(time.DateTime)}
	if a.gives != UserIDOnly {
		node["open_id"] = OpenID(appID, user)
	}
	if a.gives != OpenIDOnly {
		node["user_id"] = UserID(user)
	}
	return node
}

// signed checks RSA2 over every parameter that is not empty, but the signature.
func signed(key *rsa.PublicKey, form url.Values) bool {
	signature, err := base64.StdEncoding.DecodeString(form.Get("sign"))
	if err != nil {
		return false
	}
	var pairs []string
	for name := range form {
		if value := form.Get(name); name != "sign" && value != "" {
			pairs = append(pairs, name+"="+value)
		}
	}
	slices.Sort(pairs)
	sum := sha256.Sum256([]byte(strings.Join(pairs, "&")))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// write signs the node's bytes and answers with them.
func (s *Simulator) write(w http.ResponseWriter, name string, node any) {
	raw, err := json.Marshal(node)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8") // as the real one does
	fmt.Fprintf(w, `{"%s":%s,"sign":"%s"}`, name, raw, s.signature(raw))
}

func (s *Simulator) signature(raw []byte) string {
	sum := sha256.Sum256(raw)
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is ours and large enough
	}
	return base64.StdEncoding.EncodeToString(signature)
}

func writeRefusal(w http.ResponseWriter, r refusal) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"error_response": map[string]string{ // the caller may have gone
		"code": r.code, "msg": r.msg, "sub_code": r.subCode, "sub_msg": r.subMsg}})
}
