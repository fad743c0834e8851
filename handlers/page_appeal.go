package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// appealPage asks what is wrong with a decision, a fact or a record. Whoever has
// asked about it already is shown where that stands.
func (a *api) appealPage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	target := targetOf(c)
	mine, err := a.Store.Appeals(ctx, me)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(mine, func(o store.Objection) bool { return o.Target == target && !o.Review.State.Done() }) {
		c.Redirect(http.StatusSeeOther, "/appeals")
		return nil
	}
	o, err := a.Store.Contest(ctx, me, target)
	if err != nil {
		return err
	}
	said, err := a.evidenceSaid(c)
	if err != nil {
		return err
	}
	p := a.frame(c)
	page := web.AppealPage{Page: p, Target: target, Against: against(p, o, said), District: o.Review.Level == models.LevelDistrict}
	if target.Kind == models.TargetDecision { // else the evidence is what it is against
		page.Contested = said(o.Contested)
		page.Reasons = each(a.reasons(c, o.Decision), func(r reasonOutput) string { return r.Why })
	}
	return write(c, http.StatusOK, page)
}

// targetOf reads what the page is asked about; of nothing there is nothing to object
// to.
func targetOf(c *gin.Context) models.Target {
	for _, kind := range []models.TargetKind{models.TargetDecision, models.TargetFact, models.TargetRecord} {
		if id := c.Query(string(kind)); id != "" {
			return models.Target{Kind: kind, ID: id}
		}
	}
	return models.Target{}
}

func (a *api) appealsPage(c *gin.Context, me models.Resident) error {
	list, err := a.Store.Appeals(c.Request.Context(), me)
	if err != nil {
		return err
	}
	said, err := a.evidenceSaid(c)
	if err != nil {
		return err
	}
	p := a.frame(c)
	page := web.AppealsPage{Page: p, Appeals: each(list, func(o store.Objection) web.AppealView { return a.appealView(p, o, said, "/v1/photos/") })}
	return write(c, http.StatusOK, page)
}

// appealTo is where a reason of the decision is objected to; "" where no evidence
// stands behind it.
func appealTo(d models.Decision, r models.DecisionReason) string {
	named := slices.ContainsFunc(d.Reasons, func(x models.DecisionReason) bool { return len(x.Facts) > 0 })
	switch {
	case named && len(r.Facts) == 0, r.Colour == models.Grey && len(r.Facts) == 0:
		return ""
	case d.ID != "":
		return "/appeal?decision=" + url.QueryEscape(d.ID)
	case len(r.Facts) > 0: // nobody has written this decision down yet
		return "/appeal?fact=" + url.QueryEscape(r.Facts[0])
	}
	return ""
}
