package simulator

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
)

// EncryptKey gives the app a key of 接口内容加密方式, as the console does: AES-128, in
// base64. Requests in clear are answered in clear nevertheless.
func (s *Simulator) EncryptKey(appID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := make([]byte, 16)
	_, _ = rand.Read(key) // never fails
	s.app(appID).cipher = key
	return base64.StdEncoding.EncodeToString(key)
}

// decipher makes biz_content readable.
func (q *question) decipher() error {
	content := q.form.Get("biz_content")
	if q.biz = []byte(content); content == "" {
		q.biz = []byte("{}")
		return nil
	}
	switch kind := q.form.Get("encrypt_type"); {
	case kind == "":
		return nil
	case kind != "AES":
		return invalid("isv.invalid-encrypt-type")
	case q.app.cipher == nil:
		return invalid("isv.decryption-error-not-valid-encrypt-key")
	}
	plain, ok := unseal(q.app.cipher, content)
	if q.biz = plain; !ok {
		return invalid("isv.decryption-error-unknown")
	}
	return nil
}

// seal is AES-128-CBC with an initialisation vector of zeros and PKCS #7, in
// base64. Source: the vendor's page 接口内容加密方式.
func seal(key, plain []byte) string {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key is ours
	}
	short := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(short)}, short)...)
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(padded, padded)
	return base64.StdEncoding.EncodeToString(padded)
}

func unseal(key []byte, text string) (plain []byte, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(text)
	block, err2 := aes.NewCipher(key)
	if err != nil || err2 != nil || len(raw) == 0 || len(raw)%aes.BlockSize != 0 {
		return nil, false
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(raw, raw)
	n := int(raw[len(raw)-1])
	if n == 0 || n > aes.BlockSize || !bytes.Equal(raw[len(raw)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, false
	}
	return raw[:len(raw)-n], true
}
