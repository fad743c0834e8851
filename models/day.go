package models

import "time"

// Day is a day of the calendar, counted from 1970-01-01. Operators count days as
// China's clocks do.
type Day int32

// chinaTime is the one time of China's clocks, which has had no summer time since 1991.
var chinaTime = time.FixedZone("CST", 8*60*60)

// DayOf is the day that it is in China at that instant.
func DayOf(t time.Time) Day {
	y, m, d := t.In(chinaTime).Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// ParseDay reads a day as 2022-03-14.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, Refuse(ReasonFieldBad)
	}
	return Day(t.Unix() / 86_400), nil
}

// String is the day as 2022-03-14.
func (d Day) String() string { return time.Unix(int64(d)*86_400, 0).UTC().Format(time.DateOnly) }

// Begin is the instant at which it begins in China.
func (d Day) Begin() time.Time {
	return time.Unix(int64(d)*86_400, 0).UTC().Add(-8 * time.Hour)
}
