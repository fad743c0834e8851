// Package models holds the nouns of a health code and the law that binds them.
// It is pure: no clock, no network, no database. Everything a caller may do
// wrong comes back as a [*Problem].
package models

import (
	"errors"
	"strings"
)

// Kind says what sort of refusal a [Problem] is. It is an error itself, so that
// errors.Is(err, models.NotFound) asks the question without a list of sentinels.
// The zero Kind is Internal: whatever nobody classified is our own fault.
type Kind uint8

// The kinds. Their HTTP status codes are in handlers/problem.go and nowhere else.
const (
	Internal        Kind = iota
	Invalid              // the input is wrong, and its sender can mend it
	Unauthenticated      // nobody is logged in, or no longer
	Forbidden            // somebody is, and may not
	NotFound             // absent, or not theirs: the two answer alike
	Conflict             // the state of the world says no
	Gone                 // it was there, and its time is over
	TooLarge             // the body is longer than the route takes
	TooMany              // too often, from here
	Upstream             // WeChat, Alipay or another outside service failed us
)

var kindNames = [...]string{"internal", "invalid", "unauthenticated", "forbidden",
	"not found", "conflict", "gone", "too large", "too many", "upstream"}

// Error is the kind's name.
func (k Kind) Error() string { return kindNames[k] }

// Problem is a refusal that a person may be told about. Reason picks the words
// from the catalogue of texts, Field names the input at fault ("" for none), and
// the cause stays in the log. No personal value is ever put into any of them.
type Problem struct {
	Reason Reason
	Field  string
	cause  error
}

// Refuse makes the Problem of that reason.
func Refuse(r Reason) *Problem { return &Problem{Reason: r} }

// On names the input field at fault.
func (p *Problem) On(field string) *Problem {
	return &Problem{Reason: p.Reason, Field: field, cause: p.cause}
}

// Because keeps what lies behind the refusal for the log. Never pass an error
// that may hold a secret or a personal value, such as either platform SDK's.
func (p *Problem) Because(err error) *Problem {
	return &Problem{Reason: p.Reason, Field: p.Field, cause: err}
}

// Kind is the kind that the reason belongs to.
func (p *Problem) Kind() Kind { return kinds[p.Reason] }

func (p *Problem) Error() string {
	s := string(p.Reason)
	if p.Field != "" {
		s += " on " + p.Field
	}
	if p.cause != nil {
		s += ": " + p.cause.Error()
	}
	return s
}

// Unwrap gives the kind and the cause to errors.Is and errors.As.
func (p *Problem) Unwrap() []error {
	if p.cause == nil {
		return []error{p.Kind()}
	}
	return []error{p.Kind(), p.cause}
}

// Problems are all the things wrong with one input, told at once.
type Problems []*Problem

func (ps Problems) Error() string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = p.Error()
	}
	return strings.Join(words, "; ")
}

// Unwrap gives every problem to errors.Is and errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// Err is nil when nothing is wrong: a nil Problems in an error is not.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add collects err under field when it is a refusal, or several, and reports
// whether there was none. An error of another sort is collected as internal.
func (ps *Problems) Add(field string, err error) bool {
	if err == nil {
		return true
	}
	var many Problems
	var one *Problem
	switch {
	case errors.As(err, &many):
		for _, p := range many {
			*ps = append(*ps, p.On(join(field, p.Field)))
		}
	case errors.As(err, &one):
		*ps = append(*ps, one.On(join(field, one.Field)))
	default:
		*ps = append(*ps, Refuse(ReasonInternal).On(field).Because(err))
	}
	return false
}

func join(outer, inner string) string {
	if outer == "" || inner == "" {
		return outer + inner
	}
	return outer + "." + inner
}
