package store

import (
	"context"
	"errors"
	"fmt"

	"healthcode/models"
)

// escalationsAtOnce is how many appeals one step passes on.
const escalationsAtOnce = 100

// escalate writes down what time has done to appeals: what the communities did not
// answer is the districts', and what those did not answer is overdue. Whoever reads
// knows already; this tells the resident, and the operator. Each happens once,
// however many replicas are at it. It says how many there were.
func (s *Store) escalate(ctx context.Context) (passed int, err error) {
	var rows []reviewRow
	err = s.read.WithContext(ctx).Where("kind = ? AND judged_at = 0 AND overdue_at = 0 AND due_at <= ?", string(models.ReviewAppeal), millis(s.Now())).
		Order("due_at, id").Limit(escalationsAtOnce).Find(&rows).Error
	if err != nil {
		return 0, fmt.Errorf("appeals: %w", err)
	}
	var errs []error
	for _, row := range rows {
		done := false
		err := s.change(ctx, models.System("escalate"), func(t *txn) (err error) {
			if row.Level == string(models.LevelDistrict) {
				done, err = t.overdue(row)
			} else {
				done, err = t.passOn(row)
			}
			return err
		})
		if err == nil && done {
			passed++
		}
		errs = append(errs, err)
	}
	return passed, errors.Join(errs...)
}

// passOn makes the appeal the district's, unless that was done or it was judged.
// Whoever held it holds it no longer.
func (t *txn) passOn(row reviewRow) (bool, error) {
	due := instant(row.DueAt).Add(models.AppealDistrict)
	done := t.db.Model(&reviewRow{}).
		Where("id = ? AND kind = ? AND level = ? AND judged_at = 0 AND due_at <= ?", row.ID, string(models.ReviewAppeal), string(models.LevelCommunity), millis(t.at)).
		Updates(map[string]any{"level": string(models.LevelDistrict), "due_at": millis(due), "state": string(models.ReviewOpen), "claimed_by": "", "claimed_at": 0})
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	err := t.tell(models.NoticePassed, []noticeRow{{ID: t.id(), ResidentID: row.ResidentID, Kind: string(models.NoticePassed),
		SubjectID: row.ID, At: millis(t.at)}})
	if err != nil {
		return false, err
	}
	return true, t.audit("review.pass_on", "review", row.ID, string(models.LevelDistrict))
}

// overdue marks an appeal that the district let lie, likewise.
func (t *txn) overdue(row reviewRow) (bool, error) {
	done := t.db.Model(&reviewRow{}).
		Where("id = ? AND kind = ? AND level = ? AND judged_at = 0 AND overdue_at = 0 AND due_at <= ?", row.ID, string(models.ReviewAppeal), string(models.LevelDistrict), millis(t.at)).
		Update("overdue_at", millis(t.at))
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	t.raised = append(t.raised, "appeal_overdue")
	return true, t.audit("review.overdue", "review", row.ID, "")
}
