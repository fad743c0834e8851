package handlers

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

type identityOutput struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	DocumentType string    `json:"document_type"`
	Document     string    `json:"document"`
	Phone        string    `json:"phone"`
	Community    string    `json:"community"`
	Jurisdiction string    `json:"jurisdiction"`
	Verified     bool      `json:"verified"`
	Since        time.Time `json:"since"`
}

type declarationHeld struct {
	ID        string          `json:"id"`
	Form      string          `json:"form"`
	Version   int             `json:"version"`
	At        time.Time       `json:"at"`
	Answers   json.RawMessage `json:"answers"`
	Withdrawn bool            `json:"withdrawn"`
}

type decisionHeld struct {
	ID      string         `json:"id"`
	Colour  string         `json:"colour"`
	At      time.Time      `json:"at"`
	Until   *time.Time     `json:"until"`
	RuleSet string         `json:"rule_set"`
	Facts   []string       `json:"facts"`
	Reasons []reasonOutput `json:"reasons"`
}

type reviewHeld struct {
	Kind  string    `json:"kind"`
	State string    `json:"state"`
	Words string    `json:"words,omitempty"`
	At    time.Time `json:"at"`
}

type noticeHeld struct {
	Kind string     `json:"kind"`
	Say  string     `json:"say"`
	At   time.Time  `json:"at"`
	Read *time.Time `json:"read"`
}

type testHeld struct {
	ID        string    `json:"id"`
	Withdrawn bool      `json:"withdrawn"`
	Kind      string    `json:"kind"`
	Result    string    `json:"result"`
	Sampled   time.Time `json:"sampled"`
	Lab       string    `json:"lab"`
}

type visitHeld struct {
	Venue string    `json:"venue"`
	At    time.Time `json:"at"`
	Grade string    `json:"grade"`
	Print bool      `json:"print,omitempty"` // the printed card was read
}

type fedHeld struct {
	Day   string `json:"day"`
	City  string `json:"city"`
	Hours int    `json:"hours"`
}

type consentHeld struct {
	Purpose   string     `json:"purpose"`
	Version   int        `json:"version"`
	Given     time.Time  `json:"given"`
	Withdrawn *time.Time `json:"withdrawn"`
}

type sessionHeld struct {
	ID       string    `json:"id"`
	Platform string    `json:"platform"`
	Device   string    `json:"device"`
	Since    time.Time `json:"since"`
	Seen     time.Time `json:"seen"`
	Current  bool      `json:"current"`
}

type accessHeld struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Purpose string    `json:"purpose"`
}

type heldOutput struct {
	Identity     identityOutput    `json:"identity"`
	Standing     standingOutput    `json:"standing"`
	Declarations []declarationHeld `json:"declarations"`
	Decisions    []decisionHeld    `json:"decisions"`
	Reviews      []reviewHeld      `json:"reviews"`
	Appeals      []appealOutput    `json:"appeals"`
	Arrivals     []arrivalHeld     `json:"arrivals"`
	Notices      []noticeHeld      `json:"notices"`
	Vaccinations courseOutput      `json:"vaccinations"`
	Tests        []testHeld        `json:"tests"`
	Visits       []visitHeld       `json:"visits"`
	Prints       []printHeld       `json:"prints"`
	Feed         []fedHeld         `json:"feed"`
	Consents     []consentHeld     `json:"consents"`
	Sessions     []sessionHeld     `json:"sessions"`
	Accesses     []accessHeld      `json:"accesses"`
}

// me shows a resident everything that is held about them.
func (a *api) me(c *gin.Context, me models.Resident) error {
	out, err := a.held(c, me)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// export is the same as a file to keep.
func (a *api) export(c *gin.Context, me models.Resident) error {
	if err := a.limits.route("export", me.ID); err != nil {
		return err
	}
	out, err := a.held(c, me)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="healthcode.json"`)
	c.IndentedJSON(http.StatusOK, out)
	return nil
}

func (a *api) held(c *gin.Context, me models.Resident) (heldOutput, error) {
	held, err := a.Store.Held(c.Request.Context(), me)
	if err != nil {
		return heldOutput{}, err
	}
	community, err := a.Store.Community(c.Request.Context(), me.CommunityID)
	if err != nil {
		return heldOutput{}, err
	}
	language := languageOf(c)
	out := heldOutput{
		Identity: identityOutput{ID: me.ID, Name: me.Name.Reveal(), DocumentType: string(me.Document.Type),
			Document: me.Document.Number.Reveal(), Phone: me.Phone.Reveal(), Community: community.Name.In(language),
			Jurisdiction: me.Jurisdiction, Verified: me.Verified, Since: me.CreatedAt},
		Standing: standingOutput{Colour: held.Standing.Colour.String(), Until: optional(held.Standing.Until),
			Verified: held.Standing.Verified, Reasons: a.reasons(c, held.Standing.Decision)},
		Vaccinations: courseIn(held.Course, language),
	}
	a.evidenceHeld(c, &out, held)
	if out.Appeals, err = a.appealed(c, held.Appeals); err != nil {
		return heldOutput{}, err
	}
	if out.Arrivals, err = a.arrivalsHeld(c, held.Arrivals); err != nil {
		return heldOutput{}, err
	}
	traceHeld(&out, held, language)
	return out, nil
}

func (a *api) evidenceHeld(c *gin.Context, out *heldOutput, held store.Held) {
	out.Declarations = each(held.Declarations, func(d models.Declaration) declarationHeld {
		return declarationHeld{d.ID, d.Form, d.Version, d.At, d.Answers, d.Withdrawn}
	})
	out.Decisions = each(held.Decisions, func(d models.Decision) decisionHeld {
		return decisionHeld{d.ID, d.Colour.String(), d.At, optional(d.Until), d.RuleSet, d.Facts, a.reasons(c, d)}
	})
	out.Reviews = each(held.Reviews, func(r models.Review) reviewHeld {
		return reviewHeld{string(r.Kind), string(r.State), r.Words, r.CreatedAt}
	})
	out.Notices = each(held.Notices, func(t store.Told) noticeHeld {
		return noticeHeld{string(t.Kind), a.noticeSaid(c, t).Say, t.At, optional(t.ReadAt)}
	})
	out.Tests = each(held.Tests, func(t models.Test) testHeld {
		return testHeld{t.ID, t.Withdrawn, t.Kind, t.Result, t.Sampled, t.Lab}
	})
}

func traceHeld(out *heldOutput, held store.Held, language string) {
	out.Visits = each(held.Visits, func(v models.Visit) visitHeld {
		return visitHeld{v.Venue.In(language), v.At, string(v.Grade), v.Print}
	})
	out.Prints = each(held.Prints, func(p models.Print) printHeld { return printOf(p, language) })
	out.Feed = each(held.Fed, func(t models.Trace) fedHeld {
		return fedHeld{models.DayOf(t.From).String(), t.Place, t.Hours()}
	})
	out.Consents = each(held.Consents, func(c models.Consent) consentHeld {
		return consentHeld{string(c.Purpose), c.Version, c.GivenAt, optional(c.WithdrawnAt)}
	})
	out.Sessions = each(held.Sessions, func(s models.Session) sessionHeld {
		return sessionHeld{s.ID, s.Platform, s.Device, s.CreatedAt, s.SeenAt, s.Current}
	})
	out.Accesses = each(held.Accesses, func(x models.Access) accessHeld {
		return accessHeld{x.At, x.By, string(x.Purpose)}
	})
}

// each turns a list of one thing into a list of another, never null in JSON.
func each[From, To any](list []From, turn func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = turn(v)
	}
	return out
}
