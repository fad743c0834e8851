package store

import (
	"context"
	"fmt"

	"healthcode/models"
)

type correctionRow struct {
	ID          string
	ResidentID  string
	Field       string
	ValueSealed []byte
	At          int64
}

func (correctionRow) TableName() string { return "corrections" }

// Correction is what a resident says their name really is. A contact is changed
// without anybody's leave; a name stands on the document, so a worker looks.
type Correction struct {
	ID   string
	Name models.Name
}

// Correct asks for the resident's name to be put right.
func (s *Store) Correct(ctx context.Context, me models.Resident, name models.Name) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		id := t.id()
		sealed, err := t.Vault.Seal("corrections", "value_sealed", id, []byte(name.Reveal()))
		if err != nil {
			return err
		}
		if err := t.insert(&correctionRow{ID: id, ResidentID: me.ID, Field: "name", ValueSealed: sealed, At: millis(t.at)}); err != nil {
			return err
		}
		if err := t.audit("correction.ask", "correction", id, "name"); err != nil {
			return err
		}
		return t.openReview(models.ReviewCorrection, me.ID, id, me.CommunityID, reviewDay)
	})
}

func (t *txn) correction(id string) (Correction, error) {
	var row correctionRow
	if err := found(t.db.Where("id = ?", id).Take(&row).Error); err != nil {
		return Correction{}, err
	}
	name, err := t.unsealName("corrections", "value_sealed", row.ID, row.ValueSealed)
	return Correction{ID: row.ID, Name: name}, err
}

func (t *txn) judgeCorrection(row reviewRow, state models.ReviewState) error {
	if state != models.ReviewApproved {
		return nil
	}
	c, err := t.correction(row.SubjectID)
	if err != nil {
		return err
	}
	sealed, err := t.Vault.Seal("residents", "name_sealed", row.ResidentID, []byte(c.Name.Reveal()))
	if err != nil {
		return fmt.Errorf("correct: %w", err)
	}
	err = t.db.Model(&residentRow{}).Where("id = ?", row.ResidentID).
		Updates(map[string]any{"name_sealed": sealed, "updated_at": millis(t.at)}).Error
	if err != nil {
		return err
	}
	return t.audit("resident.correct", "resident", row.ResidentID, "name")
}
