package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
)

// The one who comes without a phone, and whom nobody here knows.
const (
	walker      = "陈大山"
	walkerPhone = "13800002222"
)

// withoutPhone has the guard at the station enter a document that nobody here knows.
func (s *story) withoutPhone(ctx context.Context) error {
	if err := s.staffLogin(s.guard, "guard3")(ctx); err != nil {
		return err
	}
	var seen gatewayAnswer
	in := map[string]any{"id": s.once("entry without a phone", newVisitID), "document": map[string]string{"type": "resident_id", "number": residentID(997)}}
	err := s.guard.ask(ctx, http.MethodPost, "/v1/entries", in, &seen)
	if err == nil && (seen.Advice != "paper" || seen.Arrival.Declared && !s.kill) {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

// takenDown has that guard take down where they go: from a listed city, so they wait.
func (s *story) takenDown(ctx context.Context) error {
	in := s.arrival("visit", s.ids["entry without a phone"], "name", walker, "phone", walkerPhone)
	delete(in, "gateway") // it is the guard's own
	var seen gatewayAnswer
	key := header{"Idempotency-Key", s.once("key taken", rand.Text)}
	for range 2 {
		if err := s.guard.ask(ctx, http.MethodPost, "/v1/gate/arrivals", in, &seen, key); err != nil {
			return err
		}
		if seen.Advice != "queue" || seen.Turn == nil || seen.Turn.Number != 2 || !seen.Arrival.Declared || seen.Arrival.From != "Harbin" || seen.Arrival.Party != 2 {
			return fmt.Errorf("got %+v, turn %+v", seen, seen.Turn)
		}
	}
	again := s.guard.ask(ctx, http.MethodPost, "/v1/gate/arrivals", in, nil, header{"Idempotency-Key", rand.Text()})
	return want(again, "arrival.taken")
}

// calledOn has a worker of the community that they go to read it, and call on them.
func (s *story) calledOn(ctx context.Context) error {
	id := s.ids["review of a guest"]
	if id == "" {
		queue, err := s.queue(ctx, s.worker)
		if err != nil {
			return err
		}
		for _, r := range queue.Reviews {
			if r.Kind == "arrival" && !s.city.seeded(r.ID) {
				id = s.once("review of a guest", func() string { return r.ID })
			}
		}
	}
	path := "/reviews/" + id
	var page []byte
	if err := s.worker.ask(ctx, http.MethodGet, "/console"+path, nil, &page); err != nil {
		return err
	}
	for _, word := range []string{walker, walkerPhone, residentID(997), child, "Harbin", "杭州西站值守"} {
		if !strings.Contains(string(page), word) {
			return fmt.Errorf("the worker's page does not say %s", word)
		}
	}
	err := s.worker.ask(ctx, http.MethodPost, "/v1"+path+"/claim", nil, nil)
	if err == nil {
		err = s.worker.ask(ctx, http.MethodPost, "/v1"+path+"/judgement", map[string]string{"verdict": "approve", "words": "Called on them at home."}, nil)
	}
	if is(err, "review.closed") && s.kill {
		return nil
	}
	return err
}
