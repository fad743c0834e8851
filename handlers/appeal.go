package handlers

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

type targetValue struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

type appealInput struct {
	Target targetValue `json:"target"`
	Words  string      `json:"words"`
	Photos []string    `json:"photos"`
}

type appealedOutput struct {
	ID string `json:"id"`
}

type contestedOutput struct {
	ID        string    `json:"id"`
	Say       string    `json:"say"`
	At        time.Time `json:"at"`
	Withdrawn bool      `json:"withdrawn"`
}

type appealOutput struct {
	ID        string            `json:"id"`
	Target    targetValue       `json:"target"`
	Say       string            `json:"say"`
	At        time.Time         `json:"at"`
	Words     string            `json:"words"`
	Photos    []string          `json:"photos"` // at /v1/photos/ and the id
	Contested []contestedOutput `json:"contested"`
	Level     string            `json:"level"` // whose turn it is or was
	State     string            `json:"state"`
	DueAt     time.Time         `json:"due_at"`
	Overdue   bool              `json:"overdue"`
	Answer    string            `json:"answer,omitempty"`
	JudgedAt  *time.Time        `json:"judged_at"`
}

type appealsOutput struct {
	Appeals []appealOutput `json:"appeals"`
}

// appeal takes an objection down. The Idempotency-Key makes it safe to send again.
func (a *api) appeal(c *gin.Context, me models.Resident) error {
	if err := a.limits.route("appeal", me.ID); err != nil {
		return err
	}
	in, key, err := bindKeyed[appealInput](c)
	if err != nil {
		return err
	}
	appeal, err := models.NewAppeal(models.Target{Kind: models.TargetKind(in.Target.Kind), ID: in.Target.ID}, in.Words, in.Photos)
	if err != nil {
		return err
	}
	if err := a.presentable(c, me.AccountID, []string{appeal.Words}); err != nil {
		return err
	}
	id, err := a.Store.Appeal(c.Request.Context(), me, key, appeal)
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, appealedOutput{ID: id})
	return nil
}

// appeals lists the resident's own, with where each stands and what was answered.
func (a *api) appeals(c *gin.Context, me models.Resident) error {
	list, err := a.Store.Appeals(c.Request.Context(), me)
	if err != nil {
		return err
	}
	out, err := a.appealed(c, list)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, appealsOutput{Appeals: out})
	return nil
}

func (a *api) appealed(c *gin.Context, list []store.Objection) ([]appealOutput, error) {
	said, err := a.evidenceSaid(c)
	if err != nil {
		return nil, err
	}
	p := a.reader(c)
	return each(list, func(o store.Objection) appealOutput {
		r := o.Review
		return appealOutput{ID: o.ID, Target: targetValue{string(o.Target.Kind), o.Target.ID}, Say: against(p, o, said), At: o.At,
			Words: o.Words, Photos: each(o.Photos, func(id string) string { return id }),
			Contested: each(said(o.Contested), func(v web.ContestedView) contestedOutput { return contestedOutput(v) }),
			Level:     string(r.Level), State: string(r.State), DueAt: r.DueAt, Overdue: r.Late(a.Now()), Answer: r.Words, JudgedAt: optional(r.JudgedAt)}
	}), nil
}

// reader is what an answer without a page around it knows about its reader.
func (a *api) reader(c *gin.Context) web.Page {
	return web.Page{Language: languageOf(c), Zone: a.Zone}
}

// saying puts contested evidence into the reader's words.
type saying func([]store.Contested) []web.ContestedView

// evidenceSaid knows what places are called.
func (a *api) evidenceSaid(c *gin.Context) (saying, error) {
	places, err := a.Store.Jurisdictions(c.Request.Context())
	language := languageOf(c)
	return func(list []store.Contested) []web.ContestedView {
		return each(list, func(x store.Contested) web.ContestedView {
			view := web.ContestedView{ID: x.ID, At: x.Fact.At, Withdrawn: x.Withdrawn}
			if x.Vaccination.ID != "" {
				view.Say, view.At = web.DoseWords(language, x.Vaccination), x.Vaccination.Date
				return view
			}
			place := x.Fact.Code
			if i := slices.IndexFunc(places, func(j models.Jurisdiction) bool { return j.Code == place }); i >= 0 {
				place = places[i].Name.In(language)
			}
			view.Say = web.FactWords(language, x.Fact, place)
			return view
		})
	}, err
}

// against is what an objection is against, in words.
func against(p web.Page, o store.Objection, said saying) string {
	if views := said(o.Contested); o.Target.Kind != models.TargetDecision && len(views) > 0 {
		return views[0].Say
	}
	return web.AgainstDecision(p, o.Decision)
}

// appealView is an objection as pages show it, with its pictures at that address.
func (a *api) appealView(p web.Page, o store.Objection, said saying, photos string) web.AppealView {
	view := web.NewAppealView(p, o.Appeal, against(p, o, said), a.Now())
	view.Contested, view.Photos = said(o.Contested), web.PhotoViews(p, photos, o.Photos)
	return view
}
