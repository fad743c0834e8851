package web

import (
	"fmt"

	"healthcode/models"
)

// FiguresPage is what was counted in a place and in those right below it.
type FiguresPage struct {
	Page
	StaffBar
	Unread int // alarms, of an auditor
	Place  string
	Up     string // code of the place above, "" if it is not the reader's
	UpName string
	At     string // when it was counted, in words; "" if it never was
	Groups []FigureGroup
}

// FigureGroup is a table of measures that belong together, the first of which is the
// sum of the others.
type FigureGroup struct {
	ID, Title string
	Columns   []string
	Rows      []FigureLine
}

// FigureLine is one row of it.
type FigureLine struct {
	Name  string
	Code  string // of a place whose own table can be opened; "" otherwise
	Sum   bool   // it is the place itself
	Cells []FigureCell
	Share int // of the longest bar, in hundredths
}

// FigureCell is one number, or a mark in its place.
type FigureCell struct {
	Label, Text string
	Mark        bool
}

// Figures is what a FiguresPage is made of.
type Figures struct {
	models.Table
	Unread int
	Places Places
	Within func(place, other string) bool // as the tree is today
}

// NewFiguresPage makes the page.
func NewFiguresPage(p Page, by models.Observer, in Figures) FiguresPage {
	out := FiguresPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, Unread: in.Unread, Place: in.Places.Name(p, in.Table.Place)}
	for _, j := range in.Places {
		if j.Code == in.Table.Place && j.Parent != "" && in.Within(j.Parent, by.Jurisdiction) {
			out.Up, out.UpName = j.Parent, in.Places.Name(p, j.Parent)
		}
	}
	if in.At.IsZero() {
		return out
	}
	out.At = p.When(in.At)
	for _, group := range models.Measures() {
		out.Groups = append(out.Groups, in.group(p, group))
	}
	return out
}

func (in Figures) group(p Page, group []models.Measure) FigureGroup {
	out := FigureGroup{ID: string(group[0]), Title: p.T("figures.title." + string(group[0]))}
	for _, m := range group {
		out.Columns = append(out.Columns, p.T("figures."+string(m)))
	}
	longest := int64(1)
	for _, row := range in.Rows {
		if row.Place != in.Table.Place || row.Own {
			longest = max(longest, row.Counts[group[0]])
		}
	}
	for _, row := range in.Rows {
		line := FigureLine{Name: in.Places.Name(p, row.Place), Sum: row.Place == in.Table.Place && !row.Own}
		switch {
		case row.Own:
			line.Name = p.T("figures.own")
		case line.Sum:
			line.Name = p.T("figures.sum", "place", line.Name)
		default:
			line.Code = row.Place
		}
		if people := row.Counts[group[0]]; people > 0 && !line.Sum {
			line.Share = max(1, int(100*people/longest))
		}
		for i, m := range group {
			line.Cells = append(line.Cells, figureCell(p, out.Columns[i], row.Counts[m]))
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// figureCell is a number in words; what is too small to be told stands beside its sign.
func figureCell(p Page, label string, people int64) FigureCell {
	switch people {
	case models.CountSmall:
		return FigureCell{label, fmt.Sprint("<", models.FiguresFrom), true}
	case models.CountWithheld:
		return FigureCell{label, p.T("figures.withheld"), true}
	}
	return FigureCell{label, grouped(people), false}
}

// grouped is a number with a space after every three digits.
func grouped(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s\u202f%03d", grouped(n/1000), n%1000)
}
