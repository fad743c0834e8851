package store

import (
	"fmt"

	"healthcode/models"
)

// reddeningRow is how many people an office turned red at once.
type reddeningRow struct {
	ID        string
	Office    string
	Lever     string
	SubjectID string
	People    int64
	At        int64
	MAC       []byte `gorm:"column:mac"`
}

func (reddeningRow) TableName() string { return "reddenings" }

func (r reddeningRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %d", r.ID, r.Office, r.Lever, r.SubjectID, r.People, r.At)
}

// redden counts people whom an office is about to turn red by anything at all. It
// is refused above the cap of a day, unless whoever agrees works in a jurisdiction
// above the office. One transaction after the other counts.
func (t *txn) redden(office string, lever models.Lever, subject string, people int64, agreed models.Staff) error {
	if people == 0 {
		return nil
	}
	if err := t.oneAtATime(); err != nil {
		return err
	}
	total, over, err := t.overCap(office, people, agreed)
	if err != nil {
		return err
	}
	if over {
		return models.Refuse(models.ReasonProposalAbove)
	}
	row := reddeningRow{ID: t.id(), Office: office, Lever: string(lever), SubjectID: subject, People: people, At: millis(t.at)}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	switch {
	case total > models.RedCap:
		return t.raise(models.AlarmAbove, office, lever, subject, total)
	case total > models.RedAlarm:
		return t.raise(models.AlarmReddened, office, lever, subject, total)
	}
	return nil
}

// overCap is how many people the office would have turned red within a day with these
// too, and whether somebody above it must agree, whom by is not.
func (t *txn) overCap(office string, people int64, by models.Staff) (total int64, over bool, err error) {
	before, err := t.reddened(office)
	total = before + people
	return total, people > 0 && total > models.RedCap && !t.above(by.Jurisdiction, office), err
}

// oneAtATime keeps others who publish or agree waiting until the end of the
// transaction.
func (t *txn) oneAtATime() error {
	return t.db.Exec("UPDATE publishing SET at = ? WHERE id = 1", millis(t.at)).Error
}

// reddened is how many people the office turned red within the last day.
func (t *txn) reddened(office string) (total int64, err error) {
	var rows []reddeningRow
	if err := t.db.Where("office IN ? AND at > ?", t.offices(office), millis(t.at.Add(-day))).Find(&rows).Error; err != nil {
		return 0, fmt.Errorf("reddenings: %w", err)
	}
	for _, row := range rows {
		if t.vouched(row, row.ID, row.MAC) {
			total += row.People
		}
	}
	return total, nil
}
