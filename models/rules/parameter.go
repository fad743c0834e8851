package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"healthcode/models"
)

// Parameter is a figure that rules use by its name, so that it can be changed
// without touching a condition. It is a length of time or a number: the other
// of Duration and Number is zero.
type Parameter struct {
	ID       string
	Value    string        // as the file has it: "14d", "48h", "2"
	Duration time.Duration // of whole hours
	Number   int
	Text     models.Text // what it is
}

// The bounds of a parameter's value.
const (
	longest = 366 * 24 * time.Hour
	most    = 100
)

var valuePattern = regexp.MustCompile(`^([1-9][0-9]{0,3})([dh]?)$`)

// parseValue reads a parameter's value: days, hours or a plain number.
func (p *Parameter) parseValue() error {
	m := valuePattern.FindStringSubmatch(p.Value)
	if m == nil {
		return fmt.Errorf("value %q is not like 14d, 48h or 2", p.Value)
	}
	n, _ := strconv.Atoi(m[1])
	switch m[2] {
	case "d":
		p.Duration = time.Duration(n) * 24 * time.Hour
	case "h":
		p.Duration = time.Duration(n) * time.Hour
	default:
		p.Number = n
	}
	if p.Duration > longest || p.Number > most {
		return fmt.Errorf("value %q is beyond 366d or 100", p.Value)
	}
	return nil
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
			err = fmt.Errorf("unknown parameter '%s' in the %s text", name, language)
			return braced
		})
	}
	return filled, named, err
}
