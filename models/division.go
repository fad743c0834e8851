package models

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// Nation is the code of the division above all provinces.
const Nation = "000000"

//go:embed jurisdiction.csv
var divisionFile string

// divisions are the names of all divisions by their codes, read when first asked for.
var divisions = sync.OnceValue(func() map[string]Text {
	r := csv.NewReader(strings.NewReader(divisionFile))
	r.Comment, r.FieldsPerRecord = '#', 3
	rows, err := r.ReadAll()
	if err != nil {
		panic("jurisdiction.csv: " + err.Error())
	}
	all := make(map[string]Text, len(rows))
	for _, row := range rows {
		all[row[0]] = Text{Chinese: row[1], English: row[2]}
	}
	return all
})

// Division is the nation, province, city or county with that code of GB/T 2260. It
// has the parent that the code says, and no time zone of its own.
func Division(code string) (Jurisdiction, bool) {
	name, known := divisions()[code]
	if !known {
		return Jurisdiction{}, false
	}
	return Jurisdiction{Code: code, Parent: divisionAbove(code), Name: name}, true
}

// DivisionPath is the divisions from the nation down to the one with that code; nil
// if there is none.
func DivisionPath(code string) (path []Jurisdiction) {
	for at := code; at != ""; {
		d, known := Division(at)
		if !known {
			return nil
		}
		path = append([]Jurisdiction{d}, path...)
		at = d.Parent
	}
	return path
}

// divisionAbove is the code of the division that one stands in. A county that no city
// governs (省直辖县级行政单位) stands in its province.
func divisionAbove(code string) string {
	if code == Nation {
		return ""
	}
	for _, above := range []string{code[:4] + "00", code[:2] + "0000", Nation} {
		if _, known := divisions()[above]; known && above != code {
			return above
		}
	}
	return Nation
}
