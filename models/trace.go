package models

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// TraceSource is how it is known that somebody was in a place.
type TraceSource string

// The sources of a trace.
const (
	TraceItinerary TraceSource = "itinerary" // the resident says so: whole days
	TraceVisit     TraceSource = "visit"     // a gate saw them: an instant
	TraceFeed      TraceSource = "feed"      // a telecom operator says so: a day in a city
)

// Trace is somebody in a place from one instant to another.
type Trace struct {
	Place  string // code of a jurisdiction
	From   time.Time
	To     time.Time // the same as From for a visit
	Source TraceSource
}

// cities are the traces that have begun and take time, by the city that they lie in.
func cities(traces []Trace, now time.Time) map[string][]Trace {
	by := map[string][]Trace{}
	for _, t := range slices.Concat(traces, sightings(traces, now)) {
		if t.To.After(t.From) && !t.From.After(now) {
			city := CityOf(t.Place)
			by[city] = append(by[city], t)
		}
	}
	return by
}

// sightingGap is how long after being seen somebody may have been anywhere.
const sightingGap = 24 * time.Hour

// sightings are the times between two visits in one city, with none elsewhere in
// between and not too long apart: whoever is seen at nine and again at five was there.
func sightings(traces []Trace, now time.Time) (between []Trace) {
	seen := slices.DeleteFunc(slices.Clone(traces), func(t Trace) bool { return t.Source != TraceVisit || t.From.After(now) })
	slices.SortFunc(seen, func(a, b Trace) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Place, b.Place)) })
	for i := 1; i < len(seen); i++ {
		a, b := seen[i-1], seen[i]
		if CityOf(a.Place) != CityOf(b.Place) || b.From.Sub(a.From) > sightingGap {
			continue
		}
		place := a.Place
		if b.Place != place {
			place = CityOf(place)
		}
		between = append(between, Trace{Place: place, From: a.From, To: b.From, Source: TraceVisit})
	}
	return between
}

// municipalities are the provinces that are one city: 直辖市, 特别行政区, and 台湾,
// which the card names as one.
var municipalities = []string{"11", "12", "31", "50", "71", "81", "82"}

// CityOf is the city that a place lies in: the prefecture, the municipality, or the
// county itself where no city governs it. What is above cities stays as it is.
func CityOf(place string) string {
	switch {
	case len(place) != 6 || place[2:4] == "90" || strings.HasSuffix(place, "0000"): // 429004: 省直辖县级市
		return place
	case slices.Contains(municipalities, place[:2]):
		return place[:2] + "0000"
	}
	return place[:4] + "00"
}
