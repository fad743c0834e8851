package store_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew; read them before committing")

func TestMigrateTwiceIsNothing(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		before := storetest.Dump(t, db)
		done, err := store.Migrate(t.Context(), db.OwnerDSN)
		must(t, err)
		if len(done) != 0 {
			t.Errorf("ran %v a second time", done)
		}
		if changed := storetest.Changed(before, storetest.Dump(t, db)); len(changed) > 0 {
			t.Errorf("changed %v", changed)
		}
	})
}

func TestMigrateOnSeveralMachinesAtOnce(t *testing.T) {
	bare := storetest.Schema{Migrate: func(context.Context, string) ([]string, error) { return nil, nil }}
	bare.Each(t, func(t *testing.T, db storetest.DB) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := store.Migrate(t.Context(), db.OwnerDSN); err != nil {
					t.Errorf("migrate: %v", err)
				}
			})
		}
		wait.Wait()
	})
}

func TestServeRefusesASchemaItDoesNotKnow(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		_, err := db.Owner(t).Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
		must(t, err)
		_, err = store.Open(t.Context(), store.Options{DSN: db.DSN})
		if err == nil || !strings.Contains(err.Error(), "version 999") {
			t.Errorf("got %v, want a refusal that names the version", err)
		}
	})
}

// A file that has run somewhere is never changed: what follows is another file.
func TestMigrationsAreFrozen(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	slices.Sort(files)
	var got strings.Builder
	for i, file := range files {
		if want := fmt.Sprintf("migrations/%04d_", i+1); !strings.HasPrefix(file, want) {
			t.Errorf("%s: want the number %04d", file, i+1)
		}
		body, err := os.ReadFile(file)
		must(t, err)
		fmt.Fprintf(&got, "%x  %s\n", sha256.Sum256(body), filepath.Base(file))
	}
	const golden = "testdata/migrations.golden"
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(golden, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if got.String() != string(want) {
		t.Errorf("the migrations are not those of %s:\n%s", golden, got.String())
	}
}
