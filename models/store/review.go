package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// reviewDay is how long a community has to look at something.
const reviewDay = 24 * time.Hour

// reviewsShown is how many items of a queue are shown at once.
const reviewsShown = 50

type reviewRow struct {
	ID          string
	Kind        string
	ResidentID  string
	SubjectID   string
	CommunityID string
	Level       string
	State       string
	ClaimedBy   string
	ClaimedAt   int64
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	DueAt       int64
	OverdueAt   int64 // when it was found that nobody had answered an appeal in time
	JudgedAt    int64
	MAC         []byte `gorm:"column:mac"`
}

func (reviewRow) TableName() string { return "reviews" }

// bytes is what the review is about and who may see it.
func (r reviewRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %s", r.ID, r.Kind, r.ResidentID, r.SubjectID, r.CommunityID)
}

type judgementRow struct {
	ReviewID string `gorm:"primaryKey"`
	StaffID  string
	Verdict  string
	Words    string
	At       int64
	MAC      []byte `gorm:"column:mac"`
}

func (judgementRow) TableName() string { return "judgements" }

const macJudgement = "judgements"

func (r judgementRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d %s", r.ReviewID, r.StaffID, r.Verdict, r.At, r.Words)
}

// review is the row as it stands at that instant.
func (r reviewRow) review(now time.Time) models.Review {
	return models.Review{ID: r.ID, Kind: models.ReviewKind(r.Kind), ResidentID: r.ResidentID, SubjectID: r.SubjectID,
		CommunityID: r.CommunityID, Level: models.ReviewLevel(r.Level), State: models.ReviewState(r.State), ClaimedBy: r.ClaimedBy,
		CreatedAt: instant(r.CreatedAt), DueAt: instant(r.DueAt), JudgedAt: instant(r.JudgedAt)}.As(now)
}

func (t *txn) openReview(kind models.ReviewKind, residentID, subjectID, communityID string, within time.Duration) error {
	return t.insertReview(reviewRow{Kind: string(kind), ResidentID: residentID, SubjectID: subjectID, CommunityID: communityID,
		Level: string(models.LevelCommunity)}, within)
}

func (t *txn) insertReview(row reviewRow, within time.Duration) error {
	row.ID, row.State, row.CreatedAt, row.DueAt = t.id(), string(models.ReviewOpen), millis(t.at), millis(t.at.Add(within))
	var err error
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	return t.audit("review.open", "review", row.ID, row.Kind)
}

// Judge decides a review that the worker holds. What follows depends on what is
// reviewed; the resident sees the words.
func (d Desk) Judge(ctx context.Context, id string, j models.Judgement) error {
	behalf, err := d.behalf(ctx, id, j)
	if err != nil {
		return err
	}
	err = d.store.change(ctx, d.by.Actor(), func(t *txn) error {
		var row reviewRow
		if err := t.lockReview(d, id, &row); err != nil {
			return err
		}
		if err := t.mayJudge(d, row); err != nil {
			return err
		}
		if row.ClaimedBy != d.by.ID {
			return models.Refuse(models.ReasonReviewUnheld)
		}
		state, err := j.For(models.ReviewKind(row.Kind))
		if err != nil {
			return err
		}
		if err := t.closeReview(row, state, j); err != nil {
			return err
		}
		switch models.ReviewKind(row.Kind) {
		case models.ReviewRegistration:
			return t.judgeRegistration(row, state)
		case models.ReviewDeclaration:
			return t.judgeDeclaration(row, state)
		case models.ReviewAppeal:
			return t.judgeAppeal(row, state, j.Facts)
		case models.ReviewArrival:
			return behalf.enter(t) // the words are all that follows else
		default:
			return t.judgeCorrection(row, state)
		}
	})
	if err != nil {
		return err
	}
	return behalf.done(ctx, d)
}

func (t *txn) closeReview(row reviewRow, state models.ReviewState, j models.Judgement) error {
	judged := judgementRow{ReviewID: row.ID, StaffID: t.by.ID, Verdict: string(j.Verdict), Words: j.Words, At: millis(t.at)}
	var err error
	if judged.MAC, err = t.Vault.MAC(macJudgement, judged.bytes()); err != nil {
		return err
	}
	if err := t.insert(&judged); err != nil {
		return err
	}
	err = t.db.Model(&reviewRow{}).Where("id = ?", row.ID).
		Updates(map[string]any{"state": string(state), "judged_at": millis(t.at)}).Error
	if err != nil {
		return err
	}
	if err := t.noticeReview(row); err != nil {
		return err
	}
	return t.audit("review.judge", "review", row.ID, string(state))
}

// judgeDeclaration: what is refused counts no longer; what is cleared is
// followed by the worker's finding, which rules take as the end of the risk.
func (t *txn) judgeDeclaration(row reviewRow, state models.ReviewState) error {
	switch state {
	case models.ReviewRefused:
		if err := t.withdraw(row.ResidentID, "declaration:"+row.SubjectID); err != nil {
			return err
		}
	case models.ReviewCleared:
		finding := models.Fact{Kind: models.FactFinding, Code: "cleared", At: t.at, Source: "review:" + row.ID}
		if err := t.insertFact(row.ResidentID, finding); err != nil {
			return err
		}
	}
	_, err := t.decide(row.ResidentID)
	return err
}

// judgeRegistration: an approved document makes the person verified. If it is
// already somebody's, this is the same person at another app, and their two
// registrations become one.
func (t *txn) judgeRegistration(row reviewRow, state models.ReviewState) error {
	if state != models.ReviewApproved {
		return nil
	}
	var person residentRow
	if err := t.lock(&person, "id = ?", row.ResidentID); err != nil {
		return err
	}
	document, err := t.unsealDocument("residents", person.ID, person.DocumentType, person.NumberSealed)
	if err != nil {
		return err
	}
	documentID, err := t.documentOf(document)
	if err != nil {
		return err
	}
	var holder residentRow
	err = t.lockHolder(documentID, &holder)
	switch {
	case errors.Is(err, models.NotFound):
		if err := t.verify(person.ID, documentID); err != nil {
			return err
		}
		if err := t.audit("resident.verify", "resident", person.ID, row.ID); err != nil {
			return err
		}
		_, err = t.decide(person.ID)
		return err
	case err != nil:
		return err
	}
	return t.merge(person, holder)
}

// lockHolder reads the resident whose document it is for changing them. Somebody in
// whose row it was only written has not proved it, and loses it.
func (t *txn) lockHolder(documentID string, holder *residentRow) error {
	err := t.lock(holder, "document_id = ?", documentID)
	if err == nil {
		*holder, err = t.reader().settled(*holder)
	}
	if err != nil || holder.ClosedAt == 0 && t.verified(*holder) {
		return err
	}
	if err := t.db.Model(&residentRow{}).Where("id = ?", holder.ID).Update("document_id", nil).Error; err != nil {
		return err
	}
	return models.NotFound
}

// Reviews lists what became of the resident's own registrations, declarations,
// corrections, appeals and arrivals, the latest first.
func (s *Store) Reviews(ctx context.Context, me models.Resident) ([]models.Review, error) {
	r := s.reader(ctx)
	var rows []reviewRow
	if err := r.db.Where("resident_id = ?", me.ID).Order("created_at DESC, id DESC").Limit(reviewsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reviews: %w", err)
	}
	list := make([]models.Review, 0, len(rows))
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		review := row.review(r.Now())
		var err error
		if review.Words, err = r.words(row); err != nil {
			return nil, err
		}
		list = append(list, review)
	}
	return list, nil
}

// words are what the worker said when judging.
func (r reader) words(row reviewRow) (string, error) {
	if row.JudgedAt == 0 {
		return "", nil
	}
	var judged judgementRow
	err := found(r.db.Where("review_id = ?", row.ID).Take(&judged).Error)
	if errors.Is(err, models.NotFound) {
		return "", nil // closed with the resident, not judged
	}
	if err == nil && !r.Vault.CheckMAC(macJudgement, judged.bytes(), judged.MAC) {
		r.alarm("judgements", row.ID)
		return "", nil
	}
	return judged.Words, err
}

// registrationState is where the resident's registration stands, and what was
// said about it.
func (r reader) registrationState(residentID string) (models.ReviewState, string, error) {
	var row reviewRow
	err := found(r.db.Where("resident_id = ? AND kind = ?", residentID, models.ReviewRegistration).
		Order("created_at DESC, id DESC").Take(&row).Error)
	if err != nil {
		return "", "", err
	}
	words, err := r.words(row)
	return models.ReviewState(row.State), words, err
}
