package web

import "strings"

// DiffLine is one line of two files that are compared. A gap stands for lines that
// both have and that are far from any other.
type DiffLine struct {
	Mark byte // '+' new, '-' gone, ' ' in both, 0 for a gap
	Line int  // in the new file, in the old one if it is gone; in a gap how many there are
	Text string
}

// Marked is the mark as the page writes it.
func (l DiffLine) Marked() string { return string(rune(l.Mark)) }

const (
	diffAround = 3         // lines in both that are shown around a change
	diffCells  = 4_000_000 // beyond as many, files are not compared line by line
)

// diff is what must be taken from the old file and put to it to make the new one:
// a longest common subsequence of lines is what stays.
func diff(before, after string) []DiffLine {
	a, b := lines(before), lines(after)
	var list []DiffLine
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		list = append(list, DiffLine{' ', head + 1, b[head]})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	list = append(list, middle(a[head:len(a)-tail], b[head:len(b)-tail], head)...)
	for i := len(b) - tail; i < len(b); i++ {
		list = append(list, DiffLine{' ', i + 1, b[i]})
	}
	return fold(list)
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
}

// middle compares what differs at both ends. Both files have as many lines before it.
func middle(a, b []string, before int) (list []DiffLine) {
	common := commonLines(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case common != nil && i < len(a) && j < len(b) && a[i] == b[j]:
			list = append(list, DiffLine{' ', before + j + 1, b[j]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common == nil || common[i+1][j] >= common[i][j+1]):
			list = append(list, DiffLine{'-', before + i + 1, a[i]})
			i++
		default:
			list = append(list, DiffLine{'+', before + j + 1, b[j]})
			j++
		}
	}
	return list
}

// commonLines is, for each two ends of the files, how many lines both have there in
// the same order; nil if that would take too long to find out.
func commonLines(a, b []string) [][]uint16 {
	if (len(a)+1)*(len(b)+1) > diffCells {
		return nil
	}
	table := make([][]uint16, len(a)+1)
	for i := range table {
		table[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// fold puts gaps in the place of long stretches that both files have.
func fold(list []DiffLine) (folded []DiffLine) {
	for i := 0; i < len(list); {
		end := i
		for end < len(list) && list[end].Mark == ' ' {
			end++
		}
		from, to := i+diffAround, end-diffAround
		if i == 0 {
			from = 0
		}
		if end == len(list) {
			to = end
		}
		if to-from > 1 {
			folded = append(append(folded, list[i:from]...), DiffLine{0, to - from, ""})
			i = to
		}
		folded = append(folded, list[i:end]...)
		for i = end; i < len(list) && list[i].Mark != ' '; i++ {
			folded = append(folded, list[i])
		}
	}
	return folded
}
