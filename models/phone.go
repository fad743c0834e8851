package models

import (
	"regexp"
	"strings"
)

// Phone is how to reach somebody. It is never an identity: families share one.
// It prints masked, as 138****8000.
type Phone struct{ masked }

var (
	mobile   = regexp.MustCompile(`^1[3-9][0-9]{9}$`)                    // mainland mobile, without the country's +86
	landline = regexp.MustCompile(`^0[1-9][0-9]{1,2}-?[2-9][0-9]{6,7}$`) // mainland landline with its area code
	foreign  = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)                // E.164
)

// ParsePhone reads a mainland mobile or landline number, or an international one
// that begins with +. Spaces, brackets and hyphens between the digits fall away.
// Anything else is phone.invalid.
func ParsePhone(s string) (Phone, error) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()（） ", r) {
			return -1
		}
		return narrow(r)
	}, s)
	s, mainland := strings.CutPrefix(s, "+86")
	if !mobile.MatchString(s) && !landline.MatchString(s) && (mainland || !foreign.MatchString(s)) {
		return Phone{}, Refuse(ReasonPhoneInvalid)
	}
	return Phone{newMasked(s, maskMiddle(s, 3, 4))}, nil
}

// narrow turns the full-width digits and letters of Chinese keyboards into plain
// ones.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}
