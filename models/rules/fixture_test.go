package rules

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

var (
	now     = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)
	standby = Default()
)

const day = 24 * time.Hour

// parse reads facts in the notation of the golden table: kind, code, level or
// result, and when they happened, "symptom/fever@-1d", "order/red@-1d+3d" with
// an end. Their ids are their own notation.
func parse(t testing.TB, words string) (facts []models.Fact) {
	t.Helper()
	for word := range strings.FieldsSeq(words) {
		m := regexp.MustCompile(`^([a-z]+)((?:/[a-z]+)*)@([-+][0-9dhms]+)([-+][0-9dhms]+)?$`).FindStringSubmatch(word)
		if m == nil {
			t.Fatalf("not a fact: %q", word)
		}
		f := models.Fact{ID: word, Kind: models.FactKind(m[1]), At: now.Add(length(t, m[3]))}
		if m[4] != "" {
			f.Until = now.Add(length(t, m[4]))
		}
		switch parts := strings.Split(strings.TrimPrefix(m[2], "/"), "/"); f.Kind {
		case models.FactTest:
			f.Code, f.Result = parts[0], parts[1]
		case models.FactStay, models.FactExposure, models.FactOrder:
			f.Level = parts[0]
		default:
			f.Code = parts[0]
		}
		facts = append(facts, f)
	}
	return facts
}

// length reads a signed length of time with days in it: "-6d23h59m".
func length(t testing.TB, s string) time.Duration {
	t.Helper()
	sign, rest := time.Duration(1), s[1:]
	if s[0] == '-' {
		sign = -1
	}
	var days int
	if before, after, ok := strings.Cut(rest, "d"); ok {
		if _, err := fmt.Sscan(before, &days); err != nil {
			t.Fatalf("not a length: %q", s)
		}
		rest = after
	}
	var d time.Duration
	if rest != "" {
		var err error
		if d, err = time.ParseDuration(rest); err != nil {
			t.Fatal(err)
		}
	}
	return sign * (time.Duration(days)*day + d)
}

// show writes an outcome in the notation of the golden table.
func show(o models.Outcome) string {
	s := fmt.Sprintf("%-6s until %s", o.Colour, ahead(o.Until))
	for _, r := range o.Reasons {
		s += fmt.Sprintf("; %s %s", r.Rule, r.Colour)
		if len(r.Facts) > 0 {
			s += fmt.Sprintf(" by %s", strings.Join(r.Facts, " "))
		}
		s += " until " + ahead(r.Until)
	}
	return s
}

func ahead(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := t.Sub(now)
	s := fmt.Sprintf("+%dd", d/day)
	if rest := d % day; rest != 0 {
		s += strings.TrimSuffix(strings.TrimSuffix(rest.String(), "0s"), "0m")
	}
	return s
}
