// Package crosscheck_test holds the played Alipay, and through it the adapter,
// against an implementation that is not ours: Alipay's own SDK for Node.
package crosscheck_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

const appID = "2021000000000001"

// install fetches Alipay's SDK as the lock file says, once.
var install = sync.OnceValue(func() error {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("there is no %s", tool)
		}
	}
	if _, err := os.Stat("node_modules/.package-lock.json"); err == nil {
		return nil
	}
	if out, err := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error").CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
})

// mode is how the app and Alipay know each other.
type mode struct{ certificate, cipher bool }

// stage is a played Alipay and what both SDKs are configured with.
type stage struct {
	*simulator.Simulator
	server  *httptest.Server
	ours    alipay.Config
	theirs  map[string]any
	public  *rsa.PublicKey
	request url.Values // what our adapter sent last
}

func play(t *testing.T, m mode) *stage {
	t.Helper()
	played, err := simulator.New(time.Now) // both SDKs stamp their requests by the machine's clock
	private, public, err2 := simulator.NewAppKey()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	s := &stage{Simulator: played, public: public}
	s.AddApp(appID, public, simulator.Both)
	s.AddTemplate(appID, "colour", 2, true)
	s.Subscribe(appID, "anna", "colour")
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	s.ours = alipay.Config{AppID: appID, PrivateKey: private, Transport: s}
	s.theirs = map[string]any{"appId": appID, "privateKey": private, "keyType": "PKCS8", "gateway": s.server.URL + "/gateway.do"}
	if m.certificate {
		s.ours.AppCertificate, s.ours.RootCertificate, s.ours.AlipayCertificate = s.Certify(appID), s.RootCertificate(), s.AlipayCertificate()
		s.theirs["appCertContent"], s.theirs["alipayRootCertContent"] = s.ours.AppCertificate, readable(s.ours.RootCertificate)
		s.theirs["alipayPublicCertContent"] = s.ours.AlipayCertificate
	} else {
		if s.ours.AlipayPublicKey, err = s.PublicKey(); err != nil {
			t.Fatal(err)
		}
		s.theirs["alipayPublicKey"] = s.ours.AlipayPublicKey
	}
	if m.cipher {
		s.ours.EncryptKey = s.EncryptKey(appID)
		s.theirs["encryptKey"] = s.ours.EncryptKey
	}
	return s
}

// readable leaves out what stands for the root of SM2, which their SDK can read in
// the real file and ours cannot in either.
func readable(text string) string {
	var all []byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return string(all)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, pem.EncodeToMemory(block)...)
		}
	}
}

// RoundTrip leads our adapter to the server, and remembers what it sent.
func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", s.server.Listener.Addr().String()
	if body, err := r.GetBody(); err == nil {
		var b bytes.Buffer
		_, _ = b.ReadFrom(body)
		s.request, _ = url.ParseQuery(b.String())
	}
	return s.server.Client().Transport.RoundTrip(r)
}

// theirSDK runs the script with that input, and reads its output.
func theirSDK(t *testing.T, input, output any) {
	t.Helper()
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "node", "crosscheck.mjs")
	c.Env = append(os.Environ(), "TZ=Asia/Shanghai") // their SDK stamps by the zone of the machine
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Logf("%s", failed.Stderr)
		}
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
}

func flat(form url.Values) map[string]string {
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields
}

type node struct {
	Code      string `json:"code"`
	SubCode   string `json:"sub_code"`
	OpenID    string `json:"open_id"`
	UserID    string `json:"user_id"`
	Token     string `json:"access_token"`
	CertifyID string `json:"certify_id"`
	Passed    string `json:"passed"`
	QRCode    string `json:"qr_code_url"`
	Mobile    string `json:"mobile"`
}

type result struct {
	Numbers                                               []string
	Token, Again, Share, Started, Passed, Sent, QR, Phone node
	Opened, Forged, Stranger                              string
	Notified, Altered, Ours, OursAltered                  bool
}

// TestTheirSDK: everything that Alipay's SDK asks is answered to its satisfaction,
// and what it finds forged is.
func TestTheirSDK(t *testing.T) {
	t.Parallel()
	if err := install(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Alipay's SDK for Node is needed: %v", err)
		}
		t.Skipf("Alipay's SDK for Node is not there: %v", err)
	}
	for _, m := range []mode{{}, {cipher: true}, {certificate: true}, {certificate: true, cipher: true}} {
		t.Run(fmt.Sprintf("%+v", m), func(t *testing.T) {
			t.Parallel()
			s := play(t, m)
			app, err := alipay.New(s.ours)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := app.Identify(t.Context(), s.Login(appID, "anna")); err != nil {
				t.Fatal(err)
			}
			der, err := x509.MarshalPKIXPublicKey(s.public)
			if err != nil {
				t.Fatal(err)
			}
			s.Fail(appID, plays(10, simulator.Forged, simulator.Stranger)...)
			notification := s.Notify(appID, "alipay.open.auth.userauth.cancelled", map[string]string{"note": "a=b&c=d 张"})
			notification.Del("alipay_cert_sn") // which their SDK leaves to its user to drop: it is not signed
			var got result
			theirSDK(t, map[string]any{"sdk": s.theirs, "encrypt": m.cipher, "code": s.Login(appID, "anna"), "open_id": simulator.OpenID(appID, "anna"),
				"message": s.PhoneMessage(appID, "13800138000"), "request": flat(s.request), "app_public_key": base64.StdEncoding.EncodeToString(der),
				"notification": flat(notification)}, &got)
			s.check(t, m, got)
		})
	}
}

// plays answers so many questions properly, and then lets the next ones fail.
func plays(n int, failures ...simulator.Failure) []simulator.Failure {
	proper := func(s *simulator.Simulator, w http.ResponseWriter, r *http.Request) { s.Answer(w, r) }
	all := make([]simulator.Failure, 0, n+len(failures))
	for range n - len(failures) {
		all = append(all, proper)
	}
	return append(all, failures...)
}

func (s *stage) check(t *testing.T, m mode, got result) {
	t.Helper()
	open, user := simulator.OpenID(appID, "anna"), simulator.UserID("anna")
	if got.Token.OpenID != open || got.Token.UserID != user || got.Token.Token == "" || got.Token.Code != "" {
		t.Errorf("token: %+v", got.Token)
	}
	if got.Again.SubCode != "isv.code-invalid" || got.Share.OpenID != open || got.Share.Code != "10000" {
		t.Errorf("again: %+v, share: %+v", got.Again, got.Share)
	}
	if got.Started.CertifyID == "" || got.Passed.Passed != "F" || !strings.HasPrefix(got.Opened, "text/html") || !s.Face(got.Started.CertifyID, "张三", "11010519491231002X") {
		t.Errorf("check: %+v, %+v, %s", got.Started, got.Passed, got.Opened)
	}
	want := []simulator.Message{{User: "anna", Template: "colour", Page: "pages/a?b=1", Values: []string{"绿码", `11月24日 <12:00> & "later"`}}}
	if diff := cmp.Diff(want, s.Sent(appID)); diff != "" || got.Sent.Code != "10000" {
		t.Errorf("message: %+v %s", got.Sent, diff)
	}
	if code, ok := s.Scan(got.QR.QRCode); !ok || code != (simulator.QRCode{AppID: appID, Path: "pages/a", Query: "b=1", Description: "社区东门"}) {
		t.Errorf("code: %+v, %+v", got.QR, code)
	}
	if m.cipher && (got.Phone.Mobile != "13800138000" || got.Phone.Code != "10000") {
		t.Errorf("phone: %+v", got.Phone)
	}
	if !got.Notified || got.Altered || !got.Ours || got.OursAltered {
		t.Errorf("signatures: notification %v, altered %v, our request %v, altered %v", got.Notified, got.Altered, got.Ours, got.OursAltered)
	}
	if got.Forged != "验签失败" || got.Stranger != "验签失败" {
		t.Errorf("forged: %s, %s", got.Forged, got.Stranger)
	}
	if m.certificate {
		sent := []string{s.request.Get("app_cert_sn"), s.request.Get("alipay_root_cert_sn")}
		block, _ := pem.Decode([]byte(s.ours.AlipayCertificate))
		own, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append(sent, simulator.SerialNumber(own)), got.Numbers); diff != "" {
			t.Errorf("certificate numbers: %s", diff)
		}
	}
}
