package alipay

import (
	"crypto/md5" // what the vendor's numbers are made with
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"slices"
	"strings"

	sdk "github.com/smartwalle/alipay/v3"
)

// load gives the client what it checks answers with, and returns the numbers of
// Alipay's certificates. No error quotes what it is about.
func load(client *sdk.Client, c Config) (map[string]bool, error) {
	certificates := []string{c.AppCertificate, c.RootCertificate, c.AlipayCertificate}
	switch {
	case c.AlipayPublicKey != "" && strings.Join(certificates, "") != "":
		return nil, errors.New("alipay: set either Alipay's public key or the certificates")
	case c.AlipayPublicKey != "":
		if err := client.LoadAliPayPublicKey(c.AlipayPublicKey); err != nil {
			return nil, errors.New("alipay: Alipay's public key cannot be read")
		}
		return nil, nil
	case slices.Contains(certificates, ""):
		return nil, errors.New("alipay: set Alipay's public key, or all three certificates")
	}
	if err := loadApp(client, c); err != nil {
		return nil, err
	}
	roots := parse(c.RootCertificate)
	if err := client.LoadAliPayRootCert(c.RootCertificate); err != nil || len(roots) == 0 {
		return nil, errors.New("alipay: the root certificate cannot be read")
	}
	return loadAlipays(client, parse(c.AlipayCertificate), roots)
}

// loadApp takes the app's certificate if it belongs to the private key.
func loadApp(client *sdk.Client, c Config) error {
	own := parse(c.AppCertificate)
	if len(own) == 0 || client.LoadAppCertPublicKey(inPEM(own[0])) != nil {
		return errors.New("alipay: the app's certificate cannot be read")
	}
	probe := []byte("whose key is it?")
	signature, err := client.SignBytes(probe)
	if err != nil || own[0].CheckSignature(x509.SHA256WithRSA, probe, signature) != nil {
		return errors.New("alipay: the app's certificate does not belong to the private key")
	}
	return nil
}

// loadAlipays takes every certificate of the file that is nobody's issuer there,
// if it leads to one of the roots. The SDK itself looks at neither.
func loadAlipays(client *sdk.Client, all, roots []*x509.Certificate) (map[string]bool, error) {
	vouched := map[string]bool{}
	for _, c := range slices.Backward(all) { // the one loaded last is for answers that name none
		issues := func(other *x509.Certificate) bool { return other != c && issued(c, other) }
		if slices.ContainsFunc(all, issues) {
			continue
		}
		if _, ok := c.PublicKey.(*rsa.PublicKey); !ok {
			return nil, errors.New("alipay: Alipay's certificate has no RSA key: it is not the one that ends in _RSA2")
		}
		if !leads(c, slices.Concat(all, roots), roots) {
			return nil, errors.New("alipay: Alipay's certificate does not lead to the root certificate")
		}
		if err := client.LoadAlipayCertPublicKey(inPEM(c)); err != nil {
			return nil, errors.New("alipay: Alipay's certificate cannot be used")
		}
		vouched[number(c)] = true
	}
	if len(vouched) == 0 {
		return nil, errors.New("alipay: Alipay's certificate cannot be read")
	}
	return vouched, nil
}

// issued reports whether by signed c. The usual test asks whether by says that it
// is an authority's, which Alipay's of class 2 do not.
func issued(by, c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(by.RawSubject) && by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// leads follows the issuers from c to a root; three steps are one more than
// Alipay takes.
func leads(c *x509.Certificate, all, roots []*x509.Certificate) bool {
	for range 3 {
		i := slices.IndexFunc(all, func(by *x509.Certificate) bool { return !by.Equal(c) && issued(by, c) })
		if i < 0 {
			return false
		}
		if c = all[i]; slices.ContainsFunc(roots, c.Equal) {
			return true
		}
	}
	return false
}

// parse reads the certificates of a PEM file, and leaves out those that Go cannot
// read: the file of roots holds one of the Chinese algorithm SM2.
func parse(text string) (all []*x509.Certificate) {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, c)
		}
	}
}

func inPEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// number is a certificate's by the vendor's rule, as the SDK makes it. Source: the
// vendor's page 签名规则, 公钥证书签名.
func number(c *x509.Certificate) string {
	sum := md5.Sum([]byte(c.Issuer.String() + c.SerialNumber.String()))
	return hex.EncodeToString(sum[:])
}
