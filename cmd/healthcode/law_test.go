package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
}

var packages = sync.OnceValues(func() (map[string]pkg, error) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps,Standard", "healthcode/...").Output()
	if err != nil {
		return nil, err
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// under reports whether the package is the root or stands below it.
func under(path string, roots ...string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// alone says who may import a thing directly: those, and what stands below them.
var alone = map[string][]string{
	"net/http":                             {"healthcode/handlers", "healthcode/platform", "healthcode/web", "healthcode/cmd"},
	"database/sql":                         {"healthcode/models/store", "healthcode/cmd/load"}, // cmd/load measures a bare INSERT
	"gorm.io":                              {"healthcode/models/store"},
	"github.com/go-sql-driver":             {"healthcode/models/store", "healthcode/cmd/load"},
	"modernc.org":                          {"healthcode/models/store"},
	"github.com/pressly":                   {"healthcode/models/store"},
	"github.com/gin-gonic":                 {"healthcode/handlers", "healthcode/cmd/load"}, // cmd/load measures a bare route of it
	"cel.dev":                              {"healthcode/models/rules"},
	"github.com/silenceper":                {"healthcode/platform/wechat"},
	"github.com/smartwalle":                {"healthcode/platform/alipay"},
	"github.com/tink-crypto":               {"healthcode/platform/vault"},
	"github.com/alecthomas":                {"healthcode/cmd"},
	"healthcode/config":                    {"healthcode/cmd"},
	"healthcode/handlers":                  {"healthcode/cmd"},
	"healthcode/web":                       {"healthcode/handlers", "healthcode/cmd"},
	"healthcode/models/store":              {"healthcode/handlers", "healthcode/cmd", "healthcode/models/store"},
	"healthcode/models/store/storetest":    {"healthcode/cmd/load"},
	"healthcode/platform":                  {"healthcode/handlers", "healthcode/cmd", "healthcode/platform"},
	"healthcode/platform/vault":            {"healthcode/cmd", "healthcode/models/store/storetest"},
	"healthcode/platform/wechat":           {"healthcode/cmd"},
	"healthcode/platform/alipay":           {"healthcode/cmd"},
	"healthcode/platform/wechat/simulator": {"healthcode/cmd/demo", "healthcode/cmd/load"},
	"healthcode/platform/alipay/simulator": {"healthcode/cmd/demo", "healthcode/cmd/load"},
}

func TestWhoImportsWhat(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for path, p := range all {
		if !under(path, "healthcode") {
			continue
		}
		for _, imported := range p.Imports {
			// The narrowest rule for what is imported is the one that counts.
			rule := ""
			for thing := range alone {
				if under(imported, thing) && len(thing) > len(rule) {
					rule = thing
				}
			}
			if rule != "" && !under(path, alone[rule]...) && !under(path, rule) {
				t.Errorf("%s imports %s, which is for %v alone", path, imported, alone[rule])
			}
		}
	}
}

// TestModelsReachNothingOutside: not by any way.
func TestModelsReachNothingOutside(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for path, p := range all {
		if !under(path, "healthcode/models") || under(path, "healthcode/models/store") {
			continue
		}
		seen++
		for _, dep := range p.Deps {
			if under(dep, "net/http", "database/sql", "gorm.io", "github.com/gin-gonic", "github.com/go-sql-driver", "modernc.org",
				"healthcode/platform", "healthcode/handlers", "healthcode/web", "healthcode/config") {
				t.Errorf("%s reaches %s", path, dep)
			}
		}
	}
	if seen < 4 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

// TestPlatformAndWebKnowTheModelsAlone: of this module, they import the nouns and
// themselves.
func TestPlatformAndWebKnowTheModelsAlone(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for path, p := range all {
		for _, imported := range p.Imports {
			if !under(imported, "healthcode") {
				continue
			}
			if under(path, "healthcode/platform") && !under(imported, "healthcode/models", "healthcode/platform") ||
				under(path, "healthcode/web") && !under(imported, "healthcode/models", "healthcode/web") ||
				under(path, "healthcode/platform", "healthcode/web") && under(imported, "healthcode/models/store") {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

func TestTheServiceContainsNoSimulator(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	service, ok := all["healthcode/cmd/healthcode"]
	if !ok {
		t.Fatal("the service is not there")
	}
	for _, dep := range service.Deps {
		if strings.Contains(dep, "simulator") || strings.HasSuffix(dep, "storetest") || dep == "testing" || dep == "net/http/httptest" ||
			dep == "github.com/silenceper/wechat/v2" {
			t.Errorf("the service contains %s", dep)
		}
	}
}

// forbidden are functions and packages that only cmd may use: a clock, the
// environment and a client are values that are handed in.
var forbidden = map[string][]string{
	"time": {"Now", "Since", "Until"}, "os": {"Getenv", "LookupEnv", "Environ"},
	"net/http": {"DefaultClient", "Get", "Post", "PostForm", "Head", "DefaultTransport"},
}

func TestNobodyReadsTheWorldButCmd(t *testing.T) {
	t.Parallel()
	files := 0
	for _, folder := range []string{"models", "platform", "handlers", "web", "config"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "storetest") { // storetest runs a server
				return filepath.SkipDir
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files++
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				readsTheWorld(t, path, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 50 {
		t.Errorf("only %d files were looked at", files)
	}
}

func readsTheWorld(t *testing.T, path string, file *ast.File) {
	t.Helper()
	named := map[string]string{} // by what the file calls them
	for _, i := range file.Imports {
		imported := strings.Trim(i.Path.Value, `"`)
		if under(imported, "math/rand") {
			t.Errorf("%s imports %s", path, imported)
		}
		name := imported[strings.LastIndex(imported, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		named[name] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Obj == nil {
			for _, f := range forbidden[named[x.Name]] {
				if selector.Sel.Name == f {
					t.Errorf("%s uses %s.%s", path, named[x.Name], f)
				}
			}
		}
		return true
	})
}
