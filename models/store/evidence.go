package store

import "healthcode/models"

// evidence is the rows that may speak about one resident, as the database has
// them. Whether they were read for one resident or for a thousand, [Store.weigh]
// alone says what they mean.
type evidence struct {
	withdrawals []withdrawalRow
	facts       []factRow // in the order of their ids
	stays       []stayRow // likewise
	listings    []listingRow
	verified    bool         // the document has been checked
	agreed      bool         // to the use of records
	said        []consentRow // what they said about that, the latest first, where nobody has looked yet
	tests       []testRow    // the latest first
}

// facts gathers all evidence about the resident that verifies.
func (r reader) facts(row residentRow) ([]models.Fact, error) {
	e, err := r.gather(row)
	if err != nil {
		return nil, err
	}
	if e.verified {
		if e.agreed, err = r.consents(row.ID, models.PurposeRecords); err != nil {
			return nil, err
		}
	}
	if e.agreed {
		if e.tests, err = r.testRows(*row.DocumentID); err != nil {
			return nil, err
		}
	}
	return r.weigh(row, e), nil
}

// gather reads the evidence about the resident, but for their records.
func (r reader) gather(row residentRow) (evidence, error) {
	e := evidence{verified: r.verified(row)}
	for _, read := range []func() (err error){
		func() (err error) { e.withdrawals, err = r.withdrawalRows(row.ID); return },
		func() (err error) { e.facts, err = r.factRows(row.ID); return },
		func() (err error) { e.stays, err = r.stayRows(row.ID); return },
		func() (err error) { e.listings, err = r.listings(e.stays); return },
	} {
		if err := read(); err != nil {
			return e, err
		}
	}
	return e, nil
}

// weigh is the facts that the evidence comes to: what the resident and their
// workers said, where they stayed that is listed, and, once the document has been
// checked, what laboratories found.
func (s *Store) weigh(row residentRow, e evidence) []models.Fact {
	gone := s.gone(e.withdrawals)
	facts := s.said(row.ID, e.facts, gone)
	facts = append(facts, s.listed(e.stays, e.listings, gone)...)
	if !e.verified {
		return facts
	}
	facts = append(facts, models.Fact{ID: *row.DocumentID, Kind: models.FactVerified, At: instant(row.VerifiedAt), Source: "resident"})
	if len(e.tests) > 0 && (e.agreed || s.agreed(e.said)) {
		for _, t := range s.testsIn(e.tests, gone) {
			if !t.Withdrawn {
				facts = append(facts, t.Fact())
			}
		}
	}
	return facts
}
