package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type listingInput struct {
	Place    string `json:"place"` // code of a jurisdiction, or id of a community
	Level    string `json:"level"`
	From     string `json:"from"` // its first day: 2022-03-10
	To       string `json:"to"`   // its last day; "" while it lasts
	Evidence string `json:"evidence"`
}

// list proposes that a place is risky.
func (a *api) list(c *gin.Context, by models.Epidemiologist) error {
	in, err := bind[listingInput](c)
	if err != nil {
		return err
	}
	var ps models.Problems
	l := models.Listing{Place: in.Place, Level: models.Level(in.Level), From: a.day(in.From, "from", &ps)}
	if in.To != "" {
		l.To = a.dayAfter(in.To, "to", &ps)
	}
	evidence(in.Evidence, &ps)
	if err := ps.Err(); err != nil {
		return err
	}
	p, err := a.Store.List(c.Request.Context(), by, l, in.Evidence)
	return proposed(c, p, by.Staff, err)
}

// endListing ends it now.
func (a *api) endListing(c *gin.Context, by models.Epidemiologist) error {
	if err := a.Store.EndListing(c.Request.Context(), by, c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

type listedOutput struct {
	Place string     `json:"place"`
	Level string     `json:"level"`
	From  time.Time  `json:"from"`
	To    *time.Time `json:"to"` // null while it lasts
}

type listingsOutput struct {
	Listings []listedOutput `json:"listings"`
}

// listings tells everybody which places are listed.
func (a *api) listings(c *gin.Context) error {
	list, err := a.Store.Listings(c.Request.Context())
	if err != nil {
		return err
	}
	out := listingsOutput{Listings: make([]listedOutput, len(list))}
	for i, l := range list {
		out.Listings[i] = listedOutput{l.Place, string(l.Level), l.From, optional(l.To)}
	}
	c.JSON(http.StatusOK, out)
	return nil
}
