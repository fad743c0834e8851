package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// The panes. Each is a host of its own, so that each has cookies of its own, and
// all are one site, so that a frame keeps them.
const domain = "demo.localhost"

// agents is what the browser inside each app says that it is.
var agents = map[string]string{
	"wechat": " MicroMessenger/8.0.60 MiniProgramEnv/demo miniProgram/" + wechatApp,
	"alipay": " AliApp(AP/10.5.0) AlipayClient/10.5.0 MiniProgram",
}

// route serves the page with the panes, and behind each pane the service.
func (w *world) route(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: w.router(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// router chooses by host: the page itself, a pane's own container under /-/, and
// for everything else the service.
func (w *world) router() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	static := http.FileServerFS(files)
	service := w.proxy()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Host, ":")
		pane := strings.TrimSuffix(strings.TrimSuffix(host, domain), ".")
		switch {
		case pane == "" && host == domain && r.URL.Path == "/-/city":
			w.tellCity(rw)
		case pane == "" && host == domain && (r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/-/")):
			http.StripPrefix("/-", static).ServeHTTP(rw, indexed(r))
		case r.URL.Path == "/-/code" && r.Method == http.MethodPost:
			w.giveCode(rw, r, pane)
		case r.URL.Path == "/-/staff":
			w.giveStaff(rw, r)
		case strings.HasPrefix(r.URL.Path, "/-/"):
			http.StripPrefix("/-", static).ServeHTTP(rw, r)
		default:
			service.ServeHTTP(rw, r)
		}
	})
}

// indexed maps the front page to its file.
func indexed(r *http.Request) *http.Request {
	if r.URL.Path != "/" {
		return r
	}
	r = r.Clone(r.Context())
	r.URL.Path = "/-/"
	return r
}

// proxy hands a pane's requests to the service, as the app's browser would send
// them, and lets its pages be shown in the panes: anywhere else they refuse to
// be framed.
func (w *world) proxy() http.Handler {
	target, err := url.Parse(w.service())
	if err != nil {
		panic(err) // it was made of a listener's address
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			pane, _, _ := strings.Cut(r.In.Host, ".")
			r.Out.Header.Set("User-Agent", r.In.UserAgent()+agents[pane])
		},
		ModifyResponse: func(r *http.Response) error {
			policy := r.Header.Get("Content-Security-Policy")
			ancestors := fmt.Sprintf("frame-ancestors 'self' http://%s:%d", domain, w.port)
			r.Header.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", ancestors, 1))
			r.Header.Del("Strict-Transport-Security")
			return nil
		},
		ErrorHandler: func(rw http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(rw, "the service is starting", http.StatusBadGateway)
		},
	}
}

// tellCity tells the page whom it can switch to.
func (w *world) tellCity(rw http.ResponseWriter) {
	writeJSON(rw, map[string]any{"people": w.city.People, "poster": w.city.Poster, "venue": w.city.Venue, "staff": w.staffNow()})
}

// staffNow is who can log in, with the code of this moment.
func (w *world) staffNow() []map[string]string {
	var list []map[string]string
	for _, m := range w.city.Staff {
		code, err := m.code(time.Now())
		if err != nil {
			code = ""
		}
		list = append(list, map[string]string{"username": m.Username, "password": m.Password, "code": code, "role": string(m.Role)})
	}
	return list
}

// giveCode is the app's own login: what wx.login and my.getAuthCode give.
func (w *world) giveCode(rw http.ResponseWriter, r *http.Request, pane string) {
	user := r.URL.Query().Get("user")
	if pane != "wechat" && pane != "alipay" || user == "" || len(user) > 40 {
		http.Error(rw, "no such user", http.StatusBadRequest)
		return
	}
	writeJSON(rw, map[string]string{"code": w.open(pane, user)})
}

// giveStaff tells a pane what to log its member of staff in with.
func (w *world) giveStaff(rw http.ResponseWriter, r *http.Request) {
	for _, m := range w.staffNow() {
		if m["username"] == r.URL.Query().Get("username") {
			writeJSON(rw, m)
			return
		}
	}
	http.NotFound(rw, r)
}

func writeJSON(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(rw).Encode(v) // the browser may have gone
}
