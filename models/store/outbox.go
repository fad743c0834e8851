package store

import (
	"maps"
	"slices"
	"time"

	"healthcode/models"
)

// What becomes of a message. Doubtful is written before it is sent: whoever dies
// in between leaves a row that nobody sends again, since it may have arrived, and
// the notice stands in the resident's own list anyway.
const (
	outboxWaiting  = "waiting"
	outboxDoubtful = "doubtful"
	outboxSent     = "sent"
	outboxRefused  = "refused" // by its recipient, who is not asked again
	outboxGone     = "gone"    // nobody took it in time: somebody must look into it
	outboxVoid     = "void"    // there is nobody to tell any more
)

type outboxRow struct {
	ID        string
	NoticeID  string
	AccountID string
	Template  string
	State     string
	Attempts  int
	At        int64
	NextAt    int64
	EndedAt   int64
}

func (outboxRow) TableName() string { return "outbox" }

// Message is what one account is told. Whoever sends it finds the words; there is
// nothing in it that says who somebody is, but for the recipient.
type Message struct {
	To       SignIn
	Template string
	Kind     models.NoticeKind
	Colour   models.Colour // the latest, of a change of colour
	Review   models.Review // of a judgement; without the worker's words
	At       time.Time
}

// recipient is an account whose owner agreed to one more message.
type recipient struct {
	Account  accountRow `gorm:"embedded"`
	Template string
	LeftOver int
}

// post queues a message to every account whose owner agreed to one more of that
// kind, and counts it as sent to them.
func (t *txn) post(kind models.NoticeKind, notices []noticeRow) error {
	of := map[string]string{} // notice by resident
	for _, n := range notices {
		of[n.ResidentID] = n.ID
	}
	recipients, err := t.recipients(kind, slices.Collect(maps.Keys(of)))
	if err != nil || len(recipients) == 0 {
		return err
	}
	var rows []outboxRow
	once := map[string][]string{} // accounts that have one less now, by template
	for _, to := range recipients {
		rows = append(rows, outboxRow{ID: t.id(), NoticeID: of[to.Account.ResidentID], AccountID: to.Account.ID, Template: to.Template,
			State: outboxWaiting, At: millis(t.at), NextAt: millis(t.at)})
		if to.LeftOver != Endless {
			once[to.Template] = append(once[to.Template], to.Account.ID)
		}
	}
	return t.queue(rows, once)
}

// recipients are whoever of the residents' accounts agreed to a message of that kind.
func (t *txn) recipients(kind models.NoticeKind, residents []string) ([]recipient, error) {
	templates := t.templates(kind)
	if len(templates) == 0 {
		return nil, nil
	}
	var list []recipient
	err := t.db.Table("accounts").Select("accounts.id, accounts.platform, accounts.resident_id, accounts.mac, s.template, s.left_over").
		Joins("JOIN subscriptions s ON s.account_id = accounts.id").
		Where("accounts.resident_id IN ? AND accounts.closed_at = 0 AND s.template IN ? AND s.left_over <> 0", residents, templates).Find(&list).Error
	return slices.DeleteFunc(list, func(to recipient) bool {
		return t.Messages[to.Account.Platform][kind] != to.Template || t.residentOf(to.Account) == ""
	}), err
}

// queue adds the rows, and takes from each of those accounts the one message that they
// agreed to. If another transaction took it meanwhile, all begins again.
func (t *txn) queue(rows []outboxRow, once map[string][]string) error {
	err := t.insertMany("outbox (id, notice_id, account_id, template, state, attempts, at, next_at, ended_at)", len(rows), func(i int) []any {
		r := rows[i]
		return []any{r.ID, r.NoticeID, r.AccountID, r.Template, r.State, 0, r.At, r.NextAt, 0}
	})
	if err != nil {
		return err
	}
	for template, accounts := range once {
		done := t.db.Exec("UPDATE subscriptions SET left_over = left_over - 1 WHERE template = ? AND account_id IN ? AND left_over > 0",
			template, accounts)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected != int64(len(accounts)) {
			return errRace
		}
	}
	return nil
}

// templates are those of all platforms for that kind.
func (s *Store) templates(kind models.NoticeKind) (list []string) {
	for _, of := range s.Messages {
		if of[kind] != "" {
			list = append(list, of[kind])
		}
	}
	return list
}

// message is what the row's account is told, with what holds now: a message that
// was held up must not tell of a colour that is no longer theirs. It is not found
// if there is nobody to tell, or nothing.
func (r reader) message(row outboxRow) (m Message, err error) {
	var notice noticeRow
	if err := found(r.db.Where("id = ?", row.NoticeID).Take(&notice).Error); err != nil {
		return m, err
	}
	var account accountRow
	err = found(r.db.Where("id = ? AND resident_id = ?", row.AccountID, notice.ResidentID).Take(&account).Error)
	if err == nil && r.residentOf(account) == "" {
		err = models.NotFound
	}
	if err != nil {
		return m, err
	}
	m = Message{Template: row.Template, Kind: models.NoticeKind(notice.Kind), At: instant(notice.At)}
	if m.Kind.OfReview() {
		m.Review, err = r.judged(notice.ResidentID, notice.SubjectID)
		m.Review.Words = ""
	} else {
		var d models.Decision
		d, err = r.latest(notice.ResidentID)
		m.Colour, m.At = d.Colour, d.At
	}
	if err != nil {
		return m, err
	}
	m.To, err = r.identity(account)
	return m, err
}
