package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

// PeeringView is what a drafted peering would change: for whom at the gates, whom one
// would trust, and value by value.
type PeeringView struct {
	Name   string // of the code that it is about, as the file has it
	Gates  string // the place whose gates go by it
	First  bool   // they do not go by that code yet
	Above  string // the place whose file they go by now, where it is not their own
	Shifts []ShiftView
	Worse  int
	Better int
	Trusts
	Values []ValueView
}

// Trusts are the keys that are believed.
type Trusts struct{ New, Gone, Kept []string }

// ShiftView is a code of theirs that would come to another colour.
type ShiftView struct {
	Codes    string   // theirs
	With     []string // what is said beside them
	From, To StandingView
	Way      string // worse, better or stays
}

// Known reports whether there is a colour to be shown.
func (v StandingView) Known() bool { return v.Colour.Valid() }

// ValueView is one value of the file, now and then.
type ValueView struct{ What, From, To string }

// Peerings is what a PeeringView is made of: a draft, the file that it would take the
// place of, and the one that its gates go by now.
type Peerings struct{ Drafted, Before, Now *models.Peering }

// NewPeeringView makes it.
func NewPeeringView(p Page, ps Peerings, places Places) PeeringView {
	after := ps.Drafted
	out := PeeringView{Name: after.Name.In(p.Language), Gates: places.Name(p, after.Place), First: ps.Now == nil || ps.Now.Mode == models.PeerNone}
	if ps.Now != nil && ps.Now.Place != after.Place {
		out.Above = places.Name(p, ps.Now.Place)
	}
	for _, shift := range models.PreviewPeering(ps.Now, after) {
		view := shiftView(p, shift, ps)
		switch view.Way {
		case "worse":
			out.Worse++
		case "better":
			out.Better++
		}
		out.Shifts = append(out.Shifts, view)
	}
	change := models.ComparePeerings(ps.Before, after)
	out.Trusts = Trusts{New: change.Trusted, Gone: change.Dropped}
	for _, pin := range after.Pins {
		if !slices.Contains(change.Trusted, pin) {
			out.Kept = append(out.Kept, pin)
		}
	}
	out.Values = values(p, change)
	return out
}

// shiftView is one shift in words.
func shiftView(p Page, s models.PeerShift, ps Peerings) ShiftView {
	out := ShiftView{Codes: strings.Join(s.Colours, p.T("peering.and")), From: recognisedAs(p, s.From), To: recognisedAs(p, s.To), Way: "better"}
	switch {
	case s.Stays():
		out.Way = "stays"
	case s.Worse():
		out.Way = "worse"
	}
	if s.Granted != 0 {
		out.Codes = p.T("office.colour." + s.Granted.String())
		out.With = append(out.With, p.T("peering.with.granted"))
	}
	if s.Reason != "" {
		out.With = append(out.With, p.T("peering.with.reason", "reason", reasonText(p, s.Reason, ps), "code", s.Reason))
	}
	if s.Tests != nil {
		key := map[bool]string{true: "peering.with.test.between", false: "peering.with.test"}[s.Above > 0]
		out.With = append(out.With, p.T(key, "tests", strings.Join(s.Tests, p.T("peering.and")), "above", fmt.Sprint(s.Above), "upto", fmt.Sprint(s.Upto)))
	}
	return out
}

// recognisedAs is a colour as a code of elsewhere counts; 0 if it is none of here.
func recognisedAs(p Page, c models.Colour) StandingView {
	if c == 0 {
		return StandingView{Word: p.T("peering.unrecognised")}
	}
	return StandingView{Colour: c, Word: p.T("office.colour." + c.String())}
}

// reasonText is what a reason of theirs is called here, in whichever file has it.
func reasonText(p Page, code string, ps Peerings) string {
	for _, of := range []*models.Peering{ps.Drafted, ps.Now} {
		if of == nil {
			continue
		}
		if r, known := of.Reasons[code]; known {
			return r.Text.In(p.Language)
		}
	}
	return code
}

// values are what differs but the keys, in the order of the file.
func values(p Page, c models.PeeringChange) (list []ValueView) {
	none := p.T("peering.nothing")
	line := func(key, is, from, to string) {
		list = append(list, ValueView{p.T(key, "is", is), cmp.Or(from, none), cmp.Or(to, none)})
	}
	for _, v := range c.Ways {
		key, _, _ := strings.Cut(v.Is, ".")
		line("peering.way."+key, v.Is, wayWords(p, v.Is, v.From), wayWords(p, v.Is, v.To))
	}
	for _, v := range c.Colours {
		line("peering.value.colour", v.Is, colourWords(p, v.From), colourWords(p, v.To))
	}
	for _, v := range c.Passes {
		line("peering.value.pass", p.T("office.colour."+v.Is), colourWords(p, v.From), colourWords(p, v.To))
	}
	for _, v := range c.Reasons {
		line("peering.value.reason", v.Is, causeWords(p, v.From), causeWords(p, v.To))
	}
	for _, v := range c.Tests {
		line("peering.value.test", v.Is, v.From, v.To)
	}
	return list
}

func wayWords(p Page, key, value string) string {
	switch {
	case key == "mode" && value != "":
		return p.T("peering.mode." + value)
	case key == "relay" && value != "":
		return p.T("peering.relay")
	}
	return value
}

func colourWords(p Page, c models.Colour) string {
	if c == 0 {
		return ""
	}
	return p.T("office.colour." + c.String())
}

// causeWords is what a reason of theirs comes to, in a sentence.
func causeWords(p Page, r *models.PeerReason) string {
	if r == nil {
		return ""
	}
	colour := p.T("peering.reason.as")
	if r.Colour != 0 {
		colour = colourWords(p, r.Colour)
	}
	words := p.T("peering.reason.is", "reason", r.Text.In(p.Language), "colour", colour)
	if r.Test != "" {
		words += p.T("peering.reason.eased", "test", strings.ToUpper(r.Test), "hours", fmt.Sprint(int(r.Within/time.Hour)), "colour", colourWords(p, r.Eased))
	}
	return words
}
