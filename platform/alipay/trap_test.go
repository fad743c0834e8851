package alipay_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parse reads the Go files of a folder, without its tests.
func parse(t testing.TB, folder string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// exported are the exported methods of a type.
func exported(t testing.TB, folder, of string) (names []string) {
	t.Helper()
	for _, f := range parse(t, folder) {
		for _, d := range f.Decls {
			m, ok := d.(*ast.FuncDecl)
			if !ok || m.Recv == nil || !m.Name.IsExported() {
				continue
			}
			receiver := m.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if id, ok := receiver.(*ast.Ident); ok && id.Name == of {
				names = append(names, m.Name.Name)
			}
		}
	}
	if names == nil {
		t.Fatalf("%s has no methods", of)
	}
	return names
}

// failures are the exported variables of the simulator's failures.
func failures(t testing.TB) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "simulator/failure.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		variables, ok := d.(*ast.GenDecl)
		if !ok || variables.Tok != token.VAR {
			continue
		}
		for _, spec := range variables.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	if len(names) < 20 {
		t.Fatalf("found %v alone", names)
	}
	return names
}

// TestTrapsThatAreNotSteppedInto: parts of the SDK that cannot be used safely are
// not used at all.
func TestTrapsThatAreNotSteppedInto(t *testing.T) {
	t.Parallel()
	never := map[string]string{
		"IsSuccess": "needs a user_id, which newer apps are not given", "IsFailure": "likewise",
		"UserInfoShare": "its answer has no open_id", "DecodeNotification": "does not look at the certificate's number first",
		"GetTradeNotification": "reads the address too", "PublicAppAuthorize": "leads to a host that it chooses itself", "NotifyVerify": "likewise",
		"CertDownload": "believes what it gets", "OnReceivedData": "hands on what is not verified yet",
		"WithProductionGateway": "goes with a mode that fetches certificates and believes them",
	}
	used := map[string]bool{}
	for _, f := range parse(t, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				used[s.Sel.Name] = true
				if why, trap := never[s.Sel.Name]; trap {
					t.Errorf("%s: %s", s.Sel.Name, why)
				}
			}
			return true
		})
	}
	if !used["VerifySign"] || !used["DecodePhoneNumber"] || !used["Request"] {
		t.Error("the SDK is not used at all: this test looks at nothing")
	}
}

// TestNobodyElseKnowsTheSDK: what is true of this folder is true of the program.
func TestNobodyElseKnowsTheSDK(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != "../..") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		theirs := func(i *ast.ImportSpec) bool { return strings.Contains(i.Path.Value, "smartwalle") }
		if filepath.Dir(path) != filepath.Join("../..", "platform", "alipay") && slices.ContainsFunc(f.Imports, theirs) {
			t.Errorf("%s imports the SDK", path)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files, %v", files, err)
	}
}
