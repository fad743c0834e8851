package store

import (
	"errors"

	"healthcode/models"
)

type documentRow struct {
	ID           string
	Type         string
	NumberSealed []byte
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (documentRow) TableName() string { return "documents" }

// documentOf is the id of the document's row, made if it is new: by a registry
// that delivers a record, or by a worker who has seen the document itself. A
// registration alone never makes one.
func (t *txn) documentOf(d models.Document) (string, error) {
	id, err := t.tagged(tagDocument, d.IndexKey())
	if err == nil {
		return id, t.tag(tagDocument, d.IndexKey(), id)
	}
	if !errors.Is(err, models.NotFound) {
		return "", err
	}
	id = t.id()
	seal := sealer{vault: t.Vault, table: "documents", row: id}
	row := documentRow{ID: id, Type: string(d.Type), NumberSealed: seal.seal("number_sealed", d.Number.Reveal()), CreatedAt: millis(t.at)}
	if seal.err != nil {
		return "", seal.err
	}
	if err := t.insert(&row); err != nil {
		return "", err
	}
	return id, t.tag(tagDocument, d.IndexKey(), id)
}
