package alipay_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay/simulator"
)

const withdrawn = "alipay.open.auth.userauth.cancelled"

func (s *stage) notification(id string) url.Values {
	return s.Notify(id, withdrawn, map[string]string{"open_id": simulator.OpenID(appID, "anna"), "note": "a=b&c=d"})
}

func TestNotification(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		form := s.notification(appID)
		n, err := s.app.Notification(t.Context(), form)
		if err != nil || n.ID != form.Get("notify_id") || n.Method != withdrawn || string(n.Content) != form.Get("biz_content") || n.AppID != appID || n.Withdrawn != simulator.OpenID(appID, "anna") ||
			!n.At.Equal(time.Unix(0, s.now.Load()).Truncate(time.Millisecond)) {
			t.Errorf("%v: %+v, %v", m, n, err)
		}
	}
}

// TestNotificationDelivered: the body alone is Alipay's; what stands in the
// address besides does not break it, and cannot be anything in it.
func TestNotificationDelivered(t *testing.T) {
	t.Parallel()
	s := play(t, mode{certificate: true})
	var got []platform.Notification
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		n, err := s.app.Notification(r.Context(), r.PostForm)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		got = append(got, n)
		_, _ = w.Write([]byte("success"))
	}))
	defer server.Close()
	form := s.notification(appID)
	if taken, err := simulator.Deliver(t.Context(), server.Client(), server.URL+"/notify?city=330100&msg_method=other", form); !taken || err != nil {
		t.Errorf("%v, %v", taken, err)
	}
	if taken, err := simulator.Deliver(t.Context(), server.Client(), server.URL+"/notify?"+form.Encode(), url.Values{}); taken || err != nil {
		t.Errorf("in the address alone: %v, %v", taken, err)
	}
	if len(got) != 1 || got[0].Method != withdrawn {
		t.Errorf("%+v", got)
	}
}

// TestNotificationsThatAreNot: each is refused, and nobody is asked about it.
func TestNotificationsThatAreNot(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s, another := play(t, m), play(t, m)
		with := func(field string, values ...string) url.Values {
			form := s.notification(appID)
			if form[field] = values; values == nil {
				delete(form, field)
			}
			return form
		}
		for name, form := range map[string]url.Values{
			"nothing": {}, "not signed": with("sign"), "signed with nothing": with("sign", ""), "no signature": with("sign", "AAAA"), "no base64": with("sign", "%"),
			"altered": with("biz_content", `{"open_id":"bo"}`), "added to": with("extra", "x"), "taken from": with("version"), "of an unknown kind": with("sign_type", "RSA"),
			"to another app": s.notification(strange), "renamed": with("app_id", strange), "of another gateway": another.notification(appID),
			"under a number that is not known": with("alipay_cert_sn", "f09ed"), "two bodies": with("biz_content", s.notification(appID).Get("biz_content"), `{}`),
			"GBK":                s.SignNotification(with("charset", "GBK"), m.certificate),
			"signed, no time":    s.SignNotification(with("utc_timestamp", "today"), m.certificate),
			"signed, no id":      s.SignNotification(with("notify_id"), m.certificate),
			"signed, no method":  s.SignNotification(with("msg_method"), m.certificate),
			"signed, no JSON":    s.SignNotification(with("biz_content", "{x"), m.certificate),
			"signed, no object":  s.SignNotification(with("biz_content", "[]"), m.certificate),
			"signed, no content": s.SignNotification(with("biz_content"), m.certificate),
		} {
			asked := s.questions(func() {
				n, err := s.app.Notification(t.Context(), form)
				if n.ID != "" || reason(t, err) != models.ReasonLoginClient {
					t.Errorf("%v, %s: %+v, %v", m, name, n, err)
				}
				if name == "under a number that is not known" && !strings.Contains(err.Error(), "not known") {
					t.Errorf("%v: the SDK was given it: %v", m, err)
				}
			})
			if asked != 0 {
				t.Errorf("%v, %s: asked %d times", m, name, asked)
			}
		}
	}
}

// TestNotificationSplit: what is signed is the text of all fields in a row, which
// is the same when part of one field is called a field of its own. So the signature
// holds, and what is left is looked at.
func TestNotificationSplit(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	for content, split := range map[string]url.Values{
		"1&charset=x":           {"biz_content": {`{"a":"1`}, "charset": {`x"}&charset=UTF-8`}},
		"1&bz=2":                {"biz_content": {`{"a":"1`}, "bz": {`2"}`}},
		"1&biz_content={}&bz=2": {"biz_content": {`{}`, `{"a":"1`}, "bz": {`2"}`}},
	} {
		form := s.Notify(appID, withdrawn, map[string]string{"a": content})
		form.Set("biz_content", strings.ReplaceAll(form.Get("biz_content"), `\u0026`, "&"))
		s.SignNotification(form, false)
		if _, err := s.app.Notification(t.Context(), form); err != nil {
			t.Errorf("whole: %v", err)
		}
		maps.Copy(form, split)
		if n, err := s.app.Notification(t.Context(), form); n.ID != "" || reason(t, err) != models.ReasonLoginClient {
			t.Errorf("split: %+v, %v", n, err)
		}
	}
}

func FuzzNotification(f *testing.F) {
	s := play(f, mode{certificate: true})
	good := s.notification(appID)
	for _, body := range []string{good.Encode(), "", "a=b", "app_id=" + appID, "app_id=" + appID + "&sign=AAAA&sign_type=RSA2&charset=utf-8", good.Encode() + "&sign=x"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		var n platform.Notification
		if asked := s.questions(func() { n, err = s.app.Notification(t.Context(), form) }); asked != 0 {
			t.Fatalf("asked %d times", asked)
		}
		if err == nil && (n.ID != good.Get("notify_id") || string(n.Content) != good.Get("biz_content")) {
			t.Fatalf("something that was never sent: %+v", n)
		}
	})
}
