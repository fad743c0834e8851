package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"healthcode/models"
)

// errUnreadable marks a row that is there and cannot be read: trying again will
// not help, somebody must look.
var errUnreadable = errors.New("a row cannot be read")

// person is one resident of a batch, and all that a decision about them takes.
type person struct {
	row  residentRow
	last decisionRow // the latest; empty if there is none
	evidence
}

// crowd is some residents in the order of their ids, whose rows are read together.
// Reading goes past gorm: it is done a million times.
type crowd struct {
	*Store
	ctx      context.Context
	pool     *sql.DB
	people   []person
	dense    bool           // whether nobody, or few, are between them
	at       time.Time      // of the decisions
	confirms *confirmation  // what the job vouches for that this is done for; nil if nothing
	index    map[string]int // of a resident in people
	seen     words
}

// words keeps one string of each of the few words that columns like kind hold.
type words map[string]string

func (w words) word(b []byte) string {
	s, known := w[string(b)]
	if !known {
		s = string(b)
		w[s] = s
	}
	return s
}

func (s *Store) crowd(ctx context.Context) (*crowd, error) {
	pool, err := s.read.DB()
	return &crowd{Store: s, ctx: ctx, pool: pool, index: map[string]int{}, seen: words{}}, err
}

// each runs the query and has row read every row of it.
func (c *crowd) each(what, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := c.pool.QueryContext(c.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return fmt.Errorf("%s: %w: %w", what, errUnreadable, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// find reads the residents for whom the condition holds, at most limit of them.
// Last is the id of the last one found, "" if there are no more. Of those found,
// people are those who have a code and whom wanted wants, where they live: that is
// sorted out here, because a database that is told would take the index of what it is
// told, and sort.
func (c *crowd) find(where string, args []any, limit int, wanted func(jurisdiction string) bool) (last string, err error) {
	found := 0
	c.people = make([]person, 0, limit)
	err = c.each("residents", `SELECT id, document_id, jurisdiction, community_id, verified_at, verified_mac, closed_at FROM residents
		WHERE `+where+` ORDER BY id LIMIT ?`, append(args, limit), func(rows *sql.Rows) error {
		var p person
		r := &p.row
		var jurisdiction, community sql.RawBytes
		if err := rows.Scan(&r.ID, &r.DocumentID, &jurisdiction, &community, &r.VerifiedAt, &r.VerifiedMAC, &r.ClosedAt); err != nil {
			return err
		}
		found++
		last = r.ID
		r.Jurisdiction, r.CommunityID = c.seen.word(jurisdiction), c.seen.word(community)
		if r.ClosedAt == 0 {
			c.people = append(c.people, p)
		}
		return nil
	})
	if found < limit {
		last = ""
	}
	if err == nil {
		c.dense = where == inOrder
		err = c.settleAll(wanted)
		c.dense = c.dense && 2*len(c.people) >= limit
	}
	return last, err
}

// inOrder is the condition of finding everybody, some after the others.
const inOrder = "id > ?"

// of is the condition that a column names one of the people. Where they are dense it
// is a range, which the database reads in one go; of what belongs to
// others in between, nothing is kept.
func (c *crowd) of(column string) (where string, args []any) {
	if c.dense {
		return column + " BETWEEN ? AND ?", []any{c.people[0].row.ID, c.people[len(c.people)-1].row.ID}
	}
	for i := range c.people {
		args = append(args, c.people[i].row.ID)
	}
	return column + " IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
}

// decided reads the latest decision of each. It must be read before the evidence
// is: see [txn.take].
func (c *crowd) decided() error {
	where, args := c.of("resident_id")
	return c.each("decisions", `SELECT d.id, d.resident_id, d.sequence, d.colour, d.reasons, d.until_at, d.rule_set, d.facts, d.at, d.mac
		FROM (SELECT resident_id AS r, MAX(sequence) AS s FROM decisions WHERE `+where+` GROUP BY resident_id) l
		JOIN decisions d ON d.resident_id = l.r AND d.sequence = l.s`, args, func(rows *sql.Rows) error {
		var d decisionRow
		var colour, ruleSet sql.RawBytes
		if err := rows.Scan(&d.ID, &d.ResidentID, &d.Sequence, &colour, &d.Reasons, &d.UntilAt, &ruleSet, &d.Facts, &d.At, &d.MAC); err != nil {
			return err
		}
		if i, here := c.index[d.ResidentID]; here {
			d.Colour, d.RuleSet = c.seen.word(colour), c.seen.word(ruleSet)
			c.people[i].last = d
		}
		return nil
	})
}

// latest is the person's latest decision as [reader.latest] has it: a number alone if
// it does not verify.
func (c *crowd) latest(p *person) (d models.Decision) {
	if p.last.ID != "" {
		d, _ = c.sound(p.last)
	}
	return d
}
