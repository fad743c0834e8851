package handlers

import (
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type exposureInput struct {
	Venue    string `json:"venue"`
	Case     string `json:"case"` // the health authority's number, never a name
	From     string `json:"from"` // by the jurisdiction's clock: 2022-03-14T10:30
	To       string `json:"to"`
	Evidence string `json:"evidence"`
}

// expose proposes that whoever was at a venue with a case counts as exposed.
func (a *api) expose(c *gin.Context, by models.Epidemiologist) error {
	in, err := bind[exposureInput](c)
	if err != nil {
		return err
	}
	var ps models.Problems
	e := models.Exposure{VenueID: in.Venue, Case: strings.TrimSpace(in.Case), From: a.minute(in.From, "from", &ps), To: a.minute(in.To, "to", &ps)}
	evidence(in.Evidence, &ps)
	if err := ps.Err(); err != nil {
		return err
	}
	p, err := a.Store.Expose(c.Request.Context(), by, e, in.Evidence)
	return proposed(c, p, by.Staff, err)
}
