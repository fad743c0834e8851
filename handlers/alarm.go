package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type alarmOutput struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Office  string    `json:"office"`
	Lever   string    `json:"lever"`
	Subject string    `json:"subject"` // id of the proposal, draft or publication
	People  int64     `json:"people"`  // turned red by the office within a day
	At      time.Time `json:"at"`
}

type alarmsOutput struct {
	Alarms []alarmOutput `json:"alarms"`
	Unread int           `json:"unread"`
}

// alarms tells an auditor what the offices below did or tried.
func (a *api) alarms(c *gin.Context, by models.Auditor) error {
	list, unread, err := a.Store.Alarms(c.Request.Context(), by)
	if err != nil {
		return err
	}
	out := alarmsOutput{Alarms: make([]alarmOutput, len(list)), Unread: unread}
	for i, l := range list {
		out.Alarms[i] = alarmOutput{l.ID, string(l.Kind), l.Office, string(l.Lever), l.Subject, l.People, l.At}
	}
	c.JSON(http.StatusOK, out)
	return nil
}

type alarmsReadInput struct {
	UpTo time.Time `json:"up_to"` // of the latest that was read
}

// readAlarms writes down that the auditor has read them.
func (a *api) readAlarms(c *gin.Context, by models.Auditor) error {
	in, err := bind[alarmsReadInput](c)
	if err != nil {
		return err
	}
	if in.UpTo.After(a.Now()) {
		return models.Refuse(models.ReasonFieldBad).On("up_to")
	}
	if err := a.Store.ReadAlarms(c.Request.Context(), by, in.UpTo); err != nil {
		return err
	}
	return done(c)
}
