package web

import (
	"fmt"
	"time"

	"healthcode/models"
)

// ProposalPage is one proposal, what it would do to people, and what the reader can
// do with it.
type ProposalPage struct {
	Page
	StaffBar
	ProposalRow
	Evidence string
	Why      string     // of an order: what the resident reads
	Person   PersonView // zero if it is about no single resident
	Form     string     // the title of the form that was filled in
	Answers  []Answer
	Tests    []TestRow
	Effects  []string
	Cap      string // how near the office is to its cap; "" where nobody turns red
	Open     bool
	Own      bool // the reader entered it
	Refused  string
	End      *EndView // what the reader can end
	Ended    bool     // an order or a listing that has
	Judged   string   // who closed it and when, in words; "" while it is open
	Words    string
	Applying JobView // how far everybody has been decided anew, where they are many
}

// PersonView is whom a proposal is about. Whoever is to agree sees them in clear, to
// compare them with the evidence; everybody else masked.
type PersonView struct {
	Name, DocumentType, Number, Community string
	Clear                                 bool
}

// TestRow is one result of a delivery.
type TestRow struct {
	Name, Kind, Result, Lab string // the name masked
	Sampled                 time.Time
}

// Proposed is what a ProposalPage is made of.
type Proposed struct {
	Known
	models.Proposal
	Resident models.Resident
	Now      models.Effect
	Before   int64 // whom the office turned red within the last day
	Refused  string
	InForce  bool
	Answers  []Answer
	Job      models.Job
}

// NewProposalPage makes the page.
func NewProposalPage(p Page, by models.Proposer, in Proposed) ProposalPage {
	out := ProposalPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, ProposalRow: in.row(p, in.Proposal), Evidence: in.Evidence,
		Form: in.Titles[in.ID], Answers: in.Answers, Open: in.State == models.ProposalOpen, Own: in.EnteredBy == by.ID, Refused: in.Refused,
		End: in.end(p, by), Words: in.Words, Applying: jobView(in.Job)}
	if in.Lever == models.LeverOrder {
		reason, _ := models.OrderReasonOf(in.Order.Reason)
		out.Why = reason.Text.In(p.Language)
	}
	out.Ended = in.State == models.ProposalAgreed && !in.InForce && (in.Lever == models.LeverOrder || in.Lever == models.LeverListing)
	if in.ResidentID != "" {
		out.Person = in.person(p, out.Open && in.Refused == "")
	}
	for _, t := range in.Tests {
		out.Tests = append(out.Tests, TestRow{t.Name.String(), p.T("test." + t.Kind), p.T("test." + t.Result), t.Lab, t.Sampled})
	}
	out.Effects, out.Cap = in.effects(p), in.cap(p)
	if !out.Open {
		out.Judged = in.judged(p)
	}
	return out
}

// EndView is how an order or a listing is ended before its time.
type EndView struct{ Path, Label, Say string }

// end is how the reader may end what is in force; nil if they may not. It makes
// nobody's colour worse, so it takes one person.
func (in Proposed) end(p Page, by models.Proposer) *EndView {
	path := map[models.Lever]string{models.LeverOrder: "/v1/orders/", models.LeverListing: "/v1/listings/"}[in.Lever]
	if !in.InForce || path == "" || in.Lever.Terms().Enters != by.Role || !in.within(in.Office, by.Jurisdiction) {
		return nil
	}
	key := "proposal.end." + string(in.Lever)
	return &EndView{path + in.ID, p.T(key), p.T(key + ".say")}
}

func (in Proposed) person(p Page, clear bool) PersonView {
	r := in.Resident
	out := PersonView{Name: r.Name.String(), Number: r.Document.Number.String(), Clear: clear,
		DocumentType: p.T("document.type." + string(r.Document.Type)), Community: in.place(p, r.CommunityID)}
	if clear {
		out.Name, out.Number = r.Name.Reveal(), r.Document.Number.Reveal()
	}
	return out
}

// effects says what it would do now, and what it would have done when it was entered
// if that is something else.
func (in Proposed) effects(p Page) []string {
	if in.Untried {
		return []string{effectOf(p, in.Proposal)}
	}
	if in.State != models.ProposalOpen {
		return []string{p.T("proposal.effect.then") + effectWords(p, in.Effect)}
	}
	list := []string{effectWords(p, in.Now)}
	if in.Now != in.Effect {
		list = append(list, p.T("proposal.effect.then")+effectWords(p, in.Effect))
	}
	return list
}

// cap says how many people the office has turned red within a day and would have.
func (in Proposed) cap(p Page) string {
	if in.State != models.ProposalOpen || in.Now.Reddened == 0 {
		return ""
	}
	return p.T("proposal.cap", "office", in.Places.Name(p, in.Office), "before", fmt.Sprint(in.Before),
		"after", fmt.Sprint(in.Before+in.Now.Reddened), "cap", fmt.Sprint(models.RedCap))
}

func (in Proposed) judged(p Page) string {
	key := "proposal.judged." + string(in.State)
	if in.State == models.ProposalAgreed && in.JudgedBy == in.EnteredBy {
		key = "proposal.judged.alone"
	}
	return p.T(key, "by", in.Names[in.JudgedBy], "at", p.When(in.JudgedAt))
}

// Heading is the proposal in a line.
func (p ProposalPage) Heading() string { return p.Lever }
