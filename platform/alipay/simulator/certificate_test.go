package simulator_test

import (
	"crypto/rsa"
	"crypto/x509"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"healthcode/platform/alipay/simulator"
)

func publicKey(t testing.TB, c *x509.Certificate) *rsa.PublicKey {
	t.Helper()
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		t.Fatal("no RSA key")
	}
	return key
}

// TestSerialNumber: the number of Alipay's real roots, as its SDKs for other
// languages print it. The file lies beside the Go SDK.
func TestSerialNumber(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/smartwalle/alipay/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "alipayRootCert.crt"))
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, c := range certificates(string(file)) {
		if c.PublicKeyAlgorithm == x509.RSA {
			numbers = append(numbers, simulator.SerialNumber(c))
		}
	}
	if got := strings.Join(numbers, "_"); got != "687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6" {
		t.Errorf("got %s", got)
	}
}

// certified puts the app into certificate mode: the two numbers it then sends, and
// Alipay's.
func certified(t testing.TB, s *stage) (numbers []string, alipays string) {
	t.Helper()
	own, roots, alipay := certificates(s.Certify(appID)), certificates(s.RootCertificate()), certificates(s.AlipayCertificate())
	if len(own) != 1 || len(roots) != 3 || len(alipay) != 2 || strings.Count(s.RootCertificate(), "BEGIN") != 4 {
		t.Fatal("other certificates than the console's")
	}
	root := simulator.SerialNumber(roots[0]) + "_" + simulator.SerialNumber(roots[2]) // the second one has no RSA key
	return []string{"app_cert_sn", simulator.SerialNumber(own[0]), "alipay_root_cert_sn", root}, simulator.SerialNumber(alipay[0])
}

func TestCertificateMode(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	numbers, alipays := certified(t, s)
	a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"), numbers...))
	if a.text("open_id") == "" || !a.signedBy(s.alipay) || !strings.Contains(string(a.body), `"alipay_cert_sn":"`+alipays+`"`) {
		t.Errorf("%s", a.body)
	}
	swapped := []string{"app_cert_sn", numbers[3], "alipay_root_cert_sn", numbers[1]}
	for name, c := range map[string]struct {
		form    url.Values
		subCode string
	}{
		"no app":  {s.tokenRequest(s.Login(appID, "anna"), numbers[2:]...), "isv.missing-app-cert-sn"},
		"no root": {s.tokenRequest(s.Login(appID, "anna"), numbers[:2]...), "isv.missing-alipay-root-cert-sn"},
		"swapped": {s.tokenRequest(s.Login(appID, "anna"), swapped...), "isv.invalid-signature"},
	} {
		if a := s.ask(t, c.form); a.subCode() != c.subCode {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// TestCertificatesAreOne: Alipay's certificate holds the key that it signs with,
// leads to the root, and can be fetched by its number.
func TestCertificatesAreOne(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	alipay, roots := certificates(s.AlipayCertificate()), certificates(s.RootCertificate())
	if !publicKey(t, alipay[0]).Equal(s.alipay) {
		t.Error("another key")
	}
	for i, by := range []*x509.Certificate{alipay[1], roots[0]} {
		if c := alipay[i]; by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
			t.Errorf("%s did not issue %s", by.Subject, c.Subject)
		}
	}
	a := s.ask(t, s.request("alipay.open.app.alipaycert.download", "biz_content", `{"alipay_cert_sn":"`+simulator.SerialNumber(alipay[0])+`"}`))
	if got := certificates(string(decode(t, a.text("alipay_cert_content")))); len(got) != 1 || !got[0].Equal(alipay[0]) {
		t.Errorf("%s", a.body)
	}
	if a := s.ask(t, s.request("alipay.open.app.alipaycert.download", "biz_content", `{"alipay_cert_sn":"0"}`)); a.code() != "40004" {
		t.Errorf("%s", a.body)
	}
}
