package handlers

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/published"
	"healthcode/web"
)

type draftInput struct {
	Kind string `json:"kind"` // rules, form or peering
	Body string `json:"body"` // the file, as YAML
}

type draftOutput struct {
	ID           string `json:"id"`
	Jurisdiction string `json:"jurisdiction"`
	Name         string `json:"name"`
	Version      int    `json:"version"`
}

// faultOutput is one thing that is wrong with a file.
type faultOutput struct {
	Jurisdiction string `json:"jurisdiction,omitempty"` // whose file, where several are read together
	Line         int    `json:"line,omitempty"`
	Text         string `json:"text"`
}

// draft keeps a rule file, a form or a peering for a colleague to publish.
func (a *api) draft(c *gin.Context, by models.Officer) error {
	body, err := read(c, recordsLimit)
	if err != nil {
		return err
	}
	in, err := decode[draftInput](body)
	if err != nil {
		return err
	}
	d, err := a.Store.Office(by).Draft(c.Request.Context(), models.PublicationKind(in.Kind), []byte(in.Body))
	return a.drafted(c, d, err)
}

// back drafts what an earlier publication said.
func (a *api) back(c *gin.Context, by models.Officer) error {
	d, err := a.Store.Office(by).Back(c.Request.Context(), c.Param("id"))
	return a.drafted(c, d, err)
}

func (a *api) drafted(c *gin.Context, d models.Draft, err error) error {
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, draftOutput{d.ID, d.Jurisdiction, d.Name, d.Version})
	return nil
}

// faults are what is wrong with the file that an error is about, in the reader's
// language.
func faults(language string, err error) (list []faultOutput) {
	var found published.Faults
	if errors.As(err, &found) {
		for _, f := range found {
			list = append(list, faultOutput{f.Where, f.Line, web.Fault(language, f.Says)})
		}
	}
	return list
}

func (a *api) tryDraft(c *gin.Context, by models.Officer) error {
	if err := a.Store.Office(by).Try(c.Request.Context(), c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

func (a *api) discardDraft(c *gin.Context, by models.Officer) error {
	if err := a.Store.Office(by).Discard(c.Request.Context(), c.Param("id")); err != nil {
		return err
	}
	return done(c)
}

type publicationOutput struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// publish puts a colleague's draft in force.
func (a *api) publish(c *gin.Context, by models.Officer) error {
	p, err := a.Store.Office(by).Publish(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, publicationOutput{p.ID, p.At})
	return nil
}

type ruleOutput struct {
	ID           string `json:"id"`
	Jurisdiction string `json:"jurisdiction"` // whose file has it
	Colour       string `json:"colour"`
	Card         bool   `json:"card"` // whether it speaks about the travel card too
	When         string `json:"when"`
	Why          string `json:"why"`
	Clear        string `json:"clear"`
	Ask          string `json:"ask"`
}

type rulesOutput struct {
	Name  string       `json:"name"` // id, version and hash, as decisions record it
	Rules []ruleOutput `json:"rules"`
}

// showRules tells everybody the rules that hold in a jurisdiction.
func (a *api) showRules(c *gin.Context) error {
	set, language := a.Store.RulesIn(c.Param("jurisdiction")), languageOf(c)
	out := rulesOutput{Name: set.Name()}
	for _, r := range set.Rules() {
		out.Rules = append(out.Rules, ruleOutput{r.ID, r.Jurisdiction, r.Colour.String(), r.Card, r.When, r.Why.In(language), r.Clear.In(language), r.Ask.In(language)})
	}
	c.JSON(http.StatusOK, out)
	return nil
}
