// Package alipay speaks to Alipay through github.com/smartwalle/alipay/v3.
//
// That SDK reports failure in two ways: an unsigned answer comes as a Go error,
// a signed one as a field beside a nil error. It panics over some answers, asks
// for certificates that nobody vouches for, and takes part of its input for
// success. So this package hands it nothing that was not looked at, asks it for
// the bytes of the answer alone, and translates everything else; no error of the
// SDK's is returned or logged. A concern is a file: ask.go is what all calls have
// in common.
//
// A signed answer says nothing about the question that it belongs to. That the
// two belong together is TLS's word, and the reason for asking one host only.
package alipay

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
	"healthcode/platform"
)

// Host is the only host that is ever asked.
const Host = "openapi.alipay.com"

// Config is what one app needs: either AlipayPublicKey (公钥模式) or all three
// certificates (公钥证书模式), as its page 接口加签方式 in Alipay's console offers them.
type Config struct {
	AppID           string
	PrivateKey      string // RSA, PKCS #1 or #8, in PEM or base64
	AlipayPublicKey string // 支付宝公钥, in PEM or base64: every answer is checked against it

	AppCertificate    string // appCertPublicKey, in PEM: it holds the key that belongs to PrivateKey
	RootCertificate   string // alipayRootCert.crt, in PEM
	AlipayCertificate string // alipayCertPublicKey_RSA2.crt, in PEM; several, one after the other, while Alipay changes its own

	EncryptKey string            // 接口内容加密方式: AES-128 in base64; "" asks in clear, and reads no phone number
	Transport  http.RoundTripper // the way out; platform.Direct() when nil. Tests and the demo pass one that leads to the simulator
	Timeout    time.Duration     // for one call; five seconds when zero
}

// App is one mini-program. It is safe for concurrent use.
type App struct {
	client  *sdk.Client
	appID   string
	timeout time.Duration
	vouched map[string]bool // the numbers of Alipay's certificates; none in public-key mode
	cipher  []byte          // nil without EncryptKey
}

// New makes the adapter of one app. It is always the production gateway that is
// asked: a simulator stands behind the transport, if anywhere.
func New(c Config) (*App, error) {
	if c.AppID == "" {
		return nil, errors.New("alipay: the app id must be set")
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	client, err := newClient(c)
	if err != nil {
		return nil, err
	}
	a := &App{client: client, appID: c.AppID, timeout: c.Timeout}
	if a.vouched, err = load(client, c); err != nil {
		return nil, err
	}
	if a.cipher, err = encryptKey(c.EncryptKey); err != nil {
		return nil, err
	}
	if err := client.SetEncryptKey(c.EncryptKey); err != nil {
		return nil, errEncryptKey
	}
	return a, nil
}

// newClient makes the SDK's client. In what the SDK calls production it fetches a
// certificate whose number it does not know and believes what it gets; so that is
// left off, and the gateway's address set by hand.
func newClient(c Config) (*sdk.Client, error) {
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	beijing, err := time.LoadLocation("Asia/Shanghai") // the gateway reads the timestamp as Beijing time
	if err != nil {
		return nil, fmt.Errorf("alipay: %w", err)
	}
	outbound := platform.Outbound{Host: Host, Via: c.Transport}
	client, err := sdk.New(c.AppID, c.PrivateKey, false, sdk.WithSandboxGateway("https://"+Host+"/gateway.do"), sdk.WithTimeLocation(beijing),
		sdk.WithHTTPClient(&http.Client{Transport: answers{outbound}})) // each call has a deadline of its own
	if err != nil {
		return nil, errors.New("alipay: the private key cannot be read") // the SDK's words may quote it
	}
	return client, nil
}

var errEncryptKey = errors.New("alipay: the encrypt key is not 16 bytes in base64")

// encryptKey reads the key of 接口内容加密方式, which is AES-128's.
func encryptKey(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 16 {
		return nil, errEncryptKey
	}
	return key, nil
}

// lying is the refusal for an answer that cannot be believed.
func lying(why string) *models.Problem {
	return models.Refuse(models.ReasonUpstreamLying).Because(errors.New("alipay: " + why))
}
