package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// linkLife is how long a plugin's user has to go to the city's own app and back.
const linkLife = 5 * time.Minute

type linkRow struct {
	Challenge  []byte `gorm:"primaryKey"`
	AccountID  string
	Handover   []byte // nil until a resident has answered
	ResidentID string
	MAC        []byte `gorm:"column:mac"`
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	ExpiresAt  int64
	UsedAt     int64
}

func (linkRow) TableName() string { return "links" }

// bytes is what the service vouches for: that this plugin's account asked, and that
// this resident gave themselves to it by this answer.
func (r linkRow) bytes() []byte {
	return fmt.Appendf(nil, "%x %s %x %s %d", r.Challenge, r.AccountID, r.Handover, r.ResidentID, r.ExpiresAt)
}

// Challenge begins a link: the plugin carries it to the city's own app.
func (s *Store) Challenge(ctx context.Context, me models.Plugin) (challenge string, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		if challenge, err = t.token(); err != nil {
			return err
		}
		row := linkRow{Challenge: t.Vault.HashToken("challenge", []byte(challenge)), AccountID: me.ID,
			CreatedAt: millis(t.at), ExpiresAt: millis(t.at.Add(linkLife))}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("link.challenge", "account", me.ID, "")
	})
	return challenge, err
}

// HandOver answers a challenge: the resident lets that plugin's account show
// their code. The answer is good once, and only for the account that asked.
func (s *Store) HandOver(ctx context.Context, me models.Resident, challenge string) (handover string, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		var row linkRow
		err := t.lock(&row, "challenge = ?", t.Vault.HashToken("challenge", []byte(challenge)))
		if err = t.live(row, err); err != nil || row.ResidentID != "" {
			return errors.Join(err, refuseLink(row.ResidentID != ""))
		}
		if handover, err = t.token(); err != nil {
			return err
		}
		row.Handover, row.ResidentID = t.Vault.HashToken("handover", []byte(handover)), me.ID
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		err = t.db.Model(&linkRow{}).Where("challenge = ?", row.Challenge).
			Updates(map[string]any{"handover": row.Handover, "resident_id": me.ID, "mac": row.MAC}).Error
		if err != nil {
			return err
		}
		return t.audit("link.handover", "resident", me.ID, row.AccountID)
	})
	return handover, err
}

// Link makes the plugin's account the resident's who handed over. What the
// account has declared before is carried to them.
func (s *Store) Link(ctx context.Context, me models.Plugin, handover string) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		var row linkRow
		err := t.lock(&row, "handover = ?", t.Vault.HashToken("handover", []byte(handover)))
		if err := t.live(row, err); err != nil {
			return err
		}
		if row.AccountID != me.ID || row.ResidentID == "" {
			return models.Refuse(models.ReasonLink)
		}
		if err := t.db.Model(&linkRow{}).Where("challenge = ?", row.Challenge).Update("used_at", millis(t.at)).Error; err != nil {
			return err
		}
		return t.link(me.Account, row.ResidentID)
	})
}

// link gives the account to the resident.
func (t *txn) link(account models.Account, residentID string) error {
	_, holder, err := t.lockHome(residentID)
	if err != nil {
		return err
	}
	if holder.ClosedAt != 0 {
		return models.NotFound
	}
	if account.ResidentID != "" && account.ResidentID != residentID {
		_, before, err := t.lockHome(account.ResidentID)
		if err != nil {
			return err
		}
		if before.ClosedAt == 0 {
			if t.verified(before) {
				return models.Refuse(models.ReasonRegistrationTwice)
			}
			if err := t.merge(before, holder); err != nil {
				return err
			}
		}
	}
	t.touch(residentID)
	if err := t.give(accountRow{ID: account.ID, Platform: account.Platform}, residentID); err != nil {
		return err
	}
	return t.audit("link.use", "resident", residentID, account.ID)
}

// live refuses what is not there, was used, has ended or was forged, all alike.
func (t *txn) live(row linkRow, err error) error {
	if err != nil && !errors.Is(err, models.NotFound) {
		return err
	}
	return refuseLink(err != nil || row.UsedAt != 0 || millis(t.at) >= row.ExpiresAt || !t.vouched(row, "link", row.MAC))
}

func refuseLink(bad bool) error {
	if bad {
		return models.Refuse(models.ReasonLink)
	}
	return nil
}
