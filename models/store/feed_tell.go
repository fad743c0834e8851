package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"healthcode/models"
)

// feedPage is about how many residents one transaction deals with.
const feedPage = 50

// FeedPhones tells an operator by what to know the numbers of its own subscribers who
// have agreed since it was told last, or of all who agree, and which tokens have
// ended. Each number that is told leaves an access row that its owner can see. What
// was told is given to each, some at a time, when it is on record.
func (s *Store) FeedPhones(ctx context.Context, by models.Actor, operator string, all bool, each func([]models.FeedPhone) error) error {
	op, err := s.reader(ctx).operator(operator)
	if err != nil {
		return err
	}
	for after := ""; ; {
		ids, err := s.saidToTravel(ctx, after)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		if after = ids[len(ids)-1]; err == nil {
			err = s.tellPage(ctx, by, op, ids, all, each)
		}
		if err != nil {
			return err
		}
	}
	return s.tellEnded(ctx, operator, each)
}

// saidToTravel is who comes next of those who ever said anything about the purpose.
func (s *Store) saidToTravel(ctx context.Context, after string) (ids []string, err error) {
	err = s.read.WithContext(ctx).Model(&consentRow{}).Distinct("resident_id").Where("purpose = ? AND resident_id > ?", models.PurposeTravel, after).
		Order("resident_id").Limit(feedPage).Find(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	return ids, nil
}

func (s *Store) tellPage(ctx context.Context, by models.Actor, op feedOperator, ids []string, all bool, each func([]models.FeedPhone) error) error {
	var told []models.FeedPhone
	err := s.change(ctx, by, func(t *txn) error {
		told = nil
		for _, id := range ids {
			list, err := t.tellOperator(op, id, all)
			if err != nil {
				return err
			}
			if told = append(told, list...); len(list) == 0 {
				continue
			}
			if err := t.access(id, models.AccessFeed); err != nil {
				return err
			}
		}
		if len(told) == 0 {
			return nil
		}
		return t.audit("feed.tell", "operator", op.id, fmt.Sprint(len(told)))
	})
	if err != nil || len(told) == 0 {
		return err
	}
	return each(told)
}

// tellOperator makes tokens for the numbers of the resident that the operator has none for,
// and ends those that it should no longer have. It is what the operator is told.
func (t *txn) tellOperator(op feedOperator, residentID string, all bool) (told []models.FeedPhone, err error) {
	numbers, err := t.numbersToTell(op, residentID)
	if err != nil {
		return nil, err
	}
	live, err := t.reader().liveTokens(residentID)
	if err != nil {
		return nil, err
	}
	for _, row := range live {
		if row.OperatorID != op.id {
			continue
		}
		phone, err := t.unsealPhone("feed_tokens", "phone_sealed", row.name(), row.PhoneSealed)
		if err != nil {
			return nil, err
		}
		i := slices.Index(numbers, phone)
		switch {
		case i < 0:
			err = t.endToken(row)
		case all:
			told = append(told, models.FeedPhone{Token: models.FeedToken(row.Token), Phone: phone})
		}
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			numbers = slices.Delete(numbers, i, i+1)
		}
	}
	for _, phone := range numbers {
		row, err := t.newToken(op.id, residentID, phone)
		if err != nil {
			return nil, err
		}
		told = append(told, models.FeedPhone{Token: models.FeedToken(row.Token), Phone: phone})
	}
	return told, nil
}

// numbersToTell are the operator's own among the numbers that platforms gave for the
// resident's accounts, if the resident agrees and their document has been checked.
func (t *txn) numbersToTell(op feedOperator, residentID string) (numbers []models.Phone, err error) {
	r := t.reader()
	_, home, err := t.lockHome(residentID)
	if err != nil {
		return nil, ignore(err, models.NotFound)
	}
	agreed, err := r.consents(residentID, models.PurposeTravel)
	if err != nil || !agreed || home.ClosedAt != 0 || !r.verified(home) {
		return nil, err
	}
	var accounts []accountRow
	if err := t.db.Where("resident_id = ?", residentID).Order("id").Find(&accounts).Error; err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if len(a.PhoneSealed) == 0 || t.residentOf(a) != residentID {
			continue
		}
		phone, err := t.unsealPhone("accounts", "phone_sealed", a.ID, a.PhoneSealed)
		if err != nil { // one that nobody can read keeps no other from being told
			t.alarm("accounts", a.ID)
			continue
		}
		own := slices.ContainsFunc(op.numbers, func(begin string) bool { return strings.HasPrefix(phone.Reveal(), begin) })
		if own && !slices.Contains(numbers, phone) {
			numbers = append(numbers, phone)
		}
	}
	return numbers, nil
}

// tellEnded tells which of the operator's tokens have ended. Each is told as long as
// it is kept, so that no list that is lost keeps one alive.
func (s *Store) tellEnded(ctx context.Context, operator string, each func([]models.FeedPhone) error) error {
	var rows []feedTokenEndRow
	if err := s.read.WithContext(ctx).Where("operator_id = ?", operator).Order("token").Find(&rows).Error; err != nil {
		return fmt.Errorf("feed token ends: %w", err)
	}
	var told []models.FeedPhone
	for _, row := range rows {
		if s.vouched(row, fmt.Sprintf("%x", row.Token), row.MAC) {
			told = append(told, models.FeedPhone{Token: models.FeedToken(row.Token), Ended: true})
		}
	}
	if len(told) == 0 {
		return nil
	}
	return each(told)
}
