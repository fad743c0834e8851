package web

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

var known = Known{Places: places, Communities: []models.Community{community}, Venues: []models.Venue{market},
	Names: map[string]string{"me": "Lead 1", "you": "Lead 2"}, Titles: map[string]string{"DECLARED": "Health declaration"}}

func proposer(role models.Role) models.Proposer {
	return models.Proposer{Staff: models.Staff{ID: "me", Display: "Lead 1", Role: role, Jurisdiction: "330110"}}
}

// one is a proposal of a colleague's.
func one(id string, lever models.Lever, e models.Effect) models.Proposal {
	return models.Proposal{ID: id, Lever: lever, Office: "330110", Entered: models.ActorStaff, EnteredBy: "you", At: queueNoon, Evidence: "Paper 17",
		Effect: e, State: models.ProposalOpen,
		Order:    models.Order{Reason: "confirmed", Until: queueNoon.AddDate(0, 0, 14)},
		Listing:  models.Listing{Place: "420100", Level: models.LevelHigh, From: queueNoon},
		Exposure: models.Exposure{VenueID: market.ID, Case: "HZ-17", From: queueNoon, To: queueNoon.Add(time.Hour)}, Community: "c1",
		Merger: models.Merger{From: "330110", Into: "420100", Staff: true},
		Tests:  []models.Test{{Kind: "pcr", Result: "positive", Lab: "Lab 3", Sampled: queueNoon}}}
}

func everyLever() (list []models.Proposal) {
	for id, lever := range map[string]models.Lever{"ORDER": models.LeverOrder, "LISTING": models.LeverListing, "EXPOSURE": models.LeverExposure,
		"IMPORT": models.LeverImport, "DECLARED": models.LeverOnBehalf, "MOVE": models.LeverMove, "MERGER": models.LeverMerger} {
		list = append(list, one(id, lever, models.Effect{People: 3, Worse: 2, Reddened: 1}))
	}
	mine, done := one("MINE", models.LeverOrder, models.Effect{People: 1}), one("DONE", models.LeverOrder, models.Effect{People: 1, Worse: 1})
	mine.EnteredBy, done.State = "me", models.ProposalRefused
	return append(list, mine, done)
}

func TestProposalsPage(t *testing.T) {
	t.Parallel()
	in := Proposals{Known: known, List: everyLever()}
	holds(t, "proposals", func(p Page) Framed { return NewProposalsPage(p, proposer(models.RoleWorker), in) },
		[]string{`href="/console/proposals/ORDER"`, `href="/console/proposals/MINE"`, `href="/console/proposals/DONE"`, "HZ-17", "data-overdue",
			`id="waiting-title"`, `id="mine-title"`, `id="done-title"`, "Lead 2", "Health declaration"}, []string{"data-propose", "{n}", "{place}"})
	holds(t, "no proposals", func(p Page) Framed { return NewProposalsPage(p, proposer(models.RoleWorker), Proposals{}) },
		[]string{`class="card"`}, []string{`id="mine-title"`, `id="done-title"`, "<table"})
	holds(t, "a lead's proposals", func(p Page) Framed {
		return NewProposalsPage(p, proposer(models.RoleLead), Proposals{Order: NewOrderForm(p, queueNoon, 21*24*time.Hour)})
	}, []string{`data-action="/v1/orders"`, `value="confirmed"`, `value="sealed_area"`, `min="2022-03-14" max="2022-04-03"`, "21", `href="#shape-red"`, `href="#shape-yellow"`},
		[]string{"/v1/listings", " checked>"})
	holds(t, "an epidemiologist's proposals", func(p Page) Framed {
		by := proposer(models.RoleEpidemiologist)
		return NewProposalsPage(p, by, Proposals{Listing: NewListingForm(p, by, known, queueNoon), Exposure: NewExposureForm(p, known, queueNoon)})
	}, []string{`data-action="/v1/listings"`, `data-action="/v1/exposures"`, `<option value="420100">`, `<option value="330110">`, `max="2022-03-14T12:00"`,
		`<option value="` + market.ID + `">`, `value="high"`}, []string{"/v1/orders", " checked>"})
}

// TestMergerForm offers the places below the officer's own that are there today.
func TestMergerForm(t *testing.T) {
	t.Parallel()
	k := Known{Places: Places{{Code: "330000"}, {Code: "330100"}, {Code: "330105", Into: "330110"}, {Code: "330110"}, {Code: "330106"}, {Code: "420100"}}}
	by := proposer(models.RoleOfficer)
	by.Jurisdiction = "330100"
	holds(t, "an officer's proposals", func(p Page) Framed {
		return NewProposalsPage(p, by, Proposals{Known: k, Merger: NewMergerForm(p, by, k)})
	}, []string{`data-action="/v1/mergers"`, `<option value="330110">`, `<option value="330106">`, `name="staff"`}, []string{`value="330105"`, `value="330100"`, `value="420100"`})
	by.Jurisdiction = "330110"
	if NewMergerForm(Page{Language: models.English}, by, k) != nil {
		t.Error("a form of places that there are not")
	}
}

// TestListingForm offers no place that the service would refuse.
func TestListingForm(t *testing.T) {
	t.Parallel()
	k := Known{Places: Places{{Code: "330000"}, {Code: "330100"}, {Code: "330110"}, {Code: "330200"}, {Code: "420100"}},
		Communities: []models.Community{{ID: "c1", Jurisdiction: "330110"}, {ID: "c2", Jurisdiction: "330200"}}}
	by := proposer(models.RoleEpidemiologist)
	by.Jurisdiction = "330100"
	var got []string
	for _, g := range NewListingForm(page("en"), by, k, queueNoon).Groups {
		for _, place := range g.Places {
			got = append(got, place.Value)
		}
	}
	if line := strings.Join(got, " "); line != "c1 330100 330110 420100" {
		t.Errorf("may list %s", line)
	}
}

// TestProposalPage: what the page of a proposal says and offers, in every state.
func TestProposalPage(t *testing.T) {
	t.Parallel()
	agree, refuse := `value="agreement"`, `value="refusal"`
	number, err := models.ParseDocument(models.DocumentResidentID, "330110198001010018", queueNoon)
	if err != nil {
		t.Fatal(err)
	}
	red := models.Effect{People: 1, Worse: 1, Reddened: 1}
	for _, c := range []struct {
		name         string
		lever        models.Lever
		change       func(*Proposed)
		wants, lacks []string
	}{
		{"a colleague's order", models.LeverOrder, func(d *Proposed) { d.Now, d.Before = red, 7 }, []string{agree, refuse, "330110198001010018", "data-path"}, []string{"data-own", "data-end"}},
		{"one's own", models.LeverOrder, func(d *Proposed) { d.Now, d.EnteredBy, d.Refused = red, "me", "Somebody else." },
			[]string{"Somebody else.", "data-own", refuse, "33****"}, []string{agree, "330110198001010018"}},
		{"too many", models.LeverOrder, func(d *Proposed) { d.Now, d.Refused = red, "Above." }, []string{"Above.", refuse}, []string{agree, "330110198001010018"}},
		{"nobody turns red", models.LeverOrder, func(d *Proposed) {}, []string{agree}, []string{`class="note"`}},
		{"in force", models.LeverOrder, func(d *Proposed) {
			d.State, d.JudgedBy, d.InForce, d.Words = models.ProposalAgreed, "me", true, "I saw it."
		},
			[]string{`data-end="/v1/orders/P"`, "Lead 1", "<blockquote>I saw it.</blockquote>"}, []string{agree, refuse, "330110198001010018"}},
		{"lifted", models.LeverOrder, func(d *Proposed) { d.State, d.JudgedBy = models.ProposalAgreed, "me" }, []string{"Lead 1"}, []string{"data-end"}},
		{"somebody else's to end", models.LeverListing, func(d *Proposed) { d.State, d.JudgedBy, d.InForce = models.ProposalAgreed, "me", true }, nil, []string{"data-end"}},
		{"refused", models.LeverOrder, func(d *Proposed) { d.State, d.JudgedBy, d.Words = models.ProposalRefused, "me", "No." }, []string{"<blockquote>No.</blockquote>"}, []string{refuse}},
		{"withdrawn", models.LeverOrder, func(d *Proposed) { d.State, d.JudgedBy = models.ProposalWithdrawn, "you" }, []string{"Lead 2"}, []string{refuse}},
		{"alone", models.LeverMove, func(d *Proposed) { d.State, d.JudgedBy = models.ProposalAgreed, "you" }, []string{"33****"}, []string{"data-end"}},
		{"a declaration", models.LeverOnBehalf, func(d *Proposed) { d.Answers = []Answer{{"Temperature", "36.5"}} }, []string{"Temperature", "36.5"}, nil},
		{"a delivery", models.LeverImport, func(d *Proposed) { d.ResidentID, d.Entered = "", models.ActorClient }, []string{"Lab 3", agree, "Paper 17"}, []string{"330110198001010018", `id="person"`}},
		{"being applied", models.LeverListing, func(d *Proposed) {
			d.State, d.JudgedBy, d.Job = models.ProposalAgreed, "me", models.Job{State: models.JobOpen, People: 31, Total: 9700}
		}, []string{"31", "9700"}, nil},
		{"a listing", models.LeverListing, func(d *Proposed) { d.ResidentID = "" }, []string{agree}, []string{`id="person"`}},
	} {
		d := Proposed{Known: known, Proposal: one("P", c.lever, models.Effect{People: 1}), Resident: models.Resident{Document: number, CommunityID: "c1"}, Now: models.Effect{People: 1}}
		d.ResidentID, d.Tests = "r", nil
		if c.lever == models.LeverImport {
			d.Tests = one("", c.lever, models.Effect{}).Tests
		}
		c.change(&d)
		if c.lever == models.LeverOnBehalf {
			d.Titles = map[string]string{"P": "Health"}
		}
		holds(t, c.name, func(p Page) Framed { return NewProposalPage(p, proposer(models.RoleLead), d) }, append(c.wants, "Paper 17"), append(c.lacks, "{by}", "{n}"))
	}
}

// TestProposalSays: the effect on people in words, with the cap.
func TestProposalSays(t *testing.T) {
	t.Parallel()
	d := Proposed{Known: known, Proposal: one("P", models.LeverListing, models.Effect{People: 3}), Now: models.Effect{People: 31, Worse: 12, Reddened: 9}, Before: 40}
	html := rendered(t, NewProposalPage(page("en"), proposer(models.RoleEpidemiologist), d))
	for _, want := range []string{"People concerned: 31. 12 of them get a worse colour, and 9 turn red.", "When it was entered: People concerned: 3. Nobody",
		"Within 24 hours Yuhang has turned 40 red; this makes it 49 of 100.", "Wuhan: high risk, from 14 Mar 2022"} {
		if !strings.Contains(strings.ReplaceAll(html, "&#39;", "'"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
