package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

type jobRow struct {
	ID           string
	Kind         string
	Jurisdiction string
	Subject      string
	Reached      string // up to where everybody was dealt with, as the kind of job has it
	People       int64
	Total        int64
	Changed      int64
	State        string
	Result       string // of a dry run or of deciding anew, as JSON
	LeasedBy     string // the replica that is at it, and until when nobody else may be
	LeasedUntil  int64
	CreatedBy    string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	EndedAt      int64
	MAC          []byte `gorm:"column:mac"`
}

func (jobRow) TableName() string { return "jobs" }

// bytes is what was to be done, how far that is, and what came of it: a dry run that
// nobody made must let no rules be published. Who has the job is not part of it.
func (r jobRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %q %d %d %d %s %s %d %d %s", r.ID, r.Kind, r.Jurisdiction, r.Subject, r.Reached, r.People, r.Total,
		r.Changed, r.State, r.CreatedBy, r.CreatedAt, r.EndedAt, r.Result)
}

// soundJob reports whether the service left the job as it is. The one that never ends
// makes nothing of what it says.
func (s *Store) soundJob(r jobRow) bool {
	return r.Kind == string(models.JobDue) || s.vouched(r, r.ID, r.MAC)
}

func (r jobRow) job() (models.Job, error) {
	j := models.Job{ID: r.ID, Kind: models.JobKind(r.Kind), Jurisdiction: r.Jurisdiction, Subject: r.Subject, People: r.People,
		Total: r.Total, Changed: r.Changed, State: models.JobState(r.State), CreatedBy: r.CreatedBy,
		CreatedAt: instant(r.CreatedAt), EndedAt: instant(r.EndedAt)}
	var err error
	if j.DryRun, err = r.dryRun(); err != nil {
		return j, fmt.Errorf("job %s: %w", r.ID, err)
	}
	return j, nil
}

func (r jobRow) dryRun() (out models.DryRun, err error) {
	if r.Result != "" && r.Kind == string(models.JobDryRun) {
		err = json.Unmarshal([]byte(r.Result), &out)
	}
	return out, err
}

// enqueue has work done on everybody in the jurisdiction and below, once the
// transaction is through.
func (t *txn) enqueue(kind models.JobKind, jurisdiction, subject string) (models.Job, error) {
	row := jobRow{ID: t.id(), Kind: string(kind), Jurisdiction: jurisdiction, Subject: subject, State: string(models.JobOpen),
		CreatedBy: t.by.ID, CreatedAt: millis(t.at)}
	var err error
	if row.MAC, err = t.vouch(row); err != nil {
		return models.Job{}, err
	}
	if err := t.insert(&row); err != nil {
		return models.Job{}, err
	}
	if err := t.audit("job.add", "job", row.ID, row.Kind); err != nil {
		return models.Job{}, err
	}
	return row.job()
}

// Job is one job. The problem is not found if there is none.
func (s *Store) Job(ctx context.Context, id string) (models.Job, error) {
	var row jobRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error); err != nil {
		return models.Job{}, err
	}
	if !s.soundJob(row) {
		return models.Job{}, models.NotFound
	}
	return row.job()
}

// JobOf is the latest job of that kind about the subject. The problem is not found
// if there is none.
func (s *Store) JobOf(ctx context.Context, kind models.JobKind, subject string) (models.Job, error) {
	return s.reader(ctx).jobOf(kind, subject)
}

func (r reader) jobOf(kind models.JobKind, subject string) (models.Job, error) {
	var rows []jobRow
	if err := r.db.Where("kind = ? AND subject = ?", string(kind), subject).Order("id DESC").Find(&rows).Error; err != nil {
		return models.Job{}, fmt.Errorf("jobs: %w", err)
	}
	for _, row := range rows {
		if r.soundJob(row) {
			return row.job()
		}
	}
	return models.Job{}, models.NotFound
}

// leaseLife is how long a replica has a job to itself after each batch. One that
// dies is followed by another when it is over.
const leaseLife = time.Minute

// errLeaseLost says that another replica has the job now: what was prepared is
// dropped, since they do it.
var errLeaseLost = errors.New("another replica has the job")

// lease takes a job that fits the condition and that no other replica has. The
// database lets one of several that try change the row.
func (s *Store) lease(ctx context.Context, which string, args ...any) (row jobRow, mine bool, err error) {
	now := millis(s.Now())
	free := "state = 'open' AND (leased_until <= ? OR leased_by = ? OR leased_by = '') AND " + which
	args = append([]any{now, s.self}, args...)
	var list []jobRow
	if err := s.read.WithContext(ctx).Where(free, args...).Order("id").Limit(1).Find(&list).Error; err != nil || len(list) == 0 {
		return row, false, err
	}
	err = s.change(ctx, models.System("jobs"), func(t *txn) error {
		done := t.db.Model(&jobRow{}).Where("id = ?", list[0].ID).Where(free, args...).
			Updates(map[string]any{"leased_by": s.self, "leased_until": now + leaseLife.Milliseconds()})
		if mine = done.RowsAffected == 1; !mine {
			return done.Error
		}
		return t.db.Where("id = ?", list[0].ID).Take(&row).Error
	})
	return row, mine, err
}

// letGo gives back what this replica has, so that another need not wait.
func (s *Store) letGo(ctx context.Context) error {
	return s.change(ctx, models.System("jobs"), func(t *txn) error {
		return t.db.Model(&jobRow{}).Where("leased_by = ?", s.self).Updates(map[string]any{"leased_by": "", "leased_until": 0}).Error
	})
}

// moveOn writes down how far the job is, if it is still where we began and ours.
func (t *txn) moveOn(before, after jobRow) error {
	mac, err := t.vouch(after)
	if err != nil {
		return err
	}
	done := t.db.Model(&jobRow{}).
		Where("id = ? AND state = 'open' AND leased_by = ? AND reached = ? AND people = ?", before.ID, t.self, before.Reached, before.People).
		Updates(map[string]any{"reached": after.Reached, "people": after.People, "total": after.Total, "changed": after.Changed,
			"state": after.State, "result": after.Result, "leased_by": after.LeasedBy, "leased_until": after.LeasedUntil, "ended_at": after.EndedAt, "mac": mac})
	if done.Error == nil && done.RowsAffected == 0 {
		return errLeaseLost
	}
	return done.Error
}

// fail ends a job that cannot go on, and calls for somebody.
func (s *Store) fail(ctx context.Context, job jobRow, cause error) error {
	s.Log.Error("job failed", "job", job.ID, "kind", job.Kind, "error", cause.Error())
	s.Alarm("job_failed")
	return s.change(ctx, models.System("jobs"), func(t *txn) error {
		after := job
		after.State, after.LeasedBy, after.LeasedUntil, after.EndedAt = string(models.JobFailed), "", 0, millis(t.at)
		if err := t.moveOn(job, after); err != nil {
			return err
		}
		return t.audit("job.fail", "job", job.ID, job.Kind)
	})
}
