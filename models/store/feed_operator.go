package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"

	"healthcode/models"
)

// operatorRow is a key that an operator signs its feeds with, or that one has ended.
// An end is a row of its own, so that nobody brings a key back.
type operatorRow struct {
	OperatorID string `gorm:"primaryKey"`
	KeyID      string `gorm:"primaryKey"`
	Ended      int    `gorm:"primaryKey;autoIncrement:false"`
	PublicKey  []byte
	Numbers    string // what the numbers begin with that are the operator's own, with spaces between
	At         int64
	MAC        []byte `gorm:"column:mac"`
}

func (operatorRow) TableName() string { return "operators" }

func (r operatorRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %d %x %q %d", r.OperatorID, r.KeyID, r.Ended, r.PublicKey, r.Numbers, r.At)
}

// feedOperator is an operator whose feeds are taken.
type feedOperator struct {
	id      string
	keys    map[string]models.FeedKey // that have not ended
	numbers []string
}

// operator is the operator of that id. The problem is feed.operator if there is none
// with a key.
func (r reader) operator(id string) (feedOperator, error) {
	op := feedOperator{id: id, keys: map[string]models.FeedKey{}}
	var rows []operatorRow
	if err := r.db.Where("operator_id = ?", id).Order("ended, at, key_id").Find(&rows).Error; err != nil {
		return op, fmt.Errorf("operators: %w", err)
	}
	for _, row := range rows { // the ends are the last
		ours := r.vouched(row, id, row.MAC)
		switch {
		case row.Ended != 0: // also one that somebody forged: it takes nothing in
			delete(op.keys, row.KeyID)
		case ours:
			key, err := models.FeedKeyOf(row.PublicKey)
			if err != nil {
				return op, err
			}
			op.keys[key.ID], op.numbers = key, strings.Fields(row.Numbers)
		}
	}
	if len(op.keys) == 0 {
		return op, models.Refuse(models.ReasonFeedOperator)
	}
	return op, nil
}

// numberBegin is what the numbers of an operator may begin with.
var numberBegin = regexp.MustCompile(`^1[0-9]{1,6}$`)

// AddOperator has feeds be taken that the key has signed. The numbers are what those
// begin with that are the operator's own: it is told of no others. Those of its latest
// key count, and another key may come without any.
func (s *Store) AddOperator(ctx context.Context, by models.Actor, id string, key models.FeedKey, numbers []string) error {
	if err := models.CheckOperator(id); err != nil {
		return err
	}
	for _, begin := range numbers {
		if !numberBegin.MatchString(begin) {
			return models.Refuse(models.ReasonFeedNumbers)
		}
	}
	return s.change(ctx, by, func(t *txn) error {
		if len(numbers) == 0 {
			op, err := t.reader().operator(id)
			if err != nil {
				return models.Refuse(models.ReasonFeedNumbers).Because(err)
			}
			numbers = op.numbers
		}
		row := operatorRow{OperatorID: id, KeyID: key.ID, PublicKey: key.DER, Numbers: strings.Join(numbers, " "), At: millis(t.at)}
		if err := t.insertOperator(row); err != nil {
			return err
		}
		return t.audit("operator.add", "operator", id, key.ID)
	})
}

// EndOperatorKey has nothing be taken any more that the key has signed.
func (s *Store) EndOperatorKey(ctx context.Context, by models.Actor, id, keyID string) error {
	return s.change(ctx, by, func(t *txn) error {
		op, err := t.reader().operator(id)
		if err != nil {
			return err
		}
		if _, there := op.keys[keyID]; !there {
			return models.Refuse(models.ReasonFeedKey)
		}
		if err := t.insertOperator(operatorRow{OperatorID: id, KeyID: keyID, Ended: 1, PublicKey: []byte{}, At: millis(t.at)}); err != nil {
			return err
		}
		return t.audit("operator.end", "operator", id, keyID)
	})
}

// insertOperator adds a row. A key that was there before never comes back.
func (t *txn) insertOperator(row operatorRow) (err error) {
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err = t.insert(&row); errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.Refuse(models.ReasonFeedKey).Because(err)
	}
	return err
}
