package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// copyTo makes the application's tables in an empty MySQL database: of the first by
// migrating it, of all others by saying again what came of that, which takes a quarter
// of the time. (A database kept to copy from would outlive the tests on a server that is
// not theirs.)
func (s *Schema) copyTo(t testing.TB, ownerDSN string) {
	t.Helper()
	s.tablesOnce.Do(func() {
		if _, s.tablesErr = s.Migrate(context.Background(), ownerDSN); s.tablesErr == nil {
			s.tables, s.tablesErr = tables(ownerDSN)
		}
	})
	if s.tablesErr != nil {
		t.Fatalf("storetest: %v", s.tablesErr)
	}
	err := onServer(ownerDSN, func(db *sql.DB) error {
		var there int
		err := db.QueryRow("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&there)
		if err == nil && there == 0 && s.tables != "" {
			_, err = db.Exec(s.tables)
		}
		return err
	})
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
}

// onServer does something as the owner of a database, who may say several
// statements at once.
func onServer(ownerDSN string, do func(*sql.DB) error) error {
	config, err := mysql.ParseDSN(strings.TrimPrefix(ownerDSN, "mysql:"))
	if err != nil {
		return err
	}
	config.MultiStatements = true
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	return do(db)
}

// tables are the statements that make all tables of a database, and their rows.
func tables(ownerDSN string) (statements string, err error) {
	var all strings.Builder
	err = onServer(ownerDSN, func(db *sql.DB) error {
		names, err := column(db, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name")
		for _, name := range names {
			if err == nil {
				err = table(db, name, &all)
			}
		}
		return err
	})
	return all.String(), err
}

func table(db *sql.DB, name string, to *strings.Builder) error {
	var create string
	if err := db.QueryRow("SHOW CREATE TABLE "+quote(name)).Scan(&name, &create); err != nil {
		return err
	}
	to.WriteString(create + ";\n")
	columns, err := column(db, "SELECT CONCAT('QUOTE(`', column_name, '`)') FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '"+name+
		"' ORDER BY ordinal_position")
	if err != nil {
		return err
	}
	rows, err := column(db, "SELECT CONCAT_WS(', ', "+strings.Join(columns, ", ")+") FROM "+quote(name))
	for _, row := range rows {
		fmt.Fprintf(to, "INSERT INTO %s VALUES (%s);\n", quote(name), row)
	}
	return err
}

// column is the one column of a query.
func column(db *sql.DB, query string) (values []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}
