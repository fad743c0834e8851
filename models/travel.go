package models

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// CardTerms are the figures of a travel card, which the rules have.
type CardTerms struct {
	Days     int            // how many days before today it goes back: 14, then 7
	Stay     time.Duration  // how long somebody must have been in a city at the least: 4 hours
	Asterisk bool           // whether listed places are marked
	Zone     *time.Location // whose days they are
}

// CardPlace is a city on a travel card.
type CardPlace struct {
	Place string    // code of the city
	Last  time.Time // the last instant of which it is known that they were there
	Level Level     // that it was listed with while they were there, the worst; else empty
}

// Card is where somebody stayed, and what the rules make of it.
type Card struct {
	Terms   CardTerms
	Since   time.Time   // the beginning of the first day that it goes back to
	Places  []CardPlace // the latest first
	Listed  []Fact      // the stays in listed places, as rules see them
	Outcome             // Until is the first instant at which the card differs if nothing more becomes known
	RuleSet string      // that the colour and the terms are of
}

// Starred reports whether the card marks the place as a listed one.
func (c Card) Starred(p CardPlace) bool { return c.Terms.Asterisk && p.Level != "" }

// NewCard is the travel card that the traces come to at that instant, without a
// colour: that is for the rules. The order of the traces does not matter. One more
// never takes a city off the card, but for a visit elsewhere that comes between two
// visits: then they do not show that somebody stayed.
func NewCard(traces []Trace, listings []Listing, terms CardTerms, now time.Time) Card {
	card := cardAt(traces, listings, terms, now)
	for _, t := range turns(traces, listings, terms, now) {
		if !card.Shows(cardAt(traces, listings, terms, t)) {
			card.Until = t
			break
		}
	}
	return card
}

// Shows reports whether the other card says the same: that the clock moves on in a
// place, and which of two was left last, changes nothing.
func (c Card) Shows(other Card) bool {
	shown := func(c Card) (words []string) {
		for _, p := range c.Places {
			words = append(words, p.Place+" "+string(p.Level))
		}
		slices.Sort(words)
		return words
	}
	return slices.Equal(shown(c), shown(other))
}

func cardAt(traces []Trace, listings []Listing, terms CardTerms, now time.Time) Card {
	card := Card{Terms: terms, Since: startOfDay(now, terms.Zone, -terms.Days)}
	for city, known := range cities(traces, now) {
		stays := card.stays(known, now)
		if len(stays) == 0 {
			continue
		}
		place := CardPlace{Place: city, Last: earlier(stays[len(stays)-1].to, now)}
		for _, l := range listings {
			facts := card.listed(city, known, l, now)
			if len(facts) > 0 {
				place.Level = worst(place.Level, l.Level)
				card.Listed = append(card.Listed, facts...)
			}
		}
		card.Places = append(card.Places, place)
	}
	slices.SortFunc(card.Places, func(a, b CardPlace) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Place, b.Place))
	})
	slices.SortFunc(card.Listed, func(a, b Fact) int { return cmp.Compare(a.ID, b.ID) })
	return card
}

// span is an unbroken time.
type span struct{ from, to time.Time }

// stays are the times that the traces cover together, of those that are long enough
// by now and that the card goes back to, in their order.
func (c Card) stays(known []Trace, now time.Time) (stays []span) {
	slices.SortFunc(known, func(a, b Trace) int { return a.From.Compare(b.From) })
	for _, t := range known {
		if n := len(stays); n > 0 && !t.From.After(stays[n-1].to) {
			stays[n-1].to = later(stays[n-1].to, t.To)
		} else {
			stays = append(stays, span{t.From, t.To})
		}
	}
	return slices.DeleteFunc(stays, func(s span) bool {
		return !s.to.After(c.Since) || earlier(s.to, now).Sub(s.from) < c.Terms.Stay
	})
}

// listed are the stays in a listed place that lies in the city or that the city lies
// in, as far as they share time with the listing. As with the code, a stay counts
// from the last day that they share.
func (c Card) listed(city string, known []Trace, l Listing, now time.Time) (facts []Fact) {
	if l.From.After(now) {
		return nil
	}
	inside := slices.DeleteFunc(slices.Clone(known), func(t Trace) bool { return !Within(t.Place, l.Place) })
	for _, s := range c.stays(inside, now) {
		if !(Stay{From: s.from, To: s.to}).Overlaps(l) {
			continue
		}
		last := earlier(s.to, startOfDay(now, c.Terms.Zone, 1))
		if !l.To.IsZero() {
			last = earlier(last, l.To)
		}
		at := later(later(startOfDay(last.Add(-1), c.Terms.Zone, 0), s.from), l.From)
		facts = append(facts, Fact{ID: fmt.Sprintf("card/%s/%s/%d", l.Place, l.ID, s.from.Unix()), Kind: FactStay, Code: city,
			Level: string(l.Level), At: at, Source: "listing:" + l.ID})
	}
	return facts
}

// turns are the instants after now at which a card may differ, in their order.
func turns(traces []Trace, listings []Listing, terms CardTerms, now time.Time) (list []time.Time) {
	add := func(t time.Time) {
		if t.After(now) {
			list = append(list, t)
		}
	}
	for _, t := range traces {
		add(t.From.Add(terms.Stay))
		for _, seen := range []time.Time{t.From, t.To} {
			add(seen)
			add(startOfDay(seen.Add(-1), terms.Zone, terms.Days+1)) // the first day that does not go back to it
		}
	}
	for _, l := range listings {
		add(l.From)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

func startOfDay(t time.Time, zone *time.Location, days int) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, zone).UTC()
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func worst(a, b Level) Level {
	if a == LevelHigh || b == LevelHigh {
		return LevelHigh
	}
	return cmp.Or(a, b)
}
