package pass

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"healthcode/models"
)

const (
	// Digits is the number of decimal digits that a pass is written in.
	Digits = Size * 8 / groupBits * 4

	// MaxPrefix is the longest URL, in bytes, that a pass fits behind. QR version
	// 8 at level M holds 154 bytes of data, 1232 bits (ISO/IEC 18004, table 7): the
	// numeric segment takes 4+10 for its header and 960 for 288 digits, the byte
	// segment 4+8 for its header and 8 for each byte.
	MaxPrefix = (154*8 - (4 + 10 + Digits/3*10) - (4 + 8)) / 8

	groupBits = 13 // 8192 of the 10000 numbers that four digits can write

	// ownDigits is how many digits in a row make a text ours, if damaged. Nothing
	// else that gates meet (retail bar codes, order numbers, bus tickets) has so many.
	ownDigits = 32
)

// Text is what the QR code says: the prefix, then the pass in digits.
// Config has put the prefix through [CheckPrefix].
func (p Pass) Text(prefix string) string {
	out := make([]byte, 0, len(prefix)+Digits)
	out = append(out, prefix...)
	bits, held := uint32(0), 0
	for _, b := range p {
		bits, held = bits<<8|uint32(b), held+8
		if held >= groupBits {
			held -= groupBits
			n := bits >> held & (1<<groupBits - 1)
			out = append(out, byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
		}
	}
	return string(out)
}

// Parse reads a pass from what a scanner read: the whole text of the QR code or
// its digits alone, with white space around it, as scanners that type leave it.
// Which prefix stands before the digits does not matter; the signature tells whose
// it is. A text that is not a pass at all is pass.foreign, a damaged one pass.malformed.
func Parse(text string) (Pass, error) {
	text = strings.TrimSpace(text)
	text = text[strings.LastIndexByte(text, '#')+1:]
	own := len(text) - len(strings.TrimLeft(text, "0123456789"))
	switch {
	case own < ownDigits:
		return Pass{}, models.Refuse(models.ReasonPassForeign)
	case own != len(text) || own != Digits:
		return Pass{}, models.Refuse(models.ReasonPassMalformed)
	}
	return parseDigits(text)
}

func parseDigits(digits string) (Pass, error) {
	var p Pass
	bits, held, at := uint32(0), 0, 0
	for ; digits != ""; digits = digits[4:] {
		n := uint32(0)
		for _, d := range []byte(digits[:4]) {
			n = n*10 + uint32(d-'0')
		}
		if n >= 1<<groupBits {
			return Pass{}, models.Refuse(models.ReasonPassMalformed)
		}
		bits, held = bits<<groupBits|n, held+groupBits
		for held >= 8 {
			held -= 8
			p[at] = byte(bits >> held)
			at++
		}
	}
	return p, nil
}

// CheckPrefix says what is wrong with a prefix, for config to tell: it must be the
// URL of a page, end in the only "#", and leave the QR code at version 8.
func CheckPrefix(prefix string) error {
	if len(prefix) > MaxPrefix {
		return fmt.Errorf("pass: the prefix has %d bytes, and a QR code of version 8 has room for %d", len(prefix), MaxPrefix)
	}
	if strings.IndexByte(prefix, '#') != len(prefix)-1 {
		return errors.New(`pass: the prefix must end in "#" and have no other`)
	}
	if strings.ContainsFunc(prefix, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("pass: the prefix may only have printable ASCII")
	}
	u, err := url.Parse(prefix)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return errors.New("pass: the prefix must be an http or https URL with a host and no user")
	}
	return nil
}
