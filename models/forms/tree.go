package forms

import (
	"maps"
	"slices"

	"healthcode/models"
	"healthcode/models/published"
)

// Tree is the forms in force and the jurisdictions that they are asked in. In
// each the form of an id is the nearest file's, its own or one above.
type Tree struct {
	Parents map[string]string // code of each jurisdiction → of the one above it; "" where only the root is
	Files   []*File           // at most one of each id in a jurisdiction
}

// Publish is what the file would make of the tree in the place of its
// jurisdiction's form of that id, if it has one: which file is asked from then
// on there and in every jurisdiction below. The error is everything that is
// wrong ([published.Faults]), each with the jurisdiction whose file it is in and
// its line:
//   - its version is not above that of the form it takes the place of, or is
//     another file's: a declaration names its form by id and version;
//   - it takes facts away from the rules above;
//   - or, if it is sound, a form below takes away what it gives.
func (t Tree) Publish(f *File) (map[string]*File, error) {
	id, code := f.form.ID, f.form.Jurisdiction
	path, ok := models.PathTo(code, t.Parents)
	if !ok {
		return nil, published.Faults{{Where: code, Line: f.doc.Line("jurisdiction"), Says: published.Say("jurisdiction: it has no place in the tree")}}
	}
	files := t.of(id)
	faults := f.versions(files, nearest(files, path))
	if above := nearest(files, path[:len(path)-1]); above != nil {
		faults = append(faults, f.keep(above.form)...)
	}
	if len(faults) > 0 {
		return nil, faults.In(code).Err()
	}
	files[code] = f
	asked := map[string]*File{}
	for _, place := range t.within(code) {
		path, _ := models.PathTo(place, t.Parents)
		asked[place] = nearest(files, path)
		if own := files[place]; own != nil && place != code && nearest(files, path[:len(path)-1]) == f {
			faults = append(faults, own.keep(f.form).In(place)...)
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return asked, nil
}

// Forms are what is asked in the jurisdiction, in the order in which their ids
// come down to it.
func (t Tree) Forms(jurisdiction string) (list []*Form) {
	path, _ := models.PathTo(jurisdiction, t.Parents)
	at := map[string]int{}
	for _, place := range path {
		for _, f := range t.Files {
			if f.form.Jurisdiction != place {
				continue
			}
			if i, ok := at[f.form.ID]; ok {
				list[i] = f.form
				continue
			}
			at[f.form.ID] = len(list)
			list = append(list, f.form)
		}
	}
	return list
}

// of are the files of that id, by their jurisdictions.
func (t Tree) of(id string) map[string]*File {
	files := map[string]*File{}
	for _, f := range t.Files {
		if f.form.ID == id {
			files[f.form.Jurisdiction] = f
		}
	}
	return files
}

// within are the jurisdiction and all below it, sorted.
func (t Tree) within(code string) (list []string) {
	for _, place := range slices.Sorted(maps.Keys(t.Parents)) {
		if path, ok := models.PathTo(place, t.Parents); ok && slices.Contains(path, code) {
			list = append(list, place)
		}
	}
	if code == models.Root {
		list = append(list, models.Root)
	}
	return list
}

// nearest is the lowest file on the path; nil if there is none.
func nearest(files map[string]*File, path []string) *File {
	for _, place := range slices.Backward(path) {
		if f := files[place]; f != nil {
			return f
		}
	}
	return nil
}

// versions refuses a version that is no step forward, or that is taken.
func (f *File) versions(files map[string]*File, before *File) (faults published.Faults) {
	line := f.doc.Line("version")
	if before != nil && f.form.Version <= before.form.Version && f.hash != before.hash {
		faults.Note(line, "version must be above %d, which %s has", before.form.Version, before.form.Jurisdiction)
	}
	for _, place := range slices.Sorted(maps.Keys(files)) {
		if other := files[place]; other != before && other.form.Version == f.form.Version {
			faults.Note(line, "version %d is that of %s", f.form.Version, place)
		}
	}
	return faults
}
