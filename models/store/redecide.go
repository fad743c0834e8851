package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"healthcode/models"
)

// redecide decides anew about everybody who lives in some places.
type redecide struct {
	*Store
	lives    func(jurisdiction string) bool // nil for everybody
	confirms confirming
}

// redecide goes on where the job is.
func (s *Store) redecide(ctx context.Context, job jobRow) (redecide, error) {
	r := redecide{Store: s, lives: s.livesIn(job.Jurisdiction)}
	var err error
	r.confirms, err = s.confirming(ctx, job, r.lives)
	return r, err
}

// livesIn is whether places are the jurisdiction or below it, as the tree is now.
func (s *Store) livesIn(jurisdiction string) func(string) bool {
	if jurisdiction == models.Root {
		return nil
	}
	parents, known := s.law.Load().files.Parents, map[string]bool{}
	return func(place string) bool {
		in, asked := known[place]
		if !asked {
			path, ok := models.PathTo(place, parents)
			in = ok && slices.Contains(path, jurisdiction)
			known[place] = in
		}
		return in
	}
}

func (r redecide) total(ctx context.Context) (int64, error) { return r.living(ctx, r.lives) }

// living is how many residents have a code and live where in says.
func (s *Store) living(ctx context.Context, in func(jurisdiction string) bool) (n int64, err error) {
	var counts []struct {
		Jurisdiction string
		People       int64
	}
	err = s.read.WithContext(ctx).Model(&residentRow{}).Select("jurisdiction, COUNT(*) AS people").Where("closed_at = 0").
		Group("jurisdiction").Find(&counts).Error
	for _, c := range counts {
		if in == nil || in(c.Jurisdiction) {
			n += c.People
		}
	}
	return n, err
}

func (r redecide) find(ctx context.Context, reached string) (b batch, err error) {
	c, err := r.crowd(ctx)
	if err != nil {
		return b, err
	}
	done := r.confirms.confirmation()
	c.confirms = &done
	b.reached, err = c.findDecided(inOrder, []any{reached}, r.batchSize(), r.lives)
	b.crowd, b.end, b.people = c, b.reached == "", int64(len(c.people))
	return b, err
}

func (r redecide) read(b *batch) error { return b.crowd.known() }

func (r redecide) decide(b *batch) (err error) {
	b.taken, err = b.crowd.judge()
	return err
}

func (r redecide) advance(job jobRow, b batch) (jobRow, error) {
	result, err := json.Marshal(r.confirms)
	job = r.advanced(job, b)
	job.Result = string(result)
	return job, err
}

// taking is a decision to be written.
type taking struct {
	changed
	row decisionRow
}

// findDecided is [crowd.find], and what was decided last about whoever is found: that
// is read before the evidence, see [txn.take].
func (c *crowd) findDecided(where string, args []any, limit int, wanted func(jurisdiction string) bool) (last string, err error) {
	last, err = c.find(where, args, limit, wanted)
	if err == nil && len(c.people) > 0 {
		err = c.decided()
	}
	return last, err
}

// known reads what else a decision about everybody in the crowd takes.
func (c *crowd) known() error {
	c.at = c.Now().UTC().Truncate(time.Millisecond)
	return c.evidence()
}

// judge decides about everybody in the crowd, and keeps what says something that
// their latest decision does not: see confirmation.go.
func (c *crowd) judge() ([]taking, error) {
	list, errs := make([]taking, len(c.people)), make([]error, len(c.people))
	ids := c.ids(len(c.people), c.at)
	c.spread(len(c.people), func(i int) {
		p := &c.people[i]
		last, d := c.latest(p), c.ruled(p.row, c.weigh(p.row, p.evidence), c.at)
		if !same(last, d) && !(alike(last, d) && c.stands(last, p.row.Jurisdiction)) {
			d.ID, d.Sequence = ids[i], last.Sequence+1
			list[i].changed = changed{last, d}
			list[i].row, errs[i] = c.decisionRow(d)
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(list, func(t taking) bool { return t.row.ID == "" }), nil
}

// stands reports whether a decision that says what the rules say now need not be
// written once more.
func (c *crowd) stands(last models.Decision, jurisdiction string) bool {
	return c.says(last, jurisdiction) ||
		c.confirms != nil && last.At.Before(c.confirms.before) && c.confirms.sets[c.RulesIn(jurisdiction).Hash()]
}

// take writes decisions that were taken before the transaction began.
//
// Nobody is locked for that. All evidence comes in a transaction that ends with a
// decision about its resident, because a decision names the facts it was taken
// from; decisions are numbered, and a number is given once. The latest decision was
// read before the evidence. So where the next number is still free, no evidence had
// come by then that was not seen; and whoever brings some from now on, and decided
// at the same time, finds the number taken and begins again with ours. Where the
// number is gone, the database refuses the batch, and it is tried once more: those
// who were decided about meanwhile are then locked and decided about one by one.
func (t *txn) take(list []taking, again bool) error {
	if again {
		var err error
		if list, err = t.overtaken(list); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	changes := make([]changed, len(list))
	for i := range list {
		t.touch(list[i].now.ResidentID)
		changes[i] = list[i].changed
	}
	err := t.insertMany("decisions (id, resident_id, sequence, colour, reasons, until_at, rule_set, facts, at, mac)", len(list), func(i int) []any {
		r := &list[i].row
		return []any{r.ID, r.ResidentID, r.Sequence, r.Colour, r.Reasons, r.UntilAt, r.RuleSet, r.Facts, r.At, r.MAC}
	})
	if err != nil {
		return raced(err)
	}
	if err := t.auditMany(changes); err != nil {
		return err
	}
	return t.noticeMany(changes)
}

// auditMany writes a row about everybody whose colour is another than before. Where
// a change of the rules leaves a colour as it was, the decision says all there is to
// say, and one row for each rule set says how many of those there were.
func (t *txn) auditMany(changes []changed) error {
	var moved []changed
	kept := map[string]int{}
	for _, c := range changes {
		if c.last.Colour == c.now.Colour {
			kept[c.now.RuleSet]++
		} else {
			moved = append(moved, c)
		}
	}
	for _, set := range slices.Sorted(maps.Keys(kept)) {
		if err := t.audit("decision.renew", "rules", set, fmt.Sprint(kept[set])); err != nil {
			return err
		}
	}
	at := millis(t.at)
	return t.insertMany("audit (id, at, actor_kind, actor_id, action, subject_kind, subject_id, detail)", len(moved), func(i int) []any {
		c := moved[i]
		return []any{t.id(), at, string(t.by.Kind), t.by.ID, "decision.take", "resident", c.now.ResidentID, change(c.last, c.now)}
	})
}

// overtaken decides about those whom somebody else decided about since, and gives
// back the others.
func (t *txn) overtaken(list []taking) (rest []taking, err error) {
	for _, one := range list {
		var n int
		err := t.db.Model(&decisionRow{}).Where("resident_id = ?", one.now.ResidentID).Select("COALESCE(MAX(sequence), 0)").Scan(&n).Error
		if err != nil {
			return nil, err
		}
		if n == one.last.Sequence {
			rest = append(rest, one)
		} else if _, err := t.decide(one.now.ResidentID); err != nil {
			return nil, err
		}
	}
	return rest, nil
}
