package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"healthcode/models"
)

// Proposals lists what the member of staff may agree to and what they entered
// themselves, the oldest that waits first, then what was dealt with, the latest
// first.
func (s *Store) Proposals(ctx context.Context, by models.Proposer) ([]models.Proposal, error) {
	r := s.reader(ctx)
	var rows []proposalRow
	if err := r.concerning(by).Order("CASE judged_at WHEN 0 THEN 0 ELSE 1 END, judged_at DESC, id").Limit(proposalsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("proposals: %w", err)
	}
	var list []models.Proposal
	for _, row := range rows {
		theirs, err := r.concerns(by, row)
		if err != nil {
			return nil, err
		}
		if !theirs {
			continue
		}
		p, err := r.proposed(row)
		if errors.Is(err, models.NotFound) {
			continue // the service did not make it
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// proposalsShown is how many proposals are shown at once.
const proposalsShown = 100

// concerning narrows proposals to those that may be the member of staff's to see.
func (r reader) concerning(by models.Proposer) *gorm.DB {
	var levers []string
	for _, terms := range models.Levers() {
		if terms.Agrees == by.Role {
			levers = append(levers, string(terms.Lever))
		}
	}
	theirs, args := r.inside("office", by.Jurisdiction)
	theirs, args = theirs+" AND lever IN ?", append(args, levers)
	if by.Role == models.RoleWorker { // who sees the residents of their own communities, and the arrivals there that a guard took down
		own := append([]string{""}, by.Communities...)
		theirs += " AND (resident_id IN (SELECT id FROM residents WHERE community_id IN ?)" +
			" OR lever = ? AND id IN (SELECT id FROM arrivals WHERE entered_by <> '' AND community_id IN ?))"
		args = append(args, own, string(models.LeverOnBehalf), own)
	}
	return r.db.Where("entered_by = ? OR ("+theirs+")", append([]any{by.ID}, args...)...)
}

// concerns reports whether a proposal is the member of staff's to see: their own, or
// one of a lever that their role agrees to, of an office that is theirs or below it.
func (r reader) concerns(by models.Proposer, row proposalRow) (bool, error) {
	if row.EnteredBy == by.ID {
		return true, nil
	}
	if models.Lever(row.Lever).Terms().Agrees != by.Role || !r.covers(by.Jurisdiction, row.Office) {
		return false, nil
	}
	if by.Role != models.RoleWorker {
		return true, nil
	}
	return r.near(by, row)
}

// near reports whether a worker has a part in it: the resident is of one of their
// communities, or goes to one by the very arrival that the proposal follows up. Neither
// is so because a row of the database merely says it.
func (r reader) near(by models.Proposer, row proposalRow) (bool, error) {
	var person residentRow
	err := found(r.db.Where("id = ?", row.ResidentID).Take(&person).Error)
	if err == nil {
		person, err = r.settled(person)
	}
	if err == nil && slices.Contains(by.Communities, person.CommunityID) {
		return true, nil
	}
	if err = ignore(err, models.NotFound); err != nil || row.Lever != string(models.LeverOnBehalf) {
		return false, err
	}
	a, err := r.arrivalOf("id = ? AND entered_by <> ''", row.ID)
	return err == nil && slices.Contains(by.Communities, a.Community), ignore(err, models.NotFound)
}

// Proposed is a proposal with the person it is about, if it is about one.
type Proposed struct {
	models.Proposal
	Resident models.Resident
	Now      models.Effect // what it would do as things are
	Before   int64         // whom its office turned red within the last day
	Refused  error         // why the reader may not agree, nil if they may
	InForce  bool          // an order or a listing that has neither ended nor been ended
}

// ProposalOf opens one proposal. Whoever it is about will see that.
func (s *Store) ProposalOf(ctx context.Context, by models.Proposer, id string) (Proposed, error) {
	row, body, err := s.openFor(ctx, by, id)
	if err != nil {
		return Proposed{}, err
	}
	var out Proposed
	if out.Proposal, err = s.reader(ctx).proposed(row); err != nil {
		return out, err
	}
	if out.Now = out.Effect; out.State == models.ProposalOpen {
		out.Now, err = s.effectOf(ctx, row, body)
		untried := row.Lever == string(models.LeverMerger) && errors.Is(err, models.Conflict)
		if err != nil && !untried {
			return out, err
		}
		out.Before, out.Refused = s.mayAgree(ctx, by, row, out.Now)
		if untried && out.Refused == nil {
			out.Refused = err
		}
	}
	if out.InForce, err = s.reader(ctx).lasts(out.Proposal); err != nil {
		return out, err
	}
	if row.ResidentID == "" {
		return out, nil
	}
	err = s.change(ctx, by.Actor(), func(t *txn) error {
		var person residentRow
		if err := found(t.db.Where("id = ?", row.ResidentID).Take(&person).Error); err != nil {
			return err
		}
		if out.Resident, err = t.unsealResident(person); err != nil {
			return err
		}
		return t.access(row.ResidentID, models.AccessPropose)
	})
	return out, err
}

// lasts reports whether the proposal is an order or a listing that can still be ended.
func (r reader) lasts(p models.Proposal) (bool, error) {
	switch {
	case p.State != models.ProposalAgreed:
		return false, nil
	case p.Lever == models.LeverOrder:
		gone, err := r.withdrawn(p.ResidentID)
		return p.Order.Until.After(r.Now()) && !gone["order:"+p.ID], err
	case p.Lever == models.LeverListing:
		rows := make([]listingRow, 1)
		err := found(r.db.Where("id = ?", p.ID).Take(&rows[0]).Error)
		if err == nil {
			err = r.ends(rows)
		}
		return err == nil && !rows[0].over(millis(r.Now())), err
	}
	return false, nil
}

// openFor reads a proposal that is the member of staff's to see. Another is as if it
// were not.
func (s *Store) openFor(ctx context.Context, by models.Proposer, id string) (row proposalRow, body proposalBody, err error) {
	r, theirs := s.reader(ctx), false
	err = found(r.concerning(by).Where("id = ?", id).Take(&row).Error)
	if err == nil {
		theirs, err = r.concerns(by, row)
	}
	if errors.Is(err, models.NotFound) || err == nil && !theirs {
		return row, body, models.Refuse(models.ReasonProposalUnknown)
	}
	if err == nil {
		body, err = s.openProposal(row)
	}
	return row, body, err
}

func (s *Store) effectOf(ctx context.Context, row proposalRow, body proposalBody) (models.Effect, error) {
	if row.Lever == string(models.LeverMerger) { // about too many to try it out while somebody waits
		return s.reader(ctx).triedMerger(row, s.law.Load())
	}
	p, err := s.plan(row, body)
	if err != nil {
		return models.Effect{}, err
	}
	return s.effect(ctx, p)
}

// mayAgree is what [Store.Agree] would say, and whom the office turned red before.
func (s *Store) mayAgree(ctx context.Context, by models.Proposer, row proposalRow, now models.Effect) (before int64, err error) {
	t := &txn{Store: s, db: s.read.WithContext(ctx), by: by.Actor(), at: s.Now()}
	total, over, err := t.overCap(row.Office, now.Reddened, by.Staff)
	if err != nil {
		return 0, err
	}
	before = total - now.Reddened
	if err := t.otherPerson(by, row); err != nil {
		return before, err
	}
	if over {
		err = models.Refuse(models.ReasonProposalAbove)
	}
	return before, err
}

// otherPerson refuses whoever is not the second person that the lever asks for.
func (t *txn) otherPerson(by models.Proposer, row proposalRow) error {
	if models.Lever(row.Lever).Terms().Agrees != by.Role || !t.covers(by.Jurisdiction, row.Office) {
		return models.Refuse(models.ReasonProposalOwn) // their own, of a lever that another role agrees to
	}
	err := t.secondPerson(row.EnteredBy)
	if errors.Is(err, models.Forbidden) {
		return models.Refuse(models.ReasonProposalOwn)
	}
	return err
}

// Agree does what a colleague proposed. It is refused
//   - to whoever proposed it, and to those who invited them or whom they invited
//     (proposal.own);
//   - to a colleague of the same office if that would have turned more than a hundred
//     people red within a day (proposal.above).
//
// Either attempt is told to the auditors.
func (s *Store) Agree(ctx context.Context, by models.Proposer, id, words string) error {
	row, body, err := s.openFor(ctx, by, id)
	if err != nil {
		return err
	}
	effect, err := s.effectOf(ctx, row, body)
	if err != nil {
		return err
	}
	err = s.change(ctx, by.Actor(), func(t *txn) error {
		if err := t.oneAtATime(); err != nil {
			return err
		}
		if err := t.lockProposal(&row); err != nil {
			return err
		}
		if err := t.otherPerson(by, row); err != nil {
			return err
		}
		if err := t.redden(row.Office, models.Lever(row.Lever), row.ID, effect.Reddened, by.Staff); err != nil {
			return err
		}
		if err := t.judgeProposal(row, models.ProposalAgreed, words); err != nil {
			return err
		}
		p, err := t.plan(row, body)
		if err != nil {
			return err
		}
		return t.do(row, p, effect.People)
	})
	if err == nil && row.Lever == string(models.LeverMerger) {
		return errors.Join(s.loadLaw(ctx), s.loadPeers(ctx))
	}
	return s.attempted(ctx, by.Actor(), row.Office, models.Lever(row.Lever), row.ID, err)
}

// RefuseProposal closes a colleague's proposal without doing it; one's own is
// withdrawn so.
func (s *Store) RefuseProposal(ctx context.Context, by models.Proposer, id, words string) error {
	row, _, err := s.openFor(ctx, by, id)
	if err != nil {
		return err
	}
	return s.change(ctx, by.Actor(), func(t *txn) error {
		if err := t.lockProposal(&row); err != nil {
			return err
		}
		if row.EnteredBy == by.ID {
			return t.judgeProposal(row, models.ProposalWithdrawn, words)
		}
		if words == "" {
			return models.Refuse(models.ReasonVerdictReason).On("words")
		}
		return t.judgeProposal(row, models.ProposalRefused, words)
	})
}

// lockProposal reads the proposal for closing it.
func (t *txn) lockProposal(row *proposalRow) error {
	id := row.ID
	*row = proposalRow{}
	if err := t.lock(row, "id = ?", id); err != nil {
		return err
	}
	if row.State != string(models.ProposalOpen) {
		return models.Refuse(models.ReasonProposalClosed)
	}
	return nil
}

// judgeProposal writes down who said what to it, and vouches for that.
func (t *txn) judgeProposal(row proposalRow, state models.ProposalState, words string) error {
	judged := judgementRow{ReviewID: row.ID, StaffID: t.by.ID, Verdict: string(state), Words: words, At: millis(t.at)}
	var err error
	if judged.MAC, err = t.Vault.MAC(macJudgement, judged.bytes()); err != nil {
		return err
	}
	if err := raced(t.insert(&judged)); err != nil {
		return err
	}
	return t.closeProposal(row.ID, state)
}
