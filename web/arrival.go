package web

import (
	"strconv"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/models/forms"
)

// ArrivalPage is where somebody says that they arrive, and sees what became of it.
type ArrivalPage struct {
	DeclarePage
	Communities []PlaceGroup // by jurisdiction
	Gateways    []PlaceGroup // by kind
	Types       []Choice     // of documents
	Turns       []TurnView   // the queues that they are in or were in today
	Arrivals    []ArrivalView
}

// Most is how many may come along.
func (p ArrivalPage) Most() int { return models.ArrivalCompanions }

// Drives reports whether the form asks how they come, so that a plate is only asked
// of those who drive.
func (p ArrivalPage) Drives() bool {
	_, asks := p.Form.Field("transport")
	return asks
}

// NewArrivalPage makes the page for somebody who may go to these communities, through
// these gateways.
func NewArrivalPage(form DeclarePage, places Places, communities []models.Community, gateways []models.Venue) ArrivalPage {
	p := form.Page
	out := ArrivalPage{DeclarePage: form, Types: documentChoices(p)}
	for _, j := range places {
		group := PlaceGroup{Label: j.Name.In(p.Language)}
		for _, c := range communities {
			if c.Jurisdiction == j.Code {
				group.Places = append(group.Places, Choice{c.ID, c.Name.In(p.Language)})
			}
		}
		if len(group.Places) > 0 {
			out.Communities = append(out.Communities, group)
		}
	}
	for _, kind := range models.VenueKinds() {
		if !kind.Gateway() {
			continue
		}
		group := PlaceGroup{Label: Text(p.Language, "venue.kind."+string(kind))}
		for _, v := range gateways {
			if v.Kind == kind {
				group.Places = append(group.Places, Choice{v.ID, v.Name.In(p.Language)})
			}
		}
		if len(group.Places) > 0 {
			out.Gateways = append(out.Gateways, group)
		}
	}
	return out
}

// ArrivalView is an arrival in its reader's words.
type ArrivalView struct {
	From, To, Through string
	At                time.Time
	Party             string // "" of whoever comes alone
	Companions        []CompanionView
	Plate, Contact    string
	State             string // what the community has done
	Words             string // what it says
	Turns             []TurnView

	Taken     string   // by whom and where it was taken down; "" where they declared it themselves
	Said      []Answer // what the guard wrote down then, for the resident
	Guest     bool     // no resident here
	Behalf    bool     // what was said counts as declared on their behalf once it is followed up
	Elsewhere string   // of somebody of elsewhere, whose code they have
	Handle    string   // and by which handle it is known
}

// CompanionView is somebody who comes along.
type CompanionView struct{ Name, DocumentType, Number string }

// TurnView is a place in the queue of a gateway.
type TurnView struct {
	Number string
	Venue  string
	Why    string
	At     time.Time
	Waits  bool
	State  string // how many are before them, that they are called, or what it came to
}

// TurnWhy says why somebody waits for a check.
func TurnWhy(language string, why models.TurnWhy) string {
	return either(language, "turn.why."+string(why), string(why))
}

// NewTurnView puts a place in a queue into the reader's words.
func NewTurnView(p Page, t models.Turn) TurnView {
	out := TurnView{Number: p.T("turn.number", "n", strconv.Itoa(t.Number)), Venue: t.Venue.In(p.Language), Why: TurnWhy(p.Language, t.Why),
		At: t.At, Waits: t.Waits()}
	switch {
	case !t.Waits():
		out.State = either(p.Language, "turn.outcome."+string(t.Outcome), string(t.Outcome))
	case !t.CalledAt.IsZero():
		out.State = p.T("turn.called")
	case t.Ahead == 0:
		out.State = p.T("turn.ahead.none")
	default:
		out.State = p.T("turn.ahead", "n", strconv.Itoa(t.Ahead))
	}
	return out
}

// NewArrivalView puts an arrival into the reader's words, with the plate as it is
// masked and nobody's numbers in clear.
func NewArrivalView(p Page, a models.Arrival, from, to, through string) ArrivalView {
	out := ArrivalView{From: from, To: to, Through: through, At: a.At, Plate: a.Plate.String(), Contact: a.Contact.String()}
	if len(a.Companions) > 0 {
		out.Party = p.T("arrival.item.party", "n", strconv.Itoa(a.Party()))
	}
	for _, c := range a.Companions {
		out.Companions = append(out.Companions, CompanionView{c.Name.String(), p.T("document.type." + string(c.Document.Type)), c.Document.Number.String()})
	}
	return out
}

// InClear is the same for whoever compares it with the documents themselves.
func (v ArrivalView) InClear(a models.Arrival) ArrivalView {
	v.Plate, v.Contact = a.Plate.Reveal(), a.Contact.Reveal()
	for i, c := range a.Companions {
		v.Companions[i].Name, v.Companions[i].Number = c.Name.Reveal(), c.Document.Number.Reveal()
	}
	return v
}

// ReviewState says what became of a review of the reader's.
func (p MePage) ReviewState(r models.Review) string { return reviewState(p.Language, r) }

// reviewState says what a community has done about something.
func reviewState(language string, r models.Review) string {
	if r.Kind == models.ReviewArrival {
		return Text(language, "arrival.review."+string(r.State))
	}
	return Text(language, "review.state."+string(r.State))
}

// Stayed is where somebody says that they were, in the reader's words.
func Stayed(p Page, places Places, stays []forms.Stay) string {
	words := make([]string, len(stays))
	for i, s := range stays {
		words[i] = places.Name(p, s.Place) + " " + p.Day(s.From) + " – " + p.Day(s.To)
	}
	return strings.Join(words, p.T("console.comma"))
}
