package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

// Card is the resident's travel card as it is now.
func (s *Store) Card(ctx context.Context, me models.Resident) (models.Card, error) {
	var row residentRow
	r := s.reader(ctx)
	if err := found(r.db.Where("id = ?", me.ID).Take(&row).Error); err != nil {
		return models.Card{}, err
	}
	return r.card(row, s.Now().UTC())
}

// card is the resident's travel card at that instant, under the rules that hold
// where they live. It is kept nowhere: whatever it is made of may be taken back.
func (r reader) card(row residentRow, at time.Time) (models.Card, error) {
	row, err := r.settled(row)
	if err != nil {
		return models.Card{}, err
	}
	set := r.RulesIn(row.Jurisdiction)
	terms := set.CardTerms()
	if terms.Zone, err = r.zone(row.Jurisdiction); err != nil {
		return models.Card{}, err
	}
	traces, err := r.whereabouts(row, at.AddDate(0, 0, -terms.Days-2))
	if err != nil {
		return models.Card{}, err
	}
	listings, err := r.listingsOf(traces)
	if err != nil {
		return models.Card{}, err
	}
	facts, err := r.facts(row)
	if err != nil {
		return models.Card{}, err
	}
	card := models.NewCard(traces, listings, terms, at)
	// What the code knows of stays is whole itineraries; the card has its own.
	facts = slices.DeleteFunc(facts, func(f models.Fact) bool { return f.Kind == models.FactStay })
	out := set.Card(append(facts, card.Listed...), at)
	if until := card.Until; out.Until.IsZero() || !until.IsZero() && until.Before(out.Until) {
		out.Until = until
	}
	if row.Jurisdiction == nowhere {
		out.Colour = models.Grey
	}
	card.Outcome, card.RuleSet = out, set.Name()
	return card, nil
}

// shownCard is the card of somebody whom a member of staff looks at, which leaves an
// access row.
func (t *txn) shownCard(row residentRow) (models.Card, error) {
	card, err := t.reader().card(row, t.at)
	if err != nil {
		return card, err
	}
	return card, t.access(row.ID, models.AccessCard)
}

// zone is whose days the card counts. Whoever lives nowhere has the world's.
func (r reader) zone(jurisdiction string) (*time.Location, error) {
	var row jurisdictionRow
	if jurisdiction == nowhere {
		return time.UTC, nil
	}
	if err := found(r.db.Where("code = ?", jurisdiction).Take(&row).Error); err != nil {
		return nil, fmt.Errorf("jurisdiction: %w", err)
	}
	if !r.vouched(row, row.Code, row.MAC) {
		return time.UTC, nil
	}
	return time.LoadLocation(row.TimeZone)
}

// whereabouts are all that is known of where the resident was: their itineraries and,
// while they agree to a travel card being made of them, what their telecom operator
// says and the visits at which a gate saw them.
func (r reader) whereabouts(row residentRow, since time.Time) ([]models.Trace, error) {
	declared, err := r.itineraries(row.ID)
	if err != nil {
		return nil, err
	}
	fed, err := r.fed(row.ID) // asks whether they agree
	if err != nil {
		return nil, err
	}
	for _, purpose := range []models.Purpose{models.PurposeTravel, models.PurposeVisits} {
		if agreed, err := r.consents(row.ID, purpose); err != nil || !agreed {
			return slices.Concat(declared, fed), err
		}
	}
	seen, err := r.sightings(row.ID, since)
	return slices.Concat(declared, fed, seen), err
}

// itineraries are the stays that the resident declared and that still count: one that
// an appeal took back as evidence was none.
func (r reader) itineraries(residentID string) (traces []models.Trace, err error) {
	gone, err := r.withdrawn(residentID)
	if err != nil {
		return nil, err
	}
	rows, err := r.stayRows(residentID)
	if err != nil {
		return nil, err
	}
	wrong := map[string]bool{}
	for source := range gone {
		if stay, _, listed := strings.Cut(strings.TrimPrefix(source, models.Withdrawal("")), "/"); listed {
			wrong[stay] = true
		}
	}
	for _, row := range rows {
		if !gone["declaration:"+row.DeclarationID] && !wrong[row.ID] && r.vouched(row, row.ID, row.MAC) {
			traces = append(traces, models.Trace{Place: row.Place, From: instant(row.FromAt), To: instant(row.ToAt), Source: models.TraceItinerary})
		}
	}
	return traces, nil
}

// sightings are the visits at which a guard saw the resident. A poster that they
// say they scanned shows nothing.
func (r reader) sightings(residentID string, since time.Time) (traces []models.Trace, err error) {
	var rows []struct {
		Visit        visitRow `gorm:"embedded"`
		Jurisdiction string
	}
	err = r.db.Table("visits").Select("visits.*, venues.jurisdiction").Joins("JOIN venues ON venues.id = visits.venue_id").
		Where("visits.resident_id = ? AND visits.at >= ? AND visits.grade IN ?", residentID, millis(since),
			[]models.Grade{models.GradeScanned, models.GradeHand}).Order("visits.at").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("visits: %w", err)
	}
	for _, row := range rows {
		if r.vouched(row.Visit, row.Visit.ID, row.Visit.MAC) {
			at := instant(row.Visit.At)
			traces = append(traces, models.Trace{Place: row.Jurisdiction, From: at, To: at, Source: models.TraceVisit})
		}
	}
	return traces, nil
}

// listingsOf are the listings that verify and that name one of the traces' places, or
// the city that it lies in: each by that place, since a merger may have moved it.
func (r reader) listingsOf(traces []models.Trace) (list []models.Listing, err error) {
	lies, above := map[string][]models.Lying{}, []string{}
	for _, t := range traces {
		for _, place := range []string{t.Place, models.CityOf(t.Place)} {
			lies[place] = r.law.Load().mergers.Lies(place)
			for _, in := range lies[place] {
				above = append(above, in.Place)
			}
		}
	}
	rows, err := r.listingsIn(above)
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		for place := range lies {
			city := models.CityOf(place)
			if slices.ContainsFunc(lies[place], row.names) && (place == city || !slices.ContainsFunc(lies[city], row.names)) {
				l := row.listing()
				l.Place = place
				list = append(list, l)
			}
		}
	}
	return list, err
}
