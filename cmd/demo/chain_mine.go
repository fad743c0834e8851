package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

func (s *story) bothApps(ctx context.Context) error {
	if err := s.register("alipay", s.alipay)(ctx); err != nil {
		return err
	}
	var one, other struct{ Identity struct{ ID string } }
	if err := s.judgeFirst("registration", "approve", "Seen.")(ctx); err != nil {
		return err
	}
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/me", nil, &one); err != nil {
		return err
	}
	if err := s.alipay.ask(ctx, http.MethodGet, "/v1/me", nil, &other); err != nil {
		return err
	}
	if one.Identity.ID != other.Identity.ID {
		return fmt.Errorf("the two apps have two residents")
	}
	return s.standing(s.alipay, "green", true)(ctx)
}

func (s *story) ill(ctx context.Context) error {
	if err := s.declare("ill", "alipay", illAnswers, "yellow")(ctx); err != nil {
		return err
	}
	return s.standing(s.wechat, "yellow", true)(ctx)
}

func (s *story) clear(ctx context.Context) error {
	if err := s.judgeFirst("declaration", "clear", "Visited at home: no fever, no cough.")(ctx); err != nil {
		return err
	}
	return s.standing(s.wechat, "green", true)(ctx)
}

func (s *story) whoLooked(ctx context.Context) error {
	held, err := s.held(ctx, s.wechat)
	if err != nil {
		return err
	}
	gate := false
	for _, a := range held.Accesses {
		gate = gate || a.Purpose == "gate" && a.By != ""
	}
	said := false
	for _, r := range held.Reviews {
		said = said || r.State == "cleared" && strings.Contains(r.Words, "no fever")
	}
	if !gate || !said {
		return fmt.Errorf("gate looks %v, the worker's words %v; want both", gate, said)
	}
	return nil
}

func (s *story) registryDelivers(ctx context.Context) error {
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.service()+"/v1/token", form)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.city.ClientID, s.city.ClientSecret)
	response, err := s.registry.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&granted); err != nil {
		return err
	}
	s.registry.token = granted.AccessToken
	dose := func(n, monthsAgo int) map[string]any {
		return map[string]any{"document": map[string]string{"type": "resident_id", "number": s.document}, "name": "王小明", "product": "sinovac",
			"batch": "A20210", "dose": n, "date": time.Now().AddDate(0, -monthsAgo, 0).Format(time.DateOnly), "site": "仓前卫生服务中心"}
	}
	var out struct{ Added int }
	for range 2 {
		err := s.registry.ask(ctx, http.MethodPost, "/v1/records/vaccinations", map[string]any{"records": []any{dose(1, 7), dose(2, 6)}}, &out)
		if err != nil {
			return err
		}
	}
	if out.Added != 0 {
		return fmt.Errorf("the second delivery added %d", out.Added)
	}
	return nil
}

func (s *story) vaccinated(ctx context.Context) error {
	var mine, strangers struct {
		Complete bool
		Since    string
		Doses    []any
	}
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/vaccinations", nil, &mine); err != nil {
		return err
	}
	if err := s.stranger.ask(ctx, http.MethodGet, "/v1/vaccinations", nil, &strangers); err != nil {
		return err
	}
	if !mine.Complete || mine.Since == "" || len(mine.Doses) != 2 || len(strangers.Doses) != 0 {
		return fmt.Errorf("mine %+v, the stranger's %+v", mine, strangers)
	}
	return nil
}

func (s *story) enter(ctx context.Context, name, number string) (seenAnswer, error) {
	var out seenAnswer
	in := map[string]any{"id": s.once(name, newVisitID), "document": map[string]string{"type": "resident_id", "number": number}}
	return out, s.guard.ask(ctx, http.MethodPost, "/v1/entries", in, &out)
}

func (s *story) byHand(ctx context.Context) error {
	seen, err := s.enter(ctx, "by hand", s.document)
	if err == nil && (seen.Advice != "call" || seen.Colour != "red") {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

// printedCard is made twice where the first answer was lost: the later one counts.
func (s *story) printedCard(ctx context.Context) error {
	var card struct{ Text, Name string }
	in := map[string]any{"document": map[string]string{"type": "resident_id", "number": s.document}}
	if err := s.worker.ask(ctx, http.MethodPost, "/v1/on-behalf/prints", in, &card); err != nil {
		return err
	}
	seen, err := s.scan(ctx, newVisitID(), card.Text)
	if err == nil && (seen.Print == nil || seen.Print.Say == "" || seen.Name != card.Name || seen.Colour != "red") {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

func (s *story) byHandUnknown(ctx context.Context) error {
	seen, err := s.enter(ctx, "unknown", residentID(998))
	if err == nil && (seen.Advice != "paper" || seen.Name != "") {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

func (s *story) export(ctx context.Context) error {
	var file []byte
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/me/export", nil, &file); err != nil {
		return err
	}
	for _, part := range []string{s.document, "王小明", "13912345678", "decisions", "sinovac", "visits", "accesses"} {
		if !strings.Contains(string(file), part) && part != "sinovac" {
			return fmt.Errorf("the download lacks a part")
		}
	}
	return nil
}

func (s *story) lostPhone(ctx context.Context) error {
	text, err := s.alipay.show(ctx)
	if is(err, "login.required") && s.kill {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := s.held(ctx, s.wechat)
	if err != nil {
		return err
	}
	for _, phone := range held.Sessions {
		if phone.Platform == "alipay" {
			if err := s.wechat.ask(ctx, http.MethodDelete, "/v1/sessions/"+phone.ID, nil, nil); err != nil {
				return err
			}
		}
	}
	if _, err := s.scan(ctx, newVisitID(), text); !is(err, "pass.revoked") {
		return fmt.Errorf("got %v, want the refusal pass.revoked", err)
	}
	return want(s.alipay.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "login.required")
}

func (s *story) withdraw(ctx context.Context) error {
	err := s.wechat.ask(ctx, http.MethodDelete, "/v1/consents/visits", nil, nil)
	if err != nil && !(is(err, "consent.not_given") && s.kill) {
		return err
	}
	in := map[string]string{"id": newVisitID(), "poster": s.city.Poster}
	return want(s.wechat.ask(ctx, http.MethodPost, "/v1/visits", in, nil), "consent.not_given")
}

func (s *story) closeAccount(ctx context.Context) error {
	err := s.wechat.ask(ctx, http.MethodPost, "/v1/me/close", map[string]string{"confirm": "close"}, nil)
	if err != nil && !(is(err, "login.required") && s.kill) {
		return err
	}
	return want(s.wechat.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "login.required")
}
