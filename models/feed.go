package models

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A feed is what a telecom operator says of the phones of those of its subscribers
// who agreed to it: a file of one line in front, which is signed, and one line for
// each city that a phone was in on a day. docs/feed.md has it for operators.

// FeedLinesMost is how many lines one feed may have, and FeedLineMost and FeedHeadMost
// are how long one and the first may be, in bytes.
const (
	FeedLinesMost = 1_000_000_000
	FeedLineMost  = 128
	FeedHeadMost  = 255
)

// FeedDays is how far back a feed may go before its own day, and how long what it
// says is kept: longer than any travel card.
const FeedDays = 21

// FeedHead is the first line of a feed: all that is signed.
type FeedHead struct {
	Operator string
	Sequence int64    // of all that this operator ever made, each its own
	Date     Day      // on which it was made: it tells of days before
	Rows     int64    // lines that follow
	Digest   [32]byte // SHA-256 of all that follows
}

// operatorID is what operators are called: cmcc, unicom-zj.
var operatorID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,15}$`)

// CheckOperator refuses what no operator can be called.
func CheckOperator(id string) error {
	if !operatorID.MatchString(id) {
		return Refuse(ReasonFeedOperator)
	}
	return nil
}

// String is the line without its end.
func (h FeedHead) String() string {
	return fmt.Sprintf("healthcode-feed 1 operator=%s sequence=%d date=%s rows=%d sha256=%x", h.Operator, h.Sequence, h.Date, h.Rows, h.Digest)
}

// ParseFeedHead reads the line that String writes, and none that is written otherwise.
func ParseFeedHead(line string) (h FeedHead, err error) {
	refusal := Refuse(ReasonFeedHead)
	words := strings.Split(line, " ")
	if len(words) != 7 || len(line) > FeedHeadMost {
		return h, refusal
	}
	value := func(i int, name string) string { v, _ := strings.CutPrefix(words[i], name+"="); return v }
	h.Operator = value(2, "operator")
	h.Sequence, _ = strconv.ParseInt(value(3, "sequence"), 10, 64)
	h.Date, _ = ParseDay(value(4, "date"))
	h.Rows, _ = strconv.ParseInt(value(5, "rows"), 10, 64)
	digest, _ := hex.DecodeString(value(6, "sha256")) // what is wrong is not written back as it was
	copy(h.Digest[:], digest)
	if h.String() != line || CheckOperator(h.Operator) != nil || h.Sequence < 1 || h.Rows < 1 || h.Rows > FeedLinesMost {
		return FeedHead{}, refusal
	}
	return h, nil
}

// FeedToken is what an operator knows the number of a resident by. It is random.
type FeedToken [16]byte

// String is how feeds write it.
func (t FeedToken) String() string { return hex.EncodeToString(t[:]) }

// FeedCity is a city and the hours of the day that a phone was in it.
type FeedCity struct {
	City  string
	Hours int
}

// IsCity is whether the code is of a city, and neither of a province nor of anything
// within a city. A municipality is both, province and city.
func IsCity(code string) bool {
	return len(code) == 6 && CityOf(code) == code && (code[2:4] != "00" || CityOf(code[:2]+"0100") == code)
}

// FeedDay is what a feed says of one day of one phone. No city means that the phone
// was nowhere: it takes back what an earlier revision said.
type FeedDay struct {
	Token    FeedToken
	Day      Day
	Revision int // the highest counts
	Cities   []FeedCity
}

// Text is the cities as they are kept: "310000 6,330100 18".
func (d FeedDay) Text() string {
	b := make([]byte, 0, 16)
	for i, c := range d.Cities {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, c.City...), ' ')
		b = strconv.AppendInt(b, int64(c.Hours), 10)
	}
	return string(b)
}

// ParseFeedCities reads what Text wrote.
func ParseFeedCities(text string) (list []FeedCity, err error) {
	if text == "" {
		return nil, nil
	}
	for _, words := range strings.Split(text, ",") {
		city, hours, _ := strings.Cut(words, " ")
		n, err := strconv.Atoi(hours)
		if err != nil {
			return nil, fmt.Errorf("cities of a day: %w", err)
		}
		list = append(list, FeedCity{city, n})
	}
	return list, nil
}

// Traces are the times that the day comes to: each city from the beginning of the
// day on, for as many hours as the phone was in it. When in the day that was is not
// told, so a city of 24 hours touches the next day, and no other does.
func (d FeedDay) Traces() (list []Trace) {
	begin := d.Day.Begin()
	for _, c := range d.Cities {
		list = append(list, Trace{Place: c.City, From: begin, To: begin.Add(time.Duration(c.Hours) * time.Hour), Source: TraceFeed})
	}
	return list
}

// Hours is how long the trace is.
func (t Trace) Hours() int { return int(t.To.Sub(t.From) / time.Hour) }

// Feed is a feed that was begun, and how far it has been read.
type Feed struct {
	FeedHead
	Counted int64 // lines that have been read
	Taken   int64 // days of somebody that they came to and that are new
	Known   int64 // that were there already
	Dropped int64 // of nobody who agrees to it
	BegunAt time.Time
	EndedAt time.Time // zero while lines are left
}

// FeedPhone is a number that an operator is told, or told to forget.
type FeedPhone struct {
	Token FeedToken
	Phone Phone
	Ended bool
}
