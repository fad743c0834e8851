package wechat

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	sdkRoot = "github.com/silenceper/wechat/v2"
	top     = "../.." // of the module
)

// TestTrapRootPackage: importing the SDK's root logs message bodies. What is
// linked counts, so the whole of each program is looked at; and the production
// program holds no simulator.
func TestTrapRootPackage(t *testing.T) {
	t.Parallel()
	for program, never := range map[string][]string{
		"./platform/wechat": {sdkRoot, "github.com/sirupsen/logrus", "healthcode/platform/wechat/simulator"},
		"./cmd/healthcode":  {sdkRoot, "github.com/sirupsen/logrus", "healthcode/platform/wechat/simulator"},
		"./cmd/demo":        {sdkRoot, "github.com/sirupsen/logrus"},
	} {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", program)
		list.Dir = top
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list %s: %v", program, err)
		}
		linked := map[string]bool{}
		for p := range strings.Lines(string(out)) {
			linked[strings.TrimSpace(p)] = true
		}
		if !linked[sdkRoot+"/miniprogram/auth"] {
			t.Errorf("%s does not use the SDK at all: this test looks at nothing", program)
		}
		for _, p := range never {
			if linked[p] {
				t.Errorf("%s links %s", program, p)
			}
		}
	}
}

// TestTrapMemoryCache: the SDK's memory cache crashes the process, and its client
// is one variable that only transport.go may set. Outside this folder nothing
// knows the SDK.
func TestTrapMemoryCache(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != top) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		return judge(t, path)
	})
	if err != nil || files < 10 {
		t.Fatalf("%d files read: %v", files, err)
	}
}

// judge reports what the file does that it may not.
func judge(t *testing.T, path string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil // the compiler says so better
	}
	ours := filepath.Dir(path) == "../../platform/wechat"
	test := strings.HasSuffix(path, "_test.go")
	uses := false
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		rest, found := strings.CutPrefix(name, sdkRoot)
		uses = uses || found
		switch {
		case !found:
		case !ours:
			t.Errorf("%s imports %s: the SDK stays in platform/wechat", path, name)
		case rest == "" || rest == "/cache":
			t.Errorf("%s imports %s", path, name)
		}
	}
	if !uses {
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "NewMemory" || s.Sel.Name == "SetURIModifier" ||
			s.Sel.Name == "DefaultHTTPClient" && !test && filepath.Base(path) != "transport.go") {
			t.Errorf("%s uses %s", path, s.Sel.Name)
		}
		return true
	})
	return nil
}

// TestNoWayToASimulator: the production program leaves the way out as it is, so
// that no setting can lead the adapter elsewhere.
func TestNoWayToASimulator(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(top, "cmd/healthcode/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || !isConfig(literal.Type) {
				return true
			}
			made++
			for _, e := range literal.Elts {
				pair, ok := e.(*ast.KeyValueExpr)
				if !ok {
					t.Errorf("%s: wechat.Config without names", path)
				} else if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Transport" {
					t.Errorf("%s chooses a way out", path)
				}
			}
			return true
		})
	}
	if made == 0 {
		t.Error("cmd/healthcode makes no wechat.Config: this test looks at nothing")
	}
}

func isConfig(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Config" {
		return false
	}
	p, ok := s.X.(*ast.Ident)
	return ok && p.Name == "wechat"
}
