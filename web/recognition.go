package web

import (
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

// RecognitionPage is by what the codes of other places count at the gates here, in
// words, for whoever is about to stand at one.
type RecognitionPage struct {
	Page
	Mapped []MappingView
}

// MappingView is one table by which gates of a place go by the codes of another.
type MappingView struct {
	ID, Name, Gates  string
	How              string // how they know what the other says
	Open             string // where residents of the place find their code; "" for here
	Colours, Passes  []TheirsView
	Reasons          []string // in sentences
	Tests            []ValueView
	Drafted, Publish string
	At               time.Time
	Pins             []string
	Version          int
	Hash             string
}

// TheirsView is what a value of theirs is here.
type TheirsView struct {
	Is string
	StandingView
}

// Mapping is what a MappingView is made of.
type Mapping struct {
	*models.Peering
	Drafted, Published string // displays; "" for an operator
	At                 time.Time
}

// NewRecognitionPage makes the page.
func NewRecognitionPage(p Page, all []Mapping, places Places) RecognitionPage {
	out := RecognitionPage{Page: p}
	for _, m := range all {
		out.Mapped = append(out.Mapped, mappingView(p, m, places))
	}
	return out
}

func mappingView(p Page, m Mapping, places Places) MappingView {
	out := MappingView{ID: mappingID(m.Peering), Name: m.Name.In(p.Language), Gates: places.Name(p, m.Place), Open: m.Open, Drafted: whom(p, m.Drafted),
		Publish: m.Published, At: m.At, Pins: m.Pins, Version: m.Version, Hash: m.Hash,
		How: p.T("recognition.how."+string(m.Mode), "through", divisionName(p, places, m.Through))}
	for _, is := range inOrder(m.Colours) {
		out.Colours = append(out.Colours, TheirsView{is, recognisedAs(p, m.Colours[is])})
	}
	for _, granted := range []models.Colour{models.Green, models.Yellow, models.Red, models.Grey} {
		if colour, known := m.Passes[granted]; known && m.Mode != models.PeerLocal {
			out.Passes = append(out.Passes, TheirsView{p.T("office.colour." + granted.String()), recognisedAs(p, colour)})
		}
	}
	for _, is := range inOrder(m.Reasons) {
		r := m.Reasons[is]
		out.Reasons = append(out.Reasons, causeWords(p, &r))
	}
	for _, is := range inOrder(m.Tests) {
		out.Tests = append(out.Tests, ValueView{What: is, To: strings.ToUpper(m.Tests[is])})
	}
	return out
}

// mappingID is where on the page a table stands.
func mappingID(p *models.Peering) string { return "at" + p.Place + "-" + p.Peer }

// divisionName is a place in the reader's words, of here or not.
func divisionName(p Page, places Places, code string) string {
	if d, known := models.Division(code); known && !places.Known(code) {
		return d.Name.In(p.Language)
	}
	return places.Name(p, code)
}

func inOrder[V any](table map[string]V) []string {
	var keys []string
	for key := range table {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Recognised are the codes of elsewhere by those files, each with where on the page of
// them it stands, and for the root with whose gates go by it.
func Recognised(p Page, code string, files []*models.Peering, places Places) (list []Choice) {
	for _, m := range files {
		name := m.Name.In(p.Language)
		if code == models.Root {
			name = p.T("recognition.at", "name", name, "place", places.Name(p, m.Place))
		}
		list = append(list, Choice{mappingID(m), name})
	}
	return list
}
