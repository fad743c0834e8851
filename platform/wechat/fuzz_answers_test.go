package wechat

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

const goodToken = "87_goodTokenGoodToken"

// answering is a way out where tokens are lent, and everything else is answered
// with that body.
func answering(body string) wire {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == atToken {
			return says(200, `{"access_token":"`+goodToken+`","expires_in":7200}`)(r)
		}
		return says(200, body)(r)
	}
}

func clocked(transport http.RoundTripper, id string) Config {
	return Config{AppID: id, AppSecret: secret, Transport: transport, Now: func() time.Time { return start }}
}

// FuzzTokenAnswer: a token that is kept can stand in an address, and does not
// outlive two hours; and whatever else was said is not told.
func FuzzTokenAnswer(f *testing.F) {
	f.Add(200, `{"access_token":"87_abc","expires_in":7200}`)
	f.Add(200, `{"access_token":"87_abc","expires_in":9223372036854775807}`)
	f.Add(200, `{"access_token":"87_abc","expires_in":-1}`)
	f.Add(200, `{"access_token":"a&b=c\n","expires_in":7200}`)
	f.Add(200, `{"errcode":40001,"errmsg":"invalid credential"}`)
	f.Add(200, "null")
	f.Add(502, "<html>")
	shape := regexp.MustCompile(`^[A-Za-z0-9._~-]{1,512}$`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := newApp(t, clocked(says(status, body), appID))
		got, trouble := a.token(t.Context(), "")
		if trouble == nil {
			if status != http.StatusOK || !shape.MatchString(got.text) || !got.end.After(start) || got.end.After(start.Add(2*time.Hour)) || got.renew.After(got.end) || got.renew.Before(start) {
				t.Fatalf("%d %q became %+v", status, body, got)
			}
			return
		}
		if why(t, trouble); trouble.Kind() != models.Upstream || got != (loan{}) {
			t.Fatalf("%d %q became %v", status, body, trouble)
		}
		hides(t, trouble, secret)
	})
}

// FuzzPhoneAnswer: what comes out is a phone number, or a refusal that tells
// nothing of it.
func FuzzPhoneAnswer(f *testing.F) {
	f.Add(`{"errcode":0,"phone_info":{"phoneNumber":"13800138000","purePhoneNumber":"13800138000","countryCode":"86","watermark":{"timestamp":1,"appid":"` + appID + `"}}}`)
	f.Add(`{"errcode":0,"phone_info":{"purePhoneNumber":"51234567","countryCode":"852","watermark":{"appid":"` + appID + `"}}}`)
	f.Add(`{"errcode":0,"phone_info":{"purePhoneNumber":"13800138000","countryCode":"86","watermark":{"appid":"wx"}}}`)
	f.Add(`{"errcode":40029}`)
	f.Add(`{"phone_info":[]}`)
	f.Add("null")
	f.Fuzz(func(t *testing.T, body string) {
		got, err := newApp(t, clocked(answering(body), appID)).Phone(t.Context(), "0123456789")
		if err == nil {
			if again, err := models.ParsePhone(got.Reveal()); err != nil || again != got || !strings.Contains(body, appID) {
				t.Fatalf("%q became %q", body, got.Reveal())
			}
			return
		}
		why(t, alone(t, got, err))
		hides(t, err, secret, goodToken, "0123456789")
	})
}

// FuzzNameAnswer: nobody passes but by an answer that has both numbers in it.
func FuzzNameAnswer(f *testing.F) {
	f.Add(`{"errcode":0,"verify_ret":10000,"verify_id":"v"}`)
	f.Add(`{"errcode":0,"verify_ret":90001}`)
	f.Add(`{"verify_ret":10000}`)
	f.Add(`{"errcode":84001,"verify_ret":10000}`)
	f.Add(`{"errcode":1e400,"verify_ret":1e4}`)
	f.Add(`{"errcode":0,"errcode":1,"verify_ret":10000}`)
	f.Add("[]")
	f.Fuzz(func(t *testing.T, body string) {
		a := newApp(t, clocked(answering(body), appID))
		c := platform.NameCheck{Order: "01J00", Vendor: "v", Name: parseName(t, fullName),
			Document: parseDocument(t, models.DocumentResidentID, number), OpenID: simulator.OpenID(appID, fullName)}
		passed, err := a.NameVerified(t.Context(), c)
		if passed && (!strings.Contains(body, "10000") || !strings.Contains(body, "0")) {
			t.Fatalf("passed by %q", body)
		}
		why(t, alone(t, passed, err))
		hides(t, err, secret, goodToken, fullName, number)
		started, err := a.StartNameCheck(t.Context(), c)
		if err == nil && (!vendors.MatchString(started.Vendor) || started.URL != "") {
			t.Fatalf("%q began %+v", body, started)
		}
		why(t, alone(t, started, err))
		hides(t, err, secret, goodToken, fullName, number)
	})
}

// FuzzOtherAnswers: every other question to an answer of any shape. What comes out
// can be used, or is refused.
func FuzzOtherAnswers(f *testing.F) {
	f.Add(`{"errcode":0,"url_link":"https://wxaurl.cn/a","result":{"suggest":"pass"},"openpid":"GA","openid":"oA","ticket":"t","expires_in":7200}`)
	f.Add(`{"url_link":"javascript:alert(1)","result":{"suggest":"risky"},"openpid":"G A","openid":"oA","is_snapshotuser":1}`)
	f.Add("\xff\xd8\xff\xe0")
	f.Add(`{"errcode":40001}`)
	f.Add(`{"errcode":"1"}`)
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, body string) {
		a := newApp(t, clocked(answering(body), appID))
		page, err := NewOfficialAccount(clocked(answering(body), pageID))
		plugin, err2 := NewPlugin(clocked(answering(body), pluginID))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		check := func(err error) {
			t.Helper()
			why(t, err)
			hides(t, err, secret, goodToken, "0123456789")
		}
		link, err := a.URLLink(t.Context(), indexPage, "", start.Add(time.Hour))
		if err == nil && !strings.HasPrefix(strings.ToLower(link), "https://") {
			t.Fatalf("%q became the link %q", body, link)
		}
		check(alone(t, link, err))
		picture, err := a.MiniCode(t.Context(), "s", indexPage)
		if err == nil && string(picture) != body {
			t.Fatalf("%q became another picture", body)
		}
		check(alone(t, string(picture), err))
		check(a.CheckText(t.Context(), "oA", "话"))
		check(a.Send(t.Context(), Message{OpenID: "oA", Template: "t", Data: map[string]string{"thing1": "话"}}))
		for _, identify := range []func() (platform.Identity, error){
			func() (platform.Identity, error) { return page.Identify(t.Context(), "0123456789") },
			func() (platform.Identity, error) { return plugin.Identify(t.Context(), "0123456789") },
		} {
			who, err := identify()
			if err == nil && !words.MatchString(who.OpenID) {
				t.Fatalf("%q became %+v", body, who)
			}
			check(alone(t, who, err))
		}
		config, err := page.PageConfig(t.Context(), pageAddress)
		check(alone(t, config, err))
	})
}
