package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"
)

var wellAnswers = func(*story) (string, map[string]any) {
	return "health", map[string]any{"temperature": 36.5, "symptoms": []string{"none"}, "contact": "no", "residence": "settled"}
}

var illAnswers = func(*story) (string, map[string]any) {
	return "health", map[string]any{"temperature": 37.0, "symptoms": []string{"cold_like"}, "contact": "no", "residence": "settled"}
}

var travelAnswers = func(*story) (string, map[string]any) {
	day := func(ago int) string { return time.Now().In(shanghai).AddDate(0, 0, -ago).Format(time.DateOnly) }
	return "itinerary", map[string]any{"travelled": "yes", "stays": []map[string]string{{"place": "420100", "from": day(3), "to": day(1)}}}
}

// declare answers a form under one key, and expects that colour.
func (s *story) declare(name, platform string, answers func(*story) (string, map[string]any), colour string) func(context.Context) error {
	return func(ctx context.Context) error {
		p := map[string]*phone{"wechat": s.wechat, "alipay": s.alipay}[platform]
		form, values := answers(s)
		var out struct{ ID, Colour string }
		key := header{"Idempotency-Key", s.once("key "+name, rand.Text)}
		in := map[string]any{"form": form, "version": 1, "answers": values}
		if err := p.ask(ctx, http.MethodPost, "/v1/declarations", in, &out, key); err != nil {
			return err
		}
		if before := s.once("declared "+name, func() string { return out.ID }); before != out.ID {
			return fmt.Errorf("the same key made a second declaration")
		}
		if out.Colour != colour {
			return fmt.Errorf("%s, want %s", out.Colour, colour)
		}
		return nil
	}
}

func (s *story) badAnswers(ctx context.Context) error {
	for reason, change := range map[string]func(map[string]any){
		"answer.unknown_field": func(a map[string]any) { a["shoe_size"] = 42 },
		"answer.range":         func(a map[string]any) { a["temperature"] = 97 },
		"answer.conflict":      func(a map[string]any) { a["symptoms"] = []string{"none", "cold_like"} },
	} {
		form, values := wellAnswers(s)
		change(values)
		err := s.wechat.ask(ctx, http.MethodPost, "/v1/declarations", map[string]any{"form": form, "version": 1, "answers": values}, nil,
			header{"Idempotency-Key", rand.Text()})
		if err := want(err, reason); err != nil {
			return err
		}
	}
	return s.standing(s.wechat, "green", true)(ctx)
}
