package alipay

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"healthcode/models"
)

// phoneMessage is what my.getPhoneNumber gives as res.response. Response is a
// ciphertext, or a refusal in clear.
type phoneMessage struct {
	Response json.RawMessage `json:"response"`
	Sign     string          `json:"sign"`
	Number   string          `json:"alipay_cert_sn"`
}

// phoneNode is what stands in it. Unlike the gateway's answers it says subCode.
type phoneNode struct {
	Code    string `json:"code"`
	SubCode string `json:"subCode"`
	Mobile  string `json:"mobile"`
}

// longestPhoneMessage is several times what Alipay makes.
const longestPhoneMessage = 4 << 10

var errNoEncryptKey = errors.New("alipay: no encrypt key is set, so no phone message can be read")

// Phone reads the number from a message of my.getPhoneNumber, which the phone
// hands on. Alipay signs and enciphers it, but it names neither the user nor the
// time and is the same every time: whoever saw one can show it again. So it is a
// claim that somebody makes within their own session, like a number typed in, and
// proves nothing else. A message that Alipay did not make, or that says there is
// no number for us, is phone.not_shared.
func (a *App) Phone(ctx context.Context, message string) (models.Phone, error) {
	if a.cipher == nil {
		return models.Phone{}, models.Refuse(models.ReasonUpstreamRefused).Because(errNoEncryptKey)
	}
	node, err := a.unseal(ctx, message)
	if err != nil {
		return models.Phone{}, models.Refuse(models.ReasonPhoneNotShared).Because(err)
	}
	switch {
	case node.Code == "10000" && node.Mobile != "":
		return models.ParsePhone(node.Mobile)
	case node.Code == "10000": // the Alipay account has none
		return models.Phone{}, models.Refuse(models.ReasonPhoneNotShared)
	default:
		return models.Phone{}, phoneRefusals.refuse(node.Code, node.SubCode)
	}
}

// phoneRefusals: 无效的授权关系, the user did not press the button. The others are about
// the app's settings in Alipay's console.
var phoneRefusals = refusals{"isv.invalid-auth-relations": models.ReasonPhoneNotShared}

// unseal reads a message that Alipay signed. The SDK deciphers before it looks at
// the signature and panics over a ciphertext of an odd length; the message comes
// from outside, so its shape is looked at first, and the SDK is given nothing of
// it but that. No error says how far it came.
func (a *App) unseal(ctx context.Context, message string) (node phoneNode, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	var m phoneMessage
	if len(message) > longestPhoneMessage || json.Unmarshal([]byte(message), &m) != nil {
		return node, errNotAlipays
	}
	var text string
	if json.Unmarshal(m.Response, &text) != nil {
		return node, inClear(m.Response, message)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || len(raw)%aes.BlockSize != 0 || m.Sign == "" || m.Number != "" && !a.vouched[m.Number] {
		return node, errNotAlipays
	}
	again, err := json.Marshal(map[string]string{"response": text, "sign": m.Sign, "alipay_cert_sn": m.Number})
	if err != nil {
		return node, errNotAlipays
	}
	if _, err := a.client.DecodePhoneNumber(ctx, string(again)); err != nil {
		return node, errNotAlipays
	}
	if json.Unmarshal(a.decipher(raw), &node) != nil { // again, because the SDK's struct does not know subCode
		return node, errNotAlipays
	}
	return node, nil
}

var errNotAlipays = errors.New("alipay: a phone message that Alipay did not make")

// inClear is what a message says that is not enciphered. It may be anybody's, so
// it decides nothing and is for the log alone.
func inClear(response json.RawMessage, message string) error {
	var said phoneNode
	if len(response) == 0 {
		response = json.RawMessage(message)
	}
	if json.Unmarshal(response, &said) != nil {
		return errNotAlipays
	}
	return fmt.Errorf("alipay: a phone message in clear: %w", saidNo(said.Code, said.SubCode))
}

// decipher is the text of a ciphertext that Alipay signed: AES in CBC with an
// initialisation vector of zeros, and PKCS #7. Source: the vendor's page
// 接口内容加密方式.
func (a *App) decipher(raw []byte) []byte {
	block, err := aes.NewCipher(a.cipher)
	if err != nil {
		return nil
	}
	plain := bytes.Clone(raw)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(plain, raw)
	return plain[:max(0, len(plain)-int(plain[len(plain)-1]))]
}
