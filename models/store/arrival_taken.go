package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"healthcode/models"
)

// takenWithin is how long after somebody was entered or scanned a guard may take down
// where they go.
const takenWithin = time.Hour

// Taking is what a guard takes down of somebody who stands at the gateway.
type Taking struct {
	Visit    string          // id of the scan, or of the entry by hand
	Document models.Document // as it was entered; it finds a resident whose visits are not kept
	Name     models.Name     // of whoever is no resident here, as the next
	Phone    models.Phone
	Said     models.Declaration
	Arrival  models.Arrival
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
			a, err = t.reader().arrivalOf("id = ?", done)
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

func (t *txn) insertTaken(at models.Gate, id string, in Taking) (models.Arrival, error) {
	a := in.Arrival
	residentID, guest, err := t.visitor(at, in)
	if err != nil {
		return a, err
	}
	var before int64
	if err := t.db.Model(&arrivalRow{}).Where("visit_id = ?", in.Visit).Count(&before).Error; err != nil {
		return a, err
	}
	if before > 0 {
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
		if document, err = t.unsealDocument("residents", row.ID, row.DocumentType, row.NumberSealed); err != nil {
			return a, err
		}
	}
	return t.insertArrival(document, a)
}

// visitor is who this guard entered or scanned here under that id: a resident, or a
// guest.
func (t *txn) visitor(at models.Gate, in Taking) (residentID string, guest models.Guest, err error) {
	const here = "id = ? AND venue_id = ? AND staff_id = ? AND received_at > ?"
	args := []any{in.Visit, at.Venue.ID, at.ID, millis(t.at.Add(-takenWithin))}
	var row visitRow
	err = found(t.db.Where(here, args...).Take(&row).Error)
	if err == nil && t.vouched(row, row.ID, row.MAC) {
		return t.entered(row, in)
	}
	if err != nil && !errors.Is(err, models.NotFound) {
		return "", guest, err
	}
	var of peerVisitRow
	err = found(t.db.Where(here, args...).Take(&of).Error)
	if errors.Is(err, models.NotFound) || err == nil && !t.vouched(of, of.ID, of.MAC) {
		return "", guest, models.Refuse(models.ReasonArrivalVisit)
	}
	return "", models.Guest{Name: in.Name, Phone: in.Phone, Peer: of.Peer, Handle: hex.EncodeToString(of.Handle)}, err
}

// entered is who the visit is of. That of a resident who does not agree to visits names
// nobody: their document does.
func (t *txn) entered(row visitRow, in Taking) (residentID string, guest models.Guest, err error) {
	if row.ResidentID != "" {
		return row.ResidentID, guest, nil
	}
	if len(row.PersonSealed) == 0 {
		residentID, err = t.documentHolder(in.Document)
		if err == nil && residentID == "" {
			err = models.Refuse(models.ReasonArrivalVisit)
		}
		return residentID, guest, err
	}
	clear, err := t.Vault.Unseal("visits", "person_sealed", row.ID, row.PersonSealed)
	if err != nil {
		return "", guest, err
	}
	var said struct {
		companionSaid
		Phone string `json:"phone"`
	}
	if err := json.Unmarshal(clear, &said); err != nil {
		return "", guest, err
	}
	guest = models.Guest{Name: in.Name, Phone: in.Phone}
	if guest.Document, err = models.ParseDocument(said.Type, said.Number, t.at); err != nil {
		return "", guest, err
	}
	if said.Name != "" && guest.Name == (models.Name{}) {
		guest.Name, err = models.ParseName(said.Name)
	}
	if err == nil && said.Phone != "" && guest.Phone == (models.Phone{}) {
		guest.Phone, err = models.ParsePhone(said.Phone)
	}
	return "", guest, err
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
		err = t.atGateway(at, a.ResidentID, false, &out)
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
