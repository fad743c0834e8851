package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"healthcode/models"
	"healthcode/models/rules"
)

// Order proposes an order about the resident of the document, who lives in the
// lead's jurisdiction. The document must have been checked: an order is about a
// person, not about what somebody typed.
func (s *Store) Order(ctx context.Context, by models.Lead, document models.Document, o models.Order, evidence string) (models.Proposal, error) {
	row, err := s.residentBy(ctx, document)
	if err != nil || !s.Within(row.Jurisdiction, by.Jurisdiction) {
		return models.Proposal{}, unknownResident(err)
	}
	if err := o.Check(s.Now(), s.LongestOrder(row.Jurisdiction)); err != nil {
		return models.Proposal{}, err
	}
	return s.propose(ctx, proposer(by.Staff), proposalRow{Lever: string(models.LeverOrder), ResidentID: row.ID}, proposalBody{Evidence: evidence, Order: &o})
}

// unknownResident is what is said about somebody who is nobody here, or not of the
// asker's place: the two answer alike.
func unknownResident(err error) error {
	if err == nil || errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonResidentUnknown).On("document")
	}
	return err
}

// LongestOrder is how long the rules of the place let an order count.
func (s *Store) LongestOrder(jurisdiction string) time.Duration {
	parameters := s.RulesIn(jurisdiction).Parameters()
	i := slices.IndexFunc(parameters, func(p rules.Parameter) bool { return p.ID == "order_days" })
	if i < 0 {
		return 0 // no rule counts orders here
	}
	return parameters[i].Duration
}

// residentBy finds the resident whose document was checked and is this one.
func (s *Store) residentBy(ctx context.Context, document models.Document) (residentRow, error) {
	var row residentRow
	t := &txn{Store: s, db: s.read.WithContext(ctx)}
	id, err := t.documentHolder(document)
	if err == nil && id == "" {
		err = models.NotFound
	}
	if err != nil {
		return row, err
	}
	return row, found(t.db.Where("id = ?", id).Take(&row).Error)
}

func orderPlan(row proposalRow, o models.Order) plan {
	fact := func(t *txn) models.Fact { return o.Fact(row.ID, t.at) }
	return plan{where: "id = ?", args: []any{row.ResidentID},
		add: func(t *txn, p *person) error { return p.learn(t, fact(t)) },
		keep: func(t *txn) error {
			if !o.Until.After(t.at) {
				return models.Refuse(models.ReasonOrderUntil).On("until")
			}
			return t.insertFact(row.ResidentID, fact(t))
		}}
}

// learn adds a fact to what there is about the person, as if it were on record.
func (p *person) learn(t *txn, f models.Fact) error {
	row, err := t.factRow(p.row.ID, f)
	p.evidence.facts = append(slices.Clip(p.evidence.facts), row)
	return err
}

// Lift ends an order before its time. It makes nobody's colour worse, so one lead
// may do it.
func (s *Store) Lift(ctx context.Context, by models.Lead, id string) error {
	return s.change(ctx, by.Actor(), func(t *txn) error {
		var row proposalRow
		err := t.lock(&row, "id = ? AND lever = ?", id, models.LeverOrder)
		if errors.Is(err, models.NotFound) || err == nil && (!t.covers(by.Jurisdiction, row.Office) || !t.vouched(row, row.ID, row.MAC)) {
			return models.Refuse(models.ReasonProposalUnknown)
		}
		if err != nil {
			return err
		}
		gone, err := t.reader().withdrawn(row.ResidentID)
		if err != nil {
			return err
		}
		if row.State != string(models.ProposalAgreed) || gone["order:"+id] {
			return models.Refuse(models.ReasonProposalClosed)
		}
		if err := t.withdraw(row.ResidentID, "order:"+id); err != nil {
			return err
		}
		_, err = t.decide(row.ResidentID)
		return err
	})
}
