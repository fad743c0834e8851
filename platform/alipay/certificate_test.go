package alipay_test

import (
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/platform/alipay"
	"healthcode/platform/alipay/simulator"
)

// TestNewRefuses: whatever is wrong with the keys is said at once, in words of our
// own.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	plain, certified, other := play(t, mode{}), play(t, mode{certificate: true}), play(t, mode{certificate: true})
	foreign, _, err := simulator.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	alter := func(c alipay.Config, change func(*alipay.Config)) alipay.Config { change(&c); return c }
	p, c := plain.config, certified.config
	roots := strings.SplitAfter(c.RootCertificate, "-----END CERTIFICATE-----\n") // SM2, RSA, EC, RSA
	for name, config := range map[string]alipay.Config{
		"nothing": {}, "no app": alter(p, func(c *alipay.Config) { c.AppID = "" }), "no private key": alter(p, func(c *alipay.Config) { c.PrivateKey = "" }),
		"half a private key": alter(p, func(c *alipay.Config) { c.PrivateKey = c.PrivateKey[:200] }), "no public key": alter(p, func(c *alipay.Config) { c.AlipayPublicKey = "" }),
		"keys exchanged": alter(p, func(c *alipay.Config) { c.PrivateKey, c.AlipayPublicKey = c.AlipayPublicKey, c.PrivateKey }),
		"both modes":     alter(c, func(c *alipay.Config) { c.AlipayPublicKey = p.AlipayPublicKey }), "one certificate more": alter(p, func(p *alipay.Config) { p.RootCertificate = c.RootCertificate }),
		"no certificate of the app": alter(c, func(c *alipay.Config) { c.AppCertificate = "" }), "no root": alter(c, func(c *alipay.Config) { c.RootCertificate = "" }),
		"no certificate of Alipay": alter(c, func(c *alipay.Config) { c.AlipayCertificate = "" }), "another private key": alter(c, func(c *alipay.Config) { c.PrivateKey = foreign }),
		"certificates exchanged": alter(c, func(c *alipay.Config) { c.AppCertificate, c.AlipayCertificate = c.AlipayCertificate, c.AppCertificate }),
		"no PEM":                 alter(c, func(c *alipay.Config) { c.AlipayCertificate = "x" }), "no PEM for a root": alter(c, func(c *alipay.Config) { c.RootCertificate = "x" }),
		"no PEM for the app": alter(c, func(c *alipay.Config) { c.AppCertificate = "x" }), "another root": alter(c, func(c *alipay.Config) { c.RootCertificate = roots[3] }),
		"a root nobody can read": alter(c, func(c *alipay.Config) { c.RootCertificate = roots[0] }),
		"an impostor":            alter(c, func(c *alipay.Config) { c.AlipayCertificate = simulator.ImpostorPEM() }),
		"one of two an impostor": alter(c, func(c *alipay.Config) { c.AlipayCertificate += simulator.ImpostorPEM() }),
		"half a certificate":     alter(c, func(c *alipay.Config) { c.AlipayCertificate = c.AlipayCertificate[:300] }),
		"a short encrypt key":    alter(p, func(c *alipay.Config) { c.EncryptKey = "AAAAAAAA" }), "a long encrypt key": alter(p, func(c *alipay.Config) { c.EncryptKey = strings.Repeat("A", 43) + "=" }),
		"no encrypt key": alter(p, func(c *alipay.Config) { c.EncryptKey = "%" }),
	} {
		_, err := alipay.New(config)
		if err == nil || leak(err.Error()) != "" || len(err.Error()) > 120 {
			t.Errorf("%s: %v", name, err)
		}
	}
	both := alter(c, func(c *alipay.Config) { c.AlipayCertificate = other.config.AlipayCertificate + c.AlipayCertificate })
	if _, err := adapter(t, both).Identify(t.Context(), certified.login("anna")); err != nil {
		t.Errorf("Alipay's next certificate beside its present one: %v", err)
	}
}

// TestAnswerUnderAnotherCertificate: the SDK would fetch a certificate whose
// number it does not know, and believe what it gets. That it is vouched for by the
// same roots does not make it one that was configured.
func TestAnswerUnderAnotherCertificate(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		s.Fail(appID, simulator.Impostor, simulator.ImpostorsCertificate)
		before := len(s.Asked(appID))
		id, why := s.identify(t, s.login("anna"))
		if asked := s.since(appID, before); why != models.ReasonUpstreamLying || len(asked) != 1 {
			t.Errorf("%v: %+v, %s, asked %v", m, id, why, asked)
		}
		s.Mend(appID)
		if _, why := s.identify(t, s.login("anna")); why != "" {
			t.Errorf("%v: afterwards: %s", m, why)
		}
	}
}
