package storetest

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Dump reads every row of every table. A row is its columns in the table's
// order, "name=value" with the value's raw bytes or NULL, and the rows of a
// table are sorted. All of it is one moment of the database.
func Dump(t testing.TB, db DB) map[string][]string {
	t.Helper()
	tx, err := db.Owner(t).BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatalf("storetest: dump: %v", err)
	}
	defer tx.Rollback()
	d := dumper{t, tx, "BINARY"}
	names := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
	if db.Dialect == SQLite {
		d.bytes = "BLOB"
		names = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	}
	tables := map[string][]string{}
	_, found := d.read(names)
	for _, name := range found {
		tables[string(name[0])] = d.table(string(name[0]))
	}
	return tables
}

// Changed names the tables that differ between two dumps, sorted.
func Changed(before, after map[string][]string) []string {
	both := maps.Clone(before)
	maps.Copy(both, after)
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(both)) {
		old, was := before[name]
		rows, is := after[name]
		if was != is || !slices.Equal(old, rows) {
			changed = append(changed, name)
		}
	}
	return changed
}

type dumper struct {
	t     testing.TB
	tx    *sql.Tx
	bytes string // the dialect's type of raw bytes
}

// table is the rows of one table. The cast keeps a driver from reading a value
// into a time or a number and writing it in its own way.
func (d dumper) table(name string) []string {
	d.t.Helper()
	columns, _ := d.read("SELECT * FROM " + quote(name) + " WHERE 1 = 0")
	casts := make([]string, len(columns))
	for i, column := range columns {
		casts[i] = "CAST(" + quote(column) + " AS " + d.bytes + ") AS " + quote(column)
	}
	_, found := d.read("SELECT " + strings.Join(casts, ", ") + " FROM " + quote(name))
	rows := make([]string, len(found))
	for i, values := range found {
		row := make([]string, len(columns))
		for j, column := range columns {
			row[j] = column + "=NULL"
			if values[j] != nil {
				row[j] = column + "=" + string(values[j])
			}
		}
		rows[i] = strings.Join(row, ", ")
	}
	slices.Sort(rows)
	return rows
}

// read is the columns and rows of a query; a nil value is NULL.
func (d dumper) read(query string) (columns []string, found [][][]byte) {
	d.t.Helper()
	rows, err := d.tx.QueryContext(context.Background(), query)
	if err != nil {
		d.t.Fatalf("storetest: dump: %v", err)
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		d.t.Fatalf("storetest: dump: %v", err)
	}
	for rows.Next() {
		values := make([][]byte, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			d.t.Fatalf("storetest: dump: %v", err)
		}
		found = append(found, values)
	}
	if err := rows.Err(); err != nil {
		d.t.Fatalf("storetest: dump: %v", err)
	}
	return columns, found
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
