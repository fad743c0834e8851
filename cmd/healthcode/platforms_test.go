package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"healthcode/platform/alipay"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/wechat"
	wechatsim "healthcode/platform/wechat/simulator"
)

// outside is the rest of the world: both apps played, and nothing else.
type outside struct {
	wechat *wechatsim.Simulator
	alipay *alipaysim.Simulator
}

func (o outside) RoundTrip(r *http.Request) (*http.Response, error) {
	var to http.Handler
	switch r.URL.Host {
	case wechat.Host:
		to = o.wechat
	case alipay.Host:
		to = o.alipay
	default:
		return nil, errors.New("nobody lives there")
	}
	r = r.Clone(r.Context())
	if r.Body == nil { // which a server's request never is
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w.Result(), nil
}

const (
	alipayApp = "2021000000000001"
	host      = "2021000000000099"
	key       = "0123456789abcdef"
)

// connected is a machine whose settings name every channel there is.
func connected(t *testing.T) (*machine, outside) {
	t.Helper()
	m := ready(t)
	o := outside{wechat: wechatsim.New(time.Now)}
	var err error
	if o.alipay, err = alipaysim.New(time.Now); err != nil {
		t.Fatal(err)
	}
	private, public, err := alipaysim.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := o.alipay.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	o.wechat.AddApp("wx1", key)
	o.wechat.AddPages("wx1", "pages/index/index")
	o.wechat.AddPlugin("wx2", key)
	o.wechat.AddOfficialAccount("wx3", key)
	o.alipay.AddApp(alipayApp, public, alipaysim.OpenIDOnly)
	o.alipay.AddApp(host, public, alipaysim.OpenIDOnly)
	for name, value := range map[string]string{"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": key, "WECHAT_PLUGIN_APP_ID": "wx2", "WECHAT_PLUGIN_APP_SECRET": key,
		"WECHAT_OFFICIAL_APP_ID": "wx3", "WECHAT_OFFICIAL_APP_SECRET": key, "ALIPAY_APP_ID": alipayApp, "ALIPAY_PRIVATE_KEY": private,
		"ALIPAY_PUBLIC_KEY": theirs, "ALIPAY_ENCRYPT_KEY": o.alipay.EncryptKey(alipayApp), "ALIPAY_PLUGIN_HOSTS": host + "=" + o.alipay.Authorize(host, alipayApp),
		"OWN_APP_ISSUER": "https://login.example.cn", "OWN_APP_CLIENT_ID": "city", "OWN_APP_CLIENT_SECRET": key} {
		m.env[name] = value
	}
	m.outside = o
	return m, o
}

// serving starts the service, and gives its address.
func (m *machine) serving() string {
	m.t.Helper()
	ctx, stop := context.WithCancel(m.t.Context())
	var out, errs said
	ended := make(chan int, 1)
	go func() {
		ended <- run(surroundings{ctx, m.lookup, strings.NewReader(""), &out, &errs, m.outside}, []string{"serve"})
	}()
	m.t.Cleanup(func() { stop(); <-ended })
	for _, address := range addresses(m.t, &errs, 2) {
		if code, _ := get(m.t, "http://"+address+"/healthz"); code == http.StatusOK {
			return "http://" + address
		}
	}
	m.t.Fatal("nobody answers")
	return ""
}

// TestEveryChannel: what is configured is there, in the program that is deployed.
func TestEveryChannel(t *testing.T) {
	t.Parallel()
	m, o := connected(t)
	service := m.serving()
	for _, in := range []map[string]string{
		{"platform": "wechat", "code": o.wechat.Login("wx1", "u")},
		{"platform": "wechat-plugin", "code": o.wechat.PluginLogin("wx2", "wx9", "u")},
		{"platform": "alipay", "code": o.alipay.Login(alipayApp, "u")},
		{"platform": "alipay-plugin", "code": o.alipay.LoginIn(host, alipayApp, "u"), "host": host},
	} {
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.Post(service+"/v1/login", "application/json", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", in["platform"], answer.Status)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for channel, want := range map[string]string{"wechat": "302 https://open.weixin.qq.com/connect/oauth2/authorize?", "app": "502 "} { // nobody lives at the own app's address
		answer, err := client.Get(service + "/enter/" + channel)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := answer.Status[:4] + answer.Header.Get("Location"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", channel, got)
		}
	}
}

// TestCodes: what brings people in is made by the apps, and written nowhere twice.
func TestCodes(t *testing.T) {
	t.Parallel()
	m, o := connected(t)
	file := filepath.Join(m.folder, "poster.jpg")
	m.must("code", "wechat", "pages/index/index", "poster=1", file)
	if picture, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(picture), "\xff\xd8\xff") || len(o.wechat.MiniCodes("wx1")) != 1 {
		t.Errorf("%d bytes: %v", len(picture), err)
	}
	m.fails(1, "there already", "code", "wechat", "pages/index/index", "poster=1", file)
	m.fails(1, "request.bad_value", "code", "wechat", "/pages/index/index", "poster=1", file)
	out, _ := m.must("code", "link", "pages/index/index", "--query", "from=sms", "--days", "7")
	if links := o.wechat.Links("wx1"); len(links) != 1 || out != links[0].URL+"\n" || links[0].Query != "from=sms" {
		t.Errorf("%q", out)
	}
	m.fails(1, "request.bad_value", "code", "link", "pages/index/index", "--days", "31")
	if out, _ := m.must("code", "alipay", "pages/index/index", "from=poster", "良渚地铁站"); !strings.HasPrefix(out, "http") {
		t.Errorf("%q", out)
	}
	m.env["WECHAT_APP_ID"], m.env["WECHAT_APP_SECRET"] = "", ""
	m.fails(1, "not configured", "code", "link", "pages/index/index")
}
