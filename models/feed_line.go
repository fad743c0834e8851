package models

import "bytes"

// feedRow is a line: token,day,city,hours,revision.
type feedRow struct {
	token    FeedToken
	day      Day
	city     string
	hours    int
	revision int

	from int64 // where it begins
	row  int64 // lines before it
}

// less is the order that lines stand in.
func (a feedRow) less(b feedRow) bool {
	if c := bytes.Compare(a.token[:], b.token[:]); c != 0 {
		return c < 0
	}
	return a.day < b.day || a.day == b.day && a.city < b.city
}

// Where a token and a day end in a line: both have one length.
const (
	feedTokenEnd = 32
	feedDayEnd   = feedTokenEnd + 1 + 10
)

// parse reads the line into now, and names the field that it cannot read.
func (r *FeedReader) parse(line []byte) (field string, ok bool) {
	if len(line) <= feedDayEnd || line[feedTokenEnd] != ',' || line[feedDayEnd] != ',' {
		return "", false
	}
	if !parseToken(&r.now.token, line[:feedTokenEnd]) {
		return ".token", false
	}
	if !r.parseDay(line[feedTokenEnd+1 : feedDayEnd]) {
		return ".day", false
	}
	city, rest, _ := bytes.Cut(line[feedDayEnd+1:], []byte{','})
	if !r.parseCity(city) {
		return ".city", false
	}
	hours, revision, _ := bytes.Cut(rest, []byte{','})
	if r.now.hours = small(hours); r.now.hours < 0 || r.now.hours > 24 || (r.now.hours == 0) != (r.now.city == "") {
		return ".hours", false
	}
	if r.now.revision = small(revision); r.now.revision < 1 {
		return ".revision", false
	}
	return "", true
}

func parseToken(t *FeedToken, digits []byte) bool {
	for i := range t {
		high, low := nibble(digits[2*i]), nibble(digits[2*i+1])
		if high > 15 || low > 15 {
			return false
		}
		t[i] = high<<4 | low
	}
	return true
}

// nibble is what a hexadecimal digit stands for, in small letters alone: a token has
// one way of being written.
func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// parseDay reads a day that this feed may tell of: one day late, and not too late.
func (r *FeedReader) parseDay(text []byte) bool {
	day, seen := r.days[string(text)]
	if !seen {
		var err error
		if day, err = ParseDay(string(text)); err != nil || day >= r.date || day < r.date-FeedDays {
			return false
		}
		r.days[string(text)] = day
	}
	r.now.day = day
	return true
}

func (r *FeedReader) parseCity(code []byte) bool {
	if len(code) == 0 {
		return true
	}
	city, seen := r.codes[string(code)]
	if !seen {
		if city = string(code); !r.isCity(city) {
			return false
		}
		r.codes[city] = city
	}
	r.now.city = city
	return true
}

// small reads a number of at most four digits that is written in the one way; -1 if
// it is none.
func small(digits []byte) (n int) {
	if len(digits) == 0 || len(digits) > 4 || digits[0] == '0' && len(digits) > 1 {
		return -1
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}
