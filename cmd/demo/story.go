package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// stories are what can be told: chain is the whole main job, travel is somebody who
// arrives from a listed city, provinces is one who carries another province's code.
var stories = map[string]func(*story) []step{"chain": (*story).chain, "travel": (*story).travel, "provinces": (*story).provinces}

// story is told through HTTP against the running service: what residents in WeChat
// and in Alipay, a guard and two community workers do, and what each of them is told.
type story struct {
	*world
	out  io.Writer
	kill bool

	wechat, alipay, stranger *phone
	guard, worker, other     *phone
	registry                 *phone

	document string            // number of the resident's document
	ids      map[string]string // ids and keys that a step uses again when it is retried
	text     string            // what a guard scanned
}

func newStory(w *world, out io.Writer, kill bool) *story {
	s := &story{world: w, out: out, kill: kill, ids: map[string]string{}, document: residentID(999)}
	for _, p := range []**phone{&s.wechat, &s.alipay, &s.stranger, &s.guard, &s.worker, &s.other, &s.registry} {
		*p = newPhone(w.service())
	}
	return s
}

// step is one line of the story. It may be taken again from its beginning when
// the service was killed in the middle of it, so doing it twice must come to the
// same as doing it once.
type step struct {
	says string
	do   func(context.Context) error
}

// stepWithin is how long one step may take, with the service's restart.
const stepWithin = time.Minute

// tell walks through every step, and stops at the first that is wrong.
func (s *story) tell(ctx context.Context, steps []step) error {
	begin := time.Now()
	for i, step := range steps {
		at := time.Now()
		if err := s.walk(ctx, step); err != nil {
			fmt.Fprintf(s.out, "%2d     WRONG     %s\n", i+1, step.says)
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		fmt.Fprintf(s.out, "%2d  %8.1f ms  %s\n", i+1, float64(time.Since(at).Microseconds())/1000, step.says)
	}
	fmt.Fprintf(s.out, "\nthe story is told: %d steps, %.1f s\n", len(steps), time.Since(begin).Seconds())
	return nil
}

// walk takes one step. With -kill the service is killed without warning at a
// random moment while the step is being taken, and started again; then the step
// is taken again, as people do when nothing answers, or when they are not sure.
func (s *story) walk(ctx context.Context, step step) error {
	ctx, cancel := context.WithTimeout(ctx, stepWithin)
	defer cancel()
	if !s.kill {
		return step.do(ctx)
	}
	killed := make(chan error, 1)
	go func() {
		time.Sleep(rand.N(30 * time.Millisecond))
		killed <- s.restart(ctx)
	}()
	err := step.do(ctx)
	if kerr := <-killed; kerr != nil {
		return fmt.Errorf("restart: %w", kerr)
	}
	if err != nil && !unanswered(err) {
		return err
	}
	return step.do(ctx)
}

// once gives the same new id every time that it is asked for under that name.
func (s *story) once(name string, make func() string) string {
	if s.ids[name] == "" {
		s.ids[name] = make()
	}
	return s.ids[name]
}
