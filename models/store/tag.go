package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"healthcode/models"
)

// What a blind tag is of. The name separates the keyed hashes of one purpose
// from those of another.
const (
	tagAccount  = "account"
	tagDocument = "document"
)

type tagRow struct {
	Purpose    string `gorm:"primaryKey"`
	KeyVersion int64  `gorm:"primaryKey;autoIncrement:false"`
	Tag        []byte `gorm:"primaryKey"`
	SubjectID  string
	MAC        []byte `gorm:"column:mac"`
}

func (tagRow) TableName() string { return "tags" }

func (r tagRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %d %x %s", r.Purpose, r.KeyVersion, r.Tag, r.SubjectID)
}

// errForged says that a row is in the way that the service did not make. Who has the
// key of it is kept out until somebody has looked: it leads to somebody else.
var errForged = errors.New("a row that the service did not make is in the way")

// tagged finds the row that the clear value belongs to, under any key in use.
func (t *txn) tagged(purpose string, clear []byte) (string, error) {
	tags, err := t.Vault.TagAll(purpose, clear)
	if err != nil {
		return "", fmt.Errorf("tag: %w", err)
	}
	for version, tag := range tags {
		var row tagRow
		err := found(t.db.Where("purpose = ? AND key_version = ? AND tag = ?", purpose, version, tag).Take(&row).Error)
		if errors.Is(err, models.NotFound) {
			continue
		}
		if err == nil && !t.vouched(row, row.SubjectID, row.MAC) {
			err = errForged
		}
		return row.SubjectID, err
	}
	return "", models.NotFound
}

// tag writes the clear value's tag under the newest key, unless it is there: a
// value that was found under an older key is carried over that way. A lost race
// for the same value starts the transaction again, which then finds it.
func (t *txn) tag(purpose string, clear []byte, subjectID string) error {
	version, tag, err := t.Vault.TagWrite(purpose, clear)
	if err != nil {
		return fmt.Errorf("tag: %w", err)
	}
	var there int64
	err = t.db.Model(&tagRow{}).Where("purpose = ? AND key_version = ? AND tag = ?", purpose, version, tag).Count(&there).Error
	if err != nil || there > 0 {
		return err
	}
	row := tagRow{Purpose: purpose, KeyVersion: int64(version), Tag: tag, SubjectID: subjectID}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	err = t.insert(&row)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errRace
	}
	return err
}
