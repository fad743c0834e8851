package models

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

const (
	csvHeader = "document_type,document_number,name,product,batch,dose,date,site\n"
	csvGood   = "resident_id,11010519491231002X,张三,sinovac,B1,1,2021-04-30,第一医院\n"
)

func badLines(ps Problems) (list []string) {
	for _, p := range ps {
		list = append(list, p.Field+" "+string(p.Reason))
	}
	return list
}

func TestVaccinationsCSV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		good     int
		bad      []string
	}{
		{"header alone", csvHeader, 0, nil},
		{"one", csvHeader + csvGood, 1, nil},
		{"byte order mark", "\xef\xbb\xbf" + csvHeader + csvGood, 1, nil},
		{"CRLF", strings.ReplaceAll(csvHeader+csvGood+csvGood, "\n", "\r\n"), 2, nil},
		{"no line feed at the end", csvHeader + strings.TrimSpace(csvGood), 1, nil},
		{"columns in another order", "site,date,dose,batch,product,name,document_number,document_type\n第一医院,2021-04-30,1,B1,sinovac,张三,11010519491231002X,resident_id\n", 1, nil},
		{"quoted", csvHeader + `resident_id,11010519491231002X,张三,sinovac,"B,1",1,2021-04-30,"第""一""医院"` + "\n", 1, nil},
		{"blank lines", csvHeader + "\n\n" + csvGood, 1, nil},
		{"check digit, second line is bad", csvHeader + csvGood + "resident_id,110105194912310021,张三,sinovac,B1,1,2021-04-30,s\n" + csvGood,
			2, []string{"line 3.document document.check_digit"}},
		{"everything wrong", csvHeader + "visa,1,3,tea,,x,2121-04-30,\n", 0, []string{"line 2.document document.type_unknown",
			"line 2.name name.invalid", "line 2.product record.product", "line 2.dose record.dose", "line 2.date record.date",
			"line 2.batch request.missing_field", "line 2.site request.missing_field"}},
		{"no date", csvHeader + "passport,E12345678,Anna,sinovac,B1,1,30/04/2021,s\n", 0, []string{"line 2.date record.date"}},
		{"no date and no product", csvHeader + "passport,E12345678,Anna,tea,B1,1,30/04/2021,s\n", 0, []string{"line 2.product record.product", "line 2.date record.date"}},
		{"a column too few", csvHeader + "a,b,c\n" + csvGood, 1, []string{"line 2 csv.line"}},
		{"a column too many", csvHeader + strings.TrimSpace(csvGood) + ",more\n" + csvGood, 1, []string{"line 2 csv.line"}},
		{"a stray quote", csvHeader + `passport,E12"345678,Anna,sinovac,B1,1,2021-04-30,s` + "\n" + csvGood, 1, []string{"line 2 csv.line"}},
		{"a quote that is not closed", csvHeader + csvGood + `passport,"E12345678` + "\n" + csvGood, 1, []string{"line 3 csv.line"}},
		{"a record over two lines", csvHeader + "passport,E12345678,Anna,sinovac,B1,1,2021-04-30,\"a\nb\"\n" + "passport,1,Anna,sinovac,B1,1,2021-04-30,s\n",
			0, []string{"line 2.site request.bad_value", "line 4.document document.format"}},
		{"another character set", csvHeader + "passport,E12345678,Anna,sinovac,B1,1,2021-04-30,\xb1\xb1\xbe\xa9\n", 0, []string{"line 2.site request.bad_value"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, err := VaccinationsCSV(strings.NewReader(c.in), today)
			if err != nil {
				t.Fatal(err)
			}
			if len(lines.Good) != c.good {
				t.Errorf("%d good lines, want %d", len(lines.Good), c.good)
			}
			if diff := cmp.Diff(c.bad, badLines(lines.Bad)); diff != "" {
				t.Errorf("bad lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVaccinationsCSVReadsEveryColumn(t *testing.T) {
	t.Parallel()
	lines, err := VaccinationsCSV(iotest.OneByteReader(strings.NewReader(csvHeader+csvGood)), today)
	if err != nil || len(lines.Good) != 1 {
		t.Fatal(lines, err)
	}
	v := lines.Good[0]
	want := dose("sinovac", 1, "2021-04-30")
	want.Site, want.Document = "第一医院", mustDocument(t, DocumentResidentID, clearNumber)
	if want.Name, err = ParseName("张三"); err != nil {
		t.Fatal(err)
	}
	if v != want {
		t.Errorf("got %+v, want %+v", v, want)
	}
}

func TestCSVHeader(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "\n", "\xef\xbb\xbf", csvGood, "document_type\n", strings.Replace(csvHeader, "site", "batch", 1),
		strings.TrimSpace(csvHeader) + ",more\n", strings.ToUpper(csvHeader), strings.ReplaceAll(csvHeader, ",", ";"), `"`, "PK\x03\x04"} {
		lines, err := VaccinationsCSV(strings.NewReader(in+csvGood), today)
		if reasonOf(t, err) != ReasonCSVHeader || lines.Good != nil || lines.Bad != nil {
			t.Errorf("%q: %v, %v", in, lines, err)
		}
	}
	if _, err := TestsCSV(strings.NewReader(csvHeader+csvGood), today); reasonOf(t, err) != ReasonCSVHeader {
		t.Errorf("vaccinations as tests: %v", err)
	}
}

func TestTestsCSV(t *testing.T) {
	t.Parallel()
	const header = "document_type,document_number,name,kind,result,sampled,lab\n"
	lines, err := TestsCSV(strings.NewReader(header+
		"passport,E12345678,Anna,pcr,negative,2022-04-30T08:00:00+08:00,Lab\n"+
		"passport,E12345678,Anna,pcr,negative,2022-04-30,Lab\n"+
		"passport,E12345678,Anna,blood,unclear,2022-04-30T08:00:00Z,\n"), today)
	if err != nil || len(lines.Good) != 1 {
		t.Fatal(len(lines.Good), err)
	}
	if got := lines.Good[0].Sampled.Format("2006-01-02T15:04:05Z07:00"); got != "2022-04-30T00:00:00Z" {
		t.Errorf("sampled at %s", got)
	}
	want := []string{"line 3.sampled record.date", "line 4.kind request.bad_value", "line 4.result record.result", "line 4.lab request.missing_field"}
	if diff := cmp.Diff(want, badLines(lines.Bad)); diff != "" {
		t.Error(diff)
	}
}

func TestCSVTooMany(t *testing.T) {
	t.Parallel()
	row := "passport,E12345678,Anna,sinovac,B1,1,2021-04-30,s\n"
	lines, err := VaccinationsCSV(strings.NewReader(csvHeader+strings.Repeat(row, CSVLinesMost)), today)
	if err != nil || len(lines.Good) != CSVLinesMost || len(lines.Bad) != 0 {
		t.Fatal(len(lines.Good), len(lines.Bad), err)
	}
	lines, err = VaccinationsCSV(strings.NewReader(csvHeader+strings.Repeat(row, CSVLinesMost+5)), today)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{fmt.Sprintf("line %d answer.too_many", CSVLinesMost+2)}, badLines(lines.Bad)); diff != "" {
		t.Error(diff)
	}
}

func TestCSVThatBreaksOff(t *testing.T) {
	t.Parallel()
	in := io.MultiReader(strings.NewReader(csvHeader+csvGood), iotest.ErrReader(errors.New("disk gone")))
	lines, err := VaccinationsCSV(in, today)
	if err == nil && len(lines.Bad) == 0 {
		t.Error("a file that could not be read to its end passes for whole")
	}
}

func FuzzVaccinationsCSV(f *testing.F) {
	for _, s := range []string{"", csvHeader, csvHeader + csvGood, "\xef\xbb\xbf" + csvHeader + csvGood, csvHeader + "a,b\n", csvHeader + "\"\n"} {
		f.Add([]byte(s))
		f.Add([]byte(csvHeader + s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines, err := VaccinationsCSV(bytes.NewReader(b), today)
		if err != nil {
			if reasonOf(t, err) != ReasonCSVHeader {
				t.Fatal(err)
			}
			return
		}
		for _, v := range lines.Good {
			if v.Check(today) != nil || v.Document == (Document{}) || v.Name == (Name{}) {
				t.Fatalf("%q: a good line is not: %+v", b, v)
			}
		}
		for _, p := range lines.Bad {
			if !strings.HasPrefix(p.Field, "line ") || p.Kind() != Invalid {
				t.Fatalf("%q: a bad line is told as %v", b, p)
			}
		}
	})
}
