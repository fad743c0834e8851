package store

import (
	"context"
	"fmt"
	"slices"

	"healthcode/models"
)

type consentRow struct {
	ID          string
	ResidentID  string
	Purpose     string
	Version     int
	GivenAt     int64
	WithdrawnAt int64
}

func (consentRow) TableName() string { return "consents" }

// giveConsent writes the consent down, unless it stands already.
func (t *txn) giveConsent(residentID string, c models.Consent) error {
	var standing int64
	err := t.db.Model(&consentRow{}).Where("resident_id = ? AND purpose = ? AND version = ? AND withdrawn_at = 0",
		residentID, c.Purpose, c.Version).Count(&standing).Error
	if err != nil || standing > 0 {
		return err
	}
	row := consentRow{ID: t.id(), ResidentID: residentID, Purpose: string(c.Purpose), Version: c.Version, GivenAt: millis(t.at)}
	if err := t.insert(&row); err != nil {
		return err
	}
	return t.audit("consent.give", "resident", residentID, string(c.Purpose))
}

// GiveConsent writes down the resident's word that their data may be used.
func (s *Store) GiveConsent(ctx context.Context, me models.Resident, c models.Consent) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		if err := t.giveConsent(me.ID, c); err != nil {
			return err
		}
		_, err := t.decide(me.ID)
		return err
	})
}

// WithdrawConsent takes it back: from now on nothing new is collected or used
// for that purpose. Consent to the code itself ends with the code.
func (s *Store) WithdrawConsent(ctx context.Context, me models.Resident, p models.Purpose) error {
	if !slices.Contains(models.Purposes(), p) {
		return models.Refuse(models.ReasonConsentPurpose)
	}
	if p == models.PurposeCode {
		return s.CloseResident(ctx, me)
	}
	return s.change(ctx, me.Actor(), func(t *txn) error {
		done := t.db.Model(&consentRow{}).Where("resident_id = ? AND purpose = ? AND withdrawn_at = 0", me.ID, p).
			Update("withdrawn_at", millis(t.at))
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.Refuse(models.ReasonConsentNotGiven).On(string(p))
		}
		if err := t.audit("consent.withdraw", "resident", me.ID, string(p)); err != nil {
			return err
		}
		_, err := t.decide(me.ID)
		return err
	})
}

// Consents lists every consent the resident ever gave, the oldest first.
func (s *Store) Consents(ctx context.Context, me models.Resident) ([]models.Consent, error) {
	var rows []consentRow
	if err := s.read.WithContext(ctx).Where("resident_id = ?", me.ID).Order("given_at, purpose, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	list := make([]models.Consent, len(rows))
	for i, r := range rows {
		list[i] = models.Consent{Purpose: models.Purpose(r.Purpose), Version: r.Version,
			GivenAt: instant(r.GivenAt), WithdrawnAt: instant(r.WithdrawnAt)}
	}
	return list, nil
}

// consents reports whether the resident's consent to the purpose stands.
func (r reader) consents(residentID string, p models.Purpose) (bool, error) {
	var n int64
	err := r.db.Model(&consentRow{}).Where("resident_id = ? AND purpose = ? AND withdrawn_at = 0", residentID, p).Count(&n).Error
	return n > 0, err
}
