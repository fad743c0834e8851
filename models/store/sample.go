package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"healthcode/models"
)

// samplesShown is how many residents an officer may look at of one draft.
const samplesShown = 20

// Sampled is a resident whose colour a draft would make worse.
type Sampled struct {
	Resident models.Resident
	From, To models.Colour
}

// Samples are some of those whom a draft would put worse, the worst first. Each of
// them will see that the officer looked. Whoever has moved out of the office, or
// has closed their account since, is left out.
func (o Office) Samples(ctx context.Context, draftID string) ([]Sampled, error) {
	d, err := o.DraftOf(ctx, draftID)
	if err != nil {
		return nil, err
	}
	job, err := o.store.JobOf(ctx, models.JobDryRun, d.ID)
	if errors.Is(err, models.NotFound) || err == nil && !job.Done() {
		return nil, models.Refuse(models.ReasonDraftUntried)
	}
	if err != nil {
		return nil, err
	}
	var list []Sampled
	err = o.store.change(ctx, o.by.Actor(), func(t *txn) error {
		list = nil // of an earlier try
		for _, sample := range worst(job.DryRun.Samples) {
			for _, id := range sample.Residents {
				if len(list) == samplesShown {
					break
				}
				seen, err := t.sampled(o, id)
				if err != nil {
					return err
				}
				if seen.ID != "" {
					list = append(list, Sampled{seen, sample.From, sample.To})
				}
			}
		}
		return t.audit("draft.samples", "draft", d.ID, "")
	})
	return list, err
}

// worst sorts the samples so that those who would turn worst come first.
func worst(samples []models.Sample) []models.Sample {
	return slices.SortedStableFunc(slices.Values(samples), func(a, b models.Sample) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(a.From, b.From))
	})
}

// sampled reads one resident and writes down that somebody looked. It is nobody if
// the resident is no longer the office's to see.
func (t *txn) sampled(o Office, id string) (models.Resident, error) {
	var row residentRow
	err := found(t.db.Where("id = ?", id).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && (row.ClosedAt != 0 || !t.covers(o.by.Jurisdiction, row.Jurisdiction)) {
		return models.Resident{}, nil
	}
	if err != nil {
		return models.Resident{}, err
	}
	person, err := t.unsealResident(row)
	if err != nil {
		return person, err
	}
	return person, t.access(id, models.AccessDryRun)
}
