package main

import (
	"context"
	"fmt"
	"net/http"
)

func (s *story) login(p **phone, platform, user string) func(context.Context) error {
	return func(ctx context.Context) error {
		code := s.open(platform, user)
		var out struct{ Token, Ticket string }
		if err := (*p).ask(ctx, http.MethodPost, "/v1/login", map[string]string{"platform": platform, "code": code}, &out); err != nil {
			return err
		}
		(*p).token = out.Token
		s.ids["code "+platform] = code
		return nil
	}
}

func (s *story) badCodes(ctx context.Context) error {
	try := func(platform, code string) error {
		return s.stranger.ask(ctx, http.MethodPost, "/v1/login", map[string]string{"platform": platform, "code": code}, nil)
	}
	if err := want(try("wechat", s.ids["code wechat"]), "login.code_used"); err != nil {
		return err
	}
	if err := want(try("alipay", s.ids["code alipay"]), "login.code_invalid"); err != nil {
		return err
	}
	return want(try("wechat", "made-up-code-0000"), "login.code_invalid")
}

func (s *story) registration(number string) map[string]any {
	return map[string]any{"name": "王小明", "document": map[string]string{"type": "resident_id", "number": number}, "phone": "13912345678",
		"community": s.city.Communities[0], "consents": []map[string]any{{"purpose": "code", "version": 1}, {"purpose": "visits", "version": 1},
			{"purpose": "records", "version": 1}}}
}

// register is done once; a second time the service says that it was.
func (s *story) register(name string, p *phone) func(context.Context) error {
	return func(ctx context.Context) error {
		var out []byte
		err := p.ask(ctx, http.MethodPost, "/v1/registration", s.registration(s.document), &out)
		if is(err, "registration.already") && s.kill {
			return nil
		}
		s.ids["answer "+name] = string(out)
		return err
	}
}

func (s *story) badRegistration(ctx context.Context) error {
	p := s.alipay
	in := s.registration("330110199013011230") // month 13
	in["phone"], in["consents"] = "12", []map[string]any{}
	err := p.ask(ctx, http.MethodPost, "/v1/registration", in, nil)
	if !is(err, "document.birth_date") && !is(err, "document.check_digit") {
		return fmt.Errorf("got %v, want a refusal of the document", err)
	}
	wrong := []byte(s.document)
	wrong[17] = map[bool]byte{true: '1', false: '0'}[wrong[17] == '0']
	if err := want(p.ask(ctx, http.MethodPost, "/v1/registration", s.registration(string(wrong)), nil), "document.check_digit"); err != nil {
		return err
	}
	return want(p.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "registration.required")
}

func (s *story) registerStranger(ctx context.Context) error {
	if err := s.login(&s.stranger, "wechat", "story-x")(ctx); err != nil {
		return err
	}
	if err := s.register("stranger", s.stranger)(ctx); err != nil {
		return err
	}
	if a, b := s.ids["answer wechat"], s.ids["answer stranger"]; a != b && a != "" && b != "" {
		return fmt.Errorf("the answers differ: %s and %s", a, b)
	}
	return s.standing(s.stranger, "grey", false)(ctx)
}

func (s *story) standing(p *phone, colour string, verified bool) func(context.Context) error {
	return func(ctx context.Context) error {
		var out standingAnswer
		if err := p.ask(ctx, http.MethodGet, "/v1/standing", nil, &out); err != nil {
			return err
		}
		if out.Colour != colour || out.Verified != verified {
			return fmt.Errorf("%s, verified %v; want %s, %v", out.Colour, out.Verified, colour, verified)
		}
		for _, r := range out.Reasons {
			if r.Why == "" || r.Clear == "" {
				return fmt.Errorf("the rule %s does not say why, or what clears it", r.Rule)
			}
		}
		return nil
	}
}
