package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"healthcode/models"
)

// AnswerLimit is how many bytes of an upstream's answer are read. Neither
// super-app answers a login with a tenth of it.
const AnswerLimit = 1 << 20

// Direct is the way out that production uses: bounded in every phase, so that an
// upstream that hangs holds nothing up for long.
func Direct() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   3 * time.Second,
		ResponseHeaderTimeout: 8 * time.Second,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
	}
}

// Outbound is a way out to one host over https and to nowhere else, whatever an
// SDK makes of its arguments. It reads no more than AnswerLimit of an answer.
type Outbound struct {
	Host string
	Via  http.RoundTripper
}

// RoundTrip refuses every other host. Its errors name hosts only: the rest of a
// URL may hold a secret.
func (o Outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != o.Host {
		if r.Body != nil {
			_ = r.Body.Close() // as every RoundTripper must
		}
		return nil, fmt.Errorf("platform: refused to ask %s", r.URL.Host)
	}
	response, err := o.Via.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = limited{io.LimitReader(response.Body, AnswerLimit+1), response.Body, new(int)}
	return response, nil
}

// limited fails once more than AnswerLimit has been read.
type limited struct {
	io.Reader
	io.Closer
	read *int
}

var errTooLong = errors.New("platform: the answer is too long")

func (l limited) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	if *l.read += n; *l.read > AnswerLimit {
		return n, errTooLong
	}
	return n, err
}

// NoRedirect keeps a client from following an answer to another place.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Unreachable is the refusal for a call that brought no answer that can be used:
// too slow, or not there. What the SDK said about it stays behind, because both
// SDKs put secrets into their errors.
func Unreachable(ctx context.Context, err error) *models.Problem {
	var timeout interface{ Timeout() bool }
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return models.Refuse(models.ReasonUpstreamSlow)
	}
	return models.Refuse(models.ReasonUpstream)
}
