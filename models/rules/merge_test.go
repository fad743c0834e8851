package rules

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

// chainFile is one of the files of testdata/chain, which are the example of
// docs/rules.md.
func chainFile(t testing.TB, jurisdiction string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/chain/" + jurisdiction + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var chainCodes = []string{"any", "330000", "330100"}

func mustParse(t testing.TB, file string) *File {
	t.Helper()
	f, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustMerge(t testing.TB, files ...*File) *Set {
	t.Helper()
	s, err := Merge(files...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func chain(t testing.TB) (files []*File) {
	for _, code := range chainCodes {
		files = append(files, mustParse(t, chainFile(t, code)))
	}
	return files
}

// TestMerge walks down the example: the province's figure rules in the city and
// is told in its texts, and the city's rule speaks there alone.
func TestMerge(t *testing.T) {
	t.Parallel()
	files := chain(t)
	nation, province, city := mustMerge(t, files[0]), mustMerge(t, files[:2]...), mustMerge(t, files...)
	for _, c := range []struct {
		set    *Set
		name   string
		rules  int
		hours  string
		from   string
		bounds string
		text   string
	}{
		{nation, "nation@4#", 2, "48h", "any", "24h to 72h", "48 hours"},
		{province, "zhejiang@7#", 2, "24h", "330000", "24h to 48h", "24 hours"},
		{city, "hangzhou@2#", 3, "24h", "330000", "24h to 48h", "24 hours"},
	} {
		if !strings.HasPrefix(c.set.Name(), c.name) || len(c.set.Rules()) != c.rules {
			t.Errorf("%s has %d rules", c.set.Name(), len(c.set.Rules()))
		}
		p := c.set.Parameters()[0]
		if p.Value != c.hours || p.Jurisdiction != c.from || p.Bounds.String() != c.bounds || p.Text.In("en") != "how long a negative test lasts" {
			t.Errorf("%s has %+v", c.set.Name(), p)
		}
		if r, _ := c.set.Rule("untested"); r.Jurisdiction != "any" || r.Why.In("en") != "You have no negative test of the last "+c.text+"." {
			t.Errorf("%s says %q", c.set.Name(), r.Why.In("en"))
		}
	}
	if r, _ := city.Rule("arrival"); r.Jurisdiction != "330100" || r.Clear.In("en") != "2 negative tests within 24 hours." {
		t.Errorf("the city says %q", r.Clear.In("en"))
	}
	facts := parse(t, "test/pcr/negative@-30h stay/medium@-3d")
	for s, want := range map[*Set]string{
		nation:   "green  until +0d18h",
		province: "grey   until never; untested grey until never",
		city:     "yellow until never; arrival yellow by stay/medium@-3d until never; untested grey until never",
	} {
		if got := show(s.Decide(facts, now)); got != want {
			t.Errorf("%s: got %s, want %s", s.Name(), got, want)
		}
	}
}

// TestMergeIsFoundAgain: what a set was merged from makes it again, and nothing
// else has its name.
func TestMergeIsFoundAgain(t *testing.T) {
	t.Parallel()
	files := chain(t)
	city := mustMerge(t, files...)
	var again []*File
	for i, f := range city.Files() {
		again = append(again, mustParse(t, string(f.Source())))
		if want := (Link{chainCodes[i], f.Hash()}); city.Links()[i] != want {
			t.Errorf("link %d is %v", i, city.Links()[i])
		}
	}
	twin := mustMerge(t, again...)
	if twin.Name() != city.Name() || twin.Hash() != city.Hash() || string(twin.Canonical()) != string(city.Canonical()) {
		t.Errorf("merged again it is %s and not %s", twin.Name(), city.Name())
	}
	names := []string{city.Name()}
	for i := range files {
		other := slices.Clone(files)
		other[i] = mustParse(t, string(files[i].Source())+"# a word\n")
		names = append(names, mustMerge(t, other...).Name())
	}
	names = append(names, mustMerge(t, files[0], files[2]).Name(), mustMerge(t, mustParse(t, chainFile(t, "any"))).Name())
	slices.Sort(names)
	if len(slices.Compact(names)) != 6 {
		t.Errorf("two sets have one name: %v", names)
	}
	if alone := mustMerge(t, files[0]); alone.Hash() != files[0].Hash() {
		t.Error("a file that stands alone has another hash than its own")
	}
}

// TestCanonical freezes the serialisation: if it changes, so does the name of
// every merged set. Run with -update to rewrite it.
func TestCanonical(t *testing.T) {
	t.Parallel()
	s := mustMerge(t, chain(t)...)
	got := string(s.Canonical()) + s.Name() + "\n"
	const file = "testdata/chain/canonical.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// TestEmptyFileBelow: a jurisdiction takes back its own rules by a file without any.
func TestEmptyFileBelow(t *testing.T) {
	t.Parallel()
	top := chain(t)[0]
	empty := mustMerge(t, top, mustParse(t, "id: zhejiang\nversion: 8\njurisdiction: \"330000\"\n"))
	alone := mustMerge(t, top)
	if diff := cmp.Diff(alone.Rules(), empty.Rules()); diff != "" || empty.Name() == alone.Name() {
		t.Errorf("%s differs from %s:\n%s", empty.Name(), alone.Name(), diff)
	}
	if o := empty.Decide(nil, now); o.Colour != models.Grey {
		t.Error(show(o))
	}
}
