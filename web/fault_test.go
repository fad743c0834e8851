package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/published"
	"healthcode/models/rules"
)

// TestEveryFaultIsSaid reads the source: what is wrong with a file is said in every
// language, of the same things, and nothing is kept that is never wrong.
func TestEveryFaultIsSaid(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for folder, sources := range faultSources(t) {
		r := faultReader{t: t, folder: folder, at: map[string]int{"Say": 0, "Note": 1}, said: said}
		for _, file := range sources {
			r.declared(file)
		}
		for _, file := range sources {
			ast.Walk(r, file)
		}
	}
	for format := range said {
		text, known := sayings[format]
		if !known {
			t.Errorf("no fault in texts/faults.yaml is “%s”", format)
			continue
		}
		if diff := cmp.Diff(verbs(format), verbs(text.In(models.Chinese))); diff != "" {
			t.Errorf("“%s” is about other things than “%s”:\n%s", text.In(models.Chinese), format, diff)
		}
		if strings.ContainsFunc(format, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("“%s” is no English", format)
		}
	}
	for format := range sayings {
		if !said[format] {
			t.Errorf("nothing says “%s”", format)
		}
	}
	if len(said) < 90 {
		t.Errorf("only %d were found", len(said))
	}
}

var faultFiles = token.NewFileSet()

// faultSources are the files of every package that says what is wrong with a file.
func faultSources(t *testing.T) map[string][]*ast.File {
	t.Helper()
	folders := map[string][]*ast.File{}
	says := map[string]bool{filepath.FromSlash("../models/published"): true}
	for _, root := range []string{"../models", "../handlers", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(faultFiles, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			folder := filepath.Dir(path)
			folders[folder] = append(folders[folder], file)
			for _, i := range file.Imports {
				says[folder] = says[folder] || i.Path.Value == `"healthcode/models/published"`
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	maps.DeleteFunc(folders, func(folder string, _ []*ast.File) bool { return !says[folder] })
	return folders
}

// faultReader finds the formats that functions are given which take one.
type faultReader struct {
	t      *testing.T
	folder string
	at     map[string]int // name of each such function → which argument it is
	passes bool           // inside one, which may pass its own on
	said   map[string]bool
}

// declared notes the functions of the file whose last parameters are a format and
// its arguments.
func (r faultReader) declared(file *ast.File) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		at, takes := formatOf(f)
		if before, known := r.at[f.Name.Name]; takes && known && before != at {
			r.t.Errorf("%s: two functions %s take their format elsewhere", r.folder, f.Name.Name)
		}
		if takes {
			r.at[f.Name.Name] = at
		}
	}
}

func formatOf(f *ast.FuncDecl) (at int, takes bool) {
	var names []string
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	at = slices.Index(names, "format")
	return at, at >= 0 && at == len(names)-2
}

func (r faultReader) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		_, r.passes = formatOf(n)
	case *ast.FuncLit:
		r.checkLiteral(n)
	case *ast.CompositeLit:
		if nameOf(n.Type) == "Saying" && !(r.passes && strings.HasSuffix(r.folder, "published")) {
			r.t.Errorf("%s: a Saying is made by Say", r.folder)
		}
	case *ast.CallExpr:
		if at, takes := r.at[nameOf(n.Fun)]; takes && at < len(n.Args) {
			r.format(n.Args[at])
		}
	}
	return r
}

// checkLiteral refuses a function without a name that takes a format: its calls
// would not be found.
func (r faultReader) checkLiteral(f *ast.FuncLit) {
	if _, takes := formatOf(&ast.FuncDecl{Type: f.Type}); takes {
		r.t.Errorf("%s: a function without a name takes a format", r.folder)
	}
}

func (r faultReader) format(e ast.Expr) {
	if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		format, err := strconv.Unquote(literal.Value)
		if err != nil {
			r.t.Fatal(err)
		}
		if format == "%s" && !strings.HasSuffix(r.folder, "published") {
			r.t.Errorf("%s: %q is what a library says", r.folder, format)
		}
		r.said[format] = true
		return
	}
	if nameOf(e) != "format" || !r.passes {
		r.t.Errorf("%s: a format is no literal", faultFiles.Position(e.Pos()))
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// verbs are those of a format, each with the number of its argument.
func verbs(format string) []string {
	var list []string
	for i, m := range regexp.MustCompile(`%(?:\[(\d+)\])?(.)`).FindAllStringSubmatch(format, -1) {
		n := m[1]
		if n == "" {
			n = strconv.Itoa(i + 1)
		}
		list = append(list, n+m[2])
	}
	slices.Sort(list)
	return list
}

// TestFaultsInChinese says some: those that hold others, and what libraries say.
func TestFaultsInChinese(t *testing.T) {
	t.Parallel()
	const head = "id: a\nversion: 1\njurisdiction: any\n"
	ruled := func(when string) string {
		return head + "rules:\n  - id: r\n    colour: red\n    when: \"" + when + "\"\n    why: {zh: 甲, en: a}\n    clear: {zh: 甲, en: a}\n    ask: {zh: 甲, en: a}\n"
	}
	parameter := func(rest string) string { return head + "parameters:\n  - {id: p, " + rest + "}\n" }
	for _, c := range []struct{ file, zh, en string }{
		{"", "文件须是一份 YAML 文档", "the file must hold one YAML document"},
		{head + "rulez: []\n", "没有“rulez”这一项", `unknown field "rulez"`},
		{head + "rules:\n", "这里没有填内容", "null has no meaning here"},
		{head + "rules: &x []\n", "文件中不能用 anchor", "anchor has no meaning here"},
		{"id: a\nid: b\n", `YAML：mapping key "id" already defined at [1:1]`, `mapping key "id" already defined at [1:1]`},
		{head + "rules: [{id: X}]\n", "规则：id 须以小写字母开头，只用小写字母、数字和下划线，最多 40 个字符",
			"rule: id must be a lower-case word of at most 40 letters, digits and underscores"},
		{parameter("value: 3x, text: {zh: 甲, en: a}"), `参数 p：取值 "3x" 写法不对，应如 14d、48h 或 2`, `parameter p: value "3x" is not like 14d, 48h or 2`},
		{parameter("value: 3d, text: {zh: 甲}"), "参数 p：text 缺少 en 文字", "parameter p: text lacks language en"},
		{parameter("value: 3d, bounds: {min: 4d, max: 5d}, text: {zh: 甲, en: a}"), "参数 p：取值 3d 不在自己的范围 4d 至 5d 之内",
			"parameter p: value 3d is not within its own bounds 4d to 5d"},
		{parameter("value: 3d, bounds: {min: 4d, max: 2d}, text: {zh: 甲, en: a}"), "参数 p：范围：min 4d 大于 max 2d", "parameter p: bounds: min 4d is above max 2d"},
		{ruled("facts.exists(f, within(f, 'days'))"), "规则 r：条件：没有参数“days”", "rule r: when: unknown parameter 'days'"},
		{ruled("facts.exists(f, f.size)"), "规则 r：条件：undefined field 'size'", "rule r: when: undefined field 'size'"},
		{ruled("facts.exists(f, f.result == 'good')"), "规则 r：条件：没有 result 为“good”的事实，可用的有 negative, positive",
			"rule r: when: no fact has result 'good'; there are negative, positive"},
	} {
		_, err := rules.Load([]byte(c.file))
		saysFault(t, err, c.zh, c.en)
	}
	_, err := forms.Parse([]byte("id: a\nversion: 1\ntitle: {zh: 甲, en: a}\nfields:\n  - {id: n, type: decimal, label: {zh: 甲, en: a}, min: 0, max: 1e3, step: 1}\n"))
	saysFault(t, err, "须为数字，最多三位小数", "not a number of at most three decimals")
}

func saysFault(t *testing.T, err error, zh, en string) {
	t.Helper()
	faults, ok := err.(published.Faults)
	if !ok || len(faults) != 1 {
		t.Errorf("%s: got %v", en, err)
		return
	}
	says := faults[0].Says
	if got := Fault(models.Chinese, says); got != zh {
		t.Errorf("got %s, want %s", got, zh)
	}
	if got := Fault(models.English, says); got != en || says.String() != en {
		t.Errorf("got %s and %s, want %s", got, says, en)
	}
}
