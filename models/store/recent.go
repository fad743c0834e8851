package store

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// recentSize bounds how many phones are remembered, and recentLife for how long:
// in a rush everybody opens their code again and again, and that then costs no
// query. A change that another replica made is seen after recentLife at the
// latest; one that this replica made is seen at once.
const (
	recentSize = 100_000
	recentLife = time.Second
)

// recent remembers what holders were told a moment ago.
type recent struct {
	told    *lru.Cache[string, told]
	seed    maphash.Seed
	changes atomic.Uint64       // counts
	last    [1024]atomic.Uint64 // the number of the last change; one for many ids
}

// told is an answer, when it was given, and how many changes there had been
// before the database was asked.
type told struct {
	holder  Holder
	at      time.Time
	changes uint64
}

func newRecent() *recent {
	cache, err := lru.New[string, told](recentSize)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &recent{told: cache, seed: maphash.MakeSeed()}
}

func (r *recent) lastOf(id string) *atomic.Uint64 {
	return &r.last[maphash.String(r.seed, id)%uint64(len(r.last))]
}

// changed makes everything that was told about the id void.
func (r *recent) changed(id string) { r.lastOf(id).Store(r.changes.Add(1)) }

// recall is what the token's holder was told, if that still is so.
func (r *recent) recall(hash []byte, now time.Time) (Holder, bool) {
	t, known := r.told.Get(string(hash))
	if !known || now.Sub(t.at) >= recentLife || now.Before(t.at) {
		return Holder{}, false
	}
	for _, id := range []string{t.holder.ID, t.holder.SessionID} {
		if r.lastOf(id).Load() > t.changes {
			return Holder{}, false
		}
	}
	return t.holder, true
}

// remember keeps an answer.
func (r *recent) remember(hash []byte, t told) { r.told.Add(string(hash), t) }
