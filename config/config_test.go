package config

import (
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

var update = flag.Bool("update", false, "write docs/config.md")

// good is a setting of everything.
func good() map[string]string {
	return map[string]string{
		"HEALTHCODE_LISTEN": ":8080", "HEALTHCODE_METRICS_LISTEN": "127.0.0.1:9090", "HEALTHCODE_ORIGIN": "https://code.example.cn",
		"HEALTHCODE_DATABASE": "sqlite:/data/h.db", "HEALTHCODE_KEY_RING": "/data/ring",
		"HEALTHCODE_KEY_RING_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32)), "HEALTHCODE_TIME_ZONE": "Asia/Urumqi",
		"HEALTHCODE_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128", "HEALTHCODE_JOB_SHARE": "0.5", "HEALTHCODE_INSTALLATION": "330000",
		"HEALTHCODE_VENDOR": "v", "HEALTHCODE_COLOUR_NUMBERS": "green=00,grey=11,yellow=01,red=10", "WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "s",
		"ALIPAY_APP_ID": "2021", "ALIPAY_PRIVATE_KEY": "k", "ALIPAY_PUBLIC_KEY": "p",
		"WECHAT_TEMPLATES": "a, b", "WECHAT_PLUGIN_APP_ID": "wx2", "WECHAT_PLUGIN_APP_SECRET": "s2", "WECHAT_OFFICIAL_APP_ID": "wx3",
		"WECHAT_OFFICIAL_APP_SECRET": "s3", "ALIPAY_ENCRYPT_KEY": base64.StdEncoding.EncodeToString(make([]byte, 16)), "ALIPAY_TEMPLATES": "c",
		"ALIPAY_PLUGIN_HOSTS": "2088=t1, 2099=t=2", "OWN_APP_ISSUER": "https://login.example.cn", "OWN_APP_CLIENT_ID": "o", "OWN_APP_CLIENT_SECRET": "s4",
	}
}

func from(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

func TestLoad(t *testing.T) {
	t.Parallel()
	c, err := Load(from(good()))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":8080" || c.MetricsListen != "127.0.0.1:9090" || c.Origin != "https://code.example.cn" || c.Database != "sqlite:/data/h.db" ||
		c.KeyRing != "/data/ring" || len(c.KeyRingKey) != 32 || c.Zone.String() != "Asia/Urumqi" || len(c.TrustedProxies) != 2 ||
		c.WeChatAppID != "wx1" || c.WeChatSecret != "s" || c.AlipayAppID != "2021" || c.AlipayPrivateKey != "k" || c.AlipayPublicKey != "p" {
		t.Errorf("got %+v", c)
	}
	if c.Installation != "330000" || c.Vendor != "v" || c.ColourNumbers[models.Red] != "10" {
		t.Errorf("got %+v", c)
	}
	if c.JobShare != 0.5 || len(c.WeChatTemplates) != 2 || c.WeChatTemplates[1] != "b" || c.WeChatPluginAppID != "wx2" || c.WeChatPluginSecret != "s2" ||
		c.WeChatOfficialAppID != "wx3" || c.WeChatOfficialSecret != "s3" || c.AlipayEncryptKey == "" || len(c.AlipayTemplates) != 1 ||
		c.AlipayPluginHosts["2099"] != "t=2" || c.OwnAppIssuer != "https://login.example.cn" || c.OwnAppClientID != "o" || c.OwnAppSecret != "s4" {
		t.Errorf("got %+v", c)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	m := good()
	for _, s := range settings {
		if s.Default != "" {
			delete(m, s.Name)
		}
	}
	delete(m, "HEALTHCODE_TRUSTED_PROXIES")
	c, err := Load(from(m))
	if err != nil || c.Listen != ":8080" || c.Zone.String() != "Asia/Shanghai" || !strings.HasPrefix(c.MetricsListen, "127.") {
		t.Errorf("got %+v, %v", c, err)
	}
}

// canary stands for a secret that was put into the wrong variable.
const canary = "Canary+s3cret"

func TestEveryRefusal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value string }{
		{"HEALTHCODE_LISTEN", ""}, {"HEALTHCODE_LISTEN", canary}, {"HEALTHCODE_LISTEN", ":" + canary}, {"HEALTHCODE_LISTEN", ":"},
		{"HEALTHCODE_LISTEN", ":65536"}, {"HEALTHCODE_LISTEN", "::1"}, {"HEALTHCODE_LISTEN", "127.0.0.1:9090"},
		{"HEALTHCODE_METRICS_LISTEN", ""}, {"HEALTHCODE_METRICS_LISTEN", canary}, {"HEALTHCODE_METRICS_LISTEN", ":8080"},
		{"HEALTHCODE_ORIGIN", ""}, {"HEALTHCODE_ORIGIN", canary}, {"HEALTHCODE_ORIGIN", "http://code.example.cn"}, {"HEALTHCODE_ORIGIN", "https://"},
		{"HEALTHCODE_ORIGIN", "https://code.example.cn/"}, {"HEALTHCODE_ORIGIN", "https://code.example.cn?" + canary},
		{"HEALTHCODE_ORIGIN", "https://code.example.cn#" + canary}, {"HEALTHCODE_ORIGIN", "https://u:" + canary + "@e.cn"},
		{"HEALTHCODE_ORIGIN", "https://a-host-that-is-too-long-" + canary + ".example.cn"}, {"HEALTHCODE_ORIGIN", "https://" + canary + "%zz"},
		{"HEALTHCODE_DATABASE", ""}, {"HEALTHCODE_DATABASE", canary}, {"HEALTHCODE_DATABASE", "postgres:" + canary}, {"HEALTHCODE_DATABASE", "mysql:"},
		{"HEALTHCODE_KEY_RING", ""},
		{"HEALTHCODE_KEY_RING_KEY", ""}, {"HEALTHCODE_KEY_RING_KEY", canary}, {"HEALTHCODE_KEY_RING_KEY", base64.StdEncoding.EncodeToString(make([]byte, 31))},
		{"HEALTHCODE_TIME_ZONE", ""}, {"HEALTHCODE_TIME_ZONE", canary}, {"HEALTHCODE_TIME_ZONE", "Local"}, {"HEALTHCODE_TIME_ZONE", "../" + canary},
		{"HEALTHCODE_TRUSTED_PROXIES", canary}, {"HEALTHCODE_TRUSTED_PROXIES", "10.0.0.1"}, {"HEALTHCODE_TRUSTED_PROXIES", "10.0.0.0/8;" + canary},
		{"HEALTHCODE_JOB_SHARE", "0"}, {"HEALTHCODE_JOB_SHARE", "1.1"}, {"HEALTHCODE_JOB_SHARE", "NaN"}, {"HEALTHCODE_JOB_SHARE", canary},
		{"HEALTHCODE_INSTALLATION", canary}, {"HEALTHCODE_INSTALLATION", "3300"}, {"HEALTHCODE_COLOUR_NUMBERS", canary},
		{"HEALTHCODE_COLOUR_NUMBERS", "green=00"}, {"HEALTHCODE_COLOUR_NUMBERS", "green=0,grey=0,yellow=1,red=2"}, {"HEALTHCODE_COLOUR_NUMBERS", "green=" + canary + ",green=1"},
		{"WECHAT_APP_ID", ""}, {"WECHAT_APP_SECRET", ""}, {"ALIPAY_PRIVATE_KEY", ""}, {"ALIPAY_PUBLIC_KEY", ""},
		{"WECHAT_TEMPLATES", "a,b,c,d"}, {"WECHAT_PLUGIN_APP_ID", ""}, {"WECHAT_OFFICIAL_APP_SECRET", ""}, {"ALIPAY_APP_CERT", canary},
		{"ALIPAY_PUBLIC_CERT", canary}, {"ALIPAY_ENCRYPT_KEY", canary}, {"ALIPAY_TEMPLATES", "1,2,3,4"}, {"ALIPAY_PLUGIN_HOSTS", canary},
		{"ALIPAY_PLUGIN_HOSTS", "=" + canary}, {"OWN_APP_CLIENT_ID", ""},
	} {
		m := good()
		m[c.name] = c.value
		_, err := Load(from(m))
		if err == nil {
			t.Errorf("%s=%s is taken", c.name, c.value)
			continue
		}
		if !strings.Contains(err.Error(), strings.TrimSuffix(strings.TrimSuffix(c.name, "_PRIVATE_KEY"), "_PUBLIC_KEY")) {
			t.Errorf("%s=%s: the message does not name it: %v", c.name, c.value, err)
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the message quotes the value: %v", c.name, err)
		}
	}
}

func TestNobodyCanLogIn(t *testing.T) {
	t.Parallel()
	m := good()
	for name := range m {
		if !strings.HasPrefix(name, "HEALTHCODE_") {
			delete(m, name)
		}
	}
	if _, err := Load(from(m)); err == nil || !strings.Contains(err.Error(), "no resident can log in") {
		t.Errorf("got %v", err)
	}
	m["WECHAT_APP_ID"], m["WECHAT_APP_SECRET"] = "wx1", "s"
	if _, err := Load(from(m)); err != nil {
		t.Errorf("WeChat alone: %v", err)
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Load(from(map[string]string{"HEALTHCODE_LISTEN": "x", "HEALTHCODE_TIME_ZONE": "x", "HEALTHCODE_TRUSTED_PROXIES": "x", "WECHAT_APP_ID": "x"}))
	if err == nil {
		t.Fatal("taken")
	}
	for _, name := range []string{"HEALTHCODE_LISTEN", "HEALTHCODE_ORIGIN", "HEALTHCODE_DATABASE", "HEALTHCODE_KEY_RING", "HEALTHCODE_KEY_RING_KEY",
		"HEALTHCODE_TIME_ZONE", "HEALTHCODE_TRUSTED_PROXIES", "WECHAT_APP_SECRET"} {
		if !strings.Contains(err.Error(), name+":") && !strings.Contains(err.Error(), name+" ") && !strings.Contains(err.Error(), "and "+name) {
			t.Errorf("%s is not told of in: %v", name, err)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for _, s := range settings {
		m := good()
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(m[s.Name]+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := Load(from(m))
		if err != nil {
			t.Fatal(err)
		}
		m[s.Name] += "" // also what is not set here
		m[s.Name+"_FILE"] = path
		if _, err := Load(from(m)); err == nil || !strings.Contains(err.Error(), s.Name) || strings.Contains(err.Error(), path) {
			t.Errorf("%s is set twice: %v", s.Name, err)
		}
		delete(m, s.Name)
		got, err := Load(from(m))
		if err != nil || got.Database != want.Database || got.WeChatSecret != want.WeChatSecret || got.AlipayPrivateKey != want.AlipayPrivateKey ||
			string(got.KeyRingKey) != string(want.KeyRingKey) {
			t.Errorf("%s from a file: %v", s.Name, err)
		}
		m[s.Name+"_FILE"] = path + canary
		if _, err := Load(from(m)); err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), s.Name) {
			t.Errorf("%s from no file: %v", s.Name, err)
		}
	}
}

func TestPartsNeedNothingElse(t *testing.T) {
	t.Parallel()
	all := good()
	two := map[string]string{"HEALTHCODE_KEY_RING": all["HEALTHCODE_KEY_RING"], "HEALTHCODE_KEY_RING_KEY": all["HEALTHCODE_KEY_RING_KEY"]}
	if path, key, err := KeyRing(from(two)); err != nil || path != "/data/ring" || len(key) != 32 {
		t.Errorf("got %s, %d bytes, %v", path, len(key), err)
	}
	if dsn, err := Database(from(map[string]string{"HEALTHCODE_DATABASE": "sqlite:x"})); err != nil || dsn != "sqlite:x" {
		t.Errorf("got %s, %v", dsn, err)
	}
	_, _, err := KeyRing(from(nil))
	_, err2 := Database(from(nil))
	if err == nil || err2 == nil {
		t.Error(errors.Join(err, err2), "what is missing is taken")
	}
}

func TestManual(t *testing.T) {
	t.Parallel()
	const page = "../docs/config.md"
	if *update {
		if err := os.WriteFile(page, []byte(Manual()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b), Manual()); diff != "" {
		t.Errorf("%s is not what the program says; go test ./config -update writes it:\n%s", page, diff)
	}
	for _, s := range settings {
		if len(s.Doc) < 20 || s.Secret && s.Default != "" {
			t.Errorf("%s is not said what for, or is a secret that everybody knows", s.Name)
		}
	}
}

// TestCertificateMode: the three certificates stand in the place of the one key.
func TestCertificateMode(t *testing.T) {
	t.Parallel()
	m := good()
	delete(m, "ALIPAY_PUBLIC_KEY")
	for _, name := range []string{"ALIPAY_APP_CERT", "ALIPAY_ROOT_CERT", "ALIPAY_PUBLIC_CERT"} {
		m[name] = "PEM"
	}
	if _, err := Load(from(m)); err != nil {
		t.Error(err)
	}
	m["ALIPAY_PUBLIC_KEY"] = "p"
	if _, err := Load(from(m)); err == nil {
		t.Error("both modes at once are taken")
	}
}
