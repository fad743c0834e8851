package models

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// PeerMode is how a place goes by the codes of another. They are the three that the
// provinces were offered in March 2020, and one for provinces that share a service.
type PeerMode string

// The modes.
const (
	PeerShare PeerMode = "share" // both keep their own code, and ask each other
	PeerDock  PeerMode = "dock"  // both keep their own code, and ask through a third
	PeerAdopt PeerMode = "adopt" // there is no code of our own: the other's is ours
	PeerLocal PeerMode = "local" // the other place has its code from this very service
	PeerNone  PeerMode = "none"  // no longer
)

// Asks reports whether an installation of that mode is asked directly, and may ask.
func (m PeerMode) Asks() bool { return m == PeerShare || m == PeerAdopt }

// PeerReason is what a place makes of a reason that another gives for a colour.
type PeerReason struct {
	Code   string // the other's word
	Text   Text
	Colour Colour // what it comes to here; 0 for what the colour itself comes to
	Test   string // our word for a test that eases it, "" for none
	Within time.Duration
	Eased  Colour // what it comes to with that test
}

// Peering is a published file: by what another place's colours, reasons and tests are
// recognised in this one, and how its installation is reached. It never changes.
type Peering struct {
	ID      string
	Version int
	Place   string // whose gates go by it
	Peer    string // code of the other installation, or with [PeerLocal] of the other place
	Covers  []string
	Mode    PeerMode
	Name    Text
	Vendor  string
	URL     string   // "" with dock and local
	Through string   // with dock: who is asked instead
	Open    string   // with adopt: where residents find their code
	Pins    []string // fingerprints of the keys that the other signs with
	Relay   bool     // what it says may be passed on to others
	Hash    string   // SHA-256 of the file, hexadecimal
	Source  []byte

	Colours map[string]Colour // by the other's value
	Passes  map[Colour]Colour // by the colour that a pass was granted with
	Reasons map[string]PeerReason
	Tests   map[string]string // our word for a test, by the other's
}

// CoversPlace reports whether people of that place have the peer's code.
func (p *Peering) CoversPlace(place string) bool {
	return slices.ContainsFunc(p.Covers, func(c string) bool { return Within(place, c) })
}

// Recognition is what another's code comes to here.
type Recognition struct {
	Colour  Colour
	Unknown bool              // the table does not know the colour: it is grey
	Reasons []RecognisedCause // in the order in which they were given
}

// RecognisedCause is one of the reasons that were given.
type RecognisedCause struct {
	Code  string // the other's word
	Text  Text   // in our words; nil where the table does not know the reason
	Eased bool   // a test counted
	Test  string // our word for the test that would ease it, "" for none or if it did
}

// Recognise is what a statement comes to. What the table does not know is never
// guessed: an unknown colour is grey, whatever the reasons, and an unknown reason
// leaves the colour as it came. Of several reasons the worst counts. A test eases
// nothing beside a colour that is red here.
func (p *Peering) Recognise(s PeerStatement) Recognition {
	colour, known := p.Colours[s.Colour]
	if !known {
		return Recognition{Colour: Grey, Unknown: true, Reasons: p.causes(s, Grey, nil)}
	}
	out := Recognition{Colour: colour}
	var worst Colour
	out.Reasons = p.causes(s, colour, &worst)
	if worst != 0 {
		out.Colour = worst
	}
	return out
}

func (p *Peering) causes(s PeerStatement, colour Colour, worst *Colour) (list []RecognisedCause) {
	for _, code := range s.Reasons {
		cause, own := RecognisedCause{Code: code}, colour
		if r, known := p.Reasons[code]; known {
			cause.Text = r.Text
			if r.Colour != 0 {
				own = r.Colour
			}
			switch {
			case r.Test == "" || colour == Red:
			case p.tested(s.Tests, r):
				cause.Eased, own = true, r.Eased
			default:
				cause.Test = r.Test
			}
		}
		if worst != nil {
			*worst = max(*worst, own)
		}
		list = append(list, cause)
	}
	return list
}

// tested reports whether one of the tests counts for the reason.
func (p *Peering) tested(tests []PeerTest, r PeerReason) bool {
	return slices.ContainsFunc(tests, func(t PeerTest) bool {
		return p.Tests[t.Test] == r.Test && time.Duration(t.Hours)*time.Hour <= r.Within
	})
}

// RecogniseGranted is what the colour comes to that a pass was granted with, when
// nobody could be asked. No reason is known then.
func (p *Peering) RecogniseGranted(granted Colour) Recognition {
	colour, known := p.Passes[granted]
	if !known {
		return Recognition{Colour: Grey, Unknown: true}
	}
	return Recognition{Colour: colour}
}

// Advise says what a guard does about somebody of elsewhere. Nobody here can declare
// for them: whoever is grey is asked and entered by hand.
func (r Recognition) Advise() Advice {
	switch r.Colour {
	case Green:
		return AdvicePass
	case Yellow, Red:
		return AdviceCall
	}
	return AdvicePaper
}

// Inside reports whether a place is another or stands below it, as the tree is today.
type Inside func(place, other string) bool

// PeeringsOf are the files that a gate in that place goes by, one of each peer: that of
// the smallest place that has one, which may say that it recognises nobody.
func PeeringsOf(all []*Peering, inside Inside, gate string) (list []*Peering) {
	for _, p := range all {
		if !inside(gate, p.Place) {
			continue
		}
		i := slices.IndexFunc(list, func(q *Peering) bool { return q.Peer == p.Peer })
		switch {
		case i < 0:
			list = append(list, p)
		case p.Place != list[i].Place && inside(p.Place, list[i].Place):
			list[i] = p
		}
	}
	return list
}

// PeeringsAt are those of the files of that gate by which people of the other place are
// recognised, those that cover fewer places before those that cover more. A file of a
// place above never stands in for the closer one, whomever that covers.
func PeeringsAt(all []*Peering, inside Inside, gate, home string) []*Peering {
	list := slices.DeleteFunc(PeeringsOf(all, inside, gate), func(p *Peering) bool { return p.Mode == PeerNone || p.cover(inside, home) < 0 })
	slices.SortFunc(list, func(a, b *Peering) int {
		return cmp.Or(b.cover(inside, home)-a.cover(inside, home), strings.Compare(a.Peer, b.Peer))
	})
	return list
}

// PeeringOf is the file by which a gate in that place goes by that peer's codes. Nil if
// there is none.
func PeeringOf(all []*Peering, inside Inside, gate, peer string) *Peering {
	list := PeeringsOf(all, inside, gate)
	if i := slices.IndexFunc(list, func(p *Peering) bool { return p.Peer == peer }); i >= 0 {
		return list[i]
	}
	return nil
}

// cover is how much of the place's code the closest cover shares with it; below 0 if none
// covers it.
func (p *Peering) cover(inside Inside, home string) int {
	n := -1
	for _, c := range p.Covers {
		if inside(home, c) {
			n = max(n, len(PlacePrefix(c)))
		}
	}
	return n
}
