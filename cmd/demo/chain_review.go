package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// staffLogin logs a seeded member of staff in, unless they are.
func (s *story) staffLogin(p *phone, username string) func(context.Context) error {
	return func(ctx context.Context) error {
		if s.ids["staff "+username] != "" {
			return nil
		}
		member := s.city.member(username)
		code, err := member.code(time.Now())
		if err != nil {
			return err
		}
		err = p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": username, "password": member.Password, "code": code}, nil)
		if is(err, "login.staff_refused") && s.kill { // the code was used up by the attempt that was not answered
			return s.nextFactor(ctx, p, member)
		}
		if err == nil {
			s.ids["staff "+username] = "in"
		}
		return err
	}
}

// nextFactor logs in with the code of the next half minute, which the service
// takes early: nobody in the story waits.
func (s *story) nextFactor(ctx context.Context, p *phone, member member) error {
	code, err := member.code(time.Now().Add(30 * time.Second))
	if err != nil {
		return err
	}
	err = p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": member.Username, "password": member.Password, "code": code}, nil)
	if err == nil {
		s.ids["staff "+member.Username] = "in"
	}
	return err
}

func (s *story) otherWorker(ctx context.Context) error {
	if err := s.staffLogin(s.other, "worker2")(ctx); err != nil {
		return err
	}
	mine, err := s.queue(ctx, s.worker)
	if err != nil {
		return err
	}
	theirs, err := s.queue(ctx, s.other)
	if err != nil {
		return err
	}
	if len(mine.Reviews) == 0 {
		return fmt.Errorf("the worker's own queue is empty")
	}
	for _, a := range mine.Reviews {
		for _, b := range theirs.Reviews {
			if a.ID == b.ID {
				return fmt.Errorf("a review stands in both queues")
			}
		}
	}
	return want(s.other.ask(ctx, http.MethodPost, "/v1/reviews/"+mine.Reviews[0].ID+"/claim", nil, nil), "review.unknown")
}

func (s *story) queue(ctx context.Context, p *phone) (queueAnswer, error) {
	var out queueAnswer
	return out, p.ask(ctx, http.MethodGet, "/v1/reviews", nil, &out)
}

// judgeFirst judges the oldest review of that kind that the story has made.
func (s *story) judgeFirst(kind, verdict, words string) func(context.Context) error {
	return func(ctx context.Context) error {
		queue, err := s.queue(ctx, s.worker)
		if err != nil {
			return err
		}
		name := "review " + kind + verdict + fmt.Sprint(len(words))
		id := s.ids[name]
		for _, r := range queue.Reviews {
			if r.Kind == kind && id == "" && !s.city.seeded(r.ID) {
				id = r.ID
			}
		}
		if id == "" {
			return fmt.Errorf("no %s waits", kind)
		}
		s.ids[name] = id
		err = s.judge(ctx, id, verdict, words)
		if is(err, "review.closed") && s.kill {
			return nil
		}
		return err
	}
}

func (s *story) judge(ctx context.Context, id, verdict, words string) error {
	if err := s.worker.ask(ctx, http.MethodPost, "/v1/reviews/"+id+"/claim", nil, nil); err != nil {
		return err
	}
	return s.worker.ask(ctx, http.MethodPost, "/v1/reviews/"+id+"/judgement", map[string]string{"verdict": verdict, "words": words}, nil)
}
