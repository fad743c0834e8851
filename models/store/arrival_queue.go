package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
)

// turnLife is how long somebody waits at a gateway at the most: after that they have
// gone without a check.
const turnLife = 24 * time.Hour

// turnRow is somebody's place in the queue of a gateway.
type turnRow struct {
	ID         string
	VenueID    string
	Day        string
	Number     int
	ResidentID string // empty of whoever is no resident here
	Peer       string // of somebody of elsewhere, who knows them
	Handle     string // and by which handle, in hexadecimal
	ArrivalID  string
	Why        string
	At         int64
	CalledBy   string
	CalledAt   int64
	MAC        []byte `gorm:"column:mac"`
}

func (turnRow) TableName() string { return "arrival_queue" }

// bytes is who waits where under which number. That they were called is not part of it.
func (r turnRow) bytes() []byte {
	b := fmt.Appendf(nil, "%s %s %s %d %s %s %s %d", r.ID, r.VenueID, r.Day, r.Number, r.ResidentID, r.ArrivalID, r.Why, r.At)
	if r.ResidentID != "" {
		return b
	}
	return fmt.Appendf(b, " %s %s", r.Peer, r.Handle)
}

// checkedRow is what the check came to. It is only ever inserted, so that nobody who
// can merely update rows lets anybody go.
type checkedRow struct {
	EntryID string `gorm:"primaryKey"`
	StaffID string
	Outcome string
	At      int64
	MAC     []byte `gorm:"column:mac"`
}

func (checkedRow) TableName() string { return "arrival_outcomes" }

func (r checkedRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %d", r.EntryID, r.StaffID, r.Outcome, r.At)
}

// atGateway adds what a guard at a gateway is told besides: where the person stayed,
// that they said they arrive, and their place in the queue. Whoever was in a listed
// place gets one, once for each arrival, however often they are scanned.
func (t *txn) atGateway(at models.Gate, visit, residentID string, fresh bool, out *Seen) error {
	if !at.Venue.Kind.Gateway() {
		return nil
	}
	card, err := t.cardAt(residentID, fresh)
	if err != nil {
		return err
	}
	if out.Whom, err = t.whom(visit, residentID); err != nil {
		return err
	}
	out.Card = &card
	arrival, err := t.reader().arrivalNow(t.at, "resident_id = ?", residentID)
	if err == nil {
		out.Arrival = &arrival
	} else if !errors.Is(err, models.NotFound) {
		return err
	}
	why, checked := card.Turn()
	return t.queued(at, turnRow{ResidentID: residentID, Why: string(why)}, checked, out)
}

// guestAtGateway is atGateway of somebody who is no resident here: who is says who they
// are and, of a code of elsewhere, what it comes to. There is no card.
func (t *txn) guestAtGateway(at models.Gate, who turnRow, arrival *models.Arrival, out *Seen) error {
	if !at.Venue.Kind.Gateway() {
		return nil
	}
	why, checked := models.TurnWhy(""), false
	if out.Recognised != nil {
		why, checked = out.Recognised.Turn()
	}
	if arrival == nil {
		now, err := t.reader().arrivalNow(t.at, "peer = ? AND handle = ?", who.Peer, who.Handle)
		if err == nil {
			arrival = &now
		} else if !errors.Is(err, models.NotFound) {
			return err
		}
	}
	out.Arrival, who.Why = arrival, string(why)
	if err := t.queued(at, who, checked, out); err != nil {
		return err
	}
	out.Advice = out.Advice.Told()
	return nil
}

// queued gives whoever is checked a number, and says what to do. By their own words to
// a guard somebody is checked too, and nothing else.
func (t *txn) queued(at models.Gate, who turnRow, checked bool, out *Seen) error {
	if out.Arrival != nil {
		who.ArrivalID = out.Arrival.ID
	}
	if !checked && out.Arrival != nil && out.Arrival.Taken != nil {
		var err error
		if checked, err = t.saidListed(*out.Arrival.Taken); err != nil {
			return err
		}
		who.Why = string(models.TurnSaid)
	}
	waits := false
	if checked {
		turn, err := t.takeTurn(at.Venue, who)
		if err != nil {
			return err
		}
		out.Turn, waits = &turn, turn.Waits()
	}
	out.Advice = out.Advice.At(out.Arrival != nil, waits)
	return nil
}

// saidListed reports whether somebody told the guard of a stay in a listed place.
func (t *txn) saidListed(taken models.Taken) (bool, error) {
	var rows []stayRow
	for _, stay := range taken.Said.Stays {
		rows = append(rows, stayRow{Place: stay.Place})
	}
	listings, err := t.reader().listings(rows)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(taken.Said.Stays, func(stay models.Stay) bool { return len(t.meet(stay, listings)) > 0 }), nil
}

// cardAt is the travel card as a guard is shown it. A scan that is asked for again is
// no second look.
func (t *txn) cardAt(residentID string, fresh bool) (models.Card, error) {
	var row residentRow
	if err := found(t.db.Where("id = ?", residentID).Take(&row).Error); err != nil {
		return models.Card{}, err
	}
	if !fresh {
		return t.reader().card(row, t.at)
	}
	return t.shownCard(row)
}

// takeTurn gives somebody a number, or finds the one that they have. Somebody who
// had declared nothing when they got it, and has since, keeps it.
func (t *txn) takeTurn(venue models.Venue, row turnRow) (models.Turn, error) {
	zone, err := t.reader().zone(venue.Jurisdiction)
	if err != nil {
		return models.Turn{}, err
	}
	row.ID, row.VenueID, row.Day, row.At = t.id(), venue.ID, t.at.In(zone).Format(time.DateOnly), millis(t.at)
	var before turnRow
	err = found(t.db.Where("resident_id = ? AND peer = ? AND handle = ? AND venue_id = ? AND (arrival_id = ? AND ? <> '' OR arrival_id = '' AND day = ?)",
		row.ResidentID, row.Peer, row.Handle, row.VenueID, row.ArrivalID, row.ArrivalID, row.Day).Order("at DESC, id DESC").Take(&before).Error)
	if err == nil {
		turn, err := t.reader().turnOf(before)
		return turn, unknownTurn(err)
	}
	if !errors.Is(err, models.NotFound) {
		return models.Turn{}, err
	}
	err = t.db.Model(&turnRow{}).Where("venue_id = ? AND day = ?", row.VenueID, row.Day).Select("COALESCE(MAX(number), 0) + 1").Scan(&row.Number).Error
	if err != nil {
		return models.Turn{}, err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return models.Turn{}, err
	}
	if err := raced(t.insert(&row)); err != nil { // two guards met over a number: one of them takes the next
		return models.Turn{}, err
	}
	if err := t.audit("queue.enter", "turn", row.ID, row.Why); err != nil {
		return models.Turn{}, err
	}
	return t.reader().turnOf(row)
}

// turnOf is a place in the queue with what its check came to. One that nobody vouches
// for is as if it were not.
func (r reader) turnOf(row turnRow) (models.Turn, error) {
	if !r.vouched(row, row.ID, row.MAC) {
		return models.Turn{}, models.NotFound
	}
	out := models.Turn{ID: row.ID, VenueID: row.VenueID, Number: row.Number, ResidentID: row.ResidentID, Peer: row.Peer, Handle: row.Handle, ArrivalID: row.ArrivalID,
		Why: models.TurnWhy(row.Why), At: instant(row.At), CalledBy: row.CalledBy, CalledAt: instant(row.CalledAt)}
	var checked checkedRow
	err := found(r.db.Where("entry_id = ?", row.ID).Take(&checked).Error)
	if err == nil && r.vouched(checked, checked.EntryID, checked.MAC) {
		out.Outcome, out.ClosedAt, out.ClosedBy = models.Checked(checked.Outcome), instant(checked.At), checked.StaffID
	}
	return out, ignore(err, models.NotFound)
}

// turns are those of the query that verify.
func (r reader) turns(query *gorm.DB) ([]models.Turn, error) {
	var rows []turnRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	list := make([]models.Turn, 0, len(rows))
	for _, row := range rows {
		turn, err := r.turnOf(row)
		if errors.Is(err, models.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, turn)
	}
	return list, nil
}

// waiting are those who wait at the venue, in the order of their numbers.
func (r reader) waiting(venueID string) ([]models.Turn, error) {
	list, err := r.turns(r.db.Where("venue_id = ? AND at > ? AND NOT EXISTS (SELECT 1 FROM arrival_outcomes WHERE arrival_outcomes.entry_id = arrival_queue.id)",
		venueID, millis(r.Now().Add(-turnLife))).Order("day, number"))
	if err != nil {
		return nil, err
	}
	return r.stillThere(list)
}
