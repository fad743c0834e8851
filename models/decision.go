package models

import (
	"strconv"
	"time"
)

// Outcome is what a rule set makes of a person's facts at one instant.
type Outcome struct {
	Colour  Colour
	Reasons []DecisionReason // every rule that spoke, worst colour first; empty for green
	Until   time.Time        // the first instant at which the answer may differ; zero for never
}

// DecisionReason is one rule that spoke, and the facts that made it speak.
type DecisionReason struct {
	Rule   string    `json:"rule"`
	Colour Colour    `json:"colour"`
	Facts  []string  `json:"facts,omitempty"`
	Until  time.Time `json:"until,omitzero"` // when this rule alone falls silent, if nothing else comes; zero for never
}

// Decision is an outcome on record. It is never edited, only followed by another.
type Decision struct {
	ID         string
	ResidentID string
	Sequence   int // 1 for the first, without gaps
	Outcome
	RuleSet string    // id, version and hash of the published rules: "default@1#9f86d081"
	Facts   []string  // ids of every fact the rules were given
	At      time.Time // when it was taken, UTC
}

// Holds reports whether the decision can still be relied upon at the instant t.
func (d Decision) Holds(t time.Time) bool {
	return d.Until.IsZero() || t.Before(d.Until)
}

// Canonical is the one encoding of the decision, over which its MAC is made.
func (d Decision) Canonical() []byte {
	e := make(encoding, 0, 2*encodingSize).add(d.ID, d.ResidentID, strconv.Itoa(d.Sequence), d.Colour.String()).
		time(d.Until).add(d.RuleSet).words(d.Facts).time(d.At)
	for _, r := range d.Reasons {
		e = e.add(r.Rule, r.Colour.String()).words(r.Facts).time(r.Until)
	}
	return e
}

// Standing is a person's latest decision, as it holds now.
type Standing struct {
	Decision
	Verified bool // whether the document has been checked
}
