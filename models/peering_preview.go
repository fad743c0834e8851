package models

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// PeerShift is codes of theirs that would come to another colour here than now, or that
// stay while those shift that say less.
type PeerShift struct {
	Colours     []string // theirs
	Granted     Colour   // of a pass that nobody could be asked about; 0 where they are asked
	Reason      string   // that they give; "" for the colour alone
	Tests       []string // their words: with one of them; nil without
	Above, Upto int      // and it is so many hours old
	From, To    Colour   // 0 where they are not recognised at all
}

// Stays reports whether they come to the same as now.
func (s PeerShift) Stays() bool { return s.From == s.To }

// Worse reports whether somebody with such a code is worse off at a gate here.
func (s PeerShift) Worse() bool { return !s.Stays() && (s.To == 0 || s.From != 0 && s.To > s.From) }

// PreviewPeering says which of their codes would come to something else under the second
// file than under the first, which is nil where there is none. What they say beside a
// colour is told of where it makes another difference than the colour alone.
func PreviewPeering(before, after *Peering) []PeerShift {
	v := peerPreview{before: before.recognising(), after: after.recognising()}
	alike := v.alike()
	for _, colours := range alike {
		v.note(PeerShift{Colours: colours}, v.pair(PeerStatement{Colour: colours[0]}), nil)
	}
	for _, granted := range either(v.before.Passes, v.after.Passes) {
		from, to := v.before.RecogniseGranted(granted).Colour, v.after.RecogniseGranted(granted).Colour
		v.note(PeerShift{Granted: granted}, v.known(from, to), nil)
	}
	for _, reason := range either(v.before.Reasons, v.after.Reasons) {
		for _, colours := range alike {
			v.reason(reason, colours)
		}
	}
	slices.SortStableFunc(v.list, func(a, b PeerShift) int { return cmp.Or(strings.Compare(a.Reason, b.Reason), a.Upto-b.Upto) })
	return joined(v.list)
}

// joined puts together what is told of a test of some age and just so of an older one.
func joined(list []PeerShift) (out []PeerShift) {
	for _, s := range list {
		i := slices.IndexFunc(out, func(o PeerShift) bool {
			return s.Above > 0 && o.Upto == s.Above && o.Reason == s.Reason && o.From == s.From && o.To == s.To && slices.Equal(o.Tests, s.Tests) && slices.Equal(o.Colours, s.Colours)
		})
		if i >= 0 {
			out[i].Upto = s.Upto
			continue
		}
		out = append(out, s)
	}
	return out
}

// recognising is the file where it recognises anybody, and else an empty one.
func (p *Peering) recognising() *Peering {
	if p == nil || p.Mode == PeerNone {
		return &Peering{}
	}
	return p
}

type peerPreview struct {
	before, after *Peering
	list          []PeerShift
}

// peerPair is what one code comes to now and then.
type peerPair struct{ from, to Colour }

func (v *peerPreview) pair(s PeerStatement) peerPair {
	return v.known(v.before.Recognise(s).Colour, v.after.Recognise(s).Colour)
}

// known is the pair without what a file that recognises nobody would say.
func (v *peerPreview) known(from, to Colour) peerPair {
	if v.before.Mode == "" {
		from = 0
	}
	if v.after.Mode == "" {
		to = 0
	}
	return peerPair{from, to}
}

// alike are their colours, those together that both files take for the same: whatever is
// said beside them, they come to the same.
func (v *peerPreview) alike() (list [][]string) {
	at := map[peerPair]int{}
	for _, is := range either(v.before.Colours, v.after.Colours) {
		pair := peerPair{v.before.Colours[is], v.after.Colours[is]}
		i, there := at[pair]
		if !there {
			i, at[pair] = len(list), len(list)
			list = append(list, nil)
		}
		list[i] = append(list[i], is)
	}
	return list
}

// reason is what a reason beside those colours would come to, by itself and with each
// sort of test that one of the files has it eased by.
func (v *peerPreview) reason(code string, colours []string) {
	said := PeerStatement{Colour: colours[0], Reasons: []string{code}}
	alone, told := v.pair(PeerStatement{Colour: colours[0]}), v.pair(said)
	v.note(PeerShift{Colours: colours, Reason: code}, told, &alone)
	now, then := v.before.Reasons[code], v.after.Reasons[code]
	above := 0
	for _, upto := range hours(now, then) {
		for _, tests := range v.counting(now.Test, then.Test) {
			said.Tests = []PeerTest{{Test: tests[0], Hours: upto}}
			v.note(PeerShift{Colours: colours, Reason: code, Tests: tests, Above: above, Upto: upto}, v.pair(said), &told)
		}
		above = upto
	}
}

// hours are up to which age a test counts for the reason, in one file or the other.
func hours(reasons ...PeerReason) (list []int) {
	for _, r := range reasons {
		if r.Test != "" {
			list = append(list, int(r.Within/time.Hour))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// counting are their tests that count for one of ours, those together that count in
// the same of both files.
func (v *peerPreview) counting(now, then string) (list [][]string) {
	var sorts [4][]string
	for _, is := range either(v.before.Tests, v.after.Tests) {
		i := 0
		if now != "" && v.before.Tests[is] == now {
			i |= 1
		}
		if then != "" && v.after.Tests[is] == then {
			i |= 2
		}
		sorts[i] = append(sorts[i], is)
	}
	return slices.DeleteFunc(sorts[1:], func(tests []string) bool { return tests == nil })
}

// note adds a shift, unless it is what happens without what it adds, or nothing does
// either way. What other colours do just the same stands in one line.
func (v *peerPreview) note(s PeerShift, p peerPair, without *peerPair) {
	stays := p.from == p.to
	if without == nil && stays || without != nil && (p == *without || stays && without.from == without.to) {
		return
	}
	s.From, s.To = p.from, p.to
	for i, o := range v.list {
		if o.Granted == s.Granted && o.Reason == s.Reason && slices.Equal(o.Tests, s.Tests) && o.Upto == s.Upto && o.From == s.From && o.To == s.To && s.Granted == 0 {
			v.list[i].Colours = slices.Sorted(slices.Values(append(slices.Clone(o.Colours), s.Colours...)))
			return
		}
	}
	v.list = append(v.list, s)
}
