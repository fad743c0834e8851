package models

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var today = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// reasonOf is the reason of a refusal, "" when there was none.
func reasonOf(t testing.TB, err error) Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *Problem
	if !errors.As(err, &p) {
		t.Fatalf("error is no Problem: %v", err)
	}
	return p.Reason
}

func TestParseDocument(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		kind   DocumentType
		number string
		want   string // canonical number, or the reason after "!"
	}{
		// The two examples of GB 11643-1999.
		{"published example", DocumentResidentID, "11010519491231002X", "11010519491231002X"},
		{"published example, even", DocumentResidentID, "440524188001010014", "!document.birth_date"}, // right in form; born in 1880
		{"lower x", DocumentResidentID, "11010519491231002x", "11010519491231002X"},
		{"full width", DocumentResidentID, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		{"spaces and hyphens", DocumentResidentID, " 110105-19491231　002X ", "11010519491231002X"},
		{"check digit", DocumentResidentID, "110105194912310021", "!document.check_digit"},
		{"province 10", DocumentResidentID, "10010519491231002X", "!document.region"},
		{"province 00", DocumentResidentID, "00010519491231002X", "!document.region"},
		{"province 99", DocumentResidentID, "99010519491231002X", "!document.region"},
		{"no such day", DocumentResidentID, withCheck("11010519490230002"), "!document.birth_date"},
		{"no leap year", DocumentResidentID, withCheck("11010519000229002"), "!document.birth_date"},
		{"leap year", DocumentResidentID, withCheck("11010520000229002"), withCheck("11010520000229002")},
		{"born today", DocumentResidentID, withCheck("11010520261124002"), withCheck("11010520261124002")},
		{"born tomorrow", DocumentResidentID, withCheck("11010520261125002"), "!document.birth_date"},
		{"oldest", DocumentResidentID, withCheck("11010518900101002"), withCheck("11010518900101002")},
		{"older than anybody", DocumentResidentID, withCheck("11010518891231002"), "!document.birth_date"},
		{"month 13", DocumentResidentID, withCheck("11010519491331002"), "!document.birth_date"},
		{"day 0", DocumentResidentID, withCheck("11010519491200002"), "!document.birth_date"},
		{"first generation", DocumentResidentID, "110105491231002", "!document.format"},
		{"too long", DocumentResidentID, "11010519491231002X0", "!document.format"},
		{"X in the middle", DocumentResidentID, "1101051949123X002X", "!document.format"},
		{"empty", DocumentResidentID, "", "!document.format"},
		{"Arabic digits", DocumentResidentID, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "!document.format"},
		{"NUL behind", DocumentResidentID, "11010519491231002X\x00", "!document.format"},
		{"line feed behind", DocumentResidentID, "11010519491231002X\n", "!document.format"},

		{"passport", DocumentPassport, "e12345678", "E12345678"},
		{"short passport", DocumentPassport, "1234", "!document.format"},
		{"long passport", DocumentPassport, "ABCDEFGHIJ123", "!document.format"},
		{"empty passport", DocumentPassport, "", "!document.format"},

		{"Hong Kong", DocumentHongKongMacao, "h12345678", "H12345678"},
		{"Macao, re-issued", DocumentHongKongMacao, "M1234567801", "M1234567801"},
		{"neither", DocumentHongKongMacao, "K12345678", "!document.format"},
		{"nine digits", DocumentHongKongMacao, "H123456789", "!document.format"},

		{"Taiwan", DocumentTaiwan, "12345678", "12345678"},
		{"Taiwan, old", DocumentTaiwan, "1234567801", "1234567801"},
		{"Taiwan, letter", DocumentTaiwan, "T2345678", "!document.format"},

		{"residence permit", DocumentHMTResidence, withCheck("81000019900101001"), withCheck("81000019900101001")},
		{"residence permit, Taiwan", DocumentHMTResidence, withCheck("83000019900101001"), withCheck("83000019900101001")},
		{"residence permit, 84", DocumentHMTResidence, withCheck("84000019900101001"), "!document.format"},
		{"residence permit, birth", DocumentHMTResidence, withCheck("81000019901301001"), "!document.birth_date"},
		{"residence permit, check digit", DocumentHMTResidence, "810000199001010010", "!document.check_digit"},

		{"permanent residence, old", DocumentPermanentResidence, "usa110090010112", "USA110090010112"},
		{"permanent residence, new", DocumentPermanentResidence, withCheck("91111019900101001"), withCheck("91111019900101001")},
		{"permanent residence, birth", DocumentPermanentResidence, withCheck("91111019900001001"), "!document.birth_date"},
		{"permanent residence, a citizen's", DocumentPermanentResidence, "11010519491231002X", "!document.format"},
		{"permanent residence, empty", DocumentPermanentResidence, "", "!document.format"},

		{"no type", "", "11010519491231002X", "!document.type_unknown"},
		{"other type", "driving_licence", "11010519491231002X", "!document.type_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDocument(c.kind, c.number, today)
			got := d.Number.Reveal()
			if err != nil {
				if d != (Document{}) {
					t.Error("a refused document is not empty")
				}
				got = "!" + string(reasonOf(t, err))
				if c.number != "" && strings.Contains(err.Error(), c.number) {
					t.Error("the refusal quotes the number")
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// withCheck appends the check digit by the standard's own weights, so that the
// tests do not lean on the code that they test.
func withCheck(seventeen string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(seventeen[i]-'0')
	}
	return seventeen + string("10X98765432"[sum%11])
}

func TestCheckDigitOfTheStandardsExamples(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"11010519491231002X", "440524188001010014"} {
		if got := checkDigit(number); got != number[17] {
			t.Errorf("%s: got %c", number, got)
		}
	}
}

// anyCitizen draws a valid number.
func anyCitizen(t *rapid.T) string {
	province := rapid.SampledFrom(strings.Fields(provinces)).Draw(t, "province")
	county := rapid.StringMatching(`[0-9]{4}`).Draw(t, "county")
	day := today.AddDate(0, 0, -rapid.IntRange(0, 40000).Draw(t, "days")).Format("20060102")
	return withCheck(province + county + day + rapid.StringMatching(`[0-9]{3}`).Draw(t, "order"))
}

func TestEveryValidNumberIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anyCitizen(t)
		d, err := ParseDocument(DocumentResidentID, number, today)
		if err != nil || d.Number.Reveal() != number {
			t.Fatalf("%s: %v", number, err)
		}
		if born, known := d.Birth(); !known || born.Format("20060102") != number[6:14] {
			t.Fatalf("%s: born %v, %v", number, born, known)
		}
	})
}

func TestAnySingleWrongDigitIsRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := []byte(anyCitizen(t))
		i := rapid.IntRange(0, 17).Draw(t, "position")
		wrong := rapid.SampledFrom([]byte("0123456789X")).Draw(t, "digit")
		if number[i] == wrong {
			return
		}
		number[i] = wrong
		if _, err := ParseDocument(DocumentResidentID, string(number), today); err == nil {
			t.Fatalf("%s was accepted", number)
		}
	})
}

func TestAnyTranspositionIsRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := []byte(anyCitizen(t))
		i := rapid.IntRange(0, 16).Draw(t, "position")
		if number[i] == number[i+1] {
			return
		}
		number[i], number[i+1] = number[i+1], number[i]
		if _, err := ParseDocument(DocumentResidentID, string(number), today); err == nil {
			t.Fatalf("%s was accepted", number)
		}
	})
}

func TestProvinces(t *testing.T) {
	t.Parallel()
	known := 0
	for a := byte('0'); a <= '9'; a++ {
		for b := byte('0'); b <= '9'; b++ {
			number := withCheck(string([]byte{a, b}) + "010519900101001")
			_, err := ParseDocument(DocumentResidentID, number, today)
			if err == nil {
				known++
			} else if reasonOf(t, err) != ReasonDocumentRegion {
				t.Errorf("%c%c: %v", a, b, err)
			}
		}
	}
	if known != 35 { // 31, Taiwan, Hong Kong and Macao, and 83 for Taiwan's residents
		t.Errorf("%d provinces are known, want 35", known)
	}
}

func TestEveryTypeIsRead(t *testing.T) {
	t.Parallel()
	for _, kind := range DocumentTypes() {
		if _, err := ParseDocument(kind, "?", today); reasonOf(t, err) != ReasonDocumentFormat {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestDocumentUnder(t *testing.T) {
	t.Parallel()
	child := mustDocument(t, DocumentResidentID, withCheck("11010520121125002")) // 14 tomorrow
	if !child.Under(14, today) {
		t.Error("the day before the birthday is not under 14")
	}
	if child.Under(14, today.AddDate(0, 0, 1)) {
		t.Error("the birthday is under 14")
	}
	if mustDocument(t, DocumentPassport, "E12345678").Under(200, today) {
		t.Error("a passport tells an age")
	}
	if mustDocument(t, DocumentPermanentResidence, "USA110090010112").Under(200, today) {
		t.Error("an old card tells an age")
	}
}

func TestDocumentIndexKey(t *testing.T) {
	t.Parallel()
	a := mustDocument(t, DocumentPassport, "12345678")
	b := mustDocument(t, DocumentTaiwan, "12345678")
	if string(a.IndexKey()) == string(b.IndexKey()) {
		t.Error("two types share a key")
	}
	c := mustDocument(t, DocumentTaiwan, "1234-5678")
	if string(c.IndexKey()) != string(b.IndexKey()) || c != b {
		t.Error("one document has two keys")
	}
}

func TestDocumentMask(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{"11010519491231002X": "11**************2X"} {
		if got := mustDocument(t, DocumentResidentID, number).Number.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := mustDocument(t, DocumentPassport, "E12345678").Number.String(); got != "E*******8" {
		t.Errorf("got %s", got)
	}
}

func mustDocument(t testing.TB, kind DocumentType, number string) Document {
	t.Helper()
	d, err := ParseDocument(kind, number, today)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func FuzzDocument(f *testing.F) {
	for i := range DocumentTypes() {
		for _, s := range []string{"11010519491231002X", "E12345678", "H1234567801", "１２３４５６７８", "USA110090010112", "", "\xff"} {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, s string) {
		kind := DocumentTypes()[int(i)%len(DocumentTypes())]
		d, err := ParseDocument(kind, s, today)
		if err != nil {
			reasonOf(t, err)
			return
		}
		again, err := ParseDocument(kind, d.Number.Reveal(), today)
		if err != nil || again != d {
			t.Fatalf("%q: what was read is not read again: %v", s, err)
		}
		if strings.Contains(d.Number.String(), d.Number.Reveal()) {
			t.Fatalf("%q prints in clear", s)
		}
		d.Birth()
	})
}

// TestBornToday: the day is that of the place. At ten in the evening in London it
// is tomorrow in Beijing, and a child may have been born.
func TestBornToday(t *testing.T) {
	t.Parallel()
	beijing := time.FixedZone("Asia/Shanghai", 8*3600)
	at := time.Date(2022, 3, 14, 22, 0, 0, 0, time.UTC)
	const number = "33011020220315001"
	born := number + string(checkDigit(number+"0"))
	if _, err := ParseDocument(DocumentResidentID, born, at); err == nil {
		t.Error("in London the child is not born yet")
	}
	d, err := ParseDocument(DocumentResidentID, born, at.In(beijing))
	if err != nil {
		t.Fatalf("in Beijing: %v", err)
	}
	birthday := at.AddDate(GuardianAge, 0, 0)
	if !d.Under(GuardianAge, birthday) || d.Under(GuardianAge, birthday.In(beijing)) {
		t.Error("the birthday begins with the day of the place")
	}
}
