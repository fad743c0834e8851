package models

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// Lines are what a CSV file of records came to: the good ones in order, and what
// is wrong with each of the others, by the line it stands on.
type Lines[R any] struct {
	Good []R
	Bad  Problems // Field is "line 7" or "line 7.dose"
}

// The columns of a CSV file of vaccinations and of one of tests. They may stand
// in any order, but all of them and no others.
var (
	vaccinationColumns = []string{"document_type", "document_number", "name", "product", "batch", "dose", "date", "site"}
	testColumns        = []string{"document_type", "document_number", "name", "kind", "result", "sampled", "lab"}
)

// CSVLinesMost is how many records one file may have.
const CSVLinesMost = 100_000

// VaccinationsCSV reads doses from a CSV file (RFC 4180, UTF-8, with a header).
// The error is csv.header when it is not such a file at all.
func VaccinationsCSV(r io.Reader, now time.Time) (Lines[Vaccination], error) {
	return readCSV(r, vaccinationColumns, func(cell func(string) string, ps *Problems) Vaccination {
		v := Vaccination{Product: cell("product"), Batch: cell("batch"), Site: cell("site")}
		v.Document, v.Name = person(cell, now, ps)
		dose, err := strconv.Atoi(cell("dose"))
		if err == nil {
			v.Dose = dose
		}
		v.Date, _ = time.Parse(time.DateOnly, cell("date")) // what is no date is too long ago for Check
		ps.Add("", v.Check(now))
		return v
	})
}

// TestsCSV reads laboratory results in the same way; sampled is RFC 3339.
func TestsCSV(r io.Reader, now time.Time) (Lines[Test], error) {
	return readCSV(r, testColumns, func(cell func(string) string, ps *Problems) Test {
		t := Test{Kind: cell("kind"), Result: cell("result"), Lab: cell("lab")}
		t.Document, t.Name = person(cell, now, ps)
		sampled, _ := time.Parse(time.RFC3339, cell("sampled")) // as above
		t.Sampled = sampled.UTC()
		ps.Add("", t.Check(now))
		return t
	})
}

func person(cell func(string) string, now time.Time, ps *Problems) (Document, Name) {
	d, err := ParseDocument(DocumentType(cell("document_type")), cell("document_number"), now)
	ps.Add("document", err)
	n, err := ParseName(cell("name"))
	ps.Add("name", err)
	return d, n
}

func readCSV[R any](r io.Reader, columns []string, read func(cell func(string) string, ps *Problems) R) (Lines[R], error) {
	var out Lines[R]
	in := csv.NewReader(withoutMark(r))
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return out, Refuse(ReasonCSVHeader)
	}
	header = slices.Clone(header)
	if sorted := slices.Sorted(slices.Values(header)); !slices.Equal(sorted, slices.Sorted(slices.Values(columns))) {
		return out, Refuse(ReasonCSVHeader)
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		line := lineOf(in, err)
		if err != nil || len(record) != len(header) {
			out.Bad.Add(line, Refuse(ReasonCSVLine))
			if err != nil && !errors.Is(err, csv.ErrQuote) && !errors.Is(err, csv.ErrBareQuote) {
				return out, nil // the file itself cannot be read any further
			}
			continue
		}
		if len(out.Good)+len(out.Bad) >= CSVLinesMost {
			out.Bad.Add(line, Refuse(ReasonAnswerTooMany))
			return out, nil
		}
		var ps Problems
		value := read(func(column string) string { return record[slices.Index(header, column)] }, &ps)
		if out.Bad.Add(line, ps.Err()) {
			out.Good = append(out.Good, value)
		}
	}
}

// lineOf names the line that the reader has just read.
func lineOf(in *csv.Reader, err error) string {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Sprintf("line %d", parse.StartLine)
	}
	if err != nil {
		return "line"
	}
	line, _ := in.FieldPos(0)
	return fmt.Sprintf("line %d", line)
}

// withoutMark skips the byte order mark that spreadsheets put first.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3) // three bytes were just peeked
	}
	return b
}
