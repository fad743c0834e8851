package web

import (
	"strconv"
	"time"

	"healthcode/models"
)

// ReviewPage is one case, with the person in clear: a worker compares them with
// the document itself, and the look is on the resident's record.
type ReviewPage struct {
	Page
	StaffBar
	QueueRow
	Done         bool
	Name         string
	NewName      string // of a correction
	DocumentType string
	Number       string
	Phone        string
	Verified     bool
	Form         string // the title of the form that was filled in
	Said         time.Time
	Answers      []Answer // of a declaration
	Standing     StandingView
	Reasons      []string
	Matter       models.ReviewKind
	Appeal       AppealView  // of an appeal
	Arrival      ArrivalView // of an arrival
	Card         CardView    // of an arrival
}

// Answer is one answer of a declaration in the worker's words.
type Answer struct {
	Label string
	Value string
}

// Case is what a ReviewPage is made of.
type Case struct {
	Review    models.Review
	Resident  models.Resident
	Standing  models.Standing
	Community models.Community
	NewName   models.Name // of a correction
	Form      string      // the form's title
	Said      time.Time   // when it was declared
	Answers   []Answer
	Reasons   []string // why the colour is what it is, from the rules
	Appeal    AppealView
	Arrival   ArrivalView
	Card      CardView
}

// NewReviewPage makes the page of a case as it stands at now.
func NewReviewPage(p Page, by models.Staff, c Case, now time.Time) ReviewPage {
	out := ReviewPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, QueueRow: queueRow(p, by, c.Review, now),
		Done: c.Review.State.Done(), Matter: c.Review.Kind,
		Name: c.Resident.Name.Reveal(), NewName: c.NewName.Reveal(),
		DocumentType: p.T("document.type." + string(c.Resident.Document.Type)), Number: c.Resident.Document.Number.Reveal(),
		Phone: c.Resident.Phone.Reveal(), Verified: c.Resident.Verified, Form: c.Form, Said: c.Said, Answers: c.Answers,
		Standing: NewStandingView(p, c.Standing), Reasons: c.Reasons, Appeal: c.Appeal,
		Arrival: c.Arrival, Card: c.Card}
	out.Community = c.Community.Name.In(p.Language)
	return out
}

// follows is what a verdict is about, for what follows from it.
func (p ReviewPage) follows() string {
	switch {
	case p.Arrival.Guest:
		return "guest"
	case p.Arrival.Behalf:
		return "behalf"
	}
	return string(p.Matter)
}

// VerdictChoice is a verdict that this kind of case can have, and what it does.
type VerdictChoice struct {
	Verdict models.Verdict
	Label   string
	Does    string
	Class   string
}

// Verdicts are those that this kind of case can have.
func (p ReviewPage) Verdicts() []VerdictChoice {
	var list []VerdictChoice
	add := func(v models.Verdict, class string) {
		list = append(list, VerdictChoice{v, either(p.Language, "console.verdict."+string(p.Matter)+"."+string(v), p.T("console.verdict."+string(v))),
			p.T("console.does." + p.follows() + "." + string(v)), class})
	}
	if p.Matter == models.ReviewAppeal {
		add(models.Grant, "main")
	} else {
		add(models.Approve, "main")
	}
	if p.Matter == models.ReviewDeclaration {
		add(models.Clear, "")
	}
	add(models.Reject, "danger")
	return list
}

// phrases is how many ready-made sentences each kind of case has in the catalogue.
var phrases = map[models.ReviewKind]int{models.ReviewRegistration: 3, models.ReviewDeclaration: 3, models.ReviewCorrection: 2, models.ReviewAppeal: 3, models.ReviewArrival: 3}

// Phrases are sentences that a worker can put into their words with one press.
func (p ReviewPage) Phrases() []string {
	var list []string
	for i := range phrases[p.Matter] {
		list = append(list, p.T("console.phrase."+string(p.Matter)+"."+strconv.Itoa(i+1)))
	}
	return list
}
