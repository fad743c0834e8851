package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// arrivalSeen is what a guard at a gateway is told of an arrival.
type arrivalSeen struct {
	Declared    bool       `json:"declared"`
	From        string     `json:"from,omitempty"`
	Destination string     `json:"destination,omitempty"`
	Plate       string     `json:"plate,omitempty"` // masked
	Party       int        `json:"party,omitempty"`
	At          *time.Time `json:"at,omitempty"`
}

type turnOutput struct {
	ID      string     `json:"id"`
	Number  int        `json:"number"`
	Why     string     `json:"why"`
	Say     string     `json:"say"`            // why, in words
	Name    string     `json:"name,omitempty"` // masked, for guards
	From    string     `json:"from,omitempty"` // of somebody of elsewhere: whose code they have
	Handle  string     `json:"handle,omitempty"`
	Venue   string     `json:"venue,omitempty"`
	Ahead   *int       `json:"ahead,omitempty"` // how many wait before them
	Since   time.Time  `json:"since"`
	Called  *time.Time `json:"called"`
	Outcome string     `json:"outcome,omitempty"`
}

func turnOf(language string, t models.Turn) turnOutput {
	return turnOutput{ID: t.ID, Number: t.Number, Why: string(t.Why), Say: web.TurnWhy(language, t.Why), Name: t.Name.String(), From: t.From.In(language), Handle: t.Handle,
		Venue: t.Venue.In(language), Since: t.At, Called: optional(t.CalledAt), Outcome: string(t.Outcome)}
}

// seenAtGateway adds what a guard at a gateway is told.
func (a *api) seenAtGateway(c *gin.Context, seen store.Seen, out *seenOutput) error {
	language := languageOf(c)
	out.Arrival, out.Whom = &arrivalSeen{}, seen.Whom
	if seen.Card != nil {
		card := cardOf(c, *seen.Card)
		out.Card = &card
	}
	if seen.Turn != nil {
		turn := turnOf(language, *seen.Turn)
		out.Turn = &turn
	}
	if seen.Arrival == nil {
		return nil
	}
	community, err := a.Store.Community(c.Request.Context(), seen.Arrival.Community)
	if err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return err
	}
	*out.Arrival = arrivalSeen{Declared: true, From: web.Places(places).Name(a.reader(c), seen.Arrival.From), Destination: community.Name.In(language),
		Plate: seen.Arrival.Plate.String(), Party: seen.Arrival.Party(), At: optional(seen.Arrival.At)}
	return nil
}

type turnsOutput struct {
	Turns []turnOutput `json:"turns"`
}

// turns lists who waits at the guard's gateway.
func (a *api) turns(c *gin.Context, at models.Gate) error {
	list, err := a.Store.Queue(c.Request.Context(), at)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, turnsOutput{each(list, func(t models.Turn) turnOutput { return turnOf(languageOf(c), t) })})
	return nil
}

// callTurn calls somebody to the check.
func (a *api) callTurn(c *gin.Context, at models.Gate) error {
	if err := a.Store.Call(c.Request.Context(), at, c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

type checkInput struct {
	Outcome string `json:"outcome"`
}

// checkTurn writes down what the check came to.
func (a *api) checkTurn(c *gin.Context, at models.Gate) error {
	in, err := bind[checkInput](c)
	if err != nil {
		return err
	}
	if err := a.Store.Check(c.Request.Context(), at, c.Param("id"), models.Checked(in.Outcome)); err != nil {
		return err
	}
	return done(c)
}
