package rules

import (
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"healthcode/models"
)

// levels are the levels that a fact of each kind may have, and results those of
// a test. Facts of other kinds have none.
var (
	levels = map[models.FactKind][]string{
		models.FactStay:     {string(models.LevelMedium), string(models.LevelHigh)},
		models.FactExposure: {string(models.GradeScanned), string(models.GradeHand), "rotating", string(models.GradeSelf)},
		models.FactOrder:    {models.Yellow.String(), models.Red.String()},
	}
	results = []string{"negative", "positive"}
)

// known are the words that each field of a fact may be compared with. A code may
// be any word, since forms and registries bring their own.
var known = map[string][]string{
	"kind": func() (words []string) {
		for _, k := range kinds {
			words = append(words, string(k))
		}
		return words
	}(),
	"level":  slices.Concat(slices.Collect(maps.Values(levels))...),
	"result": results,
}

// mention is a word that a condition compares a field with.
type mention struct{ field, word string }

// checkWords refuses what compiles and cannot be meant: words that no fact has,
// facts and maps made up on the spot, and values whose type is found out only
// while running.
func (c *compiler) checkWords(tree *cel.Ast) {
	for _, t := range tree.NativeRep().TypeMap() {
		if t.Kind() == types.DynKind {
			c.refuse("when", "part of the condition has no type")
			break
		}
	}
	celast.PostOrderVisit(tree.NativeRep().Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		line := c.lineOf(tree.NativeRep().SourceInfo().GetStartLocation(e.ID()).Line())
		if k := e.Kind(); k == celast.MapKind || k == celast.StructKind {
			c.refuseAt(line, "when: a condition makes neither facts nor maps")
		}
		for _, m := range mentions(e) {
			if words, closed := known[m.field]; closed && !slices.Contains(words, m.word) {
				c.refuseAt(line, "when: no fact has %s '%s'; there are %s", m.field, m.word, list(words))
			}
		}
	}))
}

func list(words []string) string {
	words = slices.Sorted(slices.Values(words))
	return strings.Join(slices.Compact(words), ", ")
}

// mentions are the words that this very comparison compares fields with.
func mentions(e celast.Expr) []mention {
	if e.Kind() != celast.CallKind {
		return nil
	}
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals, operators.In:
	default:
		return nil
	}
	args := call.Args()
	var found []mention
	for i, arg := range args {
		if arg.Kind() != celast.SelectKind {
			continue
		}
		for _, word := range wordsOf(args[1-i]) {
			found = append(found, mention{arg.AsSelect().FieldName(), word})
		}
	}
	return found
}

// wordsOf are the strings that an expression spells out.
func wordsOf(e celast.Expr) (words []string) {
	switch e.Kind() {
	case celast.LiteralKind:
		if s, ok := e.AsLiteral().(types.String); ok {
			words = append(words, string(s))
		}
	case celast.ListKind:
		for _, element := range e.AsList().Elements() {
			words = append(words, wordsOf(element)...)
		}
	}
	return words
}

// vocabularyOf are the words that a condition compares each field with.
func vocabularyOf(tree *cel.Ast) map[string][]string {
	found := map[string][]string{}
	celast.PostOrderVisit(tree.NativeRep().Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		for _, m := range mentions(e) {
			if !slices.Contains(found[m.field], m.word) {
				found[m.field] = append(found[m.field], m.word)
			}
		}
	}))
	return found
}
