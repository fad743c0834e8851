package simulator_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/platform/alipay/simulator"
)

const (
	appID = "2021000000000001"
	other = "2021000000000002"
)

// noon is when these tests take place, in Beijing; no machine's clock is asked.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("Beijing", 8*3600))

// keys are two pairs for all tests: making one takes long.
var keys = sync.OnceValues(func() (pairs [2]pair, err error) {
	for i := range pairs {
		text, public, failed := simulator.NewAppKey()
		der, failed2 := base64.StdEncoding.DecodeString(text)
		private, failed3 := x509.ParsePKCS8PrivateKey(der)
		if err = errors.Join(failed, failed2, failed3); err != nil {
			return pairs, err
		}
		pairs[i] = pair{private.(*rsa.PrivateKey), public}
	}
	return pairs, nil
})

type pair struct {
	private *rsa.PrivateKey
	public  *rsa.PublicKey
}

// stage is a played Alipay with two apps, and a caller that uses no SDK.
type stage struct {
	*simulator.Simulator
	now    time.Time
	keys   [2]pair
	alipay *rsa.PublicKey
}

func play(t testing.TB, gives simulator.Identifiers) *stage {
	t.Helper()
	s := &stage{now: noon}
	var err error
	if s.Simulator, err = simulator.New(func() time.Time { return s.now }); err != nil {
		t.Fatal(err)
	}
	if s.keys, err = keys(); err != nil {
		t.Fatal(err)
	}
	s.AddApp(appID, s.keys[0].public, gives)
	s.AddApp(other, s.keys[1].public, gives)
	text, err := s.PublicKey()
	der, err2 := base64.StdEncoding.DecodeString(text)
	key, err3 := x509.ParsePKIXPublicKey(der)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	s.alipay = key.(*rsa.PublicKey)
	return s
}

// request is a form as an app would send it, not yet signed.
func (s *stage) request(method string, more ...string) url.Values {
	form := url.Values{"app_id": {appID}, "method": {method}, "charset": {"utf-8"}, "sign_type": {"RSA2"}, "version": {"1.0"},
		"timestamp": {s.now.Format(time.DateTime)}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func (s *stage) tokenRequest(code string, more ...string) url.Values {
	return s.request("alipay.system.oauth.token", append([]string{"grant_type", "authorization_code", "code", code}, more...)...)
}

// sign signs the form as 签名规则 says: what is not empty, sorted, joined.
func sign(key *rsa.PrivateKey, form url.Values) url.Values {
	var pairs []string
	for name, values := range form {
		if values[0] != "" {
			pairs = append(pairs, name+"="+values[0])
		}
	}
	slices.Sort(pairs)
	sum := sha256.Sum256([]byte(strings.Join(pairs, "&")))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	form.Set("sign", base64.StdEncoding.EncodeToString(signature))
	return form
}

// answer is what came back, with its node's very bytes.
type answer struct {
	status int
	body   []byte
	name   string
	node   json.RawMessage
	fields map[string]any
	sign   string
}

// post sends a signed form. It is a caller's fault if nothing comes back.
func (s *stage) post(t testing.TB, form url.Values) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/gateway.do", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	return s.serve(t, r)
}

func (s *stage) serve(t testing.TB, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	a := answer{status: w.Code, body: w.Body.Bytes()}
	var all map[string]json.RawMessage
	if json.Unmarshal(a.body, &all) != nil {
		return a
	}
	_ = json.Unmarshal(all["sign"], &a.sign)
	for name, raw := range all {
		if strings.HasSuffix(name, "_response") {
			a.name, a.node = name, raw
		}
	}
	_ = json.Unmarshal(a.node, &a.fields)
	return a
}

// ask signs with the app's own key and sends.
func (s *stage) ask(t testing.TB, form url.Values) answer {
	t.Helper()
	return s.post(t, sign(s.keys[0].private, form))
}

func (a answer) code() string    { return a.text("code") }
func (a answer) subCode() string { return a.text("sub_code") }
func (a answer) text(field string) string {
	s, _ := a.fields[field].(string)
	return s
}

// signedBy reports whether the signature is of the node's very bytes.
func (a answer) signedBy(key *rsa.PublicKey) bool {
	signature, err := base64.StdEncoding.DecodeString(a.sign)
	sum := sha256.Sum256(a.node)
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	open, user := simulator.OpenID(appID, "anna"), simulator.UserID("anna")
	if len(user) != 16 || !strings.HasPrefix(user, "2088") || strings.Trim(user, "0123456789") != "" {
		t.Errorf("the user id is %s", user)
	}
	if open == simulator.OpenID(other, "anna") || open == simulator.OpenID(appID, "bo") || user == simulator.UserID("bo") {
		t.Error("somebody is somebody else")
	}
	for gives, want := range map[simulator.Identifiers][2]string{simulator.OpenIDOnly: {open, ""}, simulator.UserIDOnly: {"", user}, simulator.Both: {open, user}} {
		s := play(t, gives)
		a := s.ask(t, s.tokenRequest(s.Login(appID, "anna")))
		if got := [2]string{a.text("open_id"), a.text("user_id")}; got != want {
			t.Errorf("%v: %v", gives, got)
		}
		if _, coded := a.fields["code"]; coded || a.text("access_token") == "" || a.name != "alipay_system_oauth_token_response" {
			t.Errorf("%v: %s", gives, a.body)
		}
		if !a.signedBy(s.alipay) {
			t.Errorf("%v: not signed", gives)
		}
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	code := s.Login(appID, "anna")
	good := func() url.Values { return sign(s.keys[0].private, s.tokenRequest(code)) }
	altered, added, foreign := good(), good(), sign(s.keys[1].private, s.tokenRequest(code))
	altered.Set("code", s.Login(appID, "bo"))
	added.Set("app_auth_token", "x")
	garbage, cut := good(), good()
	garbage.Set("sign", "%%%")
	cut.Set("sign", cut.Get("sign")[:340]+"AA==")
	for name, form := range map[string]url.Values{"altered": altered, "added to": added, "another's key": foreign, "no base64": garbage, "cut": cut} {
		a := s.post(t, form)
		if a.code() != "40002" || a.subCode() != "isv.invalid-signature" {
			t.Errorf("%s: %s", name, a.body)
		}
		if !strings.Contains(a.text("sub_msg"), "code=") {
			t.Errorf("%s: the words do not repeat what was signed, as those of the real one do", name)
		}
	}
	empty := good()
	empty.Set("state", "") // what is empty is not signed
	if s.Effects(appID) != 0 || s.post(t, empty).text("access_token") == "" {
		t.Error("the code was used up, or refused")
	}
}

// TestTimestamp: Beijing time, ten minutes either way.
func TestTimestamp(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	for off, good := range map[time.Duration]bool{0: true, 10 * time.Minute: true, -10 * time.Minute: true, 10*time.Minute + time.Second: false,
		-10*time.Minute - time.Second: false, -8 * time.Hour: false} {
		a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"), "timestamp", s.now.Add(off).Format(time.DateTime)))
		if good != (a.text("access_token") != "") || !good && a.subCode() != "isv.invalid-timestamp" {
			t.Errorf("%v off: %s", off, a.body)
		}
	}
	if a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"), "timestamp", s.now.Format(time.RFC3339))); a.subCode() != "isv.invalid-timestamp" {
		t.Errorf("another form: %s", a.body)
	}
}

func TestCommonParameters(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	for _, c := range []struct{ field, value, code, subCode string }{
		{"app_id", "2021999999999999", "40002", "isv.invalid-app-id"}, {"app_id", "", "40002", "isv.invalid-app-id"},
		{"method", "", "40001", "isv.missing-method"}, {"timestamp", "", "40001", "isv.missing-timestamp"}, {"version", "", "40001", "isv.missing-version"},
		{"sign_type", "RSA", "40002", "isv.invalid-signature-type"}, {"charset", "GBK", "40002", "isv.invalid-charset"}, {"format", "XML", "40002", "isv.invalid-format"},
		{"method", "alipay.trade.pay", "40006", "isv.insufficient-isv-permissions"},
	} {
		a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"), c.field, c.value))
		if a.code() != c.code || a.subCode() != c.subCode {
			t.Errorf("%s=%s: %s", c.field, c.value, a.body)
		}
	}
	if a := s.post(t, s.tokenRequest("x")); a.subCode() != "isv.missing-signature" {
		t.Errorf("no signature: %s", a.body)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/elsewhere", http.NoBody)
	if a := s.serve(t, r); a.status != http.StatusNotFound {
		t.Errorf("elsewhere: %d", a.status)
	}
}

// TestWhatIsSigned: what is said to nobody known is not signed; what a method says
// is, success or not; only the token's refusals are an error_response.
func TestWhatIsSigned(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	query := "alipay.user.certify.open.query"
	for name, c := range map[string]struct {
		form   url.Values
		node   string
		signed bool
	}{
		"an unknown app":    {s.request(query, "app_id", "x"), "alipay_user_certify_open_query_response", false},
		"a business error":  {s.request(query, "biz_content", `{"certify_id":"x"}`), "alipay_user_certify_open_query_response", true},
		"a late timestamp":  {s.request(query, "timestamp", "2020-01-01 00:00:00"), "alipay_user_certify_open_query_response", true},
		"a token's refusal": {s.tokenRequest("x"), "error_response", false},
		"a token":           {s.tokenRequest(s.Login(appID, "anna")), "alipay_system_oauth_token_response", true},
	} {
		if a := s.ask(t, c.form); a.name != c.node || c.signed != a.signedBy(s.alipay) || c.signed != (a.sign != "") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	s.Limit(appID, "alipay.system.oauth.token", 1)
	if a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"))); a.text("open_id") == "" {
		t.Errorf("the first: %s", a.body)
	}
	if a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"))); a.code() != "40005" || a.subCode() != "isv.method-call-limited" {
		t.Errorf("the second: %s", a.body)
	}
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func certificates(text string) (all []*x509.Certificate) {
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

func TestUnknownAppPanics(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	defer func() {
		if recover() == nil {
			t.Error("a code of an app that is not there")
		}
	}()
	s.Login("2021999999999999", "anna")
}
