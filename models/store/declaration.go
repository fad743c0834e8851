package store

import (
	"context"
	"encoding/json"
	"fmt"

	"healthcode/models"
)

type declarationRow struct {
	ID            string
	ResidentID    string
	AccountID     string
	Form          string
	FormVersion   int
	AnswersSealed []byte
	Review        bool
	At            int64
	EnteredBy     string // staff id of who declared for the resident
	MAC           []byte `gorm:"column:mac"`
}

func (declarationRow) TableName() string { return "declarations" }

// bytes is who said it, on which form and when. What they said is sealed into the row.
func (r declarationRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %t %d %s", r.ID, r.ResidentID, r.AccountID, r.Form, r.FormVersion, r.Review, r.At, r.EnteredBy)
}

// Declared is what became of a declaration.
type Declared struct {
	ID       string
	Decision models.Decision
	Review   bool
}

// Declare takes a declaration down, with the facts that follow from it, the
// decision that follows from those, and a review where the form asks for one.
// Repeating the key gives the first answer's declaration and what holds now.
func (s *Store) Declare(ctx context.Context, me models.Resident, key Key, d models.Declaration) (Declared, error) {
	var out Declared
	err := s.change(ctx, me.Actor(), func(t *txn) error {
		out = Declared{ID: t.id(), Review: d.Review}
		done, err := t.once("declare "+me.AccountID, key, out.ID)
		if err != nil {
			return err
		}
		if done != "" {
			out.ID = done
		} else if err := t.insertDeclaration(me, out.ID, d); err != nil {
			return err
		}
		out.Decision, err = t.decide(me.ID)
		return err
	})
	if err != nil {
		return Declared{}, fmt.Errorf("declare: %w", err)
	}
	return out, nil
}

func (t *txn) insertDeclaration(me models.Resident, id string, d models.Declaration) error {
	return t.declareFor(me, id, d, "")
}

// declareFor takes down what somebody declares: the resident, or a member of staff
// for them.
func (t *txn) declareFor(me models.Resident, id string, d models.Declaration, enteredBy string) error {
	sealed, err := t.Vault.Seal("declarations", "answers_sealed", id, d.Answers)
	if err != nil {
		return err
	}
	row := declarationRow{ID: id, ResidentID: me.ID, AccountID: me.AccountID, Form: d.Form, FormVersion: d.Version,
		AnswersSealed: sealed, Review: d.Review, At: millis(t.at), EnteredBy: enteredBy}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	if err := t.evidence(me.ID, id, d); err != nil {
		return err
	}
	if err := t.audit("declaration.make", "declaration", id, fmt.Sprintf("%s@%d", d.Form, d.Version)); err != nil {
		return err
	}
	if !d.Review {
		return nil
	}
	return t.openReview(models.ReviewDeclaration, me.ID, id, me.CommunityID, reviewDay)
}

// evidence writes down what follows from a declaration: that it was made, what
// its answers tell, and where its resident was.
func (t *txn) evidence(residentID, id string, d models.Declaration) error {
	facts := append([]models.Fact{{Kind: models.FactDeclaration, Code: d.Form, At: t.at}}, d.Facts...)
	for _, f := range facts {
		f.Source = "declaration:" + id
		if err := t.insertFact(residentID, f); err != nil {
			return err
		}
	}
	for _, stay := range d.Stays {
		if err := t.knownPlace(stay.Place); err != nil {
			return err
		}
		if err := t.insertStay(residentID, id, stay); err != nil {
			return err
		}
	}
	return nil
}

// Declarations lists what the resident declared, the latest first.
func (s *Store) Declarations(ctx context.Context, me models.Resident) ([]models.Declaration, error) {
	r := s.reader(ctx)
	var rows []declarationRow
	if err := r.db.Where("resident_id = ?", me.ID).Order("at DESC, id DESC").Limit(accessesShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("declarations: %w", err)
	}
	gone, err := r.withdrawn(me.ID)
	if err != nil {
		return nil, err
	}
	list := make([]models.Declaration, 0, len(rows))
	for _, row := range rows {
		if !s.vouched(row, row.ID, row.MAC) {
			continue
		}
		d, err := s.unsealDeclaration(row)
		if err != nil {
			return nil, err
		}
		d.Withdrawn = gone["declaration:"+row.ID]
		list = append(list, d)
	}
	return list, nil
}

func (s *Store) unsealDeclaration(row declarationRow) (models.Declaration, error) {
	answers, err := s.Vault.Unseal("declarations", "answers_sealed", row.ID, row.AnswersSealed)
	return models.Declaration{ID: row.ID, ResidentID: row.ResidentID, Form: row.Form, Version: row.FormVersion,
		Answers: json.RawMessage(answers), At: instant(row.At), Review: row.Review}, err
}
