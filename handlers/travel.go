package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

type cityOutput struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Starred bool   `json:"starred"`
}

// cardOutput is a travel card as it is shown to others: cities, and no reasons.
type cardOutput struct {
	Colour string       `json:"colour"`
	Word   string       `json:"word"`
	Say    string       `json:"say"`
	Until  *time.Time   `json:"until"`
	Days   int          `json:"days"`
	Stayed string       `json:"stayed"` // what stands above the cities
	Cities []cityOutput `json:"cities"` // the latest first
	Note   string       `json:"note"`   // what the asterisk says
}

// cardOf puts a card into the reader's words.
func cardOf(c *gin.Context, card models.Card) cardOutput {
	view := web.NewCardView(languageOf(c), card)
	return cardOutput{Colour: card.Colour.String(), Word: view.Word, Say: view.Say, Until: optional(card.Until), Days: card.Terms.Days,
		Stayed: view.Stayed, Note: view.Note, Cities: each(view.Cities, func(v web.CityView) cityOutput {
			return cityOutput{v.Code, v.Name, v.Starred}
		})}
}

type travelOutput struct {
	cardOutput
	Verified    bool           `json:"verified"`
	Reasons     []reasonOutput `json:"reasons"`
	Grant       string         `json:"grant"`
	Seed        string         `json:"seed"`
	SlotSeconds int            `json:"slot_seconds"`
	Prefix      string         `json:"prefix"`
	ServerTime  int64          `json:"server_time"`
}

// travel gives the resident their travel card, and what the phone needs to show its
// QR code for hours.
func (a *api) travel(c *gin.Context, me models.Resident) error {
	out, _, err := a.carded(c, me)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// carded is the resident's card with a pass of theirs. The pass is the code's, behind
// an address of its own: it is as fresh, and as hard to forge.
func (a *api) carded(c *gin.Context, me models.Resident) (travelOutput, models.Card, error) {
	ctx := c.Request.Context()
	card, err := a.Store.Card(ctx, me)
	if err != nil {
		return travelOutput{}, card, err
	}
	p, err := a.Store.Present(ctx, me)
	if err != nil {
		return travelOutput{}, card, err
	}
	said := a.passSaid(p)
	return travelOutput{cardOutput: cardOf(c, card), Verified: said.Verified, Reasons: a.reasons(c, models.Decision{Outcome: card.Outcome, RuleSet: card.RuleSet}),
		Grant: said.Grant, Seed: said.Seed, SlotSeconds: said.SlotSeconds, Prefix: a.cardPrefix(), ServerTime: said.ServerTime}, card, nil
}

// cardPrefix is what stands before the digits in a card's QR code. It is as long as
// a pass's.
func (a *api) cardPrefix() string { return a.Origin + "/t#" }

// travelPage brings all that the phone needs to show the card, so that it asks once.
func (a *api) travelPage(c *gin.Context, me models.Resident) error {
	said, card, err := a.carded(c, me)
	if err != nil {
		return err
	}
	page := web.TravelPage{Page: a.frame(c), Name: me.Name.String(), Document: me.Document.Number.String(), Verified: me.Verified,
		Card: web.NewCardView(languageOf(c), card),
		Pass: web.PassData{Grant: said.Grant, Seed: said.Seed, SlotSeconds: said.SlotSeconds, Prefix: said.Prefix, ServerTime: said.ServerTime, Zone: a.Zone.String()}}
	for _, r := range said.Reasons {
		reason := web.Reasoned{Why: r.Why, Clear: r.Clear, Ask: r.Ask}
		if r.Until != nil {
			reason.Until = *r.Until
		}
		page.Reasons = append(page.Reasons, reason)
	}
	return write(c, http.StatusOK, page)
}
