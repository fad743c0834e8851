package store

import (
	"context"
	"fmt"

	"healthcode/models"
)

type auditRow struct {
	ID          string
	At          int64
	ActorKind   string
	ActorID     string
	Action      string
	SubjectKind string
	SubjectID   string
	Detail      string
}

func (auditRow) TableName() string { return "audit" }

// audit writes down who did what to which row. The detail never holds a personal
// value: ids, names of fields and colours at most.
func (t *txn) audit(action, subjectKind, subjectID, detail string) error {
	return t.insert(&auditRow{ID: t.id(), At: millis(t.at), ActorKind: string(t.by.Kind), ActorID: t.by.ID,
		Action: action, SubjectKind: subjectKind, SubjectID: subjectID, Detail: detail})
}

type accessRow struct {
	ID         string
	At         int64
	ActorKind  string
	ActorID    string
	Display    string
	ResidentID string
	Purpose    string
}

func (accessRow) TableName() string { return "accesses" }

// access writes down that the actor looked at the resident's record.
func (t *txn) access(residentID string, purpose models.AccessPurpose) error {
	return t.insert(&accessRow{ID: t.id(), At: millis(t.at), ActorKind: string(t.by.Kind), ActorID: t.by.ID,
		Display: t.by.Display, ResidentID: residentID, Purpose: string(purpose)})
}

// accessesShown is how many looks at their record a resident is shown at once.
const accessesShown = 200

// Accesses lists who looked at the resident's record, the latest first.
func (s *Store) Accesses(ctx context.Context, me models.Resident) ([]models.Access, error) {
	var rows []accessRow
	err := s.read.WithContext(ctx).Where("resident_id = ?", me.ID).Order("at DESC, id DESC").Limit(accessesShown).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("accesses: %w", err)
	}
	list := make([]models.Access, len(rows))
	for i, r := range rows {
		list[i] = models.Access{At: instant(r.At), By: r.Display, Purpose: models.AccessPurpose(r.Purpose)}
	}
	return list, nil
}
