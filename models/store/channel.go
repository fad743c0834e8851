package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"healthcode/models"
)

// Channel is the account whose session the token is, a plugin's too.
func (s *Store) Channel(ctx context.Context, token string) (models.Account, error) {
	session, err := s.session(ctx, sessionAccount, token)
	if err != nil {
		return models.Account{}, err
	}
	var row accountRow
	if err := s.read.WithContext(ctx).Where("id = ?", session.SubjectID).Take(&row).Error; err != nil {
		return models.Account{}, fmt.Errorf("account: %w", err)
	}
	return models.Account{ID: row.ID, Platform: row.Platform, ResidentID: s.residentOf(row), SessionID: session.ID}, nil
}

// Account is the same for the city's own apps alone. The problem is
// plugin.forbidden for a plugin's: in somebody else's app one may show a code and
// declare, and not change who one is or take one's record away.
func (s *Store) Account(ctx context.Context, token string) (models.Account, error) {
	account, err := s.Channel(ctx, token)
	if err == nil && account.IsPlugin() {
		return models.Account{}, models.Refuse(models.ReasonPluginForbidden)
	}
	return account, err
}

// Plugin is the plugin's account whose session the token is, and no other.
func (s *Store) Plugin(ctx context.Context, token string) (models.Plugin, error) {
	account, err := s.Channel(ctx, token)
	if err == nil && !account.IsPlugin() {
		err = models.Refuse(models.ReasonForbidden)
	}
	return models.Plugin{Account: account}, err
}

// Linked is the resident whose session the token is, through a plugin or not.
func (s *Store) Linked(ctx context.Context, token string) (models.Linked, error) {
	account, err := s.Channel(ctx, token)
	if err != nil {
		return models.Linked{}, err
	}
	me, err := s.ResidentOf(ctx, account)
	return models.Linked{Resident: me}, err
}

// Identity is who the account is to its platform: what messages are sent to and
// names are checked for. It leaves the store only to go back there.
func (s *Store) Identity(ctx context.Context, accountID string) (SignIn, error) {
	var row accountRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", accountID).Take(&row).Error); err != nil {
		return SignIn{}, err
	}
	return s.identity(row)
}

func (s *Store) identity(row accountRow) (SignIn, error) {
	key, err := s.Vault.Unseal("accounts", "open_id_sealed", row.ID, row.OpenIDSealed)
	if err != nil {
		return SignIn{}, err
	}
	parts := strings.Split(string(key), "\x00")
	if len(parts) != 3 {
		return SignIn{}, errors.New("account: the sealed identity has another shape")
	}
	return SignIn{Platform: parts[0], AppID: parts[1], OpenID: parts[2]}, nil
}

// WithdrawAccount signs the account out everywhere: its owner has told the platform
// that the mini-program shall know them no longer. Sessions that began afterwards
// stay, since the platform may tell late and more than once. Somebody who never
// came is nothing to be done about.
func (s *Store) WithdrawAccount(ctx context.Context, who SignIn, at time.Time) error {
	return s.change(ctx, models.System(who.Platform), func(t *txn) error {
		account, err := t.tagged(tagAccount, who.key())
		if errors.Is(err, models.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var open []sessionRow
		err = t.db.Where("subject_id = ? AND kind = ? AND ended_at = 0 AND created_at <= ?", account, sessionAccount, millis(at)).Find(&open).Error
		if err != nil {
			return err
		}
		for _, session := range open {
			t.touch(session.ID)
			if err := t.db.Model(&sessionRow{}).Where("id = ?", session.ID).Update("ended_at", millis(t.at)).Error; err != nil {
				return err
			}
			if err := t.audit("session.end", "session", session.ID, "withdrawn"); err != nil {
				return err
			}
		}
		return nil
	})
}

// ClaimPhone keeps the number that the platform gave for the account, for a
// registration that names none. It is a claim like one that is typed.
func (s *Store) ClaimPhone(ctx context.Context, me models.Account, phone models.Phone) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		sealed, err := t.Vault.Seal("accounts", "phone_sealed", me.ID, []byte(phone.Reveal()))
		if err != nil {
			return err
		}
		if err := t.db.Model(&accountRow{}).Where("id = ?", me.ID).Update("phone_sealed", sealed).Error; err != nil {
			return err
		}
		return t.audit("account.phone", "account", me.ID, "")
	})
}

// ClaimedPhone is that number; the zero Phone if there is none.
func (s *Store) ClaimedPhone(ctx context.Context, me models.Account) (models.Phone, error) {
	var row accountRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", me.ID).Take(&row).Error); err != nil {
		return models.Phone{}, err
	}
	if len(row.PhoneSealed) == 0 {
		return models.Phone{}, nil
	}
	return s.unsealPhone("accounts", "phone_sealed", row.ID, row.PhoneSealed)
}

type subscriptionRow struct {
	AccountID string `gorm:"primaryKey"`
	Template  string `gorm:"primaryKey"`
	LeftOver  int
	At        int64
}

func (subscriptionRow) TableName() string { return "subscriptions" }

// Endless is how often a message may be sent that was agreed to for good.
const Endless = -1

// Subscribe writes down that the account agreed to one more message of each of
// the templates, or to all of them for good. More than ten waiting are not kept:
// nobody needs a hundred messages at once.
func (s *Store) Subscribe(ctx context.Context, me models.Account, templates []string, forGood bool) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		for _, template := range templates {
			row := subscriptionRow{AccountID: me.ID, Template: template, At: millis(t.at)}
			var before subscriptionRow
			err := t.lock(&before, "account_id = ? AND template = ?", me.ID, template)
			if err != nil && !errors.Is(err, models.NotFound) {
				return err
			}
			row.LeftOver = min(before.LeftOver+1, 10)
			if forGood || before.LeftOver == Endless {
				row.LeftOver = Endless
			}
			if err := t.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
				return err
			}
		}
		return t.audit("account.subscribe", "account", me.ID, strings.Join(templates, " "))
	})
}
