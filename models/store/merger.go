package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/published"
	"healthcode/models/rules"
)

// mergerRow says that one jurisdiction became part of another. It is only ever
// inserted, and no other row is changed because of it: what says the one means the
// other from then on, wherever it is read.
type mergerRow struct {
	ID         string
	Origin     string
	Successor  string
	Staff      bool
	Basis      string
	ProposalID string
	AgreedBy   string
	At         int64
	MAC        []byte `gorm:"column:mac"`
}

func (mergerRow) TableName() string { return "mergers" }

func (r mergerRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %t %q %s %s %d", r.ID, r.Origin, r.Successor, r.Staff, r.Basis, r.ProposalID, r.AgreedBy, r.At)
}

func (r mergerRow) merger() models.Merger {
	return models.Merger{ID: r.ID, From: r.Origin, Into: r.Successor, Staff: r.Staff, Basis: r.Basis, AgreedBy: r.AgreedBy, At: instant(r.At)}
}

// tree is the jurisdiction above each, as the tree has become, and what became part
// of what. A merger that does not verify is none.
func (r reader) tree() (map[string]string, models.Mergers, error) {
	parents, err := r.parents()
	if err != nil {
		return nil, nil, err
	}
	var rows []mergerRow
	if err := r.db.Order("id").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("mergers: %w", err)
	}
	var list []models.Merger
	for _, row := range rows {
		if r.vouched(row, row.ID, row.MAC) {
			list = append(list, row.merger())
		}
	}
	mergers := models.NewMergers(list, parents)
	return mergers.Tree(parents), mergers, nil
}

// Unite proposes that one jurisdiction becomes part of another, both of them below the
// officer's own, and has that tried out over everybody who lives there. The evidence is
// the paper under which it is done.
func (s *Store) Unite(ctx context.Context, by models.Officer, m models.Merger, evidence string) (models.Proposal, error) {
	evidence, err := models.CheckEvidence(evidence)
	if err != nil {
		return models.Proposal{}, err
	}
	if err := s.Refresh(ctx); err != nil {
		return models.Proposal{}, err
	}
	m = models.Merger{From: m.From, Into: m.Into, Staff: m.Staff, Basis: evidence}
	if err := s.mayUnite(by, m); err != nil {
		return models.Proposal{}, err
	}
	if _, err := s.law.Load().united(m); err != nil {
		return models.Proposal{}, refuseFaults(err)
	}
	row := proposalRow{Lever: string(models.LeverMerger), Office: by.Jurisdiction, EnteredKind: string(models.ActorStaff), EnteredBy: by.ID}
	err = s.change(ctx, by.Actor(), func(t *txn) error {
		row.ID, row.At = t.id(), millis(t.at)
		if err := t.insertProposal(&row, proposalBody{Evidence: evidence, Merger: &m}); err != nil {
			return err
		}
		_, err := t.enqueue(models.JobDryRun, m.From, row.ID)
		return err
	})
	if err != nil {
		return models.Proposal{}, err
	}
	return s.proposal(ctx, row.ID)
}

// mayUnite refuses whoever does not work above both, and what the tree has no room for.
func (s *Store) mayUnite(by models.Officer, m models.Merger) error {
	l := s.law.Load()
	var ps models.Problems
	for _, place := range []struct{ field, code string }{{"from", m.From}, {"into", m.Into}} {
		if _, known := l.files.Parents[place.code]; !known {
			ps.Add(place.field, models.Refuse(models.ReasonPlaceUnknown))
		} else if !s.above(by.Jurisdiction, place.code) {
			ps.Add(place.field, models.Refuse(models.ReasonForbidden))
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return l.mergers.Check(m, l.files.Parents)
}

// united is the rules that would hold where the one jurisdiction is, and below it.
// What is wrong is what a rule file or a form there may not say under what stands above
// it then ([published.Faults]).
func (l *law) united(m models.Merger) (map[string]*rules.Set, error) {
	parents, files := l.mergers.With(m).Tree(l.files.Parents), maps.Clone(l.files.Files)
	delete(files, m.From)
	sets, err := rules.Tree{Parents: parents, Files: files}.Sets()
	if err != nil {
		return nil, err
	}
	below := func(place string) bool {
		path, ok := models.PathTo(place, parents)
		return ok && slices.Contains(path, m.From)
	}
	maps.DeleteFunc(sets, func(place string, _ *rules.Set) bool { return !below(place) })
	asked := forms.Tree{Parents: parents, Files: slices.DeleteFunc(slices.Clone(l.forms.Files), func(f *forms.File) bool { return f.Form().Jurisdiction == m.From })}
	var faults published.Faults
	for _, f := range asked.Files {
		if !below(f.Form().Jurisdiction) {
			continue
		}
		_, err := asked.Publish(f)
		var found published.Faults
		if errors.As(err, &found) {
			faults = append(faults, found...)
		} else if err != nil {
			return nil, err
		}
	}
	return sets, faults.Err()
}

// mergerPlan does it: the job that decides everybody there anew begins once the
// transaction is through.
func mergerPlan(row proposalRow, m models.Merger) plan {
	return plan{keep: func(t *txn) error {
		l, err := t.reader().readLaw()
		if err != nil {
			return err
		}
		if err := l.mergers.Check(m, l.files.Parents); err != nil {
			return err
		}
		row.State = string(models.ProposalOpen) // as it was when somebody looked
		if _, err := t.reader().triedMerger(row, l); err != nil {
			return err
		}
		if _, err := l.united(m); err != nil {
			return refuseFaults(err)
		}
		done := mergerRow{ID: t.id(), Origin: m.From, Successor: m.Into, Staff: m.Staff, Basis: m.Basis, ProposalID: row.ID, AgreedBy: t.by.ID, At: millis(t.at)}
		if done.MAC, err = t.vouch(done); err != nil {
			return err
		}
		if err := t.insert(&done); err != nil {
			return err
		}
		if _, err := t.enqueue(models.JobRedecide, m.From, done.ID); err != nil {
			return err
		}
		return t.audit("jurisdiction.merge", "jurisdiction", m.From, m.Into)
	}}
}

// triedMerger is what a merger would do, as it was tried out. It is refused while that
// is not done, and if the law has changed since.
func (r reader) triedMerger(row proposalRow, l *law) (models.Effect, error) {
	job, err := r.jobOf(models.JobDryRun, row.ID)
	if errors.Is(err, models.NotFound) || err == nil && !job.Done() {
		return models.Effect{}, models.Refuse(models.ReasonMergerUntried)
	}
	if err != nil {
		return models.Effect{}, err
	}
	effect := models.Effect{People: job.DryRun.People, Reddened: job.DryRun.Reddened}
	for _, t := range job.DryRun.Transitions {
		if t.Worse() {
			effect.Worse += t.People
		}
	}
	if row.State == string(models.ProposalOpen) && l.last > job.ID { // ids are in order of time
		return effect, models.Refuse(models.ReasonMergerOvertaken)
	}
	return effect, nil
}

// mergerSets are the rule sets that a merger would make, for trying it out.
func (s *Store) mergerSets(ctx context.Context, proposalID string) (map[string]*rules.Set, error) {
	p, err := s.proposal(ctx, proposalID)
	if err != nil {
		return nil, err
	}
	if p.Lever != models.LeverMerger {
		return nil, models.NotFound
	}
	return s.law.Load().united(p.Merger)
}

// JobAfter is the job that decides anew about those whom the proposal was about. The
// problem is not found if there is none: they were few.
func (s *Store) JobAfter(ctx context.Context, p models.Proposal) (models.Job, error) {
	if p.Lever != models.LeverMerger {
		return s.JobOf(ctx, models.JobProposal, p.ID)
	}
	var done mergerRow
	if err := found(s.read.WithContext(ctx).Where("proposal_id = ?", p.ID).Take(&done).Error); err != nil {
		return models.Job{}, err
	}
	return s.JobOf(ctx, models.JobRedecide, done.ID)
}
