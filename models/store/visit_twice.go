package store

import "healthcode/models"

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
	var others []struct {
		Visit                     visitRow `gorm:"embedded"`
		Jurisdiction, CommunityID string   // of the venue
	}
	err := t.db.Table("visits").Select("visits.*, venues.jurisdiction, venues.community_id").Joins("JOIN venues ON venues.id = visits.venue_id").
		Where("visits.resident_id = ? AND visits.at > ? AND visits.at < ? AND visits.handle = ? AND visits.venue_id <> ?",
			row.ResidentID, row.At-window, row.At+window, row.Handle, row.VenueID).Order("visits.at").Find(&others).Error
	if err != nil || len(others) == 0 {
		return err
	}
	here, err := t.reader().venue("id = ?", row.VenueID)
	if err != nil {
		return err
	}
	for _, other := range others {
		there := models.Venue{ID: other.Visit.VenueID, Jurisdiction: t.Today(other.Jurisdiction), CommunityID: other.CommunityID}
		if models.TooClose(here, there, instant(row.At).Sub(instant(other.Visit.At))) && t.vouched(other.Visit, other.Visit.ID, other.Visit.MAC) {
			t.Log.Warn("one code at two venues", "visit", row.ID, "other", other.Visit.ID)
			t.raised = append(t.raised, alarmTwice)
			return nil
		}
	}
	return nil
}
