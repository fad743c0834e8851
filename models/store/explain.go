package store

import (
	"context"
	"errors"
	"slices"

	"healthcode/models"
	"healthcode/models/rules"
)

// Explained is a past decision held against what the same rules make of the same
// facts at the same instant.
type Explained struct {
	Decision models.Decision // as it was written down and shown
	Rules    *rules.Set      // that took it
	Facts    []models.Fact   // that it was taken from and that are still there
	Missing  []string        // ids of those that were swept since
	Again    models.Outcome  // what comes out now
	Same     bool            // whether that is what was shown
}

// Explain takes a past decision again. Evidence that was withdrawn since counts
// as it did then. The problem is decision.unknown if there is none of that id.
func (s *Store) Explain(ctx context.Context, by models.Actor, decisionID string) (Explained, error) {
	var out Explained
	err := s.change(ctx, by, func(t *txn) error {
		var row decisionRow
		err := found(t.db.Where("id = ?", decisionID).Take(&row).Error)
		if errors.Is(err, models.NotFound) {
			return models.Refuse(models.ReasonDecisionUnknown)
		}
		if err != nil {
			return err
		}
		d, err := row.decision()
		if err != nil {
			return err
		}
		if !t.Vault.CheckMAC(macDecision, d.Canonical(), row.MAC) {
			t.alarm("decisions", row.ID)
			return models.Refuse(models.ReasonDecisionUnknown)
		}
		out.Decision = d
		if out.Facts, out.Missing, err = t.reader().factsOf(d); err != nil {
			return err
		}
		if err := t.access(d.ResidentID, models.AccessExplain); err != nil {
			return err
		}
		return t.audit("decision.explain", "decision", d.ID, "")
	})
	if err != nil {
		return out, err
	}
	if out.Rules, err = s.RuleSet(ctx, out.Decision.RuleSet); err != nil {
		return out, err
	}
	out.Again = out.Rules.Decide(out.Facts, out.Decision.At)
	shown := out.Decision.Outcome
	out.Same = len(out.Missing) == 0 && shown.Colour == out.Again.Colour && shown.Until.Equal(out.Again.Until) && sameReasons(shown.Reasons, out.Again.Reasons)
	return out, nil
}

// factsOf are the facts that a decision was taken from, as they were then, and
// the ids of those that are no more.
func (r reader) factsOf(d models.Decision) (facts []models.Fact, missing []string, err error) {
	var person residentRow
	if err := found(r.db.Where("id = ?", d.ResidentID).Take(&person).Error); err != nil {
		return nil, nil, err
	}
	all, _, err := r.everything(person)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range d.Facts {
		i := slices.IndexFunc(all, func(f models.Fact) bool { return f.ID == id })
		if i < 0 {
			missing = append(missing, id)
			continue
		}
		facts = append(facts, all[i])
	}
	return facts, missing, nil
}

// everything is all facts about the resident that verify, those too that were
// withdrawn since or that they would not have used now, and what it was read from.
func (r reader) everything(person residentRow) ([]models.Fact, evidence, error) {
	e, err := r.gather(person)
	if err != nil {
		return nil, e, err
	}
	e.agreed = e.verified // a decision names what counted then
	if e.agreed {
		if e.tests, err = r.testRows(*person.DocumentID); err != nil {
			return nil, e, err
		}
	}
	all := e
	all.withdrawals = nil
	return r.weigh(person, all), e, nil
}
