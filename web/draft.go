package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"healthcode/models"
)

// redLoud is how many people may turn red before the page says so loudly.
const redLoud = 20

// DraftPage is one draft: the file, what it would change of the one in force and
// for whom, and what can be done with it.
type DraftPage struct {
	Page
	StaffBar
	ID, Kind, Place, Name, By string
	At                        time.Time
	Rules                     bool         // which alone are tried out
	Peering                   *PeeringView // of a peering
	Closed                    bool
	Body                      string
	First                     bool // nothing is in force that it would follow
	Diff                      []DiffLine
	Added, Gone               int
	Trial                     TrialView
	Refused                   string // why the reader may not publish it; "" if they may
	Faults                    []string
}

// TrialView is the dry run of a draft.
type TrialView struct {
	JobView
	Failed      bool
	Ended       time.Time
	People      int64
	Changed     int64 // of whom the colour would be another
	Reddened    int64
	Transitions []TransitionView
	Rules       []RuleChangeView
	Communities []CommunityView
	Samples     bool // whether it would put anybody worse
}

// Loud reports whether so many would turn red that nobody may read over it.
func (t TrialView) Loud() bool { return t.Reddened > redLoud }

// Above reports whether an officer of the place above must publish it.
func (t TrialView) Above() bool { return t.Reddened > models.RedCap }

// TransitionView is how many people would go from one colour to another.
type TransitionView struct {
	From, To StandingView
	People   int64
}

// RuleChangeView is for how many people a rule would begin or cease to speak.
type RuleChangeView struct {
	ID, Why      string
	Began, Ended int64
}

// CommunityView is what would change in one community.
type CommunityView struct {
	Name        string
	Transitions []TransitionView
}

// Drafted is what a DraftPage is made of.
type Drafted struct {
	models.Draft
	By          string // display
	Closed      bool
	InForce     string // the file that it would follow; "" if there is none
	Peerings    Peerings
	Job         models.Job
	Whys        map[string]string // of the rules, by id
	Places      Places
	Communities []models.Community
	Refused     string
	Faults      []string // what is wrong with it by now
}

// NewDraftPage makes the page.
func NewDraftPage(p Page, by models.Officer, d Drafted) DraftPage {
	out := DraftPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, ID: d.ID, Kind: d.Places.kindOf(p, d.Kind, d.Name), Place: d.Places.Name(p, d.Jurisdiction),
		Name: versioned(d.Name, d.Version), By: whom(p, d.By), At: d.At, Rules: d.Kind == models.PublishedRules, Closed: d.Closed, Body: d.Body,
		First: d.InForce == "", Refused: d.Refused, Faults: d.Faults}
	if !out.First {
		out.Diff = diff(d.InForce, d.Body)
	}
	for _, line := range out.Diff {
		switch line.Mark {
		case '+':
			out.Added++
		case '-':
			out.Gone++
		}
	}
	if d.Peerings.Drafted != nil {
		view := NewPeeringView(p, d.Peerings, d.Places)
		out.Peering = &view
	}
	out.Trial = newTrial(p, d)
	return out
}

func newTrial(p Page, d Drafted) TrialView {
	run := d.Job.DryRun
	out := TrialView{JobView: jobView(d.Job), Failed: d.Job.State == models.JobFailed, Ended: d.Job.EndedAt, People: run.People, Changed: changed(run),
		Reddened: run.Reddened, Samples: len(run.Samples) > 0}
	for _, t := range run.Transitions {
		if t.From != t.To {
			out.Transitions = append(out.Transitions, transition(p, t))
		}
	}
	slices.SortStableFunc(out.Transitions, worstFirst)
	for _, r := range run.Rules {
		why := cmp.Or(d.Whys[r.Rule], r.Rule)
		out.Rules = append(out.Rules, RuleChangeView{r.Rule, why, r.Began, r.Ended})
	}
	slices.SortStableFunc(out.Rules, func(a, b RuleChangeView) int { return cmp.Compare(b.Began+b.Ended, a.Began+a.Ended) })
	out.Communities = communities(p, d)
	return out
}

func transition(p Page, t models.Transition) TransitionView {
	view := func(c models.Colour) StandingView {
		return StandingView{Colour: c, Word: p.T("office.colour." + c.String())}
	}
	return TransitionView{view(t.From), view(t.To), t.People}
}

// changed is how many people would have another colour.
func changed(run models.DryRun) (people int64) {
	for _, t := range run.Transitions {
		if t.From != t.To {
			people += t.People
		}
	}
	return people
}

// worstFirst sorts what puts most people worst to the top.
func worstFirst(a, b TransitionView) int {
	return cmp.Or(int(b.To.Colour)-int(a.To.Colour), cmp.Compare(b.People, a.People))
}

// communities gathers what would change by community, that with most people first.
func communities(p Page, d Drafted) (list []CommunityView) {
	names, at, people := map[string]string{}, map[string]int{}, map[string]int64{}
	for _, c := range d.Communities {
		names[c.ID] = c.Name.In(p.Language)
	}
	for _, c := range d.Job.DryRun.Communities {
		if c.From == c.To {
			continue
		}
		i, known := at[c.Community]
		if !known {
			i, at[c.Community] = len(list), len(list)
			list = append(list, CommunityView{Name: cmp.Or(names[c.Community], c.Community)})
		}
		list[i].Transitions = append(list[i].Transitions, transition(p, c.Transition))
		people[list[i].Name] += c.People
	}
	for _, c := range list {
		slices.SortStableFunc(c.Transitions, worstFirst)
	}
	slices.SortStableFunc(list, func(a, b CommunityView) int { return cmp.Compare(people[b.Name], people[a.Name]) })
	return list
}

// Heading is the draft in a line.
func (p DraftPage) Heading() string {
	return p.T("draft.heading", "place", p.Place, "kind", p.Kind, "name", p.Name)
}

// Sure is what publishing does, in words, before it is done.
func (p DraftPage) Sure() string {
	if p.Peering != nil {
		return p.T("draft.sure.peering", "place", p.Place, "worse", fmt.Sprint(p.Peering.Worse), "better", fmt.Sprint(p.Peering.Better))
	}
	if !p.Rules {
		return p.T("draft.sure.form", "place", p.Place)
	}
	if p.Trial.State != models.JobDone {
		return p.T("draft.sure.soon")
	}
	return p.T("draft.sure.rules", "place", p.Place, "changed", fmt.Sprint(p.Trial.Changed), "reddened", fmt.Sprint(p.Trial.Reddened))
}

// SamplesPage is some of those whom a draft would put worse. Each of them will see
// that somebody looked.
type SamplesPage struct {
	Page
	StaffBar
	ID   string
	Rows []SampleRow
}

// SampleRow is one of them, masked.
type SampleRow struct {
	Name, Document, Community string
	TransitionView
}

// NewSamplesPage makes the page.
func NewSamplesPage(p Page, by models.Officer, draftID string, seen []Sampled) SamplesPage {
	out := SamplesPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, ID: draftID}
	for _, s := range seen {
		out.Rows = append(out.Rows, SampleRow{s.Resident.Name.String(), s.Resident.Document.Number.String(), s.Community,
			transition(p, models.Transition{From: s.From, To: s.To})})
	}
	return out
}

// Sampled is one resident of a sample.
type Sampled struct {
	Resident  models.Resident
	Community string
	From, To  models.Colour
}
