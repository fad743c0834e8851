package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"healthcode/models"
)

// Desk is the part of the reviews that one worker may see: those of their own
// communities. Every look and every judgement goes through it.
type Desk struct {
	store *Store
	by    models.Worker
}

// For opens the worker's desk.
func (s *Store) For(by models.Worker) Desk { return Desk{s, by} }

// own narrows a query to the worker's communities. Without any, nothing is seen.
func (d Desk) own(db *gorm.DB) *gorm.DB {
	return db.Where("community_id IN ?", append([]string{""}, d.by.Communities...))
}

// Queue lists what waits at the desk, the most urgent first: after is the id of
// the last item of the page before, "" for the first page.
func (d Desk) Queue(ctx context.Context, after string) ([]models.Review, error) {
	query := d.own(d.store.read.WithContext(ctx)).Where("judged_at = 0").Order("due_at, id").Limit(reviewsShown)
	if after != "" {
		var last reviewRow
		if err := d.one(ctx, after, &last); err != nil {
			return nil, err
		}
		query = query.Where("due_at > ? OR due_at = ? AND id > ?", last.DueAt, last.DueAt, last.ID)
	}
	var rows []reviewRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	list := make([]models.Review, len(rows))
	for i, row := range rows {
		list[i] = row.review()
	}
	return list, nil
}

// one reads a review of the desk; one of another community is as if it were not.
func (d Desk) one(ctx context.Context, id string, row *reviewRow) error {
	err := d.own(d.store.read.WithContext(ctx)).Where("id = ?", id).Take(row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Refuse(models.ReasonReviewUnknown)
	}
	return err
}

// lockReview reads a review of the desk for changing it.
func (t *txn) lockReview(d Desk, id string, row *reviewRow) error {
	err := t.lock(row, "id = ? AND community_id IN ?", id, append([]string{""}, d.by.Communities...))
	if errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonReviewUnknown)
	}
	if err == nil && models.ReviewState(row.State).Done() {
		return models.Refuse(models.ReasonReviewClosed)
	}
	return err
}

// Claim takes a review onto the desk, so that no colleague does it as well.
func (d Desk) Claim(ctx context.Context, id string) error {
	return d.store.change(ctx, d.by.Actor(), func(t *txn) error {
		var row reviewRow
		if err := t.lockReview(d, id, &row); err != nil {
			return err
		}
		if row.ClaimedBy == d.by.ID {
			return nil
		}
		if row.ClaimedBy != "" {
			return models.Refuse(models.ReasonReviewTaken)
		}
		if err := t.notOwn(d, row); err != nil {
			return err
		}
		err := t.db.Model(&row).Where("id = ?", id).Updates(map[string]any{"state": string(models.ReviewClaimed),
			"claimed_by": d.by.ID, "claimed_at": millis(t.at)}).Error
		if err != nil {
			return err
		}
		return t.audit("review.claim", "review", id, "")
	})
}

// Release puts a claimed review back into the queue.
func (d Desk) Release(ctx context.Context, id string) error {
	return d.store.change(ctx, d.by.Actor(), func(t *txn) error {
		var row reviewRow
		if err := t.lockReview(d, id, &row); err != nil {
			return err
		}
		if row.ClaimedBy != d.by.ID {
			return models.Refuse(models.ReasonReviewUnheld)
		}
		err := t.db.Model(&row).Where("id = ?", id).Updates(map[string]any{"state": string(models.ReviewOpen),
			"claimed_by": "", "claimed_at": 0}).Error
		if err != nil {
			return err
		}
		return t.audit("review.release", "review", id, "")
	})
}

// notOwn refuses a worker whose own case it is: the document that they gave when
// they joined is the one that the case is about.
func (t *txn) notOwn(d Desk, row reviewRow) error {
	var staff staffRow
	if err := found(t.db.Where("id = ?", d.by.ID).Take(&staff).Error); err != nil {
		return err
	}
	var person residentRow
	if err := found(t.db.Where("id = ?", row.ResidentID).Take(&person).Error); err != nil {
		return err
	}
	own, err := t.unsealDocument("staff", staff.ID, staff.DocumentType, staff.NumberSealed)
	if err != nil {
		return err
	}
	theirs, err := t.unsealDocument("residents", person.ID, person.DocumentType, person.NumberSealed)
	if err != nil {
		return err
	}
	if own == theirs {
		return models.Refuse(models.ReasonReviewOwn)
	}
	return nil
}

// Case is what a worker sees of a review: the person, and what they said.
type Case struct {
	models.Review
	Resident    models.Resident
	Standing    models.Standing
	Declaration models.Declaration // of a declaration
	Correction  Correction         // of a correction
}

// Case opens a review. The resident will see that the worker looked.
func (d Desk) Case(ctx context.Context, id string) (Case, error) {
	var out Case
	err := d.store.change(ctx, d.by.Actor(), func(t *txn) error {
		var row reviewRow
		if err := d.one(ctx, id, &row); err != nil {
			return err
		}
		if err := t.notOwn(d, row); err != nil {
			return err
		}
		if err := t.access(row.ResidentID, models.AccessReview); err != nil {
			return err
		}
		var err error
		out, err = t.openCase(row)
		return err
	})
	return out, err
}

func (t *txn) openCase(row reviewRow) (Case, error) {
	out := Case{Review: row.review()}
	var person residentRow
	if err := found(t.db.Where("id = ?", row.ResidentID).Take(&person).Error); err != nil {
		return out, err
	}
	var err error
	if out.Resident, err = t.unsealResident(person); err != nil {
		return out, err
	}
	if out.Standing, err = t.reader().standing(person); err != nil {
		return out, err
	}
	switch out.Kind {
	case models.ReviewDeclaration:
		var said declarationRow
		if err := found(t.db.Where("id = ?", row.SubjectID).Take(&said).Error); err != nil {
			return out, err
		}
		out.Declaration, err = t.unsealDeclaration(said)
	case models.ReviewCorrection:
		out.Correction, err = t.correction(row.SubjectID)
	}
	return out, err
}
