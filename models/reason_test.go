package models

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file of testdata, or writes it under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), go test ./models -update writes it:\n%s", file, diff)
	}
}

// TestReasons freezes the reasons and their kinds: clients switch on them.
func TestReasons(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	shape := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	for _, r := range Reasons() {
		if !shape.MatchString(string(r)) && r != ReasonInternal {
			t.Errorf("%s is not noun.what", r)
		}
		if r.Kind() == Internal && r != ReasonInternal {
			t.Errorf("%s is internal", r)
		}
		fmt.Fprintf(&b, "%s: %s\n", r, r.Kind().Error())
	}
	golden(t, "reasons.golden", b.String())
}

// TestEveryReasonHasAKind reads the source: a constant that is missing from the
// table would be internal by accident.
func TestEveryReasonHasAKind(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]Reason{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range constants {
			if string(r) == value {
				t.Errorf("%s and %s are both %q", name, spec.Names[0].Name, value)
			}
		}
		if !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			t.Errorf("%s is not named Reason…", spec.Names[0].Name)
		}
		constants[spec.Names[0].Name] = Reason(value)
		return true
	})
	for name, r := range constants {
		if _, known := kinds[r]; !known {
			t.Errorf("%s has no kind", name)
		}
	}
	if len(constants) != len(kinds) || len(constants) < 50 {
		t.Errorf("%d constants and %d kinds", len(constants), len(kinds))
	}
}
