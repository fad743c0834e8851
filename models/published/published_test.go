package published

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type sample struct {
	ID   string            `yaml:"id"`
	N    int               `yaml:"n"`
	Text map[string]string `yaml:"text"`
	List []sample          `yaml:"list"`
	Body string            `yaml:"body"`
}

const good = `# a comment
id: a
list:
  - id: b
    text:
      zh: 文
  - {id: c,
     n: 3}
body: |
  first
  second
`

func TestRead(t *testing.T) {
	t.Parallel()
	var got sample
	d, err := Read([]byte(good), &got)
	if err != nil {
		t.Fatal(err)
	}
	want := sample{ID: "a", List: []sample{{ID: "b", Text: map[string]string{"zh": "文"}}, {ID: "c", N: 3}}, Body: "first\nsecond\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		path []any
		line int
	}{
		{[]any{"id"}, 2}, {[]any{"list", 0, "id"}, 4}, {[]any{"list", 0, "text", "zh"}, 6}, {[]any{"list", 1, "n"}, 8},
		{[]any{"list", 1, "missing"}, 7}, {[]any{"list", 9}, 4}, {[]any{"body"}, 9}, {[]any{"id", "deeper"}, 2},
	} {
		if got := d.Line(c.path...); got != c.line {
			t.Errorf("%v is on line %d, want %d", c.path, got, c.line)
		}
	}
	if !d.Block("body") || d.Block("id") || d.Block("missing") {
		t.Error("only the body is a block")
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "the file must hold one YAML document"},
		{"two documents", "id: a\n---\nid: b\n", "the file must hold one YAML document"},
		{"unknown key", "id: a\nidd: b\n", `line 2: unknown field "idd"`},
		{"unknown key inside", "list:\n  - {id: a}\n  - {idd: a}\n", `line 3: unknown field "idd"`},
		{"repeated key", "id: a\nid: b\n", `line 2: mapping key "id" already defined at [1:1]`},
		{"wrong type", "n: x\n", "line 1: cannot unmarshal string into Go struct field sample.N of type int"},
		{"anchor", "id: &x a\n", "line 1: anchor has no meaning here"},
		{"tag", "id: !!str a\n", "line 1: tag has no meaning here"},
		{"null", "id: a\ntext:\n", "line 2: null has no meaning here"},
		{"all of them", "id: &x a\nbody: ~\n", "line 1: anchor has no meaning here\nline 2: null has no meaning here"},
		{"nested", "id: a\nlist: " + strings.Repeat("[", 100) + "\n", "line 2: brackets are nested too deep"},
		{"long line", "id: a\nlist:\n  " + strings.Repeat("- ", 5000) + "\n", "line 3: the line is longer than 4096 bytes"},
		{"long", "id: a\n" + strings.Repeat("#\n", Limit/2), "the file is longer than 262144 bytes"},
	} {
		var into sample
		d, err := Read([]byte(c.file), &into)
		var faults Faults
		if d != nil || !errors.As(err, &faults) {
			t.Errorf("%s: read, or failed otherwise: %v", c.name, err)
		} else if err.Error() != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, err, c.want)
		}
	}
}

func TestFaultsAreSorted(t *testing.T) {
	t.Parallel()
	var faults Faults
	if faults.Err() != nil {
		t.Error("no faults are an error")
	}
	faults.Note(3, "c")
	faults.Note(0, "a %d", 1)
	faults.Note(2, "b")
	if got := faults.Err().Error(); got != "a 1\nline 2: b\nline 3: c" {
		t.Errorf("got %q", got)
	}
}

// TestFaultsOfSeveralFiles: each names whose file it is in.
func TestFaultsOfSeveralFiles(t *testing.T) {
	t.Parallel()
	var a, b Faults
	a.Note(2, "x")
	b.Note(3, "y")
	b.Note(0, "z")
	err := append(a.In("any"), b.In("330100")...).Err()
	if got := err.Error(); got != "330100: z\n330100 line 3: y\nany line 2: x" {
		t.Errorf("got %q", got)
	}
}

// FuzzRead: nothing breaks the reader, and every refusal is a list of faults.
func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("id: *x"))
	f.Add([]byte("? a\n: b"))
	f.Add([]byte("<<: {id: a}"))
	f.Add([]byte("id: |2-\n   x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var into sample
		d, err := Read(data, &into)
		var faults Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%T: %v", err, err)
		}
		if err == nil {
			d.Line("list", 0, "text", "zh")
			d.Block("body")
		}
	})
}
