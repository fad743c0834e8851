package store

import (
	"context"
	"errors"
	"slices"

	"healthcode/models"
)

// Behalf is the resident of a document for whom a worker of their community may
// declare: who has no phone, or cannot use it.
func (s *Store) Behalf(ctx context.Context, by models.Worker, document models.Document) (models.Resident, error) {
	row, err := s.residentBy(ctx, document)
	if err != nil || !slices.Contains(by.Communities, row.CommunityID) {
		return models.Resident{}, unknownResident(err)
	}
	if err := s.change(ctx, by.Actor(), func(t *txn) error { return t.access(row.ID, models.AccessBehalf) }); err != nil {
		return models.Resident{}, err
	}
	return s.unsealResident(row)
}

// DeclareFor declares for a resident. Where it makes their colour no worse it counts
// at once; else only when a colleague has agreed. Either way, if the form asks for a
// review somebody else does it.
func (s *Store) DeclareFor(ctx context.Context, by models.Worker, resident models.Resident, d models.Declaration, evidence string) (models.Proposal, error) {
	if !slices.Contains(by.Communities, resident.CommunityID) {
		return models.Proposal{}, unknownResident(nil)
	}
	return s.propose(ctx, proposer(by.Staff), proposalRow{Lever: string(models.LeverOnBehalf), ResidentID: resident.ID},
		proposalBody{Evidence: evidence, Declaration: &d})
}

func onBehalfPlan(row proposalRow, d models.Declaration) plan {
	return plan{where: "id = ?", args: []any{row.ResidentID},
		add: func(t *txn, p *person) error {
			facts := append([]models.Fact{{Kind: models.FactDeclaration, Code: d.Form, At: t.at}}, d.Facts...)
			for _, f := range facts {
				if err := p.learn(t, f); err != nil {
					return err
				}
			}
			return p.stay(t, d.Stays)
		},
		keep: func(t *txn) error {
			var home residentRow
			if err := found(t.db.Where("id = ?", row.ResidentID).Take(&home).Error); err != nil {
				return err
			}
			me := models.Resident{ID: home.ID, CommunityID: home.CommunityID}
			return t.declareFor(me, t.id(), d, row.EnteredBy)
		}}
}

// stay adds stays to what there is about the person, and the listings they meet.
func (p *person) stay(t *txn, stays []models.Stay) error {
	for _, stay := range stays {
		row, err := t.stayRow(p.row.ID, "", stay)
		if err != nil {
			return err
		}
		p.evidence.stays = append(slices.Clip(p.evidence.stays), row)
	}
	if len(stays) == 0 {
		return nil
	}
	var err error
	p.evidence.listings, err = t.reader().listings(p.evidence.stays)
	return err
}

// notEntered refuses the review of a declaration to whoever made it for the resident,
// and that of an arrival to whoever took it down, brought that guard in, or was.
func (t *txn) notEntered(row reviewRow) error {
	if row.Kind == string(models.ReviewArrival) {
		a, err := t.reader().arrivalOf("id = ?", row.SubjectID)
		if err == nil && a.Taken != nil {
			err = t.secondPerson(a.Taken.By)
		}
		if errors.Is(err, models.Forbidden) {
			return models.Refuse(models.ReasonReviewOwn)
		}
		return ignore(err, models.NotFound)
	}
	if row.Kind != string(models.ReviewDeclaration) {
		return nil
	}
	var said declarationRow
	err := found(t.db.Where("id = ?", row.SubjectID).Take(&said).Error)
	if err == nil && said.EnteredBy == t.by.ID {
		err = models.Refuse(models.ReasonReviewOwn)
	}
	return ignore(err, models.NotFound) // it may have been swept
}
