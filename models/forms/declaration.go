package forms

import (
	"time"

	"healthcode/models"
)

// Declaration is the declaration that the answers make when they are given at
// that instant, by somebody whose days are those of the zone.
func (a Answers) Declaration(at time.Time, zone *time.Location) models.Declaration {
	d := models.Declaration{Form: a.form.ID, Version: a.form.Version, Answers: a.Canonical(), At: at.UTC(),
		Facts: a.Facts(at.UTC()), Review: a.NeedsReview()}
	for _, stay := range a.Stays() {
		d.Stays = append(d.Stays, models.Stay{Place: stay.Place, From: midnight(stay.From, zone), To: midnight(stay.To.AddDate(0, 0, 1), zone)})
	}
	return d
}

// midnight is the instant at which the civil day began in the zone.
func midnight(day time.Time, zone *time.Location) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).UTC()
}
