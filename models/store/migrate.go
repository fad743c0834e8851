package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrate brings the database at the DSN (as for [Open], with the rights of its
// owner) to the schema that this program knows, and says which files it ran. It
// may run on several machines at once: one works, the others wait. It refuses a
// MySQL database that compares text other than byte by byte.
func Migrate(ctx context.Context, dsn string) ([]string, error) {
	kind, rest, _ := strings.Cut(dsn, ":")
	switch kind {
	case "sqlite":
		return migrateSQLite(ctx, rest)
	case "mysql":
		return migrateMySQL(ctx, rest)
	}
	return nil, errors.New(`database: want "sqlite:PATH" or "mysql:DSN"`)
}

func migrateSQLite(ctx context.Context, path string) ([]string, error) {
	unlock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	db, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer db.Close()
	return migrate(ctx, goose.DialectSQLite3, db)
}

// lockFile waits for the file's lock, which SQLite migrations hold because goose
// has no locker for it.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate: %w", err), f.Close())
	}
	return func() { f.Close() }, nil // closing lets go of the lock
}

func migrateMySQL(ctx context.Context, dsn string) ([]string, error) {
	c, err := mysqlConfig(dsn)
	if err != nil {
		return nil, err
	}
	if err := createDatabase(ctx, c); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	locker, err := lock.NewMySQLTableLocker()
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return migrate(ctx, goose.DialectMySQL, db, goose.WithLocker(locker))
}

// createDatabase makes the database if it is not there, as utf8mb4_bin, and
// refuses one that compares otherwise: codes and hashes are compared exactly.
func createDatabase(ctx context.Context, c *mysql.Config) error {
	server := c.Clone()
	server.DBName = ""
	connector, err := mysql.NewConnector(server)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	const asked = "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = ?"
	var collation string
	switch err := db.QueryRowContext(ctx, asked, c.DBName).Scan(&collation); {
	case errors.Is(err, sql.ErrNoRows):
		name := "`" + strings.ReplaceAll(c.DBName, "`", "``") + "`"
		if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
			return fmt.Errorf("migrate: create the database: %w", err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	case collation != "utf8mb4_bin":
		return fmt.Errorf("migrate: the database's collation is %s, want utf8mb4_bin", collation)
	}
	return nil
}

func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, more ...goose.ProviderOption) ([]string, error) {
	provider, err := goose.NewProvider(dialect, db, migrations(), append(more, goose.WithLogger(goose.NopLogger()))...)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	done := make([]string, len(results))
	for i, r := range results {
		done[i] = r.Source.Path
	}
	return done, nil
}

func migrations() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// schemaVersion is the number of the last migration file.
func schemaVersion() int64 {
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		panic(err) // the pattern is constant
	}
	return int64(len(names))
}

// checkSchema refuses a database that is older or newer than this program.
func (s *Store) checkSchema(ctx context.Context) error {
	var version int64
	err := s.read.WithContext(ctx).Raw("SELECT MAX(version_id) FROM goose_db_version").Row().Scan(&version)
	if err != nil {
		return fmt.Errorf("schema: the database has none yet; run healthcode migrate: %w", err)
	}
	if want := schemaVersion(); version != want {
		return fmt.Errorf("schema: the database is at version %d, this program knows %d; run the matching healthcode migrate", version, want)
	}
	return nil
}
