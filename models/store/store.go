// Package store remembers. It is the only package that knows gorm and the
// database drivers. Each method is one transaction; each change has an actor
// and leaves an audit row in the same transaction; each look at somebody else's
// record leaves an access row that this person can see.
//
// Personal values are sealed before they reach a column and found by keyed
// blind tags. Facts, withdrawals, stays, listings, decisions, judgements and
// records carry a MAC: a row that does not verify counts as absent, and raises
// an alarm.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
)

// Options are what a store is made of. All but Alarm and Random must be set.
type Options struct {
	DSN    string           // "mysql:USER@…" or "sqlite:PATH", see [Open]
	Vault  Vault            // seals, tags and signs
	Rules  *rules.Set       // those of the root before any are published
	Forms  []*forms.File    // likewise
	Now    func() time.Time // the clock
	Log    *slog.Logger     // never given a personal value
	Alarm  func(kind string)
	Random io.Reader // for ids and tokens; crypto/rand when nil

	JobShare float64 // of one core, that jobs may take; 0.3 when 0, and 1 is all there is
	JobBatch int     // residents at once; when 0, 100, or 4000 where there is no limit

	Installation models.Installation // as others know this service; without a code it is connected to none

	// Messages are the templates that residents are told by, by platform and kind.
	// Whoever has no such template is told in their own list alone.
	Messages map[string]map[models.NoticeKind]string
}

// Store is the memory of one installation. It is safe for concurrent use.
type Store struct {
	write   *gorm.DB // one writer at a time on SQLite
	read    *gorm.DB // read-only pool on SQLite, the same pool as write elsewhere
	holder  statement
	inserts inserts
	recent  *recent
	law     atomic.Pointer[law]

	confirmed atomic.Pointer[map[string]confirmation] // by publication

	peers atomic.Pointer[peers] // the other installations

	self    string     // this replica, as leases name it
	working sync.Mutex // held by whoever works on jobs: one of us at a time
	trying  trying
	forged  forged
	Options
}

// Open connects to the database at opts.DSN, which is "sqlite:" and a path, or
// "mysql:" and a go-sql-driver DSN. It refuses a schema that is not exactly the
// one that this program knows: run migrate first.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if opts.Random == nil {
		opts.Random = rand.Reader
	}
	if opts.Alarm == nil {
		opts.Alarm = func(string) {}
	}
	s := &Store{Options: opts, recent: newRecent()}
	var err error
	if s.write, s.read, err = connect(opts.DSN); err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := errors.Join(s.loadLaw(ctx), s.loadConfirmations(ctx)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.loadPeers(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.self = s.id(s.Now())
	return s, nil
}

// Close lets go of the database.
func (s *Store) Close() error {
	var errs []error
	if s.read != s.write {
		errs = append(errs, closePool(s.read))
	}
	return errors.Join(append(errs, closePool(s.write))...)
}

// closePool closes what gorm holds. The writers' pool is the last: on SQLite
// whoever leaves last writes the log into the file, and a reader may not.
func closePool(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Ready reports why the store cannot be relied upon, or nil: the database
// answers, its schema is ours, and what it acknowledges is on disk.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.checkSchema(ctx); err != nil {
		return err
	}
	return s.checkDurable(ctx)
}

// alarm tells the operator that a row failed its MAC. The id is random and says
// nothing about the person.
func (s *Store) alarm(kind, id string) {
	s.Log.Error("row does not verify", "table", kind, "id", id)
	s.Alarm("mac_" + kind)
	s.forged.add(kind, id)
}
