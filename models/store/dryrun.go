package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"healthcode/models"
	"healthcode/models/rules"
)

// dryRun counts what would become of everybody if a draft were published.
type dryRun struct {
	*Store
	trying
	tally *models.Tally
}

// dryRun goes on where the job is.
func (s *Store) dryRun(ctx context.Context, job jobRow) (*dryRun, error) {
	if s.trying.job != job.ID {
		sets, err := s.DraftSets(ctx, job.Subject)
		if errors.Is(err, models.NotFound) {
			sets, err = s.mergerSets(ctx, job.Subject)
		}
		if err != nil {
			return nil, err
		}
		s.trying = trying{job.ID, sets, map[[2]*rules.Set]*rules.Pair{}}
	}
	so, err := job.dryRun()
	return &dryRun{s, s.trying, so.Tally()}, err
}

// trying is what a dry run needs besides people: to make it takes longer than a
// batch, so it is kept. It is guarded by Store.working.
type trying struct {
	job   string
	sets  map[string]*rules.Set // what would hold, by jurisdiction
	pairs map[[2]*rules.Set]*rules.Pair
}

// pair is what holds in a jurisdiction and what would.
func (d *dryRun) pair(jurisdiction string) *rules.Pair {
	key := [2]*rules.Set{d.RulesIn(jurisdiction), d.would(jurisdiction)}
	if d.pairs[key] == nil {
		d.pairs[key] = rules.NewPair(key[0], key[1])
	}
	return d.pairs[key]
}

// would is the set that would hold in a jurisdiction, nil if none other than now.
func (d *dryRun) would(jurisdiction string) *rules.Set {
	if set := d.sets[jurisdiction]; set != nil {
		return set
	}
	return d.sets[models.Root]
}

func (d *dryRun) concerns(jurisdiction string) bool {
	return jurisdiction != nowhere && d.would(jurisdiction) != nil
}

func (d *dryRun) total(ctx context.Context) (int64, error) { return d.living(ctx, d.concerns) }

// trial is one resident under the rules that hold and under those that would.
type trial struct {
	resident, community string
	before, after       models.Outcome
}

func (d *dryRun) find(ctx context.Context, reached string) (b batch, err error) {
	c, err := d.crowd(ctx)
	if err != nil {
		return b, err
	}
	b.reached, err = c.find(inOrder, []any{reached}, d.batchSize(), d.concerns)
	b.crowd, b.end, b.people = c, b.reached == "", int64(len(c.people))
	return b, err
}

func (d *dryRun) read(b *batch) error { return b.crowd.evidence() }

func (d *dryRun) decide(b *batch) error {
	c := b.crowd
	b.tried = make([]trial, len(c.people))
	pairs := make([]*rules.Pair, len(c.people))
	for i, p := range c.people {
		pairs[i] = d.pair(p.row.Jurisdiction)
	}
	at := c.Now().UTC().Truncate(time.Millisecond)
	c.spread(len(c.people), func(i int) {
		p := &c.people[i]
		before, after := pairs[i].Outcomes(c.weigh(p.row, p.evidence), at)
		b.tried[i] = trial{p.row.ID, p.row.CommunityID, before, after}
	})
	return nil
}

func (d *dryRun) advance(job jobRow, b batch) (jobRow, error) {
	for _, t := range b.tried {
		d.tally.Add(t.resident, t.community, t.before, t.after)
	}
	result, err := json.Marshal(d.tally.DryRun())
	job = d.advanced(job, b)
	job.Result = string(result)
	return job, err
}
