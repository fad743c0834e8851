package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type effectOutput struct {
	People   int64 `json:"people"`   // whom it is about
	Worse    int64 `json:"worse"`    // of those, whose colour gets worse
	Reddened int64 `json:"reddened"` // of those, who turn red
}

type proposalOutput struct {
	ID     string       `json:"id"`
	Lever  string       `json:"lever"`
	State  string       `json:"state"` // open, agreed, refused or withdrawn
	Office string       `json:"office"`
	At     time.Time    `json:"at"`
	Mine   bool         `json:"mine"`
	Effect effectOutput `json:"effect"`
}

func proposalSaid(p models.Proposal, by models.Staff) proposalOutput {
	return proposalOutput{ID: p.ID, Lever: string(p.Lever), State: string(p.State), Office: p.Office, At: p.At, Mine: p.EnteredBy == by.ID,
		Effect: effectOutput{p.Effect.People, p.Effect.Worse, p.Effect.Reddened}}
}

// evidence checks what a proposal rests on, beside everything else that is wrong.
func evidence(s string, ps *models.Problems) {
	_, err := models.CheckEvidence(s)
	ps.Add("", err)
}

// proposed answers whoever proposed something with where it stands.
func proposed(c *gin.Context, p models.Proposal, by models.Staff, err error) error {
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, proposalSaid(p, by))
	return nil
}

type proposalsOutput struct {
	Proposals []proposalOutput `json:"proposals"`
}

// proposals lists what the member of staff may agree to or entered.
func (a *api) proposals(c *gin.Context, by models.Proposer) error {
	list, err := a.Store.Proposals(c.Request.Context(), by)
	if err != nil {
		return err
	}
	out := proposalsOutput{Proposals: make([]proposalOutput, len(list))}
	for i, p := range list {
		out.Proposals[i] = proposalSaid(p, by.Staff)
	}
	c.JSON(http.StatusOK, out)
	return nil
}

type wordsInput struct {
	Words string `json:"words"`
}

// said reads what somebody says to a proposal.
func said(c *gin.Context) (string, error) {
	in, err := bind[wordsInput](c)
	if err != nil {
		return "", err
	}
	words := strings.TrimSpace(in.Words)
	if len([]rune(words)) > wordsLimit {
		return "", models.Refuse(models.ReasonAnswerTooLong).On("words")
	}
	return words, nil
}

// agree does what a colleague proposed.
func (a *api) agree(c *gin.Context, by models.Proposer) error {
	words, err := said(c)
	if err != nil {
		return err
	}
	if err := a.Store.Agree(c.Request.Context(), by, c.Param("id"), words); err != nil {
		return err
	}
	return done(c)
}

// refuseProposal closes it without doing it.
func (a *api) refuseProposal(c *gin.Context, by models.Proposer) error {
	words, err := said(c)
	if err != nil {
		return err
	}
	if err := a.Store.RefuseProposal(c.Request.Context(), by, c.Param("id"), words); err != nil {
		return err
	}
	return done(c)
}

// day is the beginning of a day in the jurisdiction.
func (a *api) day(s, field string, ps *models.Problems) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, a.Zone)
	if err != nil {
		ps.Add(field, models.Refuse(models.ReasonAnswerDate))
	}
	return t.UTC()
}

// dayAfter is the end of a day in the jurisdiction.
func (a *api) dayAfter(s, field string, ps *models.Problems) time.Time {
	return a.day(s, field, ps).In(a.Zone).AddDate(0, 0, 1).UTC()
}

// minute is an instant by the jurisdiction's clock.
func (a *api) minute(s, field string, ps *models.Problems) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", s, a.Zone)
	if err != nil {
		ps.Add(field, models.Refuse(models.ReasonAnswerDate))
	}
	return t.UTC()
}
