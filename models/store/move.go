package store

import (
	"context"
	"slices"

	"healthcode/models"
)

// Move proposes that a resident of the worker's communities lives in another one
// from now on, and comes under the rules there.
func (s *Store) Move(ctx context.Context, by models.Worker, resident models.Resident, community, evidence string) (models.Proposal, error) {
	if !slices.Contains(by.Communities, resident.CommunityID) {
		return models.Proposal{}, unknownResident(nil)
	}
	if _, err := s.Community(ctx, community); err != nil {
		return models.Proposal{}, models.Refuse(models.ReasonCommunityUnknown).On("community")
	}
	return s.propose(ctx, proposer(by.Staff), proposalRow{Lever: string(models.LeverMove), ResidentID: resident.ID},
		proposalBody{Evidence: evidence, Community: community})
}

func movePlan(row proposalRow, community string) plan {
	return plan{where: "id = ?", args: []any{row.ResidentID},
		add: func(t *txn, p *person) error {
			to, err := t.community(community)
			p.row.Jurisdiction, p.row.CommunityID = to.Jurisdiction, to.ID
			return err
		},
		keep: func(t *txn) error {
			to, err := t.community(community)
			if err != nil {
				return err
			}
			return t.moveHome(row.ResidentID, to)
		}}
}
