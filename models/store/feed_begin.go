package store

import (
	"context"
	"errors"
	"io"

	"healthcode/models"
)

// signedFeed opens the file and finds how far it has been read, if an operator has
// signed it and it is not from tomorrow.
func (s *Store) signedFeed(ctx context.Context, file io.ReadSeeker, signature []byte) (*feedFile, feedRow, error) {
	f, err := openFeed(file)
	if err != nil {
		return nil, feedRow{}, err
	}
	signed, err := models.ParseFeedSignature(signature)
	if err != nil {
		return nil, feedRow{}, err
	}
	r := s.reader(ctx)
	op, err := r.operator(f.head.Operator)
	if err != nil {
		return nil, feedRow{}, err
	}
	key, known := op.keys[signed.Key]
	if !known || !key.Signed(f.head.String(), signed.Bytes) {
		return nil, feedRow{}, models.Refuse(models.ReasonFeedSignature)
	}
	if f.head.Date > models.DayOf(s.Now()) {
		return nil, feedRow{}, models.Refuse(models.ReasonFeedDate)
	}
	row := feedRow{OperatorID: op.id, Sequence: f.head.Sequence, Head: f.head.String(), KeyID: key.ID, Signature: signed.Bytes}
	there, err := r.begun(row)
	if errors.Is(err, models.NotFound) {
		return f, row, nil
	}
	return f, there, err
}

// begun is the feed as it was begun. The problem is a conflict if another was, under
// the same number.
func (r reader) begun(row feedRow) (feedRow, error) {
	there, err := r.feedRow(row.OperatorID, row.Sequence)
	if err == nil && there.Head != row.Head {
		err = models.Refuse(models.ReasonFeedConflict)
	}
	return there, err
}

// feedRow is the row of a feed that was begun.
func (r reader) feedRow(operator string, sequence int64) (row feedRow, err error) {
	if err := found(r.db.Where("operator_id = ? AND sequence = ?", operator, sequence).Take(&row).Error); err != nil {
		return row, err
	}
	if !r.vouched(row, row.name(), row.MAC) {
		return row, errForgedFeed
	}
	return row, nil
}

// isCity is whether feeds may name the place: a city, and nothing within one.
func (s *Store) isCity(code string) bool {
	_, known := models.Division(code)
	if !known {
		_, known = s.law.Load().files.Parents[code]
	}
	return known && models.IsCity(code)
}

// beginFeed writes down that the feed is begun, if nobody else did.
func (s *Store) beginFeed(ctx context.Context, by models.Actor, row feedRow) (feedRow, error) {
	if row.BegunAt != 0 {
		return row, nil
	}
	err := s.change(ctx, by, func(t *txn) error {
		there, err := t.reader().begun(row)
		if err == nil {
			row = there
			return nil
		}
		if !errors.Is(err, models.NotFound) {
			return err
		}
		row.BegunAt = millis(t.at)
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := raced(t.insert(&row)); err != nil {
			return err
		}
		return t.audit("feed.begin", "feed", row.name(), row.KeyID)
	})
	return row, err
}
