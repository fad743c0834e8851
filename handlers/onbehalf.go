package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type behalfInput struct {
	Document documentInput `json:"document"`
}

type behalfOutput struct {
	Name         string    `json:"name"`     // masked
	Document     string    `json:"document"` // masked
	Community    string    `json:"community"`
	Jurisdiction string    `json:"jurisdiction"` // whose forms they are asked
	Print        *printNow `json:"print"`        // the printed card that they have
}

// findBehalf tells a worker that they may declare for the resident of a document.
// Somebody of another community answers like nobody.
func (a *api) findBehalf(c *gin.Context, by models.Worker) error {
	in, err := bind[behalfInput](c)
	if err != nil {
		return err
	}
	resident, err := a.behalf(c, by, in.Document)
	if err != nil {
		return err
	}
	home, err := a.Store.Community(c.Request.Context(), resident.CommunityID)
	if err != nil {
		return err
	}
	card, err := a.current(c, resident)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, behalfOutput{resident.Name.String(), resident.Document.Number.String(), home.Name.In(languageOf(c)), resident.Jurisdiction, card})
	return nil
}

type onBehalfInput struct {
	Document documentInput   `json:"document"`
	Form     string          `json:"form"`
	Version  int             `json:"version"`
	Answers  json.RawMessage `json:"answers"`
	Evidence string          `json:"evidence"` // how the worker knows: a visit, a telephone call
}

// declareFor takes down what a resident of the worker's communities told them, who
// has no phone or cannot use it.
func (a *api) declareFor(c *gin.Context, by models.Worker) error {
	in, err := bind[onBehalfInput](c)
	if err != nil {
		return err
	}
	resident, err := a.behalf(c, by, in.Document)
	if err != nil {
		return err
	}
	answers, err := a.plain(c, resident.Jurisdiction, declarationInput{in.Form, in.Version, in.Answers})
	if err != nil {
		return err
	}
	p, err := a.Store.DeclareFor(c.Request.Context(), by, resident, answers.Declaration(a.Now(), a.Zone), in.Evidence)
	return proposed(c, p, by.Staff, err)
}

// behalf finds the resident of a document.
func (a *api) behalf(c *gin.Context, by models.Worker, in documentInput) (models.Resident, error) {
	var ps models.Problems
	document := a.document(in, &ps)
	if err := ps.Err(); err != nil {
		return models.Resident{}, err
	}
	return a.Store.Behalf(c.Request.Context(), by, document)
}

type moveInput struct {
	Document  documentInput `json:"document"`
	Community string        `json:"community"`
	Evidence  string        `json:"evidence"`
}

// move writes down that a resident of the worker's communities lives in another one.
func (a *api) move(c *gin.Context, by models.Worker) error {
	in, err := bind[moveInput](c)
	if err != nil {
		return err
	}
	resident, err := a.behalf(c, by, in.Document)
	if err != nil {
		return err
	}
	p, err := a.Store.Move(c.Request.Context(), by, resident, in.Community, in.Evidence)
	return proposed(c, p, by.Staff, err)
}
