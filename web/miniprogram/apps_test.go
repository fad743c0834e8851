package miniprogram_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"healthcode/handlers"
	"healthcode/platform"
	"healthcode/platform/alipay"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/wechat"
	wechatsim "healthcode/platform/wechat/simulator"
)

// The apps, as the packages' config.js has them.
const (
	wechatApp       = "wx0123456789abcdef"
	wechatKey       = "0123456789abcdef0123456789abcdef"
	wechatHost      = "wx00000000000000aa"
	wechatPluginApp = "wx00000000000000bb"
	wechatPluginKey = "fedcba9876543210fedcba9876543210"
	alipayApp       = "2021000000000001"
	alipayHost      = "2021000000000002"
	alipayPluginApp = "2021000000000003"
)

// phoneNumber is the phone's own, as its app knows it.
const phoneNumber = "13800138000"

// people are who may hold a phone, or stand before its camera.
var people = map[string]struct{ name, number string }{"zhang": {"张三", documentNumber(1)}, "li": {"李四", documentNumber(2)}}

// asked are the messages that the shells ask leave for.
var asked = handlers.Templates{IDs: []string{"colour-changed", "review-done"}, ForGood: true}

// play makes the two simulators, and the real adapters that talk to them.
func (town *town) play(t testing.TB) handlers.Options {
	t.Helper()
	town.wechat = wechatsim.New(time.Now)
	town.wechat.AddApp(wechatApp, wechatKey)
	town.wechat.AddPlugin(wechatPluginApp, wechatPluginKey)
	town.wechat.SetPhone("zhang", "86", phoneNumber)
	town.alipay = must[*alipaysim.Simulator](t)(alipaysim.New(time.Now))
	own, made := town.register(t, alipayApp), town.register(t, alipayPluginApp)
	town.register(t, alipayHost)
	for _, id := range asked.IDs {
		town.wechat.AddTemplate(wechatApp, id, asked.ForGood, "phrase1")
		town.alipay.AddTemplate(alipayApp, id, 1, asked.ForGood)
	}
	we := must[*wechat.App](t)(wechat.New(wechat.Config{AppID: wechatApp, AppSecret: wechatKey, Now: time.Now, Transport: played{town.wechat}}))
	wePlugin := must[*wechat.Plugin](t)(wechat.NewPlugin(wechat.Config{AppID: wechatPluginApp, AppSecret: wechatPluginKey, Now: time.Now, Transport: played{town.wechat}}))
	ali := must[*alipay.App](t)(alipay.New(own))
	aliPlugin := must[*alipay.Plugin](t)(alipay.NewPlugin(alipay.PluginConfig{Config: made,
		Hosts: map[string]string{alipayHost: town.alipay.Authorize(alipayHost, alipayPluginApp)}}))
	return handlers.Options{
		Identify:  map[string]handlers.Identifier{platform.WeChat: we, platform.WeChatPlugin: wePlugin, platform.Alipay: ali},
		Hosted:    map[string]handlers.HostedIdentifier{platform.AlipayPlugin: aliPlugin},
		Phones:    map[string]handlers.PhoneReader{platform.WeChat: we, platform.Alipay: ali},
		Names:     map[string]handlers.NameChecker{platform.WeChat: we, platform.Alipay: ali},
		Templates: map[string]handlers.Templates{platform.WeChat: asked, platform.Alipay: asked},
	}
}

// register makes an app of Alipay's, and is what its maker has to know of it.
func (town *town) register(t testing.TB, id string) alipay.Config {
	t.Helper()
	private, public, err := alipaysim.NewAppKey()
	if err != nil {
		t.Fatal(err)
	}
	town.alipay.AddApp(id, public, alipaysim.OpenIDOnly)
	return alipay.Config{AppID: id, PrivateKey: private, AlipayPublicKey: must[string](t)(town.alipay.PublicKey()),
		EncryptKey: town.alipay.EncryptKey(id), Transport: played{town.alipay}}
}

// played answers every request by a handler, without a network.
type played struct{ http.Handler }

func (p played) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	if r.Body == nil { // which a server's request never is
		r.Body = http.NoBody
	}
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// network is what phones reach: the service, their app's own servers under
// /device/, and what they run under /run/.
func (town *town) network(folders map[string]string) http.Handler {
	mux := http.NewServeMux()
	for name, folder := range folders {
		mux.Handle("/run/"+name+"/", http.StripPrefix("/run/"+name, http.FileServer(http.Dir(folder))))
	}
	for name, answer := range town.servers() {
		mux.HandleFunc("POST /device/"+name, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			said, ok := answer(phoneOf{q.Get("app"), q.Get("user")}, q)
			if !ok {
				w.WriteHeader(http.StatusConflict)
			}
			_, _ = w.Write([]byte(said)) // the phone may have gone
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if town.down.Load() {
			panic(http.ErrAbortHandler)
		}
		if town.mute.Load() { // it is done, and the answer is lost
			town.service.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		town.service.ServeHTTP(w, r)
	})
	return mux
}

// phoneOf is whose phone asks its app's servers, and in which mini-program.
type phoneOf struct{ app, user string }

// servers are the apps' own, by the API that asks them: what the phone is given,
// and whether the app does what it is asked.
func (town *town) servers() map[string]func(p phoneOf, q url.Values) (string, bool) {
	return map[string]func(p phoneOf, q url.Values) (string, bool){
		"wechat/login": func(p phoneOf, _ url.Values) (string, bool) { return town.wechat.Login(p.app, p.user), true },
		"wechat/pluginLogin": func(p phoneOf, _ url.Values) (string, bool) {
			return town.wechat.PluginLogin(wechatPluginApp, p.app, p.user), true
		},
		"wechat/getPhoneNumber": func(p phoneOf, _ url.Values) (string, bool) {
			town.numbers.Add(1)
			return town.wechat.PressPhone(p.app, p.user), true
		},
		"wechat/requestFacialVerify": func(p phoneOf, q url.Values) (string, bool) {
			result := wechatsim.FaceSlow // what becomes of a face that is not the card's has no number of its own
			if q.Get("face") == p.user {
				result = wechatsim.FacePassed
			}
			return "", town.wechat.ShowFace(p.app, p.user, q.Get("check"), result)
		},
		"wechat/requestSubscribeMessage": func(p phoneOf, q url.Values) (string, bool) {
			return "", town.wechat.Subscribe(p.app, p.user, strings.Split(q.Get("templates"), ",")...)
		},
		"alipay/getAuthCode": func(p phoneOf, q url.Values) (string, bool) {
			if q.Get("in") == "plugin" {
				return town.alipay.LoginIn(p.app, alipayPluginApp, p.user), true
			}
			return town.alipay.Login(p.app, p.user), true
		},
		"alipay/getPhoneNumber": func(p phoneOf, _ url.Values) (string, bool) {
			town.numbers.Add(1)
			return town.alipay.PhoneMessage(p.app, phoneNumber), true
		},
		"alipay/startBizService": func(_ phoneOf, q url.Values) (string, bool) {
			who := people[q.Get("face")]
			return "", town.opens(q.Get("page")) && town.alipay.Face(q.Get("check"), who.name, who.number)
		},
		"alipay/requestSubscribeMessage": func(p phoneOf, q url.Values) (string, bool) {
			for id := range strings.SplitSeq(q.Get("templates"), ",") {
				town.alipay.Subscribe(p.app, p.user, id)
			}
			return "", true
		},
	}
}

// opens is the phone opening a page of Alipay's.
func (town *town) opens(page string) bool {
	r, err := http.NewRequestWithContext(town.ctx, http.MethodGet, page, http.NoBody)
	if err != nil || r.URL.Host != alipay.Host {
		return false
	}
	answer, err := played{town.alipay}.RoundTrip(r)
	return err == nil && answer.StatusCode == http.StatusOK
}
