package simulator

import (
	"net/http"
	"strings"
)

// Failure is something that the played WeChat gets wrong instead of answering.
type Failure func(http.ResponseWriter, *http.Request)

// What can be got wrong.
var (
	// Hang answers nothing until the caller gives up.
	Hang Failure = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

	// BadGateway answers with a proxy's page instead of WeChat's JSON.
	BadGateway Failure = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><body><h1>502 Bad Gateway</h1></body></html>"))
	}

	// Garbage answers 200 with something that is no JSON.
	Garbage = text("\x00\x01 not JSON")

	// EmptyObject answers 200 with no field at all, which the SDK takes for success.
	EmptyObject = text("{}")

	// Empty answers 200 with nothing.
	Empty = text("")

	// Huge answers with more than anybody should read.
	Huge = text(`{"openid":"` + strings.Repeat("x", 8<<20) + `"}`)

	// Busy answers −1, "system busy".
	Busy = text(`{"errcode":-1,"errmsg":"system error"}`)

	// Away sends the caller to another host.
	Away Failure = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	}

	// HangUp closes the connection without an answer.
	HangUp Failure = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
)

func text(s string) Failure {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
}

// Fail makes the next calls for the app go wrong, one after the other; then it
// answers again.
func (s *Simulator) Fail(appID string, failures ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[appID].failed = append(s.apps[appID].failed, failures...)
}

func (s *Simulator) failing(appID string) Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[appID]
	if a == nil || len(a.failed) == 0 {
		return nil
	}
	next := a.failed[0]
	a.failed = a.failed[1:]
	return next
}
