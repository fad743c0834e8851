package models

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// PeerValue is one value of a peering that another file has otherwise; "" where one of
// them has none.
type PeerValue struct{ Is, From, To string }

// PeerColour is what a value of theirs comes to in two files; 0 where one has no line
// for it.
type PeerColour struct {
	Is       string
	From, To Colour
}

// PeerCause is what two files make of a reason of theirs; nil where one has no line for it.
type PeerCause struct {
	Is       string
	From, To *PeerReason
}

// PeeringChange is what differs between two peerings, value by value. Whom one would
// trust stands by itself: whoever holds the key of a pin can say anything of anybody.
type PeeringChange struct {
	Trusted, Dropped []string // pins
	Ways             []PeerValue
	Colours, Passes  []PeerColour
	Reasons          []PeerCause
	Tests            []PeerValue
}

// None reports whether nothing differs that means anything.
func (c PeeringChange) None() bool {
	return len(c.Trusted)+len(c.Dropped)+len(c.Ways)+len(c.Colours)+len(c.Passes)+len(c.Reasons)+len(c.Tests) == 0
}

// ComparePeerings says what is otherwise in the second; the first may be nil.
func ComparePeerings(before, after *Peering) (out PeeringChange) {
	if before == nil {
		before = &Peering{}
	}
	for _, pin := range after.Pins {
		if !slices.Contains(before.Pins, pin) {
			out.Trusted = append(out.Trusted, pin)
		}
	}
	for _, pin := range before.Pins {
		if !slices.Contains(after.Pins, pin) {
			out.Dropped = append(out.Dropped, pin)
		}
	}
	then := after.ways()
	for i, way := range before.ways() {
		if way.From != then[i].From {
			out.Ways = append(out.Ways, PeerValue{way.Is, way.From, then[i].From})
		}
	}
	for _, is := range either(before.Colours, after.Colours) {
		if from, to := before.Colours[is], after.Colours[is]; from != to {
			out.Colours = append(out.Colours, PeerColour{is, from, to})
		}
	}
	for _, is := range either(before.Passes, after.Passes) {
		if from, to := before.Passes[is], after.Passes[is]; from != to {
			out.Passes = append(out.Passes, PeerColour{is.String(), from, to})
		}
	}
	for _, is := range either(before.Tests, after.Tests) {
		if from, to := before.Tests[is], after.Tests[is]; from != to {
			out.Tests = append(out.Tests, PeerValue{is, from, to})
		}
	}
	for _, is := range either(before.Reasons, after.Reasons) {
		if from, to := before.reason(is), after.reason(is); !from.same(to) {
			out.Reasons = append(out.Reasons, PeerCause{is, from, to})
		}
	}
	return out
}

// ways are how the other is reached and whose people it speaks for, by the keys of the
// file. They are as many of every peering.
func (p *Peering) ways() []PeerValue {
	relay := ""
	if p.Relay {
		relay = strconv.FormatBool(p.Relay)
	}
	return []PeerValue{{Is: "mode", From: string(p.Mode)}, {Is: "covers", From: strings.Join(p.Covers, ", ")}, {Is: "through", From: p.Through},
		{Is: "relay", From: relay}, {Is: "url", From: p.URL}, {Is: "open", From: p.Open}, {Is: "vendor", From: p.Vendor},
		{Is: "name.zh", From: p.Name[Chinese]}, {Is: "name.en", From: p.Name[English]}}
}

func (p *Peering) reason(is string) *PeerReason {
	r, known := p.Reasons[is]
	if !known {
		return nil
	}
	return &r
}

func (r *PeerReason) same(o *PeerReason) bool {
	if r == nil || o == nil {
		return r == o
	}
	return maps.Equal(r.Text, o.Text) && r.Colour == o.Colour && r.Test == o.Test && r.Within == o.Within && r.Eased == o.Eased
}

// either is the keys of both, in order.
func either[K cmp.Ordered, V any](a, b map[K]V) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
