package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/pass"
)

// peerVisitRow is somebody of elsewhere at a venue here.
type peerVisitRow struct {
	ID         string
	At         int64
	VenueID    string
	Peer       string
	Handle     []byte
	Colour     string
	Asked      int
	StaffID    string
	ReceivedAt int64
	MAC        []byte `gorm:"column:mac"`
}

func (peerVisitRow) TableName() string { return "peer_visits" }

func (r peerVisitRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %d %s %s %x %s %d %s", r.ID, r.At, r.VenueID, r.Peer, r.Handle, r.Colour, r.Asked, r.StaffID)
}

// Stranger is somebody of elsewhere whose pass has opened.
type Stranger struct {
	Peering *models.Peering
	Opened  pass.Opened
	shown   pass.Pass
	gate    string        // the place that asks
	before  *peerVisitRow // the visit, where it is on record under that id already
}

// Ask reports whether the other installation is to be asked, and where.
func (s *Store) Ask(st *Stranger) (asked *models.Peering, ok bool) {
	if st.before != nil || !s.connected() {
		return nil, false
	}
	return s.way(st.Peering, st.gate)
}

// Stranger opens the pass of somebody of elsewhere, with the keys of their own
// installation. Nil if the pass is one of ours, or of nobody who is recognised at this
// gate: then it is looked at as any other.
func (s *Store) Stranger(ctx context.Context, at models.Gate, id, text string) (*Stranger, error) {
	known := s.peers.Load()
	shown, err := pass.Parse(text)
	if err != nil || s.Installation.Code == "" && len(known.all) == 0 {
		return nil, nil
	}
	candidates := slices.DeleteFunc(models.PeeringsAt(known.all, s.Within, at.Venue.Jurisdiction, shown.Grant().Jurisdiction()),
		func(p *models.Peering) bool { return p.Mode == models.PeerLocal })
	_, here := s.law.Load().files.Parents[shown.Grant().Jurisdiction()]
	if len(candidates) == 0 && here || !notOurs(s.opened(shown)) {
		return nil, nil
	}
	if err := s.visitID(id); err != nil {
		return nil, err
	}
	lacking := false
	for _, p := range candidates {
		held := known.heldBy(p)
		if !s.Now().Before(held.keys.Until) {
			lacking = true
			continue
		}
		opened, err := pass.Verifier{Keys: held.public}.OpenAt(shown, s.Now())
		if notOurs(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return s.stranger(ctx, id, &Stranger{Peering: p, Opened: opened, shown: shown, gate: at.Venue.Jurisdiction}, held)
	}
	switch {
	case lacking:
		return nil, models.Refuse(models.ReasonPeerExpired)
	case !here: // not an altered one of ours: we have nobody there
		return nil, models.Refuse(models.ReasonPassForeign)
	}
	return nil, nil
}

// opened is what our own keys make of the pass, whenever it was shown.
func (s *Store) opened(shown pass.Pass) error {
	_, err := pass.Verifier{Keys: s.Vault.PassPublic()}.OpenAt(shown, s.Now())
	return err
}

// notOurs reports whether a pass was signed by nobody of those that were tried.
func notOurs(err error) bool {
	var p *models.Problem
	return errors.As(err, &p) && (p.Reason == models.ReasonPassForeign || p.Reason == models.ReasonPassAltered)
}

// stranger refuses a pass that is not shown now, unless it is on record under the id:
// a guard whose first answer was lost asks again a while later.
func (s *Store) stranger(ctx context.Context, id string, st *Stranger, held heldKeys) (*Stranger, error) {
	var before peerVisitRow
	err := found(s.read.WithContext(ctx).Where("id = ?", id).Take(&before).Error)
	switch {
	case err == nil && bytes.Equal(before.Handle, st.Opened.Handle[:]) && s.vouched(before, before.ID, before.MAC):
		st.before = &before
		return st, nil
	case err != nil && !errors.Is(err, models.NotFound):
		return nil, err
	}
	_, err = pass.Verifier{Keys: held.public}.Open(st.shown, s.Now())
	return st, err
}

// Question is what the other installation is asked about the stranger.
func (s *Store) Question(st *Stranger, to string) (q models.PeerQuestion, signed models.Signed, err error) {
	return s.question(models.PeerQuestion{To: to, Pass: st.shown.Text("")})
}

func (s *Store) question(q models.PeerQuestion) (models.PeerQuestion, models.Signed, error) {
	q.From, q.At = s.Installation.Code, s.Now().UTC().Truncate(time.Millisecond)
	if q.Nonce == nil {
		q.Nonce = make([]byte, models.NonceSize)
		if _, err := io.ReadFull(s.Random, q.Nonce); err != nil {
			return q, models.Signed{}, err
		}
	}
	signed, err := models.SignPaper(s.Vault.PeerSigner(), models.PaperQuestion, q)
	return q, signed, err
}

// Heard is what an answer says about the stranger, if it is theirs, signed, of now, and
// an answer to that question.
func (s *Store) Heard(st *Stranger, q models.PeerQuestion, answer models.Signed) (models.PeerStatement, error) {
	home := q
	if q.To != st.Peering.Peer { // somebody in between passes it on
		between, ok := s.way(st.Peering, st.gate)
		if !ok {
			return models.PeerStatement{}, models.Refuse(models.ReasonPeerUnknown)
		}
		passed, err := models.OpenPaper[models.PeerPassed](answer, models.PaperPassed, between.Pins)
		if err != nil {
			return models.PeerStatement{}, err
		}
		if err := passed.Check(q, s.Now()); err != nil {
			return models.PeerStatement{}, err
		}
		home.From, home.To, home.For, answer = q.To, st.Peering.Peer, q.From, passed.Statement
	}
	return s.stated(st, home, answer)
}

func (s *Store) stated(st *Stranger, q models.PeerQuestion, answer models.Signed) (models.PeerStatement, error) {
	said, err := models.OpenPaper[models.PeerStatement](answer, models.PaperStatement, st.Peering.Pins)
	if err != nil {
		return models.PeerStatement{}, err
	}
	if err := said.Check(q, hex.EncodeToString(st.Opened.Handle[:]), s.Now()); err != nil {
		return models.PeerStatement{}, err
	}
	return said, nil
}

// Recognised is what another's code comes to at a gate here.
type Recognised struct {
	models.Recognition
	Peering *models.Peering
	Asked   bool      // else it goes by the pass alone
	At      time.Time // when it was said, or granted
	Name    string    // masked; "" where nobody was asked
	Until   time.Time // as it was said; zero for never, or not known
}

// ScanStranger records the visit of somebody of elsewhere and says what their code comes
// to here. said is what their installation says now, nil if it was not asked or did
// not answer.
func (s *Store) ScanStranger(ctx context.Context, at models.Gate, id string, st *Stranger, said *models.PeerStatement) (Seen, error) {
	out := Recognised{Peering: st.Peering, Recognition: st.Peering.RecogniseGranted(st.Opened.Colour), At: st.Opened.NotBefore}
	if said != nil {
		out = Recognised{Peering: st.Peering, Recognition: st.Peering.Recognise(*said), Asked: true, At: said.At, Name: said.Name}
		if said.Until != nil {
			out.Until = *said.Until
		}
	}
	seen := Seen{Venue: at.Venue, Recognised: &out}
	row := peerVisitRow{ID: id, At: millis(st.Opened.ShownAt), VenueID: at.Venue.ID, Peer: st.Peering.Peer, Handle: st.Opened.Handle[:],
		Colour: out.Colour.String(), StaffID: at.ID}
	if out.Asked {
		row.Asked = 1
	}
	err := s.change(ctx, at.Actor(), func(t *txn) error {
		before, err := t.recordStranger(row)
		if err != nil {
			return err
		}
		home, err := t.community(at.Venue.CommunityID)
		if err != nil {
			return err
		}
		seen.Phone, seen.At = home.Phone, t.at
		if err := out.again(before); err != nil {
			return err
		}
		seen.Advice = out.Advise()
		return t.guestAtGateway(at, turnRow{Peer: row.Peer, Handle: hex.EncodeToString(row.Handle)}, nil, &seen)
	})
	return seen, err
}

// recognisedBefore is what the guard was told of somebody of elsewhere at that scan.
func (t *txn) recognisedBefore(at models.Gate, scan string) (*Recognised, error) {
	var before peerVisitRow
	if err := found(t.db.Where("id = ?", scan).Take(&before).Error); err != nil {
		return nil, err
	}
	if !t.vouched(before, before.ID, before.MAC) {
		return nil, models.Refuse(models.ReasonArrivalVisit)
	}
	out := &Recognised{Peering: models.PeeringOf(t.peers.Load().all, t.Within, at.Venue.Jurisdiction, before.Peer)}
	if out.Peering == nil {
		out.Peering = &models.Peering{Peer: before.Peer, Name: t.reader().peerName(before.Peer)}
	}
	return out, out.again(&before)
}

// peerName is what another installation is called here; its code where nobody says any
// more.
func (r reader) peerName(code string) models.Text {
	for _, p := range r.peers.Load().all {
		if p.Peer == code {
			return p.Name
		}
	}
	return text(code, code)
}

// again is what was answered before, without what was not kept.
func (r *Recognised) again(before *peerVisitRow) error {
	if before == nil {
		return nil
	}
	colour, err := models.ParseColour(before.Colour)
	r.Recognition, r.Asked, r.At, r.Name, r.Until = models.Recognition{Colour: colour}, before.Asked != 0, instant(before.ReceivedAt), "", time.Time{}
	return err
}

// recordStranger inserts the visit, exactly once by its id; if it is there already, it
// gives that one back. Another one under the same id is a conflict, and so is one that
// the service did not write.
func (t *txn) recordStranger(row peerVisitRow) (*peerVisitRow, error) {
	row.ReceivedAt = millis(t.at)
	var err error
	if row.MAC, err = t.vouch(row); err != nil {
		return nil, err
	}
	if err = t.insert(&row); !errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil, err
	}
	var before peerVisitRow
	err = found(t.db.Where("id = ?", row.ID).Take(&before).Error)
	if errors.Is(err, models.NotFound) { // it came after this transaction's view of the table
		return nil, errRace
	}
	if err != nil {
		return nil, err
	}
	if before.VenueID != row.VenueID || before.StaffID != row.StaffID || before.Peer != row.Peer || !bytes.Equal(before.Handle, row.Handle) ||
		!t.vouched(before, before.ID, before.MAC) {
		return nil, models.Refuse(models.ReasonVisitConflict).On("id")
	}
	return &before, nil
}

// recognise puts what is seen of a resident of this installation through the table of
// the gate's own place, where that has one for the place they live in.
func (r reader) recognise(row residentRow, out *Seen) error {
	local := r.peers.Load().all
	if len(local) == 0 {
		return nil
	}
	for _, p := range models.PeeringsAt(local, r.Within, out.Venue.Jurisdiction, out.Resident.Jurisdiction) {
		if p.Mode != models.PeerLocal || r.Within(out.Resident.Jurisdiction, p.Place) {
			continue
		}
		said, err := r.says(row, out.Standing, out.At)
		if err != nil {
			return err
		}
		said.Colour = out.Standing.Colour.String()
		out.Recognised = &Recognised{Recognition: p.Recognise(said), Peering: p, Asked: true, At: out.At, Name: said.Name, Until: out.Standing.Until}
		if out.Recognised.Colour != models.Grey || out.Standing.Colour != models.Grey { // whoever is grey at home can do here what they could there
			out.Advice = out.Recognised.Advise()
		}
		return nil
	}
	return nil
}
