package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// plan is what a proposal would do: whom it is about, and what evidence it adds.
// Trying it out and doing it come from the same rows, so that they agree.
type plan struct {
	where string // the residents it is about, as a condition on the table residents; "" where keep sees to them
	args  []any
	// add gives the evidence that there would be about somebody who is among them.
	add func(t *txn, p *person) error
	// keep writes that evidence down.
	keep func(t *txn) error
}

// plan says what the proposal would do.
func (s *Store) plan(row proposalRow, body proposalBody) (plan, error) {
	switch models.Lever(row.Lever) {
	case models.LeverOrder:
		return orderPlan(row, *body.Order), nil
	case models.LeverListing:
		came, _ := s.law.Load().changed(body.Listing.Place)
		return listingPlan(row, *body.Listing, came), nil
	case models.LeverExposure:
		return exposurePlan(row, *body.Exposure), nil
	case models.LeverOnBehalf:
		return onBehalfPlan(row, *body.Declaration), nil
	case models.LeverMove:
		return movePlan(row, body.Community), nil
	case models.LeverImport:
		return importPlan(row, body.Tests), nil
	case models.LeverMerger:
		return mergerPlan(row, *body.Merger), nil
	}
	return plan{}, fmt.Errorf("no plan for %s", row.Lever)
}

// effect tries a plan out over everybody whom it is about. It changes nothing.
func (s *Store) effect(ctx context.Context, p plan) (e models.Effect, err error) {
	for reached, more := "", true; more; more = reached != "" {
		c, err := s.crowd(ctx)
		if err != nil {
			return e, err
		}
		args := append([]any{reached}, p.args...)
		if reached, err = c.find("id > ? AND "+p.where, args, s.batchSize(), nil); err != nil {
			return e, err
		}
		if len(c.people) == 0 {
			continue
		}
		if err := c.evidence(); err != nil {
			return e, err
		}
		if err := c.effect(p, &e); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (c *crowd) effect(p plan, e *models.Effect) error {
	at := c.Now().UTC().Truncate(time.Millisecond)
	t := &txn{Store: c.Store, db: c.read.WithContext(c.ctx), at: at}
	for i := range c.people {
		one := &c.people[i]
		before := c.ruled(one.row, c.weigh(one.row, one.evidence), at)
		if err := p.add(t, one); err != nil {
			return err
		}
		after := c.ruled(one.row, c.weigh(one.row, one.evidence), at)
		e.Add(before.Colour, after.Colour)
	}
	return nil
}

// decidedAtOnce is about how many people is decided in the transaction of whoever
// agrees; about more of them a job does.
const decidedAtOnce = 100

// do keeps what the plan adds, and has everybody decided anew whom it is about.
func (t *txn) do(row proposalRow, p plan, people int64) error {
	if err := p.keep(t); err != nil {
		return err
	}
	if p.where == "" {
		return nil
	}
	if people > decidedAtOnce {
		_, err := t.enqueue(models.JobProposal, row.Office, row.ID)
		return err
	}
	var ids []string
	if err := t.db.Model(&residentRow{}).Where("closed_at = 0 AND "+p.where, p.args...).Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := t.decide(id); err != nil {
			return err
		}
	}
	return nil
}

// errWorse says that somebody's colour would get worse after all.
var errWorse = errors.New("a colour gets worse")

// doAlone does what a proposal says without anybody else, as long as it makes
// nobody's colour worse: it is done, looked at, and taken back if it does.
func (s *Store) doAlone(ctx context.Context, by models.Actor, row proposalRow, body proposalBody) error {
	return s.change(ctx, by, func(t *txn) error {
		p, err := s.plan(row, body)
		if err != nil {
			return err
		}
		var person residentRow
		if err := t.lock(&person, "id = ?", row.ResidentID); err != nil {
			return err
		}
		before, err := t.reader().outcome(person, t.at)
		if err != nil {
			return err
		}
		if err := p.keep(t); err != nil {
			return err
		}
		after, err := t.decide(row.ResidentID)
		if err != nil {
			return err
		}
		if after.Colour > before.Colour {
			return errWorse
		}
		return t.closeProposal(row.ID, models.ProposalAgreed)
	})
}

func (t *txn) closeProposal(id string, state models.ProposalState) error {
	err := t.db.Model(&proposalRow{}).Where("id = ?", id).
		Updates(map[string]any{"state": string(state), "judged_by": t.by.ID, "judged_at": millis(t.at)}).Error
	if err != nil {
		return err
	}
	return t.audit("proposal.close", "proposal", id, string(state))
}

// forProposal decides anew about those whom a proposal is about.
type forProposal struct {
	*Store
	plan
}

func (s *Store) forProposal(ctx context.Context, job jobRow) (forProposal, error) {
	var row proposalRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", job.Subject).Take(&row).Error); err != nil {
		return forProposal{}, err
	}
	body, err := s.openProposal(row)
	if err != nil {
		return forProposal{}, err
	}
	p, err := s.plan(row, body)
	return forProposal{s, p}, err
}

func (f forProposal) total(ctx context.Context) (n int64, err error) {
	err = f.Store.read.WithContext(ctx).Model(&residentRow{}).Where("closed_at = 0 AND "+f.where, f.args...).Count(&n).Error
	return n, err
}

func (f forProposal) find(ctx context.Context, reached string) (b batch, err error) {
	c, err := f.crowd(ctx)
	if err != nil {
		return b, err
	}
	b.reached, err = c.findDecided("id > ? AND "+f.where, append([]any{reached}, f.args...), f.batchSize(), nil)
	b.crowd, b.end, b.people = c, b.reached == "", int64(len(c.people))
	return b, err
}

func (f forProposal) read(b *batch) error { return b.crowd.known() }

func (f forProposal) decide(b *batch) (err error) {
	b.taken, err = b.crowd.judge()
	return err
}

func (f forProposal) advance(job jobRow, b batch) (jobRow, error) { return f.advanced(job, b), nil }
