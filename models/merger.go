package models

import (
	"maps"
	"slices"
	"time"
)

// Merger says that one jurisdiction has become part of another: two districts become
// one, or a city's code becomes the province's. Nothing is rewritten because of it.
// From then on whatever says the one means the other.
type Merger struct {
	ID       string
	From     string // which is no jurisdiction of its own from then on
	Into     string
	Staff    bool      // the staff of From go on as staff of Into
	Basis    string    // under which paper
	AgreedBy string    // staff id
	At       time.Time // when it took effect
}

// Mergers are those that there were, by what became part of something else.
type Mergers map[string]Merger

// NewMergers takes them in their order: what has become part of something stays that,
// and whatever names a place that is not in the tree, or leads in a circle, is none.
func NewMergers(list []Merger, parents map[string]string) Mergers {
	ms := Mergers{}
	for _, m := range list {
		if ms.Check(m, parents) == nil {
			ms[m.From] = m
		}
	}
	return ms
}

// Check refuses a merger that the tree has no room for: out of or into what is no
// jurisdiction, or is none any more, and into itself or what stands below.
func (ms Mergers) Check(m Merger, parents map[string]string) error {
	var ps Problems
	stands := func(code string) bool {
		_, known := parents[code]
		return known && ms.Now(code) == code
	}
	if !stands(m.From) || m.From == Nation {
		ps.Add("from", Refuse(ReasonPlaceUnknown))
	}
	if !stands(m.Into) {
		ps.Add("into", Refuse(ReasonPlaceUnknown))
	}
	if len(ps) > 0 {
		return ps
	}
	path, ok := PathTo(m.Into, ms.Tree(parents))
	if !ok || slices.Contains(path, m.From) || ms.Within(m.Into, m.From) {
		return Refuse(ReasonMergerCircle).On("into")
	}
	return nil
}

// With is the same with one more.
func (ms Mergers) With(m Merger) Mergers {
	more := maps.Clone(ms)
	more[m.From] = m
	return more
}

// Now is the jurisdiction that one is today.
func (ms Mergers) Now(code string) string {
	for range ms {
		m, gone := ms[code]
		if !gone {
			break
		}
		code = m.Into
	}
	return code
}

// Office is the jurisdiction whose staff somebody is who was taken on in that one.
// Where nothing was said about the staff they stay what they were: whatever stood in
// their place is theirs still, and nothing else of what it has become part of.
func (ms Mergers) Office(code string) string {
	for range ms {
		m, gone := ms[code]
		if !gone || !m.Staff {
			break
		}
		code = m.Into
	}
	return code
}

// Within is the package's own Within in the tree as it has become. Of two places that
// became one, the former is within the latter, and what was within the former is too;
// what the former stood below before is not above it any more.
func (ms Mergers) Within(place, other string) bool {
	for range len(ms) + 1 {
		gone, is := ms.over(place)
		if !is {
			return Within(place, other)
		}
		if Within(place, other) && Within(other, gone) {
			return true // no higher up than what became part of something else
		}
		place = ms[gone].Into
	}
	return false
}

// Covers is the package's own Covers in the tree as it has become.
func (ms Mergers) Covers(place, jurisdiction string) bool {
	if jurisdiction == Root {
		return Covers(place, Root)
	}
	return ms.Within(jurisdiction, place)
}

// over is the nearest place that stands over that one, or is it, and became part of
// something else.
func (ms Mergers) over(place string) (nearest string, found bool) {
	for code := range ms {
		if Within(place, code) && (!found || len(PlacePrefix(code)) > len(PlacePrefix(nearest))) {
			nearest, found = code, true
		}
	}
	return nearest, found
}

// Tree is the jurisdiction above each, given the one that was above it before: what
// became part of another stands below that, and holds no rules of its own.
func (ms Mergers) Tree(parents map[string]string) map[string]string {
	if len(ms) == 0 {
		return parents
	}
	tree := maps.Clone(parents)
	for code, m := range ms {
		tree[code] = m.Into
	}
	return tree
}

// Lying says that a place lies in another: in what was said about that one after the
// merger Since and before the merger Until, by their ids. "" is always.
type Lying struct{ Place, Since, Until string }

// Lies is everything that a place lies in and has lain in, itself first. What was said
// of a place means what it was when that was said.
func (ms Mergers) Lies(place string) []Lying { return ms.lies(place, "", "") }

func (ms Mergers) lies(place, since, until string) (list []Lying) {
	if until != "" && since >= until {
		return nil
	}
	path := placesAbove(place)
	for i, at := range path {
		list = append(list, Lying{at, since, until})
		m, gone := ms[at]
		if !gone {
			continue
		}
		before := m.ID
		if until != "" {
			before = min(until, m.ID)
		}
		if i+1 < len(path) {
			list = append(list, ms.lies(path[i+1], since, before)...)
		}
		return append(list, ms.lies(m.Into, max(since, m.ID), until)...)
	}
	return list
}

// placesAbove is the place and every place that it lies in, by its code.
func placesAbove(place string) []string {
	if len(place) != 6 {
		return []string{place}
	}
	return slices.Compact([]string{place, place[:4] + "00", place[:2] + "0000"})
}
