package forms

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"healthcode/models"
)

func readString(raw json.RawMessage) (string, error) {
	if kind(raw) != '"' {
		return "", models.Refuse(models.ReasonAnswerType)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", models.Refuse(models.ReasonAnswerType)
	}
	return s, nil
}

// readList takes a JSON list of at most so many values apart.
func readList(raw json.RawMessage, most int) (list []json.RawMessage, err error) {
	if kind(raw) != '[' {
		return nil, models.Refuse(models.ReasonAnswerType)
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, models.Refuse(models.ReasonAnswerType)
	}
	if len(list) > most {
		return nil, models.Refuse(models.ReasonAnswerTooMany)
	}
	return list, nil
}

// readNumber reads a number from its own digits, so that 37.25 is never taken
// for a multiple of 0.1 nor 0.1 for anything but itself.
func readNumber(f *Field, raw json.RawMessage) (Decimal, error) {
	if k := kind(raw); k != '-' && (k < '0' || k > '9') {
		return 0, models.Refuse(models.ReasonAnswerType)
	}
	n, err := parseDecimal(strings.TrimSpace(string(raw)))
	if err != nil || n < f.Min || n > f.Max || n%f.Step != 0 {
		return 0, models.Refuse(models.ReasonAnswerRange)
	}
	return n, nil
}

func readChoices(f *Field, raw json.RawMessage) ([]string, error) {
	list, err := readList(raw, len(f.Options))
	if err != nil {
		return nil, err
	}
	codes := make([]string, len(list))
	for i, item := range list {
		if codes[i], err = readString(item); err != nil {
			return nil, err
		}
	}
	return readCodes(f, codes)
}

// readCodes puts the chosen options in the form's order. The same one twice, or
// one that goes with no other beside another, is a contradiction.
func readCodes(f *Field, codes []string) ([]string, error) {
	for _, code := range codes {
		o, ok := f.Option(code)
		if !ok {
			return nil, models.Refuse(models.ReasonAnswerOption)
		}
		if o.Exclusive && len(codes) > 1 {
			return nil, models.Refuse(models.ReasonAnswerConflict)
		}
	}
	var ordered []string
	for _, o := range f.Options {
		if slices.Contains(codes, o.Code) {
			ordered = append(ordered, o.Code)
		}
	}
	if len(ordered) != len(codes) {
		return nil, models.Refuse(models.ReasonAnswerConflict)
	}
	return ordered, nil
}

// readText normalises a text to NFC without space around it, and then counts its
// characters.
func readText(f *Field, raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	if err != nil {
		return "", err
	}
	s = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
	if strings.ContainsFunc(s, func(r rune) bool { return forbidden(r) && (r != '\n' || !f.Multiline) }) {
		return "", models.Refuse(models.ReasonFieldBad)
	}
	if utf8.RuneCountInString(s) > f.MaxLength {
		return "", models.Refuse(models.ReasonAnswerTooLong)
	}
	return s, nil
}

// forbidden are characters that show nothing or make a line read as another:
// controls, line and paragraph separators, marks of writing direction, and what
// stands for damaged text.
func forbidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == unicode.ReplacementChar, r == '\ufeff', r == '\u061c':
		return true
	case r == '\u200e', r == '\u200f', r >= '\u2028' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}
