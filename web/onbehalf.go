package web

import (
	"slices"

	"healthcode/models"
	"healthcode/models/forms"
)

// OnBehalfPage is where a worker declares for somebody who has no phone, and writes
// down that somebody has moved. Who it is about is asked by the script: no value of
// a person ever stands in an address.
type OnBehalfPage struct {
	Page
	StaffBar
	Types       []Choice // of documents
	Forms       []BehalfForm
	Communities []PlaceGroup
}

// BehalfForm is a form as it is in one jurisdiction, to be drawn when it is known
// that the resident lives there.
type BehalfForm struct {
	DeclarePage
	Jurisdiction string
}

// Behalf is what an OnBehalfPage is made of.
type Behalf struct {
	Places      Places
	Communities []models.Community
	Forms       map[string][]*forms.Form // by the jurisdictions of the worker's communities
	Today       string                   // 2022-03-14
	Since       string                   // the first day that an itinerary may tell of
}

// NewOnBehalfPage makes the page.
func NewOnBehalfPage(p Page, by models.Worker, in Behalf) OnBehalfPage {
	out := OnBehalfPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, Types: documentChoices(p)}
	for _, j := range in.Places {
		for _, f := range in.Forms[j.Code] {
			if f.ID == models.FormArrival { // asks for more than its answers
				continue
			}
			out.Forms = append(out.Forms, BehalfForm{DeclarePage{Page: p, Form: f, Places: in.Places.choices(p), Today: in.Today, Since: in.Since}, j.Code})
		}
		group := PlaceGroup{Label: j.Name.In(p.Language)}
		for _, c := range in.Communities {
			if c.Jurisdiction == j.Code {
				group.Places = append(group.Places, Choice{c.ID, c.Name.In(p.Language)})
			}
		}
		out.Communities = append(out.Communities, group)
	}
	out.Communities = slices.DeleteFunc(out.Communities, func(g PlaceGroup) bool { return len(g.Places) == 0 })
	return out
}

// ID tells the form from those of other places.
func (f BehalfForm) ID() string { return f.Form.ID + "-" + f.Jurisdiction }
