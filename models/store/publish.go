package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"healthcode/models"
)

// Publish puts a colleague's draft in force, here at once and on every replica
// within seconds, and has everybody decided anew whom it is about. It is refused
//   - to whoever drafted it, and to whoever they invited (draft.own);
//   - before rules were tried out, or after the law around them has changed since
//     (draft.untried, draft.overtaken), as of peerings after another that its gates go by;
//   - to an officer of the place that drafted it if that place would have turned more
//     than a hundred people red within a day (draft.above).
//
// The first and the last are told to the auditors.
func (o Office) Publish(ctx context.Context, draftID string) (models.Publication, error) {
	var row publicationRow
	var draft draftRow
	err := o.store.change(ctx, o.by.Actor(), func(t *txn) error {
		if err := t.oneAtATime(); err != nil {
			return err
		}
		var err error
		if draft, err = t.openDraft(o, draftID); err != nil {
			return err
		}
		if err := t.secondPerson(draft.DraftedBy); err != nil {
			return err
		}
		if row, err = t.publish(o, draft); err != nil {
			return err
		}
		return t.closeDraft(draft.ID)
	})
	if err != nil {
		return models.Publication{}, o.store.attempted(ctx, o.by.Actor(), o.by.Jurisdiction, leverOf(draft.Kind), draftID, err)
	}
	return row.publication(), errors.Join(o.store.loadLaw(ctx), o.store.loadPeers(ctx))
}

func leverOf(kind string) models.Lever {
	switch models.PublicationKind(kind) {
	case models.PublishedForm:
		return models.LeverForm
	case models.PublishedPeering:
		return models.LeverRecognition
	}
	return models.LeverRules
}

// secondPerson refuses the approval of one's own, and of what somebody entered
// whom one was made by, or made.
func (t *txn) secondPerson(enteredBy string) error {
	if enteredBy == t.by.ID {
		return models.Refuse(models.ReasonDraftOwn)
	}
	var both []staffRow
	if err := t.db.Where("id IN ?", []string{enteredBy, t.by.ID}).Find(&both).Error; err != nil {
		return err
	}
	for _, staff := range both {
		if staff.MadeBy == enteredBy || staff.MadeBy == t.by.ID || !t.vouched(staff, staff.ID, staff.MAC) {
			return models.Refuse(models.ReasonDraftOwn)
		}
	}
	return nil
}

// publish puts the draft into the law that there is now.
func (t *txn) publish(o Office, draft draftRow) (publicationRow, error) {
	r := t.reader()
	l, err := r.readLaw()
	if err != nil {
		return publicationRow{}, err
	}
	if l.mergers.Now(draft.Jurisdiction) != draft.Jurisdiction {
		return publicationRow{}, models.Refuse(models.ReasonMergerOver).On("jurisdiction")
	}
	try, err := l.try(models.PublicationKind(draft.Kind), []byte(draft.Body))
	if err != nil {
		return publicationRow{}, refuseFaults(err)
	}
	if err := errors.Join(t.forward(try.file), t.outrun(l, draft)); err != nil {
		return publicationRow{}, err
	}
	if try.rules != nil {
		if err := t.triedOut(o, l, draft); err != nil {
			return publicationRow{}, err
		}
	}
	row := try.file
	row.ID, row.DraftedBy, row.PublishedBy, row.At = t.id(), draft.DraftedBy, o.by.ID, millis(t.at)
	if row.MAC, err = t.Vault.MAC(macPublication, row.bytes()); err != nil {
		return row, err
	}
	if err := errors.Join(t.insertFile(row.Hash, try.body), t.insert(&row)); err != nil {
		return row, err
	}
	if try.rules != nil {
		if err := t.reddenBy(draft, row.ID, o.by.Staff); err != nil {
			return row, err
		}
		if _, err := t.enqueue(models.JobRedecide, row.Jurisdiction, row.ID); err != nil {
			return row, err
		}
	}
	return row, t.audit("law.publish", "publication", row.ID, fmt.Sprintf("%s %s %s@%d", row.Kind, row.Jurisdiction, row.Name, row.Version))
}

// triedOut refuses rules whose dry run is missing, is about another law than there
// is now, or turns more people red than the officer's own place may.
func (t *txn) triedOut(o Office, l *law, draft draftRow) error {
	job, err := t.reader().jobOf(models.JobDryRun, draft.ID)
	if err != nil && !errors.Is(err, models.NotFound) {
		return err
	}
	if err != nil || !job.Done() {
		return models.Refuse(models.ReasonDraftUntried)
	}
	if last := l.last; last > job.ID { // ids are in order of time
		return models.Refuse(models.ReasonDraftOvertaken)
	}
	return t.withinCap(draft, job.DryRun.Reddened, o.by.Staff)
}

// outrun refuses a peering that was drafted before the one that its gates go by now, or
// before a merger brought them under it: it is not what its drafter compared it with.
func (t *txn) outrun(l *law, draft draftRow) error {
	if models.PublicationKind(draft.Kind) != models.PublishedPeering {
		return nil
	}
	rows, err := t.reader().publications()
	for _, row := range rows {
		if row.Kind == draft.Kind && row.Name == draft.Name && row.ID > draft.ID && l.mergers.Within(draft.Jurisdiction, row.Jurisdiction) {
			return models.Refuse(models.ReasonDraftOvertaken)
		}
	}
	for from, merger := range l.mergers {
		if merger.ID > draft.ID && l.mergers.Within(draft.Jurisdiction, from) {
			return models.Refuse(models.ReasonDraftOvertaken)
		}
	}
	return err
}

// withinCap refuses to turn more people red than the office that drafted it may
// within a day, by this and everything else.
func (t *txn) withinCap(draft draftRow, people int64, by models.Staff) error {
	office, err := t.officeOf(draft.DraftedBy)
	if err != nil || people == 0 {
		return err
	}
	_, over, err := t.overCap(office, people, by)
	if err == nil && over {
		err = models.Refuse(models.ReasonDraftAbove)
	}
	return err
}

// reddenBy counts those whom the rules of the draft turn red.
func (t *txn) reddenBy(draft draftRow, publication string, by models.Staff) error {
	job, err := t.reader().jobOf(models.JobDryRun, draft.ID)
	if err != nil {
		return err
	}
	office, err := t.officeOf(draft.DraftedBy)
	if err != nil {
		return err
	}
	return t.redden(office, models.LeverRules, publication, job.DryRun.Reddened, by)
}

// officeOf is the jurisdiction that a member of staff works in.
func (t *txn) officeOf(staffID string) (string, error) {
	var staff staffRow
	err := found(t.db.Where("id = ?", staffID).Take(&staff).Error)
	if err == nil && !t.vouched(staff, staff.ID, staff.MAC) {
		err = models.NotFound
	}
	return staff.Jurisdiction, err
}

// History is what was published in the office, the latest first.
func (o Office) History(ctx context.Context) ([]models.Publication, error) {
	r := o.store.reader(ctx)
	rows, err := r.publications()
	if err != nil {
		return nil, err
	}
	latest := map[string]string{}
	for _, row := range rows {
		latest[row.slot()] = row.ID
	}
	var list []models.Publication
	for _, row := range slices.Backward(rows) {
		if o.store.covers(o.by.Jurisdiction, row.Jurisdiction) {
			p := row.publication()
			p.InForce = latest[row.slot()] == row.ID && o.store.stands(row.Jurisdiction) == nil
			list = append(list, p)
		}
	}
	return list, nil
}
