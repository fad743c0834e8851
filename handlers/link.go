package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type challengeOutput struct {
	Challenge string `json:"challenge"`
}

// challenge begins a link of a plugin's account with its user's resident.
func (a *api) challenge(c *gin.Context, me models.Plugin) error {
	challenge, err := a.Store.Challenge(c.Request.Context(), me)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, challengeOutput{challenge})
	return nil
}

type handOverInput struct {
	Challenge string `json:"challenge"`
}

type handOverOutput struct {
	HandOver string `json:"handover"`
}

// handOver answers a challenge in the city's own app, by the resident's own hand.
func (a *api) handOver(c *gin.Context, me models.Resident) error {
	in, err := bind[handOverInput](c)
	if err != nil {
		return err
	}
	handover, err := a.Store.HandOver(c.Request.Context(), me, in.Challenge)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, handOverOutput{handover})
	return nil
}

type linkInput struct {
	HandOver string `json:"handover"`
}

// link makes the plugin's account the resident's.
func (a *api) link(c *gin.Context, me models.Plugin) error {
	in, err := bind[linkInput](c)
	if err != nil {
		return err
	}
	if err := a.Store.Link(c.Request.Context(), me, in.HandOver); err != nil {
		return err
	}
	return done(c)
}
