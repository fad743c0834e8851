package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
)

// law is what is published: the rules that hold and the forms that are asked, by
// jurisdiction. It never changes; when something is published another takes its
// place.
type law struct {
	mark  mark
	last  string // what was published last
	rules map[string]*rules.Set
	from  map[string]string     // the publication of rules, or the merger, that came last to those who live there
	sets  map[string]*rules.Set // by name
	files rules.Tree
	forms forms.Tree
	asked map[string][]*forms.Form

	here    string         // the code of this installation
	mergers models.Mergers // what became part of what; the trees have it already
}

// mark tells whether the database holds another law than this: how many publications,
// places and mergers there are. None is ever changed or deleted.
type mark struct{ publications, places, mergers int64 }

// lawEvery is how often a replica looks whether something was published.
const lawEvery = 5 * time.Second

// rulesIn are the rules that decide about those who live there.
func (l *law) rulesIn(jurisdiction string) *rules.Set {
	if set := l.rules[jurisdiction]; set != nil {
		return set
	}
	return l.rules[models.Root]
}

// RulesIn are the rules that decide about those who live in the jurisdiction.
func (s *Store) RulesIn(jurisdiction string) *rules.Set { return s.law.Load().rulesIn(jurisdiction) }

// FormsIn are the forms that those are asked who live in the jurisdiction.
func (s *Store) FormsIn(jurisdiction string) []*forms.Form {
	l := s.law.Load()
	if list, known := l.asked[jurisdiction]; known {
		return list
	}
	return l.asked[models.Root]
}

// Follow keeps this replica's law what the database says, until ctx is done. What
// was published elsewhere is in force here within some seconds.
func (s *Store) Follow(ctx context.Context) {
	tick := time.NewTicker(lawEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("the published rules could not be read", "error", err.Error())
				s.Alarm("law")
			}
		}
	}
}

// Refresh reads the law anew if there is another.
func (s *Store) Refresh(ctx context.Context) error {
	now, err := s.reader(ctx).mark()
	if err != nil {
		return err
	}
	if now != s.law.Load().mark {
		if err := s.loadLaw(ctx); err != nil {
			return err
		}
	}
	return errors.Join(s.loadConfirmations(ctx), s.loadPeers(ctx))
}

func (r reader) mark() (m mark, err error) {
	if err = r.db.Model(&publicationRow{}).Count(&m.publications).Error; err != nil {
		return m, fmt.Errorf("publications: %w", err)
	}
	if err = r.db.Model(&jurisdictionRow{}).Count(&m.places).Error; err != nil {
		return m, fmt.Errorf("jurisdictions: %w", err)
	}
	err = r.db.Model(&mergerRow{}).Count(&m.mergers).Error
	return m, err
}

// loadLaw reads everything that is in force and puts it in the place of what was.
// A law that cannot be put together leaves the one before in force.
func (s *Store) loadLaw(ctx context.Context) error {
	l, err := s.reader(ctx).readLaw()
	if err != nil {
		return err
	}
	if err := s.rememberSets(ctx, l); err != nil {
		return err
	}
	s.law.Store(l)
	return nil
}

func (r reader) readLaw() (*law, error) {
	m, err := r.mark()
	if err != nil {
		return nil, err
	}
	parents, mergers, err := r.tree()
	if err != nil {
		return nil, err
	}
	l := &law{mark: m, sets: map[string]*rules.Set{}, asked: map[string][]*forms.Form{}, here: r.Installation.Code, mergers: mergers,
		files: rules.Tree{Parents: parents, Files: map[string]*rules.File{models.Root: r.Rules.Files()[0]}}, forms: forms.Tree{Parents: parents}}
	published, err := r.inForce()
	if err != nil {
		return nil, err
	}
	for _, p := range published {
		if models.PublicationKind(p.Kind) == models.PublishedPeering { // it decides about nobody of here
			continue
		}
		l.last = p.ID // they are in order of time
		if _, gone := mergers[p.Jurisdiction]; gone {
			continue
		}
		if err := r.add(l, p); err != nil {
			return nil, err
		}
	}
	for _, merger := range mergers {
		l.last = max(l.last, merger.ID)
	}
	l.beginWith(r.Forms)
	if l.rules, err = l.files.Sets(); err != nil {
		return nil, err
	}
	for _, set := range l.rules {
		l.sets[set.Name()] = set
	}
	l.from = lastRules(published, parents, mergers)
	for _, place := range append(slices.Collect(maps.Keys(parents)), models.Root) {
		l.asked[place] = l.forms.Forms(place)
	}
	return l, nil
}

// lastRules is the publication of rules that came last to each jurisdiction, its own or
// one above it, or the merger that brought it under the rules of another.
func lastRules(published []publicationRow, parents map[string]string, mergers models.Mergers) map[string]string {
	last := map[string]string{}
	for _, place := range append(slices.Collect(maps.Keys(parents)), models.Root) {
		path, _ := models.PathTo(place, parents)
		for _, p := range published {
			if models.PublicationKind(p.Kind) == models.PublishedRules && slices.Contains(path, p.Jurisdiction) {
				last[place] = max(last[place], p.ID) // ids are in order of time
			}
		}
		for _, above := range path {
			last[place] = max(last[place], mergers[above].ID)
		}
	}
	return last
}

// parents is the tree of jurisdictions. One that does not verify is left out; one
// whose parent is not here stands right below the root.
func (r reader) parents() (map[string]string, error) {
	var rows []jurisdictionRow
	if err := r.db.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("jurisdictions: %w", err)
	}
	parents := map[string]string{}
	for _, row := range rows {
		if r.vouched(row, row.Code, row.MAC) {
			parents[row.Code] = row.Parent
		}
	}
	for code, parent := range parents {
		if _, here := parents[parent]; !here {
			parents[code] = ""
		}
	}
	return parents, nil
}

// add puts one published file into the trees.
func (r reader) add(l *law, p publicationRow) error {
	body, err := r.file(p.Hash)
	if err != nil {
		return err
	}
	if models.PublicationKind(p.Kind) == models.PublishedForm {
		f, err := forms.Parse(body)
		if err == nil {
			l.forms.Files = append(l.forms.Files, f)
		}
		return err
	}
	f, err := rules.Parse(body)
	if err == nil {
		l.files.Files[p.Jurisdiction] = f
	}
	return err
}

// known reports whether the place is one of the tree, as it is today.
func (l *law) known(place string) bool {
	_, here := l.files.Parents[place]
	return here && l.mergers.Now(place) == place
}

// beginWith takes the service's own forms for those that nobody has published at
// the root.
func (l *law) beginWith(own []*forms.File) {
	for _, f := range own {
		taken := func(g *forms.File) bool { return g.Form().ID == f.Form().ID && g.Form().Jurisdiction == models.Root }
		if !slices.ContainsFunc(l.forms.Files, taken) {
			l.forms.Files = append(l.forms.Files, f)
		}
	}
}

// Form is a form that is or was asked somewhere, by its name and version. The
// problem is form.unknown if there was none.
func (s *Store) Form(ctx context.Context, id string, version int) (*forms.Form, error) {
	l := s.law.Load()
	for _, f := range slices.Concat(l.forms.Files, s.Forms) {
		if f.Form().ID == id && f.Form().Version == version {
			return f.Form(), nil
		}
	}
	r := s.reader(ctx)
	rows, err := r.publications()
	if err != nil {
		return nil, err
	}
	for _, row := range slices.Backward(rows) {
		if models.PublicationKind(row.Kind) != models.PublishedForm || row.Name != id || row.Version != version {
			continue
		}
		body, err := r.file(row.Hash)
		if err != nil {
			return nil, err
		}
		f, err := forms.Parse(body)
		if err != nil {
			return nil, err
		}
		return f.Form(), nil
	}
	return nil, models.Refuse(models.ReasonFormUnknown)
}
