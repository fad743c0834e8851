package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/store"
	"healthcode/web"
)

// mePage shows a resident everything that is held about them.
func (a *api) mePage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	held, err := a.Store.Held(ctx, me)
	if err != nil {
		return err
	}
	communities, err := a.Store.Communities(ctx)
	if err != nil {
		return err
	}
	p := a.frame(c)
	page := web.MePage{Page: p, Name: me.Name.Reveal(), DocumentType: p.T("document.type." + string(me.Document.Type)),
		Document: me.Document.Number.Reveal(), Phone: me.Phone.Reveal(), Verified: me.Verified,
		Standing: web.NewStandingView(p, held.Standing), Reviews: held.Reviews, Appeals: len(held.Appeals), Tests: held.Tests, Visits: held.Visits, Prints: web.PrintsHeld(held.Prints, a.Now()), Fed: web.FedIn(p.Language, held.Fed),
		Consents: web.ConsentStates(held.Consents), Version: models.ConsentVersion, Sessions: held.Sessions, Accesses: held.Accesses}
	for _, community := range communities {
		page.Communities = append(page.Communities, web.Choice{Value: community.ID, Label: community.Name.In(p.Language)})
		if community.ID == me.CommunityID {
			page.Community = community.Name.In(p.Language)
		}
	}
	a.said(c, &page, held)
	return write(c, http.StatusOK, page)
}

// said puts declarations and decisions into the reader's words.
func (a *api) said(c *gin.Context, page *web.MePage, held store.Held) {
	for _, d := range held.Declarations {
		page.Declarations = append(page.Declarations, web.Declared{Title: a.title(c, d), At: d.At,
			Answers: a.answers(c, d), Withdrawn: d.Withdrawn})
	}
	for _, d := range held.Decisions {
		at := web.StandingAt{At: d.At, RuleSet: d.RuleSet}
		at.Colour, at.Word, at.Until = d.Colour, web.ColourWord(page.Language, d.Colour), d.Until
		for _, r := range a.reasons(c, d) {
			at.Reasons = append(at.Reasons, r.Why)
		}
		page.Decisions = append(page.Decisions, at)
	}
}

// title is the title of the form that was filled in.
func (a *api) title(c *gin.Context, d models.Declaration) string {
	form, err := a.Store.Form(c.Request.Context(), d.Form, d.Version)
	if err != nil {
		return d.Form
	}
	return form.Title.In(languageOf(c))
}

// answers are a declaration's answers as the form words them.
func (a *api) answers(c *gin.Context, d models.Declaration) []web.Answer {
	form, err := a.Store.Form(c.Request.Context(), d.Form, d.Version)
	if err != nil {
		return nil
	}
	var list []web.Answer
	for _, shown := range form.Show(d.Answers, languageOf(c)) {
		if len(shown.Stays) > 0 {
			shown.Value = a.stayed(c, shown)
		}
		list = append(list, web.Answer{Label: shown.Label, Value: shown.Value})
	}
	return list
}

// stayed names the places that the codes of an answer stand for.
func (a *api) stayed(c *gin.Context, shown forms.Shown) string {
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return shown.Value
	}
	return web.Stayed(a.reader(c), places, shown.Stays)
}
