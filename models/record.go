package models

import (
	_ "embed"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Vaccination is one dose that somebody was given.
type Vaccination struct {
	ID       string
	Document Document
	Name     Name
	Product  string // key of a [Product]
	Batch    string
	Dose     int       // 1 for the first
	Date     time.Time // the day, at midnight UTC
	Site     string    // where it was given

	Withdrawn bool // an appeal was right: it is not theirs, or not so
}

// Check refuses a dose that cannot have been given as told.
func (v Vaccination) Check(now time.Time) error {
	var ps Problems
	if _, known := ProductOf(v.Product); !known {
		ps.Add("product", Refuse(ReasonRecordProduct))
	}
	if v.Dose < 1 || v.Dose > 9 {
		ps.Add("dose", Refuse(ReasonRecordDose))
	}
	if v.Date.Before(firstVaccination) || v.Date.After(now) {
		ps.Add("date", Refuse(ReasonRecordDate))
	}
	checkLine(&ps, "batch", v.Batch)
	checkLine(&ps, "site", v.Site)
	return ps.Err()
}

// No vaccine was given to anybody outside a trial before this day.
var firstVaccination = time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)

func checkLine(ps *Problems, field, s string) {
	if s == "" {
		ps.Add(field, Refuse(ReasonFieldMissing))
	} else if len(s) > 120 || !utf8.ValidString(s) || slices.ContainsFunc([]rune(s), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		ps.Add(field, Refuse(ReasonFieldBad))
	}
}

// Product is a vaccine that the service knows.
type Product struct {
	Key   string `yaml:"key"`
	Name  Text   `yaml:"name"`
	Maker Text   `yaml:"maker"`
	Group string `yaml:"group"` // products of one group continue each other's course
	Doses int    `yaml:"doses"` // how many of the group complete the course
}

//go:embed products.yaml
var productFile []byte

var products = func() (list []Product) {
	if err := yaml.UnmarshalWithOptions(productFile, &list, yaml.Strict()); err != nil {
		panic("products.yaml: " + err.Error())
	}
	return list
}()

// Products lists every vaccine that the service knows.
func Products() []Product { return slices.Clone(products) }

// ProductOf finds a vaccine by its key.
func ProductOf(key string) (Product, bool) {
	i := slices.IndexFunc(products, func(p Product) bool { return p.Key == key })
	if i < 0 {
		return Product{}, false
	}
	return products[i], true
}

// Course is what a person's doses come to.
type Course struct {
	Doses    []Vaccination // by date, the first first
	Complete bool
	Since    time.Time // the day of the dose that completed the first course
}

// CourseOf says whether the doses complete a course, and since when: as soon as
// there are as many of one group as the product then given needs.
func CourseOf(doses []Vaccination) Course {
	c := Course{Doses: slices.Clone(doses)}
	slices.SortFunc(c.Doses, func(a, b Vaccination) int { return a.Date.Compare(b.Date) })
	given := map[string]int{}
	for _, d := range c.Doses {
		if d.Withdrawn {
			continue
		}
		p, _ := ProductOf(d.Product)
		given[p.Group]++
		if !c.Complete && p.Doses > 0 && given[p.Group] >= p.Doses {
			c.Complete, c.Since = true, d.Date
		}
	}
	return c
}

// Test is one laboratory result.
type Test struct {
	ID       string
	Document Document
	Name     Name
	Kind     string // pcr or antigen
	Result   string // negative or positive
	Sampled  time.Time
	Lab      string

	Withdrawn bool // likewise
}

// Check refuses a result that cannot be one.
func (t Test) Check(now time.Time) error {
	var ps Problems
	if t.Kind != "pcr" && t.Kind != "antigen" {
		ps.Add("kind", Refuse(ReasonFieldBad))
	}
	if t.Result != "negative" && t.Result != "positive" {
		ps.Add("result", Refuse(ReasonRecordResult))
	}
	if t.Sampled.Year() < 2020 || t.Sampled.After(now) {
		ps.Add("sampled", Refuse(ReasonRecordDate))
	}
	checkLine(&ps, "lab", t.Lab)
	return ps.Err()
}

// Fact is the result as evidence.
func (t Test) Fact() Fact {
	return Fact{ID: t.ID, Kind: FactTest, Code: t.Kind, Result: t.Result, At: t.Sampled, Source: "test:" + t.ID}
}
