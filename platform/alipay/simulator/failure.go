package simulator

import (
	"fmt"
	"net/http"
	"strings"
)

// Failure is something that the played Alipay gets wrong instead of answering.
type Failure func(*Simulator, http.ResponseWriter, *http.Request)

const node = "alipay_system_oauth_token_response"

// What can be got wrong.
var (
	// Hang answers nothing until the caller gives up.
	Hang Failure = func(_ *Simulator, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

	// BadGateway answers with a proxy's page; the SDK does not look at the status.
	BadGateway Failure = func(_ *Simulator, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><body><h1>502 Bad Gateway</h1></body></html>"))
	}

	// Empty answers 200 with nothing, EmptyObject with no field at all.
	Empty       = text("")
	EmptyObject = text("{}")

	// Null answers with a node that is null, over which the SDK panics.
	Null = text(`{"` + node + `":null}`)

	// Unsigned answers with success and no signature.
	Unsigned = text(`{"` + node + `":{"code":"10000","msg":"Success","access_token":"forged","open_id":"forged"}}`)

	// Forged answers with success and a signature over something else.
	Forged Failure = func(s *Simulator, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"%s":{"access_token":"forged","open_id":"forged"},"sign":"%s"}`, node, s.signature([]byte("else")))
	}

	// SignedRefusal says no in the signed way, which the SDK hands over without an
	// error.
	SignedRefusal Failure = func(s *Simulator, w http.ResponseWriter, _ *http.Request) {
		s.write(w, node, map[string]string{"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "aop.unknow-error"})
	}

	// Nobody is signed and names nobody.
	Nobody Failure = func(s *Simulator, w http.ResponseWriter, _ *http.Request) {
		s.write(w, node, map[string]string{"access_token": "authusrB"})
	}

	// Huge answers with more than anybody should read.
	Huge = text(`{"` + node + `":{"open_id":"` + strings.Repeat("x", 8<<20) + `"}}`)

	// Away sends the caller to another host.
	Away Failure = func(_ *Simulator, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
	}

	// HangUp closes the connection without an answer.
	HangUp Failure = func(*Simulator, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
)

func text(s string) Failure {
	return func(_ *Simulator, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
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
