package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// arrivalsOnPage is how many of their arrivals a resident is shown on the page.
const arrivalsOnPage = 2

// arrivalPage is where somebody says that they arrive, and reads their number.
func (a *api) arrivalPage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	gateways, err := a.Store.Gateways(ctx)
	if err != nil {
		return err
	}
	page, err := a.arrivalForm(c, me.Jurisdiction, places, gateways)
	if err != nil {
		return err
	}
	page.Account = me.AccountID
	turns, err := a.Store.Turns(ctx, me)
	if err != nil {
		return err
	}
	page.Turns = each(turns, func(t models.Turn) web.TurnView { return web.NewTurnView(page.Page, t) })
	list, err := a.Store.Arrivals(ctx, me)
	if err != nil {
		return err
	}
	list = list[:min(len(list), arrivalsOnPage)]
	guards, err := a.guards(c, list)
	if err != nil {
		return err
	}
	page.Arrivals = each(list, func(x store.Coming) web.ArrivalView {
		out := arrivalView(page.Page, x, places)
		if x.Taken != nil {
			out.Taken = page.T("arrival.item.taken", "guard", guards[x.Taken.By], "venue", out.Through)
			out.Said = a.answers(c, x.Taken.Said)
		}
		return out
	})
	return write(c, http.StatusOK, page)
}

// arrivalForm is what is asked of arrivals in the jurisdiction.
func (a *api) arrivalForm(c *gin.Context, jurisdiction string, places web.Places, gateways []models.Venue) (page web.ArrivalPage, err error) {
	form, err := a.declaring(c, jurisdiction, models.FormArrival)
	if err != nil {
		return page, err
	}
	communities, err := a.Store.Communities(c.Request.Context())
	return web.NewArrivalPage(form, places, communities, gateways), err
}

// takingPage is what a guard who stands there takes an arrival down on.
func (a *api) takingPage(c *gin.Context, at models.Venue) (*web.TakePage, error) {
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return nil, err
	}
	page, err := a.arrivalForm(c, at.Jurisdiction, places, nil)
	return &web.TakePage{ArrivalPage: page, Jurisdiction: at.Jurisdiction}, err
}

// arrivalView puts an arrival into the reader's words.
func arrivalView(p web.Page, x store.Coming, places web.Places) web.ArrivalView {
	from := ""
	if x.From != "" {
		from = places.Name(p, x.From)
	}
	out := web.NewArrivalView(p, x.Arrival, from, x.Destination.Name.In(p.Language), x.Through.Name.In(p.Language))
	if x.Review.ID != "" {
		out.State, out.Words = p.T("arrival.review."+string(x.Review.State)), x.Review.Words
	}
	out.Turns = each(x.Turns, func(t models.Turn) web.TurnView { return web.NewTurnView(p, t) })
	return out
}

// openArrival adds what a worker of the destination sees of an arrival.
func (a *api) openArrival(c *gin.Context, p web.Page, seen store.Case, out *web.Case) error {
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return err
	}
	out.Arrival = arrivalView(p, seen.Arrival, places).InClear(seen.Arrival.Arrival)
	out.Card = web.NewCardView(p.Language, seen.Card)
	if taken := seen.Arrival.Taken; taken != nil {
		guards, err := a.Store.Displays(c.Request.Context(), []string{taken.By})
		if err != nil {
			return err
		}
		out.Arrival.Taken = p.T("console.arrival.taken", "guard", guards[taken.By], "venue", out.Arrival.Through)
		out.Arrival.Guest, out.Arrival.Behalf = seen.ResidentID == "", seen.Arrival.Behalf
		out.Arrival.Elsewhere, out.Arrival.Handle = seen.Arrival.Elsewhere.In(p.Language), taken.Guest.Handle
	}
	if seen.Declaration.Form != "" {
		out.Form, out.Said, out.Answers = a.title(c, seen.Declaration), seen.Declaration.At, a.answers(c, seen.Declaration)
	}
	return nil
}
