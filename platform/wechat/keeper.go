package wechat

import (
	"context"
	"sync"
	"time"

	"healthcode/models"
)

// keeper keeps something that WeChat lends for a time, an access token or a page
// ticket, in memory. Whoever needs it shares one question to WeChat; that is asked
// on nobody's behalf, so whoever asked first may leave without ending it for the
// others.
type keeper struct {
	now     func() time.Time
	timeout time.Duration

	// borrow asks WeChat. refused is what WeChat has just refused, "" if nothing:
	// borrow never returns that again.
	borrow func(ctx context.Context, refused string) (loan, *models.Problem)

	mu     sync.Mutex // guards the rest
	held   loan
	flight *flight // nil while WeChat is not being asked
}

// loan is what WeChat lent.
type loan struct {
	text  string
	renew time.Time // from then on there is another to be had
	end   time.Time // from then on this one is refused
}

// flight is one question that is under way. Its result may be read once done is
// closed.
type flight struct {
	done    chan struct{}
	got     loan
	trouble *models.Problem
}

// patience is how long a failed renewal is left alone, while what is held is good.
const patience = 10 * time.Second

// get is the text that is held, or that WeChat lends now. refused is what WeChat
// refused when it was shown, "" if nothing.
func (k *keeper) get(ctx context.Context, refused string) (string, *models.Problem) {
	for {
		text, f := k.look(ctx, refused)
		if f == nil {
			return text, nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return "", silence(ctx, ctx.Err())
		}
		if f.trouble != nil {
			return "", f.trouble
		}
		if f.got.text != refused { // or else it was under way before it was refused
			return f.got.text, nil
		}
	}
}

// look is the text that is held, or the question to wait for. In the last minutes
// of what is held there is both, and nobody has to wait.
func (k *keeper) look(ctx context.Context, refused string) (string, *flight) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held.text == refused {
		k.held = loan{}
	}
	now := k.now()
	good := k.held.text != "" && now.Before(k.held.end)
	if good && now.Before(k.held.renew) {
		return k.held.text, nil
	}
	if k.flight == nil {
		k.flight = &flight{done: make(chan struct{})}
		go k.fly(context.WithoutCancel(ctx), k.flight, refused)
	}
	if good {
		return k.held.text, nil
	}
	return "", k.flight
}

// fly asks, and keeps what WeChat lends.
func (k *keeper) fly(ctx context.Context, f *flight, refused string) {
	defer close(f.done)
	ctx, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	f.got, f.trouble = k.borrow(ctx, refused)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.flight = nil
	if f.trouble == nil {
		k.held = f.got
	} else {
		k.held.renew = k.now().Add(patience)
	}
}
