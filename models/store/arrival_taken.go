package store

import (
	"context"
	"time"

	"healthcode/models"
)

// takenWithin is how long after somebody was entered or scanned a guard may take down
// where they go.
const takenWithin = time.Hour

// Taking is what a guard takes down of somebody who stands at the gateway.
type Taking struct {
	Visit   string      // id of the scan, or of the entry by hand
	Whom    []byte      // whom the guard was shown then; see [Seen]
	Name    models.Name // of whoever is no resident here, as the next
	Phone   models.Phone
	Said    models.Declaration
	Arrival models.Arrival
}

// TakeDown takes down where somebody goes who has no phone or no code here. The community
// that they go to has a review, and who comes from a listed place by their own words has
// a number. Nothing of it is evidence: a guard colours nobody.
func (s *Store) TakeDown(ctx context.Context, at models.Gate, key Key, in Taking) (out Seen, err error) {
	if err := gateway(at); err != nil {
		return Seen{}, err
	}
	err = s.change(ctx, at.Actor(), func(t *txn) error {
		id := t.id()
		done, err := t.once("take "+at.ID, key, id)
		if err != nil {
			return err
		}
		var a models.Arrival
		if done != "" {
			a, err = t.takenBefore(at, done)
		} else {
			a, err = t.insertTaken(at, id, in)
		}
		if err != nil {
			return err
		}
		out, err = t.seenTaken(at, a, done == "")
		return err
	})
	return out, err
}

// takenBefore is what was taken down under that key: for a guard who stands there still and
// whose answer was lost, and no longer than it may take. Whoever asks later wants to know how
// somebody stands now, and has to scan them for that.
func (t *txn) takenBefore(at models.Gate, id string) (models.Arrival, error) {
	a, err := t.reader().arrivalOf("id = ?", id)
	if ignore(err, models.NotFound) != nil {
		return a, err
	}
	if a.Taken == nil || a.Taken.By != at.ID || a.Gateway != at.Venue.ID || t.at.Sub(a.CreatedAt) >= takenWithin {
		return a, models.Refuse(models.ReasonArrivalTaken)
	}
	return a, nil
}

func (t *txn) insertTaken(at models.Gate, id string, in Taking) (models.Arrival, error) {
	a := in.Arrival
	residentID, guest, err := t.visitor(at, in)
	if err != nil {
		return a, err
	}
	before, err := t.once("arrival of visit", Key{Value: in.Visit}, id) // two at the same time are one, too
	if err != nil {
		return a, err
	}
	if before != "" {
		return a, models.Refuse(models.ReasonArrivalTaken)
	}
	for _, stay := range in.Said.Stays {
		if err := t.knownPlace(stay.Place); err != nil {
			return a, err
		}
	}
	a.ID, a.ResidentID, a.Gateway, a.At = id, residentID, at.Venue.ID, t.at
	a.Taken = &models.Taken{By: at.ID, Visit: in.Visit, Said: in.Said, Guest: guest}
	a.From = a.Taken.From()
	document := guest.Document
	if residentID != "" {
		var row residentRow
		if err := found(t.db.Where("id = ?", residentID).Take(&row).Error); err != nil {
			return a, err
		}
		if row.ClosedAt != 0 {
			return a, models.Refuse(models.ReasonArrivalVisit)
		}
		if document, err = t.unsealDocument("residents", row.ID, row.DocumentType, row.NumberSealed); err != nil {
			return a, err
		}
	}
	return t.insertArrival(document, a)
}

// unsealTaken is what the guard took down, and of whom.
func (s *Store) unsealTaken(row arrivalRow, said arrivalParty) (*models.Taken, error) {
	out := &models.Taken{By: row.EnteredBy, Visit: row.VisitID, Guest: models.Guest{Peer: row.Peer, Handle: row.Handle}}
	if said.Said != nil {
		out.Said = *said.Said
	}
	if said.Guest == nil {
		return out, nil
	}
	who, err := s.hearCompanion(*said.Guest)
	if err != nil {
		return nil, err
	}
	out.Guest.Name, out.Guest.Document = who.Name, who.Document
	if said.Phone != "" {
		out.Guest.Phone, err = models.ParsePhone(said.Phone)
	}
	return out, err
}

// seenTaken is what the guard is told after it is taken down: as after a scan, with
// where they go. Asked for again it is no second look.
func (t *txn) seenTaken(at models.Gate, a models.Arrival, fresh bool) (out Seen, err error) {
	if a.ResidentID != "" {
		if out, err = t.reader().seen(a.ResidentID, at.Venue, t.at); err != nil {
			return out, err
		}
		if fresh {
			if err := t.access(a.ResidentID, models.AccessGate); err != nil {
				return out, err
			}
		}
		err = t.atGateway(at, a.Taken.Visit, a.ResidentID, fresh, &out)
		out.Advice = out.Advice.Told()
		return out, err
	}
	out = Seen{Venue: at.Venue, At: t.at, Advice: models.AdvicePaper}
	out.Standing.Colour = models.Grey
	guest := a.Taken.Guest
	if guest.Peer == "" {
		return out, t.guestAtGateway(at, turnRow{ArrivalID: a.ID}, &a, &out)
	}
	home, err := t.community(at.Venue.CommunityID)
	if err != nil {
		return out, err
	}
	out.Phone = home.Phone
	if out.Recognised, err = t.recognisedBefore(at, a.Taken.Visit); err != nil {
		return out, err
	}
	out.Advice = out.Recognised.Advise()
	return out, t.guestAtGateway(at, turnRow{Peer: guest.Peer, Handle: guest.Handle}, &a, &out)
}
