package handlers

import (
	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type orderInput struct {
	Document documentInput `json:"document"`
	Reason   string        `json:"reason"`
	Until    string        `json:"until"` // its last day: 2022-03-28
	Evidence string        `json:"evidence"`
}

// order proposes an order about one resident.
func (a *api) order(c *gin.Context, by models.Lead) error {
	in, err := bind[orderInput](c)
	if err != nil {
		return err
	}
	var ps models.Problems
	document := a.document(in.Document, &ps)
	o := models.Order{Reason: in.Reason, Until: a.dayAfter(in.Until, "until", &ps)}
	evidence(in.Evidence, &ps)
	if err := ps.Err(); err != nil {
		return err
	}
	p, err := a.Store.Order(c.Request.Context(), by, document, o, in.Evidence)
	return proposed(c, p, by.Staff, err)
}

// lift ends an order before its time.
func (a *api) lift(c *gin.Context, by models.Lead) error {
	if err := a.Store.Lift(c.Request.Context(), by, c.Param("id")); err != nil {
		return err
	}
	return done(c)
}
