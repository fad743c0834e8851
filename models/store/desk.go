package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"healthcode/models"
)

// Desk is the part of the reviews that one member of staff may see: a worker those
// of their own communities, a lead the appeals that the communities of their
// jurisdiction did not answer or cannot. Every look and every judgement goes through
// it.
type Desk struct {
	store    *Store
	by       models.Staff
	district bool
}

// For opens the worker's desk.
func (s *Store) For(by models.Worker) Desk { return Desk{s, by.Staff, false} }

// ForLead opens the lead's desk.
func (s *Store) ForLead(by models.Lead) Desk { return Desk{s, by.Staff, true} }

// Desk is the desk of whoever's session the token is.
func (s *Store) Desk(ctx context.Context, token string) (Desk, error) {
	staff, err := s.Staff(ctx, token)
	switch {
	case err != nil:
		return Desk{}, err
	case staff.Role == models.RoleWorker:
		return s.For(models.Worker{Staff: staff}), nil
	case staff.Role == models.RoleLead:
		return s.ForLead(models.Lead{Staff: staff}), nil
	}
	return Desk{}, models.Refuse(models.ReasonForbidden)
}

// By is whose desk it is.
func (d Desk) By() models.Staff { return d.by }

// Actor is them as an actor.
func (d Desk) Actor() models.Actor { return d.by.Actor() }

// atDistrict is the appeals that are the district's at an instant, whether or not
// that has been written down yet.
const atDistrict = "(kind = 'appeal' AND (level = 'district' OR (judged_at = 0 AND due_at <= ?)))"

// own narrows a query to what is the desk's now. Without any community, a worker
// sees nothing.
func (d Desk) own(db *gorm.DB) *gorm.DB {
	now := millis(d.store.Now())
	if d.district {
		where, args := d.store.inside("jurisdiction", d.by.Jurisdiction)
		below := d.store.read.Table("communities").Select("id").Where(where, args...)
		return db.Where("community_id IN (?) AND "+atDistrict, below, now)
	}
	return d.near(db).Where("NOT "+atDistrict, now)
}

// near narrows a query to the worker's communities.
func (d Desk) near(db *gorm.DB) *gorm.DB {
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
	list := make([]models.Review, 0, len(rows))
	for _, row := range rows {
		if d.store.vouched(row, row.ID, row.MAC) {
			list = append(list, row.review(d.store.Now()))
		}
	}
	return list, nil
}

// one reads a review of the desk; one of another community is as if it were not.
func (d Desk) one(ctx context.Context, id string, row *reviewRow) error {
	return d.take(d.store.read.WithContext(ctx), id, row)
}

// take reads it from there. What was a worker's until its time was over is not as
// if it had never been.
func (d Desk) take(db *gorm.DB, id string, row *reviewRow) error {
	err := found(d.own(db).Where("id = ?", id).Take(row).Error)
	if err == nil && d.store.vouched(*row, row.ID, row.MAC) {
		return nil
	}
	if err != nil && !errors.Is(err, models.NotFound) {
		return err
	}
	var passed int64
	if err == nil || d.district {
		return models.Refuse(models.ReasonReviewUnknown)
	}
	err = d.near(d.store.read.WithContext(db.Statement.Context).Model(&reviewRow{})).Where("id = ?", id).Count(&passed).Error
	if err == nil && passed > 0 {
		return models.Refuse(models.ReasonReviewPassed)
	}
	if err == nil {
		err = models.Refuse(models.ReasonReviewUnknown)
	}
	return err
}

// lockReview reads a review of the desk for changing it.
func (t *txn) lockReview(d Desk, id string, row *reviewRow) error {
	if err := d.take(t.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, row); err != nil {
		return err
	}
	if models.ReviewState(row.State).Done() {
		return models.Refuse(models.ReasonReviewClosed)
	}
	if !d.district || row.Level == string(models.LevelDistrict) {
		return nil
	}
	if _, err := t.passOn(*row); err != nil { // nobody has written it down yet
		return err
	}
	return t.lock(row, "id = ?", id)
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
		if err := t.mayJudge(d, row); err != nil {
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

// mayJudge refuses whoever has a part in what is to be judged.
func (t *txn) mayJudge(d Desk, row reviewRow) error {
	if err := t.notOwn(d, row); err != nil {
		return err
	}
	return t.notOwnDoing(d, row)
}

// notOwn refuses somebody whose own case it is: the document that they gave when
// they joined is the one that the case is about.
func (t *txn) notOwn(d Desk, row reviewRow) error {
	var staff staffRow
	if err := found(t.db.Where("id = ?", d.by.ID).Take(&staff).Error); err != nil {
		return err
	}
	own, err := t.unsealDocument("staff", staff.ID, staff.DocumentType, staff.NumberSealed)
	if err != nil {
		return err
	}
	theirs, err := t.documentIn(row)
	if err != nil {
		return err
	}
	if own == theirs {
		return models.Refuse(models.ReasonReviewOwn)
	}
	return t.notEntered(row)
}

// documentIn is the document of whom the review is about: of a guest, as the guard
// entered it, and none of somebody of elsewhere.
func (t *txn) documentIn(row reviewRow) (models.Document, error) {
	if row.ResidentID == "" {
		a, err := t.guestOf(row)
		if err != nil {
			return models.Document{}, err
		}
		return a.Taken.Guest.Document, nil
	}
	var person residentRow
	if err := found(t.db.Where("id = ?", row.ResidentID).Take(&person).Error); err != nil {
		return models.Document{}, err
	}
	return t.unsealDocument("residents", person.ID, person.DocumentType, person.NumberSealed)
}

// guestOf is the arrival of somebody who is no resident here.
func (t *txn) guestOf(row reviewRow) (models.Arrival, error) {
	a, err := t.reader().arrivalOf("id = ?", row.SubjectID)
	if errors.Is(err, models.NotFound) || err == nil && a.Taken == nil {
		err = models.Refuse(models.ReasonReviewUnknown)
	}
	return a, err
}

// Case is what a worker sees of a review: the person, and what they said.
type Case struct {
	models.Review
	Resident    models.Resident
	Standing    models.Standing
	Declaration models.Declaration // of a declaration, and of an arrival
	Correction  Correction         // of a correction
	Appeal      Objection          // of an appeal
	Arrival     Coming             // of an arrival
	Card        models.Card        // of an arrival
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
		err := t.looked(row)
		if err == nil {
			out, err = t.openCase(row)
		}
		return err
	})
	return out, err
}

// looked leaves word of a look: for the resident, or of a guest, who has nowhere to read
// it, for the auditors.
func (t *txn) looked(row reviewRow) error {
	if row.ResidentID == "" {
		return t.audit("review.look", "review", row.ID, "")
	}
	return t.access(row.ResidentID, models.AccessReview)
}

func (t *txn) openCase(row reviewRow) (Case, error) {
	out := Case{Review: row.review(t.at)}
	if row.ResidentID == "" {
		err := t.openArrival(&out, residentRow{})
		if err == nil {
			guest := out.Arrival.Taken.Guest
			out.Resident = models.Resident{Name: guest.Name, Document: guest.Document, Phone: guest.Phone}
		}
		return out, err
	}
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
		out.Declaration, err = t.said(row.SubjectID)
	case models.ReviewArrival:
		err = t.openArrival(&out, person)
	case models.ReviewCorrection:
		out.Correction, err = t.correction(row.SubjectID)
	case models.ReviewAppeal:
		out.Appeal, err = t.reader().appeal(row.SubjectID)
	}
	return out, err
}

// said is what was declared. What nobody vouches for is not shown to anybody.
func (t *txn) said(id string) (models.Declaration, error) {
	var row declarationRow
	if err := found(t.db.Where("id = ?", id).Take(&row).Error); err != nil {
		return models.Declaration{}, err
	}
	if !t.vouched(row, row.ID, row.MAC) {
		return models.Declaration{}, models.Refuse(models.ReasonReviewUnknown)
	}
	return t.unsealDeclaration(row)
}
