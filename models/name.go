package models

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Name is a person's name as their document writes it. It prints masked: a
// Chinese name as its first character and a star for each of the others, any
// other name as the first letter of each word.
type Name struct{ masked }

// nameLongest is the longest name, in characters; passports allow no more.
const nameLongest = 64

// ParseName reads a name: letters of any script, spaces, hyphens, apostrophes,
// full stops and the middle dot of transcribed names, whose spellings become
// one. Anything else is name.invalid, and so is a name without a letter.
func ParseName(s string) (Name, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(strings.Map(oneDot, s))), " ")
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), strings.ContainsRune(" -'’.·", r):
		default:
			return Name{}, Refuse(ReasonNameInvalid)
		}
	}
	if letters == 0 || len([]rune(s)) > nameLongest || strings.ContainsRune("-'’.·", []rune(s)[0]) {
		return Name{}, Refuse(ReasonNameInvalid)
	}
	return Name{newMasked(s, maskName(s))}, nil
}

// oneDot gives the middle dot one spelling: keyboards write it in several.
func oneDot(r rune) rune {
	switch r {
	case '•', '・', '‧', '･', '．':
		return '·'
	}
	return r
}

func maskName(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return maskMiddle(s, 1, 0)
	}
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = string([]rune(w)[:1]) + "***"
	}
	return strings.Join(words, " ")
}
