package rules

import (
	"time"

	"healthcode/models"
)

// The parameters of the travel card. No condition uses them: they say what stands
// on the card, and the service reads them itself.
const (
	travelDays     = "travel_days"     // how many days back the card goes; of hours, the whole days
	travelStay     = "travel_stay"     // how long a stay is at the least
	travelAsterisk = "travel_asterisk" // 1 if listed places are marked, 0 if not
)

// bespoke are the parameters that the service reads itself, with what a set has that
// no file gives one, and what any file may make of them at the most. Beyond a month
// no visit is kept.
var bespoke = map[string]struct{ value, min, max string }{
	travelDays:     {"14d", "1d", "28d"},
	travelStay:     {"4h", "1h", "24h"},
	travelAsterisk: {"1", "0", "1"},
}

// checkBespoke refuses a value of one of the service's own parameters that it could
// not go by.
func (f *File) checkBespoke(path []any, p Parameter) {
	own, is := bespoke[p.ID]
	if !is {
		return
	}
	within, _ := parseBounds(boundsFile{Min: own.min, Max: own.max})
	for _, value := range []string{p.Value, p.Bounds.Min, p.Bounds.Max} {
		q, err := parseQuantity(value)
		if err != nil {
			continue // which has been told, or there are no bounds
		}
		if !within.holds(q) {
			f.fault(path, "parameter %s: %s is not within %s, which the service can go by", p.ID, value, within.said())
		}
	}
}

// CardTerms are the terms of the travel card, but for whose days they are.
func (s *Set) CardTerms() models.CardTerms {
	return models.CardTerms{Days: int(s.bespoke(travelDays).Duration / (24 * time.Hour)),
		Stay: s.bespoke(travelStay).Duration, Asterisk: s.bespoke(travelAsterisk).Number > 0}
}

// bespoke is the parameter as the set has it, or as it is where no file gives it.
func (s *Set) bespoke(id string) Parameter {
	for _, p := range s.parameters {
		if p.ID == id {
			return p
		}
	}
	p := Parameter{ID: id}
	if err := p.set(bespoke[id].value); err != nil {
		panic("rules: " + err.Error()) // it is declared above
	}
	return p
}

// Card is what those of the rules make of the facts that speak about the travel card
// too, at that instant. The stays among the facts are those of the card.
func (s *Set) Card(facts []models.Fact, now time.Time) models.Outcome {
	return s.ask(s.card, facts, now)
}
