package store

import (
	"fmt"

	"healthcode/models"
)

// alarmTwice is counted for a code that was shown at two venues too close in time.
const alarmTwice = "visit_twice"

// lookTwice tells the operator of a code that was at another venue too close in time to
// be in one hand: somebody shows what somebody else films, or has a copy of a printed
// card. The guard is told nothing, since which of the two is the owner nobody knows.
func (t *txn) lookTwice(row visitRow) error {
	if len(row.Handle) == 0 {
		return nil
	}
	window := models.ApartFar.Milliseconds()
	var others []visitRow
	err := t.db.Where("resident_id = ? AND at > ? AND at < ? AND handle = ? AND venue_id <> ?", row.ResidentID,
		row.At-window, row.At+window, row.Handle, row.VenueID).Order("at").Find(&others).Error
	if err != nil {
		return fmt.Errorf("visits: %w", err)
	}
	for _, other := range others {
		close, err := t.tooClose(row, other)
		if err != nil {
			return err
		}
		if close {
			t.Log.Warn("one code at two venues", "visit", row.ID, "other", other.ID)
			t.raised = append(t.raised, alarmTwice)
			return nil
		}
	}
	return nil
}

func (t *txn) tooClose(row, other visitRow) (bool, error) {
	here, err := t.reader().venue("id = ?", row.VenueID)
	if err != nil {
		return false, err
	}
	there, err := t.reader().venue("id = ?", other.VenueID)
	return err == nil && t.vouched(other, other.ID, other.MAC) && models.TooClose(here, there, instant(row.At).Sub(instant(other.At))), err
}
