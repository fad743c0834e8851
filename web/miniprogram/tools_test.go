package miniprogram_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// compiler is one of Tencent's own, which npm has for Linux.
func compiler(t testing.TB, name string) string {
	t.Helper()
	binary, err := os.ReadFile(filepath.Join(harness, "node_modules", "miniprogram-compiler", "bin", "linux", name))
	needed(t, err == nil, "web/miniprogram/harness/node_modules")
	path := filepath.Join(t.TempDir(), name) // npm leaves it without the right to run
	if err := os.WriteFile(path, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTencentCompilesIt: the templates and style sheets for WeChat, and neither
// when they are broken.
func TestTencentCompilesIt(t *testing.T) {
	t.Parallel()
	wcc, wcsc := compiler(t, "wcc"), compiler(t, "wcsc")
	for _, folder := range []string{"wechat/shell", "wechat/plugin", "wechat/host"} {
		var markup, style []string
		_ = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			name, _ := filepath.Rel(folder, path)
			switch filepath.Ext(path) {
			case ".wxml":
				markup = append(markup, name)
			case ".wxss":
				style = append(style, name)
			}
			return err
		})
		for _, step := range []struct {
			program string
			args    []string
		}{{wcc, append([]string{"-o", filepath.Join(t.TempDir(), "wxml.js")}, markup...)},
			{wcsc, append([]string{"-js", "-o", filepath.Join(t.TempDir(), "wxss.js")}, style...)}} {
			run := exec.CommandContext(t.Context(), step.program, step.args...)
			run.Dir = folder
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", folder, err, out)
			}
		}
	}
	broken := filepath.Join(t.TempDir(), "broken.wxml")
	if err := os.WriteFile(broken, []byte(`<view wx:if="{{a">x</vie>`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), wcc, "-o", "out.js", "broken.wxml")
	run.Dir = filepath.Dir(broken)
	if out, err := run.CombinedOutput(); err == nil {
		t.Errorf("a broken template compiles: %s", out)
	}
}

// TestFaultsAreTold: the framework's template compiler names what is wrong and where.
func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	_, err := exec.LookPath("node")
	needed(t, err == nil, "Node.js")
	_, err = os.Stat(filepath.Join(harness, "node_modules", "glass-easel"))
	needed(t, err == nil, "web/miniprogram/harness/node_modules")
	folder := t.TempDir()
	for name, text := range map[string]string{"page.wxml": "<view>\n<text>{{a}</text></view>", "page.json": "{"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join(harness, "build.mjs"), t.TempDir(), "wechat", "main="+folder).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "page.wxml:2:") || !strings.Contains(string(out), "page.json:") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestTypes holds every call of an app's API against that app's published types.
func TestTypes(t *testing.T) {
	t.Parallel()
	for app, types := range map[string]string{"wechat": "miniprogram-api-typings", "alipay": "@mini-types/alipay"} {
		files := []string{app + "/shell/platform.js", app + "/plugin/platform.js", app + "/plugin/basics.js", app + "/host/app.js", app + "/host/pages/index/index.js"}
		if app == "wechat" {
			files = append(files, "wechat/shell/components/privacy/privacy.js")
		}
		_, err := exec.LookPath("node")
		needed(t, err == nil, "Node.js")
		tsc := filepath.Join(harness, "node_modules", "typescript", "bin", "tsc")
		_, err = os.Stat(tsc)
		needed(t, err == nil, "web/miniprogram/harness/node_modules")
		args := append([]string{tsc, "--allowJs", "--checkJs", "--noEmit", "--skipLibCheck", "--target", "es2020", "--lib", "es2020", "--module", "commonjs",
			"--moduleResolution", "node", "--typeRoots", filepath.Join(harness, "node_modules"), "--types", types}, files...)
		out, _ := exec.CommandContext(t.Context(), "node", args...).CombinedOutput() // what these files import is no concern of the types
		for line := range strings.Lines(string(out)) {
			if file, _, _ := strings.Cut(line, "("); slices.Contains(files, file) {
				t.Error(strings.TrimSpace(line))
			}
		}
		if strings.Contains(string(out), "TS6053") || strings.Contains(string(out), "TS2688") {
			t.Fatalf("%s", out)
		}
	}
}
