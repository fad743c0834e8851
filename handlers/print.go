package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// printPrefix is what stands before the digits in a printed card's QR code: a page that
// explains, for whoever opens it with an ordinary camera.
func (a *api) printPrefix() string { return a.Origin + "/c#" }

type printInput struct {
	Document documentInput `json:"document"`
}

// printedOutput is all that stands on a card. It is told once: nobody can print the
// same card again.
type printedOutput struct {
	ID        string            `json:"id"`
	Text      string            `json:"text"` // what the QR code says
	QR        web.Drawing       `json:"qr"`   // the same, drawn
	Name      string            `json:"name"`
	Document  string            `json:"document"`  // both masked, as at a gate
	Community map[string]string `json:"community"` // by language
	Phone     string            `json:"phone"`
	Made      string            `json:"made"` // 2022-03-14
	Until     string            `json:"until"`
}

// makePrint prints a card for a resident of the worker's communities.
func (a *api) makePrint(c *gin.Context, by models.Worker) error {
	in, err := bind[printInput](c)
	if err != nil {
		return err
	}
	resident, err := a.behalf(c, by, in.Document)
	if err != nil {
		return err
	}
	card, err := a.Store.Print(c.Request.Context(), by, resident)
	if err != nil {
		return err
	}
	text := card.Code.Text(a.printPrefix())
	qr, err := web.Draw(text)
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, printedOutput{ID: card.ID, Text: text, QR: qr, Name: card.Resident.Name.String(),
		Document: card.Resident.Document.Number.String(), Community: card.Home.Name, Phone: card.Home.Phone, Made: a.printedDay(card.At), Until: a.printedDay(card.Until())})
	return nil
}

// printedDay is a day as cards write it, whatever the language.
func (a *api) printedDay(t time.Time) string { return t.In(a.Zone).Format(time.DateOnly) }

// withdrawPrint ends a card that was lost.
func (a *api) withdrawPrint(c *gin.Context, by models.Worker) error {
	if err := a.Store.WithdrawPrint(c.Request.Context(), by, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// endPrint ends a card of the resident's own.
func (a *api) endPrint(c *gin.Context, me models.Resident) error {
	if err := a.Store.EndPrint(c.Request.Context(), me, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// printNow is the card that a resident has, as their worker is told of it: with the
// days that stand on it.
type printNow struct {
	ID    string `json:"id"`
	Made  string `json:"made"`
	Until string `json:"until"`
}

// printHeld is a card as its owner is told of it.
type printHeld struct {
	ID        string     `json:"id"`
	At        time.Time  `json:"at"`
	Until     time.Time  `json:"until"`
	Community string     `json:"community"`
	Ended     *time.Time `json:"ended"`
	Why       string     `json:"why,omitempty"` // it ended
}

func printOf(p models.Print, language string) printHeld {
	return printHeld{p.ID, p.At, p.Until(), p.Community.In(language), optional(p.EndedAt), string(p.Ended)}
}

// current is the card that counts; nil if there is none.
func (a *api) current(c *gin.Context, resident models.Resident) (*printNow, error) {
	cards, err := a.Store.Prints(c.Request.Context(), resident)
	if err != nil {
		return nil, err
	}
	for _, card := range cards {
		if card.Check(a.Now()) == nil {
			return &printNow{card.ID, a.printedDay(card.At), a.printedDay(card.Until())}, nil
		}
	}
	return nil, nil
}

// printSeen tells a guard that what they read is paper, and may be somebody else's.
type printSeen struct {
	Say  string `json:"say"`
	Made string `json:"made"`
}

// scanPrint reads a printed card that a guard scanned.
func (a *api) scanPrint(c *gin.Context, at models.Gate, id string, code models.PrintCode) error {
	if err := a.limits.route("print", at.ID); err != nil {
		return err
	}
	seen, err := a.Store.ScanPrint(c.Request.Context(), at, id, code)
	if err != nil {
		return err
	}
	return a.seen(c, seen)
}

func (a *api) printSeen(c *gin.Context, seen store.Seen) *printSeen {
	if seen.Print == nil {
		return nil
	}
	return &printSeen{web.Text(languageOf(c), "print.compare"), a.printedDay(seen.Print.At)}
}
