package store_test

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

func (w *town) observer(place string) models.Observer {
	w.t.Helper()
	by, err := w.Observer(w.ctx, w.hire(models.Staff{Role: models.RoleAuditor, Jurisdiction: place}))
	must(w.t, err)
	return by
}

// line is what is told of one row.
func line(table models.Table, place string, own bool) models.Counts {
	for _, row := range table.Rows {
		if row.Place == place && row.Own == own {
			return row.Counts
		}
	}
	return nil
}

// TestFigures: what is counted is what there is, once a day, by the account that sweeps;
// small numbers are kept nowhere, and nothing that is kept is about anybody.
func TestFigures(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		must(t, w.Refresh(w.ctx)) // there are places now
		c := w.depositors(14)
		for _, me := range c.people[:12] {
			_, err := w.Door(w.ctx, me, w.ulid(), w.venue.Poster)
			must(t, err)
		}
		for _, me := range c.people[:11] {
			w.declare(me, symptom) // yellow, and a review each
		}
		must(t, w.CloseResident(w.ctx, c.people[13]))
		w.registered(w.document())
		by := w.observer("330100")
		if table, err := w.Figures(w.ctx, by, "330110"); err != nil || len(table.Rows) > 0 || !table.At.IsZero() {
			t.Errorf("before anything was counted: %+v, %v", table, err)
		}
		sweeper := w.sweeper()
		_, err := sweeper.Sweep(w.ctx)
		must(t, err)
		table, err := w.Figures(w.ctx, by, "330110")
		must(t, err)
		got := line(table, "330110", false)
		for m, want := range map[models.Measure]int64{models.MeasureResidents: 14, models.MeasureVisits: 12, models.MeasureYellow: 11, models.MeasureReviews: 12,
			models.MeasureReviewsNew: 12, models.MeasureReviewsOld: models.CountSmall, models.MeasureAppeals: models.CountSmall} {
			if got[m] != want && got[m] != models.CountWithheld {
				t.Errorf("%s: %d, want %d", m, got[m], want)
			}
		}
		if got[models.MeasureResidents] != 14 || got[models.MeasureVisits] != 12 || got[models.MeasureRed] >= 0 || got[models.MeasureGreen] >= 0 {
			t.Errorf("%v", got)
		}
		above, err := w.Figures(w.ctx, by, "330100")
		must(t, err)
		if len(above.Rows) != 2 || line(above, "330100", false)[models.MeasureResidents] != 14 || above.At != table.At {
			t.Errorf("%+v", above)
		}
		for _, row := range storetest.Dump(t, db)["figures"] {
			for _, me := range c.people {
				if strings.Contains(row, me.ID) || strings.Contains(row, me.Name.Reveal()) {
					t.Fatal("a figure is about somebody")
				}
			}
			if strings.Contains(row, `":3,`) || strings.Contains(row, `":3}`) || strings.Contains(row, `":0`) {
				t.Errorf("a small number is kept: %s", row)
			}
		}
		w.clock.Advance(time.Hour)
		w.changesNothing(func() { must(t, sweeper.Count(w.ctx)); must(t, w.Count(w.ctx)) })
		w.clock.Advance(day)
		must(t, sweeper.Count(w.ctx))
		later, err := w.Figures(w.ctx, by, "330110")
		must(t, err)
		if got := line(later, "330110", false); !later.At.After(table.At) || got[models.MeasureVisits] >= 0 || got[models.MeasureReviewsOld] == models.CountSmall {
			t.Errorf("the day after: %v at %v", got, later.At)
		}

		for _, c := range []struct{ works, asks string }{{"330110", "330100"}, {"330100", "420100"}, {"330100", "330000"}, {"330100", "330199"}, {"330100", "none"}} {
			_, err := w.Figures(w.ctx, models.Observer{Staff: models.Staff{Jurisdiction: c.works}}, c.asks)
			refused(t, err, models.ReasonPlaceUnknown)
		}
		nation, err := w.NationalFigures(w.ctx) // there are provinces alone, and nobody in one of them
		must(t, err)
		if len(nation.Rows) != 1 || line(nation, "330000", false)[models.MeasureResidents] != 14 {
			t.Errorf("the nation: %+v", nation)
		}
		w.forge(forgery{sql: `UPDATE figures SET counts = '{"residents":9999}'`, mysql: true})
		w.forge(forgery{sql: `INSERT INTO figures (day, jurisdiction, own, counts, at, mac) VALUES ('2022-03-20', '330110', 0, '{"residents":9999}', 1, ?)`, args: []any{[]byte("forged")}})
		w.clock.Advance(7 * day)
		if table, err = w.Figures(w.ctx, by, "330110"); err != nil || line(table, "330110", false)[models.MeasureResidents] == 9999 {
			t.Errorf("forged: %+v, %v", table, err)
		}
		w.warned("mac_figures")
	})
}

const day = 24 * time.Hour

// TestFiguresAfterMerger: what became part of another is counted there.
func TestFiguresAfterMerger(t *testing.T) {
	d := newTown(t, schema.New(t, storetest.SQLite)).districts()
	for range 12 {
		d.newcomer(d.river)
		d.newcomer(d.near)
	}
	by := d.observer("330100")
	must(t, d.Count(d.ctx))
	before, err := d.Figures(d.ctx, by, "330100")
	must(t, err)
	d.unite("330100", models.Merger{From: "330105", Into: "330110"})
	d.clock.Advance(day)
	must(t, d.Count(d.ctx))
	after, err := d.Figures(d.ctx, by, "330100")
	must(t, err)
	if line(before, "330105", false)[models.MeasureResidents] != 12 || line(after, "330105", false) != nil || line(after, "330110", false)[models.MeasureResidents] != 24 ||
		line(after, "330100", false)[models.MeasureResidents] != line(before, "330100", false)[models.MeasureResidents] {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if _, err := d.Figures(d.ctx, by, "330105"); err != nil {
		t.Error(err)
	}
}

// TestObserver: only those whose work it is read figures.
func TestObserver(t *testing.T) {
	w := newTown(t, schema.New(t, storetest.SQLite))
	for _, role := range models.Roles() {
		_, err := w.Observer(w.ctx, w.hire(models.Staff{Role: role, VenueID: w.venue.ID, Communities: []string{w.near}}))
		if role.Observes() {
			must(t, err)
		} else {
			refused(t, err, models.ReasonForbidden)
		}
	}
}
