package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

type gateKeysOutput struct {
	Passes []passKeyOutput `json:"passes"`
	At     time.Time       `json:"at"`
	Until  time.Time       `json:"until"` // how long they may be used
}

type passKeyOutput struct {
	ID  byte   `json:"id"`
	Key []byte `json:"key"` // a point of P-256, uncompressed, 65 bytes
}

// gateKeys are the keys by which a guard's phone opens passes without a network.
func (a *api) gateKeys(c *gin.Context, _ models.Gate) error {
	keys, err := a.Store.GateKeys()
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gateKeysOutput{each(keys.Passes, func(k models.PeerPassKey) passKeyOutput { return passKeyOutput(k) }), keys.At, keys.Until})
	return nil
}

type keptInput struct {
	Venue string      `json:"venue"` // where the guard stood
	Scans []scanInput `json:"scans"`
}

type keptOutput struct {
	Scans []keptScan `json:"scans"` // in the order in which they came
}

type keptScan struct {
	ID       string       `json:"id"`
	Recorded bool         `json:"recorded"`
	Error    *keptRefusal `json:"error,omitempty"`
	*keptSeen
}

type keptRefusal struct {
	Reason models.Reason `json:"reason"`
	Text   string        `json:"text"`
}

// keptSeen is how they stand now who were let in without the service being asked.
type keptSeen struct {
	At       time.Time `json:"at"` // by the pass
	Advice   string    `json:"advice"`
	Say      string    `json:"say"`
	Colour   string    `json:"colour"`
	Word     string    `json:"word"`
	Name     string    `json:"name"`     // masked
	Document string    `json:"document"` // masked
	Phone    string    `json:"phone"`    // whom to call
}

// scanKept takes the passes that a guard opened and kept while there was no network. Each
// stands by itself: one that is refused keeps out no other. What fails on our side ends
// the request, and all of it may be sent again.
func (a *api) scanKept(c *gin.Context, at models.Gate) error {
	in, err := bind[keptInput](c)
	if err != nil {
		return err
	}
	if len(in.Scans) == 0 || len(in.Scans) > models.KeptMost {
		return models.Refuse(models.ReasonVisitTooMany).On("scans")
	}
	if err := at.Stands(in.Venue); err != nil {
		return err
	}
	if err := a.limits.routeMany("kept", at.ID, len(in.Scans)); err != nil {
		return err
	}
	var out keptOutput
	for _, scan := range in.Scans {
		seen, err := a.Store.ScanKept(c.Request.Context(), at, scan.ID, scan.Pass)
		one, err := a.kept(c, scan.ID, seen, err)
		if err != nil {
			return err
		}
		out.Scans = append(out.Scans, one)
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// kept is what came of one of them. An error that is no refusal is given back.
func (a *api) kept(c *gin.Context, id string, seen store.Seen, err error) (keptScan, error) {
	if err != nil {
		refusal := problems(err)[0]
		if refusal.Kind() == models.Internal {
			return keptScan{}, err
		}
		return keptScan{ID: id, Error: &keptRefusal{refusal.Reason, web.Reason(languageOf(c), refusal.Reason)}}, nil
	}
	told := seenBy(c, seen)
	if seen.Recognised != nil {
		a.recognised(c, seen.Recognised, &told)
	}
	return keptScan{ID: id, Recorded: true, keptSeen: &keptSeen{told.At, told.Advice, told.Say, told.Colour, told.Word, told.Name, told.Document, told.Phone}}, nil
}
