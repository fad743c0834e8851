package store

import (
	"context"
	"errors"

	"healthcode/models"
)

// behalf is what a worker declares on behalf of a resident by following up an arrival
// that a guard took down: what was said at the gateway, under the terms of its lever. It
// is nil of everything else.
type behalf struct {
	row     proposalRow
	body    proposalBody
	entered bool
}

// behalf tries out what would follow from the judgement.
func (d Desk) behalf(ctx context.Context, id string, j models.Judgement) (*behalf, error) {
	var row reviewRow
	if err := d.one(ctx, id, &row); err != nil {
		return nil, err
	}
	if row.Kind != string(models.ReviewArrival) || row.ResidentID == "" || j.Verdict != models.Approve || j.Words == "" || row.JudgedAt != 0 {
		return nil, nil
	}
	r := d.store.reader(ctx)
	a, err := r.arrivalOf("id = ?", row.SubjectID)
	if err != nil || a.Taken == nil {
		return nil, ignore(err, models.NotFound)
	}
	if before, err := r.followedUp(a.ID); before || err != nil {
		return nil, err
	}
	out := &behalf{row: proposalRow{ID: a.ID, Lever: string(models.LeverOnBehalf), ResidentID: a.ResidentID},
		body: proposalBody{Evidence: j.Words, Declaration: &a.Taken.Said}}
	err = d.store.tryOut(ctx, proposer(d.by), &out.row, &out.body)
	var wrong *models.Problem
	if errors.As(err, &wrong) && wrong.Field == "evidence" {
		err = wrong.On("words")
	}
	return out, err
}

// followedUp reports whether the arrival is declared on behalf of whoever arrives, or was
// proposed and refused: once for each, however often it is handed over. The proposal has
// the arrival's id. One that nobody here made keeps it from being declared, and raises
// the alarm.
func (r reader) followedUp(arrivalID string) (bool, error) {
	var row proposalRow
	err := found(r.db.Where("id = ?", arrivalID).Take(&row).Error)
	if err != nil {
		return false, ignore(err, models.NotFound)
	}
	r.vouched(row, row.ID, row.MAC)
	return true, nil
}

func (b *behalf) enter(t *txn) error {
	if b == nil {
		return nil
	}
	before, err := t.reader().followedUp(b.row.ID) // since it was tried out, by a colleague
	if b.entered = err == nil && !before; !b.entered {
		return err
	}
	b.row.At = millis(t.at)
	return raced(t.insertProposal(&b.row, b.body))
}

func (b *behalf) done(ctx context.Context, d Desk) error {
	if b == nil || !b.entered {
		return nil
	}
	return d.store.unlessWorse(ctx, d.by.Actor(), b.row, b.body)
}
