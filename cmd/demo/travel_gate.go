package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// atStation scans the traveller's code at the station.
func (s *story) atStation(ctx context.Context) (out gatewayAnswer, err error) {
	if err := s.staffLogin(s.guard, "guard3")(ctx); err != nil {
		return out, err
	}
	text, err := s.wechat.show(ctx)
	if err != nil {
		return out, err
	}
	return out, s.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": newVisitID(), "pass": text}, &out)
}

func (s *story) undeclared(ctx context.Context) error {
	seen, err := s.atStation(ctx)
	if err == nil && (seen.Advice != "arrive" || seen.Colour != "green" || seen.Card.Colour != "green" || seen.Arrival.Declared || seen.Turn != nil) {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

func (s *story) arrived(ctx context.Context) error {
	seen, err := s.atStation(ctx)
	if err != nil {
		return err
	}
	card := seen.Card
	if seen.Colour != "yellow" || card.Colour != "yellow" || len(card.Cities) == 0 || card.Cities[0].Code != "230100" || !card.Cities[0].Starred {
		return fmt.Errorf("code %s, card %+v", seen.Colour, card)
	}
	if seen.Arrival.From != "Harbin" || seen.Arrival.Destination != "Liangzhu Village" || seen.Arrival.Party != 2 {
		return fmt.Errorf("the arrival is %+v", seen.Arrival)
	}
	if seen.Advice != "queue" || seen.Turn == nil || seen.Turn.Number != 1 || seen.Turn.ID != s.once("turn", func() string { return seen.Turn.ID }) {
		return fmt.Errorf("advice %s, turn %+v", seen.Advice, seen.Turn)
	}
	return nil
}

func (s *story) mine(ctx context.Context) (out arrivalsAnswer, err error) {
	return out, s.wechat.ask(ctx, http.MethodGet, "/v1/arrivals", nil, &out)
}

func (s *story) ownNumber(ctx context.Context) error {
	mine, err := s.mine(ctx)
	if err == nil && (len(mine.Turns) != 1 || mine.Turns[0].Number != 1 || mine.Turns[0].Ahead == nil || *mine.Turns[0].Ahead != 0 || mine.Turns[0].Venue == "") {
		err = fmt.Errorf("got %+v", mine.Turns)
	}
	return err
}

func (s *story) noQueue(ctx context.Context) error {
	if err := s.staffLogin(s.stranger, "guard")(ctx); err != nil {
		return err
	}
	if err := s.stranger.ask(ctx, http.MethodPost, "/v1/gate", map[string]string{"venue": s.city.Venue}, nil); err != nil {
		return err
	}
	if err := want(s.stranger.ask(ctx, http.MethodGet, "/v1/queue", nil, nil), "gateway.required"); err != nil {
		return err
	}
	return want(s.stranger.ask(ctx, http.MethodPost, "/v1/queue/"+s.ids["turn"]+"/call", nil, nil), "gateway.required")
}

func (s *story) checked(ctx context.Context) error {
	var list struct{ Turns []turnAnswer }
	if err := s.guard.ask(ctx, http.MethodGet, "/v1/queue", nil, &list); err != nil {
		return err
	}
	if !s.kill && (len(list.Turns) != 1 || list.Turns[0].ID != s.ids["turn"] || !strings.Contains(list.Turns[0].Name, "*")) {
		return fmt.Errorf("the queue is %+v", list.Turns)
	}
	path := "/v1/queue/" + s.ids["turn"]
	if err := s.guard.ask(ctx, http.MethodPost, path+"/call", nil, nil); err != nil && !(s.kill && is(err, "turn.closed")) {
		return err
	}
	for range 2 {
		if err := s.guard.ask(ctx, http.MethodPost, path+"/outcome", map[string]string{"outcome": "tested"}, nil); err != nil {
			return err
		}
	}
	return want(s.guard.ask(ctx, http.MethodPost, path+"/outcome", map[string]string{"outcome": "released"}, nil), "turn.closed")
}
