package rules

import (
	"slices"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"healthcode/models"
)

// kindSet is a set of kinds of fact, a bit for each of kinds.
type kindSet uint16

// kindBit is the set of that kind alone; empty for a kind that does not exist.
func kindBit(k models.FactKind) kindSet {
	i := slices.Index(kinds, k)
	if i < 0 {
		return 0
	}
	return 1 << i
}

// narrow is the kind of fact without which the condition cannot speak, for the
// form that most have: facts.filter(f, f.kind == 'symptom' && …). It is the
// empty set where the form is another. Most people have no facts of most kinds,
// so this spares most of the work of a decision.
func narrow(tree *cel.Ast) kindSet {
	root := tree.NativeRep().Expr()
	if root.Kind() != celast.ComprehensionKind {
		return 0
	}
	loop := root.AsComprehension()
	if over := loop.IterRange(); over.Kind() != celast.IdentKind || over.AsIdent() != "facts" {
		return 0
	}
	step := loop.LoopStep()
	if !isCall(step, operators.Conditional) || !isAccumulator(step.AsCall().Args()[2], loop) ||
		!isAccumulator(loop.Result(), loop) || loop.AccuInit().Kind() != celast.ListKind || loop.AccuInit().AsList().Size() != 0 {
		return 0
	}
	first := step.AsCall().Args()[0]
	for isCall(first, operators.LogicalAnd) {
		first = first.AsCall().Args()[0]
	}
	if !isCall(first, operators.Equals) {
		return 0
	}
	field, word := first.AsCall().Args()[0], first.AsCall().Args()[1]
	if field.Kind() != celast.SelectKind || field.AsSelect().FieldName() != "kind" || word.Kind() != celast.LiteralKind {
		return 0
	}
	if of := field.AsSelect().Operand(); of.Kind() != celast.IdentKind || of.AsIdent() != loop.IterVar() {
		return 0
	}
	kind, _ := word.AsLiteral().(types.String)
	return kindBit(models.FactKind(kind))
}

func isCall(e celast.Expr, function string) bool {
	return e.Kind() == celast.CallKind && e.AsCall().FunctionName() == function
}

func isAccumulator(e celast.Expr, loop celast.ComprehensionExpr) bool {
	return e.Kind() == celast.IdentKind && e.AsIdent() == loop.AccuVar()
}
