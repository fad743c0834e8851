package published

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Saying is a sentence that is yet to be said in somebody's language: its English
// as a format of fmt, by which a catalogue finds the others, and what fills it. A
// Saying among those is said in the same language.
type Saying struct {
	Format string
	Args   []any
}

// Say makes a sentence. Its arguments are words of the file, figures, names that
// need no translation, and Sayings.
func Say(format string, args ...any) Saying {
	if false {
		_ = fmt.Sprintf(format, args...) // tells go vet to check the arguments of all who call
	}
	return Saying{format, args}
}

// String is the sentence in English.
func (s Saying) String() string { return fmt.Sprintf(s.Format, s.Args...) }

// Error is the sentence in English.
func (s Saying) Error() string { return s.String() }

// foreign is what a library says. It is known in English alone.
func foreign(text string) Saying { return Say("%s", text) }

// misfit is a value that is wrong, as the YAML library passes such errors on: with
// the place.
type misfit struct {
	yaml.SyntaxError
	says Saying
}

// Misfit is what an UnmarshalYAML returns that cannot take the node's value.
func Misfit(node ast.Node, says Saying) error {
	return &misfit{yaml.SyntaxError{Message: says.String(), Token: node.GetToken()}, says}
}

func (m *misfit) Unwrap() error { return m.says }

// complaint is the YAML library's error in our form.
func complaint(err error) error {
	var known yaml.Error
	if !errors.As(err, &known) {
		return Faults{{Says: foreign(err.Error())}}
	}
	f := Fault{Says: foreign(known.GetMessage())}
	t := known.GetToken()
	if t != nil && t.Position != nil {
		f.Line = t.Position.Line
	}
	var own Saying
	if unknown := (*yaml.UnknownFieldError)(nil); errors.As(err, &unknown) && t != nil {
		own = Say("unknown field \"%s\"", t.Value) // the commonest slip of all
	} else {
		errors.As(err, &own)
	}
	if own.String() == known.GetMessage() {
		f.Says = own
	}
	return Faults{f}
}
