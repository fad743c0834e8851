package forms

import (
	"errors"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

// today is late in the evening in Hangzhou, when it is still the day before in
// no zone that matters and the day itself in UTC.
var today = time.Date(2021, 3, 1, 23, 30, 0, 0, time.FixedZone("", 8*3600))

var defaults = func() (list []*Form) {
	for _, f := range Default() {
		list = append(list, f.Form())
	}
	return list
}()

func places(code string) bool { return code == "330106" || code == "110105" }

// with is the default form of that id.
func form(id string) *Form {
	for _, f := range defaults {
		if f.ID == id {
			return f
		}
	}
	panic("no form " + id)
}

// well is a health declaration of somebody who is well, with some members
// replaced: "temperature": "37.3" replaces it, "" leaves it out.
func well(replace ...string) string {
	members := []string{"temperature", "36.5", "symptoms", `["none"]`, "contact", `"no"`, "residence", `"settled"`}
	for i := 0; i < len(replace); i += 2 {
		found := false
		for j := 0; j < len(members); j += 2 {
			if members[j] == replace[i] {
				members[j+1], found = replace[i+1], true
			}
		}
		if !found {
			members = append(members, replace[i:i+2]...)
		}
	}
	var parts []string
	for i := 0; i < len(members); i += 2 {
		if members[i+1] != "" {
			parts = append(parts, `"`+members[i]+`": `+members[i+1])
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func stays(list ...string) string {
	return `{"travelled": "yes", "stays": [` + strings.Join(list, ", ") + `]}`
}

func stay(place, from, to string) string {
	return `{"place": "` + place + `", "from": "` + from + `", "to": "` + to + `"}`
}

// problems are a refusal's problems as "field reason", sorted as they came.
func problems(t *testing.T, err error) string {
	t.Helper()
	var ps models.Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("not problems: %T %v", err, err)
	}
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = strings.TrimSpace(p.Field + " " + string(p.Reason))
	}
	return strings.Join(words, "; ")
}
