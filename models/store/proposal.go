package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"healthcode/models"
)

type proposalRow struct {
	ID          string
	Lever       string
	Office      string
	ResidentID  string
	EnteredKind string
	EnteredBy   string
	BodySealed  []byte
	At          int64
	People      int64
	Worse       int64
	Reddened    int64
	State       string
	JudgedBy    string
	JudgedAt    int64
	MAC         []byte `gorm:"column:mac"`
}

func (proposalRow) TableName() string { return "proposals" }

// bytes is who proposed what. What it is about is sealed into this very row; how it
// was judged is in a judgement of its own.
func (r proposalRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %s %s %d", r.ID, r.Lever, r.Office, r.ResidentID, r.EnteredKind, r.EnteredBy, r.At)
}

// proposalBody is what a proposal is about, as it is sealed.
type proposalBody struct {
	Evidence    string              `json:"evidence"`
	Order       *models.Order       `json:"order,omitempty"`
	Listing     *models.Listing     `json:"listing,omitempty"`
	Exposure    *models.Exposure    `json:"exposure,omitempty"`
	Declaration *models.Declaration `json:"declaration,omitempty"`
	Community   string              `json:"community,omitempty"`
	Tests       []heldTest          `json:"tests,omitempty"`
	Merger      *models.Merger      `json:"merger,omitempty"`
}

// propose keeps what somebody wants done for somebody else to agree to. Where its
// lever lets that be, and nobody's colour gets worse by it, it is done at once.
func (s *Store) propose(ctx context.Context, by proposing, row proposalRow, body proposalBody) (models.Proposal, error) {
	if err := s.tryOut(ctx, by, &row, &body); err != nil {
		return models.Proposal{}, err
	}
	err := s.change(ctx, by.actor, func(t *txn) error {
		row.ID, row.At = t.id(), millis(t.at)
		return t.insertProposal(&row, body)
	})
	if err != nil {
		return models.Proposal{}, err
	}
	if err := s.unlessWorse(ctx, by.actor, row, body); err != nil {
		return models.Proposal{}, err
	}
	return s.proposal(ctx, row.ID)
}

// tryOut fills in who proposes, and what it would do.
func (s *Store) tryOut(ctx context.Context, by proposing, row *proposalRow, body *proposalBody) (err error) {
	if body.Evidence, err = models.CheckEvidence(body.Evidence); err != nil {
		return err
	}
	plan, err := s.plan(*row, *body)
	if err != nil {
		return err
	}
	effect, err := s.effect(ctx, plan)
	row.Office, row.EnteredKind, row.EnteredBy = by.office, string(by.actor.Kind), by.actor.ID
	row.People, row.Worse, row.Reddened = effect.People, effect.Worse, effect.Reddened
	return err
}

// unlessWorse does what was proposed, where its lever lets that be and nobody's colour
// gets worse by it.
func (s *Store) unlessWorse(ctx context.Context, by models.Actor, row proposalRow, body proposalBody) error {
	if !models.Lever(row.Lever).Terms().Alone || row.Worse > 0 {
		return nil
	}
	err := s.doAlone(ctx, by, row, body)
	if errors.Is(err, errWorse) {
		return nil
	}
	return err
}

// proposing is who proposes, and for which office.
type proposing struct {
	actor  models.Actor
	office string
}

func proposer(by models.Staff) proposing { return proposing{by.Actor(), by.Jurisdiction} }

func (t *txn) insertProposal(row *proposalRow, body proposalBody) error {
	clear, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if row.BodySealed, err = t.Vault.Seal("proposals", "body_sealed", row.ID, clear); err != nil {
		return err
	}
	row.State = string(models.ProposalOpen)
	if row.MAC, err = t.vouch(*row); err != nil {
		return err
	}
	if err := t.insert(row); err != nil {
		return err
	}
	for _, held := range body.Tests {
		if err := t.insert(&heldTestRow{held.DocumentID, held.Kind, millis(held.Sampled), row.ID}); err != nil {
			return err
		}
	}
	return t.audit("proposal.enter", "proposal", row.ID, row.Lever)
}

// open is what a proposal is about. One that the service did not make is none.
func (s *Store) openProposal(row proposalRow) (body proposalBody, err error) {
	if !s.vouched(row, row.ID, row.MAC) {
		return body, models.Refuse(models.ReasonProposalUnknown)
	}
	clear, err := s.Vault.Unseal("proposals", "body_sealed", row.ID, row.BodySealed)
	if err != nil {
		s.alarm("proposals", row.ID)
		return body, models.Refuse(models.ReasonProposalUnknown).Because(err)
	}
	return body, json.Unmarshal(clear, &body)
}

// proposal reads one proposal, whole.
func (s *Store) proposal(ctx context.Context, id string) (models.Proposal, error) {
	var row proposalRow
	err := found(s.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error)
	if errors.Is(err, models.NotFound) {
		return models.Proposal{}, models.Refuse(models.ReasonProposalUnknown)
	}
	if err != nil {
		return models.Proposal{}, err
	}
	return s.reader(ctx).proposed(row)
}

func (r reader) proposed(row proposalRow) (models.Proposal, error) {
	body, err := r.openProposal(row)
	if err != nil {
		return models.Proposal{}, err
	}
	p := models.Proposal{ID: row.ID, Lever: models.Lever(row.Lever), Office: row.Office, Entered: models.ActorKind(row.EnteredKind),
		EnteredBy: row.EnteredBy, At: instant(row.At), Evidence: body.Evidence, ResidentID: row.ResidentID, Community: body.Community,
		Effect: models.Effect{People: row.People, Worse: row.Worse, Reddened: row.Reddened},
		State:  models.ProposalState(row.State), JudgedBy: row.JudgedBy, JudgedAt: instant(row.JudgedAt)}
	if body.Order != nil {
		p.Order = *body.Order
	}
	if body.Listing != nil {
		p.Listing = *body.Listing
	}
	if body.Exposure != nil {
		p.Exposure = *body.Exposure
	}
	if body.Declaration != nil {
		p.Declaration = *body.Declaration
	}
	for _, held := range body.Tests {
		p.Tests = append(p.Tests, held.test())
	}
	if body.Merger != nil {
		p.Merger = *body.Merger
		if p.Effect, err = r.triedMerger(row, r.law.Load()); err != nil && !errors.Is(err, models.Conflict) {
			return p, err
		}
		p.Untried = errors.Is(err, models.Conflict) && p.Effect == models.Effect{}
	}
	if p.State == models.ProposalOpen {
		return p, nil
	}
	p.Words, err = r.words(reviewRow{ID: row.ID, JudgedAt: row.JudgedAt})
	return p, err
}
