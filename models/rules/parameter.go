package rules

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/models/published"
)

// Parameter is a figure that rules use by its name, so that it can be changed
// without touching a condition. It is a length of time or a number: the other
// of Duration and Number is zero.
type Parameter struct {
	ID           string
	Value        string        // as the file has it: "14d", "48h", "2"
	Duration     time.Duration // of whole hours
	Number       int
	Text         models.Text // what it is
	Bounds       Bounds      // within which files below may set it
	Jurisdiction string      // whose file gave the value
}

func (p *Parameter) quantity() quantity { return quantity{p.Duration, p.Number} }

// set gives the parameter that value.
func (p *Parameter) set(value string) error {
	q, err := parseQuantity(value)
	p.Value, p.Duration, p.Number = value, q.length, q.number
	return err
}

// In is the value in words of that language: "14 days", "14天".
func (p Parameter) In(language string) string {
	n := strings.TrimRight(p.Value, "dh")
	unit := p.Value[len(n):]
	if language == models.Chinese {
		return n + map[string]string{"d": "天", "h": "小时", "": ""}[unit]
	}
	words := map[string]string{"d": " day", "h": " hour", "": ""}[unit]
	if n != "1" && unit != "" {
		words += "s"
	}
	return n + words
}

// quantity is a length of time, which is never zero, or a number.
type quantity struct {
	length time.Duration
	number int
}

// The bounds of a parameter's value.
const (
	longest = 366 * 24 * time.Hour
	most    = 100
)

var valuePattern = regexp.MustCompile(`^(?:(0)|([1-9][0-9]{0,3})([dh]?))$`)

// parseQuantity reads days, hours or a plain number.
func parseQuantity(s string) (q quantity, err error) {
	m := valuePattern.FindStringSubmatch(s)
	if m == nil {
		return q, published.Say("value %q is not like 14d, 48h or 2", s)
	}
	n, _ := strconv.Atoi(m[1] + m[2])
	switch m[3] {
	case "d":
		q.length = time.Duration(n) * 24 * time.Hour
	case "h":
		q.length = time.Duration(n) * time.Hour
	default:
		q.number = n
	}
	if q.length > longest || q.number > most {
		return q, published.Say("value %q is beyond 366d or 100", s)
	}
	return q, nil
}

// alike reports whether both are lengths of time, or both numbers, of which one may be 0.
func (q quantity) alike(r quantity) bool { return (q.length == 0) == (r.length == 0) }

// above reports whether q is more than r, which is alike.
func (q quantity) above(r quantity) bool { return q.length > r.length || q.number > r.number }

// Bounds say between which values files below may set a parameter, both
// included. Which end is the stricter is nobody's judgement but theirs who
// wrote the bounds. The zero value leaves it as it is.
type Bounds struct {
	Min, Max     string // as the file has them: "24h", "7d"
	Jurisdiction string // whose file says so
	min, max     quantity
}

func parseBounds(given boundsFile) (b Bounds, err error) {
	b.Min, b.Max = given.Min, given.Max
	if given.Min == "" || given.Max == "" {
		return b, published.Say("both min and max are needed")
	}
	if b.min, err = parseQuantity(given.Min); err != nil {
		return b, err
	}
	if b.max, err = parseQuantity(given.Max); err != nil {
		return b, err
	}
	if !b.min.alike(b.max) {
		return b, published.Say("one of %s and %s is a length of time and the other a number", b.Min, b.Max)
	}
	if b.min.above(b.max) {
		return b, published.Say("min %s is above max %s", b.Min, b.Max)
	}
	return b, nil
}

// Given reports whether there are any bounds.
func (b Bounds) Given() bool { return b.Min != "" }

// String is the bounds in English: "24h to 7d".
func (b Bounds) String() string { return b.said().String() }

// said is the bounds as a fault tells them.
func (b Bounds) said() published.Saying { return published.Say("%s to %s", b.Min, b.Max) }

// holds reports whether the quantity is within the bounds; no bounds hold all.
func (b Bounds) holds(q quantity) bool {
	return !b.Given() || q.alike(b.min) && !b.min.above(q) && !q.above(b.max)
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// fill puts the parameters' values in the place of their names in braces, and
// gives the names that it met.
func fill(text models.Text, parameters []Parameter) (filled models.Text, named map[string]map[string]bool, err error) {
	filled, named = models.Text{}, map[string]map[string]bool{}
	for language, s := range text {
		named[language] = map[string]bool{}
		filled[language] = placeholder.ReplaceAllStringFunc(s, func(braced string) string {
			name := braced[1 : len(braced)-1]
			for _, p := range parameters {
				if p.ID == name {
					named[language][name] = true
					return p.In(language)
				}
			}
			err = published.Say("unknown parameter '%s' in the %s text", name, language)
			return braced
		})
	}
	return filled, named, err
}
