package forms

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"healthcode/models/published"
)

// Decimal is an exact number, in thousandths: a temperature of 37.3 is 37300.
type Decimal int64

const thousand = 1000

var decimalPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$`)

var errDecimal = published.Say("not a number of at most three decimals")

// parseDecimal reads a number as JSON and YAML write it, without an exponent.
func parseDecimal(s string) (Decimal, error) {
	if !decimalPattern.MatchString(s) {
		return 0, errDecimal
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+(fraction + "000")[:3], 10, 64)
	return Decimal(n), err
}

// String is the number in its shortest form: "37.3".
func (d Decimal) String() string {
	sign, n := "", int64(d)
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n/thousand, 10)
	if rest := n % thousand; rest != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(thousand+rest, 10)[1:], "0")
	}
	return sign + s
}

// MarshalJSON writes it as a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalYAML reads it from a form's file.
func (d *Decimal) UnmarshalYAML(node ast.Node) error {
	n, err := parseDecimal(node.GetToken().Value)
	if err != nil {
		return published.Misfit(node, errDecimal)
	}
	*d = n
	return nil
}
