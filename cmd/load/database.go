package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// database is an empty one that figures are measured on.
type database struct {
	suffix string                  // of the figures' names
	dsn    string                  // as the store takes it
	raw    func() (*sql.DB, error) // the same kind, as durable, without the store
	drop   func() error
}

// newSQLite is a file in the folder.
func newSQLite(_ context.Context, dir string) (*database, error) {
	raw := func() (*sql.DB, error) {
		return sql.Open("sqlite", "file:"+filepath.Join(dir, "raw.db")+
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	}
	return &database{"", "sqlite:" + filepath.Join(dir, "load.db"), raw, func() error { return nil }}, nil
}

// newMySQL is a database on the server at TEST_MYSQL_DSN, which `make bench`
// starts where there is MariaDB; none without it.
func newMySQL(ctx context.Context, _ string) (*database, error) {
	given := os.Getenv("TEST_MYSQL_DSN")
	if given == "" {
		return nil, nil
	}
	config, err := mysql.ParseDSN(given)
	if err != nil {
		return nil, fmt.Errorf("TEST_MYSQL_DSN cannot be read")
	}
	admin, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	name := "hc_load_" + strings.ToLower(rand.Text()[:12])
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		return nil, err
	}
	config.DBName = name
	drop := func() error { // also when the context is over
		_, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name)
		return err
	}
	return &database{"_mariadb", "mysql:" + config.FormatDSN(), func() (*sql.DB, error) { return sql.Open("mysql", config.FormatDSN()) }, drop}, nil
}
