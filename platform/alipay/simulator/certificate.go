package simulator

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5" // what the vendor's numbers are made with
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// authority issues certificates, as Alipay's does: three roots, of which one has
// no RSA key, and between the first one and everybody an authority of class 2.
type authority struct {
	root, second, other, class2 *x509.Certificate
	key                         *rsa.PrivateKey // of class 2
}

// authorities is one for the whole process: making keys takes long. Its
// certificates were always valid, and will be.
var authorities = sync.OnceValue(func() *authority {
	rootKey, err := rsa.GenerateKey(rand.Reader, keySize)
	otherKey, err2 := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	key, err3 := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil || err2 != nil || err3 != nil {
		panic("simulator: no keys can be made")
	}
	root := named("Played Certification Authority R1", nil)
	root.IsCA, root.BasicConstraintsValid = true, true
	second := named("Played Class 2 Root CA - G3", nil)
	second.IsCA, second.BasicConstraintsValid = true, true
	other := named("Played Certification Authority E1", nil)
	other.IsCA, other.BasicConstraintsValid = true, true
	a := &authority{key: key}
	a.root = issue(root, root, &rootKey.PublicKey, rootKey)
	a.second = issue(second, second, &rootKey.PublicKey, rootKey)
	a.other = issue(other, other, &otherKey.PublicKey, otherKey)
	a.class2 = issue(named("Played Certification Authority Class 2 R1", nil), a.root, &key.PublicKey, rootKey)
	return a
})

// named is a certificate that is yet to be signed. Like the real ones of class 2
// it does not say that it is an authority's.
func named(name string, unit []string) *x509.Certificate {
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err)
	}
	return &x509.Certificate{SerialNumber: number, Subject: pkix.Name{Country: []string{"CN"}, Organization: []string{"Played Financial"},
		OrganizationalUnit: append([]string{"Certification Authority"}, unit...), CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func issue(c, by *x509.Certificate, public any, key crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, key)
	if err != nil {
		panic(err) // what is signed is ours
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return made
}

func inPEM(all ...*x509.Certificate) string {
	var text []byte
	for _, c := range all {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return string(text)
}

// RootCertificate is alipayRootCert.crt, as the console offers it: several roots.
// The first one is of a kind (SM2) that Go cannot read, as in the real file.
func (s *Simulator) RootCertificate() string {
	a := authorities()
	unreadable := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: bytes.ReplaceAll(a.other.Raw, oidP384, oidSM2)})
	return string(unreadable) + inPEM(a.root, a.other, a.second)
}

var (
	oidP384 = []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}
	oidSM2  = []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x7f} // no curve that anybody knows
)

// AlipayCertificate is alipayCertPublicKey_RSA2.crt: Alipay's own, and its
// issuer's.
func (s *Simulator) AlipayCertificate() string {
	return inPEM(s.certificate(), authorities().class2)
}

// alipays is Alipay's own certificate for that key.
func alipays(key *rsa.PublicKey) *x509.Certificate {
	a := authorities()
	return issue(named("Played Payment Network", nil), a.class2, key, a.key)
}

// Certify puts the app into certificate mode, and is its appCertPublicKey.crt.
func (s *Simulator) Certify(appID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, by := s.app(appID), authorities()
	a.certificate = issue(named("2088000000000001-"+appID, []string{"Alipay"}), by.class2, a.public, by.key)
	return inPEM(a.certificate)
}

// vouched checks the certificate numbers of a request.
func (a *app) vouched(form url.Values) error {
	if a.certificate == nil {
		return nil
	}
	switch app, root := form.Get("app_cert_sn"), form.Get("alipay_root_cert_sn"); {
	case app == "":
		return missing("isv.missing-app-cert-sn")
	case root == "":
		return missing("isv.missing-alipay-root-cert-sn")
	case app != SerialNumber(a.certificate), root != rootNumber():
		return invalid("isv.invalid-signature") // the vendor's list has no code for it
	}
	return nil
}

// rootNumber is that of the roots which are signed with RSA, one after the other.
func rootNumber() string {
	a := authorities()
	return SerialNumber(a.root) + "_" + SerialNumber(a.second)
}

// SerialNumber is the number of a certificate by the vendor's rule: MD5 of the
// issuer in the order and form of RFC 2253, and the serial number in decimal.
// Source: the vendor's page 签名规则, 公钥证书签名.
func SerialNumber(c *x509.Certificate) string {
	var issuer pkix.RDNSequence
	if _, err := asn1.Unmarshal(c.RawIssuer, &issuer); err != nil {
		panic(err) // it was parsed before
	}
	short := map[string]string{"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU"}
	var parts []string
	for _, set := range slices.Backward(issuer) {
		for _, part := range set {
			value, _ := part.Value.(string)
			parts = append(parts, short[part.Type.String()]+"="+value)
		}
	}
	sum := md5.Sum([]byte(strings.Join(parts, ",") + c.SerialNumber.String()))
	return hex.EncodeToString(sum[:])
}

// download gives Alipay's certificate to whoever knows its number, for apps that
// fetch it by themselves.
func (s *Simulator) download(q *question) (any, error) {
	var biz struct {
		SN string `json:"alipay_cert_sn"`
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	if own := s.certificate(); biz.SN == SerialNumber(own) {
		return map[string]string{"code": "10000", "msg": "Success",
			"alipay_cert_content": base64.StdEncoding.EncodeToString([]byte(inPEM(own)))}, nil
	}
	return nil, failed("CERT_NOT_EXIST", "证书不存在") // a code of our own: the page has none
}

// ImpostorPEM is a certificate in Alipay's place that no root leads to.
func ImpostorPEM() string { return inPEM(strangers().certificate) }
