package store

import (
	"context"

	"healthcode/models"
	"healthcode/models/pass"
)

// ScanPrint reads a printed card that a guard scanned and records the visit. Paper is
// easily copied, so that the card shows nobody's presence: what does is the document
// that the guard compares it with. The visit has the grade of an entry by hand, which
// rests on just that, and every rule that is published knows what to make of it; a
// grade of its own would count for nothing wherever rules are older than it. What its
// handle says is which card it was.
func (s *Store) ScanPrint(ctx context.Context, at models.Gate, id string, code models.PrintCode) (Seen, error) {
	if err := s.visitID(id); err != nil {
		return Seen{}, err
	}
	var out Seen
	err := s.change(ctx, at.Actor(), func(t *txn) error {
		row, err := t.print("hash = ?", t.printHash(code))
		if err != nil {
			return err
		}
		card, err := t.reader().printOf(row)
		if err != nil {
			return err
		}
		if err := card.Check(t.at); err != nil {
			return err
		}
		if out, err = t.reader().seen(row.ResidentID, at.Venue, t.at); err != nil {
			return err
		}
		out.Print = &card
		fresh, err := t.recordAgreed(visitRow{ID: id, At: millis(t.at), VenueID: at.Venue.ID, ResidentID: row.ResidentID,
			Grade: string(models.GradeHand), Handle: row.Hash[:len(pass.Handle{})], StaffID: at.ID})
		if err != nil {
			return err
		}
		err = t.atGateway(at, id, row.ResidentID, fresh, &out)
		out.Advice = out.Advice.Told()
		return err
	})
	return out, err
}
