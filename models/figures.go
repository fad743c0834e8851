package models

import (
	"maps"
	"slices"
	"time"
)

// Measure is something that is counted of a jurisdiction.
type Measure string

// The measures. Colours are those of the latest decision on record.
const (
	MeasureResidents   Measure = "residents" // who have a code
	MeasureGreen       Measure = "green"
	MeasureGrey        Measure = "grey"
	MeasureYellow      Measure = "yellow"
	MeasureRed         Measure = "red"
	MeasureDecided     Measure = "decided" // decisions within a day
	MeasureReviews     Measure = "reviews" // that wait, appeals aside
	MeasureReviewsNew  Measure = "reviews_new"
	MeasureReviewsOld  Measure = "reviews_old" // for more than a day
	MeasureVisits      Measure = "visits"      // within a day
	MeasureAppeals     Measure = "appeals"     // that wait
	MeasureAppealsDue  Measure = "appeals_due"
	MeasureAppealsLate Measure = "appeals_late" // which should have been answered by now
)

// measures are what is counted: in each group the first is the sum of the others.
var measures = [][]Measure{
	{MeasureResidents, MeasureGreen, MeasureGrey, MeasureYellow, MeasureRed},
	{MeasureDecided},
	{MeasureReviews, MeasureReviewsNew, MeasureReviewsOld},
	{MeasureVisits},
	{MeasureAppeals, MeasureAppealsDue, MeasureAppealsLate},
}

// Measures lists what is counted. In each group the first is the sum of the others.
func Measures() [][]Measure { return slices.Clone(measures) }

// Counts are how many there are, by measure.
type Counts map[Measure]int64

// What stands in the place of a number that is not told.
const (
	CountSmall    int64 = -1 // it is below FiguresFrom
	CountWithheld int64 = -2 // it would give one away that is, or says too much of itself
)

// FiguresFrom is the smallest number that is told.
const FiguresFrom = 10

// FigureRow is what was counted together: a jurisdiction with all that stands below
// it, or what of it stands in none of those below. Where there was nothing there is none.
type FigureRow struct {
	Place string
	Own   bool
}

// Figures are what may be told of a day, by row.
type Figures map[FigureRow]Counts

// Table is one jurisdiction and those right below it, as they were counted.
type Table struct {
	Place string
	At    time.Time // when it was counted; zero if it never was
	Rows  []TableRow
}

// TableRow is one line of a table: the first is the jurisdiction itself.
type TableRow struct {
	FigureRow
	Counts
}

// NewFigures puts together what was counted in every jurisdiction itself, given the
// one above each ("" where there is none), and withholds what is too small to be told
// and whatever would give it away: by subtraction in a row, in a column, or between
// the tables of different jurisdictions.
func NewFigures(parents map[string]string, own map[string]Counts) Figures {
	n, rows := newNetwork(parents, own)
	out := Figures{}
	for _, row := range rows {
		out[row] = Counts{}
	}
	for _, group := range measures {
		told := n.withhold(group)
		for i, row := range rows {
			for k, m := range group {
				out[row][m] = told[i][k]
			}
		}
	}
	return out
}

// newNetwork has an edge for every row. What stands below a jurisdiction adds up to
// it: each jurisdiction that has others below it is a node, at which as much comes in
// as goes out. All that adds up to nothing further goes to the ground. Where nothing at
// all was counted there is no row: it is about nobody, and no secret.
func newNetwork(parents map[string]string, own map[string]Counts) (n network, rows []FigureRow) {
	whole, below := map[string]Counts{}, map[string]int{}
	for _, place := range slices.Sorted(maps.Keys(own)) {
		for at, steps := place, 0; at != "" && !own[place].empty() && steps <= len(parents); at, steps = parents[at], steps+1 {
			if whole[at] == nil {
				whole[at] = Counts{}
			}
			below[at]++
			for m, people := range own[place] {
				whole[at][m] += people
			}
		}
	}
	places := slices.DeleteFunc(slices.Sorted(maps.Keys(parents)), func(place string) bool { return whole[place] == nil })
	node := map[string]int{}
	for _, place := range places {
		if above := parents[place]; above != "" && node[above] == ground {
			node[above] = len(node) + 1
		}
	}
	for _, place := range places {
		rows = append(rows, FigureRow{place, false})
		n.edges = append(n.edges, edge{node[parents[place]], node[place], whole[place], below[place]})
		if node[place] != ground && !own[place].empty() {
			rows = append(rows, FigureRow{place, true})
			n.edges = append(n.edges, edge{node[place], ground, own[place], 1})
		}
	}
	n.at = make([][]int, len(node)+1)
	for i, e := range n.edges {
		n.at[e.from] = append(n.at[e.from], i)
		if e.to != e.from {
			n.at[e.to] = append(n.at[e.to], i)
		}
	}
	return n, rows
}

// empty reports whether nothing at all was counted.
func (c Counts) empty() bool {
	for _, people := range c {
		if people != 0 {
			return false
		}
	}
	return true
}
