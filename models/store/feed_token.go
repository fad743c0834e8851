package store

import (
	"errors"
	"fmt"
	"io"

	"healthcode/models"
)

// feedTokenRow says what an operator knows a number of a resident by. The number is
// one that a platform gave for an account of theirs: whoever types somebody else's is
// told nothing about them.
type feedTokenRow struct {
	Token       []byte `gorm:"primaryKey"`
	OperatorID  string
	ResidentID  string
	PhoneSealed []byte
	At          int64
	MAC         []byte `gorm:"column:mac"`
}

func (feedTokenRow) TableName() string { return "feed_tokens" }

func (r feedTokenRow) bytes() []byte {
	return fmt.Appendf(nil, "%x %s %s %x %d", r.Token, r.OperatorID, r.ResidentID, r.PhoneSealed, r.At)
}

// name is the token as a row is called.
func (r feedTokenRow) name() string { return fmt.Sprintf("%x", r.Token) }

// feedTokenEndRow says that of a token nothing counts any more.
type feedTokenEndRow struct {
	Token      []byte `gorm:"primaryKey"`
	OperatorID string
	At         int64
	MAC        []byte `gorm:"column:mac"`
}

func (feedTokenEndRow) TableName() string { return "feed_token_ends" }

func (r feedTokenEndRow) bytes() []byte {
	return fmt.Appendf(nil, "%x %s %d", r.Token, r.OperatorID, r.At)
}

// liveTokens are the resident's tokens that have not ended.
func (r reader) liveTokens(residentID string) ([]feedTokenRow, error) {
	var rows []feedTokenRow
	if err := r.db.Where("resident_id = ?", residentID).Order("token").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("feed tokens: %w", err)
	}
	var live []feedTokenRow
	for _, row := range rows {
		if !r.vouched(row, row.name(), row.MAC) {
			continue
		}
		ended, err := r.tokenEnded(row)
		if err != nil {
			return nil, err
		}
		if !ended {
			live = append(live, row)
		}
	}
	return live, nil
}

// tokenEnded reports whether the token has ended. An end that does not verify raises
// an alarm, and is one all the same: whoever made it ends a token and nothing else.
func (r reader) tokenEnded(row feedTokenRow) (bool, error) {
	var end feedTokenEndRow
	err := found(r.db.Where("token = ?", row.Token).Take(&end).Error)
	if errors.Is(err, models.NotFound) {
		return false, nil
	}
	if err == nil {
		r.vouched(end, row.name(), end.MAC)
	}
	return true, err
}

// endTokens has nothing count any more that operators say of the resident.
func (t *txn) endTokens(residentID string) error {
	live, err := t.reader().liveTokens(residentID)
	if err != nil {
		return err
	}
	for _, row := range live {
		if err := t.endToken(row); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) endToken(row feedTokenRow) error {
	end := feedTokenEndRow{Token: row.Token, OperatorID: row.OperatorID, At: millis(t.at)}
	var err error
	if end.MAC, err = t.vouch(end); err != nil {
		return err
	}
	if err := raced(t.insert(&end)); err != nil {
		return err
	}
	return t.audit("feed.token_end", "resident", row.ResidentID, row.OperatorID)
}

// newToken gives the operator a token for the number.
func (t *txn) newToken(operator, residentID string, phone models.Phone) (feedTokenRow, error) {
	row := feedTokenRow{Token: make([]byte, len(models.FeedToken{})), OperatorID: operator, ResidentID: residentID, At: millis(t.at)}
	if _, err := io.ReadFull(t.Random, row.Token); err != nil {
		return row, err
	}
	var err error
	if row.PhoneSealed, err = t.Vault.Seal("feed_tokens", "phone_sealed", row.name(), []byte(phone.Reveal())); err != nil {
		return row, err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return row, err
	}
	return row, t.insert(&row)
}
