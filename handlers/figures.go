package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

// figureOutput is one number, or why it is not told.
type figureOutput struct {
	People *int64 `json:"people"`
	Mark   string `json:"mark,omitempty"` // small: below ten; withheld: it would give away one that is
}

type figureRowOutput struct {
	Place  string                  `json:"place"`
	Name   string                  `json:"name"`
	Own    bool                    `json:"own"` // what of the place stands in none of those below
	Counts map[string]figureOutput `json:"counts"`
}

type figuresOutput struct {
	Place string            `json:"place"`
	At    *time.Time        `json:"at"` // null before anything was counted
	Rows  []figureRowOutput `json:"rows"`
}

var figureMarks = map[int64]string{models.CountSmall: "small", models.CountWithheld: "withheld"}

// figures is what was counted in one of the observer's jurisdictions.
func (a *api) figures(c *gin.Context, by models.Observer) error {
	table, err := a.Store.Figures(c.Request.Context(), by, c.Param("jurisdiction"))
	return a.toldFigures(c, table, err)
}

// nationalFigures is what was counted in the nation, for everybody.
func (a *api) nationalFigures(c *gin.Context) error {
	table, err := a.Store.NationalFigures(c.Request.Context())
	return a.toldFigures(c, table, err)
}

func (a *api) toldFigures(c *gin.Context, table models.Table, err error) error {
	if err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return err
	}
	names, language := map[string]string{}, languageOf(c)
	for _, j := range places {
		names[j.Code] = j.Name.In(language)
	}
	out := figuresOutput{Place: table.Place, At: optional(table.At), Rows: each(table.Rows, func(r models.TableRow) figureRowOutput {
		row := figureRowOutput{Place: r.Place, Name: names[r.Place], Own: r.Own, Counts: map[string]figureOutput{}}
		for m, people := range r.Counts {
			told := figureOutput{Mark: figureMarks[people]}
			if told.Mark == "" {
				told.People = &people
			}
			row.Counts[string(m)] = told
		}
		return row
	})}
	c.JSON(http.StatusOK, out)
	return nil
}
