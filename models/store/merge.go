package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"healthcode/models"
)

// merge makes one resident of two registrations of one person: the accounts of
// the newcomer become the holder's, and what the newcomer declared counts for
// the holder as well. Evidence cannot be moved, only given anew, because its MAC
// names the person.
func (t *txn) merge(newcomer, holder residentRow) error {
	ids, err := t.carryEvidence(newcomer.ID, holder.ID)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if err := t.carryAppeals(newcomer.ID, holder.ID, ids); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if err := t.carrySaid(newcomer.ID, holder.ID); err != nil {
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

// carry makes rows another resident's, as far as the service made them. Own is where a
// row keeps its id, whose it is, and its MAC.
func carry[R entry](t *txn, of *gorm.DB, to string, own func(*R) (id string, resident *string, mac []byte)) error {
	var rows []R
	if err := of.Find(&rows).Error; err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		id, resident, mac := own(row)
		if !t.vouched(*row, id, mac) {
			continue
		}
		*resident = to
		mac, err := t.vouch(*row)
		if err != nil {
			return err
		}
		err = t.db.Table((*row).TableName()).Where("id = ?", id).Updates(map[string]any{"resident_id": to, "mac": mac}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// carrySaid gives what the newcomer declared to the holder, as far as they did.
func (t *txn) carrySaid(from, to string) error {
	err := carry(t, t.db.Where("resident_id = ?", from), to, func(r *declarationRow) (string, *string, []byte) { return r.ID, &r.ResidentID, r.MAC })
	if err != nil {
		return err
	}
	err = carry(t, t.db.Where("resident_id = ?", from), to, func(r *arrivalRow) (string, *string, []byte) { return r.ID, &r.ResidentID, r.MAC })
	if err != nil {
		return err
	}
	return t.carryTurns(from, to)
}

// carryEvidence says which id each piece of it has now.
func (t *txn) carryEvidence(from, to string) (ids map[string]string, err error) {
	gone, err := t.reader().withdrawn(from)
	if err != nil {
		return nil, err
	}
	facts, err := t.reader().ownFacts(from, gone)
	if err != nil {
		return nil, err
	}
	ids = map[string]string{}
	for _, f := range facts {
		row, err := t.factRow(to, f)
		if err == nil {
			err = t.insert(&row)
		}
		if err != nil {
			return nil, err
		}
		ids[f.ID] = row.ID
	}
	return ids, t.carryStays(from, to, gone, ids)
}

// carryStays gives the stays anew, and takes back anew what was withdrawn of them.
func (t *txn) carryStays(from, to string, gone map[string]bool, ids map[string]string) error {
	var stays []stayRow
	if err := t.db.Where("resident_id = ?", from).Find(&stays).Error; err != nil {
		return err
	}
	for _, row := range stays {
		if gone["declaration:"+row.DeclarationID] || !t.Vault.CheckMAC(macStay, row.bytes(), row.MAC) {
			continue
		}
		stay := models.Stay{Place: row.Place, From: instant(row.FromAt), To: instant(row.ToAt)}
		again, err := t.stayRow(to, row.DeclarationID, stay)
		if err == nil {
			err = t.insert(&again)
		}
		if err != nil {
			return err
		}
		ids[row.ID] = again.ID
	}
	for source := range gone {
		stay, listing, ok := strings.Cut(strings.TrimPrefix(source, models.Withdrawal("")), "/")
		if !ok || ids[stay] == "" {
			continue
		}
		if err := t.withdraw(to, models.Withdrawal(ids[stay]+"/"+listing)); err != nil {
			return err
		}
	}
	return nil
}

// carryAppeals makes the newcomer's appeals the holder's, with their pictures and
// their reviews. What they contest is what the evidence is called now.
func (t *txn) carryAppeals(from, to string, ids map[string]string) error {
	var rows []appealRow
	if err := t.db.Where("resident_id = ?", from).Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		if !t.vouched(row, row.ID, row.MAC) {
			continue
		}
		contested := row.contested()
		for i, id := range contested {
			stay, listing, listed := strings.Cut(id, "/")
			if ids[id] != "" {
				contested[i] = ids[id]
			} else if listed && ids[stay] != "" {
				contested[i] = ids[stay] + "/" + listing
			}
		}
		row.ResidentID, row.Facts = to, strings.Join(contested, " ")
		mac, err := t.vouch(row)
		if err != nil {
			return err
		}
		err = t.db.Model(&appealRow{}).Where("id = ?", row.ID).
			Updates(map[string]any{"resident_id": to, "facts": row.Facts, "mac": mac}).Error
		if err != nil {
			return err
		}
	}
	return carry(t, t.db.Omit("image_sealed").Where("resident_id = ?", from), to,
		func(r *photoRow) (string, *string, []byte) { return r.ID, &r.ResidentID, r.MAC })
}

// carryReviews moves the newcomer's reviews of declarations, appeals and arrivals, judged or
// waiting, the notices of judgements, and the consents, so that nothing that was
// said is lost.
func (t *txn) carryReviews(from, to string) error {
	kinds := []models.ReviewKind{models.ReviewDeclaration, models.ReviewAppeal, models.ReviewArrival}
	err := carry(t, t.db.Where("resident_id = ? AND kind IN ?", from, kinds), to,
		func(r *reviewRow) (string, *string, []byte) { return r.ID, &r.ResidentID, r.MAC })
	if err != nil {
		return err
	}
	err = t.db.Model(&noticeRow{}).Where("resident_id = ? AND kind IN ?", from, []string{string(models.NoticeReview), string(models.NoticePassed)}).Update("resident_id", to).Error
	if err != nil {
		return err
	}
	given, err := t.reader().given(from)
	if err != nil {
		return err
	}
	for _, c := range given {
		if !c.WithdrawnAt.IsZero() {
			continue
		}
		if err := t.giveConsent(to, c); err != nil {
			return err
		}
	}
	return nil
}
