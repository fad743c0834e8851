package peer_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
	"healthcode/platform/peer"
)

// other is another installation, as bad as the test wants it.
type other struct {
	asked  atomic.Int64
	status int
	body   string
	hang   bool
}

func (o *other) RoundTrip(r *http.Request) (*http.Response, error) {
	o.asked.Add(1)
	if o.hang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if o.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	w := httptest.NewRecorder()
	w.WriteHeader(o.status)
	_, _ = io.WriteString(w, o.body)
	return w.Result(), nil
}

const signed = `{"by":"YQ==","payload":"e30=","signature":"YQ=="}`

func reason(err error) models.Reason {
	var p *models.Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	return ""
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		other *other
		want  models.Reason
	}{
		"good":           {&other{status: 200, body: signed}, ""},
		"not there":      {&other{}, models.ReasonUpstream},
		"broken":         {&other{status: 503, body: "<html>"}, models.ReasonUpstream},
		"refused":        {&other{status: 409, body: `{"error":{"reason":"peer.clock"}}`}, models.ReasonUpstreamRefused},
		"moved":          {&other{status: 302, body: ""}, models.ReasonUpstreamRefused},
		"a page":         {&other{status: 200, body: "<html>"}, models.ReasonUpstreamLying},
		"more than that": {&other{status: 200, body: signed + "x"}, models.ReasonUpstreamLying},
		"without end":    {&other{status: 200, body: strings.Repeat(" ", models.PeerLimit) + signed}, models.ReasonUpstreamLying},
		"slow":           {&other{hang: true}, models.ReasonUpstreamSlow},
	} {
		client := peer.New(peer.Config{Now: storetest.NewClock(time.Unix(0, 0)).Now, Transport: c.other})
		answer, err := client.Ask(context.Background(), peer.Question{URL: "https://a", Patience: 20 * time.Millisecond})
		if reason(err) != c.want || (err == nil) != (len(answer.Payload) > 0) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if c.other.hang { // keys are waited for longer
			continue
		}
		if _, err := client.Keys(context.Background(), "https://a", "/v1/peer/keys"); reason(err) != c.want {
			t.Errorf("%s: keys: %v, want %s", name, err, c.want)
		}
	}
}

// TestRefusalsAreTold: why another refused is known, for the log.
func TestRefusalsAreTold(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"error":{"reason":"peer.clock"}}`: "peer.clock", `{"error":{"reason":"<script>"}}`: "refused_us", `x`: "refused_us", `{"error":{"reason":"pass.revoked"}}`: "pass.revoked"} {
		client := peer.New(peer.Config{Now: storetest.NewClock(time.Unix(0, 0)).Now, Transport: &other{status: 409, body: body}})
		_, err := client.Ask(t.Context(), peer.Question{URL: "https://a", Patience: time.Second})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "script") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestADeadPeerCostsNothing: after three failures it is left alone for ten seconds,
// then one question finds out.
func TestADeadPeerCostsNothing(t *testing.T) {
	t.Parallel()
	clock, dead := storetest.NewClock(time.Unix(0, 0)), &other{}
	client := peer.New(peer.Config{Now: clock.Now, Transport: dead})
	ask := func(about string) models.Reason {
		_, err := client.Ask(t.Context(), peer.Question{URL: "https://a", About: about, Patience: time.Second})
		return reason(err)
	}
	for range 3 {
		ask("330000")
	}
	for range 10 {
		if got := ask("330000"); got != models.ReasonUpstreamBusy {
			t.Fatalf("asked again: %s", got)
		}
	}
	if got := ask("340000"); got != models.ReasonUpstream {
		t.Errorf("another one is left alone too: %s", got)
	}
	clock.Advance(10 * time.Second)
	if a, b := ask("330000"), ask("330000"); a != models.ReasonUpstream || b != models.ReasonUpstreamBusy {
		t.Errorf("after ten seconds: %s, then %s", a, b)
	}
	if n := dead.asked.Load(); n != 5 {
		t.Errorf("asked %d times, want 5", n)
	}
	clock.Advance(10 * time.Second)
	dead.status, dead.body = 409, `{"error":{"reason":"peer.replayed"}}` // a refusal is an answer
	if a, b := ask("330000"), ask("330000"); a != models.ReasonUpstreamRefused || b != models.ReasonUpstreamRefused {
		t.Errorf("when it is back: %s, %s", a, b)
	}
}
