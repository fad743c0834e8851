package alipay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"healthcode/models"
)

const mobile = "13800138000"

// change gives the message's fields other values; "" takes one away.
func change(t testing.TB, message string, fields ...string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		if m[fields[i]] = fields[i+1]; fields[i+1] == "" {
			delete(m, fields[i])
		}
	}
	again, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(again)
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, certificate := range []bool{false, true} {
		s := play(t, mode{certificate: certificate, cipher: true})
		message := s.PhoneMessage(appID, mobile)
		keep(mobile)
		asked := s.questions(func() {
			for name, text := range map[string]string{"as it is": message, "written again": change(t, message), "slashes escaped": strings.ReplaceAll(message, "/", `\/`),
				"without what the SDK needs not": change(t, message, "alipay_cert_sn", "", "encrypt_type", "", "charset", "")} {
				if phone, err := s.app.Phone(t.Context(), text); err != nil || phone.Reveal() != mobile {
					t.Errorf("certificate %v, %s: %v, %v", certificate, name, phone, err)
				}
			}
		})
		if asked != 0 {
			t.Errorf("asked %d times", asked)
		}
	}
}

// TestPhoneMessagesThatAreNot: each is refused alike, so that nobody learns from
// the answer how far a message came, and none makes the SDK panic or ask.
func TestPhoneMessagesThatAreNot(t *testing.T) {
	t.Parallel()
	for _, certificate := range []bool{false, true} {
		s, other := play(t, mode{certificate: certificate, cipher: true}), play(t, mode{certificate: certificate, cipher: true})
		message, bos := s.PhoneMessage(appID, mobile), s.PhoneMessage(appID, "13900139000")
		keep(mobile, "13900139000")
		var parts struct{ Response, Sign string }
		if err := json.Unmarshal([]byte(bos), &parts); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"nothing": "", "no JSON": "x", "null": "null", "a list": "[]", "an empty one": "{}", "a text": `"x"`, "too long": message + strings.Repeat(" ", 4096),
			"not signed": change(t, message, "sign", ""), "a signature of another": change(t, message, "sign", parts.Sign), "a ciphertext of another": change(t, message, "response", parts.Response),
			"no base64": change(t, message, "response", "%%%"), "no ciphertext": change(t, message, "response", ""), "of an odd length": change(t, message, "response", "Zm9yZ2Vk"),
			"of an odd length, in blocks of base64": change(t, message, "response", strings.Repeat("QUJD", 7)), "of another gateway": other.PhoneMessage(appID, mobile),
			"garbage of the right length": change(t, message, "response", strings.Repeat("AAAA", 15)+"AAA="), "a certificate that is not known": change(t, message, "alipay_cert_sn", "f09ed"),
			"a number in clear":     `{"response":{"code":"10000","mobile":"13800138000"},"sign":"x"}`,
			"a number, not wrapped": `{"code":"10000","mobile":"13800138000"}`,
			"a refusal in clear":    `{"response":{"code":"40001","subCode":"isv.missing-encrypt-key"}}`, "a refusal, not wrapped": `{"code":"40001","subCode":"isv.missing-encrypt-key"}`,
		} {
			asked := s.questions(func() {
				phone, err := s.app.Phone(t.Context(), text)
				if phone != (models.Phone{}) || reason(t, err) != models.ReasonPhoneNotShared {
					t.Errorf("certificate %v, %s: %v, %v", certificate, name, phone, err)
				}
				if strings.Contains(err.Error(), "panicked") {
					t.Errorf("%s: the SDK was given it", name)
				}
				if strings.Contains(name, "refusal") && !strings.Contains(err.Error(), "isv.missing-encrypt-key") {
					t.Errorf("%s: the log is not told: %v", name, err)
				}
			})
			if asked != 0 {
				t.Errorf("%s: asked %d times", name, asked)
			}
		}
	}
}

// TestPhoneRefusals: they say subCode where the gateway says sub_code.
func TestPhoneRefusals(t *testing.T) {
	t.Parallel()
	s := play(t, mode{cipher: true})
	for _, c := range []struct {
		code, subCode string
		want          models.Reason
	}{
		{"40003", "isv.invalid-auth-relations", models.ReasonPhoneNotShared}, {"20000", "aop.unknow-error", models.ReasonUpstreamBusy},
		{"40006", "isv.insufficient-isv-permissions", models.ReasonUpstreamRefused}, {"40002", "isv.invalid-encrypt", models.ReasonUpstreamRefused},
		{"40001", "isv.missing-default-signature-type", models.ReasonUpstreamRefused},
	} {
		_, err := s.app.Phone(t.Context(), s.PhoneRefusal(appID, c.code, c.subCode))
		if reason(t, err) != c.want || !strings.Contains(err.Error(), c.subCode) && c.subCode != "" {
			t.Errorf("%s: %v, want %s", c.subCode, err, c.want)
		}
	}
	for number, want := range map[string]models.Reason{"": models.ReasonPhoneNotShared, "12": models.ReasonPhoneInvalid} {
		if _, err := s.app.Phone(t.Context(), s.PhoneMessage(appID, number)); reason(t, err) != want {
			t.Errorf("the number %q: %v", number, err)
		}
	}
}

// TestPhoneProvesNothing: a message is the same for whoever shows it, whenever; so
// nothing but the number comes of it, and no session.
func TestPhoneProvesNothing(t *testing.T) {
	t.Parallel()
	s := play(t, mode{cipher: true})
	message := s.PhoneMessage(appID, mobile)
	s.Elapse(365 * 24 * 3600e9)
	for range 2 {
		if phone, err := s.app.Phone(t.Context(), message); err != nil || phone.Reveal() != mobile {
			t.Errorf("%v, %v", phone, err)
		}
	}
	if s.PhoneMessage(appID, mobile) != message {
		t.Error("two messages differ: then replays could be told apart, and this package should")
	}
}

func TestPhoneNeedsAKey(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	s.EncryptKey(appID)
	if _, err := s.app.Phone(t.Context(), s.PhoneMessage(appID, mobile)); reason(t, err) != models.ReasonUpstreamRefused {
		t.Errorf("got %v", err)
	}
}

func FuzzPhoneMessage(f *testing.F) {
	s := play(f, mode{certificate: true, cipher: true})
	good := s.PhoneMessage(appID, mobile)
	for _, text := range []string{good, s.PhoneRefusal(appID, "40003", "x"), "", "{}", `{"response":null}`, `{"response":"AAAA","sign":""}`, `{"response":{"code":1}}`,
		`{"response":"` + strings.Repeat("A", 22) + `==","sign":"AAAA"}`, change(f, good, "sign", "AAAA"), change(f, good, "alipay_cert_sn", "x")} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var phone models.Phone
		var err error
		if asked := s.questions(func() { phone, err = s.app.Phone(t.Context(), text) }); asked != 0 {
			t.Fatalf("asked %d times", asked)
		}
		if err == nil && phone.Reveal() != mobile {
			t.Fatal("somebody else's number, or none")
		}
	})
}
