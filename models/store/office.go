package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"healthcode/models"
	"healthcode/models/forms"
)

// Begin is what a new draft may begin with, under the version that comes next:
// "draft." and an id another draft, as it is; "rules", "form" or "peering" and a name what
// holds in the officer's place, made their place's own; an id what was published.
// "" is the officer's own rules. The body is empty where there is nothing yet.
func (o Office) Begin(ctx context.Context, from string) (models.Draft, error) {
	if id, ok := strings.CutPrefix(from, "draft."); ok {
		return o.DraftOf(ctx, id)
	}
	if err := o.store.Refresh(ctx); err != nil {
		return models.Draft{}, err
	}
	r := o.store.reader(ctx)
	rows, err := r.publications()
	if err != nil {
		return models.Draft{}, err
	}
	d := models.Draft{Kind: models.PublishedRules, Jurisdiction: o.place()}
	if kind, name, ok := strings.Cut(from, "."); ok || from == "" {
		if ok {
			d.Kind, d.Name = models.PublicationKind(kind), name
		}
		if d.Kind == models.PublishedPeering {
			o.recognises(&d)
		} else {
			o.above(&d)
		}
	} else {
		if d, err = r.published(o, rows, from); err != nil {
			return models.Draft{}, err
		}
	}
	return next(d, rows), nil
}

// published is what a publication of the office said, as a draft.
func (r reader) published(o Office, rows []publicationRow, id string) (models.Draft, error) {
	i := slices.IndexFunc(rows, func(row publicationRow) bool { return row.ID == id })
	if i < 0 || !r.covers(o.by.Jurisdiction, rows[i].Jurisdiction) {
		return models.Draft{}, models.Refuse(models.ReasonDraftUnknown)
	}
	body, err := r.file(rows[i].Hash)
	return models.Draft{Kind: models.PublicationKind(rows[i].Kind), Jurisdiction: rows[i].Jurisdiction, Name: rows[i].Name,
		Version: rows[i].Version, Body: string(body)}, err
}

var versionLine = regexp.MustCompile(`(?m)^version:.*$`)

// next is the draft under the version that comes after all that its place has had.
func next(d models.Draft, rows []publicationRow) models.Draft {
	own := slices.DeleteFunc(slices.Clone(rows), func(row publicationRow) bool { return row.slot() != slotOf(d) })
	d.Version = max(d.Version, highest(own, d.Name)) + 1
	d.Body = string(versionLine.ReplaceAll([]byte(d.Body), []byte("version: "+strconv.Itoa(d.Version))))
	return d
}

var jurisdictionLine = regexp.MustCompile(`(?m)^jurisdiction:.*\n`)

// place is the jurisdiction whose files are the officer's own. The nation's hold
// everywhere.
func (o Office) place() string {
	if models.Covers(o.by.Jurisdiction, models.Root) {
		return models.Root
	}
	return o.by.Jurisdiction
}

// above fills a draft for the officer's place with what holds there.
func (o Office) above(d *models.Draft) {
	l := o.store.law.Load()
	if d.Kind == models.PublishedRules {
		if f := l.files.Files[d.Jurisdiction]; f != nil {
			d.Name, d.Version, d.Body = f.ID(), f.Version(), string(f.Source())
		}
		return
	}
	for _, form := range o.store.FormsIn(d.Jurisdiction) {
		if form.ID == d.Name {
			d.Version, d.Body = form.Version, string(l.form(form.Jurisdiction, form.ID))
		}
	}
	d.Body = jurisdictionLine.ReplaceAllString(d.Body, "") // which a form for all may lack
	d.Body = versionLine.ReplaceAllString(d.Body, "$0\njurisdiction: "+strconv.Quote(d.Jurisdiction))
}

var placeLine = regexp.MustCompile(`(?m)^place:[ \t]*\S+`)

// recognises fills a draft for the officer's place with the peering that its gates go by.
func (o Office) recognises(d *models.Draft) {
	d.Jurisdiction = o.by.Jurisdiction
	p := models.PeeringOf(o.store.peers.Load().all, o.store.Within, d.Jurisdiction, d.Name)
	if p == nil {
		return
	}
	d.Body = placeLine.ReplaceAllString(string(p.Source), "place: "+strconv.Quote(d.Jurisdiction))
}

func slotOf(d models.Draft) string {
	return publicationRow{Kind: string(d.Kind), Jurisdiction: d.Jurisdiction, Name: d.Name}.slot()
}

// form is the file of the form of that name that is asked from that very place down.
func (l *law) form(jurisdiction, name string) []byte {
	i := slices.IndexFunc(l.forms.Files, func(f *forms.File) bool { return f.Form().Jurisdiction == jurisdiction && f.Form().ID == name })
	if i < 0 {
		return nil
	}
	return l.forms.Files[i].Source()
}

// Inherited is what holds in the officer's place and was published in no place of
// the office: the forms and peerings from above, and what the service brings.
func (o Office) Inherited() (list []models.Publication) {
	l := o.store.law.Load()
	if f := l.files.Files[models.Root]; o.place() == models.Root && f != nil && f.Hash() == o.store.Rules.Files()[0].Hash() {
		list = append(list, models.Publication{Kind: models.PublishedRules, Jurisdiction: models.Root, Name: f.ID(), Version: f.Version(), InForce: true})
	}
	for _, form := range o.store.FormsIn(o.place()) {
		own := slices.ContainsFunc(o.store.Forms, func(f *forms.File) bool { return f.Form() == form })
		if own || !o.store.covers(o.by.Jurisdiction, form.Jurisdiction) {
			list = append(list, models.Publication{Kind: models.PublishedForm, Jurisdiction: form.Jurisdiction, Name: form.ID, Version: form.Version, InForce: true})
		}
	}
	known := o.store.peers.Load()
	for _, p := range models.PeeringsOf(known.all, o.store.Within, o.by.Jurisdiction) {
		if p.Mode != models.PeerNone && !o.store.covers(o.by.Jurisdiction, p.Place) {
			list = append(list, known.published[p])
		}
	}
	return list
}

// Before is the file that a draft would take the place of; empty if there is none.
func (o Office) Before(d models.Draft) string {
	l := o.store.law.Load()
	switch d.Kind {
	case models.PublishedForm:
		return string(l.form(d.Jurisdiction, d.Name))
	case models.PublishedPeering:
		if p := models.PeeringOf(o.store.peers.Load().all, o.store.Within, d.Jurisdiction, d.Name); p != nil && p.Place == d.Jurisdiction {
			return string(p.Source)
		}
		return ""
	}
	if f := l.files.Files[d.Jurisdiction]; f != nil {
		return string(f.Source())
	}
	return ""
}

// Ready is what [Office.Publish] would say to the draft now, without doing it.
func (o Office) Ready(ctx context.Context, id string) error {
	row, err := o.draft(ctx, id)
	if err != nil {
		return err
	}
	if row.ClosedAt != 0 {
		return models.Refuse(models.ReasonDraftClosed)
	}
	t := &txn{Store: o.store, db: o.store.read.WithContext(ctx), by: o.by.Actor(), at: o.store.Now()}
	if err := t.secondPerson(row.DraftedBy); err != nil {
		return err
	}
	if err := o.store.stands(row.Jurisdiction); err != nil {
		return err
	}
	l := o.store.law.Load()
	try, err := l.try(models.PublicationKind(row.Kind), []byte(row.Body))
	if err != nil {
		return refuseFaults(err)
	}
	if err := errors.Join(t.forward(try.file), t.outrun(l, row)); err != nil || try.rules == nil {
		return err
	}
	return t.triedOut(o, l, row)
}

// Displays are the names under which members of staff are known, by id.
func (s *Store) Displays(ctx context.Context, ids []string) (map[string]string, error) {
	var rows []staffRow
	if err := s.read.WithContext(ctx).Select("id", "display").Where("id IN ?", append([]string{""}, ids...)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	names := map[string]string{}
	for _, row := range rows {
		names[row.ID] = row.Display
	}
	return names, nil
}
