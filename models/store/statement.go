package store

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/pass"
)

// peerAnswerRow is a slot of a pass that another installation was told about.
type peerAnswerRow struct {
	Handle []byte `gorm:"primaryKey"`
	Slot   int    `gorm:"primaryKey;autoIncrement:false"`
	Asker  string `gorm:"primaryKey"`
	At     int64
}

func (peerAnswerRow) TableName() string { return "peer_answers" }

// Peer is another installation that asks: whose key the question was signed with.
type Peer struct {
	Peering  *models.Peering
	Question models.PeerQuestion
	pin      string // of the key
}

// Actor is the installation as an actor.
func (p Peer) Actor() models.Actor {
	display := p.Peering.Name.In(models.Chinese)
	if p.Question.For != "" {
		if d, known := models.Division(p.Question.For); known {
			display += "（" + d.Name.In(models.Chinese) + "）"
		}
	}
	return models.Actor{Kind: models.ActorPeer, ID: p.Question.From, Display: display}
}

// Peer is who asks what, once the signature was found to hold. The problem is
// peer.unknown for anybody whose key is pinned by no peering that may ask.
func (s *Store) Peer(_ context.Context, body []byte) (Peer, error) {
	if !s.connected() {
		return Peer{}, models.Refuse(models.ReasonPeerOff)
	}
	signed, err := models.ParseSigned(body)
	if err != nil {
		return Peer{}, err
	}
	from := signed.Peek()
	for _, p := range s.peers.Load().all {
		if p.Peer != from || !p.Mode.Asks() {
			continue
		}
		q, err := models.OpenPaper[models.PeerQuestion](signed, models.PaperQuestion, p.Pins)
		var refusal *models.Problem
		if errors.As(err, &refusal) && refusal.Reason == models.ReasonPeerUnknown {
			continue // another place's file may have the key
		}
		if err != nil {
			return Peer{}, err
		}
		return Peer{p, q, models.Fingerprint(signed.By)}, q.Check(s.Installation.Code, s.Now())
	}
	return Peer{}, models.Refuse(models.ReasonPeerUnknown)
}

// asking is the same as the place of somebody who is asked about knows it: by the file
// that gates there go by. The problem is peer.unknown if that is none by which it asks, or
// one that does not have the key: whom another place trusts is none of theirs.
func (s *Store) asking(by Peer, place string) (Peer, error) {
	p := models.PeeringOf(s.peers.Load().all, s.Within, place, by.Question.From)
	if p == nil || !p.Mode.Asks() || !slices.Contains(p.Pins, by.pin) {
		return by, models.Refuse(models.ReasonPeerUnknown)
	}
	by.Peering = p
	return by, nil
}

// handleHome is where somebody lives whose pass has that handle.
func (r reader) handleHome(handle pass.Handle) (string, error) {
	holder, err := r.holder(handle)
	if err != nil {
		return "", err
	}
	var row residentRow
	if err := found(r.db.Where("id = ?", holder).Take(&row).Error); err != nil {
		return "", err
	}
	row, err = r.settled(row)
	if err == nil && row.ClosedAt != 0 {
		err = models.Refuse(models.ReasonPassRevoked)
	}
	return r.Today(row.Jurisdiction), err
}

// Answer says how the person stands who is showing that pass of ours just now, to the
// installation that asks, once for each slot. The resident sees that it did.
func (s *Store) Answer(ctx context.Context, by Peer) (models.Signed, error) {
	shown, err := pass.Parse(by.Question.Pass)
	if err != nil {
		return models.Signed{}, err
	}
	opened, err := pass.Verifier{Keys: s.Vault.PassPublic()}.Open(shown, s.Now())
	if err != nil {
		return models.Signed{}, err
	}
	home, err := s.reader(ctx).handleHome(opened.Handle)
	if err != nil {
		return models.Signed{}, err
	}
	if by, err = s.asking(by, home); err != nil {
		return models.Signed{}, err
	}
	var said models.PeerStatement
	err = s.change(ctx, by.Actor(), func(t *txn) error {
		holder, err := t.reader().holder(opened.Handle)
		if err != nil {
			return err
		}
		if said, err = t.stated(holder); err != nil {
			return err
		}
		row := peerAnswerRow{Handle: opened.Handle[:], Slot: opened.Slot, Asker: by.Question.Asker(), At: millis(t.at)}
		if err := t.insert(&row); errors.Is(err, gorm.ErrDuplicatedKey) {
			return models.Refuse(models.ReasonPeerReplayed)
		} else if err != nil {
			return err
		}
		if err := t.audit("peer.answer", "resident", holder, row.Asker); err != nil {
			return err
		}
		return t.access(holder, models.AccessPeer)
	})
	if err != nil {
		return models.Signed{}, err
	}
	said.To, said.For, said.Nonce = by.Question.From, by.Question.For, by.Question.Nonce
	said.Handle = hex.EncodeToString(opened.Handle[:])
	return models.SignPaper(s.Vault.PeerSigner(), models.PaperStatement, said)
}

// stated is what is said of the resident to another installation.
func (t *txn) stated(residentID string) (models.PeerStatement, error) {
	r := t.reader()
	var row residentRow
	if err := found(r.db.Where("id = ?", residentID).Take(&row).Error); err != nil {
		return models.PeerStatement{}, err
	}
	if row.ClosedAt != 0 {
		return models.PeerStatement{}, models.Refuse(models.ReasonPassRevoked)
	}
	standing, err := r.standing(row)
	if err != nil {
		return models.PeerStatement{}, err
	}
	return r.says(row, standing, t.at)
}

// Relayed is whose pass the question is about, where what they say is passed on; nil
// if it is nobody's, or ours, or of one whose words the place that knows them passes on
// to others than those who ask.
func (s *Store) Relayed(by Peer) (*Stranger, error) {
	known := s.peers.Load()
	shown, err := pass.Parse(by.Question.Pass)
	if err != nil || by.Question.For != "" { // nothing is passed on twice
		return nil, err
	}
	for _, p := range known.all {
		held := known.heldBy(p)
		if !p.Relay || p.Mode != models.PeerShare || p.Peer == by.Question.From || !p.CoversPlace(shown.Grant().Jurisdiction()) ||
			!s.Now().Before(held.keys.Until) {
			continue
		}
		if _, err := s.asking(by, p.Place); err != nil {
			continue
		}
		opened, err := pass.Verifier{Keys: held.public}.Open(shown, s.Now())
		if notOurs(err) {
			continue
		}
		return &Stranger{Peering: p, Opened: opened, shown: shown, gate: p.Place}, err
	}
	return nil, nil
}

// Onward is the question that whoever is in between asks for the one who asked.
func (s *Store) Onward(by Peer, st *Stranger) (models.PeerQuestion, models.Signed, error) {
	return s.question(models.PeerQuestion{To: st.Peering.Peer, For: by.Question.From, Nonce: by.Question.Nonce, Pass: st.shown.Text("")})
}

// PassOn signs around the answer to a question that was asked for another. Nothing of
// it is kept.
func (s *Store) PassOn(by Peer, st *Stranger, onward models.PeerQuestion, answer models.Signed) (models.Signed, error) {
	if _, err := s.stated(st, onward, answer); err != nil {
		return models.Signed{}, err
	}
	return models.SignPaper(s.Vault.PeerSigner(), models.PaperPassed, models.PeerPassed{From: s.Installation.Code, To: by.Question.From,
		Nonce: by.Question.Nonce, Statement: answer, At: s.Now().UTC()})
}

// says is what may be said of a resident to another place: a colour, reasons, how long
// ago a test was, and a masked name.
func (r reader) says(row residentRow, standing models.Standing, at time.Time) (models.PeerStatement, error) {
	name, err := r.unsealName("residents", "name_sealed", row.ID, row.NameSealed)
	if err != nil {
		return models.PeerStatement{}, err
	}
	said := models.PeerStatement{From: r.Installation.Code, Colour: r.Installation.Number(standing.Colour), Verified: standing.Verified,
		Name: name.String(), At: at.UTC().Truncate(time.Millisecond)}
	if !standing.Until.IsZero() {
		said.Until = &standing.Until
	}
	for _, reason := range standing.Reasons {
		said.Reasons = append(said.Reasons, reason.Rule)
	}
	facts, err := r.facts(row)
	if err != nil {
		return models.PeerStatement{}, err
	}
	said.Tests = testsOf(facts, at)
	return said, nil
}

// testsOf is the latest negative test of each kind. What a positive one means is said
// by the colour.
func testsOf(facts []models.Fact, at time.Time) (list []models.PeerTest) {
	latest := map[string]time.Time{}
	for _, f := range facts {
		if f.Kind == models.FactTest && f.Result == "negative" && !f.At.After(at) && f.At.After(latest[f.Code]) {
			latest[f.Code] = f.At
		}
	}
	for code, when := range latest {
		list = append(list, models.PeerTest{Test: code + "_negative", Hours: int((at.Sub(when) + time.Hour - 1) / time.Hour)})
	}
	slices.SortFunc(list, func(a, b models.PeerTest) int { return strings.Compare(a.Test, b.Test) })
	return list
}
