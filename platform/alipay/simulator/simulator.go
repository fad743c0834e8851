// Package simulator plays openapi.alipay.com on loopback, and the Alipay app on a
// phone that goes with it, as far as healthcode uses them. Like the real gateway
// it checks the RSA2 signature of every request over all parameters, and signs the
// very bytes that it answers with; with certificates or without, enciphered or
// not. It is told what to get wrong.
//
// A concern is a file: gateway.go is what all methods have in common, login.go
// what my.getAuthCode begins, and so on. The behaviour follows the vendor's pages
// of each method, 签名规则, 接口内容加密方式 and 公共错误码; what is not on them says so
// where it is played.
package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Beijing time, on any machine
)

// Identifiers says which of its two identifiers an app is given for a user.
type Identifiers uint8

// What apps are given: newer ones an open_id alone.
const (
	OpenIDOnly Identifiers = iota
	UserIDOnly
	Both
)

// Simulator is a played Alipay, with its apps and users. It is an http.Handler,
// and safe for concurrent use. Naming an app that was not added is a mistake of
// the caller's, and panics.
type Simulator struct {
	now     func() time.Time
	key     *rsa.PrivateKey
	zone    *time.Location
	methods map[string]method

	certificate func() *x509.Certificate // with the key; made when first asked for

	mu      sync.Mutex // guards everything below
	elapsed time.Duration
	apps    map[string]*app
	codes   map[string]*code
	grants  map[string]*grant // by app_auth_token
	checks  map[string]*check // by certify_id
	pages   map[string]QRCode // by the address that Alipay gave
	serial  int               // of notifications and the like
}

// app is one app as Alipay knows it.
type app struct {
	id          string
	public      *rsa.PublicKey
	gives       Identifiers
	certificate *x509.Certificate // nil in public-key mode
	cipher      []byte            // of 接口内容加密方式; nil without
	users       map[string]bool
	orders      map[string]bool // outer_order_no
	templates   map[string]template
	accepted    map[consent]int // how many messages may be sent; any number if negative
	sent        []Message
	limits      map[string]int // by method: how many calls are left
	effects     int
	asked       []string
	failures    []Failure // the next ones, one for each call
	broken      Failure   // the one for all calls after that
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
	s := &Simulator{now: now, key: key, zone: zone, apps: map[string]*app{}, codes: map[string]*code{},
		grants: map[string]*grant{}, checks: map[string]*check{}, pages: map[string]QRCode{}}
	s.methods = methods()
	s.certificate = sync.OnceValue(func() *x509.Certificate { return alipays(&key.PublicKey) })
	return s, err
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

// AddApp registers an app with its maker's public key, in public-key mode and
// without a cipher.
func (s *Simulator) AddApp(id string, public *rsa.PublicKey, gives Identifiers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[id] = &app{id: id, public: public, gives: gives, users: map[string]bool{}, orders: map[string]bool{},
		templates: map[string]template{}, accepted: map[consent]int{}, limits: map[string]int{}}
}

// app finds an app for the one who plays; s.mu is held.
func (s *Simulator) app(id string) *app {
	if a := s.apps[id]; a != nil {
		return a
	}
	panic("simulator: no app " + id + " was added")
}

// Elapse makes everything that was given so far older: codes and tokens. The
// clock by which requests are judged stays, because an SDK stamps its requests by
// the machine's clock and will not have it moved.
func (s *Simulator) Elapse(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.elapsed += d
}

// at is the time by which lives are measured; s.mu is held.
func (s *Simulator) at() time.Time { return s.now().Add(s.elapsed) }

// Limit lets the app call the method so many times more: then it is told that it
// calls too often.
func (s *Simulator) Limit(appID, method string, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).limits[method] = calls
}

// Effects counts what the app's calls have changed: codes used, checks begun,
// messages sent, QR codes made.
func (s *Simulator) Effects(appID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app(appID).effects
}

// Asked is which methods were called in the app's name, in order, failing or not.
func (s *Simulator) Asked(appID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.app(appID).asked...)
}

// OpenID is who the user is to that app; UserID is who they are to all apps.
func OpenID(appID, user string) string { return "0" + digest("openid "+appID+" "+user) }

// UserID is the older identifier, the same in every app: sixteen digits, 2088
// first.
func UserID(user string) string {
	digits := strings.Map(func(r rune) rune { return '0' + r%10 }, digest("userid " + user)[:12])
	return "2088" + digits
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:32]
}
