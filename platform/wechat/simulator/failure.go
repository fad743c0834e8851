package simulator

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Failure is something that the played WeChat gets wrong instead of answering.
type Failure func(*Simulator, http.ResponseWriter, *http.Request)

// What can be got wrong.
var (
	// Hang answers nothing until the caller gives up.
	Hang Failure = func(_ *Simulator, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

	// Drip answers a letter a second, without end.
	Drip Failure = drip

	// BadGateway answers 502 with a proxy's page instead of WeChat's JSON.
	BadGateway = page(http.StatusBadGateway, "502 Bad Gateway")

	// Portal answers 200 with a page, as a network does that wants a login first.
	Portal = page(http.StatusOK, "Welcome")

	// Garbage answers 200 with something that is no JSON.
	Garbage = Says("\x00\x01 not JSON")

	// EmptyObject answers 200 with no field at all, which the SDK takes for success.
	EmptyObject = Says("{}")

	// Null answers 200 with null, which the SDK takes for success as well.
	Null = Says("null")

	// Empty answers 200 with nothing.
	Empty = Says("")

	// Huge answers with far more than anybody should read.
	Huge Failure = func(_ *Simulator, w http.ResponseWriter, _ *http.Request) { flood(w) }

	// Bomb is huge as well, but small on the wire.
	Bomb Failure = func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb()) // the caller may have gone
	}

	// Busy answers −1, 系统繁忙.
	Busy = Refuse(-1)

	// Away sends the caller to another host.
	Away Failure = func(_ *Simulator, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	}

	// HangUp closes the connection without having looked at the question.
	HangUp Failure = func(*Simulator, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

	// Lost does what it was asked, so that a code is used, and closes the
	// connection instead of answering.
	Lost Failure = func(s *Simulator, _ http.ResponseWriter, r *http.Request) {
		s.routes.ServeHTTP(unheard{}, r)
		panic(http.ErrAbortHandler)
	}

	// Cut closes the connection in the middle of the answer.
	Cut Failure = func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"openid":"o`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
)

// Says answers 200 with that text.
func Says(text string) Failure {
	return func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, text) // the caller may have gone
	}
}

// Refuse answers with that number of WeChat's, such as 40164 for an address that
// is not on the app's list.
func Refuse(errcode int) Failure {
	return Says(fmt.Sprintf(`{"errcode":%d,"errmsg":"refused as told"}`, errcode))
}

func page(status int, title string) Failure {
	return func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<!doctype html><title>%[1]s</title><h1>%[1]s</h1>", title)
	}
}

func drip(_ *Simulator, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for _, _ = io.WriteString(w, `{"openid":"o`); ; _, _ = io.WriteString(w, "o") {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-second.C:
		case <-r.Context().Done():
			return
		}
	}
}

// flood writes 8 MiB that would be a fine answer, if it were shorter.
func flood(w io.Writer) {
	letters := strings.Repeat("o", 1<<20)
	_, err := io.WriteString(w, `{"openid":"`)
	for i := 0; i < 8 && err == nil; i++ {
		_, err = io.WriteString(w, letters)
	}
	_, _ = io.WriteString(w, `"}`) // the caller may have gone
}

// bomb is a flood, packed. Packing takes long, so it is done once.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	flood(z)
	_ = z.Close() // into memory
	return b.Bytes()
})

// unheard is where an answer goes that nobody gets.
type unheard struct{}

func (unheard) Header() http.Header         { return http.Header{} }
func (unheard) Write(b []byte) (int, error) { return len(b), nil }
func (unheard) WriteHeader(int)             {}

// failing is a failure that is still to come, on any path or on one.
type failing struct {
	path    string
	failure Failure
}

// Fail makes the next calls for the app go wrong, each in its own way; then it
// answers again. Asking for a token is a call as well.
func (s *Simulator) Fail(appID string, failures ...Failure) { s.FailAt(appID, "", failures...) }

// FailAt is Fail for the next calls to that path.
func (s *Simulator) FailAt(appID, path string, failures ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	for _, f := range failures {
		a.failures = append(a.failures, failing{path, f})
	}
}

// Break makes every call for the app go wrong, until Mend.
func (s *Simulator) Break(appID string, failure Failure) { s.BreakAt(appID, "", failure) }

// BreakAt is Break for the calls to that path.
func (s *Simulator) BreakAt(appID, path string, failure Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).broken[path] = failure
}

// Mend makes the app answer again, whatever was to go wrong.
func (s *Simulator) Mend(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.failures = nil
	clear(a.broken)
}

// failing is what the call of the app to that path gets wrong, nil for nothing.
func (s *Simulator) failing(appID, path string) Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[appID]
	if a == nil {
		return nil
	}
	for i, f := range a.failures {
		if f.path == "" || f.path == path {
			a.failures = slices.Delete(a.failures, i, i+1)
			return f.failure
		}
	}
	if f := a.broken[path]; f != nil {
		return f
	}
	return a.broken[""]
}
