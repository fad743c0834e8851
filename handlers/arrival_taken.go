package handlers

import (
	"errors"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

// takenInput is what a guard takes down of somebody who stands at the gateway: which
// scan or entry it belongs to, who they are if nobody here knows them, and where they go.
type takenInput struct {
	whereInput
	Visit string `json:"visit"`
	Whom  []byte `json:"whom"` // as the answer to that said
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// takeDown takes down where somebody goes who has no phone or no code here. The answer
// is that of a scan. The Idempotency-Key makes it safe to send again.
func (a *api) takeDown(c *gin.Context, at models.Gate) error {
	if err := a.limits.route("entry", at.ID); err != nil {
		return err
	}
	in, key, err := bindKeyed[takenInput](c)
	if err != nil {
		return err
	}
	taking, err := a.taking(c, at, in)
	if err != nil {
		return err
	}
	seen, err := a.Store.TakeDown(c.Request.Context(), at, key, taking)
	if err != nil {
		return err
	}
	return a.seen(c, seen)
}

// taking tells all that is wrong with it at once.
func (a *api) taking(c *gin.Context, at models.Gate, in takenInput) (out store.Taking, err error) {
	var ps models.Problems
	out.Visit, out.Whom = in.Visit, in.Whom
	if in.Name != "" {
		out.Name, err = models.ParseName(in.Name)
		ps.Add("name", err)
	}
	if in.Phone != "" {
		out.Phone, err = models.ParsePhone(in.Phone)
		ps.Add("phone", err)
	}
	answers, arrival, err := a.arriving(c, at.Venue.Jurisdiction, in.whereInput)
	if err != nil && !errors.Is(err, models.Invalid) {
		return out, err
	}
	ps.Add("", err)
	if err := ps.Err(); err != nil {
		return out, err
	}
	out.Arrival, out.Said = arrival, answers.Declaration(a.Now(), a.Zone)
	return out, nil
}
