package store

import (
	"context"
	"fmt"

	"healthcode/models"
)

// Expose proposes that whoever was at a venue with a case counts as exposed. Nobody
// who was not on record there can be: whom it is about is what the visits say.
func (s *Store) Expose(ctx context.Context, by models.Epidemiologist, e models.Exposure, evidence string) (models.Proposal, error) {
	if _, err := s.VenueWithin(ctx, by.Jurisdiction, e.VenueID); err != nil {
		return models.Proposal{}, err
	}
	if err := e.Check(s.Now()); err != nil {
		return models.Proposal{}, err
	}
	met, err := s.reader(ctx).met(e)
	if err != nil {
		return models.Proposal{}, err
	}
	if len(met) == 0 {
		return models.Proposal{}, models.Refuse(models.ReasonExposureNobody)
	}
	return s.propose(ctx, proposer(by.Staff), proposalRow{Lever: string(models.LeverExposure)}, proposalBody{Evidence: evidence, Exposure: &e})
}

// meeting is the best witnessed visit of one resident beside a case.
type meeting struct {
	at    int64
	grade models.Grade
}

// met is who was at the venue meanwhile, and how well that is witnessed.
func (r reader) met(e models.Exposure) (map[string]meeting, error) {
	var rows []visitRow
	err := r.db.Where("venue_id = ? AND at >= ? AND at <= ? AND resident_id <> ''", e.VenueID, millis(e.From), millis(e.To)).Order("at, id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("visits: %w", err)
	}
	met := map[string]meeting{}
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		this := meeting{row.At, models.Grade(row.Grade)}
		if before, twice := met[row.ResidentID]; !twice || this.grade.Better(before.grade) {
			met[row.ResidentID] = this
		}
	}
	return met, nil
}

func exposurePlan(row proposalRow, e models.Exposure) plan {
	var met map[string]meeting
	look := func(t *txn) (err error) {
		if met == nil {
			met, err = t.reader().met(e)
		}
		return err
	}
	return plan{
		where: "id IN (SELECT resident_id FROM visits WHERE venue_id = ? AND at >= ? AND at <= ?)",
		args:  []any{e.VenueID, millis(e.From), millis(e.To)},
		add: func(t *txn, p *person) error {
			if err := look(t); err != nil {
				return err
			}
			m, there := met[p.row.ID]
			if !there {
				return nil
			}
			return p.learn(t, e.Fact(row.ID, instant(m.at), m.grade))
		},
		keep: func(t *txn) error {
			met = nil // as it is in this transaction
			if err := look(t); err != nil {
				return err
			}
			return t.keepExposures(row.ID, e, met)
		}}
}

// keepExposures adds the fact about everybody who was there, in as few statements as
// there can be.
func (t *txn) keepExposures(proposal string, e models.Exposure, met map[string]meeting) error {
	rows := make([]factRow, 0, len(met))
	for resident, m := range met {
		row, err := t.factRow(resident, e.Fact(proposal, instant(m.at), m.grade))
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return t.insertMany("facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)", len(rows), func(i int) []any {
		r := &rows[i]
		return []any{r.ID, r.ResidentID, r.Kind, r.Code, r.Level, r.Result, r.At, r.UntilAt, r.Source, r.CreatedAt, r.MAC}
	})
}
