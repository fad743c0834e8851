package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/pass"
)

// visitWindow is how far the time in a visit's id may be from now: the clock of
// the phone that made it may be off, and its request may have been repeated.
const visitWindow = 10 * time.Minute

type visitRow struct {
	ID           string
	At           int64
	VenueID      string
	ResidentID   string
	Grade        string
	Handle       []byte
	StaffID      string
	PersonSealed []byte
	ReceivedAt   int64
	MAC          []byte `gorm:"column:mac"`
}

func (visitRow) TableName() string { return "visits" }

// bytes is who was where and how that is known: a visit that nobody made is evidence
// against nobody.
func (r visitRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %d %s %s %s %x %s", r.ID, r.At, r.VenueID, r.ResidentID, r.Grade, r.Handle, r.StaffID)
}

// Seen is what a door or a gate answers.
type Seen struct {
	Venue    models.Venue
	Resident models.Resident // zero when nobody is known by that document
	Standing models.Standing
	Advice   models.Advice
	Phone    string // whom to call
	At       time.Time

	Print *models.Print // the card on paper that was read; nil for a pass and a document

	Recognised *Recognised // what a code of elsewhere comes to here; nil for one of here

	Card    *models.Card    // at a gateway; nil elsewhere, and when nobody is known
	Arrival *models.Arrival // that they are on; nil if they declared none
	Turn    *models.Turn    // in the queue; nil if they need no check
	Whom    []byte          // who they are, sealed, for [Taking]; nil of whoever is no resident here
}

// visitID refuses an id that is not a ULID of about now. Visits are kept in the
// order of their ids, so an id that lies about its time would be swept too soon
// or too late.
func (s *Store) visitID(id string) error { return visitIDOf(id, s.Now()) }

// visitIDOf refuses an id that is not a ULID of about then.
func visitIDOf(id string, then time.Time) error {
	parsed, err := ulid.ParseStrict(id)
	if err != nil || parsed.String() != id {
		return models.Refuse(models.ReasonVisitID).On("id")
	}
	if off := then.Sub(ulid.Time(parsed.Time())); off > visitWindow || off < -visitWindow {
		return models.Refuse(models.ReasonVisitID).On("id")
	}
	return nil
}

// record inserts the visit, exactly once by its id, and says whether it is new.
// The same visit again is the same visit; another one under the same id is a
// conflict.
func (t *txn) record(row visitRow) (fresh bool, err error) {
	row.ReceivedAt = millis(t.at)
	for _, b := range []*[]byte{&row.Handle, &row.PersonSealed} {
		if *b == nil {
			*b = []byte{}
		}
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return false, err
	}
	if err = t.insert(&row); !errors.Is(err, gorm.ErrDuplicatedKey) {
		return err == nil, err
	}
	var before visitRow
	err = found(t.db.Where("id = ?", row.ID).Take(&before).Error)
	if errors.Is(err, models.NotFound) { // it came after this transaction's view of the table
		return false, errRace
	}
	if err != nil {
		return false, err
	}
	if before.VenueID != row.VenueID || before.Grade != row.Grade || before.StaffID != row.StaffID ||
		before.ResidentID != row.ResidentID || !bytes.Equal(before.Handle, row.Handle) {
		return false, models.Refuse(models.ReasonVisitConflict).On("id")
	}
	return false, nil
}

// Door records that the resident scanned a venue's poster, and says how they
// stand. It needs their consent to visits being kept.
func (s *Store) Door(ctx context.Context, me models.Resident, id, poster string) (Seen, error) {
	if err := s.visitID(id); err != nil {
		return Seen{}, err
	}
	var out Seen
	err := s.change(ctx, me.Actor(), func(t *txn) error {
		r := t.reader()
		venue, err := r.venue("poster = ?", poster)
		if err != nil {
			return err
		}
		agreed, err := r.consents(me.ID, models.PurposeVisits)
		if err != nil {
			return err
		}
		if !agreed {
			return models.Refuse(models.ReasonConsentNotGiven).On(string(models.PurposeVisits))
		}
		if out, err = r.seen(me.ID, venue, t.at); err != nil {
			return err
		}
		_, err = t.record(visitRow{ID: id, At: millis(t.at), VenueID: venue.ID, ResidentID: me.ID, Grade: string(models.GradeSelf)})
		return err
	})
	return out, err
}

// Scan opens the pass that a guard scanned and records the visit. The pass says
// whose it is; how they stand is what holds now, not what it was granted with.
func (s *Store) Scan(ctx context.Context, at models.Gate, id, text string) (Seen, error) {
	if err := s.visitID(id); err != nil {
		return Seen{}, err
	}
	shown, err := pass.Parse(text)
	if err != nil {
		return Seen{}, err
	}
	opened, err := s.openPass(ctx, id, shown)
	if err != nil {
		return Seen{}, err
	}
	var out Seen
	err = s.change(ctx, at.Actor(), func(t *txn) error {
		r := t.reader()
		holder, err := r.holder(opened.Handle)
		if err != nil {
			return err
		}
		if out, err = r.seen(holder, at.Venue, t.at); err != nil {
			return err
		}
		row := visitRow{ID: id, At: millis(opened.ShownAt), VenueID: at.Venue.ID, ResidentID: holder,
			Grade: string(models.GradeScanned), Handle: opened.Handle[:], StaffID: at.ID}
		fresh, err := t.recordAgreed(row)
		if err != nil {
			return err
		}
		return t.atGateway(at, id, holder, fresh, &out)
	})
	return out, err
}

// openPass opens a pass that is shown now, or one that is already on record under
// that id: a guard whose first answer was lost asks again a while later.
func (s *Store) openPass(ctx context.Context, id string, shown pass.Pass) (pass.Opened, error) {
	verifier := pass.Verifier{Keys: s.Vault.PassPublic()}
	opened, err := verifier.Open(shown, s.Now())
	if !errors.Is(err, models.Gone) {
		return opened, err
	}
	again, aerr := verifier.OpenAt(shown, s.Now())
	if aerr == nil && s.onRecord(ctx, id, again) {
		return again, nil
	}
	return opened, err
}

// onRecord reports whether the visit is on record under that id already, with that pass.
func (s *Store) onRecord(ctx context.Context, id string, opened pass.Opened) bool {
	var before visitRow
	err := found(s.read.WithContext(ctx).Where("id = ?", id).Take(&before).Error)
	return err == nil && bytes.Equal(before.Handle, opened.Handle[:]) && s.vouched(before, before.ID, before.MAC)
}

// recordAgreed records the visit of a known resident. Whoever does not consent
// to visits being kept, or did not by then, is let in all the same: the row then names
// nobody. It says whether the visit is new. A row that names nobody does not tell whether
// it was the same person before, so that whoever is seen then is told of another look.
func (t *txn) recordAgreed(row visitRow) (fresh bool, err error) {
	agreed, err := t.reader().consentsBy(row.ResidentID, models.PurposeVisits, instant(row.At).Add(pass.Slot))
	if err != nil {
		return false, err
	}
	holder := row.ResidentID
	if !agreed {
		row.ResidentID, row.Handle = "", nil
	}
	if fresh, err = t.record(row); err != nil || !fresh && agreed {
		return fresh, err
	}
	if fresh {
		if err := t.lookTwice(row); err != nil {
			return false, err
		}
	}
	return fresh, t.access(holder, models.AccessGate)
}

// holder is whose the grant is. A phone that was signed out holds passes that
// are well signed and worth nothing.
func (r reader) holder(h pass.Handle) (string, error) {
	holder, ended, err := r.holderUntil(h)
	if err == nil && !ended.IsZero() {
		return "", models.Refuse(models.ReasonPassRevoked)
	}
	return holder, err
}

// holderUntil is whose the grant is, and when the phone that has it was signed out; zero
// if it was not.
func (r reader) holderUntil(h pass.Handle) (residentID string, ended time.Time, err error) {
	var row struct {
		Account accountRow `gorm:"embedded"`
		EndedAt int64
	}
	err = found(r.db.Table("grants").Select("accounts.id, accounts.platform, accounts.resident_id, accounts.mac, sessions.ended_at").
		Joins("JOIN sessions ON sessions.id = grants.session_id").
		Joins("JOIN accounts ON accounts.id = sessions.subject_id").
		Where("grants.handle = ?", h[:]).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && r.residentOf(row.Account) == "" {
		err = models.Refuse(models.ReasonPassRevoked)
	}
	return row.Account.ResidentID, instant(row.EndedAt), err
}

// seen gathers what a guard or the resident is told.
func (r reader) seen(residentID string, venue models.Venue, at time.Time) (Seen, error) {
	var row residentRow
	if err := found(r.db.Where("id = ?", residentID).Take(&row).Error); err != nil {
		return Seen{}, err
	}
	if row.ClosedAt != 0 {
		return Seen{}, models.Refuse(models.ReasonPassRevoked)
	}
	out := Seen{Venue: venue, At: at}
	var err error
	if out.Resident, err = r.unsealResident(row); err != nil {
		return Seen{}, err
	}
	if out.Standing, err = r.standing(row); err != nil {
		return Seen{}, err
	}
	home, err := r.community(row.CommunityID)
	if err != nil {
		return Seen{}, err
	}
	out.Phone, out.Advice = home.Phone, models.Advise(out.Standing)
	return out, r.recognise(row, &out)
}

// Entry is a person without a phone, as a guard enters them by hand.
type Entry struct {
	ID       string
	Document models.Document
	Name     models.Name  // as the document says
	Phone    models.Phone // how to reach somebody who is not known yet
}

// Enter records a visit that a guard entered by hand from the document itself.
// If that document has been checked before, its resident's standing is shown as
// after a scan; otherwise the entry itself is kept, sealed.
func (s *Store) Enter(ctx context.Context, at models.Gate, e Entry) (Seen, error) {
	if err := s.visitID(e.ID); err != nil {
		return Seen{}, err
	}
	var out Seen
	err := s.change(ctx, at.Actor(), func(t *txn) error {
		holder, err := t.documentHolder(e.Document)
		if err != nil {
			return err
		}
		row := visitRow{ID: e.ID, At: millis(t.at), VenueID: at.Venue.ID, ResidentID: holder,
			Grade: string(models.GradeHand), StaffID: at.ID}
		if holder != "" {
			if out, err = t.reader().seen(holder, at.Venue, t.at); err != nil {
				return err
			}
			fresh, err := t.recordAgreed(row)
			if err != nil {
				return err
			}
			err = t.atGateway(at, e.ID, holder, fresh, &out)
			out.Advice = out.Advice.Told()
			return err
		}
		out = Seen{Venue: at.Venue, At: t.at, Advice: models.AdvicePaper}
		out.Standing.Colour = models.Grey
		if row.PersonSealed, err = t.sealEntry(e); err != nil {
			return err
		}
		_, err = t.record(row)
		return err
	})
	return out, err
}

// documentHolder is the verified resident of the document, or "".
func (t *txn) documentHolder(d models.Document) (string, error) {
	documentID, err := t.tagged(tagDocument, d.IndexKey())
	if errors.Is(err, models.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var row residentRow
	err = found(t.db.Where("document_id = ? AND closed_at = 0", documentID).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && !t.verified(row) {
		return "", nil
	}
	return row.ID, err
}

func (t *txn) sealEntry(e Entry) ([]byte, error) {
	clear, err := json.Marshal(map[string]string{"type": string(e.Document.Type), "number": e.Document.Number.Reveal(),
		"name": e.Name.Reveal(), "phone": e.Phone.Reveal()})
	if err != nil {
		return nil, err
	}
	return t.Vault.Seal("visits", "person_sealed", e.ID, clear)
}

// Visits lists where the resident was, the latest first.
func (s *Store) Visits(ctx context.Context, me models.Resident) ([]models.Visit, error) {
	var rows []struct {
		Visit  visitRow `gorm:"embedded"`
		NameZH string   `gorm:"column:name_zh"`
		NameEN string   `gorm:"column:name_en"`
	}
	err := s.read.WithContext(ctx).Table("visits").Select("visits.*, venues.name_zh, venues.name_en").
		Joins("JOIN venues ON venues.id = visits.venue_id").
		Where("visits.resident_id = ?", me.ID).Order("visits.at DESC, visits.id DESC").Limit(accessesShown).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("visits: %w", err)
	}
	list := make([]models.Visit, 0, len(rows))
	for _, r := range rows {
		if !s.vouched(r.Visit, r.Visit.ID, r.Visit.MAC) {
			continue
		}
		list = append(list, models.Visit{ID: r.Visit.ID, VenueID: r.Visit.VenueID, Venue: text(r.NameZH, r.NameEN), ResidentID: me.ID,
			At: instant(r.Visit.At), Grade: models.Grade(r.Visit.Grade), Print: r.Visit.Grade == string(models.GradeHand) && len(r.Visit.Handle) > 0})
	}
	return list, nil
}
