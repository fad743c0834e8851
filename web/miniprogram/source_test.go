package miniprogram_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shipped is the files of a package, by their paths in it.
func shipped(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[must[string](t)(filepath.Rel(folder, path))] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d files are in %s", len(files), folder)
	}
	return files
}

// packages are what is uploaded.
var packages = []string{"wechat/shell", "wechat/plugin", "alipay/shell", "alipay/plugin"}

// TestPackageSizes states what a phone loads, and holds it far below the 2 MB that
// both apps allow.
func TestPackageSizes(t *testing.T) {
	t.Parallel()
	for _, folder := range packages {
		total := 0
		for _, text := range shipped(t, folder) {
			total += len(text)
		}
		t.Logf("%s: %d bytes", folder, total)
		if total > 150_000 {
			t.Errorf("%s takes %d bytes, and may take 150000", folder, total)
		}
	}
}

// TestCopies: what has one source is the same everywhere, and lib holds nothing else.
func TestCopies(t *testing.T) {
	t.Parallel()
	for _, folder := range packages {
		want := map[string]string{}
		for _, from := range []string{"../pass/*.js", "source/*.js", "source/" + filepath.Base(folder) + "/*.js"} {
			for _, path := range must[[]string](t)(filepath.Glob(from)) {
				want[filepath.Base(path)] = string(must[[]byte](t)(os.ReadFile(path)))
			}
		}
		if diff := cmp.Diff(want, shipped(t, folder+"/lib")); diff != "" {
			t.Errorf("%s/lib is not what go generate makes:\n%s", folder, diff)
		}
	}
	for _, app := range []string{"wechat", "alipay"} {
		shell := shipped(t, app+"/shell")
		for name, text := range shipped(t, app+"/plugin") {
			if (name == "basics.js" || strings.HasPrefix(name, "components/health-pass/")) && shell[name] != text {
				t.Errorf("%s/shell/%s is not what go generate makes", app, name)
			}
		}
	}
}

// mayUse is what plugins may call of their app: in WeChat, what its documents mark
// as usable in plugins, with the base library that it needs.
var mayUse = map[string][]string{
	"wechat": {"pluginLogin", // 2.20.1
		"request", "setStorage", "getStorage", "removeStorage", // 1.9.6
		"getAppBaseInfo", "getWindowInfo", "getSystemInfoSync", "nextTick", "createSelectorQuery", "pageScrollTo", "setNavigationBarTitle",
		"navigateTo",             // 2.2.2
		"navigateToMiniProgram"}, // 2.18.1
	"alipay": {"getAuthCode", "getParentAppIdSync", "request", "setStorage", "getStorage", "removeStorage", "getSystemInfoSync", "pageScrollTo",
		"setNavigationBar", "navigateTo", "navigateToMiniProgram", "datePicker"},
}

// never are what plugins are refused, or what ends with a review that does not pass.
var never = regexp.MustCompile(`(?i)web-view|open-data|open-type|\bgetApp\b|getCurrentPages|getRandomValues|wx\.login|getUserProfile|getUserInfo|` +
	`getPhoneNumber|requestSubscribeMessage|FacialVerify|FacialRecognition|startBizService|my\.call\b|loadPlugin|switchTab|getEnterOptionsSync|` +
	`\beval\b|new Function|document\.cookie|localStorage`)

func TestPluginsKeepToWhatTheyMay(t *testing.T) {
	t.Parallel()
	call := regexp.MustCompile(`\b(?:wx|my)\.(\w+)`)
	for _, app := range []string{"wechat", "alipay"} {
		seen := 0
		for name, text := range shipped(t, app+"/plugin") {
			code := regexp.MustCompile(`(?m)^\s*//.*$|\s// .*$`).ReplaceAllString(text, "")
			for _, found := range never.FindAllString(code, -1) {
				t.Errorf("%s/plugin/%s has %s", app, name, found)
			}
			if !strings.HasSuffix(name, ".js") {
				continue
			}
			for _, found := range call.FindAllStringSubmatch(code, -1) {
				if seen++; !slices.Contains(mayUse[app], found[1]) {
					t.Errorf("%s/plugin/%s calls %s", app, name, found[0])
				}
			}
		}
		if seen < len(mayUse[app]) {
			t.Errorf("%s: only %d calls were looked at", app, seen)
		}
	}
	// Style sheets of Alipay's plugins take ids and classes and nothing else.
	for name, text := range shipped(t, "alipay/plugin") {
		if !strings.HasSuffix(name, ".acss") {
			continue
		}
		for _, rule := range regexp.MustCompile(`(?m)^([^{}@/*]+)\{`).FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`^[.#][\w-]+([ ,+>~]+[.#][\w-]+)*\s*$`).MatchString(strings.TrimSpace(rule[1])) {
				t.Errorf("alipay/plugin/%s: %s", name, rule[1])
			}
		}
	}
}

// TestTheAppIsAskedInOnePlace: pages and what they share know no app.
func TestTheAppIsAskedInOnePlace(t *testing.T) {
	t.Parallel()
	call := regexp.MustCompile(`\b(wx|my)\.\w+\(|promised\((wx|my)\.`)
	for _, folder := range packages {
		for name, text := range shipped(t, folder) {
			if strings.HasSuffix(name, ".js") && !slices.Contains([]string{"platform.js", "basics.js"}, name) && !strings.Contains(name, "privacy") && call.MatchString(text) {
				t.Errorf("%s/%s calls %s", folder, name, call.FindString(text))
			}
		}
	}
}
