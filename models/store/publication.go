package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/rules"
)

type publicationRow struct {
	ID           string
	Kind         string
	Jurisdiction string
	Name         string
	Version      int
	Hash         string
	DraftedBy    string
	PublishedBy  string
	At           int64
	MAC          []byte `gorm:"column:mac"`
}

func (publicationRow) TableName() string { return "publications" }

const macPublication = "publications"

func (r publicationRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s %s %d %s %s %s %d", r.ID, r.Kind, r.Jurisdiction, r.Name, r.Version, r.Hash, r.DraftedBy, r.PublishedBy, r.At)
}

func (r publicationRow) publication() models.Publication {
	return models.Publication{ID: r.ID, Kind: models.PublicationKind(r.Kind), Jurisdiction: r.Jurisdiction, Name: r.Name, Version: r.Version,
		Hash: r.Hash, DraftedBy: r.DraftedBy, PublishedBy: r.PublishedBy, At: instant(r.At)}
}

// slot is what has one file in force: a jurisdiction has one rule file, one form of
// each name, and one peering with each peer.
func (r publicationRow) slot() string {
	if models.PublicationKind(r.Kind) == models.PublishedRules {
		return r.Kind + " " + r.Jurisdiction
	}
	return r.Kind + " " + r.Jurisdiction + " " + r.Name
}

type fileRow struct {
	Hash string `gorm:"primaryKey"`
	Body string
	At   int64
}

func (fileRow) TableName() string { return "published_files" }

// publications are all that verify, the first first: ids are in order of time.
func (r reader) publications() ([]publicationRow, error) {
	var rows []publicationRow
	if err := r.db.Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("publications: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(row publicationRow) bool {
		altered := !r.Vault.CheckMAC(macPublication, row.bytes(), row.MAC)
		if altered {
			r.alarm("publications", row.ID)
		}
		return altered
	})
	added, err := r.addedPeerings()
	rows = append(added, rows...)
	slices.SortStableFunc(rows, func(a, b publicationRow) int { return strings.Compare(a.ID, b.ID) })
	return rows, err
}

// inForce is the latest of each slot.
func (r reader) inForce() ([]publicationRow, error) {
	rows, err := r.publications()
	latest := map[string]int{}
	for i, row := range rows {
		latest[row.slot()] = i
	}
	var kept []publicationRow
	for i, row := range rows {
		if latest[row.slot()] == i {
			kept = append(kept, row)
		}
	}
	return kept, err
}

// errNoFile says that a published file is gone or is not what it was.
var errNoFile = errors.New("a published file is missing or was altered")

// file is a published file, word for word.
func (r reader) file(hash string) ([]byte, error) {
	var row fileRow
	err := found(r.db.Where("hash = ?", hash).Take(&row).Error)
	if sum := sha256.Sum256([]byte(row.Body)); err != nil || hex.EncodeToString(sum[:]) != hash {
		return nil, errors.Join(errNoFile, err)
	}
	return []byte(row.Body), nil
}

// insertFile keeps a file, unless it is kept already. (DO NOTHING would need the
// right to update in MySQL.) Under its hash may stand what somebody put there who has
// the database and knows what will be published: then nothing is.
func (t *txn) insertFile(hash string, body []byte) error {
	var there int64
	if err := t.db.Model(&fileRow{}).Where("hash = ?", hash).Count(&there).Error; err != nil {
		return err
	}
	if there > 0 {
		_, err := t.reader().file(hash)
		if errors.Is(err, errNoFile) {
			t.alarm("published_files", hash)
		}
		return err
	}
	err := t.insert(&fileRow{Hash: hash, Body: string(body), At: millis(t.at)})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errRace
	}
	return err
}

// ruleSetRow says which files every rule set that ever decided was merged from.
type ruleSetRow struct {
	Name      string `gorm:"primaryKey"`
	Body      string // links, as JSON
	CreatedAt int64  `gorm:"autoCreateTime:false"`
}

func (ruleSetRow) TableName() string { return "rule_sets" }

// rememberSets writes down what the law's sets are made of, before any of them
// decides.
func (s *Store) rememberSets(ctx context.Context, l *law) error {
	var known []ruleSetRow
	if err := s.read.WithContext(ctx).Find(&known).Error; err != nil {
		return fmt.Errorf("rule sets: %w", err)
	}
	written := map[string]string{}
	for _, row := range known {
		written[row.Name] = row.Body
	}
	for name, set := range l.sets {
		links, err := json.Marshal(set.Links())
		if err != nil {
			return err
		}
		body, there := written[name]
		if there && body != string(links) {
			return fmt.Errorf("rule set %s is made of other files than the one that decided under this name", name)
		}
		if !there {
			if err := s.rememberSet(ctx, set, string(links)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) rememberSet(ctx context.Context, set *rules.Set, links string) error {
	err := s.change(ctx, models.System("rules"), func(t *txn) error {
		for _, f := range set.Files() {
			if err := t.insertFile(f.Hash(), f.Source()); err != nil {
				return err
			}
		}
		if err := t.insert(&ruleSetRow{Name: set.Name(), Body: links, CreatedAt: millis(t.at)}); err != nil {
			return err
		}
		return t.audit("rules.remember", "rules", set.Name(), "")
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) { // another replica was first
		return nil
	}
	return err
}

// RuleSet is a rule set that has decided at some time, made again of its files.
// The problem is rules.unknown if none of that name has.
func (s *Store) RuleSet(ctx context.Context, name string) (*rules.Set, error) {
	if set := s.law.Load().sets[name]; set != nil {
		return set, nil
	}
	r := s.reader(ctx)
	var row ruleSetRow
	err := found(r.db.Where("name = ?", name).Take(&row).Error)
	if errors.Is(err, models.NotFound) {
		return nil, models.Refuse(models.ReasonRulesUnknown)
	}
	if err != nil {
		return nil, err
	}
	var links []rules.Link
	if err := json.Unmarshal([]byte(row.Body), &links); err != nil {
		return nil, fmt.Errorf("rule set %s: %w", name, err)
	}
	var files []*rules.File
	for _, link := range links {
		body, err := r.file(link.Hash)
		if err != nil {
			return nil, err
		}
		f, err := rules.Parse(body)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	set, err := rules.Merge(files...)
	if err == nil && set.Name() != name {
		err = fmt.Errorf("rule set %s comes out as %s", name, set.Name())
	}
	return set, err
}

// tried is what a draft's file would make of the law.
type tried struct {
	rules map[string]*rules.Set // of every jurisdiction that it would hold in; nil unless it is a file of rules
	file  publicationRow
	body  []byte
}

// try puts a file into the law as it is now, as far as it goes: everything that is
// wrong with it there is told at once ([published.Faults]).
func (l *law) try(kind models.PublicationKind, body []byte) (tried, error) {
	switch kind {
	case models.PublishedPeering:
		p, err := models.ParsePeeringHere(body, l.here, l.known)
		if err != nil {
			return tried{}, err
		}
		return tried{body: body, file: publicationRow{Kind: string(kind), Jurisdiction: p.Place, Name: p.Peer, Version: p.Version, Hash: p.Hash}}, nil
	case models.PublishedForm:
		f, err := forms.Parse(body)
		if err != nil {
			return tried{}, err
		}
		_, err = l.forms.Publish(f)
		return tried{body: body, file: publicationRow{Kind: string(kind), Jurisdiction: f.Form().Jurisdiction, Name: f.Form().ID,
			Version: f.Form().Version, Hash: f.Hash()}}, err
	}
	f, err := rules.Parse(body)
	if err != nil {
		return tried{}, err
	}
	sets, err := l.files.Publish(f)
	return tried{rules: sets, body: body, file: publicationRow{Kind: string(kind), Jurisdiction: f.Jurisdiction(), Name: f.ID(),
		Version: f.Version(), Hash: f.Hash()}}, err
}
