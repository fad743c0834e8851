package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
)

// bundles are the files that pages load, each of one or several sources, so that
// no page needs more than one stylesheet and one script of its own.
var bundles = map[string][]string{
	"app.css":     {"static/weui.css", "static/app.css"},
	"staff.css":   {"static/staff.css"},
	"app.js":      {"static/keep.js", "static/form.js", "static/app.js"},
	"code.js":     {"pass/sha256.js", "pass/qr.js", "pass/pass.js", "static/face.js", "static/code.js"},
	"travel.js":   {"pass/sha256.js", "pass/qr.js", "pass/pass.js", "static/face.js", "static/travel.js"},
	"door.js":     {"static/keep.js", "static/form.js", "static/app.js", "static/door.js"},
	"enter.js":    {"static/enter.js"},
	"appeal.js":   {"static/keep.js", "static/form.js", "static/app.js", "static/appeal.js"},
	"again.js":    {"static/keep.js", "static/again.js"},
	"arrival.js":  {"static/keep.js", "static/form.js", "static/app.js", "static/party.js", "static/arrival.js"},
	"scan.js":     {"static/scan.js"}, // beside app.js, where the page scans
	"fragment.js": {"static/fragment.js"},
	"login.js":    {"static/staff.js"},
	"join.js":     {"static/staff.js", "pass/qr.js", "static/join.js"},
	"gate.js":     {"static/vendor/jsqr.js", "pass/sha256.js", "static/verify.js", "static/scanner.js", "static/staff.js", "static/form.js", "static/party.js", "static/offline.js", "static/kept.js", "static/gate.js", "static/queue.js", "static/take.js"},
	"console.js":  {"static/staff.js", "static/console.js"},
	"office.js":   {"static/staff.js", "static/office.js"},
	"alarm.js":    {"static/staff.js", "static/alarm.js"},
	"onbehalf.js": {"static/staff.js", "static/form.js", "static/print.js", "static/onbehalf.js"},
	"proposal.js": {"static/staff.js", "static/proposal.js"},
}

// asset is one bundle, ready to be sent.
type asset struct {
	name       string // with its hash
	kind       string
	plain, zip []byte
}

var assets, byPath = pack()

// pack joins and compresses every bundle. Its name holds the hash of its bytes,
// so that a browser may keep it for ever.
func pack() (map[string]asset, map[string]asset) {
	byName, byPath := map[string]asset{}, map[string]asset{}
	for name, sources := range bundles {
		var plain bytes.Buffer
		for _, source := range sources {
			body, err := files.ReadFile(source)
			if err != nil {
				panic(err) // it is declared above and must be embedded
			}
			plain.Write(body)
			plain.WriteByte('\n')
		}
		sum := sha256.Sum256(plain.Bytes())
		ext := path.Ext(name)
		a := asset{name: strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
			kind:  map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[ext],
			plain: plain.Bytes(), zip: compress(plain.Bytes())}
		byName[name], byPath["/static/"+a.name] = a, a
	}
	return byName, byPath
}

func compress(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // memory does not fail
	}
	return out.Bytes()
}

// Asset is the address of a bundle.
func Asset(name string) string {
	a, known := assets[name]
	if !known {
		panic("web: no asset " + name)
	}
	return "/static/" + a.name
}

// Static serves the bundles.
func Static(w http.ResponseWriter, r *http.Request) {
	a, known := byPath[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zip
	}
	_, _ = w.Write(body) // the reader may have gone
}
