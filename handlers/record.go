package handlers

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

// recordsMost is how many records one request may bring.
const recordsMost = 500

type recordsInput[R any] struct {
	Records []R `json:"records"`
}

type vaccinationInput struct {
	Document documentInput `json:"document"`
	Name     string        `json:"name"`
	Product  string        `json:"product"`
	Batch    string        `json:"batch"`
	Dose     int           `json:"dose"`
	Date     string        `json:"date"` // 2021-04-30
	Site     string        `json:"site"`
}

type testInput struct {
	Document documentInput `json:"document"`
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	Result   string        `json:"result"`
	Sampled  time.Time     `json:"sampled"` // RFC 3339
	Lab      string        `json:"lab"`
}

type recordsOutput struct {
	Added int `json:"added"`
	Held  int `json:"held,omitempty"` // positive results that an epidemiologist must agree to first
}

// deliverVaccinations takes doses from a registry, all or none. What is there
// already is not counted, so sending a batch again doubles nothing.
func (a *api) deliverVaccinations(c *gin.Context, by models.Client) error {
	list, err := records(c, a.vaccination)
	if err != nil {
		return err
	}
	added, err := a.Store.ImportVaccinations(c.Request.Context(), by.Actor(), list)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, recordsOutput{Added: added})
	return nil
}

// deliverTests takes results from a laboratory, all or none. Positive ones are held.
func (a *api) deliverTests(c *gin.Context, by models.Client) error {
	list, err := records(c, a.test)
	if err != nil {
		return err
	}
	got, err := a.Store.ImportTests(c.Request.Context(), by.Actor(), by.Jurisdiction, list)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, recordsOutput{Added: got.Added, Held: got.Held})
	return nil
}

// records reads a batch and tells everything that is wrong with any record of it.
func records[In, Out any](c *gin.Context, one func(In, *models.Problems) Out) ([]Out, error) {
	body, err := read(c, recordsLimit)
	if err != nil {
		return nil, err
	}
	in, err := decode[recordsInput[In]](body)
	if err != nil {
		return nil, err
	}
	if len(in.Records) == 0 {
		return nil, models.Refuse(models.ReasonRecordsMissing).On("records")
	}
	if len(in.Records) > recordsMost {
		return nil, models.Refuse(models.ReasonAnswerTooMany).On("records")
	}
	var all models.Problems
	list := make([]Out, len(in.Records))
	for i, r := range in.Records {
		var ps models.Problems
		list[i] = one(r, &ps)
		all.Add(fmt.Sprintf("records.%d", i), ps.Err())
	}
	return list, all.Err()
}

func (a *api) vaccination(in vaccinationInput, ps *models.Problems) models.Vaccination {
	v := models.Vaccination{Document: a.document(in.Document, ps), Product: in.Product, Batch: in.Batch, Dose: in.Dose, Site: in.Site}
	var err error
	v.Name, err = models.ParseName(in.Name)
	ps.Add("name", err)
	v.Date, _ = time.Parse(time.DateOnly, in.Date) // what is no date is too long ago for Check
	ps.Add("", v.Check(a.Now()))
	return v
}

func (a *api) test(in testInput, ps *models.Problems) models.Test {
	t := models.Test{Document: a.document(in.Document, ps), Kind: in.Kind, Result: in.Result, Sampled: in.Sampled.UTC(), Lab: in.Lab}
	var err error
	t.Name, err = models.ParseName(in.Name)
	ps.Add("name", err)
	ps.Add("", t.Check(a.Now()))
	return t
}

type doseOutput struct {
	ID        string `json:"id"`
	Withdrawn bool   `json:"withdrawn"`
	Product   string `json:"product"`
	Maker     string `json:"maker"`
	Batch     string `json:"batch"`
	Dose      int    `json:"dose"`
	Date      string `json:"date"`
	Site      string `json:"site"`
}

type courseOutput struct {
	Complete bool         `json:"complete"`
	Since    string       `json:"since,omitempty"`
	Doses    []doseOutput `json:"doses"`
}

// vaccinations shows the resident their doses.
func (a *api) vaccinations(c *gin.Context, me models.Linked) error {
	course, err := a.Store.Course(c.Request.Context(), me.Resident)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, courseIn(course, languageOf(c)))
	return nil
}

func courseIn(course models.Course, language string) courseOutput {
	out := courseOutput{Complete: course.Complete, Doses: []doseOutput{}}
	if course.Complete {
		out.Since = course.Since.Format(time.DateOnly)
	}
	for _, d := range course.Doses {
		p, _ := models.ProductOf(d.Product)
		out.Doses = append(out.Doses, doseOutput{ID: d.ID, Withdrawn: d.Withdrawn, Product: p.Name.In(language), Maker: p.Maker.In(language), Batch: d.Batch,
			Dose: d.Dose, Date: d.Date.Format(time.DateOnly), Site: d.Site})
	}
	return out
}
