package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"healthcode/models"
)

// txn is one transaction: who changes things, and the instant at which they do.
type txn struct {
	*Store
	db *gorm.DB
	by models.Actor
	at time.Time

	touched []string // residents and sessions about whom something changed
	raised  []string // kinds of alarm, for when it is through
}

// touch says that something about that resident or session is no longer as it was.
func (t *txn) touch(id string) { t.touched = append(t.touched, id) }

// attempts is how often a whole transaction is tried when the database says that
// two of them met.
const attempts = 8

// change runs f in a transaction of by's, again from the start if the database
// gave it up in favour of another. f must have no effect but on the database.
func (s *Store) change(ctx context.Context, by models.Actor, f func(*txn) error) error {
	if by.Kind == "" {
		return errors.New("a change without an actor")
	}
	for attempt := 1; ; attempt++ {
		at := s.Now().UTC().Truncate(time.Millisecond)
		t := &txn{Store: s, by: by, at: at}
		err := s.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			t.db = db
			return f(t)
		})
		for _, id := range t.touched { // also after an error: the commit may have happened
			s.recent.changed(id)
		}
		if err == nil {
			for _, kind := range t.raised {
				s.Alarm(kind)
			}
		}
		if err == nil || attempt == attempts || !again(err) {
			return err
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// again reports whether the transaction is known to have been rolled back and
// may be tried once more. A broken connection is not among these: the commit may
// have happened, so the client repeats the request under its own key.
func again(err error) bool {
	var m *mysql.MySQLError
	if errors.As(err, &m) {
		switch m.Number {
		case 1213, // deadlock
			1205, // lock wait timed out
			1020, // row changed since read (innodb_snapshot_isolation)
			1047: // the Galera node is not ready
			return true
		}
	}
	return errors.Is(err, errRace)
}

// errRace marks a lost race over a unique row: the winner's row is there now,
// so trying again finds it.
var errRace = errors.New("another transaction was first")

// pause waits a random moment that grows with the attempts, so that two
// transactions that met do not meet again.
func pause(ctx context.Context, attempt int) error {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(attempt)*int64(4*time.Millisecond)))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(n.Int64())):
		return nil
	}
}

// id makes a row's id: random, and in order of time.
func (t *txn) id() string { return t.Store.id(t.at) }

func (s *Store) id(at time.Time) string {
	return ulid.MustNew(ulid.Timestamp(at), s.Random).String()
}

// ids makes so many in their order: what is written in it goes to one end of a table.
func (s *Store) ids(n int, at time.Time) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = s.id(at)
	}
	slices.Sort(ids)
	return ids
}

// insert adds a row; a duplicate key comes back as [gorm.ErrDuplicatedKey].
func (t *txn) insert(row any) error { return t.db.Create(row).Error }

// insertedAtOnce is how many rows a statement has that is put into words for them:
// SQLite bounds its values. preparedAtOnce is how many one has that is prepared.
const (
	insertedAtOnce = 200
	preparedAtOnce = 50
)

// insertMany adds n rows of a table and its columns, without gorm. A duplicate key
// comes back as [gorm.ErrDuplicatedKey].
func (t *txn) insertMany(into string, n int, row func(i int) []any) error {
	for from := 0; from < n; {
		insert, rows := t.insertRows(into, n-from)
		args := make([]any, 0, rows*(strings.Count(into, ",")+1))
		for i := range rows {
			args = append(args, row(from+i)...)
		}
		if err := insert(args...); err != nil {
			if own, ok := t.db.Dialector.(gorm.ErrorTranslator); ok {
				err = own.Translate(err)
			}
			return fmt.Errorf("insert: %w", err)
		}
		from += rows
	}
	return nil
}

// insertRows is a statement that adds so many rows, at most as many as are left.
func (t *txn) insertRows(into string, left int) (insert func(args ...any) error, rows int) {
	ctx := t.db.Statement.Context
	if tx, ok := t.db.Statement.ConnPool.(*sql.Tx); ok && left >= preparedAtOnce {
		if stmt := t.preparedInsert(ctx, into); stmt != nil {
			return func(args ...any) error { _, err := tx.StmtContext(ctx, stmt).ExecContext(ctx, args...); return err }, preparedAtOnce
		}
	}
	rows = min(left, insertedAtOnce)
	return func(args ...any) error {
		_, err := t.db.Statement.ConnPool.ExecContext(ctx, insertQuery(into, rows), args...)
		return err
	}, rows
}

func insertQuery(into string, rows int) string {
	one := "(?" + strings.Repeat(", ?", strings.Count(into, ",")) + ")"
	return "INSERT INTO " + into + " VALUES " + one + strings.Repeat(", "+one, rows-1)
}

// inserts are prepared statements by what they insert into.
type inserts struct {
	known sync.Map   // of *sql.Stmt
	busy  sync.Mutex // held while one is prepared
}

// preparedInsert is the statement that adds [preparedAtOnce] rows, which each
// connection has the server read once: to read rows out of the words of a statement
// takes MariaDB a third of what it takes to add them. It is nil where words will do: on
// SQLite, and while another is prepared, since that takes a connection beside the one
// that the transaction has, and many who wait for one while they hold one wait for ever.
func (s *Store) preparedInsert(ctx context.Context, into string) *sql.Stmt {
	if known, ok := s.inserts.known.Load(into); ok {
		return known.(*sql.Stmt)
	}
	if s.sqlite() || !s.inserts.busy.TryLock() {
		return nil
	}
	defer s.inserts.busy.Unlock()
	pool, err := s.write.DB()
	if err != nil {
		return nil
	}
	stmt, err := pool.PrepareContext(ctx, insertQuery(into, preparedAtOnce))
	if err != nil {
		return nil // words say better what is wrong
	}
	s.inserts.known.Store(into, stmt)
	return stmt
}

// lock reads a row and keeps others from changing it until the end of the
// transaction. SQLite has one writer, so there the clause falls away.
func (t *txn) lock(row any, where string, args ...any) error {
	return found(t.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where(where, args...).Take(row).Error)
}

// found turns gorm's word for absence into ours.
func found(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.NotFound
	}
	return err
}

// millis is an instant as both databases keep it: UTC milliseconds since 1970, 0
// for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the time that a column holds.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
