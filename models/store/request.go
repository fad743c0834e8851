package store

import (
	"bytes"
	"errors"

	"gorm.io/gorm"

	"healthcode/models"
)

// Key makes a request repeatable: the same key with the same body is done once.
type Key struct {
	Value string // what the client chose
	Body  []byte // what was asked; kept only as a keyed hash
}

type requestRow struct {
	Scope     string `gorm:"primaryKey"`
	KeyHash   []byte `gorm:"primaryKey"`
	BodyHash  []byte
	SubjectID string
	At        int64
}

func (requestRow) TableName() string { return "requests" }

// once claims the key for the subject within the scope. If the request was done
// before, done is the subject that it made then; with another body it is a
// conflict. Two at the same moment meet on the row: the loser starts again and
// finds it.
func (t *txn) once(scope string, key Key, subjectID string) (done string, err error) {
	row := requestRow{Scope: scope, KeyHash: t.Vault.HashToken("request.key", []byte(key.Value)),
		BodyHash: t.Vault.HashToken("request.body", key.Body), SubjectID: subjectID, At: millis(t.at)}
	var before requestRow
	err = found(t.db.Where("scope = ? AND key_hash = ?", row.Scope, row.KeyHash).Take(&before).Error)
	switch {
	case err == nil && !bytes.Equal(before.BodyHash, row.BodyHash):
		return "", models.Refuse(models.ReasonIdempotencyBody)
	case err == nil:
		return before.SubjectID, nil
	case !errors.Is(err, models.NotFound):
		return "", err
	}
	if err := t.insert(&row); errors.Is(err, gorm.ErrDuplicatedKey) {
		return "", errRace
	} else if err != nil {
		return "", err
	}
	return "", nil
}
