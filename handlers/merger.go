package handlers

import (
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type mergerInput struct {
	From     string `json:"from"`
	Into     string `json:"into"`
	Staff    bool   `json:"staff"` // its staff go on as staff of the other
	Evidence string `json:"evidence"`
}

// unite proposes that one jurisdiction becomes part of another.
func (a *api) unite(c *gin.Context, by models.Officer) error {
	in, err := bind[mergerInput](c)
	if err != nil {
		return err
	}
	var ps models.Problems
	evidence(in.Evidence, &ps)
	if err := ps.Err(); err != nil {
		return err
	}
	m := models.Merger{From: strings.TrimSpace(in.From), Into: strings.TrimSpace(in.Into), Staff: in.Staff}
	p, err := a.Store.Unite(c.Request.Context(), by, m, in.Evidence)
	return proposed(c, p, by.Staff, err)
}
