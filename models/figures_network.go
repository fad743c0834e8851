package models

import (
	"container/heap"
	"math/bits"
)

// A number that is not told must be one that could be another: there must be a second
// set of numbers that agrees with everything that is told, and in which it differs.
// One person more in one row and one fewer in another is such a set, wherever that
// leaves all sums as they are: one more goes round the network in a circle. Nothing
// more than such a circle is looked for. Where it passes through numbers that are told
// so far, they are withheld too, and the circle that costs least is taken. There always
// is one: one more in a row, in all above it, and in what they add up to.

// ground is the node outside.
const ground = 0

type network struct {
	edges []edge
	at    [][]int // edges at each node
}

type edge struct {
	from, to int
	counts   Counts
	weight   int // how many places it sums up: those higher up are missed more
}

// withholding is one group of measures on its way.
type withholding struct {
	network
	values   [][]int64 // by edge and member of the group
	withheld [][]bool  // not told, and not said to be small either
	safe     [][]bool  // it could be another number
}

// withhold gives what is told of a group of measures, by edge and member.
func (n network) withhold(group []Measure) [][]int64 {
	w := withholding{network: n}
	for _, e := range n.edges {
		values := make([]int64, len(group))
		for k, m := range group {
			values[k] = e.counts[m]
		}
		w.values = append(w.values, values)
		w.withheld, w.safe = append(w.withheld, make([]bool, len(group))), append(w.safe, make([]bool, len(group)))
	}
	for i := range w.values {
		for k, value := range w.values[i] {
			if value < FiguresFrom && !w.safe[i][k] {
				w.protect(i, k)
			}
		}
	}
	told := make([][]int64, len(w.values))
	for i := range told {
		told[i] = make([]int64, len(group))
		for k, value := range w.values[i] {
			switch {
			case w.withheld[i][k]:
				value = CountWithheld
			case value < FiguresFrom:
				value = CountSmall
			}
			told[i][k] = value
		}
	}
	return told
}

// circle is one more, or one fewer, of a member of the group along some edges, and
// what keeps the sums of those rows: as many fewer of another member, or more of the
// sum.
type circle struct {
	member, partner int // no partner: the same
	sign            int // by how much the partner changes for each of the member
}

// change is by how much member and partner change where the circle goes along an edge.
func (c circle) change(k, along int) int {
	if k == c.member {
		return along
	}
	return along * c.sign
}

func (c circle) members() []int {
	if c.partner == c.member {
		return []int{c.member}
	}
	return []int{c.member, c.partner}
}

// circles are the kinds of circle that a member of the group can be in.
func (w *withholding) circles(k int) (list []circle) {
	size := len(w.values[0])
	if size == 1 {
		return []circle{{k, k, 1}}
	}
	for p := range size {
		switch {
		case p == k:
		case p == 0 || k == 0:
			list = append(list, circle{k, p, 1})
		default:
			list = append(list, circle{k, p, -1})
		}
	}
	return list
}

// protect finds the cheapest circle through a number, and withholds what it takes.
func (w *withholding) protect(i, k int) {
	var best []step
	var taken circle
	least := -1
	for _, c := range w.circles(k) {
		for _, along := range []int{1, -1} {
			first, may := w.cost(c, i, along)
			if !may || least >= 0 && first >= least {
				continue
			}
			rest, cost, found := w.search(c, i, along)
			if found && (least < 0 || first+cost < least) {
				best, least, taken = append(rest, step{edge: i, along: along}), first+cost, c
			}
		}
	}
	for _, s := range best {
		for _, member := range taken.members() {
			w.safe[s.edge][member] = true
			w.withheld[s.edge][member] = w.withheld[s.edge][member] || !w.small(taken, s.edge, member, s.along)
		}
	}
}

// small reports whether a number is known to be small, and would still be.
func (w *withholding) small(c circle, i, k, along int) bool {
	return w.values[i][k] < FiguresFrom && w.values[i][k]+int64(c.change(k, along)) < FiguresFrom
}

// sumsMatter is how much more the sum of a group is missed than its parts.
const sumsMatter = 4

// cost is what is lost if an edge is part of the circle, and whether it can be: there
// are no fewer people than none. Of a number that is known to be small no more than
// that is lost.
func (w *withholding) cost(c circle, i, along int) (cost int, may bool) {
	for _, k := range c.members() {
		value := w.values[i][k]
		switch {
		case value+int64(c.change(k, along)) < 0:
			return 0, false
		case w.withheld[i][k] || w.small(c, i, k, along):
		case value < FiguresFrom:
			cost++
		default:
			lost := w.edges[i].weight * (4 + bits.Len64(uint64(value)))
			if k == 0 {
				lost *= sumsMatter
			}
			cost += lost
		}
	}
	return cost, true
}

// search is the rest of the circle: from where edge i ends, if one more goes along it,
// back to where it begins. It is looked for from the end that is not the ground, which
// the whole tree touches.
func (w *withholding) search(c circle, i, along int) (path []step, cost int, found bool) {
	begin, end := w.edges[i].to, w.edges[i].from
	if along < 0 {
		begin, end = end, begin
	}
	sense := 1
	if begin == ground {
		begin, end, sense = end, begin, -1
	}
	reached := map[int]step{}
	queue := &steps{{node: begin, edge: -1}}
	for queue.Len() > 0 {
		s := heap.Pop(queue).(step)
		if _, before := reached[s.node]; before {
			continue
		}
		reached[s.node] = s
		if s.node == end {
			for at := s; at.edge >= 0; at = reached[at.from] {
				path = append(path, at)
			}
			return path, s.cost, true
		}
		for _, j := range w.at[s.node] {
			e := w.edges[j]
			next, forward := e.to, sense
			if e.to == s.node {
				next, forward = e.from, -sense
			}
			if _, before := reached[next]; before || j == i {
				continue
			}
			if more, may := w.cost(c, j, forward); may {
				heap.Push(queue, step{next, s.node, j, forward, s.cost + more})
			}
		}
	}
	return nil, 0, false
}

// step is the cheapest way to a node so far: from another, by an edge, along which goes
// one more or one fewer.
type step struct{ node, from, edge, along, cost int }

type steps []step

func (s steps) Len() int           { return len(s) }
func (s steps) Less(a, b int) bool { return s[a].cost < s[b].cost }
func (s steps) Swap(a, b int)      { s[a], s[b] = s[b], s[a] }
func (s *steps) Push(x any)        { *s = append(*s, x.(step)) }
func (s *steps) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}
