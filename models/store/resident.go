package store

import (
	"context"
	"errors"
	"fmt"

	"healthcode/models"
)

type residentRow struct {
	ID             string
	DocumentID     *string // nil until the document has been checked
	Jurisdiction   string
	CommunityID    string
	DocumentType   string
	NumberSealed   []byte
	NameSealed     []byte
	PhoneSealed    []byte
	GuardianSealed []byte
	VerifiedAt     int64
	VerifiedMAC    []byte `gorm:"column:verified_mac"`
	MergedInto     string
	CreatedAt      int64 `gorm:"autoCreateTime:false"`
	UpdatedAt      int64 `gorm:"autoUpdateTime:false"`
	ClosedAt       int64
}

func (residentRow) TableName() string { return "residents" }

// Register takes down who the account's owner says they are. Whether the
// document is known already makes no difference to anything that happens here:
// it is not even looked up. The person is unverified until a worker has checked.
func (s *Store) Register(ctx context.Context, me models.Account, r models.Registration) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		var account accountRow
		if err := t.lock(&account, "id = ?", me.ID); err != nil {
			return err
		}
		if err := t.leaveRefused(t.residentOf(account)); err != nil {
			return err
		}
		community, err := t.community(r.Community)
		if err != nil {
			return err
		}
		id, err := t.insertResident(r, community)
		if err != nil {
			return err
		}
		if err := t.give(account, id); err != nil {
			return err
		}
		for _, c := range r.Consents {
			if err := t.giveConsent(id, c); err != nil {
				return err
			}
		}
		if err := t.audit("resident.register", "resident", id, ""); err != nil {
			return err
		}
		if err := t.openReview(models.ReviewRegistration, id, id, community.ID, reviewDay); err != nil {
			return err
		}
		_, err = t.decide(id)
		return err
	})
}

// leaveRefused refuses a second registration, unless the first one was refused:
// then that one is closed.
func (t *txn) leaveRefused(residentID string) error {
	if residentID == "" {
		return nil
	}
	_, row, err := t.lockHome(residentID)
	if err != nil || row.ClosedAt != 0 {
		return err
	}
	state, _, err := t.reader().registrationState(residentID)
	if err != nil {
		return err
	}
	if state != models.ReviewRefused {
		return models.Refuse(models.ReasonRegistrationTwice)
	}
	return t.closeResident(row, "")
}

func (t *txn) insertResident(r models.Registration, home models.Community) (string, error) {
	id := t.id()
	seal := sealer{vault: t.Vault, table: "residents", row: id}
	row := residentRow{
		ID: id, Jurisdiction: home.Jurisdiction, CommunityID: home.ID, DocumentType: string(r.Document.Type),
		NumberSealed:   seal.seal("number_sealed", r.Document.Number.Reveal()),
		NameSealed:     seal.seal("name_sealed", r.Name.Reveal()),
		PhoneSealed:    seal.seal("phone_sealed", r.Phone.Reveal()),
		GuardianSealed: seal.seal("guardian_sealed", r.Guardian.Reveal()),
		VerifiedMAC:    []byte{}, CreatedAt: millis(t.at), UpdatedAt: millis(t.at),
	}
	if seal.err != nil {
		return "", seal.err
	}
	if err := t.insert(&row); err != nil {
		return "", err
	}
	return id, t.insertMove(moveRow{ResidentID: id, Jurisdiction: home.Jurisdiction, CommunityID: home.ID})
}

// Resident is the resident whose session the token is, in the city's own apps.
// The problem is registration.required for an account that belongs to nobody yet.
func (s *Store) Resident(ctx context.Context, token string) (models.Resident, error) {
	account, err := s.Account(ctx, token)
	if err != nil {
		return models.Resident{}, err
	}
	return s.ResidentOf(ctx, account)
}

// ResidentOf is the resident whom the account belongs to.
func (s *Store) ResidentOf(ctx context.Context, account models.Account) (models.Resident, error) {
	if account.ResidentID == "" {
		return models.Resident{}, models.Refuse(models.ReasonRegistrationNeeded)
	}
	var row residentRow
	if err := s.read.WithContext(ctx).Where("id = ?", account.ResidentID).Take(&row).Error; err != nil {
		return models.Resident{}, fmt.Errorf("resident: %w", err)
	}
	r := s.reader(ctx)
	row, err := r.settled(row)
	if err != nil {
		return models.Resident{}, err
	}
	if row.ClosedAt != 0 {
		return models.Resident{}, models.Refuse(models.ReasonRegistrationNeeded)
	}
	me, err := s.unsealResident(row)
	if err != nil {
		return me, err
	}
	me.AccountID, me.SessionID = account.ID, account.SessionID
	return r.registration(me)
}

func (s *Store) unsealResident(row residentRow) (models.Resident, error) {
	r := models.Resident{ID: row.ID, Jurisdiction: s.Today(row.Jurisdiction), CommunityID: row.CommunityID,
		Verified: s.verified(row), CreatedAt: instant(row.CreatedAt)}
	var errs [3]error
	r.Name, errs[0] = s.unsealName("residents", "name_sealed", row.ID, row.NameSealed)
	r.Phone, errs[1] = s.unsealPhone("residents", "phone_sealed", row.ID, row.PhoneSealed)
	r.Document, errs[2] = s.unsealDocument("residents", row.ID, row.DocumentType, row.NumberSealed)
	return r, errors.Join(errs[:]...)
}

// Contact is what a resident may change without anybody's leave.
type Contact struct {
	Phone     models.Phone // zero to leave it as it is
	Community string       // "" to leave it
}

// ChangeContact writes down a new phone number or community.
func (s *Store) ChangeContact(ctx context.Context, me models.Resident, c Contact) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		changes := map[string]any{"updated_at": millis(t.at)}
		detail := ""
		if c.Phone != (models.Phone{}) {
			sealed, err := t.Vault.Seal("residents", "phone_sealed", me.ID, []byte(c.Phone.Reveal()))
			if err != nil {
				return err
			}
			changes["phone_sealed"], detail = sealed, "phone"
		}
		if c.Community != "" {
			community, err := t.community(c.Community)
			if err != nil {
				return err
			}
			if err := t.moveHome(me.ID, community); err != nil {
				return err
			}
			detail += " community"
		}
		if err := t.db.Model(&residentRow{}).Where("id = ?", me.ID).Updates(changes).Error; err != nil {
			return err
		}
		return t.audit("resident.contact", "resident", me.ID, detail)
	})
}

// CloseResident ends the resident's code: every phone is signed out, what is
// sealed is blanked, and the evidence goes with the next sweep.
func (s *Store) CloseResident(ctx context.Context, me models.Resident) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		var row residentRow
		if err := t.lock(&row, "id = ?", me.ID); err != nil {
			return err
		}
		own := t.db.Table("accounts").Select("id").Where("resident_id = ?", me.ID)
		err := t.db.Model(&sessionRow{}).Where("kind = ? AND ended_at = 0 AND subject_id IN (?)", sessionAccount, own).
			Update("ended_at", millis(t.at)).Error
		if err != nil {
			return err
		}
		if err := t.closeResident(row, ""); err != nil {
			return err
		}
		return t.moveAccounts(me.ID, "")
	})
}

// closeResident blanks the resident and ends their open reviews. Into names the
// resident that takes over when two registrations turned out to be one person.
func (t *txn) closeResident(row residentRow, into string) error {
	t.touch(row.ID)
	blank := map[string]any{"number_sealed": []byte{}, "name_sealed": []byte{}, "phone_sealed": []byte{},
		"guardian_sealed": []byte{}, "document_id": nil, "verified_at": 0, "verified_mac": []byte{},
		"merged_into": into, "closed_at": millis(t.at), "updated_at": millis(t.at)}
	if err := t.db.Model(&residentRow{}).Where("id = ?", row.ID).Updates(blank).Error; err != nil {
		return err
	}
	if err := t.leave(row.ID, into); err != nil {
		return err
	}
	if err := t.endTokens(row.ID); err != nil {
		return err
	}
	if err := t.endPrints(row.ID, models.PrintClosed); err != nil {
		return err
	}
	err := t.db.Model(&reviewRow{}).Where("resident_id = ? AND judged_at = 0", row.ID).
		Updates(map[string]any{"state": string(models.ReviewRefused), "judged_at": millis(t.at)}).Error
	if err != nil {
		return err
	}
	return t.audit("resident.close", "resident", row.ID, into)
}

// moveAccounts gives the accounts of one resident to another, and those alone that
// are truly theirs.
func (t *txn) moveAccounts(from, to string) error {
	var rows []accountRow
	if err := t.db.Where("resident_id = ?", from).Find(&rows).Error; err != nil {
		return err
	}
	for _, account := range rows {
		if t.residentOf(account) != from {
			continue
		}
		if err := t.give(account, to); err != nil {
			return err
		}
	}
	return nil
}

// verify binds the resident to the document that a worker has checked. The MAC
// is what counts: a document_id that was written without it binds nobody.
func (t *txn) verify(residentID, documentID string) error {
	t.touch(residentID)
	mac, err := t.Vault.MAC(macVerified, verifiedBytes(residentID, documentID, millis(t.at)))
	if err != nil {
		return err
	}
	return t.db.Model(&residentRow{}).Where("id = ?", residentID).
		Updates(map[string]any{"document_id": documentID, "verified_at": millis(t.at), "verified_mac": mac}).Error
}

const macVerified = "residents.verified"

func verifiedBytes(residentID, documentID string, at int64) []byte {
	return fmt.Appendf(nil, "%s %s %d", residentID, documentID, at)
}

// verified reports whether the document was checked.
func (s *Store) verified(row residentRow) bool {
	if row.DocumentID == nil {
		return false
	}
	if !s.Vault.CheckMAC(macVerified, verifiedBytes(row.ID, *row.DocumentID, row.VerifiedAt), row.VerifiedMAC) {
		s.alarm("residents", row.ID)
		return false
	}
	return true
}

// registration says where the resident's registration stands.
func (r reader) registration(person models.Resident) (models.Resident, error) {
	if person.Verified {
		return person, nil
	}
	state, words, err := r.registrationState(person.ID)
	person.Pending = !state.Done()
	if state == models.ReviewRefused {
		person.Refusal = words
	}
	return person, err
}
