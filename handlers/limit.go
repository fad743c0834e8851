package handlers

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"healthcode/models"
)

// allowance is how often something may be done: so many at once, then one every
// so often.
type allowance struct {
	burst int
	every time.Duration
}

// The allowances. Thousands of phones share one address behind a carrier's NAT,
// so an address may do a lot and an actor little; what could be used to try out
// documents, passwords or codes is the tightest.
var (
	perAddress = allowance{2000, 5 * time.Millisecond}
	perActor   = map[models.ActorKind]allowance{
		models.ActorAccount:  {60, time.Second},
		models.ActorResident: {60, time.Second},
		models.ActorStaff:    {120, 500 * time.Millisecond},
		models.ActorClient:   {60, time.Second},
		models.ActorPeer:     {2000, 2 * time.Millisecond}, // the gates of a whole province
	}
	perRoute = map[string]allowance{ // by address, or by actor where there is one
		"login":        {600, 50 * time.Millisecond},
		"ticket":       {600, 50 * time.Millisecond},
		"registration": {5, time.Minute},
		"phone":        {5, time.Minute},
		"name check":   {5, 10 * time.Minute},
		"notification": {200, 50 * time.Millisecond},
		"staff":        {10, 6 * time.Second},
		"invitation":   {20, 3 * time.Second},
		"client":       {20, time.Second},
		"entry":        {40, 1500 * time.Millisecond}, // as fast as a guard can type
		"print":        {40, 1500 * time.Millisecond}, // nobody may try out what cards say
		"kept":         {120, 500 * time.Millisecond}, // as many as scans, and beside those: who stands there now does not wait for who did
		"export":       {5, time.Minute},
		"photo":        {12, 10 * time.Second},
		"appeal":       {10, time.Minute},
	}
)

// limiterSize bounds the memory that limits take: beyond it, whoever has not
// been seen for longest is forgotten, and so has a full allowance again.
const limiterSize = 200_000

// limiter counts in this process. Behind several replicas everybody has that
// many allowances.
type limiter struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets *lru.Cache[string, *rate.Limiter]
}

func newLimiter(now func() time.Time) *limiter {
	buckets, err := lru.New[string, *rate.Limiter](limiterSize)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &limiter{now: now, buckets: buckets}
}

// allow takes one from the allowance of that key.
func (l *limiter) allow(key string, a allowance) error { return l.allowMany(key, a, 1) }

// allowMany takes as many from it, or none.
func (l *limiter) allowMany(key string, a allowance, n int) error {
	l.mu.Lock()
	bucket, known := l.buckets.Get(key)
	if !known {
		bucket = rate.NewLimiter(rate.Every(a.every), a.burst)
		l.buckets.Add(key, bucket)
	}
	l.mu.Unlock()
	if !bucket.AllowN(l.now(), n) {
		return models.Refuse(models.ReasonTooMany)
	}
	return nil
}

func (l *limiter) actor(by models.Actor) error {
	return l.allow("actor "+string(by.Kind)+" "+by.ID, perActor[by.Kind])
}

func (l *limiter) address(address string) error { return l.allow("address "+address, perAddress) }

// route takes one from the route's own allowance, for whoever it is.
func (l *limiter) route(name, who string) error {
	return l.allow("route "+name+" "+who, perRoute[name])
}

// routeMany takes as many from it as a request brings.
func (l *limiter) routeMany(name, who string, n int) error {
	return l.allowMany("route "+name+" "+who, perRoute[name], n)
}
