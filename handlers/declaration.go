package handlers

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/forms"
)

type declarationInput struct {
	Form    string          `json:"form"`
	Version int             `json:"version"`
	Answers json.RawMessage `json:"answers"`
}

type declarationOutput struct {
	ID     string     `json:"id"`
	Colour string     `json:"colour"`
	Until  *time.Time `json:"until"`
	Review bool       `json:"review"`
}

// declare takes down what a resident says. The Idempotency-Key makes it safe to
// send again when the answer was lost.
func (a *api) declare(c *gin.Context, me models.Linked) error {
	in, key, err := bindKeyed[declarationInput](c)
	if err != nil {
		return err
	}
	answers, err := a.plain(c, me.Jurisdiction, in)
	if err != nil {
		return err
	}
	if err := a.presentable(c, me.AccountID, answers.Texts()); err != nil {
		return err
	}
	out, err := a.Store.Declare(c.Request.Context(), me.Resident, key, answers.Declaration(a.Now(), a.Zone))
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, declarationOutput{ID: out.ID, Colour: out.Decision.Colour.String(),
		Until: optional(out.Decision.Until), Review: out.Review})
	return nil
}

// plain is answered of a form that asks for no more than its answers: an arrival is
// declared with where somebody goes, and with whom.
func (a *api) plain(c *gin.Context, jurisdiction string, in declarationInput) (forms.Answers, error) {
	if in.Form == models.FormArrival {
		return forms.Answers{}, models.Refuse(models.ReasonFormUnknown).On("form")
	}
	return a.answered(c, jurisdiction, in)
}

// answered holds the answers against the form, in the words of the form.
func (a *api) answered(c *gin.Context, jurisdiction string, in declarationInput) (forms.Answers, error) {
	form, err := a.form(jurisdiction, in.Form)
	if err != nil {
		return forms.Answers{}, err
	}
	if in.Version != form.Version {
		return forms.Answers{}, models.Refuse(models.ReasonFormVersion)
	}
	places, err := a.places(c)
	if err != nil {
		return forms.Answers{}, err
	}
	return form.Check(in.Answers, a.Now().In(a.Zone), places)
}

// places says which places there are.
func (a *api) places(c *gin.Context) (func(string) bool, error) {
	list, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return nil, err
	}
	return func(code string) bool {
		return slices.ContainsFunc(list, func(j models.Jurisdiction) bool { return j.Code == code })
	}, nil
}

// form is what those are asked who live in the jurisdiction.
func (a *api) form(jurisdiction, id string) (*forms.Form, error) {
	for _, f := range a.Store.FormsIn(jurisdiction) {
		if f.ID == id {
			return f, nil
		}
	}
	return nil, models.Refuse(models.ReasonFormUnknown)
}

// showForm gives the form as data, for whoever draws it natively: that of where the
// resident lives.
func (a *api) showForm(c *gin.Context, me models.Linked) error {
	form, err := a.form(me.Jurisdiction, c.Param("form"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, form)
	return nil
}

// optional is a time for JSON: null when there is none.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
