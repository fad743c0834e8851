package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"

	"healthcode/models"
)

// Contested is a piece of evidence that an appeal is about.
type Contested struct {
	ID          string
	Fact        models.Fact        // of whatever is one
	Vaccination models.Vaccination // of what is none
	Withdrawn   bool               // it counts no longer
}

// known is every piece of evidence about a resident that could ever be contested,
// those that were withdrawn too.
type known []Contested

// known gathers it.
func (r reader) known(residentID string) (list known, err error) {
	var person residentRow
	if err := found(r.db.Where("id = ?", residentID).Take(&person).Error); err != nil {
		return nil, err
	}
	all, e, err := r.everything(person)
	if err != nil {
		return nil, err
	}
	gone := r.gone(e.withdrawals)
	for _, f := range all {
		if f.Kind.Contestable() {
			list = append(list, Contested{ID: f.ID, Fact: f, Withdrawn: withdrawn(gone, f)})
		}
	}
	if !e.verified {
		return list, nil
	}
	doses, err := r.doses(*person.DocumentID, gone)
	for _, d := range doses {
		list = append(list, Contested{ID: models.RecordID(d.ID), Vaccination: d, Withdrawn: d.Withdrawn})
	}
	return list, err
}

// contested are those of the ids that are still there, in that order.
func (k known) contested(ids []string) (list []Contested) {
	for _, id := range ids {
		if i := slices.IndexFunc(k, func(c Contested) bool { return c.ID == id }); i >= 0 {
			list = append(list, k[i])
		}
	}
	return list
}

func (k known) ids() []string {
	ids := make([]string, len(k))
	for i, c := range k {
		ids[i] = c.ID
	}
	return ids
}

// ordered reports whether an order is among it: that was made above any community,
// so no community answers for it.
func (k known) ordered() bool {
	return slices.ContainsFunc(k, func(c Contested) bool { return c.Fact.Kind == models.FactOrder })
}

// contest is the evidence that an appeal of the resident against that target is
// about. What is not theirs is as if it were not.
func (r reader) contest(me models.Resident, person residentRow, target models.Target) (known, error) {
	all, err := r.known(me.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	switch target.Kind {
	case models.TargetDecision:
		d, err := r.decided("id = ? AND resident_id = ?", target.ID, me.ID)
		if errors.Is(err, models.NotFound) {
			return nil, models.Refuse(models.ReasonAppealTarget)
		}
		if err != nil {
			return nil, err
		}
		ids = d.Spoke()
	case models.TargetFact:
		standing, err := r.facts(person)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(standing, func(f models.Fact) bool { return f.ID == target.ID && f.Kind.Contestable() }) {
			return nil, models.Refuse(models.ReasonAppealTarget)
		}
		ids = []string{target.ID}
	case models.TargetRecord:
		if ids, err = r.record(me, all, target.ID); err != nil {
			return nil, err
		}
	default:
		return nil, models.Refuse(models.ReasonAppealTarget)
	}
	slices.Sort(ids)
	evidence := slices.DeleteFunc(known(all.contested(slices.Compact(ids))), func(c Contested) bool { return c.Withdrawn })
	if len(evidence) == 0 {
		return nil, models.Refuse(models.ReasonAppealNothing)
	}
	return evidence, nil
}

// record is how a test or a vaccination that the resident may see stands among the
// evidence.
func (r reader) record(me models.Resident, all known, id string) ([]string, error) {
	documentID, err := r.proved(me)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if documentID != "" && (c.Fact.Kind == models.FactTest && c.ID == id || c.ID == models.RecordID(id)) {
			return []string{c.ID}, nil
		}
	}
	return nil, models.Refuse(models.ReasonAppealTarget)
}

// Contest is what an appeal of the resident against that target would be about.
func (s *Store) Contest(ctx context.Context, me models.Resident, target models.Target) (Objection, error) {
	r := s.reader(ctx)
	o := Objection{Appeal: models.Appeal{Target: target}}
	var person residentRow
	if err := found(r.db.Where("id = ?", me.ID).Take(&person).Error); err != nil {
		return o, err
	}
	evidence, err := r.contest(me, person, target)
	if err != nil {
		return o, err
	}
	o.Contested, o.Review.Level = evidence, models.LevelCommunity
	if evidence.ordered() {
		o.Review.Level = models.LevelDistrict
	}
	if target.Kind == models.TargetDecision {
		o.Decision, err = r.decided("id = ?", target.ID)
	}
	return o, err
}

// notOwnDoing refuses somebody who entered or judged what the appeal is about:
// nobody is asked whether they were wrong themselves.
func (t *txn) notOwnDoing(d Desk, row reviewRow) error {
	if row.Kind != string(models.ReviewAppeal) {
		return nil
	}
	o, err := t.reader().appeal(row.SubjectID)
	if err != nil {
		return err
	}
	for _, c := range o.Contested {
		staff, err := t.enteredBy(c.Fact.Source)
		if err != nil {
			return err
		}
		if slices.Contains(staff, d.by.ID) {
			return models.Refuse(models.ReasonReviewDoing)
		}
	}
	return nil
}

// enteredBy is the members of staff who had a hand in the evidence from that
// source: they declared it for the resident or judged that declaration, found it
// themselves, or proposed it or agreed to it.
func (t *txn) enteredBy(source string) (staff []string, err error) {
	kind, id, _ := strings.Cut(source, ":")
	judged := t.db.Table("judgements").Joins("JOIN reviews ON reviews.id = judgements.review_id")
	switch kind {
	case "declaration":
		var said declarationRow
		err := t.db.Select("entered_by").Where("id = ?", id).Take(&said).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) { // it may have been swept
			return nil, err
		}
		err = judged.Where("reviews.kind = ? AND reviews.subject_id = ?", string(models.ReviewDeclaration), id).Pluck("judgements.staff_id", &staff).Error
		return append(staff, said.EnteredBy), err
	case "review":
		return staff, judged.Where("reviews.id = ?", id).Pluck("judgements.staff_id", &staff).Error
	case "order", "exposure":
		var proposed proposalRow
		err := t.db.Select("entered_by", "judged_by").Where("id = ?", id).Take(&proposed).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, err
		}
		return []string{proposed.EnteredBy, proposed.JudgedBy}, nil
	}
	return nil, nil
}
