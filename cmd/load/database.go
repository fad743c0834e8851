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
	open   func() (*sql.DB, error) // the database itself
	drop   func() error
}

// newSQLite is a file in the folder.
func newSQLite(_ context.Context, dir string) (*database, error) {
	raw := func() (*sql.DB, error) {
		return sql.Open("sqlite", "file:"+filepath.Join(dir, "raw.db")+
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	}
	open := func() (*sql.DB, error) {
		return sql.Open("sqlite", "file:"+filepath.Join(dir, "load.db")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	}
	return &database{"", "sqlite:" + filepath.Join(dir, "load.db"), raw, open, func() error { return nil }}, nil
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
	raw := func() (*sql.DB, error) { return sql.Open("mysql", config.FormatDSN()) }
	open := func() (*sql.DB, error) {
		c := config.Clone()
		c.InterpolateParams = true
		return sql.Open("mysql", c.FormatDSN())
	}
	return &database{"_mariadb", "mysql:" + config.FormatDSN(), raw, open, drop}, nil
}

// roomy gives the server the memory that one of a city has: with the 128 MB that it
// begins with, every figure over a million people is one of its disk.
func (d *database) roomy(ctx context.Context) error {
	if d.suffix == "" {
		return nil
	}
	db, err := d.raw()
	if err != nil {
		return err
	}
	defer db.Close()
	for _, set := range []string{"innodb_buffer_pool_size = 4294967296", "innodb_log_file_size = 1073741824"} {
		if _, err := db.ExecContext(ctx, "SET GLOBAL "+set); err != nil {
			return fmt.Errorf("the server's memory: %w", err)
		}
	}
	return nil
}
