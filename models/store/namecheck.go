package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// nameCheckLife is how long a platform keeps a check that has begun: both give an
// hour at the most.
const nameCheckLife = time.Hour

type nameCheckRow struct {
	ID           string
	AccountID    string
	ResidentID   string
	VendorSealed []byte
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	ExpiresAt    int64
	PassedAt     int64
	MAC          []byte `gorm:"column:mac"`
}

func (nameCheckRow) TableName() string { return "name_checks" }

// bytes is whose check it is: what somebody passed proves nobody else.
func (r nameCheckRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d", r.ID, r.AccountID, r.ResidentID, r.ExpiresAt)
}

// NameCheck is a real-name check that a resident has begun at their platform.
type NameCheck struct {
	ID     string // also the number under which the platform knows our order
	Vendor string // the platform's own number of it
	Passed bool
}

// NameCheckID makes the number of a check that is about to begin.
func (s *Store) NameCheckID() string { return s.id(s.Now()) }

// OpenNameCheck writes down a check that the platform has begun.
func (s *Store) OpenNameCheck(ctx context.Context, me models.Resident, c NameCheck) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		sealed, err := t.Vault.Seal("name_checks", "vendor_sealed", c.ID, []byte(c.Vendor))
		if err != nil {
			return err
		}
		row := nameCheckRow{ID: c.ID, AccountID: me.AccountID, ResidentID: me.ID, VendorSealed: sealed,
			CreatedAt: millis(t.at), ExpiresAt: millis(t.at.Add(nameCheckLife))}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("namecheck.begin", "resident", me.ID, c.ID)
	})
}

// NameCheck is the resident's own check of that id. The problem is
// realname.unknown for another's, and for one that has ended.
func (s *Store) NameCheck(ctx context.Context, me models.Resident, id string) (NameCheck, error) {
	var row nameCheckRow
	err := found(s.read.WithContext(ctx).Where("id = ? AND account_id = ?", id, me.AccountID).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && (row.PassedAt == 0 && millis(s.Now()) >= row.ExpiresAt || !s.vouched(row, row.ID, row.MAC)) {
		return NameCheck{}, models.Refuse(models.ReasonNameCheckUnknown)
	}
	if err != nil {
		return NameCheck{}, err
	}
	vendor, err := s.Vault.Unseal("name_checks", "vendor_sealed", row.ID, row.VendorSealed)
	return NameCheck{ID: row.ID, Vendor: string(vendor), Passed: row.PassedAt != 0}, err
}

// PassNameCheck writes down that the platform called the check passed. It stands
// for the worker who would have looked at the document: the account is linked to
// that document's resident at once. A second time changes nothing.
func (s *Store) PassNameCheck(ctx context.Context, me models.Resident, id string) error {
	return s.change(ctx, models.System("name check"), func(t *txn) error {
		var row nameCheckRow
		if err := t.lock(&row, "id = ? AND account_id = ?", id, me.AccountID); err != nil {
			return err
		}
		if !t.vouched(row, row.ID, row.MAC) {
			return models.Refuse(models.ReasonNameCheckUnknown)
		}
		if row.PassedAt != 0 {
			return nil
		}
		if err := t.db.Model(&nameCheckRow{}).Where("id = ?", id).Update("passed_at", millis(t.at)).Error; err != nil {
			return err
		}
		if err := t.audit("namecheck.pass", "resident", row.ResidentID, id); err != nil {
			return err
		}
		return t.approveRegistration(row.ResidentID)
	})
}

// approveRegistration decides the resident's registration as a worker would who
// has seen the document. One that is decided already stays as it is.
func (t *txn) approveRegistration(residentID string) error {
	var review reviewRow
	err := t.lock(&review, "resident_id = ? AND kind = ? AND judged_at = 0", residentID, models.ReviewRegistration)
	if errors.Is(err, models.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !t.vouched(review, review.ID, review.MAC) {
		return models.Refuse(models.ReasonReviewUnknown)
	}
	if err := t.closeReview(review, models.ReviewApproved, models.Judgement{Verdict: models.Approve}); err != nil {
		return err
	}
	return t.judgeRegistration(review, models.ReviewApproved)
}
