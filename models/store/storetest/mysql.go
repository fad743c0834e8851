package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// newDatabase makes an empty database under a random name and is its owner's DSN.
func newDatabase(t testing.TB) string {
	t.Helper()
	config, admin := administrator(t)
	name := randomName()
	run(t, admin, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	t.Cleanup(func() { run(t, admin, "DROP DATABASE "+name) })
	config.DBName = name
	return dsn(config)
}

// newAccount makes an account under a random name and password and is its DSN.
func newAccount(t testing.TB, ownerDSN string, grants func(database, user string) []string) string {
	t.Helper()
	config, admin := administrator(t)
	owner, err := mysql.ParseDSN(strings.TrimPrefix(ownerDSN, "mysql:"))
	if err != nil {
		t.Fatal("storetest: the owner's DSN cannot be read")
	}
	config.DBName, config.User, config.Passwd = owner.DBName, randomName(), rand.Text()
	user := "'" + config.User + "'@'%'"
	run(t, admin, "CREATE USER "+user+" IDENTIFIED BY '"+config.Passwd+"'")
	t.Cleanup(func() { run(t, admin, "DROP USER "+user) })
	if grants == nil {
		grants = func(database, user string) []string {
			return []string{"GRANT ALL ON " + database + ".* TO " + user}
		}
	}
	for _, grant := range grants(config.DBName, user) {
		run(t, admin, grant)
	}
	return dsn(config)
}

// administrator is the server's own account: a copy of its configuration, and a
// pool that all tests share. It skips the test where there is no server.
func administrator(t testing.TB) (*mysql.Config, *sql.DB) {
	t.Helper()
	if testing.Short() {
		t.Skip("MySQL is left out with -short")
	}
	s, err := theServer()
	if errors.Is(err, errNoServer) && !required() {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.config.Clone(), s.admin
}

// connect completes the configuration of the server's own account and opens it.
func connect(config *mysql.Config) (*sql.DB, error) {
	config.ParseTime = true
	config.ClientFoundRows = true
	config.InterpolateParams = true
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	own := config.Clone()
	own.Params["lock_wait_timeout"] = "30" // seconds; a test that left a transaction open fails, not hangs
	connector, err := mysql.NewConnector(own)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(4)
	return pool, nil
}

func dsn(config *mysql.Config) string { return "mysql:" + config.FormatDSN() }

// randomName is safe to write into a statement and within the 32 characters that
// MySQL allows an account.
func randomName() string { return "hc_" + strings.ToLower(rand.Text()[:20]) }

// run outlives the test's own context, which is over when a cleanup runs.
func run(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		verb, _, _ := strings.Cut(statement, " IDENTIFIED ") // never the password
		t.Errorf("storetest: %s: %v", verb, err)
	}
}
