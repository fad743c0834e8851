package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
)

const day = 24 * time.Hour

// retention is how long each table keeps its rows, by the column that tells their
// age. docs/data.md says why. What is not here is kept while its resident is.
var retention = []struct {
	table, column string
	life          time.Duration
	more          string // a further condition
}{
	{"visits", "at", 31 * day, ""},
	{"peer_visits", "at", 31 * day, ""},
	{"peer_answers", "at", day, ""},
	{"peer_keys", "at", 8 * day, ""}, // none is good for longer than seven
	{"tickets", "expires_at", day, ""},
	{"name_checks", "expires_at", 30 * day, ""},
	{"links", "expires_at", day, ""},
	{"invitations", "expires_at", 30 * day, ""},
	{"requests", "at", 7 * day, ""},
	{"outbox", "at", 30 * day, ""},
	{"notices", "at", 90 * day, ""},
	{"grants", "expires_at", 31 * day, ""},
	{"sessions", "expires_at", 30 * day, ""},
	{"declarations", "at", 90 * day, ""},
	{"arrivals", "at", 90 * day, ""},
	{"arrival_queue", "at", 90 * day, ""},
	{"arrival_outcomes", "at", 90 * day, ""},
	{"judgements", "at", 90 * day, "review_id IN (SELECT id FROM reviews WHERE resident_id = '' AND created_at < ?)"}, // of guests
	{"reviews", "created_at", 90 * day, "resident_id = '' AND NOT EXISTS (SELECT 1 FROM judgements WHERE judgements.review_id = reviews.id) AND ? > 0"},
	{"prints", "at", 30*day + models.PrintLife, ""}, // so that a guard is told that its time is over
	{"print_ends", "at", 30*day + models.PrintLife, ""},
	{"appeals", "at", 90 * day, answered("appeals.id")},
	{"photos", "at", 90 * day, answered("photos.appeal_id")},
	{"photos", "at", day, "(appeal_id = '' OR LENGTH(image_sealed) = 0) AND ? > 0"}, // which no appeal took
	{"stays", "to_at", 90 * day, ""},
	{"facts", "at", 90 * day, "until_at = 0 OR until_at < ?"},
	{"decisions", "at", 365 * day, superseded},
	{"held_tests", "sampled_at", 365 * day, ""},
	{"proposals", "at", 365 * day, "judged_at > 0 AND ? > 0"},
	{"reddenings", "at", 3 * 365 * day, ""},
	{"alarms", "at", 3 * 365 * day, ""},
	{"accesses", "at", 3 * 365 * day, ""},
	{"jobs", "ended_at", 90 * day, "ended_at > 0 AND kind <> 'redecide' AND ? > 0"},
	{"figures", "at", 400 * day, ""}, // a year, and some days to see it beside the one before
	{"audit", "at", 3 * 365 * day, ""},
}

// superseded spares the latest decision of everybody.
const superseded = `EXISTS (SELECT 1 FROM (SELECT resident_id AS r, MAX(sequence) AS s FROM decisions GROUP BY resident_id) latest
	WHERE latest.r = decisions.resident_id AND latest.s > decisions.sequence) OR ? < 0`

// answered spares what belongs to an appeal that nobody has answered yet.
func answered(appeal string) string {
	return "NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.subject_id = " + appeal + " AND reviews.kind = 'appeal' AND reviews.judged_at = 0) AND ? > 0"
}

// closedLife is how long what is left of a closed resident stays, blanked, so
// that a mistake can still be traced.
const closedLife = 30 * day

// Swept is what a sweep did.
type Swept struct {
	Rows    map[string]int64 // deleted, by table
	Decided int              // residents about whom time had brought a new decision
}

// Sweep deletes what has been kept long enough, removes what closed residents
// left, writes down the decisions that time has brought, and counts once a day. Each table is its
// own transaction, and one that fails does not keep the others from being swept.
func (s *Store) Sweep(ctx context.Context) (Swept, error) {
	out := Swept{Rows: map[string]int64{}}
	var errs []error
	by := models.System("sweep")
	for _, r := range retention {
		err := s.change(ctx, by, func(t *txn) error {
			before := millis(t.at.Add(-r.life))
			query := t.db.Table(r.table).Where(r.column+" < ?", before)
			if r.more != "" {
				query = query.Where(r.more, before)
			}
			return t.swept(&out, r.table, query.Delete(nil))
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("sweep %s: %w", r.table, err))
		}
	}
	errs = append(errs, s.sweepFeeds(ctx, by, &out), s.sweepClosed(ctx, by, &out))
	var err error
	out.Decided, err = s.DecideDue(ctx)
	return out, errors.Join(append(errs, err, s.Count(ctx))...)
}

func (t *txn) swept(out *Swept, table string, done *gorm.DB) error {
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	out.Rows[table] += done.RowsAffected
	return t.audit("sweep", "table", table, fmt.Sprint(done.RowsAffected))
}

// closed is some of those who closed their code before that instant. Whoever is only
// said to have is left alone.
func (s *Store) closed(ctx context.Context, before int64) (ids []string, err error) {
	var rows []residentRow
	r := s.reader(ctx)
	if err := r.db.Where("closed_at > 0 AND closed_at < ?", before).Limit(1000).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row, err = r.settled(row); err != nil {
			return nil, err
		}
		if row.ClosedAt != 0 && row.ClosedAt < before {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

// sweepClosed removes residents who closed their code, and all that was theirs.
func (s *Store) sweepClosed(ctx context.Context, by models.Actor, out *Swept) error {
	ids, err := s.closed(ctx, millis(s.Now().Add(-closedLife)))
	if err != nil || len(ids) == 0 {
		return err
	}
	return s.change(ctx, by, func(t *txn) error {
		notices := t.db.Table("notices").Select("id").Where("resident_id IN ?", ids)
		if err := t.swept(out, "outbox", t.db.Table("outbox").Where("notice_id IN (?)", notices).Delete(nil)); err != nil {
			return err
		}
		for _, table := range []string{"declarations", "stays", "facts", "withdrawals", "decisions", "moves", "consents",
			"corrections", "appeals", "photos", "grants", "visits", "accesses", "notices", "proposals", "feed_tokens", "arrivals"} {
			if err := t.swept(out, table, t.db.Table(table).Where("resident_id IN ?", ids).Delete(nil)); err != nil {
				return err
			}
		}
		prints := t.db.Table("prints").Select("id").Where("resident_id IN ?", ids)
		if err := t.swept(out, "print_ends", t.db.Table("print_ends").Where("print_id IN (?)", prints).Delete(nil)); err != nil {
			return err
		}
		if err := t.swept(out, "prints", t.db.Table("prints").Where("resident_id IN ?", ids).Delete(nil)); err != nil {
			return err
		}
		turns := t.db.Table("arrival_queue").Select("id").Where("resident_id IN ?", ids)
		if err := t.swept(out, "arrival_outcomes", t.db.Table("arrival_outcomes").Where("entry_id IN (?)", turns).Delete(nil)); err != nil {
			return err
		}
		if err := t.swept(out, "arrival_queue", t.db.Table("arrival_queue").Where("resident_id IN ?", ids).Delete(nil)); err != nil {
			return err
		}
		reviews := t.db.Table("reviews").Select("id").Where("resident_id IN ?", ids)
		if err := t.swept(out, "judgements", t.db.Table("judgements").Where("review_id IN (?)", reviews).Delete(nil)); err != nil {
			return err
		}
		if err := t.swept(out, "reviews", t.db.Table("reviews").Where("resident_id IN ?", ids).Delete(nil)); err != nil {
			return err
		}
		return t.swept(out, "residents", t.db.Table("residents").Where("id IN ?", ids).Delete(nil))
	})
}
