package store

import (
	"fmt"

	"healthcode/models"
)

// merge makes one resident of two registrations of one person: the accounts of
// the newcomer become the holder's, and what the newcomer declared counts for
// the holder as well. Evidence cannot be moved, only given anew, because its MAC
// names the person.
func (t *txn) merge(newcomer, holder residentRow) error {
	if err := t.carryEvidence(newcomer.ID, holder.ID); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	err := t.db.Model(&declarationRow{}).Where("resident_id = ?", newcomer.ID).Update("resident_id", holder.ID).Error
	if err != nil {
		return err
	}
	if err := t.moveAccounts(newcomer.ID, holder.ID); err != nil {
		return err
	}
	if err := t.carryReviews(newcomer.ID, holder.ID); err != nil {
		return err
	}
	if err := t.closeResident(newcomer, holder.ID); err != nil {
		return err
	}
	if err := t.audit("resident.merge", "resident", holder.ID, newcomer.ID); err != nil {
		return err
	}
	_, err = t.decide(holder.ID)
	return err
}

func (t *txn) carryEvidence(from, to string) error {
	gone, err := t.reader().withdrawn(from)
	if err != nil {
		return err
	}
	facts, err := t.reader().ownFacts(from, gone)
	if err != nil {
		return err
	}
	for _, f := range facts {
		if err := t.insertFact(to, f); err != nil {
			return err
		}
	}
	var stays []stayRow
	if err := t.db.Where("resident_id = ?", from).Find(&stays).Error; err != nil {
		return err
	}
	for _, row := range stays {
		if gone["declaration:"+row.DeclarationID] || !t.Vault.CheckMAC(macStay, row.bytes(), row.MAC) {
			continue
		}
		stay := models.Stay{Place: row.Place, From: instant(row.FromAt), To: instant(row.ToAt)}
		if err := t.insertStay(to, row.DeclarationID, stay); err != nil {
			return err
		}
	}
	return nil
}

// carryReviews moves the newcomer's reviews of declarations, judged or waiting,
// the notices of judgements, and the consents, so that nothing that was said is
// lost.
func (t *txn) carryReviews(from, to string) error {
	err := t.db.Model(&reviewRow{}).Where("resident_id = ? AND kind = ?", from, models.ReviewDeclaration).
		Update("resident_id", to).Error
	if err != nil {
		return err
	}
	err = t.db.Model(&noticeRow{}).Where("resident_id = ? AND kind = ?", from, models.NoticeReview).Update("resident_id", to).Error
	if err != nil {
		return err
	}
	var rows []consentRow
	if err := t.db.Where("resident_id = ? AND withdrawn_at = 0", from).Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		if err := t.giveConsent(to, models.Consent{Purpose: models.Purpose(row.Purpose), Version: row.Version}); err != nil {
			return err
		}
	}
	return nil
}
