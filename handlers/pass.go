package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/pass"
	"healthcode/models/store"
)

type passOutput struct {
	Colour      string     `json:"colour"`
	Until       *time.Time `json:"until"`
	Verified    bool       `json:"verified"`
	Grant       string     `json:"grant"`
	Seed        string     `json:"seed"`
	SlotSeconds int        `json:"slot_seconds"`
	Prefix      string     `json:"prefix"`
	ServerTime  int64      `json:"server_time"` // Unix milliseconds: the phone counts slots from here
}

// present gives the phone what it needs to show the resident's code for hours.
func (a *api) present(c *gin.Context, me store.Holder) error {
	if me.Current && !a.Store.Adopting() {
		c.JSON(http.StatusOK, a.passSaid(me.Presented))
		return nil
	}
	r, err := a.Store.Linked(c.Request.Context(), token(c, residentCookie))
	if err != nil {
		return err
	}
	p, err := a.Store.Present(c.Request.Context(), r.Resident)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, a.passSaid(p))
	return nil
}

func (a *api) passSaid(p store.Presented) passOutput {
	return passOutput{Colour: p.Standing.Colour.String(), Until: optional(p.Standing.Until),
		Verified: p.Standing.Verified, Grant: p.Grant.String(), Seed: p.Seed.Reveal(),
		SlotSeconds: int(pass.Slot / time.Second), Prefix: a.passPrefix(), ServerTime: a.Now().UnixMilli()}
}

// passPrefix is what stands before the digits in a pass's QR code: a page that
// explains, for whoever opens it with an ordinary camera.
func (a *api) passPrefix() string { return a.Origin + "/p#" }

type reasonOutput struct {
	Rule   string     `json:"rule"`
	Colour string     `json:"colour"`
	Why    string     `json:"why"`
	Clear  string     `json:"clear"`
	Ask    string     `json:"ask"`
	Until  *time.Time `json:"until"`
}

type standingOutput struct {
	Colour   string         `json:"colour"`
	Until    *time.Time     `json:"until"`
	Verified bool           `json:"verified"`
	Reasons  []reasonOutput `json:"reasons"`
}

// standing tells the resident why they have the colour they have.
func (a *api) standing(c *gin.Context, me models.Linked) error {
	s, err := a.Store.Standing(c.Request.Context(), me.ID)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, standingOutput{Colour: s.Colour.String(), Until: optional(s.Until), Verified: s.Verified,
		Reasons: a.reasons(c, s.Decision)})
	return nil
}

// reasons puts the rules that spoke into the reader's words, which are those of
// the rules that decided then. A set that cannot be read any more leaves them out.
func (a *api) reasons(c *gin.Context, d models.Decision) []reasonOutput {
	list, language := make([]reasonOutput, 0, len(d.Reasons)), languageOf(c)
	set, err := a.Store.RuleSet(c.Request.Context(), d.RuleSet)
	if err != nil {
		a.Log.ErrorContext(c.Request.Context(), "rule set", "request_id", requestID(c), "name", d.RuleSet, "error", err.Error())
		set = a.Store.RulesIn(models.Root)
	}
	for _, r := range d.Reasons {
		rule, _ := set.Rule(r.Rule)
		list = append(list, reasonOutput{Rule: r.Rule, Colour: r.Colour.String(), Why: rule.Why.In(language),
			Clear: rule.Clear.In(language), Ask: rule.Ask.In(language), Until: optional(r.Until)})
	}
	return list
}
