package store

import (
	"context"
	"fmt"

	"healthcode/models"
)

// endedLife is how long a token is kept that has ended, so that its operator is told.
const endedLife = 30 * day

// sweepFeeds deletes what operators said so long ago that no card shows it, what is
// left of tokens that have ended, and those themselves once their operator knows.
func (s *Store) sweepFeeds(ctx context.Context, by models.Actor, out *Swept) error {
	if err := s.sweepTraces(ctx, by, out); err != nil {
		return fmt.Errorf("sweep traces: %w", err)
	}
	if err := s.sweepEnded(ctx, by, out); err != nil {
		return fmt.Errorf("sweep traces of ended tokens: %w", err)
	}
	return s.change(ctx, by, func(t *txn) error {
		before := millis(t.at.Add(-endedLife))
		old := t.db.Table("feed_token_ends").Select("token").Where("at < ?", before)
		if err := t.swept(out, "feed_tokens", t.db.Table("feed_tokens").Where("token IN (?)", old).Delete(nil)); err != nil {
			return err
		}
		return t.swept(out, "feed_token_ends", t.db.Table("feed_token_ends").Where("at < ?", before).Delete(nil))
	})
}

// sweepParts is into how many parts a day is cut that is deleted: tokens are random, so
// that the parts are about as large as one another. A city's whole day at once would
// hold up whoever else writes.
const sweepParts = 256

// sweepTraces deletes the days that are over, each in parts.
func (s *Store) sweepTraces(ctx context.Context, by models.Actor, out *Swept) error {
	first := models.DayOf(s.Now()) - models.FeedDays
	for {
		var days []int32
		err := s.read.WithContext(ctx).Table("traces").Where("day < ?", first).Order("day").Limit(1).Pluck("day", &days).Error
		if err != nil || len(days) == 0 {
			return err
		}
		for part := range sweepParts {
			err := s.change(ctx, by, func(t *txn) error {
				query := t.db.Table("traces").Where("day = ?", days[0])
				if part < sweepParts-1 {
					query = query.Where("token < ?", []byte{byte(part + 1)})
				}
				return t.swept(out, "traces", query.Delete(nil))
			})
			if err != nil {
				return err
			}
		}
	}
}

// sweepEnded deletes what was said of tokens that ended within the last days. What a
// feed added while its token ended goes the next time.
func (s *Store) sweepEnded(ctx context.Context, by models.Actor, out *Swept) error {
	var tokens [][]byte
	err := s.read.WithContext(ctx).Table("feed_token_ends").Where("at >= ?", millis(s.Now().Add(-2*day))).Order("at").Pluck("token", &tokens).Error
	if err != nil {
		return err
	}
	days := feedDays(s.Now())
	for len(tokens) > 0 {
		some := tokens[:min(len(tokens), feedPage)]
		tokens = tokens[len(some):]
		err := s.change(ctx, by, func(t *txn) error {
			return t.swept(out, "traces", t.db.Table("traces").Where("day IN ? AND token IN ?", days, some).Delete(nil))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
