package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"healthcode/models"
)

type arrivalRow struct {
	ID            string
	ResidentID    string
	DeclarationID string
	VenueID       string
	CommunityID   string
	Party         int
	PartySealed   []byte
	At            int64
	CreatedAt     int64  `gorm:"autoCreateTime:false"`
	EnteredBy     string // staff id of the guard who took it down
	VisitID       string // and the visit that it belongs to
	Peer          string // of somebody of elsewhere, who knows them
	Handle        string // and by which handle, in hexadecimal
	MAC           []byte `gorm:"column:mac"`
}

func (arrivalRow) TableName() string { return "arrivals" }

// bytes is who arrives where and when, and so who may look at them.
func (r arrivalRow) bytes() []byte {
	b := fmt.Appendf(nil, "%s %s %s %s %s %d %d", r.ID, r.ResidentID, r.DeclarationID, r.VenueID, r.CommunityID, r.Party, r.At)
	if r.EnteredBy == "" {
		return b
	}
	return fmt.Appendf(b, " %s %s %s %s", r.EnteredBy, r.VisitID, r.Peer, r.Handle)
}

// arrivalParty is what is sealed of an arrival.
type arrivalParty struct {
	Plate      string          `json:"plate,omitempty"`
	Contact    string          `json:"contact,omitempty"`
	Companions []companionSaid `json:"companions,omitempty"`

	Said  *models.Declaration `json:"said,omitempty"`  // what a guard took down
	Guest *companionSaid      `json:"guest,omitempty"` // about whom, if they are no resident here
	Phone string              `json:"phone,omitempty"` // theirs
}

type companionSaid struct {
	Type   models.DocumentType `json:"type"`
	Number string              `json:"number"`
	Name   string              `json:"name"`
}

// Arrived is what became of the declaration of an arrival.
type Arrived struct {
	Declared
	Arrival models.Arrival
}

// Arrive takes down that the resident arrives: what they declare, with all that
// follows from it as for any declaration, and a review for the community that they go
// to, wherever they live. Repeating the key gives the first answer's arrival.
func (s *Store) Arrive(ctx context.Context, me models.Resident, key Key, d models.Declaration, a models.Arrival) (out Arrived, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		out = Arrived{Declared: Declared{ID: t.id(), Review: true}}
		done, err := t.once("declare "+me.AccountID, key, out.ID)
		if err != nil {
			return err
		}
		if done != "" {
			out.ID = done
			out.Arrival, err = t.reader().arrivalOf("declaration_id = ? AND resident_id = ?", done, me.ID)
		} else if err = t.insertDeclaration(me, out.ID, d); err == nil {
			a.ID, a.ResidentID, a.DeclarationID = t.id(), me.ID, out.ID
			out.Arrival, err = t.insertArrival(me.Document, a)
		}
		if err != nil {
			return err
		}
		out.Decision, err = t.decide(me.ID)
		return err
	})
	if err != nil {
		return Arrived{}, fmt.Errorf("arrive: %w", err)
	}
	return out, nil
}

// insertArrival opens the review too. The community has a day from when they come.
// Document is that of who arrives.
func (t *txn) insertArrival(document models.Document, a models.Arrival) (models.Arrival, error) {
	if a.At.IsZero() {
		a.At = t.at
	}
	if err := t.checkArrival(document, a); err != nil {
		return a, err
	}
	a.CreatedAt = t.at
	sealed, err := t.sealParty(a)
	if err != nil {
		return a, err
	}
	row := arrivalRow{ID: a.ID, ResidentID: a.ResidentID, DeclarationID: a.DeclarationID, VenueID: a.Gateway, CommunityID: a.Community,
		Party: a.Party(), PartySealed: sealed, At: millis(a.At), CreatedAt: millis(t.at)}
	if taken := a.Taken; taken != nil {
		row.EnteredBy, row.VisitID, row.Peer, row.Handle = taken.By, taken.Visit, taken.Guest.Peer, taken.Guest.Handle
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return a, err
	}
	if err := t.insert(&row); err != nil {
		return a, err
	}
	if err := t.audit("arrival.declare", "arrival", a.ID, a.Community); err != nil {
		return a, err
	}
	return a, t.openReview(models.ReviewArrival, a.ResidentID, a.ID, a.Community, max(0, a.At.Sub(t.at))+reviewDay)
}

func (t *txn) checkArrival(document models.Document, a models.Arrival) error {
	var ps models.Problems
	ps.Add("", a.Check(document, t.at))
	if a.ResidentID == "" {
		ps.Add("", a.Taken.Guest.Check(a.Contact))
	}
	if _, err := t.community(a.Community); err != nil {
		if !errors.Is(err, models.Invalid) {
			return err
		}
		ps.Add("", err)
	}
	if a.Gateway == "" {
		return ps.Err()
	}
	venue, err := t.reader().venue("id = ?", a.Gateway)
	if err != nil && !errors.Is(err, models.NotFound) {
		return err
	}
	if !venue.Kind.Gateway() {
		ps.Add("gateway", models.Refuse(models.ReasonGatewayUnknown))
	}
	return ps.Err()
}

func (t *txn) sealParty(a models.Arrival) ([]byte, error) {
	said := arrivalParty{Plate: a.Plate.Reveal(), Contact: a.Contact.Reveal()}
	for _, c := range a.Companions {
		said.Companions = append(said.Companions, sayCompanion(c))
	}
	if a.Taken != nil {
		said.Said = &a.Taken.Said
	}
	if a.ResidentID == "" {
		guest := a.Taken.Guest
		who := sayCompanion(models.Companion{Name: guest.Name, Document: guest.Document})
		said.Guest, said.Phone = &who, guest.Phone.Reveal()
	}
	clear, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	return t.Vault.Seal("arrivals", "party_sealed", a.ID, clear)
}

func sayCompanion(c models.Companion) companionSaid {
	return companionSaid{c.Document.Type, c.Document.Number.Reveal(), c.Name.Reveal()}
}

// unsealArrival reads the arrival with those who come along.
func (s *Store) unsealArrival(row arrivalRow) (models.Arrival, error) {
	a := models.Arrival{ID: row.ID, ResidentID: row.ResidentID, DeclarationID: row.DeclarationID, Community: row.CommunityID,
		Gateway: row.VenueID, At: instant(row.At), CreatedAt: instant(row.CreatedAt)}
	clear, err := s.Vault.Unseal("arrivals", "party_sealed", row.ID, row.PartySealed)
	if err != nil {
		return a, err
	}
	var said arrivalParty
	if err := json.Unmarshal(clear, &said); err != nil {
		return a, err
	}
	if said.Plate != "" {
		if a.Plate, err = models.ParsePlate(said.Plate); err != nil {
			return a, err
		}
	}
	if said.Contact != "" {
		if a.Contact, err = models.ParsePhone(said.Contact); err != nil {
			return a, err
		}
	}
	for _, c := range said.Companions {
		one, err := s.hearCompanion(c)
		if err != nil {
			return a, err
		}
		a.Companions = append(a.Companions, one)
	}
	if row.EnteredBy != "" {
		a.Taken, err = s.unsealTaken(row, said)
	}
	return a, err
}

func (s *Store) hearCompanion(c companionSaid) (one models.Companion, err error) {
	if c.Number != "" {
		if one.Document, err = models.ParseDocument(c.Type, c.Number, s.Now()); err != nil {
			return one, err
		}
	}
	one.Name, err = models.ParseName(c.Name)
	return one, err
}

// arrivalOf is one arrival; one that nobody vouches for is as if it were not.
func (r reader) arrivalOf(where string, args ...any) (models.Arrival, error) {
	var row arrivalRow
	err := found(r.db.Where(where, args...).Order("at DESC, id DESC").Take(&row).Error)
	if err == nil && !r.vouched(row, row.ID, row.MAC) {
		err = models.NotFound
	}
	if err != nil {
		return models.Arrival{}, err
	}
	return r.openedArrival(row)
}

// openedArrival reads the arrival, and where they come from by the stays that were
// declared with it.
func (r reader) openedArrival(row arrivalRow) (models.Arrival, error) {
	a, err := r.unsealArrival(row)
	if err != nil {
		return a, err
	}
	if a.Taken != nil {
		a.From = a.Taken.From()
		return a, nil
	}
	stays, err := r.stayRows(row.ResidentID)
	last := int64(0)
	for _, stay := range stays {
		if stay.DeclarationID == row.DeclarationID && stay.ToAt > last && r.vouched(stay, stay.ID, stay.MAC) {
			a.From, last = stay.Place, stay.ToAt
		}
	}
	return a, err
}
