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
	form, err := a.declaring(c, me, models.FormArrival)
	if err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	communities, err := a.Store.Communities(ctx)
	if err != nil {
		return err
	}
	gateways, err := a.Store.Gateways(ctx)
	if err != nil {
		return err
	}
	page := web.NewArrivalPage(form, places, communities, gateways)
	turns, err := a.Store.Turns(ctx, me)
	if err != nil {
		return err
	}
	page.Turns = each(turns, func(t models.Turn) web.TurnView { return web.NewTurnView(page.Page, t) })
	list, err := a.Store.Arrivals(ctx, me)
	if err != nil {
		return err
	}
	page.Arrivals = each(list[:min(len(list), arrivalsOnPage)], func(x store.Coming) web.ArrivalView { return arrivalView(page.Page, x, places) })
	return write(c, http.StatusOK, page)
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
	if seen.Declaration.ID != "" {
		out.Form, out.Said, out.Answers = a.title(c, seen.Declaration), seen.Declaration.At, a.answers(c, seen.Declaration)
	}
	return nil
}
