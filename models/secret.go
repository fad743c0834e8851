package models

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

// Personal values print as masks, whatever prints them: a log, an error, JSON, a
// debugger's %#v. The clear value leaves through Reveal alone.

// masked gives a type every printing path at once. It is embedded by value, and
// mask is worked out when the value is made, so nothing has to remember to.
// The clear value is behind a handle, because fmt reads the fields themselves
// where it may call no method: in an unexported field of another struct, and
// after a verb that does not fit.
type masked struct {
	clear unique.Handle[string]
	mask  string
}

func newMasked(clear, mask string) masked { return masked{unique.Make(clear), mask} }

// Reveal is the clear value. A test lists who calls it.
func (m masked) Reveal() string {
	if m.clear == (unique.Handle[string]{}) {
		return ""
	}
	return m.clear.Value()
}

// String is the mask.
func (m masked) String() string { return m.mask }

// Format prints the mask, whatever the verb.
func (m masked) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.mask) }

// MarshalText writes the mask, and so does everything that is built upon it.
func (m masked) MarshalText() ([]byte, error) { return []byte(m.mask), nil }

// LogValue is the mask.
func (m masked) LogValue() slog.Value { return slog.StringValue(m.mask) }

// maskMiddle keeps so many characters at the front and at the back, and writes a
// star for each of the others.
func maskMiddle(s string, front, back int) string {
	r := []rune(s)
	if len(r) <= front+back {
		return strings.Repeat("*", len(r))
	}
	return string(r[:front]) + strings.Repeat("*", len(r)-front-back) + string(r[len(r)-back:])
}
