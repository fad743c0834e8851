package rules

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/published"
)

// parents is a piece of the tree: a province, two cities and a county in each.
var parents = map[string]string{"330000": "", "330100": "330000", "330110": "330100", "330200": "330000", "330203": "330200", "110000": ""}

func tree(t testing.TB) Tree {
	t.Helper()
	tree := Tree{Parents: parents, Files: map[string]*File{}}
	for _, f := range chain(t) {
		tree.Files[f.Jurisdiction()] = f
	}
	return tree
}

// names are the sets by their names without the hash.
func names(sets map[string]*Set) map[string]string {
	list := map[string]string{}
	for code, s := range sets {
		list[code], _, _ = strings.Cut(s.Name(), "#")
	}
	return list
}

func TestTreeSets(t *testing.T) {
	t.Parallel()
	tree := tree(t)
	sets, err := tree.Sets()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"any": "nation@4", "110000": "nation@4", "330000": "zhejiang@7", "330100": "hangzhou@2", "330110": "hangzhou@2",
		"330200": "zhejiang@7", "330203": "zhejiang@7"}
	if diff := cmp.Diff(want, names(sets)); diff != "" {
		t.Error(diff)
	}
	for code, s := range sets {
		files, err := tree.Chain(code)
		if err != nil {
			t.Fatal(err)
		}
		if alone := mustMerge(t, files...); alone.Name() != s.Name() || string(alone.Canonical()) != string(s.Canonical()) {
			t.Errorf("%s: the tree makes %s and its chain %s", code, s.Name(), alone.Name())
		}
	}
}

// TestTreePublish: a province's file goes to all of the province, and to nobody else.
func TestTreePublish(t *testing.T) {
	t.Parallel()
	tree := tree(t)
	before := maps.Clone(tree.Files)
	sets, err := tree.Publish(mustParse(t, strings.NewReplacer("version: 7", "version: 8", "value: 24h", "value: 48h").Replace(chainFile(t, "330000"))))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"330000": "zhejiang@8", "330100": "hangzhou@2", "330110": "hangzhou@2", "330200": "zhejiang@8", "330203": "zhejiang@8"}
	if diff := cmp.Diff(want, names(sets)); diff != "" {
		t.Error(diff)
	}
	if r, _ := sets["330110"].Rule("arrival"); r.Clear.In("en") != "2 negative tests within 48 hours." {
		t.Errorf("the city says %q", r.Clear.In("en"))
	}
	if !maps.Equal(before, tree.Files) {
		t.Error("publishing changed the tree itself")
	}
	county := mustParse(t, "id: yuhang\nversion: 1\njurisdiction: \"330110\"\nset: [{id: arrival_tests, value: 3}, {id: test_hours, value: 36h}]\n")
	if sets, err = tree.Publish(county); err != nil || len(sets) != 1 || sets["330110"].Parameters()[2].Number != 3 {
		t.Errorf("a first file of a county: %v, %v", names(sets), err)
	}
	if sets, err = (Tree{Parents: parents}).Publish(chain(t)[0]); err != nil || len(sets) != 7 {
		t.Errorf("a first file at the top: %v, %v", names(sets), err)
	}
}

// TestTreePublishRefuses: one refusal anywhere below is a refusal, and all are told.
func TestTreePublishRefuses(t *testing.T) {
	t.Parallel()
	tree := tree(t)
	tree.Files["330110"] = mustParse(t, "id: yuhang\nversion: 1\njurisdiction: \"330110\"\nset:\n  - {id: arrival_tests, value: 3}\n  - {id: test_hours, value: 30h}\n")
	for _, c := range []struct{ name, code, old, new, want string }{
		{"the top's new bounds", "any", "{min: 24h, max: 72h}", "{min: 36h, max: 72h}",
			"330000 line 7: set test_hours: 24h is not within 36h to 72h, which any allows\n" +
				"330110 line 6: set test_hours: 30h is not within 36h to 72h, which any allows"},
		{"its own fault and one below", "330100", "{min: 1, max: 3}", "{min: 1, max: 2}", "330110 line 5: set arrival_tests: 3 is not within 1 to 2, which 330100 allows"},
		{"a name that is taken below", "330000", "set:\n", "rules:\n" + strings.SplitAfter(many(1, "arrival", "330000", "facts.exists(f, f.kind == 'order')"), "rules:\n")[1] + "set:\n", ""},
		{"a rule that cannot be", "330100", "f.level == 'medium'", "f.level == 'red'", "330100 line 14: rule arrival: unreachable: no facts were found that make it speak"},
		{"no such place", "330000", `"330000"`, `"320000"`, "320000 line 3: jurisdiction: it has no place in the tree"},
	} {
		sets, err := tree.Publish(mustParse(t, slip(t, chainFile(t, c.code), c.old, c.new)))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var faults published.Faults
		if sets != nil || !errors.As(err, &faults) || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
}

// TestTreeOddities: what is no tree is refused and never walked for ever.
func TestTreeOddities(t *testing.T) {
	t.Parallel()
	files := tree(t).Files
	for name, c := range map[string]struct {
		tree Tree
		want string
	}{
		"no file at the top": {Tree{Parents: parents, Files: map[string]*File{"330000": files["330000"]}}, "any: there is no file"},
		"nothing":            {Tree{}, "any: there is no file"},
		"a circle":           {Tree{Parents: map[string]string{"330000": "330100", "330100": "330000"}, Files: files}, "it has no place in the tree"},
		"a parent unknown":   {Tree{Parents: map[string]string{"330000": "", "330100": "330999"}, Files: files}, "330100 line 3: jurisdiction: it has no place in the tree"},
	} {
		if sets, err := c.tree.Sets(); sets != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.tree.Chain("330100"); err == nil {
			t.Errorf("%s: there is a chain", name)
		}
		if name != "nothing" && name != "no file at the top" {
			if _, err := c.tree.Publish(files["330100"]); err == nil {
				t.Errorf("%s: published", name)
			}
		}
	}
}

// BenchmarkPublish is the top's file over a hundred counties that each have one.
func BenchmarkPublish(b *testing.B) {
	top := mustParse(b, string(defaultFile))
	nation := Tree{Parents: map[string]string{}, Files: map[string]*File{models.Root: top}}
	for i := range 100 {
		code := fmt.Sprint(100000 + i)
		nation.Parents[code] = ""
		nation.Files[code] = mustParse(b, fmt.Sprintf("id: c\nversion: 1\njurisdiction: %q\nset: [{id: test_gap, value: 48h}]\n", code))
	}
	codes := slices.Sorted(maps.Keys(nation.Files))
	for b.Loop() {
		sets, err := nation.Publish(top)
		if err != nil || len(sets) != len(codes) {
			b.Fatal(err)
		}
	}
}
