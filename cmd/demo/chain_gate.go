package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"healthcode/models/pass"
)

func newVisitID() string { return ulid.Make().String() }

func (s *story) door(ctx context.Context) error {
	var out struct{ Venue, Colour, Word string }
	in := map[string]string{"id": s.once("door", newVisitID), "poster": s.city.Poster}
	for range 2 { // as a phone does that did not hear the answer
		if err := s.wechat.ask(ctx, http.MethodPost, "/v1/visits", in, &out); err != nil {
			return err
		}
	}
	if out.Colour != "green" || out.Venue == "" || out.Word == "" {
		return fmt.Errorf("got %+v", out)
	}
	held, err := s.held(ctx, s.wechat)
	if err == nil && len(held.Visits) != 1 {
		err = fmt.Errorf("%d visits on record, want 1", len(held.Visits))
	}
	return err
}

func (s *story) held(ctx context.Context, p *phone) (heldAnswer, error) {
	var out heldAnswer
	return out, p.ask(ctx, http.MethodGet, "/v1/me", nil, &out)
}

// show is what the phone's screen says now.
func (p *phone) show(ctx context.Context) (string, error) {
	var out passAnswer
	if err := p.ask(ctx, http.MethodGet, "/v1/pass", nil, &out); err != nil {
		return "", err
	}
	grant, err := pass.ParseGrant(out.Grant)
	if err != nil {
		return "", err
	}
	seed, err := pass.ParseSeed(out.Seed)
	if err != nil {
		return "", err
	}
	shown, err := seed.Show(grant, time.UnixMilli(out.ServerTime))
	return shown.Text(out.Prefix), err
}

func (s *story) gate(advice, colour string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.staffLogin(s.guard, "guard")(ctx); err != nil {
			return err
		}
		if err := s.guard.ask(ctx, http.MethodPost, "/v1/gate", map[string]string{"venue": s.city.Venue}, nil); err != nil {
			return err
		}
		text, err := s.wechat.show(ctx)
		if err != nil {
			return err
		}
		seen, err := s.scan(ctx, newVisitID(), text)
		if err != nil {
			return err
		}
		s.text = text
		if seen.Advice != advice || seen.Colour != colour || seen.Say == "" || seen.Word == "" || !strings.Contains(seen.Name, "*") {
			return fmt.Errorf("got %+v, want %s, %s", seen, advice, colour)
		}
		if advice == "call" && seen.Phone == "" {
			return fmt.Errorf("told to call, but not whom")
		}
		return nil
	}
}

func (s *story) scan(ctx context.Context, id, text string) (seenAnswer, error) {
	var out seenAnswer
	return out, s.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": id, "pass": text}, &out)
}

func (s *story) badPasses(ctx context.Context) error {
	altered := []byte(s.text)
	altered[len(altered)-2] = '0' + (altered[len(altered)-2]-'0'+1)%8
	_, err := s.scan(ctx, newVisitID(), string(altered))
	if err := want(err, "pass.altered"); err != nil {
		return err
	}
	_, err = s.scan(ctx, newVisitID(), "https://example.com/another-code")
	if err := want(err, "pass.foreign"); err != nil {
		return err
	}
	// The photograph: what was shown half a minute ago, from the phone's own seed.
	stale, err := s.photograph(ctx, 30*time.Second)
	if err != nil {
		return err
	}
	_, err = s.scan(ctx, newVisitID(), stale)
	return want(err, "pass.stale")
}

// photograph is what the phone showed that long ago.
func (s *story) photograph(ctx context.Context, ago time.Duration) (string, error) {
	var out passAnswer
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/pass", nil, &out); err != nil {
		return "", err
	}
	grant, err := pass.ParseGrant(out.Grant)
	if err != nil {
		return "", err
	}
	seed, err := pass.ParseSeed(out.Seed)
	if err != nil {
		return "", err
	}
	at := time.UnixMilli(out.ServerTime).Add(-ago)
	if at.Before(grant.NotBefore()) { // the story is faster than that: wait until it is true
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(grant.NotBefore().Add(pass.Slot + pass.Late + time.Second).Sub(time.UnixMilli(out.ServerTime))):
		}
		at = grant.NotBefore()
	}
	shown, err := seed.Show(grant, at)
	return shown.Text(out.Prefix), err
}
