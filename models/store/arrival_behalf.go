package store

import (
	"context"

	"healthcode/models"
)

// behalf is what a worker declares on behalf of a resident by following up an arrival
// that a guard took down: what was said at the gateway, under the terms of its lever. It
// is nil of everything else.
type behalf struct {
	row  proposalRow
	body proposalBody
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
	a, err := d.store.reader(ctx).arrivalOf("id = ?", row.SubjectID)
	if err != nil || a.Taken == nil {
		return nil, ignore(err, models.NotFound)
	}
	out := &behalf{proposalRow{Lever: string(models.LeverOnBehalf), ResidentID: a.ResidentID},
		proposalBody{Evidence: j.Words, Declaration: &a.Taken.Said}}
	return out, d.store.tryOut(ctx, proposer(d.by), &out.row, &out.body)
}

func (b *behalf) enter(t *txn) error {
	if b == nil {
		return nil
	}
	b.row.ID, b.row.At = t.id(), millis(t.at)
	return t.insertProposal(&b.row, b.body)
}

func (b *behalf) done(ctx context.Context, d Desk) error {
	if b == nil {
		return nil
	}
	return d.store.unlessWorse(ctx, d.by.Actor(), b.row, b.body)
}
