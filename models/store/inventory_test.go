package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"healthcode/models/store/storetest"
)

// Every column of every table stands in the data inventory, and the inventory
// tells of no column that is not there.
func TestDataInventory(t *testing.T) {
	body, err := os.ReadFile("../../docs/data.md")
	must(t, err)
	sections := map[string]string{}
	for _, section := range strings.Split(string(body), "\n## ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		sections[name] = text
	}
	owner := schema.New(t, storetest.SQLite).Owner(t)
	rows, err := owner.Query(`SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`)
	must(t, err)
	defer rows.Close()
	columns := map[string]map[string]bool{}
	for rows.Next() {
		var table, column string
		must(t, rows.Scan(&table, &column))
		if columns[table] == nil {
			columns[table] = map[string]bool{}
		}
		columns[table][column] = true
		if !strings.Contains(sections[table], "`"+column+"`") {
			t.Errorf("docs/data.md does not tell of %s.%s", table, column)
		}
	}
	must(t, rows.Err())
	for table, text := range sections {
		for _, found := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(text, -1) {
			if !columns[table][found[1]] {
				t.Errorf("docs/data.md tells of %s.%s, which is not there", table, found[1])
			}
		}
	}
}
