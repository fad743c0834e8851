package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// When rules are published everybody is decided anew, and most come out as they were.
// Writing that down for each would be most of the work. Instead the job says up to
// where it has been, and under which rules: a decision that it has been past, and that
// nothing has followed, says what those rules say.

// confirmation is what a job that decides anew about everybody vouches for.
type confirmation struct {
	before  time.Time       // a decision that was taken before then
	reached string          // about a resident no further than that
	sets    map[string]bool // says what these rule sets say, by their hashes
}

// clocksApart is by how much the clocks of two replicas may differ, together with how
// long one may not know yet of a publication: what was decided that shortly before one
// may have been written down after its job had gone by.
const clocksApart = time.Minute

// confirming is the same to the job while it is at work. It is kept in the job's
// result, as it was when the job began.
type confirming struct {
	Before int64    `json:"before"` // UTC milliseconds
	Sets   []string `json:"sets"`
}

func (c confirming) confirmation() confirmation {
	out := confirmation{before: instant(c.Before), sets: map[string]bool{}}
	for _, hash := range c.Sets {
		out.sets[hash] = true
	}
	return out
}

// confirming is what the job vouches for, from its first batch on.
func (s *Store) confirming(ctx context.Context, job jobRow, lives func(string) bool) (c confirming, err error) {
	if job.Result != "" {
		err = json.Unmarshal([]byte(job.Result), &c)
		return c, err
	}
	at, err := s.reader(ctx).began(job)
	if err != nil {
		return c, err
	}
	c.Before = millis(at.Add(-clocksApart))
	known := map[string]bool{}
	for place, set := range s.law.Load().rules {
		if hash := set.Hash(); !known[hash] && (lives == nil || lives(place)) {
			known[hash] = true
			c.Sets = append(c.Sets, hash)
		}
	}
	return c, nil
}

// began is when that came in force which the job decides anew after: a publication, or
// a merger.
func (r reader) began(job jobRow) (time.Time, error) {
	var p publicationRow
	err := found(r.db.Where("id = ?", job.Subject).Take(&p).Error)
	if !errors.Is(err, models.NotFound) {
		return instant(p.At), err
	}
	var m mergerRow
	err = found(r.db.Where("id = ?", job.Subject).Take(&m).Error)
	return instant(m.At), err
}

// loadConfirmations reads how far the jobs are.
func (s *Store) loadConfirmations(ctx context.Context) error {
	var rows []jobRow
	if err := s.read.WithContext(ctx).Where("kind = ? AND result <> ''", models.JobRedecide).Find(&rows).Error; err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	all := map[string]confirmation{}
	for _, row := range rows {
		var c confirming
		if !s.soundJob(row) || row.State == string(models.JobFailed) || json.Unmarshal([]byte(row.Result), &c) != nil {
			continue
		}
		done := c.confirmation()
		if done.reached = row.Reached; row.State == string(models.JobDone) {
			done.reached = "~" // no id is after a tilde
		}
		all[row.Subject] = done
	}
	s.confirmed.Store(&all)
	return nil
}

// says reports whether the decision says what the rules say that hold where its
// resident lives: it was taken under them, or a job has confirmed it since.
func (s *Store) says(d models.Decision, jurisdiction string) bool {
	l := s.law.Load()
	set := l.rulesIn(jurisdiction)
	if d.RuleSet == set.Name() || jurisdiction == nowhere {
		return d.RuleSet == set.Name()
	}
	from, known := l.from[jurisdiction]
	if !known {
		from = l.from[models.Root]
	}
	c, known := (*s.confirmed.Load())[from]
	return known && d.At.Before(c.before) && d.ResidentID <= c.reached && c.sets[set.Hash()]
}
