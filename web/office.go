package web

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"healthcode/models"
)

// OfficePage is where an officer sees what is in force in their place and below,
// what is on its way, and drafts anew.
type OfficePage struct {
	Page
	StaffBar
	Place   string
	Code    string // of the place
	InForce []PublicationView
	History []PublicationView // what was in force before
	Drafts  []DraftRow
	Kind    models.PublicationKind
	Body    string // the file to begin with
	Begun   string // which one that is, in words; "" for an empty frame of a file
}

// PublicationView is one file that is or was in force.
type PublicationView struct {
	ID       string // "" for what the service brings
	From     string // what the page is asked to begin a draft with
	Kind     string
	Place    string
	Name     string // id@version
	At       time.Time
	Drafted  string // who did, as colleagues and residents read it
	Publish  string
	Above    bool    // it holds here without being of the office
	Applying JobView // how far everybody has been decided anew
}

// DraftRow is one draft in the list.
type DraftRow struct {
	ID, Kind, Place, Name, By, State string
	At                               time.Time
	Loud                             bool // it needs somebody's eyes
}

// Office is what an OfficePage is made of.
type Office struct {
	Places  Places
	Names   map[string]string // displays of staff, by id
	History []models.Publication
	Own     []models.Publication // what holds here and was published in no place of the office
	Drafts  []models.Draft
	Jobs    map[string]models.Job // by draft or publication
	Begin   models.Draft          // what the next one begins with
}

// NewOfficePage makes the page.
func NewOfficePage(p Page, by models.Officer, o Office) OfficePage {
	place := by.Jurisdiction
	if models.Covers(place, models.Root) {
		place = models.Root
	}
	out := OfficePage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, Place: o.Places.Name(p, place), Code: place,
		Kind: o.Begin.Kind, Body: o.Begin.Body}
	if out.Body == "" {
		out.Body = fileFrame(p, o.Begin)
	} else {
		out.Begun = p.T("office.begun", "kind", kindWord(p, o.Begin.Kind), "place", o.Places.Name(p, o.Begin.Jurisdiction), "name", versioned(o.Begin.Name, o.Begin.Version))
	}
	for _, published := range o.History {
		view := o.publication(p, published)
		if published.InForce {
			out.InForce = append(out.InForce, view)
			continue
		}
		out.History = append(out.History, view)
	}
	for _, own := range o.Own {
		view := o.publication(p, own)
		view.From, view.Above = string(own.Kind)+"."+own.Name, !models.Covers(by.Jurisdiction, own.Jurisdiction)
		out.InForce = append(out.InForce, view)
	}
	for _, d := range o.Drafts {
		out.Drafts = append(out.Drafts, o.draft(p, d))
	}
	return out
}

func (o Office) publication(p Page, published models.Publication) PublicationView {
	return PublicationView{ID: published.ID, From: published.ID, Kind: o.Places.kindOf(p, published.Kind, published.Name), Place: o.Places.Name(p, published.Jurisdiction),
		Name: versioned(published.Name, published.Version), At: published.At, Drafted: whom(p, o.Names[published.DraftedBy]),
		Publish: o.Names[published.PublishedBy], Applying: jobView(o.Jobs[published.ID])}
}

func (o Office) draft(p Page, d models.Draft) DraftRow {
	row := DraftRow{ID: d.ID, Kind: o.Places.kindOf(p, d.Kind, d.Name), Place: o.Places.Name(p, d.Jurisdiction), Name: versioned(d.Name, d.Version),
		By: whom(p, o.Names[d.DraftedBy]), At: d.At}
	job := o.Jobs[d.ID]
	row.State, row.Loud = trialWords(p, d.Kind, job), job.Done() && job.DryRun.Reddened > redLoud
	return row
}

// whom is the display of whoever drafted; operators have none.
func whom(p Page, display string) string { return cmp.Or(display, p.T("office.operator")) }

// fileFrame is a file with everything still to be filled in.
func fileFrame(p Page, d models.Draft) string {
	if d.Kind == models.PublishedPeering {
		return peeringFrame(p, d.Jurisdiction)
	}
	return ruleFrame(p, d.Jurisdiction)
}

// peeringFrame is a peering that trusts nobody yet.
func peeringFrame(p Page, place string) string {
	return "# " + p.T("office.frame.peering") + `
id: local_` + place + `
version: 1
place: "` + place + `"
peer: ""
mode: share
name: {zh: "", en: ""}
url: https://
pins:
  - ""
colours:
  - {is: "00", colour: green}
  - {is: "01", colour: yellow}
  - {is: "10", colour: red}
passes:
  - {is: green, colour: green}
  - {is: yellow, colour: yellow}
  - {is: red, colour: red}
reasons:
  - is: ""
    text: {zh: "", en: ""}
    colour: yellow
    unless: {test: pcr, within: 48h, colour: green}
tests:
  - {is: "", counts: pcr}
`
}

func ruleFrame(p Page, jurisdiction string) string {
	return "# " + p.T("office.frame.rules") + `
id: local_` + jurisdiction + `
version: 1
jurisdiction: "` + jurisdiction + `"

rules:
  - id: example
    colour: yellow
    when: |
      facts.filter(f, f.kind == 'symptom' && within(f, 'symptom_days'))
    why:
      zh: ""
      en: ""
    clear:
      zh: ""
      en: ""
    ask:
      zh: ""
      en: ""
`
}

// trialWords says in a line where the dry run of a draft stands.
func trialWords(p Page, kind models.PublicationKind, job models.Job) string {
	if kind != models.PublishedRules {
		return p.T("office.trial.none." + string(kind))
	}
	switch job.State {
	case models.JobDone:
		return p.T("office.trial.done", "changed", fmt.Sprint(changed(job.DryRun)), "reddened", fmt.Sprint(job.DryRun.Reddened))
	case models.JobOpen:
		if job.Total == 0 { // nobody has been counted yet
			break
		}
		return p.T("office.trial.running", "finished", fmt.Sprint(job.People), "total", fmt.Sprint(job.Total))
	case models.JobFailed:
		return p.T("office.trial.failed")
	}
	return p.T("office.trial.waiting")
}

func kindWord(p Page, kind models.PublicationKind) string { return p.T("office.kind." + string(kind)) }

// kindOf is what a file of that name is: of a peering, with whom.
func (ps Places) kindOf(p Page, kind models.PublicationKind, name string) string {
	if kind != models.PublishedPeering {
		return kindWord(p, kind)
	}
	return p.T("office.kind.of", "peer", divisionName(p, ps, name))
}

// versioned is a file's name as decisions record it: id@version.
func versioned(id string, version int) string { return id + "@" + strconv.Itoa(version) }

// Kinds are what can be drafted.
func (p OfficePage) Kinds() []Choice {
	var list []Choice
	for _, kind := range models.PublicationKinds() {
		list = append(list, Choice{string(kind), kindWord(p.Page, kind)})
	}
	return list
}

// JobView is how far a job has come.
type JobView struct {
	State           models.JobState // "" if there is none
	Finished, Total int64
}

func jobView(j models.Job) JobView { return JobView{j.State, j.People, j.Total} }

// Going reports whether the job is still on its way.
func (j JobView) Going() bool { return j.State == models.JobOpen }
