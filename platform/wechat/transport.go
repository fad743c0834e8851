package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"github.com/silenceper/wechat/v2/util"

	"healthcode/models"
	"healthcode/platform"
)

// install gives the SDK our client, once in the process. The variable belongs to
// the whole process, so nothing else may ever set it. SetURIModifier, which the
// SDK offers as well, would not do: some of its calls pass it by.
var install = sync.OnceFunc(func() {
	util.DefaultHTTPClient = &http.Client{Transport: exchange{}, CheckRedirect: platform.NoRedirect, Timeout: longestTimeout}
})

// exchange sends each request the way of the call that its context carries, so
// that one client serves any number of apps, and of simulators.
type exchange struct{}

var (
	errNoCall   = errors.New("wechat: a request that is part of no call")
	errNoAnswer = errors.New("wechat: no answer") // what the SDK is told; why is in the call
)

// RoundTrip takes the whole answer before it hands anything on.
func (exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		return nil, errNoCall
	}
	response, trouble := c.fetch(r)
	if trouble != nil {
		c.trouble = trouble
		return nil, errNoAnswer
	}
	c.answered = true
	return response, nil
}

type callKey struct{}

// call is one question to WeChat: which way it goes, and what became of it.
type call struct {
	way      http.RoundTripper
	answered bool            // WeChat's host answered 200, in full
	number   int64           // WeChat's errcode in that answer, zero if there is none
	trouble  *models.Problem // why it did not
	sent     atomic.Int32    // how often the question was written to a connection
}

// within is the context that carries the call.
func (c *call) within(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, callKey{}, c)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { c.sent.Add(1) },
	})
}

// repeated says that net/http asked again by itself, as it does when a connection
// that was used before is closed without an answer. The first question may have
// arrived, so what is good for once may be gone.
func (c *call) repeated() bool { return c.sent.Load() > 1 }

// fetch asks, and takes an answer only if it is whole, of a size that can be read
// and from WeChat itself: not a proxy's page, nor a redirection.
func (c *call) fetch(r *http.Request) (*http.Response, *models.Problem) {
	response, err := c.way.RoundTrip(r)
	if err != nil {
		return nil, silence(r.Context(), err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, models.Refuse(models.ReasonUpstream).Because(fmt.Errorf("wechat: status %d", response.StatusCode))
	}
	body, err := io.ReadAll(response.Body)
	if len(body) > platform.AnswerLimit {
		return nil, models.Refuse(models.ReasonUpstream).Because(errTooLong)
	}
	if err != nil {
		return nil, silence(r.Context(), err)
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return nil, models.Refuse(models.ReasonUpstream).Because(errPage)
	}
	c.number = errcode(body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// errcode is WeChat's number in an answer, zero if it has none. It is read here,
// for every call alike, because the SDK hands it on in some of its errors only.
func errcode(body []byte) int64 {
	var said struct {
		ErrCode int64 `json:"errcode"`
	}
	if json.Unmarshal(body, &said) != nil {
		return 0 // a picture, or nothing that whoever asked can read either
	}
	return said.ErrCode
}

// What the log is told. None of these holds anything of the request.
var (
	errPage    = errors.New("wechat: a web page instead of an answer")
	errTooLong = errors.New("wechat: the answer is too long")
	errLate    = errors.New("wechat: no answer in time")
	errBroken  = errors.New("wechat: no connection, or one that broke")
)

// silence is the refusal for a question that nobody answered. The error behind it
// only decides which one, and goes no further.
func silence(ctx context.Context, err error) *models.Problem {
	p := platform.Unreachable(ctx, err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled): // whoever logged in has gone
		return p.Because(context.Canceled)
	case p.Reason == models.ReasonUpstreamSlow:
		return p.Because(errLate)
	}
	return p.Because(errBroken)
}
