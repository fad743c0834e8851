// Package peer asks other installations. It knows their addresses and nothing of what
// they say: that is signed, and the store opens it.
package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"healthcode/models"
	"healthcode/platform"
)

// How long an answer may take. Somebody stands at a gate meanwhile.
const (
	Patience = 1500 * time.Millisecond
	Between  = 1200 * time.Millisecond // for whoever asks on for another, who waits too
	fetching = 10 * time.Second        // of keys: nobody waits
)

// After so many failures in a row, an installation is not asked for so long; then one
// question finds out whether it is there again.
const (
	failures = 3
	rest     = 10 * time.Second
)

// Config is what a client is made of.
type Config struct {
	Now       func() time.Time
	Transport http.RoundTripper // nil is [platform.Direct]
}

// Client asks other installations. It is safe for concurrent use.
type Client struct {
	now  func() time.Time
	http *http.Client

	mu    sync.Mutex
	state map[string]*state // by address and whose people
}

// state is how an installation has been answering.
type state struct {
	failed int
	until  time.Time // before which it is not asked
}

// New makes a client.
func New(c Config) *Client {
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	return &Client{now: c.Now, http: &http.Client{Transport: c.Transport, CheckRedirect: platform.NoRedirect}, state: map[string]*state{}}
}

// Question is what is asked, and where.
type Question struct {
	URL      string
	About    string // whose people: one in between is no worse for somebody who is down behind it
	Signed   models.Signed
	Patience time.Duration
}

// Ask asks another installation. The problem is upstream.busy if it has failed of late
// and is left alone, upstream.slow or upstream.failed if no answer came,
// upstream.refused_us if it refused, pass.revoked if that is why, and
// upstream.answer_unusable if the answer is none.
func (c *Client) Ask(ctx context.Context, q Question) (models.Signed, error) {
	body, err := q.Signed.Body()
	if err != nil {
		return models.Signed{}, err
	}
	if !c.begin(q.URL + " " + q.About) {
		return models.Signed{}, models.Refuse(models.ReasonUpstreamBusy)
	}
	answer, there, err := c.send(ctx, http.MethodPost, q.URL+"/v1/peer/statements", body, q.Patience)
	c.end(q.URL+" "+q.About, there)
	return answer, err
}

// Keys fetches a list of keys.
func (c *Client) Keys(ctx context.Context, url, path string) (models.Signed, error) {
	answer, _, err := c.send(ctx, http.MethodGet, url+path, nil, fetching)
	return answer, err
}

// begin reports whether the installation is asked. While it rests nobody does; after
// that one finds out, and the others go on without it until then.
func (c *Client) begin(whom string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state[whom]
	if s == nil {
		s = &state{}
		c.state[whom] = s
	}
	now := c.now()
	if s.failed >= failures {
		if now.Before(s.until) {
			return false
		}
		s.until = now.Add(rest)
	}
	return true
}

func (c *Client) end(whom string, there bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state[whom]
	if there {
		s.failed = 0
	} else if s.failed++; s.failed >= failures {
		s.until = c.now().Add(rest)
	}
}

// send sends a request and reads the answer. there is whether somebody answered as an
// installation that works does, be it with a refusal.
func (c *Client) send(ctx context.Context, method, url string, body []byte, patience time.Duration) (answer models.Signed, there bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return answer, false, models.Refuse(models.ReasonUpstream)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cache-Control", "no-cache") // what it says of now is of no other time
	response, err := c.http.Do(r)
	if err != nil {
		return answer, false, platform.Unreachable(ctx, err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, models.PeerLimit+1))
	if err != nil {
		return answer, false, platform.Unreachable(ctx, err)
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return answer, false, models.Refuse(models.ReasonUpstream)
	}
	if response.StatusCode != http.StatusOK {
		return answer, true, refusal(said)
	}
	if answer, err = models.ParseSigned(said); err != nil {
		return models.Signed{}, false, models.Refuse(models.ReasonUpstreamLying)
	}
	return answer, true, nil
}

// refusal is that an installation refused, and its reason, if it is one that is known
// here: what else it says is not written down.
func refusal(said []byte) *models.Problem {
	var body struct {
		Error struct {
			Reason models.Reason `json:"reason"`
		} `json:"error"`
	}
	switch {
	case json.Unmarshal(said, &body) != nil || body.Error.Reason.Kind() == models.Internal:
		return models.Refuse(models.ReasonUpstreamRefused)
	case body.Error.Reason == models.ReasonPassRevoked:
		return models.Refuse(models.ReasonPassRevoked)
	}
	return models.Refuse(models.ReasonUpstreamRefused).Because(models.Refuse(body.Error.Reason))
}
