package rules

import (
	"slices"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// glance is what can be told of a condition without CEL, which takes most of the
// time of a decision: whether any fact has what facts.filter(f, …) or
// facts.exists(f, …) asks of it first. Most people's facts have not, and then the
// answer is known.
type glance struct {
	marks   []mark // that a fact must have, in the order in which they are asked
	settles bool   // nothing else is asked
	negated bool   // the condition begins with !
}

// mark is one thing that is asked of a fact. Like CEL it notes what it saw of time.
type mark func(*fact) bool

// any is whether a fact in force has the marks. They are asked in CEL's order, up to
// the first that is missing and the first fact that has all: so the same withins are
// asked, and no instant is missed at which the answer may be another.
func (g *glance) any(seen []ref.Val) bool {
	return slices.ContainsFunc(seen, func(v ref.Val) bool {
		f := v.(*fact)
		for _, has := range g.marks {
			if !has(f) {
				return false
			}
		}
		return true
	})
}

// glanceOf finds what can be told without CEL, which may be nothing.
func glanceOf(tree *cel.Ast, parameters []Parameter) (g glance) {
	root := tree.NativeRep().Expr()
	if isCall(root, operators.LogicalNot) {
		g.negated, root = true, root.AsCall().Args()[0]
	}
	if root.Kind() != celast.ComprehensionKind {
		return glance{}
	}
	loop := root.AsComprehension()
	if over := loop.IterRange(); over.Kind() != celast.IdentKind || over.AsIdent() != "facts" || !isAccumulator(loop.Result(), loop) {
		return glance{}
	}
	asked, exists := askedOf(loop)
	if asked == nil || g.negated && !exists {
		return glance{}
	}
	all := conjuncts(asked)
	for _, one := range all {
		m := markOf(one, loop.IterVar(), parameters)
		if m == nil {
			break
		}
		g.marks = append(g.marks, m)
	}
	g.settles = exists && len(g.marks) == len(all)
	return g
}

// askedOf is what filter, or exists, asks of each fact; nil of another loop.
func askedOf(loop celast.ComprehensionExpr) (asked celast.Expr, exists bool) {
	step, begin := loop.LoopStep(), loop.AccuInit()
	switch {
	case isCall(step, operators.Conditional) && isAccumulator(step.AsCall().Args()[2], loop) &&
		begin.Kind() == celast.ListKind && begin.AsList().Size() == 0:
		return step.AsCall().Args()[0], false
	case isCall(step, operators.LogicalOr) && isAccumulator(step.AsCall().Args()[0], loop) &&
		begin.Kind() == celast.LiteralKind && begin.AsLiteral() == types.False:
		return step.AsCall().Args()[1], true
	}
	return nil, false
}

// conjuncts are the parts between &&, in order.
func conjuncts(e celast.Expr) (parts []celast.Expr) {
	if !isCall(e, operators.LogicalAnd) {
		return []celast.Expr{e}
	}
	for _, arg := range e.AsCall().Args() {
		parts = append(parts, conjuncts(arg)...)
	}
	return parts
}

// markOf is f.field == 'word', f.field in ['word', …] or within(f, 'parameter').
func markOf(e celast.Expr, variable string, parameters []Parameter) mark {
	if e.Kind() != celast.CallKind || len(e.AsCall().Args()) != 2 {
		return nil
	}
	left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
	switch e.AsCall().FunctionName() {
	case callWithin:
		if left.Kind() == celast.IdentKind && left.AsIdent() == variable {
			length := parameters[right.AsLiteral().(types.Int)].Duration
			return func(f *fact) bool { return f.within(length) }
		}
	case operators.Equals:
		if read := fieldOf(left, variable); read != nil && right.Kind() == celast.LiteralKind {
			word := right.AsLiteral()
			return func(f *fact) bool { return read(f) == word }
		}
	case operators.In:
		if read := fieldOf(left, variable); read != nil {
			return among(read, right)
		}
	}
	return nil
}

// among is whether the field is one of the words in a list of them.
func among(read func(*fact) ref.Val, list celast.Expr) mark {
	if list.Kind() != celast.ListKind {
		return nil
	}
	var words []ref.Val
	for _, e := range list.AsList().Elements() {
		if e.Kind() != celast.LiteralKind {
			return nil
		}
		words = append(words, e.AsLiteral())
	}
	return func(f *fact) bool { return slices.Contains(words, read(f)) }
}

// fieldOf reads the field of the variable that the expression names.
func fieldOf(e celast.Expr, variable string) func(*fact) ref.Val {
	if e.Kind() != celast.SelectKind {
		return nil
	}
	if of := e.AsSelect().Operand(); of.Kind() != celast.IdentKind || of.AsIdent() != variable {
		return nil
	}
	return fields[e.AsSelect().FieldName()]
}
