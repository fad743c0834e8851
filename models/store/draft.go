package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"healthcode/models"
	"healthcode/models/published"
	"healthcode/models/rules"
)

type draftRow struct {
	ID           string
	Kind         string
	Jurisdiction string
	Name         string
	Version      int
	Hash         string
	Body         string
	DraftedBy    string
	At           int64
	ClosedAt     int64
	MAC          []byte `gorm:"column:mac"`
}

func (draftRow) TableName() string { return "drafts" }

// bytes is what was drafted, and by whom: nobody else may agree to anything else.
func (r draftRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %s %s %d %s", r.ID, r.Kind, r.Jurisdiction, r.Name, r.Version, r.Hash, r.DraftedBy, r.At, r.Body)
}

func (r draftRow) draft() models.Draft {
	return models.Draft{ID: r.ID, Kind: models.PublicationKind(r.Kind), Jurisdiction: r.Jurisdiction, Name: r.Name, Version: r.Version,
		Hash: r.Hash, Body: r.Body, DraftedBy: r.DraftedBy, At: instant(r.At)}
}

// Office is what one officer may see and change of the law: that of their own
// place and of those below it.
type Office struct {
	store *Store
	by    models.Officer
}

// Office opens the officer's office.
func (s *Store) Office(by models.Officer) Office { return Office{s, by} }

// Officer is the officer whose session the token is.
func (s *Store) Officer(ctx context.Context, token string) (models.Officer, error) {
	staff, err := s.inRole(ctx, token, models.RoleOfficer)
	return models.Officer{Staff: staff}, err
}

// refuseFaults is the refusal of a file for what is wrong with it.
func refuseFaults(err error) error {
	var faults published.Faults
	if errors.As(err, &faults) {
		return models.Refuse(models.ReasonDraftFaults).Because(faults)
	}
	return err
}

// Draft keeps a file for a colleague to publish, and has rules tried out over
// everybody whom they would be about. Everything that is wrong with the file, here
// and in the jurisdictions below, is told at once.
func (o Office) Draft(ctx context.Context, kind models.PublicationKind, body []byte) (models.Draft, error) {
	if !slices.Contains(models.PublicationKinds(), kind) {
		return models.Draft{}, models.Refuse(models.ReasonFieldBad).On("kind")
	}
	return o.store.draft(ctx, o.by.Actor(), drafting{kind, body, o.by.Jurisdiction})
}

// DraftPeering keeps an operator's peering for an officer of its place to publish.
func (s *Store) DraftPeering(ctx context.Context, by models.Actor, body []byte) (models.Draft, error) {
	return s.draft(ctx, by, drafting{models.PublishedPeering, body, models.Nation})
}

// drafting is a file that somebody drafts who works in that place.
type drafting struct {
	kind  models.PublicationKind
	body  []byte
	place string
}

func (s *Store) draft(ctx context.Context, by models.Actor, d drafting) (models.Draft, error) {
	if len(d.body) > fileLimit {
		return models.Draft{}, models.Refuse(models.ReasonBodyTooLarge).On("body")
	}
	if err := s.Refresh(ctx); err != nil {
		return models.Draft{}, err
	}
	try, err := s.law.Load().try(d.kind, d.body)
	if err != nil {
		return models.Draft{}, refuseFaults(err)
	}
	if !s.covers(d.place, try.file.Jurisdiction) {
		return models.Draft{}, models.Refuse(models.ReasonForbidden).On("jurisdiction")
	}
	if err := s.stands(try.file.Jurisdiction); err != nil {
		return models.Draft{}, err
	}
	var row draftRow
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.forward(try.file); err != nil {
			return err
		}
		row = draftRow{ID: t.id(), Kind: string(d.kind), Jurisdiction: try.file.Jurisdiction, Name: try.file.Name, Version: try.file.Version,
			Hash: try.file.Hash, Body: string(d.body), DraftedBy: by.ID, At: millis(t.at)}
		var err error
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		if d.kind == models.PublishedRules {
			if _, err := t.enqueue(models.JobDryRun, row.Jurisdiction, row.ID); err != nil {
				return err
			}
		}
		return t.audit("draft.add", "draft", row.ID, row.Hash)
	})
	return row.draft(), err
}

// fileLimit is what a TEXT column holds in both databases.
const fileLimit = 60 << 10

// forward refuses a file that is in force already, and one whose version is not
// above all that its place has had.
func (t *txn) forward(f publicationRow) error {
	rows, err := t.reader().publications()
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(slices.Clone(rows), func(row publicationRow) bool { return row.slot() != f.slot() })
	if n := len(own); n > 0 && own[n-1].Hash == f.Hash {
		return models.Refuse(models.ReasonDraftUnchanged)
	}
	for _, row := range rows { // a declaration names its form by name and version
		if models.PublicationKind(f.Kind) == models.PublishedForm && row.Kind == f.Kind && row.Name == f.Name && row.Version == f.Version && t.stands(row.Jurisdiction) != nil {
			return models.Refuse(models.ReasonDraftFaults).Because(published.Faults{{Where: f.Jurisdiction,
				Says: published.Say("version %d is that of %s", f.Version, row.Jurisdiction)}})
		}
	}
	for _, row := range own {
		if row.Name == f.Name && row.Version >= f.Version {
			return models.Refuse(models.ReasonDraftFaults).Because(published.Faults{{Where: f.Jurisdiction,
				Says: published.Say("version: must be above %d", highest(own, f.Name))}})
		}
	}
	return nil
}

// highest is the highest version of that name, 0 if there is none.
func highest(rows []publicationRow, name string) (version int) {
	for _, row := range rows {
		if row.Name == name {
			version = max(version, row.Version)
		}
	}
	return version
}

// Back drafts what an earlier publication said, under a version of its own, for a
// colleague to publish: the way back from a mistake is the way there.
func (o Office) Back(ctx context.Context, publicationID string) (models.Draft, error) {
	r := o.store.reader(ctx)
	rows, err := r.publications()
	if err != nil {
		return models.Draft{}, err
	}
	d, err := r.published(o, rows, publicationID)
	if err != nil {
		return models.Draft{}, err
	}
	d = next(d, rows)
	return o.Draft(ctx, d.Kind, []byte(d.Body))
}

// Drafts are the open ones, the latest first.
func (o Office) Drafts(ctx context.Context) ([]models.Draft, error) {
	var rows []draftRow
	if err := o.store.read.WithContext(ctx).Where("closed_at = 0").Order("id DESC").Limit(reviewsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	var list []models.Draft
	for _, row := range rows {
		if o.store.covers(o.by.Jurisdiction, row.Jurisdiction) && o.store.vouched(row, row.ID, row.MAC) {
			list = append(list, row.draft())
		}
	}
	return list, nil
}

// DraftOf is one draft of the office, open or not.
func (o Office) DraftOf(ctx context.Context, id string) (models.Draft, error) {
	row, err := o.draft(ctx, id)
	return row.draft(), err
}

func (o Office) draft(ctx context.Context, id string) (row draftRow, err error) {
	err = found(o.store.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error)
	return row, o.known(row, err)
}

// known refuses a draft that is not there, is not the office's or was not made here.
func (o Office) known(row draftRow, err error) error {
	if errors.Is(err, models.NotFound) ||
		err == nil && (!o.store.covers(o.by.Jurisdiction, row.Jurisdiction) || !o.store.vouched(row, row.ID, row.MAC)) {
		return models.Refuse(models.ReasonDraftUnknown)
	}
	return err
}

// Try has an open draft of rules tried out once more.
func (o Office) Try(ctx context.Context, id string) error {
	return o.store.change(ctx, o.by.Actor(), func(t *txn) error {
		row, err := t.openDraft(o, id)
		if err != nil {
			return err
		}
		if models.PublicationKind(row.Kind) != models.PublishedRules {
			return models.Refuse(models.ReasonFieldBad).On("kind")
		}
		if _, err := t.enqueue(models.JobDryRun, row.Jurisdiction, row.ID); err != nil {
			return err
		}
		return t.audit("draft.try", "draft", row.ID, "")
	})
}

// Discard closes a draft that shall not be published.
func (o Office) Discard(ctx context.Context, id string) error {
	return o.store.change(ctx, o.by.Actor(), func(t *txn) error {
		row, err := t.openDraft(o, id)
		if err != nil {
			return err
		}
		if err := t.closeDraft(row.ID); err != nil {
			return err
		}
		return t.audit("draft.discard", "draft", row.ID, "")
	})
}

// openDraft reads a draft of the office for closing it.
func (t *txn) openDraft(o Office, id string) (draftRow, error) {
	var row draftRow
	err := t.lock(&row, "id = ?", id)
	if err = o.known(row, err); err == nil && row.ClosedAt != 0 {
		err = models.Refuse(models.ReasonDraftClosed)
	}
	return row, err
}

func (t *txn) closeDraft(id string) error {
	return t.db.Model(&draftRow{}).Where("id = ?", id).Update("closed_at", millis(t.at)).Error
}

// DraftSets are the rule sets that a draft would make, for trying it out.
func (s *Store) DraftSets(ctx context.Context, id string) (map[string]*rules.Set, error) {
	var row draftRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error); err != nil {
		return nil, err
	}
	if !s.vouched(row, row.ID, row.MAC) {
		return nil, models.NotFound
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	try, err := s.law.Load().try(models.PublicationKind(row.Kind), []byte(row.Body))
	return try.rules, err
}
