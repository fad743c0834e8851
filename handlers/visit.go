package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

type doorInput struct {
	ID     string `json:"id"`
	Poster string `json:"poster"`
}

type doorOutput struct {
	Venue  string     `json:"venue"`
	At     time.Time  `json:"at"`
	Colour string     `json:"colour"`
	Word   string     `json:"word"`
	Until  *time.Time `json:"until"`
}

// visit records that the resident scanned a door's poster.
func (a *api) visit(c *gin.Context, me models.Linked) error {
	in, err := bind[doorInput](c)
	if err != nil {
		return err
	}
	seen, err := a.Store.Door(c.Request.Context(), me.Resident, in.ID, in.Poster)
	if err != nil {
		return err
	}
	language := languageOf(c)
	c.JSON(http.StatusOK, doorOutput{Venue: seen.Venue.Name.In(language), At: seen.At, Colour: seen.Standing.Colour.String(),
		Word: web.ColourWord(language, seen.Standing.Colour), Until: optional(seen.Standing.Until)})
	return nil
}

type scanInput struct {
	ID   string `json:"id"`
	Pass string `json:"pass"`
}

type seenOutput struct {
	Advice   string     `json:"advice"`
	Say      string     `json:"say"` // what to do, in words
	Colour   string     `json:"colour"`
	Word     string     `json:"word"`
	Name     string     `json:"name"`     // masked
	Document string     `json:"document"` // masked
	Phone    string     `json:"phone"`    // whom to call
	Until    *time.Time `json:"until"`
	Venue    string     `json:"venue"`
	At       time.Time  `json:"at"`

	Card    *cardOutput  `json:"card,omitempty"`    // at a gateway, as the next two
	Arrival *arrivalSeen `json:"arrival,omitempty"` // whether they said that they arrive
	Turn    *turnOutput  `json:"turn,omitempty"`    // who waits for a check
	Whom    []byte       `json:"whom,omitempty"`    // to be handed back with what is taken down of them

	Print *printSeen `json:"print,omitempty"` // of a printed card: the guard compares the document

	Recognised *recognisedOutput `json:"recognised,omitempty"` // of somebody of elsewhere
}

// scan opens the pass that a guard scanned, or reads a printed card.
func (a *api) scan(c *gin.Context, at models.Gate) error {
	in, err := bind[scanInput](c)
	if err != nil {
		return err
	}
	if code, printed := models.ParsePrint(in.Pass); printed {
		return a.scanPrint(c, at, in.ID, code)
	}
	stranger, err := a.Store.Stranger(c.Request.Context(), at, in.ID, in.Pass)
	if err != nil {
		return err
	}
	if stranger != nil {
		return a.scanStranger(c, at, in.ID, stranger)
	}
	seen, err := a.Store.Scan(c.Request.Context(), at, in.ID, in.Pass)
	if err != nil {
		return err
	}
	return a.seen(c, seen)
}

// seen answers a guard; at a gateway with where the person was and goes.
func (a *api) seen(c *gin.Context, seen store.Seen) error {
	out := seenBy(c, seen)
	out.Print = a.printSeen(c, seen)
	if seen.Recognised != nil {
		a.recognised(c, seen.Recognised, &out)
	}
	if seen.Venue.Kind.Gateway() {
		if err := a.seenAtGateway(c, seen, &out); err != nil {
			return err
		}
	}
	c.JSON(http.StatusOK, out)
	return nil
}

func seenBy(c *gin.Context, seen store.Seen) seenOutput {
	language := languageOf(c)
	return seenOutput{Advice: string(seen.Advice), Say: web.Advice(language, seen.Advice), Colour: seen.Standing.Colour.String(),
		Word: web.ColourWord(language, seen.Standing.Colour), Name: seen.Resident.Name.String(),
		Document: seen.Resident.Document.Number.String(), Phone: seen.Phone, Until: optional(seen.Standing.Until),
		Venue: seen.Venue.Name.In(language), At: seen.At}
}

type entryInput struct {
	ID       string        `json:"id"`
	Document documentInput `json:"document"`
	Name     string        `json:"name"`
	Phone    string        `json:"phone"`
}

// enter records somebody without a phone, by hand.
func (a *api) enter(c *gin.Context, at models.Gate) error {
	if err := a.limits.route("entry", at.ID); err != nil {
		return err
	}
	in, err := bind[entryInput](c)
	if err != nil {
		return err
	}
	var ps models.Problems
	entry := store.Entry{ID: in.ID, Document: a.document(in.Document, &ps)}
	if in.Name != "" {
		entry.Name, err = models.ParseName(in.Name)
		ps.Add("name", err)
	}
	if in.Phone != "" {
		entry.Phone, err = models.ParsePhone(in.Phone)
		ps.Add("phone", err)
	}
	if err := ps.Err(); err != nil {
		return err
	}
	seen, err := a.Store.Enter(c.Request.Context(), at, entry)
	if err != nil {
		return err
	}
	return a.seen(c, seen)
}

type standInput struct {
	Venue string `json:"venue"`
}

type venueOutput struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Kind         string `json:"kind"`
	Jurisdiction string `json:"jurisdiction"` // whose form a guard there takes arrivals down on
}

// stand puts a guard at a venue.
func (a *api) stand(c *gin.Context, me models.Guard) error {
	in, err := bind[standInput](c)
	if err != nil {
		return err
	}
	venue, err := a.Store.Stand(c.Request.Context(), me, in.Venue)
	if err != nil {
		return named("venue", err)
	}
	c.JSON(http.StatusOK, venueOutput{ID: venue.ID, Name: venue.Name.In(languageOf(c)), Kind: string(venue.Kind), Jurisdiction: venue.Jurisdiction})
	return nil
}
