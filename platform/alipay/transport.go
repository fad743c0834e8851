package alipay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"healthcode/models"
	"healthcode/platform"
)

// answers takes an answer only if it is whole, of a size that can be read and
// from Alipay itself, and so follows no redirection. The SDK does not look at the
// status: a proxy's page would be an error of syntax to it, and a proxy's JSON an
// answer.
type answers struct{ via http.RoundTripper }

// RoundTrip fails with a *models.Problem alone, which the SDK passes through.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := a.via.RoundTrip(r)
	if err != nil {
		return nil, silence(r.Context(), err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, models.Refuse(models.ReasonUpstream).Because(fmt.Errorf("alipay: status %d", response.StatusCode))
	}
	body, err := io.ReadAll(response.Body)
	if len(body) > platform.AnswerLimit {
		return nil, models.Refuse(models.ReasonUpstream).Because(errTooLong)
	}
	if err != nil {
		return nil, silence(r.Context(), err)
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] == '<' {
		return nil, models.Refuse(models.ReasonUpstream).Because(errPage)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// What the log is told. None of these holds anything of the request.
var (
	errPage    = errors.New("alipay: nothing, or a web page, instead of an answer")
	errTooLong = errors.New("alipay: the answer is too long")
	errLate    = errors.New("alipay: no answer in time")
	errBroken  = errors.New("alipay: no connection, or one that broke")
)

// silence is the refusal for a question that nobody answered. The error behind it
// only decides which one, and goes no further.
func silence(ctx context.Context, err error) *models.Problem {
	p := platform.Unreachable(ctx, err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled): // whoever asked has gone
		return p.Because(context.Canceled)
	case p.Reason == models.ReasonUpstreamSlow:
		return p.Because(errLate)
	}
	return p.Because(errBroken)
}
