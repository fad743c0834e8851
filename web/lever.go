package web

import (
	"slices"
	"time"

	"healthcode/models"
)

// OrderForm is the form of an order.
type OrderForm struct {
	Types   []Choice // of documents
	Reasons []ReasonChoice
	Today   string // 2022-03-14
	Latest  string // the last day on which an order may end
	Days    int    // how many days one may last
}

// ReasonChoice is a legal reason, and what follows from it.
type ReasonChoice struct {
	Value, Text, Source string
	StandingView
}

// NewOrderForm makes the form of orders that last no longer than that.
func NewOrderForm(p Page, now time.Time, longest time.Duration) *OrderForm {
	out := OrderForm{Types: documentChoices(p), Today: p.civil(now), Latest: p.civil(now.Add(longest).Add(-24 * time.Hour)), Days: int(longest / (24 * time.Hour))}
	for _, r := range models.OrderReasons() {
		colour := models.Yellow
		if r.Level == models.Red.String() {
			colour = models.Red
		}
		out.Reasons = append(out.Reasons, ReasonChoice{r.ID, r.Text.In(p.Language), r.Source.In(p.Language),
			StandingView{Colour: colour, Word: p.T("office.colour." + r.Level)}})
	}
	return &out
}

// civil is the day of an instant where the page is read, as forms have it.
func (p Page) civil(t time.Time) string { return t.In(p.Zone).Format(time.DateOnly) }

// ListingForm is the form of a listing.
type ListingForm struct {
	Groups []PlaceGroup
	Levels []Choice
	Today  string
}

// PlaceGroup is the places that belong together in a choice.
type PlaceGroup struct {
	Label  string
	Places []Choice
}

// NewListingForm makes the form of the places that the epidemiologist may list: their
// own and those below, the communities there, and those of other provinces.
func NewListingForm(p Page, by models.Proposer, k Known, now time.Time) *ListingForm {
	out := ListingForm{Today: p.civil(now)}
	for _, l := range []models.Level{models.LevelMedium, models.LevelHigh} {
		out.Levels = append(out.Levels, Choice{string(l), p.T("level." + string(l))})
	}
	own, communities, others := PlaceGroup{Label: p.T("proposals.places.own")}, PlaceGroup{Label: p.T("proposals.places.communities")}, PlaceGroup{Label: p.T("proposals.places.others")}
	for _, j := range k.Places {
		switch {
		case j.Into != "":
		case k.within(j.Code, by.Jurisdiction):
			own.Places = append(own.Places, Choice{j.Code, j.Name.In(p.Language)})
		case j.Code[:2] != by.Jurisdiction[:2]:
			others.Places = append(others.Places, Choice{j.Code, j.Name.In(p.Language)})
		}
	}
	for _, c := range k.Communities {
		if k.within(c.Jurisdiction, by.Jurisdiction) {
			communities.Places = append(communities.Places, Choice{c.ID, k.place(p, c.ID)})
		}
	}
	out.Groups = slices.DeleteFunc([]PlaceGroup{communities, own, others}, func(g PlaceGroup) bool { return len(g.Places) == 0 })
	return &out
}

// ExposureForm is the form of an exposure.
type ExposureForm struct {
	Venues []Choice
	Now    string // 2022-03-14T12:00
	First  string // when the first visits that are kept were made
}

// exposureBack is how long visits are kept.
const exposureBack = 31 * 24 * time.Hour

// NewExposureForm makes the form of what happened at the venues.
func NewExposureForm(p Page, k Known, now time.Time) *ExposureForm {
	minute := func(t time.Time) string { return t.In(p.Zone).Format("2006-01-02T15:04") }
	out := ExposureForm{Now: minute(now), First: minute(now.Add(-exposureBack))}
	for _, v := range k.Venues {
		out.Venues = append(out.Venues, Choice{v.ID, v.Name.In(p.Language)})
	}
	return &out
}

// MergerForm is the form of a merger.
type MergerForm struct{ Places []Choice }

// NewMergerForm makes the form of the places below the officer's own; nil where there
// are fewer than two.
func NewMergerForm(p Page, by models.Proposer, k Known) *MergerForm {
	var out MergerForm
	for _, j := range k.Places {
		if j.Into == "" && j.Code != by.Jurisdiction && k.within(j.Code, by.Jurisdiction) {
			out.Places = append(out.Places, Choice{j.Code, j.Name.In(p.Language) + " " + j.Code})
		}
	}
	if len(out.Places) < 2 {
		return nil
	}
	return &out
}

// leverField is a part of a form that the levers share.
type leverField struct {
	Page
	Name string
}

// Part is what the parts are drawn with that the forms of all levers share.
func (p Page) Part(name string) any { return leverField{p, name} }
