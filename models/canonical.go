package models

import (
	"encoding/binary"
	"time"
)

// encoding is strings joined so that the joint is unambiguous: each has its length
// before it. MACs are made over it, some millions in a job, so nothing is put
// together on the way that is not part of it.
type encoding []byte

// encodingSize is what most facts and decisions take.
const encodingSize = 256

func (e encoding) add(fields ...string) encoding {
	for _, s := range fields {
		e = binary.AppendUvarint(e, uint64(len(s)))
		e = append(e, s...)
	}
	return e
}

// words adds words with a space between any two, as one string.
func (e encoding) words(words []string) encoding {
	size := max(len(words)-1, 0)
	for _, w := range words {
		size += len(w)
	}
	e = binary.AppendUvarint(e, uint64(size))
	for i, w := range words {
		if i > 0 {
			e = append(e, ' ')
		}
		e = append(e, w...)
	}
	return e
}

// time adds an instant to the millisecond, which is what both databases keep. It is
// what Format makes of "2006-01-02T15:04:05.000Z", which takes four times as long.
func (e encoding) time(t time.Time) encoding {
	if t.IsZero() {
		return e.add("")
	}
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	if year < 0 || year > 9999 {
		return e.add(t.Format("2006-01-02T15:04:05.000Z"))
	}
	e = append(e, 24)
	e = append(e.two(year/100).two(year%100), '-')
	e = append(e.two(int(month)), '-')
	e = append(e.two(day), 'T')
	e = append(e.two(hour), ':')
	e = append(e.two(minute), ':')
	e = append(e.two(second), '.')
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(e.two(ms/10), byte('0'+ms%10), 'Z')
}

func (e encoding) two(n int) encoding { return append(e, byte('0'+n/10), byte('0'+n%10)) }
