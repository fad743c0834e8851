package storetest_test

import (
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// schema is a small application: notes that may be read and written, and a
// ledger that may only grow.
var schema = storetest.Schema{
	Migrate: func(ctx context.Context, dsn string) ([]string, error) {
		db, err := open(dsn)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		for _, statement := range []string{
			"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, body VARBINARY(255) NULL, at DATETIME NULL)",
			"CREATE TABLE ledger (id BIGINT NOT NULL PRIMARY KEY)",
			"INSERT INTO notes VALUES (2, 'two', '2020-02-11 08:00:00'), (1, NULL, NULL)",
		} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return nil, err
			}
		}
		return []string{"0001.sql"}, nil
	},
	Grants: func(database, user string) []string {
		return []string{
			"GRANT SELECT, INSERT, UPDATE ON " + database + ".notes TO " + user,
			"GRANT INSERT ON " + database + ".ledger TO " + user,
		}
	},
}

func open(dsn string) (*sql.DB, error) {
	kind, rest, _ := strings.Cut(dsn, ":")
	return sql.Open(kind, rest)
}

func app(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func change(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		before := storetest.Dump(t, db)
		want := map[string][]string{
			"ledger": {},
			"notes":  {"id=1, body=NULL, at=NULL", "id=2, body=two, at=2020-02-11 08:00:00"},
		}
		if diff := cmp.Diff(want, before); diff != "" {
			t.Errorf("fresh database (-want +got):\n%s", diff)
		}
		if changed := storetest.Changed(before, storetest.Dump(t, db)); changed != nil {
			t.Errorf("nothing was done, changed = %v", changed)
		}

		canary := "\x00\xff' \\" + "身份"
		change(t, app(t, db.DSN), "UPDATE notes SET body = ? WHERE id = 1", []byte(canary))
		after := storetest.Dump(t, db)
		if !strings.Contains(after["notes"][0], canary) {
			t.Errorf("row %q lacks the raw bytes %q", after["notes"][0], canary)
		}
		if diff := cmp.Diff([]string{"notes"}, storetest.Changed(before, after)); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
	})
}

func TestChanged(t *testing.T) {
	t.Parallel()
	a := map[string][]string{"same": {"x"}, "gone": {}, "more": {"x"}}
	b := map[string][]string{"same": {"x"}, "new": {}, "more": {"x", "y"}}
	if diff := cmp.Diff([]string{"gone", "more", "new"}, storetest.Changed(a, b)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		other := schema.New(t, db.Dialect)
		before := storetest.Dump(t, other)
		change(t, app(t, db.DSN), "INSERT INTO ledger VALUES (7)")
		if changed := storetest.Changed(before, storetest.Dump(t, other)); changed != nil {
			t.Errorf("another test's database changed: %v", changed)
		}
	})
}

func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	db := schema.New(t, storetest.MySQL)
	none := db.Account(t, func(string, string) []string { return nil })
	all := db.Account(t, nil)
	for _, c := range []struct {
		name, dsn, statement string
		refused              bool
	}{
		{"the application adds to the ledger", db.DSN, "INSERT INTO ledger VALUES (1)", false},
		{"the application deletes", db.DSN, "DELETE FROM ledger", true},
		{"the application reads what it may only write", db.DSN, "SELECT * FROM ledger", true},
		{"the application makes a table", db.DSN, "CREATE TABLE t (id INT)", true},
		{"an account without grants reads", none, "SELECT * FROM notes", true},
		{"an account with all grants deletes", all, "DELETE FROM ledger", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := app(t, c.dsn).ExecContext(t.Context(), c.statement)
			if refused := err != nil; refused != c.refused {
				t.Errorf("%s: %v, want refused = %t", c.statement, err, c.refused)
			}
		})
	}
}

// TestServer holds what the application relies on: every MySQL that tests run on
// is durable, in UTC, and compares byte by byte.
func TestServer(t *testing.T) {
	t.Parallel()
	db := app(t, schema.New(t, storetest.MySQL).DSN)
	var flush, collation, zone string
	err := db.QueryRowContext(t.Context(),
		"SELECT @@innodb_flush_log_at_trx_commit, @@collation_database, @@time_zone").Scan(&flush, &collation, &zone)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "utf8mb4_bin", "+00:00"}, []string{flush, collation, zone}); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	result, err := db.ExecContext(t.Context(), "UPDATE notes SET body = 'two' WHERE id = 2")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Errorf("an update to the same value affects %d rows, %v; want the one it found", n, err)
	}
}

// TestGone is not parallel: it looks at the whole server after its own test.
func TestGone(t *testing.T) {
	var dropped storetest.DB
	t.Run("a test", func(t *testing.T) { dropped = schema.New(t, storetest.MySQL) })
	if testing.Short() {
		t.Skip("MySQL is left out with -short")
	}
	if dropped.DSN == "" {
		t.Skip("no MySQL")
	}
	for name, dsn := range map[string]string{"account": dropped.DSN, "database": dropped.OwnerDSN} {
		if err := app(t, dsn).PingContext(t.Context()); err == nil {
			t.Errorf("the test's %s outlives it", name)
		}
	}
}

func TestMissingServer(t *testing.T) {
	for _, c := range []struct{ name, variable, value, want string }{
		{"at home", "CI", "", "skip"},
		{"in CI", "CI", "true", "fail"},
		{"when required", "TEST_REQUIRE_MYSQL", "1", "fail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := withoutServer(t, c.variable+"="+c.value); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2020, 2, 11, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	clock := storetest.NewClock(start)
	if now := clock.Now(); !now.Equal(start) || now.Location() != time.UTC {
		t.Errorf("Now() = %v, want %v in UTC", now, start)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			clock.Advance(time.Second)
			clock.Now()
		})
	}
	all.Wait()
	if diff := cmp.Diff(start.Add(50*time.Second).UTC(), clock.Now()); diff != "" {
		t.Errorf("after 50 s (-want +got):\n%s", diff)
	}
	clock.Set(start)
	if got := clock.Advance(-time.Hour); !got.Equal(start.Add(-time.Hour)) {
		t.Errorf("Advance(-1h) = %v", got)
	}
}

func TestDialects(t *testing.T) {
	t.Parallel()
	var ran []string
	t.Run("each", func(t *testing.T) {
		var mu sync.Mutex
		schema.Each(t, func(t *testing.T, db storetest.DB) {
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, db.Dialect)
		})
	})
	want := os.Getenv("TEST_DIALECT")
	if want == "" {
		want = storetest.SQLite
	}
	if !slices.Contains(ran, want) {
		t.Errorf("ran on %v, want %s always", ran, want)
	}
}

func BenchmarkNew(b *testing.B) {
	for _, dialect := range storetest.Dialects {
		b.Run(dialect, func(b *testing.B) {
			for b.Loop() {
				schema.New(b, dialect)
			}
		})
	}
}
