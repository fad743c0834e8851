package store

import (
	"encoding/binary"
	"fmt"
	"time"

	"healthcode/models"
)

// traceRow is where one phone was on one day. It names nobody: whose token it is
// stands in another table.
type traceRow struct {
	Day      int32  `gorm:"primaryKey;autoIncrement:false"`
	Token    []byte `gorm:"primaryKey"`
	Revision int32  `gorm:"primaryKey;autoIncrement:false"`
	Cities   string
	Feed     int64  // the sequence of the file that said so
	MAC      []byte `gorm:"column:mac"`
}

func (traceRow) TableName() string { return "traces" }

// bytes is made by hand: millions of them are vouched for in a row.
func (r traceRow) bytes() []byte {
	b := append(make([]byte, 0, 64), r.Token...)
	b = binary.BigEndian.AppendUint32(b, uint32(r.Day))
	b = binary.BigEndian.AppendUint32(b, uint32(r.Revision))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Feed))
	return append(b, r.Cities...)
}

// fed is what operators say of the resident's phones, as far back as it is kept, if
// the resident agrees to it.
func (r reader) fed(residentID string) ([]models.Trace, error) {
	agreed, err := r.consents(residentID, models.PurposeTravel)
	if err != nil || !agreed {
		return nil, err
	}
	tokens, err := r.liveTokens(residentID)
	if err != nil {
		return nil, err
	}
	var all []models.Trace
	for _, token := range tokens {
		list, err := r.traces(token.Token)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// feedDays are the days of which anything that operators say is kept, today's with it.
func feedDays(now time.Time) []models.Day {
	days := make([]models.Day, models.FeedDays+1)
	for i := range days {
		days[i] = models.DayOf(now) - models.Day(i)
	}
	return days
}

// traces is what was said last of each day of the token. A row that does not verify
// says nothing, and one before it counts.
func (r reader) traces(token []byte) (list []models.Trace, err error) {
	var rows []traceRow
	if err := r.db.Where("token = ? AND day IN ?", token, feedDays(r.Now())).Order("day, revision DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	said := map[int32]bool{}
	for _, row := range rows {
		if said[row.Day] || !r.vouched(row, fmt.Sprintf("%x %d", row.Token, row.Day), row.MAC) {
			continue
		}
		said[row.Day] = true
		cities, err := models.ParseFeedCities(row.Cities)
		if err != nil {
			return nil, err
		}
		list = append(list, models.FeedDay{Day: models.Day(row.Day), Cities: cities}.Traces()...)
	}
	return list, nil
}
