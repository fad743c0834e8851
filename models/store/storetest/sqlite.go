package storetest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// newFile makes an SQLite file with the tables and is its path. To migrate takes
// half a second under the race detector, so that is done once and then copied.
func (s *Schema) newFile(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	s.once.Do(func() { s.template, s.err = s.migrated(t.Context(), filepath.Join(dir, "template.db")) })
	if s.err != nil {
		t.Fatalf("storetest: %v", s.err)
	}
	path := filepath.Join(dir, "test.db")
	if err := os.WriteFile(path, s.template, 0o600); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return path
}

// migrated is the bytes of a migrated file, all that waited in its log included.
func (s *Schema) migrated(ctx context.Context, path string) ([]byte, error) {
	if _, err := s.Migrate(ctx, "sqlite:"+path); err != nil {
		return nil, err
	}
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func openFile(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
}
