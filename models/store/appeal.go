package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"healthcode/models"
)

type appealRow struct {
	ID          string
	ResidentID  string
	TargetKind  string
	TargetID    string
	Facts       string // ids of what is contested, separated by spaces
	WordsSealed []byte
	At          int64
	MAC         []byte `gorm:"column:mac"`
}

func (appealRow) TableName() string { return "appeals" }

func (r appealRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %q %q %d", r.ID, r.ResidentID, r.TargetKind, r.TargetID, r.Facts, r.At)
}

func (r appealRow) contested() []string { return strings.Fields(r.Facts) }

// appealsShown is how many of their appeals a resident is shown at once.
const appealsShown = 50

// Appeal takes an objection down and opens the review that answers it. Repeating
// the key gives the first one's id.
func (s *Store) Appeal(ctx context.Context, me models.Resident, key Key, a models.Appeal) (id string, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		var person residentRow
		if err := t.lock(&person, "id = ?", me.ID); err != nil { // two at once are one after the other
			return err
		}
		id = t.id()
		done, err := t.once("appeal "+me.AccountID, key, id)
		if err != nil {
			return err
		}
		if done != "" {
			id = done
			return nil
		}
		return t.insertAppeal(me, person, id, a)
	})
	return id, err
}

func (t *txn) insertAppeal(me models.Resident, person residentRow, id string, a models.Appeal) error {
	if err := t.notOpen(me.ID, a.Target); err != nil {
		return err
	}
	evidence, err := t.reader().contest(me, person, a.Target)
	if err != nil {
		return err
	}
	row := appealRow{ID: id, ResidentID: me.ID, TargetKind: string(a.Target.Kind), TargetID: a.Target.ID,
		Facts: strings.Join(evidence.ids(), " "), At: millis(t.at)}
	if row.WordsSealed, err = t.Vault.Seal("appeals", "words_sealed", id, []byte(a.Words)); err != nil {
		return err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	if err := t.takePhotos(me.ID, id, a.Photos); err != nil {
		return err
	}
	if err := t.audit("appeal.make", "appeal", id, string(a.Target.Kind)); err != nil {
		return err
	}
	if evidence.ordered() {
		return t.insertReview(reviewRow{Kind: string(models.ReviewAppeal), ResidentID: me.ID, SubjectID: id, CommunityID: me.CommunityID,
			Level: string(models.LevelDistrict)}, models.AppealDistrict)
	}
	return t.openReview(models.ReviewAppeal, me.ID, id, me.CommunityID, models.AppealCommunity)
}

// notOpen refuses a second appeal against what nobody has answered the first about.
func (t *txn) notOpen(residentID string, target models.Target) error {
	var open int64
	err := t.db.Table("appeals").Joins("JOIN reviews ON reviews.resident_id = appeals.resident_id AND reviews.subject_id = appeals.id").
		Where("appeals.resident_id = ? AND appeals.target_kind = ? AND appeals.target_id = ? AND reviews.judged_at = 0",
			residentID, string(target.Kind), target.ID).Count(&open).Error
	if err == nil && open > 0 {
		return models.Refuse(models.ReasonAppealOpen)
	}
	return err
}

// Objection is an appeal with what it is against, for whoever puts it into words.
type Objection struct {
	models.Appeal
	Decision  models.Decision // that it is against, if it is against one
	Contested []Contested
}

// Appeals lists the resident's own, the latest first, with where each stands.
func (s *Store) Appeals(ctx context.Context, me models.Resident) ([]Objection, error) {
	r := s.reader(ctx)
	var rows []appealRow
	if err := r.db.Where("resident_id = ?", me.ID).Order("at DESC, id DESC").Limit(appealsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("appeals: %w", err)
	}
	list := make([]Objection, 0, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	known, err := r.known(me.ID)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		o, err := r.objection(row, known)
		if errors.Is(err, models.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// objection is the appeal, if it verifies.
func (r reader) objection(row appealRow, of known) (o Objection, err error) {
	if !r.vouched(row, row.ID, row.MAC) {
		return o, models.NotFound
	}
	words, err := r.Vault.Unseal("appeals", "words_sealed", row.ID, row.WordsSealed)
	if err != nil {
		return o, err
	}
	o.Appeal = models.Appeal{ID: row.ID, ResidentID: row.ResidentID, Target: models.Target{Kind: models.TargetKind(row.TargetKind), ID: row.TargetID},
		Facts: row.contested(), Words: string(words), At: instant(row.At)}
	if o.Photos, err = r.photosOf(row.ID); err != nil {
		return o, err
	}
	o.Contested = of.contested(o.Facts)
	for _, c := range o.Contested {
		if c.Withdrawn {
			o.Withdrawn = append(o.Withdrawn, c.ID)
		}
	}
	if o.Target.Kind == models.TargetDecision {
		o.Decision, err = r.decided("id = ?", o.Target.ID)
		if err != nil && !errors.Is(err, models.NotFound) { // it may have been swept
			return o, err
		}
	}
	var review reviewRow
	err = found(r.db.Where("resident_id = ? AND subject_id = ?", row.ResidentID, row.ID).Take(&review).Error)
	if err == nil && !r.vouched(review, review.ID, review.MAC) {
		err = models.NotFound
	}
	if err != nil {
		return o, err
	}
	o.Review = review.review(r.Now())
	o.Review.Words, err = r.words(review)
	return o, err
}

// appeal is the one that a review is about, as staff see it.
func (r reader) appeal(id string) (Objection, error) {
	var row appealRow
	if err := found(r.db.Where("id = ?", id).Take(&row).Error); err != nil {
		return Objection{}, err
	}
	of, err := r.known(row.ResidentID)
	if err != nil {
		return Objection{}, err
	}
	return r.objection(row, of)
}

// judgeAppeal: what the appeal was right about counts no longer, and the rules
// decide anew from what is left.
func (t *txn) judgeAppeal(row reviewRow, state models.ReviewState, wrong []string) error {
	if state != models.ReviewGranted {
		return nil
	}
	o, err := t.reader().appeal(row.SubjectID)
	if err != nil {
		return err
	}
	slices.Sort(wrong)
	for _, id := range slices.Compact(wrong) {
		i := slices.IndexFunc(o.Contested, func(c Contested) bool { return c.ID == id })
		if i < 0 || o.Contested[i].Withdrawn {
			return models.Refuse(models.ReasonAppealFacts).On("facts")
		}
		if err := t.withdraw(row.ResidentID, models.Withdrawal(id)); err != nil {
			return err
		}
	}
	_, err = t.decide(row.ResidentID)
	return err
}
