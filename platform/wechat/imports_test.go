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

// TestTrapsThatAreNotSteppedInto: parts of the SDK that cannot be used safely are
// not used at all. Outside this folder nothing knows the SDK.
func TestTrapsThatAreNotSteppedInto(t *testing.T) {
	t.Parallel()
	neverImported := map[string]string{
		sdkRoot + "/miniprogram/encryptor":        "panics at data that a client sent",
		sdkRoot + "/officialaccount/server":       "logs the bodies of messages",
		sdkRoot + "/miniprogram/message":          "checks the wrong signature of a message, by a comparison that takes its time",
		sdkRoot + "/officialaccount/message":      "likewise",
		sdkRoot + "/miniprogram":                  "brings all of them",
		sdkRoot + "/officialaccount":              "brings all of them",
		"github.com/go-redis/redis/v8":            "is what the SDK's cache swallows errors with",
		"github.com/bradfitz/gomemcache/memcache": "likewise",
	}
	noContext := "takes no context, and so has no call, and no end"
	neverUsed := map[string]string{
		"GetCipherText": "panics at data that a client sent", "Decrypt": "likewise", "GetEncryptor": "likewise", "CheckEncryptedData": "nothing encrypted is taken",
		"NewRedis": "swallows errors", "NewMemcache": "likewise", "GetMessageReceiver": "checks the wrong signature", "NewPushReceiver": "likewise",
		"NewStableAccessToken": "keeps a token that was killed", "NewDefaultAccessToken": "likewise, and takes it from other processes",
		"NewDefaultJsTicket": "likewise", "NewJs": "signs by the machine's clock",
		"Code2Session": noContext, "GetPhoneNumber": noContext, "CheckSession": noContext, "ResetUserSessionKey": noContext, "GetPluginOpenPID": noContext,
		"GetWXACodeUnlimit": noContext, "Generate": noContext, "SendGetMsgID": noContext, "MsgCheck": noContext, "MsgCheckV1": noContext,
		"GetUserAccessToken": noContext, "GetTicketFromServer": noContext, "HTTPGet": noContext, "HTTPPost": noContext, "PostJSON": noContext,
		"PostJSONWithRespContentType": noContext,
	}
	used := map[string]bool{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, spec := range file.Imports {
			if why, never := neverImported[strings.Trim(spec.Path.Value, `"`)]; never {
				t.Errorf("%s imports %s: it %s", path, spec.Path.Value, why)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				used[s.Sel.Name] = true
				if why, never := neverUsed[s.Sel.Name]; never {
					t.Errorf("%s uses %s: it %s", path, s.Sel.Name, why)
				}
			}
			return true
		})
	}
	if !used["Code2SessionContext"] || !used["GetPhoneNumberContext"] || !used["PostJSONContext"] {
		t.Error("the SDK is not used at all: this test looks at nothing")
	}
}

// TestTrapOldCrypto: the SDK asks for a golang.org/x/crypto of years ago.
func TestTrapOldCrypto(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/crypto")
	list.Dir = top
	out, err := list.Output()
	if err != nil || strings.HasPrefix(string(out), "v0.0.0") {
		t.Errorf("golang.org/x/crypto is %s, %v", out, err)
	}
}

// TestNoWayToASimulator: the production program leaves the way out as it is, so
// that no setting can lead the adapter elsewhere.
func TestNoWayToASimulator(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(top, "cmd/healthcode/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	ways := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if isConfig(n.Type) && len(n.Elts) > 0 {
					if _, named := n.Elts[0].(*ast.KeyValueExpr); !named {
						t.Errorf("%s: wechat.Config without names", path)
					}
				}
			case *ast.KeyValueExpr:
				key, _ := n.Key.(*ast.Ident)
				value, _ := n.Value.(*ast.Ident)
				if key == nil || key.Name != "Transport" && key.Name != "outside" {
					return true
				}
				ways++
				if key.Name == "outside" || value == nil || value.Name != "outside" {
					t.Errorf("%s chooses a way out", path)
				}
			case *ast.AssignStmt:
				for _, to := range n.Lhs {
					if s, ok := to.(*ast.SelectorExpr); ok && (s.Sel.Name == "outside" || s.Sel.Name == "Transport") {
						t.Errorf("%s chooses a way out", path)
					}
				}
			}
			return true
		})
	}
	if ways == 0 {
		t.Error("no adapter is made in cmd/healthcode: this test looks at nothing")
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
