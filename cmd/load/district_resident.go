package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"healthcode/models"
)

// resident logs in, registers, is checked, declares, and opens a green code.
func (d *site) resident() error {
	token, err := d.enter()
	if err != nil {
		return err
	}
	var consents []map[string]any
	for _, p := range models.Purposes() {
		consents = append(consents, map[string]any{"purpose": p, "version": models.ConsentVersion})
	}
	in := map[string]any{"name": "张三", "document": document("E12345678"), "phone": "13800138000", "community": d.community, "consents": consents}
	if _, err := d.ask(http.MethodPost, "/v1/registration", token, in, nil); err != nil {
		return err
	}
	if err := d.approve(); err != nil {
		return err
	}
	var form struct{ Version int }
	if _, err := d.ask(http.MethodGet, "/v1/forms/health", token, nil, &form); err != nil {
		return err
	}
	well := map[string]any{"temperature": 36.5, "symptoms": []string{"none"}, "contact": "no", "residence": "settled"}
	var declared struct{ Colour string }
	if _, err := d.ask(http.MethodPost, "/v1/declarations", token, map[string]any{"form": "health", "version": form.Version, "answers": well}, &declared); err != nil {
		return err
	}
	page, err := d.ask(http.MethodGet, "/code", token, nil, nil)
	if err != nil {
		return err
	}
	if declared.Colour != models.Green.String() || !strings.Contains(string(page.body), "green") {
		return fmt.Errorf("the code is %s", declared.Colour)
	}
	return nil
}

// approve has the worker check the document.
func (d *site) approve() error {
	var queue struct{ Reviews []struct{ ID string } }
	if _, err := d.ask(http.MethodGet, "/v1/reviews", d.worker, nil, &queue); err != nil {
		return err
	}
	for _, r := range queue.Reviews {
		if _, err := d.ask(http.MethodPost, "/v1/reviews/"+r.ID+"/claim", d.worker, nil, nil); err != nil {
			return err
		}
		if _, err := d.ask(http.MethodPost, "/v1/reviews/"+r.ID+"/judgement", d.worker, map[string]string{"verdict": string(models.Approve)}, nil); err != nil {
			return err
		}
	}
	return nil
}

// enter logs the resident in at the locality's own app.
func (d *site) enter() (token string, err error) {
	to, err := d.ask(http.MethodGet, "/enter/app", "", nil, nil)
	if err != nil {
		return "", err
	}
	back, err := d.login.visit(d.ctx, to.header.Get("Location"))
	if err != nil {
		return "", err
	}
	done, err := d.ask(http.MethodGet, back, "", nil, nil, "__Host-attempt="+cookie(to, "__Host-attempt"))
	return cookie(done, "__Host-session"), err
}

// answered is what the service said.
type answered struct {
	header http.Header
	body   []byte
}

func cookie(a answered, name string) string {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

var stays = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (d *site) ask(method, path, token string, in, out any, cookies ...string) (a answered, err error) {
	var body io.Reader = http.NoBody
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return a, err
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(d.ctx, method, "http://"+d.address+path, body)
	if err != nil {
		return a, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "district-up-"+method+path)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	response, err := stays.Do(r)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	if a.body, err = io.ReadAll(response.Body); err != nil {
		return a, err
	}
	a.header = response.Header
	if response.StatusCode >= 400 {
		return a, fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, a.body)
	}
	if out != nil {
		err = json.Unmarshal(a.body, out)
	}
	return a, err
}
