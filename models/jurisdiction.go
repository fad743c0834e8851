package models

import (
	"slices"
	"strings"
)

// Root is the jurisdiction above all others in published files: what is
// published for it holds everywhere.
const Root = "any"

// Jurisdiction is a node of the tree of administrative divisions: a nation,
// province, city or county by its GB/T 2260 code, or something smaller.
type Jurisdiction struct {
	Code     string // six digits
	Parent   string // code of the node above; "" for the root
	Name     Text
	TimeZone string // IANA name; what "a day" means here
	Into     string // what it has become part of; "" while it is a jurisdiction of its own
}

// Community is where a resident lives and whose workers look after them.
type Community struct {
	ID           string
	Jurisdiction string // code of the county it is in
	Name         Text
	Phone        string // whom a guard or a resident calls
}

// PlacePrefix is what the codes of a place and of everything below it begin with.
// GB/T 2260 has two digits for the province, two for the city, two for the
// county, and zeros where there is none.
func PlacePrefix(place string) string {
	for len(place)%2 == 0 && strings.HasSuffix(place, "00") {
		place = strings.TrimSuffix(place, "00")
	}
	return place
}

// Within reports whether one place is another or stands below it.
func Within(place, other string) bool { return strings.HasPrefix(place, PlacePrefix(other)) }

// PathTo is the jurisdictions from [Root] down to that one, given the one above
// each ("" where only Root is). It reports whether there is such a path.
func PathTo(code string, parents map[string]string) (path []string, ok bool) {
	for at := code; at != "" && at != Root; {
		above, known := parents[at]
		if !known || len(path) > len(parents) { // as many steps as that are a circle
			return nil, false
		}
		path = append(path, at)
		at = above
	}
	path = append(path, Root)
	slices.Reverse(path)
	return path, true
}
