package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"healthcode/models"
)

// consentRow is something that a resident said: that their data may be used for a
// purpose, or that it may no longer be. Nothing that was said is ever changed, and of
// each purpose the latest counts, so that nobody else can take a consent back, or
// bring back one that was.
type consentRow struct {
	ID          string
	ResidentID  string
	Purpose     string
	Version     int
	GivenAt     int64 // 0 when it is taken back
	WithdrawnAt int64 // 0 when it is given
	Sequence    int64
	MAC         []byte `gorm:"column:mac"`
}

func (consentRow) TableName() string { return "consents" }

func (r consentRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %d %d %d", r.ID, r.ResidentID, r.Purpose, r.Version, r.GivenAt, r.WithdrawnAt, r.Sequence)
}

// say writes down what the resident says. Its number is above those of rows that do
// not verify, too.
func (t *txn) say(row consentRow) error {
	row.ID = t.id()
	err := t.db.Model(&consentRow{}).Where("resident_id = ? AND purpose = ?", row.ResidentID, row.Purpose).
		Select("COALESCE(MAX(sequence), 0) + 1").Scan(&row.Sequence).Error
	if err != nil {
		return err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	return raced(t.insert(&row))
}

// giveConsent writes the consent down, unless it stands already.
func (t *txn) giveConsent(residentID string, c models.Consent) error {
	given, err := t.reader().given(residentID)
	if err != nil {
		return err
	}
	for _, g := range given {
		if g.Purpose == c.Purpose && g.Version == c.Version && g.WithdrawnAt.IsZero() {
			return nil
		}
	}
	err = t.say(consentRow{ResidentID: residentID, Purpose: string(c.Purpose), Version: c.Version, GivenAt: millis(t.at)})
	if err != nil {
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
		stands, err := t.reader().consents(me.ID, p)
		if err != nil {
			return err
		}
		if !stands {
			return models.Refuse(models.ReasonConsentNotGiven).On(string(p))
		}
		if err := t.say(consentRow{ResidentID: me.ID, Purpose: string(p), WithdrawnAt: millis(t.at)}); err != nil {
			return err
		}
		if err := t.audit("consent.withdraw", "resident", me.ID, string(p)); err != nil {
			return err
		}
		if _, err = t.decide(me.ID); err != nil || p != models.PurposeTravel {
			return err
		}
		return t.endTokens(me.ID)
	})
}

// Consents lists every consent the resident ever gave, the oldest first.
func (s *Store) Consents(ctx context.Context, me models.Resident) ([]models.Consent, error) {
	list, err := s.reader(ctx).given(me.ID)
	slices.SortStableFunc(list, func(a, b models.Consent) int {
		return cmp.Or(a.GivenAt.Compare(b.GivenAt), cmp.Compare(a.Purpose, b.Purpose))
	})
	return list, err
}

// given is every consent that the resident ever gave. Taking one back takes back all
// of its purpose.
func (r reader) given(residentID string) ([]models.Consent, error) {
	var rows []consentRow
	if err := r.db.Where("resident_id = ?", residentID).Order("purpose, sequence").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	list := make([]models.Consent, 0, len(rows))
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		if row.GivenAt != 0 {
			list = append(list, models.Consent{Purpose: models.Purpose(row.Purpose), Version: row.Version, GivenAt: instant(row.GivenAt)})
			continue
		}
		for i := range list {
			if string(list[i].Purpose) == row.Purpose && list[i].WithdrawnAt.IsZero() {
				list[i].WithdrawnAt = instant(row.WithdrawnAt)
			}
		}
	}
	return list, nil
}

// consents reports whether the resident's consent to the purpose stands.
func (r reader) consents(residentID string, p models.Purpose) (bool, error) {
	var rows []consentRow
	if err := r.db.Where("resident_id = ? AND purpose = ?", residentID, p).Order("sequence DESC").Find(&rows).Error; err != nil {
		return false, fmt.Errorf("consents: %w", err)
	}
	return r.agreed(rows), nil
}

// consentsBy reports whether the resident's consent to the purpose stands, and was given
// by then: what was before it is not covered by it.
func (r reader) consentsBy(residentID string, p models.Purpose, then time.Time) (bool, error) {
	var rows []consentRow
	if err := r.db.Where("resident_id = ? AND purpose = ?", residentID, p).Order("sequence DESC").Find(&rows).Error; err != nil {
		return false, fmt.Errorf("consents: %w", err)
	}
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		if row.GivenAt == 0 || row.GivenAt <= millis(then) {
			return row.GivenAt != 0, nil
		}
	}
	return false, nil
}

// agreed reports whether the resident agrees, given what they said about one purpose,
// the latest first.
func (s *Store) agreed(rows []consentRow) bool {
	for _, row := range rows {
		if s.vouched(row, row.ID, row.MAC) {
			return row.GivenAt != 0
		}
	}
	return false
}
