package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
)

// figureRow is what was counted of one jurisdiction on one day, as it may be told. The
// exact numbers are kept nowhere: whoever reads the table learns no more than whoever
// reads the page.
type figureRow struct {
	Day          string `gorm:"primaryKey"`
	Jurisdiction string `gorm:"primaryKey"`
	Own          bool   `gorm:"primaryKey"`
	Counts       string // by measure, as JSON
	At           int64
	MAC          []byte `gorm:"column:mac"`
}

func (figureRow) TableName() string { return "figures" }

func (r figureRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %t %d %s", r.Day, r.Jurisdiction, r.Own, r.At, r.Counts)
}

// figureDay is the day of an instant. Everybody's is the same, so that the sums are.
func figureDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Count counts everything there is a figure of, once a day: whoever asks again on the
// same day, or on another replica, finds that it was done. Each kind of row is gone
// through once, where nothing is written.
func (s *Store) Count(ctx context.Context) error {
	var done int64
	now := s.Now()
	if err := s.read.WithContext(ctx).Model(&figureRow{}).Where("day = ?", figureDay(now)).Count(&done).Error; err != nil || done > 0 {
		return err
	}
	own, err := s.reader(ctx).counted(now)
	if err != nil {
		return err
	}
	figures := models.NewFigures(s.law.Load().standing(), own)
	err = s.change(ctx, models.System("figures"), func(t *txn) error {
		var rows []figureRow
		for told, counts := range figures {
			body, err := json.Marshal(counts)
			if err != nil {
				return err
			}
			row := figureRow{Day: figureDay(now), Jurisdiction: told.Place, Own: told.Own, Counts: string(body), At: millis(now)}
			if row.MAC, err = t.vouch(row); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		err := t.insertMany("figures (day, jurisdiction, own, counts, at, mac)", len(rows), func(i int) []any {
			return []any{rows[i].Day, rows[i].Jurisdiction, rows[i].Own, rows[i].Counts, rows[i].At, rows[i].MAC}
		})
		if err != nil {
			return err
		}
		return t.audit("figures.count", "day", figureDay(now), fmt.Sprint(len(figures)))
	})
	return ignore(err, gorm.ErrDuplicatedKey) // somebody else was first
}

// standing is the jurisdictions that there are today, and the one above each.
func (l *law) standing() map[string]string {
	parents := map[string]string{}
	for code, above := range l.files.Parents {
		if l.mergers.Now(code) == code {
			parents[code] = l.mergers.Now(above)
		}
	}
	return parents
}

// The queries of what is counted: where, what, and how many. Colours are those of the
// latest decision on record; whoever has none is grey.
const (
	countResidents = `SELECT r.jurisdiction, COALESCE(d.colour, 'grey'), COUNT(*) FROM residents r
		LEFT JOIN decisions d ON d.resident_id = r.id AND d.sequence = (SELECT MAX(x.sequence) FROM decisions x WHERE x.resident_id = r.id)
		WHERE r.closed_at = 0 AND ? > 0 GROUP BY r.jurisdiction, COALESCE(d.colour, 'grey')`
	countDecided = `SELECT r.jurisdiction, 'decided', COUNT(*) FROM decisions d JOIN residents r ON r.id = d.resident_id
		WHERE d.at > ? GROUP BY r.jurisdiction`
	countReviews = `SELECT c.jurisdiction, CASE WHEN v.created_at > ? THEN 'reviews_new' ELSE 'reviews_old' END AS age, COUNT(*) FROM reviews v
		JOIN communities c ON c.id = v.community_id WHERE v.judged_at = 0 AND v.kind <> 'appeal' GROUP BY c.jurisdiction, age`
	countAppeals = `SELECT c.jurisdiction, CASE WHEN v.due_at > ? THEN 'appeals_due' ELSE 'appeals_late' END AS age, COUNT(*) FROM reviews v
		JOIN communities c ON c.id = v.community_id WHERE v.judged_at = 0 AND v.kind = 'appeal' GROUP BY c.jurisdiction, age`
	countVisits = `SELECT v.jurisdiction, 'visits', COUNT(*) FROM visits x JOIN venues v ON v.id = x.venue_id
		WHERE x.at > ? GROUP BY v.jurisdiction`
)

// counted is what there is in every jurisdiction itself, by what it is today.
func (r reader) counted(now time.Time) (map[string]models.Counts, error) {
	own := map[string]models.Counts{}
	yesterday := millis(now.Add(-day))
	for _, q := range []struct {
		query string
		at    int64
		sum   models.Measure // "" where there is none
	}{
		{countResidents, 1, models.MeasureResidents}, {countDecided, yesterday, ""}, {countReviews, yesterday, models.MeasureReviews},
		{countAppeals, millis(now), models.MeasureAppeals}, {countVisits, yesterday, ""},
	} {
		rows, err := r.db.Raw(q.query, q.at).Rows()
		if err != nil {
			return nil, fmt.Errorf("figures: %w", err)
		}
		for rows.Next() {
			var place, what string
			var people int64
			if err := rows.Scan(&place, &what, &people); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			place = r.Today(place)
			if own[place] == nil {
				own[place] = models.Counts{}
			}
			own[place][models.Measure(what)] += people
			if q.sum != "" {
				own[place][q.sum] += people
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("figures: %w", err)
		}
	}
	return own, nil
}

// Figures is the latest table of a jurisdiction in the observer's place or below it.
func (s *Store) Figures(ctx context.Context, by models.Observer, place string) (models.Table, error) {
	if _, known := s.law.Load().files.Parents[place]; !known || !s.covers(by.Jurisdiction, place) {
		return models.Table{}, models.Refuse(models.ReasonPlaceUnknown)
	}
	return s.reader(ctx).table(place)
}

// NationalFigures is the latest table of the nation, for everybody.
func (s *Store) NationalFigures(ctx context.Context) (models.Table, error) {
	return s.reader(ctx).table(models.Nation)
}

// table is what was counted last of a jurisdiction and of those right below it. Where
// there is no nation, it is above all that has nothing above it.
func (r reader) table(place string) (models.Table, error) {
	out := models.Table{Place: place}
	var latest string
	if err := r.db.Model(&figureRow{}).Select("COALESCE(MAX(day), '')").Where("day <= ?", figureDay(r.Now())).Scan(&latest).Error; err != nil || latest == "" {
		return out, err
	}
	parents := r.law.Load().standing()
	shown := []string{place}
	for code, above := range parents {
		if _, here := parents[place]; above == place && code != place || !here && place == models.Nation && above == "" {
			shown = append(shown, code)
		}
	}
	slices.Sort(shown[1:])
	var rows []figureRow
	if err := r.db.Where("day = ? AND jurisdiction IN ?", latest, shown).Find(&rows).Error; err != nil {
		return out, fmt.Errorf("figures: %w", err)
	}
	for i, code := range shown {
		for _, own := range []bool{false, true} {
			j := slices.IndexFunc(rows, func(row figureRow) bool { return row.Jurisdiction == code && row.Own == own })
			if j < 0 || own && i > 0 || !r.vouched(rows[j], rows[j].Day+" "+code, rows[j].MAC) {
				continue
			}
			line := models.TableRow{FigureRow: models.FigureRow{Place: code, Own: own}}
			if err := json.Unmarshal([]byte(rows[j].Counts), &line.Counts); err != nil {
				return out, fmt.Errorf("figures: %w", err)
			}
			out.Rows, out.At = append(out.Rows, line), instant(rows[j].At)
		}
	}
	return out, nil
}
