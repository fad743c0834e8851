package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

// proposalsPage is what the member of staff may agree to, and the forms of the levers
// that are theirs.
func (a *api) proposalsPage(c *gin.Context, by models.Proposer) error {
	list, err := a.Store.Proposals(c.Request.Context(), by)
	if err != nil {
		return err
	}
	p := a.frame(c)
	out := web.Proposals{List: list}
	if out.Known, err = a.known(c, by, list...); err != nil {
		return err
	}
	switch by.Role {
	case models.RoleLead:
		out.Order = web.NewOrderForm(p, a.Now(), a.Store.LongestOrder(by.Jurisdiction))
	case models.RoleEpidemiologist:
		out.Listing, out.Exposure = web.NewListingForm(p, by, out.Known, a.Now()), web.NewExposureForm(p, out.Known, a.Now())
	case models.RoleOfficer:
		out.Merger = web.NewMergerForm(p, by, out.Known)
	}
	return write(c, http.StatusOK, web.NewProposalsPage(p, by, out))
}

// known is the names of what the proposals are about.
func (a *api) known(c *gin.Context, by models.Proposer, list ...models.Proposal) (k web.Known, err error) {
	ctx := c.Request.Context()
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return k, err
	}
	k.Places, k.Within = places, a.Store.Within
	if k.Communities, err = a.Store.Communities(ctx); err != nil {
		return k, err
	}
	if by.Role == models.RoleEpidemiologist {
		if k.Venues, err = a.Store.Venues(ctx, by.Jurisdiction); err != nil {
			return k, err
		}
	}
	k.Titles = map[string]string{}
	for _, p := range list {
		if p.Lever == models.LeverOnBehalf {
			k.Titles[p.ID] = a.title(c, p.Declaration)
		}
	}
	k.Names, err = a.names(ctx, list)
	return k, err
}

// names are those of everybody who entered or judged one of the proposals.
func (a *api) names(ctx context.Context, list []models.Proposal) (map[string]string, error) {
	var ids []string
	for _, p := range list {
		ids = append(ids, p.EnteredBy, p.JudgedBy)
	}
	slices.Sort(ids)
	return a.Store.Displays(ctx, slices.Compact(ids))
}

// proposalPage is one proposal; whoever it is about will see that somebody looked.
func (a *api) proposalPage(c *gin.Context, by models.Proposer) error {
	seen, err := a.Store.ProposalOf(c.Request.Context(), by, c.Param("id"))
	if err != nil {
		return err
	}
	p := a.frame(c)
	out := web.Proposed{Proposal: seen.Proposal, Resident: seen.Resident, Now: seen.Now, Before: seen.Before, InForce: seen.InForce}
	if out.Known, err = a.known(c, by, seen.Proposal); err != nil {
		return err
	}
	if seen.Refused != nil {
		refusal := problems(seen.Refused)[0].Reason
		if refusal == models.ReasonInternal {
			return seen.Refused
		}
		out.Refused = web.Reason(p.Language, refusal)
	}
	if out.Job, err = a.Store.JobAfter(c.Request.Context(), seen.Proposal); err != nil && !errors.Is(err, models.NotFound) {
		return err // about few people it is done at once, without a job
	}
	if seen.Lever == models.LeverOnBehalf {
		out.Answers = a.answers(c, seen.Declaration)
	}
	return write(c, http.StatusOK, web.NewProposalPage(p, by, out))
}
