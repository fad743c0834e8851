package handlers

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

func (a *api) gatePage(c *gin.Context, me models.Guard) error {
	venues, err := a.Store.Venues(c.Request.Context(), me.Jurisdiction)
	if err != nil {
		return err
	}
	page := web.NewGatePage(a.frame(c), me, venues)
	if i := slices.IndexFunc(venues, func(v models.Venue) bool { return v.ID == me.VenueID && v.Kind.Gateway() }); i >= 0 {
		if page.Take, err = a.takingPage(c, venues[i]); err != nil {
			return err
		}
	}
	return write(c, http.StatusOK, page)
}

func (a *api) consolePage(c *gin.Context, desk store.Desk) error {
	ctx := c.Request.Context()
	by := desk.By()
	queue, err := desk.Queue(ctx, c.Query("after"))
	if err != nil {
		return err
	}
	all, err := a.Store.Communities(ctx)
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(all, func(x models.Community) bool {
		if by.Role == models.RoleLead {
			return !a.Store.Within(x.Jurisdiction, by.Jurisdiction)
		}
		return !slices.Contains(by.Communities, x.ID)
	})
	return write(c, http.StatusOK, web.NewConsolePage(a.frame(c), by, web.Queue{Reviews: queue, Communities: own, After: c.Query("after")}, a.Now()))
}

// reviewPage opens a case; the resident will see that the worker looked.
func (a *api) reviewPage(c *gin.Context, desk store.Desk) error {
	ctx := c.Request.Context()
	seen, err := desk.Case(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	var home models.Community // none of a guest's
	if seen.ResidentID != "" {
		if home, err = a.Store.Community(ctx, seen.Resident.CommunityID); err != nil {
			return err
		}
	}
	p := a.frame(c)
	out := web.Case{Review: seen.Review, Resident: seen.Resident, Standing: seen.Standing, Community: home, NewName: seen.Correction.Name}
	if seen.Kind == models.ReviewDeclaration {
		out.Form, out.Said, out.Answers = a.title(c, seen.Declaration), seen.Declaration.At, a.answers(c, seen.Declaration)
	}
	if seen.Kind == models.ReviewArrival {
		if err := a.openArrival(c, p, seen, &out); err != nil {
			return err
		}
	}
	if seen.Kind == models.ReviewAppeal {
		said, err := a.evidenceSaid(c)
		if err != nil {
			return err
		}
		out.Appeal = a.appealView(p, seen.Appeal, said, "/v1/reviews/"+seen.ID+"/photos/")
	}
	for _, r := range a.reasons(c, seen.Standing.Decision) {
		out.Reasons = append(out.Reasons, r.Why)
	}
	return write(c, http.StatusOK, web.NewReviewPage(p, desk.By(), out, a.Now()))
}

func (a *api) invitationsPage(c *gin.Context, by models.Administrator) error {
	ctx := c.Request.Context()
	var scope web.Scope
	var err error
	if scope.Jurisdictions, err = a.Store.Places(ctx); err != nil {
		return err
	}
	if scope.Communities, err = a.Store.Communities(ctx); err != nil {
		return err
	}
	outside := func(place string) bool { return !a.Store.Within(place, by.Jurisdiction) }
	scope.Jurisdictions = slices.DeleteFunc(scope.Jurisdictions, func(j models.Jurisdiction) bool { return outside(j.Code) })
	scope.Communities = slices.DeleteFunc(scope.Communities, func(x models.Community) bool { return outside(x.Jurisdiction) })
	if scope.Venues, err = a.Store.Venues(ctx, by.Jurisdiction); err != nil {
		return err
	}
	return write(c, http.StatusOK, web.NewInvitationsPage(a.frame(c), by, scope))
}

// posterPage is the sheet for a venue's door, to be printed.
func (a *api) posterPage(c *gin.Context, me models.Staff) error {
	ctx := c.Request.Context()
	venue, err := a.Store.VenueWithin(ctx, me.Jurisdiction, c.Param("venue"))
	if err != nil {
		return err
	}
	page, err := web.NewPosterPage(a.frame(c), venue, a.Origin+"/door#"+venue.Poster)
	if err != nil {
		return err
	}
	if home, err := a.Store.Community(ctx, venue.CommunityID); err == nil {
		page.Phone = home.Phone
	}
	return write(c, http.StatusOK, page)
}
