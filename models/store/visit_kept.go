package store

import (
	"context"
	"slices"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
)

// GateKeys are the keys by which a gate opens passes of this installation without a
// network. They are public; those of other installations are not among them, since only
// those can say how somebody of theirs stands.
func (s *Store) GateKeys() (models.GateKeys, error) {
	passes, err := s.passKeys()
	now := s.Now().UTC().Truncate(time.Millisecond)
	return models.GateKeys{Passes: passes, At: now, Until: now.Add(models.KeptLife)}, err
}

// ScanKept records the visit of somebody whose pass a guard opened and kept while there
// was no network. When they were there is what the pass says; how they stand is what
// holds now, so that the guard learns of whoever was let in and is not green. They are
// gone, so that nobody is put into a gateway's queue. The same visit may have come before,
// in this way or as a scan whose answer was lost, and is then recorded no second time.
func (s *Store) ScanKept(ctx context.Context, at models.Gate, id, text string) (Seen, error) {
	opened, err := s.openKept(at, text)
	if err != nil {
		return Seen{}, err
	}
	if err := visitIDOf(id, opened.ShownAt); err != nil {
		return Seen{}, err
	}
	if err := models.Kept(opened.ShownAt, s.Now()); err != nil && !s.onRecord(ctx, id, opened) {
		return Seen{}, err
	}
	var out Seen
	err = s.change(ctx, at.Actor(), func(t *txn) error {
		r := t.reader()
		holder, ended, err := r.holderUntil(opened.Handle)
		if err != nil {
			return err
		}
		if !ended.IsZero() && ended.Before(opened.ShownAt) { // whoever was signed out later was there
			return models.Refuse(models.ReasonPassRevoked)
		}
		if out, err = r.seen(holder, at.Venue, t.at); err != nil {
			return err
		}
		out.At = opened.ShownAt
		_, err = t.recordAgreed(visitRow{ID: id, At: millis(opened.ShownAt), VenueID: at.Venue.ID, ResidentID: holder,
			Grade: string(models.GradeScanned), Handle: opened.Handle[:], StaffID: at.ID})
		return err
	})
	return out, err
}

// openKept opens a pass of this installation, whenever it was shown. One of another is
// as any other code: nobody can ask how they stood.
func (s *Store) openKept(at models.Gate, text string) (pass.Opened, error) {
	shown, err := pass.Parse(text)
	if err != nil {
		return pass.Opened{}, err
	}
	opened, err := pass.Verifier{Keys: s.Vault.PassPublic()}.OpenAt(shown, s.Now())
	if notOurs(err) && s.theirs(at, shown) {
		err = models.Refuse(models.ReasonPassForeign)
	}
	return opened, err
}

// theirs reports whether a pass says that another installation issued it. Key ids that
// both use make one of theirs look like an altered one of ours.
func (s *Store) theirs(at models.Gate, shown pass.Pass) bool {
	all, issuer := s.peers.Load().all, shown.Grant().Jurisdiction()
	if s.Installation.Code == "" && len(all) == 0 {
		return false
	}
	_, here := s.law.Load().files.Parents[issuer]
	return !here || slices.ContainsFunc(models.PeeringsAt(all, s.Within, at.Venue.Jurisdiction, issuer),
		func(p *models.Peering) bool { return p.Mode != models.PeerLocal })
}
