package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"healthcode/models"
)

// noticesShown is how many notices a resident is shown at once.
const noticesShown = 50

type noticeRow struct {
	ID         string
	ResidentID string
	Kind       string
	SubjectID  string
	At         int64
	ReadAt     int64
}

func (noticeRow) TableName() string { return "notices" }

func (r noticeRow) notice() models.Notice {
	return models.Notice{ID: r.ID, ResidentID: r.ResidentID, Kind: models.NoticeKind(r.Kind), Subject: r.SubjectID,
		At: instant(r.At), ReadAt: instant(r.ReadAt)}
}

// changed is a decision and the one that it follows.
type changed struct{ last, now models.Decision }

// noticeMany tells everybody whose colour is another than before, in as few
// statements as there can be. A first decision is no change. No resident may be
// in there twice. The audit rows of the decisions stand for the notices too.
func (t *txn) noticeMany(changes []changed) error {
	var rows []noticeRow
	for _, c := range changes {
		if c.last.Sequence == 0 || c.last.Colour == c.now.Colour {
			continue
		}
		rows = append(rows, noticeRow{ID: t.id(), ResidentID: c.now.ResidentID, Kind: string(models.NoticeColour),
			SubjectID: c.now.ID, At: millis(t.at)})
	}
	return t.tell(models.NoticeColour, rows)
}

// noticeReview tells the resident that their review was judged.
func (t *txn) noticeReview(row reviewRow) error {
	if row.ResidentID == "" { // of a guest, who has nowhere to read it
		return nil
	}
	return t.tell(models.NoticeReview, []noticeRow{{ID: t.id(), ResidentID: row.ResidentID, Kind: string(models.NoticeReview),
		SubjectID: row.ID, At: millis(t.at)}})
}

// toldAtOnce bounds what one statement asks for. Of 200 values or more, MySQL and
// MariaDB no longer look where each of them is, but go by their statistics, and where
// those are old they read the whole table, and lock it.
const toldAtOnce = 150

// tell adds notices of one kind, and the messages about them.
func (t *txn) tell(kind models.NoticeKind, rows []noticeRow) error {
	for some := range slices.Chunk(rows, toldAtOnce) {
		err := t.insertMany("notices (id, resident_id, kind, subject_id, at, read_at)", len(some), func(i int) []any {
			return []any{some[i].ID, some[i].ResidentID, some[i].Kind, some[i].SubjectID, some[i].At, 0}
		})
		if err != nil {
			return fmt.Errorf("notices: %w", err)
		}
		if err := t.post(kind, some); err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
	}
	return nil
}

// Told is a notice with what it is of, for whoever puts it into words.
type Told struct {
	models.Notice
	Decision models.Decision // of a change of colour
	Before   models.Colour   // the colour before; 0 when that decision is no longer kept
	Review   models.Review   // of a judgement, or of an appeal that was passed on
}

// Notices lists what the resident was told, the latest first. What it is of may
// be gone already, or not verify; then it is left out.
func (s *Store) Notices(ctx context.Context, me models.Resident) ([]Told, error) {
	return s.reader(ctx).told(me, "resident_id = ?", me.ID)
}

// Unread lists those that the resident has not read yet.
func (s *Store) Unread(ctx context.Context, me models.Resident) ([]Told, error) {
	return s.reader(ctx).told(me, "resident_id = ? AND read_at = 0", me.ID)
}

func (r reader) told(me models.Resident, where string, args ...any) ([]Told, error) {
	var rows []noticeRow
	if err := r.db.Where(where, args...).Order("at DESC, id DESC").Limit(noticesShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	list := make([]Told, 0, len(rows))
	for _, row := range rows {
		told := Told{Notice: row.notice()}
		var err error
		if told.Kind.OfReview() {
			told.Review, err = r.judged(me.ID, row.SubjectID)
		} else {
			told.Decision, told.Before, err = r.turn(me.ID, row.SubjectID)
		}
		if errors.Is(err, models.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, told)
	}
	slices.SortFunc(list, newestFirst)
	return list, nil
}

// newestFirst also orders what was told in one instant: the colour that follows
// from a judgement stands before it.
func newestFirst(a, b Told) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(string(a.Kind), string(b.Kind)), cmp.Compare(b.Decision.Sequence, a.Decision.Sequence),
		strings.Compare(b.ID, a.ID))
}

// judged is a review about the resident, or about whom they were before.
func (r reader) judged(residentID, id string) (models.Review, error) {
	var row reviewRow
	if err := found(r.db.Where("id = ?", id).Take(&row).Error); err != nil {
		return models.Review{}, err
	}
	theirs, err := row.ResidentID == residentID, error(nil)
	if !theirs {
		theirs, err = r.became(row.ResidentID, residentID)
	}
	if err == nil && (!theirs || !r.vouched(row, row.ID, row.MAC)) {
		err = models.NotFound
	}
	if err != nil {
		return models.Review{}, err
	}
	review := row.review(r.Now())
	review.Words, err = r.words(row)
	return review, err
}

// turn is a decision about the resident and the colour that it followed.
func (r reader) turn(residentID, id string) (d models.Decision, before models.Colour, err error) {
	if d, err = r.decided("id = ? AND resident_id = ?", id, residentID); err != nil {
		return d, 0, err
	}
	last, err := r.decided("resident_id = ? AND sequence = ?", residentID, d.Sequence-1)
	if errors.Is(err, models.NotFound) {
		err = nil
	}
	return d, last.Colour, err
}

// decided is one decision on record, if it verifies.
func (r reader) decided(where string, args ...any) (models.Decision, error) {
	var row decisionRow
	if err := found(r.db.Where(where, args...).Take(&row).Error); err != nil {
		return models.Decision{}, err
	}
	d, sound := r.sound(row)
	if !sound {
		return models.Decision{}, models.NotFound
	}
	return d, nil
}

// ReadNotice writes down that the resident has read the notice, and with it all
// that came before: whoever knows their colour of today is not told of yesterday's.
// The problem is notice.unknown if it is not theirs.
func (s *Store) ReadNotice(ctx context.Context, me models.Resident, id string) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		var row noticeRow
		err := found(t.db.Where("id = ? AND resident_id = ?", id, me.ID).Take(&row).Error)
		if errors.Is(err, models.NotFound) {
			return models.Refuse(models.ReasonNoticeUnknown)
		}
		if err != nil || row.ReadAt != 0 {
			return err
		}
		err = t.db.Model(&noticeRow{}).Where("resident_id = ? AND read_at = 0 AND at <= ?", me.ID, row.At).Update("read_at", millis(t.at)).Error
		if err != nil {
			return err
		}
		return t.audit("notice.read", "notice", id, "")
	})
}
