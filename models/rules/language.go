package rules

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"healthcode/models"
	"healthcode/models/published"
)

// kinds are the kinds of fact, which conditions may name.
var kinds = []models.FactKind{models.FactVerified, models.FactDeclaration, models.FactSymptom, models.FactContact,
	models.FactStay, models.FactTest, models.FactVaccination, models.FactFinding, models.FactExposure, models.FactOrder}

// functions of CEL's standard library that conditions may use. There is no
// indexing, so that the order of facts cannot matter; no arithmetic, no maps and
// no conversions, so that evaluation cannot fail; and nothing that knows time.
func functions() *env.LibrarySubset {
	return env.NewLibrarySubset().
		AddIncludedMacros("all", "exists", "filter").
		AddIncludedFunctions(
			env.NewFunction(operators.LogicalAnd), env.NewFunction(operators.LogicalOr),
			env.NewFunction(operators.LogicalNot), env.NewFunction(operators.Conditional),
			env.NewFunction(operators.Equals), env.NewFunction(operators.NotEquals),
			env.NewFunction(operators.NotStrictlyFalse),
			env.NewFunction(operators.In, env.NewOverload(overloads.InList, nil, nil)),
			env.NewFunction(operators.Less, env.NewOverload(overloads.LessInt64, nil, nil)),
			env.NewFunction(operators.LessEquals, env.NewOverload(overloads.LessEqualsInt64, nil, nil)),
			env.NewFunction(operators.Greater, env.NewOverload(overloads.GreaterInt64, nil, nil)),
			env.NewFunction(operators.GreaterEquals, env.NewOverload(overloads.GreaterEqualsInt64, nil, nil)),
			env.NewFunction(operators.Add, env.NewOverload(overloads.AddList, nil, nil)),
			env.NewFunction("size", env.NewOverload(overloads.SizeList, nil, nil), env.NewOverload(overloads.SizeListInst, nil, nil)),
		)
}

// The functions behind the macros. Their names cannot be written in a condition.
const (
	callWithin = "@within"
	callApart  = "@apart"
	callSpaced = "@spaced"
)

// language is the environment in which the conditions of one set are compiled.
type language struct {
	parameters []Parameter
	used       map[string]bool    // by the condition that is being compiled
	said       []published.Saying // what was wrong with it, of ours
}

func (l *language) environment() (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	options := append(l.vocabulary(),
		cel.CustomTypeProvider(provider{registry}),
		cel.StdLib(cel.StdLibSubset(functions())),
		cel.Variable("facts", cel.ListType(factType)),
		cel.Macros(
			cel.GlobalMacro("within", 2, l.within),
			cel.GlobalMacro("after", 3, l.apart),
			cel.GlobalMacro("spaced", 2, l.spaced),
			cel.GlobalMacro("number", 1, l.number),
		),
		cel.HomogeneousAggregateLiterals(),
		cel.ParserExpressionSizeLimit(4000),
		cel.ParserRecursionLimit(40),
	)
	return cel.NewCustomEnv(options...)
}

// vocabulary declares what conditions may ask about facts.
func (l *language) vocabulary() []cel.EnvOption {
	durations := make([]time.Duration, len(l.parameters))
	for i, p := range l.parameters {
		durations[i] = p.Duration
	}
	within := func(f, p ref.Val) ref.Val { return types.Bool(f.(*fact).within(durations[p.(types.Int)])) }
	after := func(f, g ref.Val) ref.Val { return types.Bool(f.(*fact).At.After(g.(*fact).At)) }
	apart := func(args ...ref.Val) ref.Val {
		f, g := args[0].(*fact), args[1].(*fact)
		return types.Bool(!f.At.Before(g.At.Add(durations[args[2].(types.Int)])))
	}
	apartly := func(list, p ref.Val) ref.Val {
		return spaced(list.(traits.Lister), durations[p.(types.Int)])
	}
	facts := cel.ListType(factType)
	return []cel.EnvOption{
		cel.Function(callWithin, cel.Overload("fact_within", []*cel.Type{factType, cel.IntType}, cel.BoolType,
			cel.BinaryBinding(within))),
		cel.Function("after", cel.Overload("fact_after", []*cel.Type{factType, factType}, cel.BoolType,
			cel.BinaryBinding(after))),
		cel.Function(callApart, cel.Overload("fact_apart", []*cel.Type{factType, factType, cel.IntType}, cel.BoolType,
			cel.FunctionBinding(apart))),
		cel.Function(callSpaced, cel.Overload("facts_spaced", []*cel.Type{facts, cel.IntType}, cel.IntType,
			cel.BinaryBinding(apartly))),
	}
}

// spaced is how many of the facts can be picked so that each is at least that
// long after the one before.
func spaced(list traits.Lister, gap time.Duration) ref.Val {
	var times []time.Time
	for it := list.Iterator(); it.HasNext() == types.True; {
		times = append(times, it.Next().(*fact).At)
	}
	slices.SortFunc(times, time.Time.Compare)
	var n types.Int
	var last time.Time
	for _, t := range times {
		if n == 0 || !t.Before(last.Add(gap)) {
			n, last = n+1, t
		}
	}
	return n
}

func (l *language) within(h cel.MacroExprFactory, _ celast.Expr, args []celast.Expr) (celast.Expr, *cel.Error) {
	return l.expand(h, callWithin, args)
}

func (l *language) apart(h cel.MacroExprFactory, _ celast.Expr, args []celast.Expr) (celast.Expr, *cel.Error) {
	return l.expand(h, callApart, args)
}

func (l *language) spaced(h cel.MacroExprFactory, _ celast.Expr, args []celast.Expr) (celast.Expr, *cel.Error) {
	return l.expand(h, callSpaced, args)
}

// expand puts the parameter's position in the place of its name, which is the
// last argument, so that nothing is looked up while deciding.
func (l *language) expand(h cel.MacroExprFactory, call string, args []celast.Expr) (celast.Expr, *cel.Error) {
	last := args[len(args)-1]
	i, problem := l.parameter(h, last)
	if problem == nil && l.parameters[i].Duration == 0 {
		problem = l.complain(h, last, "parameter '%s' is a number, not a length of time", l.parameters[i].ID)
	}
	if problem != nil {
		return nil, problem
	}
	return h.NewCall(call, append(slices.Clone(args[:len(args)-1]), h.NewLiteral(types.Int(i)))...), nil
}

func (l *language) number(h cel.MacroExprFactory, _ celast.Expr, args []celast.Expr) (celast.Expr, *cel.Error) {
	i, problem := l.parameter(h, args[0])
	if problem == nil && l.parameters[i].Duration != 0 {
		problem = l.complain(h, args[0], "parameter '%s' is a length of time, not a number", l.parameters[i].ID)
	}
	if problem != nil {
		return nil, problem
	}
	return h.NewLiteral(types.Int(l.parameters[i].Number)), nil
}

// parameter finds the parameter that the argument names.
func (l *language) parameter(h cel.MacroExprFactory, arg celast.Expr) (int, *cel.Error) {
	if arg.Kind() != celast.LiteralKind {
		return 0, l.complain(h, arg, "a parameter is named by a word in quotes")
	}
	name, _ := arg.AsLiteral().Value().(string)
	i := slices.IndexFunc(l.parameters, func(p Parameter) bool { return p.ID == name })
	if i < 0 {
		return 0, l.complain(h, arg, "unknown parameter '%s'", name)
	}
	l.used[name] = true
	return i, nil
}
