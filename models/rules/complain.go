package rules

import (
	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"

	"healthcode/models/published"
)

// complain refuses a part of the condition, and remembers the sentence: CEL passes
// on its English alone.
func (l *language) complain(h cel.MacroExprFactory, about celast.Expr, format string, args ...any) *cel.Error {
	s := published.Say(format, args...)
	l.said = append(l.said, s)
	return h.NewError(about.ID(), s.String())
}

// told is what CEL tells: a sentence of ours, or its own English.
func (l *language) told(message string) any {
	for _, s := range l.said {
		if s.String() == message {
			return s
		}
	}
	return message
}
