package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"healthcode/models"
)

type vaccinationRow struct {
	ID         string
	DocumentID string
	NameSealed []byte
	Product    string
	Batch      string
	Dose       int
	DateAt     int64
	Site       string
	ClientID   string
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	MAC        []byte `gorm:"column:mac"`
}

func (vaccinationRow) TableName() string { return "vaccinations" }

func (r vaccinationRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %d %q %q", r.ID, r.DocumentID, r.Product, r.Dose, r.DateAt, r.Batch, r.Site)
}

type testRow struct {
	ID         string
	DocumentID string
	NameSealed []byte
	Kind       string
	Result     string
	SampledAt  int64
	Lab        string
	ClientID   string
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	MAC        []byte `gorm:"column:mac"`
}

func (testRow) TableName() string { return "tests" }

func (r testRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %q", r.ID, r.DocumentID, r.Kind, r.Result, r.SampledAt, r.Lab)
}

const (
	macVaccination = "vaccinations"
	macTest        = "tests"
)

// ImportVaccinations takes doses down, all or none, and says how many were new.
// One that is there already is left as it is; one that contradicts a dose on
// record is a conflict, named by its place in the list.
func (s *Store) ImportVaccinations(ctx context.Context, by models.Actor, list []models.Vaccination) (int, error) {
	return importRecords(ctx, s, by, "vaccinations", list, (*txn).importVaccination)
}

func importRecords[R any](ctx context.Context, s *Store, by models.Actor, kind string, list []R, one func(*txn, int, R) (int, error)) (added int, err error) {
	err = s.change(ctx, by, func(t *txn) error {
		added = 0
		var conflicts models.Problems
		for i, record := range list {
			n, err := one(t, i, record)
			if errors.Is(err, models.Conflict) {
				conflicts.Add(fmt.Sprintf("records.%d", i), err)
			} else if err != nil {
				return err
			}
			added += n
		}
		if err := conflicts.Err(); err != nil || added == 0 {
			return err
		}
		return t.audit(kind+".import", "records", kind, fmt.Sprintf("%d of %d new", added, len(list)))
	})
	return added, err
}

func (t *txn) importVaccination(_ int, v models.Vaccination) (added int, err error) {
	documentID, err := t.documentOf(v.Document)
	if err != nil {
		return 0, err
	}
	var before vaccinationRow
	err = found(t.db.Where("document_id = ? AND dose = ?", documentID, v.Dose).Take(&before).Error)
	if err == nil {
		if before.DateAt == millis(v.Date) && before.Product == v.Product && before.Batch == v.Batch {
			return 0, nil
		}
		return 0, models.Refuse(models.ReasonRecordConflict)
	}
	if !errors.Is(err, models.NotFound) {
		return 0, err
	}
	row := vaccinationRow{ID: t.id(), DocumentID: documentID, Product: v.Product, Batch: v.Batch, Dose: v.Dose,
		DateAt: millis(v.Date), Site: v.Site, ClientID: t.by.ID, CreatedAt: millis(t.at)}
	if row.NameSealed, err = t.Vault.Seal("vaccinations", "name_sealed", row.ID, []byte(v.Name.Reveal())); err != nil {
		return 0, err
	}
	if row.MAC, err = t.Vault.MAC(macVaccination, row.bytes()); err != nil {
		return 0, err
	}
	return 1, raced(t.insert(&row))
}

// raced turns a duplicate key into a reason to begin again: the row is there now.
func raced(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errRace
	}
	return err
}

// decideHolder decides anew about the resident whom the document belongs to.
func (t *txn) decideHolder(documentID string) error {
	var holder residentRow
	err := found(t.db.Where("document_id = ?", documentID).Take(&holder).Error)
	if errors.Is(err, models.NotFound) {
		return nil // nobody has proved to be this person yet
	}
	if err != nil {
		return err
	}
	_, err = t.decide(holder.ID)
	return err
}

// Course is what the resident's vaccinations come to. Whoever has not proved who
// they are, or does not consent, has no record: not even an empty one is theirs.
func (s *Store) Course(ctx context.Context, me models.Resident) (models.Course, error) {
	r := s.reader(ctx)
	documentID, err := r.proved(me)
	if err != nil || documentID == "" {
		return models.Course{}, err
	}
	gone, err := r.withdrawn(me.ID)
	if err != nil {
		return models.Course{}, err
	}
	doses, err := r.doses(documentID, gone)
	return models.CourseOf(doses), err
}

// doses are those on record, with those that are marked which count no longer.
func (r reader) doses(documentID string, gone map[string]bool) (doses []models.Vaccination, err error) {
	var rows []vaccinationRow
	if err := r.db.Where("document_id = ?", documentID).Order("date_at, dose").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("vaccinations: %w", err)
	}
	for _, row := range rows {
		if !r.Vault.CheckMAC(macVaccination, row.bytes(), row.MAC) {
			r.alarm("vaccinations", row.ID)
			continue
		}
		doses = append(doses, models.Vaccination{ID: row.ID, Product: row.Product, Batch: row.Batch, Dose: row.Dose,
			Date: instant(row.DateAt), Site: row.Site, Withdrawn: gone[models.RecordID(row.ID)]})
	}
	return doses, nil
}

// Tests lists the resident's laboratory results, the latest first.
func (s *Store) Tests(ctx context.Context, me models.Resident) ([]models.Test, error) {
	r := s.reader(ctx)
	documentID, err := r.proved(me)
	if err != nil || documentID == "" {
		return nil, err
	}
	rows, err := r.testRows(documentID)
	if err != nil {
		return nil, err
	}
	gone, err := r.withdrawn(me.ID)
	return r.testsIn(rows, gone), err
}

// proved is the id of the document that the resident has proved to be theirs and
// whose records may be fetched; "" when there is none.
func (r reader) proved(me models.Resident) (string, error) {
	if !me.Verified {
		return "", nil
	}
	agreed, err := r.consents(me.ID, models.PurposeRecords)
	if err != nil || !agreed {
		return "", err
	}
	var row residentRow
	if err := found(r.db.Where("id = ?", me.ID).Take(&row).Error); err != nil {
		return "", err
	}
	if !r.verified(row) {
		return "", nil
	}
	return *row.DocumentID, nil
}

func (r reader) testRows(documentID string) (rows []testRow, err error) {
	if err := r.db.Where("document_id = ?", documentID).Order("sampled_at DESC, id DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("tests: %w", err)
	}
	return rows, nil
}

// testsIn is the results that verify, with those marked that count no longer.
func (s *Store) testsIn(rows []testRow, gone map[string]bool) []models.Test {
	list := make([]models.Test, 0, len(rows))
	for _, row := range rows {
		if !s.Vault.CheckMAC(macTest, row.bytes(), row.MAC) {
			s.alarm("tests", row.ID)
			continue
		}
		test := models.Test{ID: row.ID, Kind: row.Kind, Result: row.Result, Sampled: instant(row.SampledAt), Lab: row.Lab}
		test.Withdrawn = withdrawn(gone, test.Fact())
		list = append(list, test)
	}
	return list
}
