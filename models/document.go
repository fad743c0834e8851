package models

import (
	"regexp"
	"strings"
	"time"
)

// DocumentType is what proves who somebody is.
type DocumentType string

// The documents that residents of China and their visitors have.
const (
	DocumentResidentID         DocumentType = "resident_id"          // 居民身份证
	DocumentPassport           DocumentType = "passport"             // 护照
	DocumentHongKongMacao      DocumentType = "hk_macao_permit"      // 港澳居民来往内地通行证
	DocumentTaiwan             DocumentType = "taiwan_permit"        // 台湾居民来往大陆通行证
	DocumentHMTResidence       DocumentType = "hmt_residence_permit" // 港澳台居民居住证
	DocumentPermanentResidence DocumentType = "permanent_residence"  // 外国人永久居留身份证
)

// DocumentTypes lists every type, the commonest first.
func DocumentTypes() []DocumentType {
	return []DocumentType{DocumentResidentID, DocumentPassport, DocumentHongKongMacao, DocumentTaiwan,
		DocumentHMTResidence, DocumentPermanentResidence}
}

// IDNumber is the number of a document. It prints masked.
type IDNumber struct{ masked }

// Document is one document of one person.
type Document struct {
	Type   DocumentType
	Number IDNumber
}

// The shapes of the numbers that carry no check digit. They are as the issuing
// authorities print them; how much of each is fixed is published loosely, so
// they are no narrower than that.
var shapes = map[DocumentType]*regexp.Regexp{
	DocumentPassport:      regexp.MustCompile(`^[A-Z0-9]{5,12}$`),            // ICAO 9303 allows 9; some states print more
	DocumentHongKongMacao: regexp.MustCompile(`^[HM][0-9]{8}([0-9]{2})?$`),   // the last two count re-issues on older cards
	DocumentTaiwan:        regexp.MustCompile(`^[0-9]{8}([0-9]{2})?$`),       // likewise
	DocumentHMTResidence:  regexp.MustCompile(`^8[123]0000[0-9]{11}[0-9X]$`), // GB 11643, with the code of the territory
}

var (
	citizen      = regexp.MustCompile(`^[0-9]{17}[0-9X]$`)
	permanentOld = regexp.MustCompile(`^[A-Z]{3}[0-9]{12}$`) // until 2023: the country's letters first
	permanentNew = regexp.MustCompile(`^9[0-9]{17}$`)        // since 2023-12-01: 9 first, in the form of GB 11643
)

// ParseDocument reads a document's number. Full-width characters, lower case,
// spaces and hyphens are put right; anything else that is wrong is refused, with
// document.type_unknown, .format, .region, .birth_date or .check_digit. A birth
// date in the number must be one that was, as of today where today is: its zone
// counts.
func ParseDocument(t DocumentType, number string, today time.Time) (Document, error) {
	number = strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -　", r) {
			return -1
		}
		return narrow(r)
	}, number))
	if err := checkNumber(t, number, today); err != nil {
		return Document{}, err
	}
	return Document{Type: t, Number: IDNumber{newMasked(number, maskNumber(number))}}, nil
}

func checkNumber(t DocumentType, number string, today time.Time) error {
	switch t {
	case DocumentResidentID:
		if !citizen.MatchString(number) {
			return Refuse(ReasonDocumentFormat)
		}
		if !strings.Contains(provinces, number[:2]) {
			return Refuse(ReasonDocumentRegion)
		}
		return checkCitizen(number, number[6:14], today)
	case DocumentHMTResidence:
		if !shapes[t].MatchString(number) {
			return Refuse(ReasonDocumentFormat)
		}
		return checkCitizen(number, number[6:14], today)
	case DocumentPermanentResidence:
		if permanentOld.MatchString(number) {
			return nil
		}
		if !permanentNew.MatchString(number) && !citizen.MatchString(number) || number[0] != '9' {
			return Refuse(ReasonDocumentFormat)
		}
		return checkCitizen(number, number[6:14], today)
	}
	shape, known := shapes[t]
	switch {
	case !known:
		return Refuse(ReasonDocumentType)
	case !shape.MatchString(number):
		return Refuse(ReasonDocumentFormat)
	}
	return nil
}

// provinces are the first two digits of the codes of GB/T 2260, which are the
// provinces. The other four are not held against a list: counties are merged and
// renamed, and a number keeps the code of the day on which it was given.
const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"

// oldest is before the birth of anybody alive.
var oldest = time.Date(1890, 1, 1, 0, 0, 0, 0, time.UTC)

// checkCitizen checks the birth date and the check digit of a number in the form
// of GB 11643-1999.
func checkCitizen(number, born string, today time.Time) error {
	day, err := time.Parse("20060102", born)
	if err != nil || day.Before(oldest) || day.After(dayOf(today)) {
		return Refuse(ReasonDocumentBirth)
	}
	if number[17] != checkDigit(number) {
		return Refuse(ReasonDocumentChecksum)
	}
	return nil
}

// checkDigit is the last character that the first seventeen digits call for: ISO
// 7064, MOD 11-2, as in GB 11643-1999, section 4.2.4.
func checkDigit(number string) byte {
	sum := 0
	for _, digit := range []byte(number[:17]) {
		sum = (sum + int(digit-'0')) * 2 % 11
	}
	return "0123456789X"[(12-sum)%11]
}

// maskNumber shows what somebody who holds the document beside it needs, and no
// more: the province and the last two characters of a long one, the first and
// the last of a short one.
func maskNumber(s string) string {
	if len(s) >= 15 {
		return maskMiddle(s, 2, 2)
	}
	return maskMiddle(s, 1, 1)
}

// Birth is the birth date that the number carries, if it does.
func (d Document) Birth() (day time.Time, known bool) {
	number := d.Number.Reveal()
	if len(number) != 18 {
		return time.Time{}, false
	}
	day, err := time.Parse("20060102", number[6:14])
	return day, err == nil
}

// Under reports whether the number says that its holder is younger than that on
// the day. A document that does not tell the age never does.
func (d Document) Under(age int, today time.Time) bool {
	born, known := d.Birth()
	return known && dayOf(today).Before(born.AddDate(age, 0, 0))
}

// dayOf is the calendar day of an instant in its own zone.
func dayOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// IndexKey is what the document is found by: the type and the number, in clear.
// It goes into a keyed hash and nowhere else.
func (d Document) IndexKey() []byte {
	return []byte(string(d.Type) + "\x00" + d.Number.Reveal())
}
