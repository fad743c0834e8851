// Package published reads the files that officers publish as data, rule sets
// and forms: strict YAML, so that a slip is refused and never ignored, with the
// line of everything that is wrong.
package published

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Limit is the longest file that is read, in bytes.
const Limit = 256 << 10

// The YAML parser recurses into nested brackets and takes quadratic time for
// dashes that nest on one line. Our files need three of the one and short lines.
const (
	maxDepth = 32
	maxLine  = 4 << 10 // bytes
)

// Fault is one thing wrong with a file.
type Fault struct {
	Where string // the jurisdiction whose file it is, when several are read together; else empty
	Line  int    // 1 for the first; 0 where no line is at fault
	Says  Saying
}

// Error is the file, the line and what is wrong there, in English.
func (f Fault) Error() string {
	where := f.Where
	if f.Line > 0 {
		where = strings.TrimSpace(where + " line " + strconv.Itoa(f.Line))
	}
	if where == "" {
		return f.Says.String()
	}
	return where + ": " + f.Says.String()
}

// Faults are all the things wrong with one file, or with several, by file and line.
type Faults []Fault

// Error is every fault, a line each.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Note notes a fault.
func (fs *Faults) Note(line int, format string, args ...any) {
	*fs = append(*fs, Fault{Line: line, Says: Say(format, args...)})
}

// In says whose file the faults are in, and gives them back.
func (fs Faults) In(where string) Faults {
	for i := range fs {
		fs[i].Where = where
	}
	return fs
}

// Err is nil when nothing is wrong: a nil Faults in an error is not.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.Where, b.Where), a.Line-b.Line)
	})
	return fs
}

// Document is a file that has been read.
type Document struct{ body ast.Node }

// Read decodes the file into a struct whose yaml tags say every key there may
// be. Unknown and repeated keys, anchors, aliases, tags, several documents and
// nulls are refused: none of them has a meaning in a published file.
// The error is [Faults].
func Read(data []byte, into any) (*Document, error) {
	if len(data) > Limit {
		return nil, Faults{{Says: Say("the file is longer than %d bytes", Limit)}}
	}
	if err := shape(data); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, complaint(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, Faults{{Says: Say("the file must hold one YAML document")}}
	}
	d := &Document{body: file.Docs[0].Body}
	if err := plain(d.body); err != nil {
		return nil, err
	}
	if err := yaml.NodeToValue(d.body, into, yaml.Strict()); err != nil {
		return nil, complaint(err)
	}
	return d, nil
}

// shape refuses what would keep the YAML parser busy.
func shape(data []byte) error {
	depth, line := 0, 0
	for text := range bytes.Lines(data) {
		if line++; len(text) > maxLine {
			return Faults{{Line: line, Says: Say("the line is longer than %d bytes", maxLine)}}
		}
		for _, b := range text {
			switch b {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
			if depth > maxDepth {
				return Faults{{Line: line, Says: Say("brackets are nested too deep")}}
			}
		}
	}
	return nil
}

type visitor func(ast.Node) bool

func (v visitor) Visit(n ast.Node) ast.Visitor {
	if v(n) {
		return v
	}
	return nil
}

// plain refuses what YAML has and these files do not.
func plain(body ast.Node) error {
	var faults Faults
	ast.Walk(visitor(func(n ast.Node) bool {
		switch n.Type() {
		case ast.NullType: // mostly a key whose value was forgotten
			faults.Note(lineOf(n), "null has no meaning here")
			return false
		case ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType, ast.DirectiveType:
			faults.Note(lineOf(n), "%s has no meaning here", strings.ToLower(n.Type().String()))
			return false
		}
		return true
	}), body)
	return faults.Err()
}

func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// Line is where the value at the path begins, or the nearest value around it:
// keys are strings and positions in a list ints. It is 0 for an unknown root.
func (d *Document) Line(path ...any) int {
	n := d.body
	line := lineOf(n)
	for _, step := range path {
		if n = child(n, step); n == nil {
			return line
		}
		line = lineOf(n)
	}
	return line
}

// Block reports whether the value at the path is a block scalar (| or >), whose
// text begins on the line after its mark.
func (d *Document) Block(path ...any) bool {
	n := d.body
	for _, step := range path {
		if n = child(n, step); n == nil {
			return false
		}
	}
	return n.Type() == ast.LiteralType
}

func child(n ast.Node, step any) ast.Node {
	switch s := step.(type) {
	case string:
		values, _ := n.(ast.MapNode)
		if values == nil {
			return nil
		}
		for it := values.MapRange(); it.Next(); {
			if it.Key().GetToken().Value == s {
				return it.Value()
			}
		}
	case int:
		if list, ok := n.(*ast.SequenceNode); ok && s >= 0 && s < len(list.Values) {
			return list.Values[s]
		}
	}
	return nil
}
