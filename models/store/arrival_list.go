package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"healthcode/models"
)

// arrivalsShown is how many arrivals a resident is shown at once.
const arrivalsShown = 20

// Coming is an arrival with all that belongs to it.
type Coming struct {
	models.Arrival
	Destination models.Community
	Through     models.Venue // zero if they could not tell
	Review      models.Review
	Turns       []models.Turn // that they waited in, the first first
	Behalf      bool          // following it up declares it on behalf of whoever arrives
	Elsewhere   models.Text   // of somebody of elsewhere, whose code they have
}

// Arrivals lists the resident's arrivals, the latest first.
func (s *Store) Arrivals(ctx context.Context, me models.Resident) ([]Coming, error) {
	r := s.reader(ctx)
	arrivals, err := r.arrivals("resident_id = ?", me.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Coming, len(arrivals))
	for i, a := range arrivals {
		if list[i], err = r.coming(a); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// coming gathers what belongs to an arrival.
func (r reader) coming(a models.Arrival) (out Coming, err error) {
	out.Arrival = a
	if out.Destination, err = r.community(a.Community); err != nil && !errors.Is(err, models.Invalid) {
		return out, err
	}
	if a.Gateway != "" {
		if out.Through, err = r.venue("id = ?", a.Gateway); err != nil && !errors.Is(err, models.NotFound) {
			return out, err
		}
	}
	var row reviewRow
	err = found(r.db.Where("kind = ? AND subject_id = ?", string(models.ReviewArrival), a.ID).Order("created_at DESC, id DESC").Take(&row).Error)
	if err == nil && r.vouched(row, row.ID, row.MAC) {
		out.Review = row.review(r.Now())
		out.Review.Words, err = r.words(row)
	}
	if err = ignore(err, models.NotFound); err != nil {
		return out, err
	}
	if a.Taken != nil {
		out.Elsewhere = r.peerName(a.Taken.Guest.Peer)
	}
	// Whoever had declared nothing yet when they came into a queue has since.
	var guest models.Guest
	if a.Taken != nil {
		guest = a.Taken.Guest
	}
	out.Turns, err = r.turns(r.db.Where("arrival_id = ? OR arrival_id = '' AND resident_id = ? AND peer = ? AND handle = ? AND at BETWEEN ? AND ?",
		a.ID, a.ResidentID, guest.Peer, guest.Handle, millis(a.At.Add(-turnLife)), millis(a.At.Add(turnLife))).Order("at, id"))
	if err != nil {
		return out, err
	}
	return out, r.placeTurns(out.Turns)
}

// Turns are the queues that the resident was in within the last day, the latest
// first, with how many wait before them.
func (s *Store) Turns(ctx context.Context, me models.Resident) ([]models.Turn, error) {
	r := s.reader(ctx)
	list, err := r.turns(r.db.Where("resident_id = ? AND at > ?", me.ID, millis(s.Now().Add(-turnLife))).Order("at DESC, id DESC"))
	if err != nil {
		return nil, err
	}
	for i, turn := range list {
		if !turn.Waits() {
			continue
		}
		waiting, err := r.waiting(turn.VenueID)
		if err != nil {
			return nil, err
		}
		list[i].Ahead = max(0, slices.IndexFunc(waiting, func(w models.Turn) bool { return w.ID == turn.ID }))
	}
	return list, r.placeTurns(list)
}

// placeTurns says where each was.
func (r reader) placeTurns(list []models.Turn) error {
	for i, turn := range list {
		venue, err := r.venue("id = ?", turn.VenueID)
		if err != nil && !errors.Is(err, models.NotFound) {
			return err
		}
		list[i].Venue = venue.Name
	}
	return nil
}

// arrivals lists somebody's, the latest first.
func (r reader) arrivals(whose string, args ...any) ([]models.Arrival, error) {
	var rows []arrivalRow
	if err := r.db.Where(whose, args...).Order("at DESC, id DESC").Limit(arrivalsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("arrivals: %w", err)
	}
	list := make([]models.Arrival, 0, len(rows))
	for _, row := range rows {
		if !r.vouched(row, row.ID, row.MAC) {
			continue
		}
		a, err := r.openedArrival(row)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// arrivalNow is the arrival that somebody is on who is seen at a gateway now: of
// those near, the one declared last.
func (r reader) arrivalNow(now time.Time, whose string, args ...any) (models.Arrival, error) {
	list, err := r.arrivals(whose, args...)
	if err != nil {
		return models.Arrival{}, err
	}
	var out models.Arrival
	for _, a := range list {
		if a.Near(now) && !a.CreatedAt.Before(out.CreatedAt) && !a.CreatedAt.After(now) {
			out = a
		}
	}
	if out.ID == "" {
		return out, models.NotFound
	}
	return out, nil
}

// openArrival adds what the community that somebody goes to sees of them: who comes,
// from where, and what was done at the gateway.
func (t *txn) openArrival(out *Case, person residentRow) error {
	a, err := t.reader().arrivalOf("id = ?", out.SubjectID)
	if errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonReviewUnknown)
	}
	if err != nil {
		return err
	}
	if out.Arrival, err = t.reader().coming(a); err != nil {
		return err
	}
	if a.Taken != nil {
		out.Declaration = a.Taken.Said
	} else if out.Declaration, err = t.said(a.DeclarationID); ignore(err, models.NotFound) != nil { // it goes before the arrival does
		return err
	}
	if a.ResidentID == "" {
		return nil
	}
	if a.Taken != nil {
		before, err := t.reader().followedUp(a.ID)
		if err != nil {
			return err
		}
		out.Arrival.Behalf = !before
	}
	out.Card, err = t.reader().card(person, t.at)
	return err
}
