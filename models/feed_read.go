package models

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// FeedReader reads the lines of a feed after the first, in bounded memory. They are
// in order: by token, day and city, as `LC_ALL=C sort` puts them, so that all that is
// said of a day of a phone stands together, and nothing is said twice.
type FeedReader struct {
	in      *bufio.Reader
	date    Day
	isCity  func(string) bool
	reached int64 // bytes that have been read
	rows    int64 // lines that have been read

	now, before feedRow // the line that was read last, and the one before it
	ahead       bool    // now has not been given yet
	fault       error   // of a line behind what was given
	cities      []FeedCity
	codes       map[string]string // cities that have been seen
	days        map[string]Day    // days that have been seen
}

// feedBuffer is how much is read at once, and feedCitiesMost in how many cities a
// phone can have been for an hour of one day.
const (
	feedBuffer     = 256 << 10
	feedCitiesMost = 24
)

// NewFeedReader reads from the line behind so many, which begins behind so many
// bytes of the body. What is a city, the caller says.
func NewFeedReader(body io.Reader, head FeedHead, reached, rows int64, isCity func(string) bool) *FeedReader {
	return &FeedReader{in: bufio.NewReaderSize(body, feedBuffer), date: head.Date, isCity: isCity, reached: reached, rows: rows,
		codes: map[string]string{}, days: map[string]Day{}}
}

// Reached is where the reader is behind what it gave last: bytes and lines.
func (r *FeedReader) Reached() (bytes, rows int64) {
	if r.ahead {
		return r.now.from, r.now.row
	}
	return r.reached, r.rows
}

// Next is all that is said of the next day of a phone, or io.EOF. Its cities are good
// until the next call. A line that says nothing is a problem on it, and whoever asks
// again is given what follows.
func (r *FeedReader) Next() (FeedDay, error) {
	if err := r.fault; err != nil {
		r.fault = nil
		return FeedDay{}, err
	}
	if !r.ahead {
		if err := r.read(); err != nil {
			return FeedDay{}, err
		}
	}
	d := FeedDay{Token: r.now.token, Day: r.now.day, Revision: r.now.revision, Cities: r.cities[:0]}
	for {
		if r.ahead = false; r.now.city != "" {
			d.Cities = append(d.Cities, FeedCity{r.now.city, r.now.hours})
		}
		if r.fault = r.read(); r.fault != nil {
			break
		}
		if r.ahead = true; r.now.token != d.Token || r.now.day != d.Day {
			break
		}
		if r.fault = r.fits(d); r.fault != nil {
			r.ahead = false
			break
		}
	}
	r.cities = d.Cities
	return d, nil
}

// fits refuses a line that cannot be of one day with those before it.
func (r *FeedReader) fits(d FeedDay) error {
	switch {
	case r.now.revision != d.Revision:
		return r.refuse(ReasonFeedLine, ".revision")
	case len(d.Cities) == 0, len(d.Cities) == feedCitiesMost: // nowhere is nowhere else
		return r.refuse(ReasonFeedLine, ".city")
	}
	return nil
}

func (r *FeedReader) refuse(reason Reason, field string) error {
	return Refuse(reason).On(fmt.Sprintf("line %d%s", r.rows+1, field)) // the head is the first
}

// read reads one line into now.
func (r *FeedReader) read() error {
	line, err := r.in.ReadSlice('\n')
	from, row, size := r.reached, r.rows, len(line)
	for errors.Is(err, bufio.ErrBufferFull) { // too long, whatever follows
		var more []byte
		more, err = r.in.ReadSlice('\n')
		size += len(more)
	}
	if r.reached += int64(size); errors.Is(err, io.EOF) && size == 0 {
		return io.EOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("feed: %w", err)
	}
	if r.rows++; err != nil || size > FeedLineMost {
		return r.refuse(ReasonFeedLine, "")
	}
	r.before, r.now = r.now, feedRow{from: from, row: row}
	if field, ok := r.parse(line[:len(line)-1]); !ok {
		r.now = r.before
		return r.refuse(ReasonFeedLine, field)
	}
	if r.before.revision > 0 && !r.before.less(r.now) {
		return r.refuse(ReasonFeedOrder, "")
	}
	return nil
}
