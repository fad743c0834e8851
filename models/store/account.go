package store

import (
	"context"
	"errors"
	"fmt"

	"healthcode/models"
)

type accountRow struct {
	ID           string
	Platform     string
	OpenIDSealed []byte `gorm:"column:open_id_sealed"`
	ResidentID   string
	PhoneSealed  []byte // what the platform said, until a registration uses it
	CreatedAt    int64  `gorm:"autoCreateTime:false"`
	ClosedAt     int64
	MAC          []byte `gorm:"column:mac"`
}

func (accountRow) TableName() string { return "accounts" }

// residentOf is the resident whom the account belongs to: nobody, if the service did
// not give it to them.
func (s *Store) residentOf(row accountRow) string {
	if !s.vouched(row, row.ID, row.MAC) {
		return ""
	}
	return row.ResidentID
}

// give makes the account the resident's. Residents that it belonged to before have
// closed their codes by then, so that an earlier row brings none of them back.
func (t *txn) give(account accountRow, residentID string) error {
	account.ResidentID = residentID
	mac, err := t.vouch(account)
	if err != nil {
		return err
	}
	return t.db.Model(&accountRow{}).Where("id = ?", account.ID).Updates(map[string]any{"resident_id": residentID, "mac": mac}).Error
}

// SignIn is who a platform says has just logged in, and on what.
type SignIn struct {
	Platform string
	AppID    string
	OpenID   string
	Device   string // what the browser or mini-program says it runs on
}

// key is what identifies the account: the same person has another open id in
// another mini-program, so the app belongs to it.
func (in SignIn) key() []byte {
	return []byte(in.Platform + "\x00" + in.AppID + "\x00" + in.OpenID)
}

// SignIn finds the platform's account, or opens one, and begins a session. The
// token is the session's only copy: the store keeps its hash.
func (s *Store) SignIn(ctx context.Context, in SignIn) (token string, err error) {
	err = s.change(ctx, models.Actor{Kind: models.ActorAccount, ID: in.Platform}, func(t *txn) error {
		account, err := t.accountOf(in)
		if err != nil {
			return err
		}
		t.by.ID = account
		token, err = t.beginSession(sessionAccount, account, in.Device)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return token, nil
}

// accountOf is the id of the platform's account, opened if it is new.
func (t *txn) accountOf(in SignIn) (string, error) {
	id, err := t.tagged(tagAccount, in.key())
	if err == nil {
		return id, t.tag(tagAccount, in.key(), id)
	}
	if !errors.Is(err, models.NotFound) {
		return "", err
	}
	id = t.id()
	seal := sealer{vault: t.Vault, table: "accounts", row: id}
	row := accountRow{ID: id, Platform: in.Platform, OpenIDSealed: seal.seal("open_id_sealed", string(in.key())), CreatedAt: millis(t.at)}
	if seal.err != nil {
		return "", seal.err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return "", err
	}
	if err := t.insert(&row); err != nil {
		return "", err
	}
	if err := t.tag(tagAccount, in.key(), id); err != nil {
		return "", err
	}
	t.by.ID = id
	return id, t.audit("account.open", "account", id, in.Platform)
}
