package rules

import (
	"maps"
	"slices"

	"healthcode/models"
	"healthcode/models/published"
)

// Tree is the rule files in force and the jurisdictions that they hold in.
type Tree struct {
	Parents map[string]string // code of each jurisdiction → of the one above it; "" where only the root is
	Files   map[string]*File  // by jurisdiction; there are fewer than jurisdictions
}

// Publish is what the file would make of the tree in the place of its
// jurisdiction's file, if it has one: the set of that jurisdiction and of every
// one below it. Where there is no file of its own, the set is that of the
// nearest above. Nothing holds anywhere unless all of it is sound: the error is
// everything that is wrong ([published.Faults]), each with the jurisdiction
// whose file it is in and its line.
func (t Tree) Publish(f *File) (map[string]*Set, error) {
	files := map[string]*File{}
	maps.Copy(files, t.Files)
	files[f.Jurisdiction()] = f
	t.Files = files
	path, faults := t.path(f.Jurisdiction())
	if len(faults) > 0 {
		return nil, faults
	}
	w := walk{files: files, below: t.below(), sets: map[string]*Set{}}
	var above *Set
	for _, code := range path[:len(path)-1] {
		var err error
		if above, err = w.step(code, above); err != nil {
			return nil, err
		}
	}
	if err := w.down(f.Jurisdiction(), above); err != nil {
		return nil, err
	}
	if err := w.faults.Err(); err != nil {
		return nil, err
	}
	return w.sets, nil
}

// Sets are the sets of all jurisdictions and of [models.Root] under the files in force.
func (t Tree) Sets() (map[string]*Set, error) {
	var faults published.Faults
	for _, code := range slices.Sorted(maps.Keys(t.Files)) {
		_, found := t.path(code)
		faults = append(faults, found...)
	}
	if len(faults) == 0 && t.Files[models.Root] == nil {
		_, faults = t.path(models.Root)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return t.Publish(t.Files[models.Root])
}

// Chain is the files that hold in the jurisdiction, from the top down, as [Merge]
// takes them.
func (t Tree) Chain(jurisdiction string) ([]*File, error) {
	path, faults := t.path(jurisdiction)
	if len(faults) > 0 {
		return nil, faults
	}
	var chain []*File
	for _, code := range path {
		if f := t.Files[code]; f != nil {
			chain = append(chain, f)
		}
	}
	return chain, nil
}

// path is the jurisdictions from the root down to that one, or why there is none.
// Without a file for the root nobody would need so much as a checked document.
func (t Tree) path(code string) ([]string, published.Faults) {
	if t.Files[models.Root] == nil {
		return nil, published.Faults{{Where: models.Root, Says: published.Say("there is no file, and every chain begins with one")}}
	}
	path, ok := models.PathTo(code, t.Parents)
	if ok {
		return path, nil
	}
	fault := published.Fault{Where: code, Says: published.Say("jurisdiction: it has no place in the tree")}
	if f := t.Files[code]; f != nil {
		fault.Line = f.doc.Line("jurisdiction")
	}
	return nil, published.Faults{fault}
}

// below is the jurisdictions right below each, sorted.
func (t Tree) below() map[string][]string {
	below := map[string][]string{}
	for _, code := range slices.Sorted(maps.Keys(t.Parents)) {
		above := t.Parents[code]
		if above == "" {
			above = models.Root
		}
		below[above] = append(below[above], code)
	}
	return below
}

// walk goes down the tree and merges each file once, below the set above it.
type walk struct {
	files  map[string]*File
	below  map[string][]string
	sets   map[string]*Set
	faults published.Faults
}

// step is the set of the jurisdiction, given that of the one above.
func (w *walk) step(code string, above *Set) (*Set, error) {
	f := w.files[code]
	if f == nil {
		return above, nil
	}
	set, found, err := above.extend(f)
	w.faults = append(w.faults, found.In(code)...)
	return set, err
}

// down steps into the jurisdiction and all below it. It goes on below what is
// refused, so that all there is to mend is told at once.
func (w *walk) down(code string, above *Set) error {
	set, err := w.step(code, above)
	if err != nil {
		return err
	}
	w.sets[code] = set
	for _, child := range w.below[code] {
		if err := w.down(child, set); err != nil {
			return err
		}
	}
	return nil
}
