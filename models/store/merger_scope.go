package store

import (
	"context"
	"maps"
	"slices"

	"healthcode/models"
)

// What belongs to whom goes by the tree as it is today. Rows keep the jurisdiction that
// was written into them; this is where it is read.

// Today is the jurisdiction that one is today.
func (s *Store) Today(code string) string { return s.law.Load().mergers.Now(code) }

// Within reports whether a place is another or stands below it, as the tree is today.
func (s *Store) Within(place, other string) bool { return s.law.Load().mergers.Within(place, other) }

// covers reports whether what is done in the jurisdiction belongs to that place, as
// the tree is today.
func (s *Store) covers(place, jurisdiction string) bool {
	return s.law.Load().mergers.Covers(place, jurisdiction)
}

// inside is the condition that a column names a place or what stands below it, as the
// tree is today.
func (s *Store) inside(column, place string) (where string, args []any) {
	came, left := s.law.Load().changed(place)
	where, args = column+" LIKE ?", []any{models.PlacePrefix(place) + "%"}
	if len(left) > 0 {
		where, args = where+" AND "+column+" NOT IN ?", append(args, left)
	}
	if len(came) > 0 {
		where, args = where+" OR "+column+" IN ?", append(args, came)
	}
	return "(" + where + ")", args
}

// changed is the jurisdictions that stand below a place by mergers alone, and those
// that do not any more although their codes say so.
func (l *law) changed(place string) (came, left []string) {
	if len(l.mergers) == 0 {
		return nil, nil
	}
	for _, code := range slices.Sorted(maps.Keys(l.files.Parents)) {
		switch before, now := models.Within(code, place), l.mergers.Within(code, place); {
		case now && !before:
			came = append(came, code)
		case before && !now:
			left = append(left, code)
		}
	}
	return came, left
}

// stands refuses a place that became part of another.
func (s *Store) stands(code string) error {
	if s.Today(code) != code {
		return models.Refuse(models.ReasonMergerOver).On("jurisdiction")
	}
	return nil
}

// offices are the offices that are one today: that one, and those whose staff went on
// as its own.
func (s *Store) offices(office string) []string {
	ms := s.law.Load().mergers
	list := []string{ms.Office(office)}
	for _, from := range slices.Sorted(maps.Keys(ms)) {
		if from != list[0] && ms.Office(from) == list[0] {
			list = append(list, from)
		}
	}
	return list
}

// above reports whether the place stands above the jurisdiction. The nation has
// nothing above it.
func (s *Store) above(place, jurisdiction string) bool {
	now := s.Today(jurisdiction)
	return models.PlacePrefix(place) == "" || place != now && s.Within(now, place)
}

// Places are the jurisdictions that there are today, by code: those that became part
// of another are left out.
func (s *Store) Places(ctx context.Context) ([]models.Jurisdiction, error) {
	list, err := s.Jurisdictions(ctx)
	return slices.DeleteFunc(list, func(j models.Jurisdiction) bool { return j.Into != "" }), err
}
