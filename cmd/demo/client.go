package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// phone is somebody's browser or mini-program: it keeps cookies, or a token.
// The cookies are kept by hand, because they are for https alone, and this is
// loopback.
type phone struct {
	base    string
	token   string
	cookies map[string]string
	http    *http.Client
}

func newPhone(base string) *phone {
	return &phone{base: base, cookies: map[string]string{}, http: &http.Client{Timeout: 10 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true}}}
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
}

// refusal is an answer that is a problem.
type refusal struct {
	status int
	reason string
	field  string
	text   string
}

func (r refusal) Error() string {
	return fmt.Sprintf("%d %s %s: %s", r.status, r.reason, r.field, r.text)
}

// is reports whether the error is the refusal for that reason.
func is(err error, reason string) bool {
	var r refusal
	return errors.As(err, &r) && r.reason == reason
}

// unanswered reports whether nothing came back: whether it was done is not known.
func unanswered(err error) bool {
	var r refusal
	return err != nil && !errors.As(err, &r)
}

// header is one header of a request.
type header struct{ name, value string }

// ask sends a request as JSON and reads the answer into out, unless that is nil.
func (p *phone) ask(ctx context.Context, method, path string, in, out any, headers ...header) error {
	a, err := p.send(ctx, method, path, in, headers...)
	if err != nil {
		return err
	}
	if a.status >= 400 {
		return refused(a)
	}
	if out == nil {
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = a.body
		return nil
	}
	return json.Unmarshal(a.body, out)
}

func (p *phone) send(ctx context.Context, method, path string, in any, headers ...header) (answer, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.base+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	response, err := p.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	for _, c := range response.Cookies() {
		p.cookies[c.Name] = c.Value
	}
	b, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	return answer{response.StatusCode, b}, err
}

func refused(a answer) error {
	var problem struct {
		Error struct{ Reason, Field, Text string }
	}
	if err := json.Unmarshal(a.body, &problem); err != nil || problem.Error.Reason == "" {
		return refusal{status: a.status, reason: "not a problem", text: string(a.body[:min(len(a.body), 200)])}
	}
	return refusal{a.status, problem.Error.Reason, problem.Error.Field, problem.Error.Text}
}

// want fails unless the error is the refusal for that reason.
func want(err error, reason string) error {
	if is(err, reason) {
		return nil
	}
	return fmt.Errorf("got %v, want the refusal %s", err, reason)
}
