package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/store"
)

type companionInput struct {
	Name     string        `json:"name"`
	Document documentInput `json:"document"`
}

// whereInput is where somebody goes and with whom, on the form and beside it.
type whereInput struct {
	Version    int              `json:"version"`
	Answers    json.RawMessage  `json:"answers"`
	Community  string           `json:"community"`
	Plate      string           `json:"plate"`
	Contact    string           `json:"contact"`
	Companions []companionInput `json:"companions"`
}

type arrivalInput struct {
	whereInput
	Gateway string     `json:"gateway"`
	At      *time.Time `json:"at"`
}

type arrivalOutput struct {
	ID     string     `json:"id"`
	Colour string     `json:"colour"`
	Until  *time.Time `json:"until"`
	Party  int        `json:"party"`
}

// arrive takes down that a resident arrives, before they do or when they have. The
// Idempotency-Key makes it safe to send again when the answer was lost.
func (a *api) arrive(c *gin.Context, me models.Resident) error {
	in, key, err := bindKeyed[arrivalInput](c)
	if err != nil {
		return err
	}
	answers, arrival, err := a.arriving(c, me.Jurisdiction, in.whereInput)
	if err != nil {
		return err
	}
	if err := a.presentable(c, me.AccountID, answers.Texts()); err != nil {
		return err
	}
	if arrival.Gateway = in.Gateway; in.At != nil {
		arrival.At = in.At.UTC().Truncate(time.Millisecond)
	}
	out, err := a.Store.Arrive(c.Request.Context(), me, key, answers.Declaration(a.Now(), a.Zone), arrival)
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, arrivalOutput{ID: out.Arrival.ID, Colour: out.Decision.Colour.String(),
		Until: optional(out.Decision.Until), Party: out.Arrival.Party()})
	return nil
}

// arriving holds what was sent against the form of the jurisdiction and beside it, and
// tells all that is wrong at once.
func (a *api) arriving(c *gin.Context, jurisdiction string, in whereInput) (answers forms.Answers, out models.Arrival, err error) {
	var ps models.Problems
	form := declarationInput{models.FormArrival, in.Version, in.Answers}
	if answers, err = a.answered(c, jurisdiction, form); err != nil && !errors.Is(err, models.Invalid) {
		return answers, out, err
	}
	ps.Add("", err)
	if in.Community == "" {
		ps.Add("community", models.Refuse(models.ReasonFieldMissing))
	}
	out = models.Arrival{Community: in.Community}
	if drives := answers.Choice("transport"); in.Plate != "" {
		out.Plate, err = models.ParsePlate(in.Plate)
		ps.Add("plate", err)
	} else if drives == "car" || drives == "lorry" {
		ps.Add("plate", models.Refuse(models.ReasonPlateMissing))
	}
	if in.Contact != "" {
		out.Contact, err = models.ParsePhone(in.Contact)
		ps.Add("contact", err)
	}
	for i, companion := range in.Companions[:min(len(in.Companions), models.ArrivalCompanions+1)] { // one too many is for the store to refuse
		var one models.Companion
		var wrong models.Problems
		one.Name, err = models.ParseName(companion.Name)
		wrong.Add("name", err)
		one.Document, err = models.ParseDocument(models.DocumentType(companion.Document.Type), companion.Document.Number, a.Now().In(a.Zone))
		wrong.Add("document.number", err)
		ps.Add(fmt.Sprint("companions.", i), wrong.Err())
		out.Companions = append(out.Companions, one)
	}
	return answers, out, ps.Err()
}

type companionOutput struct {
	Name     string `json:"name"`
	Type     string `json:"document_type"`
	Document string `json:"document"`
}

// arrivalHeld is an arrival as the resident declared it, and what came of it.
type arrivalHeld struct {
	ID         string            `json:"id"`
	At         time.Time         `json:"at"`
	Community  string            `json:"community"`
	Gateway    string            `json:"gateway,omitempty"`
	Plate      string            `json:"plate,omitempty"`
	Contact    string            `json:"contact,omitempty"`
	Companions []companionOutput `json:"companions"`
	State      string            `json:"state"`
	Words      string            `json:"words,omitempty"`
	Taken      bool              `json:"taken"` // a guard took it down: what was said counts once it is followed up
	Said       *saidHeld         `json:"said,omitempty"`
	Turns      []turnOutput      `json:"turns"`
}

// saidHeld is what a guard says that somebody told them.
type saidHeld struct {
	Guard   string          `json:"guard"`
	From    string          `json:"from"` // code of the place that they were in last
	Form    string          `json:"form"`
	Version int             `json:"version"`
	At      time.Time       `json:"at"`
	Answers json.RawMessage `json:"answers"`
}

// arrivalsHeld are arrivals as a resident reads them, with all that a guard said of them.
func (a *api) arrivalsHeld(c *gin.Context, list []store.Coming) ([]arrivalHeld, error) {
	guards, err := a.guards(c, list)
	if err != nil {
		return nil, err
	}
	return each(list, func(x store.Coming) arrivalHeld {
		out := arrivalOf(languageOf(c), x)
		if x.Taken != nil {
			out.Said = &saidHeld{guards[x.Taken.By], x.From, x.Taken.Said.Form, x.Taken.Said.Version, x.Taken.Said.At, x.Taken.Said.Answers}
		}
		return out
	}), nil
}

// guards are those who took the arrivals down, as their office calls them.
func (a *api) guards(c *gin.Context, list []store.Coming) (map[string]string, error) {
	var ids []string
	for _, x := range list {
		if x.Taken != nil {
			ids = append(ids, x.Taken.By)
		}
	}
	return a.Store.Displays(c.Request.Context(), ids)
}

func arrivalOf(language string, x store.Coming) arrivalHeld {
	return arrivalHeld{ID: x.ID, At: x.At, Community: x.Destination.Name.In(language), Gateway: x.Through.Name.In(language),
		Plate: x.Plate.Reveal(), Contact: x.Contact.Reveal(), State: string(x.Review.State), Words: x.Review.Words, Taken: x.Taken != nil,
		Companions: each(x.Companions, func(one models.Companion) companionOutput {
			return companionOutput{one.Name.Reveal(), string(one.Document.Type), one.Document.Number.Reveal()}
		}),
		Turns: each(x.Turns, func(t models.Turn) turnOutput { return turnOf(language, t) })}
}

type arrivalsOutput struct {
	Arrivals []arrivalHeld `json:"arrivals"`
	Turns    []turnOutput  `json:"turns"` // the queues that they are in or were in within a day
}

// arrivals tells the resident what they declared, and which number they have.
func (a *api) arrivals(c *gin.Context, me models.Resident) error {
	ctx, language := c.Request.Context(), languageOf(c)
	list, err := a.Store.Arrivals(ctx, me)
	if err != nil {
		return err
	}
	turns, err := a.Store.Turns(ctx, me)
	if err != nil {
		return err
	}
	held, err := a.arrivalsHeld(c, list)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, arrivalsOutput{
		Arrivals: held,
		Turns: each(turns, func(t models.Turn) turnOutput {
			out := turnOf(language, t)
			if t.Waits() {
				out.Ahead = &t.Ahead
			}
			return out
		})})
	return nil
}
