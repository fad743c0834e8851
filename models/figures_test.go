package models

import (
	"fmt"
	"maps"
	"math"
	"math/rand"
	"slices"
	"testing"
	"time"
)

// counted is a tree with numbers in it, of which many are small.
func counted(r *rand.Rand) (parents map[string]string, own map[string]Counts) {
	parents, own = map[string]string{"N": ""}, map[string]Counts{}
	for i := range 1 + r.Intn(3) {
		city := fmt.Sprint("P", i)
		parents[city] = "N"
		for j := range r.Intn(4) {
			parents[fmt.Sprint(city, "C", j)] = city
		}
	}
	sizes := []int64{1, 3, 12, 25, 400}
	some := func() int64 { return r.Int63n(sizes[r.Intn(len(sizes))]) }
	for _, place := range slices.Sorted(maps.Keys(parents)) { // in their order, so that a seed gives the same again
		if r.Intn(4) == 0 {
			continue
		}
		c := Counts{}
		for _, group := range measures {
			for _, m := range group[min(1, len(group)-1):] {
				c[m] += some()
				if len(group) > 1 {
					c[group[0]] += c[m]
				}
			}
		}
		own[place] = c
	}
	return parents, own
}

// truth is what everything adds up to.
func truth(parents map[string]string, own map[string]Counts, row FigureRow, m Measure) (sum int64) {
	for place, counts := range own {
		for at := place; at != ""; at = parents[at] {
			if at == row.Place && (!row.Own || place == row.Place) {
				sum += counts[m]
			}
		}
	}
	return sum
}

// TestFiguresGiveNothingAway: whatever is told of a tree, in all tables together, no
// number that is too small to be told can be had from it: neither by solving for it nor
// by how large and how small it can be at all. What is told is right.
func TestFiguresGiveNothingAway(t *testing.T) {
	t.Parallel()
	told, small, withheld := 0, 0, 0
	for seed := range int64(150) {
		parents, own := counted(rand.New(rand.NewSource(seed)))
		figures := NewFigures(parents, own)
		for place := range parents {
			if all := (FigureRow{place, false}); figures[all] == nil && truth(parents, own, all, MeasureResidents)+truth(parents, own, all, MeasureVisits) > 0 {
				t.Fatalf("seed %d: there is no row of %s", seed, place)
			}
		}
		for row, counts := range figures {
			for m, value := range counts {
				is := truth(parents, own, row, m)
				switch {
				case value == CountSmall && is < FiguresFrom:
					small++
				case value == CountWithheld:
					withheld++
				case value >= FiguresFrom && value == is:
					told++
				default:
					t.Fatalf("seed %d: %v %s is %d, told as %d", seed, row, m, is, value)
				}
			}
		}
		for _, group := range measures {
			a := newAttack(parents, figures, group)
			for i, c := range a.unknown {
				if c.value != CountSmall {
					continue
				}
				if low, high := a.extent(i); high-low < 0.5 {
					t.Fatalf("seed %d: %v %s must be %.1f", seed, c.row, c.measure, low)
				}
			}
		}
	}
	if told < withheld || small == 0 || withheld == 0 {
		t.Errorf("%d told, %d too small, %d withheld beside them", told, small, withheld)
	}
}

// attack is all that somebody knows who has every table: which numbers they do not
// have, and what these add up to.
type attack struct {
	unknown   []unknown
	equations [][]float64 // coefficients, and what they come to
}

type unknown struct {
	row       FigureRow
	measure   Measure
	value     int64
	low, high float64
}

func newAttack(parents map[string]string, figures Figures, group []Measure) *attack {
	a := &attack{}
	index := map[string]int{}
	key := func(row FigureRow, m Measure) string { return fmt.Sprint(row, m) }
	for row, counts := range figures {
		for _, m := range group {
			if v := counts[m]; v < 0 {
				u := unknown{row, m, v, 0, FiguresFrom - 1}
				if v == CountWithheld {
					u.high = 5000
				}
				index[key(row, m)] = len(a.unknown)
				a.unknown = append(a.unknown, u)
			}
		}
	}
	type term struct {
		row  FigureRow
		m    Measure
		sign float64
	}
	equation := func(terms ...term) {
		line := make([]float64, len(a.unknown)+1)
		for _, x := range terms {
			if i, hidden := index[key(x.row, x.m)]; hidden {
				line[i] += x.sign
			} else {
				line[len(a.unknown)] -= x.sign * float64(figures[x.row][x.m])
			}
		}
		a.equations = append(a.equations, line)
	}
	for row := range figures {
		if len(group) > 1 {
			terms := []term{{row, group[0], -1}}
			for _, m := range group[1:] {
				terms = append(terms, term{row, m, 1})
			}
			equation(terms...)
		}
		if row.Own {
			continue
		}
		for _, m := range group {
			terms := []term{{row, m, -1}, {FigureRow{row.Place, true}, m, 1}}
			for child, above := range parents {
				if above == row.Place && figures[FigureRow{child, false}] != nil {
					terms = append(terms, term{FigureRow{child, false}, m, 1})
				}
			}
			if len(terms) > 2 {
				equation(terms...) // a row that is not there is nothing
			}
		}
	}
	return a
}

// extent is the smallest and the largest that an unknown can be.
func (a *attack) extent(i int) (low, high float64) {
	return a.unknown[i].low + a.extreme(i, -1), a.unknown[i].low + a.extreme(i, 1)
}

// extreme is the unknown above its low bound at its largest, or at its smallest, by the
// simplex method in two phases under Bland's rule. Upper bounds are equations with a
// slack.
func (a *attack) extreme(target int, sign float64) float64 {
	n := len(a.unknown)
	var rows [][]float64
	for _, e := range a.equations {
		line := make([]float64, 2*n+1)
		copy(line, e[:n])
		line[2*n] = e[n]
		for j, u := range a.unknown {
			line[2*n] -= e[j] * u.low
		}
		rows = append(rows, line)
	}
	for j, u := range a.unknown {
		line := make([]float64, 2*n+1)
		line[j], line[n+j], line[2*n] = 1, 1, u.high-u.low
		rows = append(rows, line)
	}
	total := 2*n + len(rows)
	basis, table := make([]int, len(rows)), make([][]float64, len(rows))
	for r, line := range rows {
		table[r] = make([]float64, total+1)
		if line[2*n] < 0 {
			for j := range line {
				line[j] = -line[j]
			}
		}
		copy(table[r], line[:2*n])
		table[r][2*n+r], table[r][total], basis[r] = 1, line[2*n], 2*n+r
	}
	first := make([]float64, total)
	for r := range rows {
		first[2*n+r] = -1
	}
	simplex(table, basis, first, total)
	for r, b := range basis {
		if b >= 2*n && table[r][total] > 1e-6 {
			panic("what is told cannot be")
		}
	}
	second := make([]float64, total)
	second[target] = sign
	for r := range rows { // no artificial variable comes back
		second[2*n+r] = -1e9
	}
	simplex(table, basis, second, total)
	for r, b := range basis {
		if b == target {
			return table[r][total]
		}
	}
	return 0
}

// simplex makes the aim as large as it can be.
func simplex(table [][]float64, basis []int, aim []float64, total int) {
	for {
		enter := -1
		for j := range total {
			gain := aim[j]
			for r, b := range basis {
				gain -= aim[b] * table[r][j]
			}
			if gain > 1e-7 {
				enter = j
				break
			}
		}
		if enter < 0 {
			return
		}
		leave, least := -1, math.Inf(1)
		for r := range table {
			if table[r][enter] > 1e-9 {
				ratio := table[r][total] / table[r][enter]
				if ratio < least-1e-9 || ratio < least+1e-9 && leave >= 0 && basis[r] < basis[leave] {
					leave, least = r, ratio
				}
			}
		}
		if leave < 0 {
			return
		}
		pivot := table[leave][enter]
		for j := range table[leave] {
			table[leave][j] /= pivot
		}
		for r := range table {
			if f := table[r][enter]; r != leave && f != 0 {
				for j := range table[r] {
					table[r][j] -= f * table[leave][j]
				}
			}
		}
		basis[leave] = enter
	}
}

// TestFiguresAlone: a lone small number in a column takes another with it, and nothing
// else; where all are large, everything is told.
func TestFiguresAlone(t *testing.T) {
	t.Parallel()
	parents := map[string]string{"N": "", "A": "N", "B": "N", "C": "N"}
	own := map[string]Counts{"A": {MeasureVisits: 3}, "B": {MeasureVisits: 50}, "C": {MeasureVisits: 5000}, "N": {MeasureVisits: 700}}
	got := NewFigures(parents, own)
	visits := func(place string, own bool) int64 { return got[FigureRow{place, own}][MeasureVisits] }
	if visits("A", false) != CountSmall || visits("B", false) != CountWithheld || visits("C", false) != 5000 || visits("N", false) != 5753 || visits("N", true) != 700 {
		t.Errorf("%v", got)
	}
	own["A"] = Counts{MeasureVisits: 30}
	if got = NewFigures(parents, own); visits("A", false) != 30 || visits("B", false) != 50 || visits("N", false) != 5780 {
		t.Errorf("%v", got)
	}
}

// TestFiguresOfANation: a tree as large as the country is put together in a moment.
func TestFiguresOfANation(t *testing.T) {
	t.Parallel()
	parents, own := map[string]string{}, map[string]Counts{}
	r := rand.New(rand.NewSource(1))
	for code := range divisions() {
		d, _ := Division(code)
		parents[code] = d.Parent
		if PlacePrefix(code) == code { // a county
			reds, grey := r.Int63n(25), r.Int63n(9000)
			own[code] = Counts{MeasureGreen: 300_000, MeasureGrey: grey, MeasureYellow: reds * 3, MeasureRed: reds, MeasureResidents: 300_000 + grey + 4*reds, MeasureVisits: r.Int63n(1_000_000)}
		}
	}
	begin := time.Now()
	figures := NewFigures(parents, own)
	t.Logf("%d rows in %v", len(figures), time.Since(begin))
	for _, place := range []string{Nation, "330000", "330100", "330110"} {
		t.Log(place, figures[FigureRow{place, false}])
	}
	nation := figures[FigureRow{Nation, false}]
	if nation[MeasureResidents] < 0 || nation[MeasureRed] < 0 || nation[MeasureVisits] < 0 {
		t.Errorf("of the nation is told %v", nation)
	}
	told := 0
	for row, counts := range figures {
		if !row.Own && counts[MeasureResidents] > 0 && counts[MeasureRed] > 0 {
			told++
		}
	}
	if told < 1000 {
		t.Errorf("%d rows have their residents and reds", told)
	}
}
