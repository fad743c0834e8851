package models

// Colour is what a decision comes to. The order is the order of risk: the worst
// of several wins, and grey stands between green and yellow because it says that
// nothing valid is known, not that nothing is wrong.
type Colour uint8

// The colours, from best to worst. The numbers are ours alone and are part of
// the pass's bytes; other systems numbered theirs differently, so they are
// mapped by name at the border, never by number.
const (
	Green Colour = iota + 1
	Grey
	Yellow
	Red
)

var colourNames = [...]string{"", "green", "grey", "yellow", "red"}

// String is the colour's name, as the API and the rule files write it.
func (c Colour) String() string {
	if !c.Valid() {
		return "invalid"
	}
	return colourNames[c]
}

// Valid reports whether c is one of the four colours.
func (c Colour) Valid() bool { return c >= Green && c <= Red }

// ParseColour reads a colour's name.
func ParseColour(s string) (Colour, error) {
	for c := Green; c <= Red; c++ {
		if colourNames[c] == s {
			return c, nil
		}
	}
	return 0, Refuse(ReasonFieldBad).On("colour")
}
