package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// mixed is a town in which everything that can be the matter with somebody's
// evidence is the matter with somebody's.
func (w *town) mixed(r *rand.Rand) (all []models.Resident) {
	w.t.Helper()
	const people = 24
	for i := range people {
		me, _ := w.registered(w.document())
		all = append(all, me)
		if i == people*3/4 { // those after stay unverified
			w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		}
	}
	laboratory := models.Client{ID: "client", Display: "laboratory"}.Actor()
	some := func() bool { return r.IntN(3) == 0 }
	for i, me := range all {
		if some() {
			w.declare(me, models.Fact{Kind: models.FactSymptom, Code: "fever", Source: fmt.Sprint("declaration:x", i)})
		}
		for n := range r.IntN(3) {
			stay := models.Stay{Place: []string{"420100", "330110"}[r.IntN(2)], From: noon.AddDate(0, 0, -9+n), To: noon.AddDate(0, 0, -7+n)}
			_, err := w.Declare(w.ctx, me, store.Key{Value: fmt.Sprint("travel", i, n), Body: nil},
				models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}, Review: some()})
			must(w.t, err)
		}
		for n := range r.IntN(3) {
			_, err := w.ImportTests(w.ctx, laboratory, "330110", []models.Test{{Document: me.Document, Name: me.Name, Kind: "pcr", Result: "negative",
				Sampled: noon.Add(-time.Duration(n) * time.Hour), Lab: "lab"}})
			must(w.t, err)
		}
		w.clock.Advance(time.Minute)
	}
	w.judge(w.worker(w.near), models.Judgement{Verdict: models.Reject, Words: "no"}) // withdraws
	for _, l := range []models.Listing{{Place: "420000", Level: models.LevelMedium}, {Place: "420100", Level: models.LevelHigh}, {Place: "330100", Level: models.LevelMedium}} {
		l.From, l.To = noon.AddDate(0, 0, -8), noon.AddDate(0, 0, -7+r.IntN(3))
		if l.Place == "420000" {
			must(w.t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: "420000", Name: words("420000"), TimeZone: "Asia/Shanghai"}))
		}
		w.list(l)
	}
	for _, me := range all {
		if some() {
			must(w.t, w.WithdrawConsent(w.ctx, me, models.PurposeRecords))
		} else if some() {
			must(w.t, w.CloseResident(w.ctx, me))
		}
	}
	return all
}

// alter changes some rows of a table, so that they no longer verify.
func (w *town) alter(table, column string) {
	w.t.Helper()
	key := "id"
	if table == "withdrawals" {
		key = "source"
	}
	owner := w.db.Owner(w.t)
	rows, err := owner.QueryContext(w.ctx, "SELECT "+key+" FROM "+table+" ORDER BY "+key)
	must(w.t, err)
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		must(w.t, rows.Scan(&id))
		ids = append(ids, id)
	}
	must(w.t, rows.Err())
	if len(ids) == 0 {
		w.t.Fatalf("the town has no %s", table)
	}
	for i := 0; i < len(ids); i += 4 {
		_, err := owner.ExecContext(w.ctx, "UPDATE "+table+" SET "+column+" = "+column+" + 1 WHERE "+key+" = ?", ids[i])
		must(w.t, err)
	}
}

// Reading a thousand at once is reading each by themselves.
func TestBulkReadsWhatOneByOneReads(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		w.mixed(rand.New(rand.NewPCG(1, 2)))
		for table, column := range map[string]string{"facts": "at", "withdrawals": "at", "stays": "from_at", "tests": "sampled_at", "decisions": "at", "listings": "from_at"} {
			w.alter(table, column)
		}
		many, err := w.KnownMany(w.ctx, true)
		must(t, err)
		alarms := kinds(w.alarmed())
		if len(many) < 10 || len(alarms) != 6 {
			t.Errorf("%d people, alarms %v: the town has too little in it", len(many), alarms)
		}
		sparse, err := w.KnownMany(w.ctx, false)
		must(t, err)
		if diff := cmp.Diff(many, sparse); diff != "" {
			t.Errorf("as a range and by ids (-range +ids):\n%s", diff)
		}
		facts := 0
		for id, got := range many {
			want, err := w.KnownOne(w.ctx, id)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-one +many):\n%s", id, diff)
			}
			facts += len(want.Facts)
		}
		if after := kinds(w.alarmed()); !slices.Equal(after, alarms) || facts < 20 {
			t.Errorf("%d facts; alarms %v, and one by one %v", facts, alarms, after)
		}
	})
}

func kinds(alarms []string) []string {
	slices.Sort(alarms)
	return slices.Compact(alarms)
}

// However many rows there are, and however the statements divide them, all are there or
// none; a row that is there already is a duplicate by either way.
func TestManyRows(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		owner, want := db.Owner(t), 0
		count := func() (n, whole int) {
			must(t, owner.QueryRowContext(w.ctx, "SELECT COUNT(*), COALESCE(SUM(id = subject_id), 0) FROM notices").Scan(&n, &whole))
			return n, whole
		}
		for _, n := range []int{1, 49, 50, 51, 120, 250, 487} {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = fmt.Sprintf("%d-%d", n, i)
			}
			must(t, w.InsertNotices(w.ctx, ids))
			want += n
			before := storetest.Dump(t, db)
			for _, again := range []int{0, n / 2, n - 1} {
				twice := slices.Clone(ids)
				for i := range twice {
					if i != again {
						twice[i] = "x" + twice[i]
					}
				}
				if err := w.InsertNotices(w.ctx, twice); !errors.Is(err, gorm.ErrDuplicatedKey) {
					t.Errorf("row %d of %d is there already: %v", again, n, err)
				}
			}
			if changed := storetest.Changed(before, storetest.Dump(t, db)); len(changed) > 0 {
				t.Errorf("what was refused left %v", changed)
			}
		}
		if got, whole := count(); got != want || whole != want {
			t.Errorf("%d rows, %d of them whole, want %d", got, whole, want)
		}
		if prepared := w.PreparedInserts() > 0; prepared != (db.Dialect != storetest.SQLite) {
			t.Errorf("statements are prepared: %t", prepared)
		}
	})
}
