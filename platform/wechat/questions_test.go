package wechat

import (
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

// question is one thing that the adapter asks WeChat for.
type question struct {
	name string
	app  string // in whose name
	path string
	bare bool // it needs no token
	get  bool // by GET: net/http repeats it on a connection that was kept
	says bool // that it succeeded is all that a success says

	// ready makes everything ready for one call: the call, and what of it must
	// not be told.
	ready func(testing.TB, *world) (do func() error, secrets []string)
	own   map[string]models.Reason // what breakages mean, where they mean something else
}

// questions are all of them. What comes back beside an error must be nothing.
func questions() []question {
	code := func(want models.Reason) map[string]models.Reason { return map[string]models.Reason{"40029": want} }
	return []question{
		{name: "App.Identify", app: appID, path: atLogin, bare: true, get: true, own: code(models.ReasonLoginCode),
			ready: func(t testing.TB, w *world) (func() error, []string) {
				code := w.Login(appID, fullName)
				return func() error { who, err := w.App.Identify(t.Context(), code); return alone(t, who, err) }, []string{code}
			}},
		{name: "App.Phone", app: appID, path: atPhone, own: code(models.ReasonPhoneNotShared),
			ready: func(t testing.TB, w *world) (func() error, []string) {
				w.SetPhone(fullName, "86", mobile)
				code := w.PressPhone(appID, fullName)
				return func() error { phone, err := w.App.Phone(t.Context(), code); return alone(t, phone, err) }, []string{code, mobile}
			}},
		{name: "App.StartNameCheck", app: appID, path: atBegin,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				c := nameCheck(t, w, w.seen.count(atBegin))
				return func() error { started, err := w.App.StartNameCheck(t.Context(), c); return alone(t, started, err) },
					[]string{fullName, number, c.OpenID}
			}},
		{name: "App.NameVerified", app: appID, path: atQuery,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				c := begun(t, w, nameCheck(t, w, w.seen.count(atBegin)))
				w.ShowFace(appID, fullName, c.Vendor, simulator.FacePassed)
				return func() error { passed, err := w.App.NameVerified(t.Context(), c); return alone(t, passed, err) },
					[]string{fullName, number, c.OpenID, c.Vendor, certHash(fullName, number)}
			}},
		{name: "App.Send", app: appID, path: atMessage, says: true,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				m := message(w)
				return func() error { return w.App.Send(t.Context(), m) }, []string{m.OpenID, m.Data["thing1"]}
			}},
		{name: "App.Tell", app: appID, path: atMessage, says: true,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				m := message(w)
				w.Subscribe(appID, fullName, "told")
				parts := [3]string{m.Data["thing1"], m.Data["time2"], m.Data["thing1"]}
				return func() error { return w.App.Tell(t.Context(), m.OpenID, "told", parts) }, []string{m.OpenID, parts[0]}
			}},
		{name: "App.MiniCode", app: appID, path: atMiniCode,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				return func() error {
					picture, err := w.App.MiniCode(t.Context(), "v=Zq81scene", indexPage)
					return alone(t, string(picture), err)
				}, []string{"Zq81scene"}
			}},
		{name: "App.URLLink", app: appID, path: atLink,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				return func() error {
					link, err := w.App.URLLink(t.Context(), indexPage, "v=Zq81query", w.now().Add(time.Hour))
					return alone(t, link, err)
				}, []string{"Zq81query"}
			}},
		{name: "App.CheckText", app: appID, path: atText,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				w.Login(appID, fullName)
				openID := simulator.OpenID(appID, fullName)
				return func() error { return w.App.CheckText(t.Context(), openID, "我发烧了，住在东门") }, []string{openID, "我发烧了，住在东门"}
			}},
		{name: "OfficialAccount.Identify", app: pageID, path: atPage, bare: true, get: true, own: code(models.ReasonLoginCode),
			ready: func(t testing.TB, w *world) (func() error, []string) {
				code := comes(t, w.Open, w.Page.AuthorizeURL(back, "st4te"), fullName)
				return func() error { who, err := w.Page.Identify(t.Context(), code); return alone(t, who, err) }, []string{code}
			}},
		{name: "OfficialAccount.PageConfig", app: pageID, path: atTicket, get: true,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				return func() error { c, err := w.Page.PageConfig(t.Context(), pageAddress); return alone(t, c, err) }, []string{pageAddress}
			}},
		{name: "Plugin.Identify", app: pluginID, path: atPlugin,
			ready: func(t testing.TB, w *world) (func() error, []string) {
				code := w.PluginLogin(pluginID, strange, fullName)
				return func() error { who, err := w.Plugin.Identify(t.Context(), code); return alone(t, who, err) }, []string{code}
			}},
	}
}

// client is who asks.
func (q question) client(w *world) *client {
	return map[string]*client{appID: w.App.client, pageID: w.Page.client, pluginID: w.Plugin.client}[q.app]
}
