// Package storetest gives a test a real database of its own: an SQLite file, or
// a fresh database on a real MySQL or MariaDB server that is gone when the test
// is. It also reads back every byte a database holds, so that a test can prove
// that a refusal changed nothing or that a value was stored nowhere.
//
// The server is the one at TEST_MYSQL_DSN (a go-sql-driver DSN of an account
// that may create databases and accounts) or, if that is not set, a private
// mariadbd that is started once for each test binary. Where there is neither,
// the MySQL half of a test is skipped, and failed if CI=true or
// TEST_REQUIRE_MYSQL=1. With -short it is skipped everywhere. TEST_DIALECT names
// the one dialect that is tested, where the other is tested apart.
package storetest

import (
	"cmp"
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"
)

// The dialects, as [DB] names them and as subtests are called.
const (
	SQLite = "sqlite"
	MySQL  = "mysql"
)

// Dialects lists every dialect, for tests and benchmarks that choose themselves.
var Dialects = []string{SQLite, MySQL}

// Schema says how an empty database becomes the application's. The functions of
// the store are handed in, because the store's own tests import this package. A
// Schema is a variable that all tests of a package share.
type Schema struct {
	// Migrate makes the tables, as the owner, at a DSN as in [DB].
	Migrate func(ctx context.Context, dsn string) ([]string, error)
	// Grants are the statements that give an account (as GRANT writes it) its
	// rights in a MySQL database. Nil gives the account every right in it.
	Grants func(database, user string) []string

	once     sync.Once
	template []byte // a migrated SQLite file
	err      error

	tablesOnce sync.Once
	tables     string // the statements that make a migrated MySQL database
	tablesErr  error
}

// DB is a fresh database of one test. A DSN is "sqlite:" and a path, or "mysql:"
// and a DSN of go-sql-driver.
type DB struct {
	Dialect  string // SQLite or MySQL
	DSN      string // the application's account, with no more than its grants
	OwnerDSN string // the account that owns the tables; on SQLite the same as DSN
}

// Each runs a test on every dialect, as parallel subtests, each with a fresh
// database. The test must not call t.Parallel again.
func (s *Schema) Each(t *testing.T, test func(t *testing.T, db DB)) {
	t.Helper()
	for _, dialect := range Dialects {
		if only := os.Getenv("TEST_DIALECT"); only != "" && only != dialect {
			continue
		}
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			test(t, s.New(t, dialect))
		})
	}
}

// Any makes a fresh database for a test that is the same on every dialect.
func (s *Schema) Any(t testing.TB) DB {
	t.Helper()
	return s.New(t, AnyDialect())
}

// AnyDialect is the dialect of a test that is the same on every one.
func AnyDialect() string { return cmp.Or(os.Getenv("TEST_DIALECT"), SQLite) }

// New makes a fresh database of one dialect and drops it when the test ends. It
// skips the test where there is no such database to be had.
func (s *Schema) New(t testing.TB, dialect string) DB {
	t.Helper()
	db := DB{Dialect: dialect}
	switch dialect {
	case SQLite:
		db.OwnerDSN = "sqlite:" + s.newFile(t)
	case MySQL:
		db.OwnerDSN = newDatabase(t)
		s.copyTo(t, db.OwnerDSN)
	default:
		t.Fatalf("storetest: no dialect %q", dialect)
	}
	db.DSN = db.Account(t, s.Grants)
	return db
}

// Account makes a further account with the given grants, which is gone when the
// test ends, and is its DSN. On SQLite, which has no accounts, it is the one DSN.
func (db DB) Account(t testing.TB, grants func(database, user string) []string) string {
	t.Helper()
	if db.Dialect == SQLite {
		return db.OwnerDSN
	}
	return newAccount(t, db.OwnerDSN, grants)
}

// Owner opens the database with every right, to look at or tamper with what the
// application would never touch. It is closed when the test ends.
func (db DB) Owner(t testing.TB) *sql.DB {
	t.Helper()
	_, rest, _ := strings.Cut(db.OwnerDSN, ":")
	open := openFile
	if db.Dialect == MySQL {
		open = func(dsn string) (*sql.DB, error) { return sql.Open("mysql", dsn) }
	}
	pool, err := open(rest)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}
