package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

type decisionRow struct {
	ID         string
	ResidentID string
	Sequence   int
	Colour     string
	Reasons    string // JSON
	UntilAt    int64
	RuleSet    string
	Facts      string // ids, separated by spaces
	At         int64
	MAC        []byte `gorm:"column:mac"`
}

func (decisionRow) TableName() string { return "decisions" }

const macDecision = "decisions"

func (r decisionRow) decision() (models.Decision, error) {
	d := models.Decision{ID: r.ID, ResidentID: r.ResidentID, Sequence: r.Sequence, RuleSet: r.RuleSet,
		Facts: strings.Fields(r.Facts), At: instant(r.At)}
	d.Until = instant(r.UntilAt)
	if err := json.Unmarshal([]byte(r.Reasons), &d.Reasons); err != nil {
		return d, fmt.Errorf("decision's reasons: %w", err)
	}
	var err error
	d.Colour, err = models.ParseColour(r.Colour)
	return d, err
}

// latest is the resident's latest decision that verifies.
func (r reader) latest(residentID string) (models.Decision, error) {
	var row decisionRow
	err := found(r.db.Where("resident_id = ?", residentID).Order("sequence DESC").Take(&row).Error)
	if err != nil {
		return models.Decision{}, err
	}
	d, sound := r.sound(row)
	if !sound {
		return d, models.NotFound
	}
	return d, nil
}

// sound is the decision, if it verifies. If it does not, the number it had is all
// that is taken from it, so that another can follow.
func (s *Store) sound(row decisionRow) (models.Decision, bool) {
	d, err := row.decision()
	if err != nil || !s.Vault.CheckMAC(macDecision, d.Canonical(), row.MAC) {
		s.alarm("decisions", row.ID)
		return models.Decision{Sequence: row.Sequence}, false
	}
	return d, true
}

// decide takes the decision that the resident's facts call for now, and writes
// it down if it says anything that the latest one does not.
func (t *txn) decide(residentID string) (models.Decision, error) {
	var row residentRow
	if err := t.lock(&row, "id = ?", residentID); err != nil {
		return models.Decision{}, err
	}
	last, err := t.reader().latest(residentID)
	if err != nil && !errors.Is(err, models.NotFound) {
		return models.Decision{}, err
	}
	d, err := t.reader().outcome(row, t.at)
	if err != nil {
		return models.Decision{}, err
	}
	if same(last, d) || alike(last, d) && t.says(last, row.Jurisdiction) {
		return last, nil
	}
	d.ID, d.Sequence = t.id(), last.Sequence+1
	if err := t.insertDecision(d); err != nil {
		return models.Decision{}, err
	}
	if err := t.noticeMany([]changed{{last, d}}); err != nil {
		return models.Decision{}, err
	}
	return d, t.audit("decision.take", "resident", residentID, change(last, d))
}

// change is what a decision's audit row says.
func change(last, d models.Decision) string { return last.Colour.String() + " to " + d.Colour.String() }

// outcome is what the rules make of the resident's facts at that instant, where they
// live.
func (r reader) outcome(row residentRow, at time.Time) (models.Decision, error) {
	row, err := r.settled(row)
	if err != nil {
		return models.Decision{}, err
	}
	facts, err := r.facts(row)
	if err != nil {
		return models.Decision{}, err
	}
	return r.ruled(row, facts, at), nil
}

// ruled is what the rules that hold where the resident lives make of the facts.
func (s *Store) ruled(row residentRow, facts []models.Fact, at time.Time) models.Decision {
	if row.Jurisdiction == nowhere {
		return homeless(row.ID, at)
	}
	set := s.RulesIn(row.Jurisdiction)
	d := models.Decision{ResidentID: row.ID, Outcome: set.Decide(facts, at), RuleSet: set.Name(), At: at}
	d.Until = d.Until.Truncate(time.Millisecond)
	d.Facts = slices.Grow(d.Facts, len(facts))
	for _, f := range facts {
		d.Facts = append(d.Facts, f.ID)
	}
	slices.Sort(d.Facts)
	return d
}

// homeless is the decision about somebody who lives nowhere.
func homeless(residentID string, at time.Time) models.Decision {
	return models.Decision{ResidentID: residentID, Outcome: models.Outcome{Colour: models.Grey}, RuleSet: nowhere, At: at}
}

// same reports whether the new decision says just what the last one says, under the
// same rules, and the last one still holds.
func same(last, d models.Decision) bool { return last.RuleSet == d.RuleSet && alike(last, d) }

// alike is same whatever the rules are called.
func alike(last, d models.Decision) bool {
	return last.ID != "" && last.Colour == d.Colour && last.Until.Equal(d.Until) &&
		slices.Equal(last.Facts, d.Facts) && sameReasons(last.Reasons, d.Reasons)
}

func sameReasons(a, b []models.DecisionReason) bool {
	return slices.EqualFunc(a, b, func(x, y models.DecisionReason) bool {
		return x.Rule == y.Rule && x.Colour == y.Colour && x.Until.Equal(y.Until) &&
			reflect.DeepEqual(append([]string{}, x.Facts...), append([]string{}, y.Facts...))
	})
}

// insertDecision writes a decision down. Another one with its number means that
// somebody else decided about this resident meanwhile: then all begins again, from
// what they wrote.
func (t *txn) insertDecision(d models.Decision) error {
	t.touch(d.ResidentID)
	row, err := t.decisionRow(d)
	if err != nil {
		return err
	}
	return raced(t.insert(&row))
}

func (s *Store) decisionRow(d models.Decision) (decisionRow, error) {
	reasons, err := json.Marshal(d.Reasons)
	if err != nil {
		return decisionRow{}, err
	}
	mac, err := s.Vault.MAC(macDecision, d.Canonical())
	return decisionRow{ID: d.ID, ResidentID: d.ResidentID, Sequence: d.Sequence, Colour: d.Colour.String(),
		Reasons: string(reasons), UntilAt: millis(d.Until), RuleSet: d.RuleSet, Facts: strings.Join(d.Facts, " "),
		At: millis(d.At), MAC: mac}, err
}

// Standing is the resident's latest decision as it holds now: when the one on
// record no longer does, or does not verify, it is taken anew.
func (s *Store) Standing(ctx context.Context, residentID string) (models.Standing, error) {
	var row residentRow
	r := s.reader(ctx)
	if err := found(r.db.Where("id = ?", residentID).Take(&row).Error); err != nil {
		return models.Standing{}, err
	}
	return r.standing(row)
}

func (r reader) standing(row residentRow) (models.Standing, error) {
	d, err := r.latest(row.ID)
	if errors.Is(err, models.NotFound) || err == nil && !r.current(d, row.Jurisdiction) {
		d, err = r.outcome(row, r.Now().UTC())
	}
	return models.Standing{Decision: d, Verified: r.verified(row)}, err
}

// current reports whether the decision can be relied upon now, about somebody who
// lives in that jurisdiction.
func (s *Store) current(d models.Decision, jurisdiction string) bool {
	return d.Holds(s.Now()) && s.says(d, jurisdiction)
}

// FactsOf are those of the resident's facts that have the ids, in the order of the
// ids, as far as they still count: what a reason rests on.
func (s *Store) FactsOf(ctx context.Context, me models.Resident, ids []string) ([]models.Fact, error) {
	var row residentRow
	r := s.reader(ctx)
	if err := found(r.db.Where("id = ?", me.ID).Take(&row).Error); err != nil {
		return nil, err
	}
	all, err := r.facts(row)
	all = slices.DeleteFunc(all, func(f models.Fact) bool { return !slices.Contains(ids, f.ID) })
	slices.SortFunc(all, func(a, b models.Fact) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}

// Decisions lists what was decided about the resident, the latest first.
func (s *Store) Decisions(ctx context.Context, me models.Resident) ([]models.Decision, error) {
	var rows []decisionRow
	err := s.read.WithContext(ctx).Where("resident_id = ?", me.ID).Order("sequence DESC").Limit(accessesShown).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	list := make([]models.Decision, 0, len(rows))
	for _, row := range rows {
		if d, sound := s.sound(row); sound {
			list = append(list, d)
		}
	}
	return list, nil
}
