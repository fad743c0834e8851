package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"healthcode/models"
)

type clientRow struct {
	ID         string
	Display    string
	SecretHash []byte
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	DisabledAt int64
	MAC        []byte `gorm:"column:mac"`

	Jurisdiction string
}

func (clientRow) TableName() string { return "clients" }

// AddClient lets a registry or laboratory of a jurisdiction deliver records: its
// epidemiologists agree to those that turn people red. The secret is random and
// long, so a plain hash keeps it.
func (s *Store) AddClient(ctx context.Context, by models.Actor, display, jurisdiction string) (id, secret string, err error) {
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.knownPlace(jurisdiction); err != nil {
			return err
		}
		if secret, err = t.token(); err != nil {
			return err
		}
		id = t.id()
		row := clientRow{ID: id, Display: display, SecretHash: t.Vault.HashToken("client", []byte(secret)), CreatedAt: millis(t.at), Jurisdiction: jurisdiction}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("client.add", "client", id, "")
	})
	return id, secret, err
}

// SignInClient gives an access token for a client's credentials (RFC 6749,
// section 4.4). Whatever is wrong, the answer is the same.
func (s *Store) SignInClient(ctx context.Context, id, secret string) (token string, err error) {
	var row clientRow
	err = found(s.read.WithContext(ctx).Where("id = ? AND disabled_at = 0", id).Take(&row).Error)
	if err != nil && !errors.Is(err, models.NotFound) {
		return "", fmt.Errorf("client: %w", err)
	}
	if err != nil || !s.vouched(row, row.ID, row.MAC) || !bytes.Equal(row.SecretHash, s.Vault.HashToken("client", []byte(secret))) {
		return "", models.Refuse(models.ReasonLoginClient)
	}
	by := models.Client{ID: row.ID, Display: row.Display}.Actor()
	err = s.change(ctx, by, func(t *txn) error {
		token, err = t.beginSession(sessionClient, row.ID, "")
		return err
	})
	return token, err
}

// Client is whose access token it is.
func (s *Store) Client(ctx context.Context, token string) (models.Client, error) {
	session, err := s.session(ctx, sessionClient, token)
	if err != nil {
		return models.Client{}, err
	}
	var row clientRow
	err = found(s.read.WithContext(ctx).Where("id = ? AND disabled_at = 0", session.SubjectID).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && !s.vouched(row, row.ID, row.MAC) {
		return models.Client{}, models.Refuse(models.ReasonLoginRequired)
	}
	return models.Client{ID: row.ID, Display: row.Display, Jurisdiction: s.Today(row.Jurisdiction)}, err
}
