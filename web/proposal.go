package web

import (
	"fmt"
	"slices"
	"time"

	"healthcode/models"
)

// ProposalsPage is what a member of staff may agree to, what they entered, what was
// dealt with, and the forms of the levers that are theirs.
type ProposalsPage struct {
	Page
	StaffBar
	Waiting  []ProposalRow
	Mine     []ProposalRow
	Done     []ProposalRow
	Order    *OrderForm
	Listing  *ListingForm
	Exposure *ExposureForm
	Merger   *MergerForm
}

// ProposalRow is one proposal in the list.
type ProposalRow struct {
	ID     string
	Lever  string
	What   string // in a sentence
	By     string
	Office string
	At     time.Time
	Effect string
	Loud   bool // it turns somebody red
	State  string
}

// Known is the names of what proposals are about.
type Known struct {
	Places      Places
	Communities []models.Community
	Venues      []models.Venue
	Names       map[string]string // displays of staff, by id
	Titles      map[string]string // of the forms that were filled in, by proposal

	Within func(place, other string) bool // as the tree is today; by their codes where it is nil
}

func (k Known) within(place, other string) bool {
	if k.Within == nil {
		return models.Within(place, other)
	}
	return k.Within(place, other)
}

// Proposals is what a ProposalsPage is made of.
type Proposals struct {
	Known
	List     []models.Proposal
	Order    *OrderForm
	Listing  *ListingForm
	Exposure *ExposureForm
	Merger   *MergerForm
}

// NewProposalsPage makes the page.
func NewProposalsPage(p Page, by models.Proposer, in Proposals) ProposalsPage {
	out := ProposalsPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, Order: in.Order, Listing: in.Listing, Exposure: in.Exposure, Merger: in.Merger}
	for _, proposal := range in.List {
		row := in.row(p, proposal)
		switch {
		case proposal.State != models.ProposalOpen:
			out.Done = append(out.Done, row)
		case proposal.EnteredBy == by.ID:
			out.Mine = append(out.Mine, row)
		default:
			out.Waiting = append(out.Waiting, row)
		}
	}
	return out
}

func (k Known) row(p Page, proposal models.Proposal) ProposalRow {
	return ProposalRow{ID: proposal.ID, Lever: p.T("lever." + string(proposal.Lever)), What: k.what(p, proposal), By: k.by(proposal),
		Office: k.Places.Name(p, proposal.Office), At: proposal.At, Effect: effectOf(p, proposal),
		Loud: proposal.Effect.Reddened > 0, State: p.T("proposal.state." + string(proposal.State))}
}

// by is who entered the proposal: a laboratory's name is what its delivery rests on.
func (k Known) by(proposal models.Proposal) string {
	if proposal.Entered != models.ActorStaff {
		return proposal.Evidence
	}
	return k.Names[proposal.EnteredBy]
}

// what says what a proposal would do, of a person without who it is.
func (k Known) what(p Page, proposal models.Proposal) string {
	switch proposal.Lever {
	case models.LeverOrder:
		reason, _ := models.OrderReasonOf(proposal.Order.Reason)
		return p.T("proposal.what.order", "colour", p.T("office.colour."+reason.Level), "source", reason.Source.In(p.Language), "until", p.lastDay(proposal.Order.Until))
	case models.LeverListing:
		l := proposal.Listing
		key := "proposal.what.listing"
		if l.To.IsZero() {
			key = "proposal.what.listing.open"
		}
		return p.T(key, "place", k.place(p, l.Place), "level", p.T("level."+string(l.Level)), "from", p.Day(l.From.In(p.Zone)), "to", p.lastDay(l.To))
	case models.LeverExposure:
		e := proposal.Exposure
		return p.T("proposal.what.exposure", "venue", k.venue(p, e.VenueID), "case", e.Case, "from", p.When(e.From), "to", p.When(e.To))
	case models.LeverImport:
		return p.T("proposal.what.import", "n", fmt.Sprint(len(proposal.Tests)))
	case models.LeverMove:
		return p.T("proposal.what.move", "place", k.place(p, proposal.Community))
	case models.LeverMerger:
		key := "proposal.what.merger"
		if proposal.Merger.Staff {
			key = "proposal.what.merger.staff"
		}
		return p.T(key, "from", k.Places.Name(p, proposal.Merger.From), "into", k.Places.Name(p, proposal.Merger.Into))
	}
	return p.T("proposal.what.on_behalf", "form", k.Titles[proposal.ID])
}

// lastDay is the day that ends at t, or with it.
func (p Page) lastDay(t time.Time) string { return p.Day(t.Add(-time.Second).In(p.Zone)) }

// place is a community or a jurisdiction in the reader's words.
func (k Known) place(p Page, id string) string {
	i := slices.IndexFunc(k.Communities, func(c models.Community) bool { return c.ID == id })
	if i < 0 {
		return k.Places.Name(p, id)
	}
	return k.Places.Name(p, k.Communities[i].Jurisdiction) + " " + k.Communities[i].Name.In(p.Language)
}

func (k Known) venue(p Page, id string) string {
	i := slices.IndexFunc(k.Venues, func(v models.Venue) bool { return v.ID == id })
	if i < 0 {
		return id
	}
	return k.Venues[i].Name.In(p.Language)
}

// effectOf says what was found when the proposal was entered or tried out.
func effectOf(p Page, proposal models.Proposal) string {
	if proposal.Untried {
		return p.T("proposal.effect.untried")
	}
	return effectWords(p, proposal.Effect)
}

// effectWords says what a proposal would make of colours.
func effectWords(p Page, e models.Effect) string {
	people := fmt.Sprint(e.People)
	switch {
	case e.Worse == 0:
		return p.T("proposal.effect.none", "people", people)
	case e.Reddened == 0:
		return p.T("proposal.effect.worse", "people", people, "worse", fmt.Sprint(e.Worse))
	}
	return p.T("proposal.effect.red", "people", people, "worse", fmt.Sprint(e.Worse), "reddened", fmt.Sprint(e.Reddened))
}
