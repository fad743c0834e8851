package privacy

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

var update = flag.Bool("update", false, "write the guides in docs")

// TestGuides: the published guides say what the data says.
func TestGuides(t *testing.T) {
	t.Parallel()
	for path, guide := range map[string]string{
		"../../docs/privacy-wechat.md": Guide("微信", func(d Datum) Scope { return d.WeChat }),
		"../../docs/privacy-alipay.md": Guide("支付宝", func(d Datum) Scope { return d.Alipay }),
	} {
		if *update {
			if err := os.WriteFile(path, []byte(guide), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(guide, string(got)); diff != "" {
			t.Errorf("%s is old; go test ./models/privacy -update writes it:\n%s", path, diff)
		}
	}
}

// TestNothingIsLeftOut: every column that the data inventory marks as personal is
// part of something that residents are told, and nothing else is.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	inventory, err := os.ReadFile("../../docs/data.md")
	if err != nil {
		t.Fatal(err)
	}
	bold := regexp.MustCompile("\\*\\*`([a-z_]+)`\\*\\*")
	var want []string
	for _, section := range strings.Split(string(inventory), "\n## ")[1:] {
		table, text, _ := strings.Cut(section, "\n")
		for _, column := range bold.FindAllStringSubmatch(text, -1) {
			want = append(want, table+"."+column[1])
		}
	}
	var got []string
	for _, d := range All() {
		got = append(got, d.Columns...)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the inventory and what is told differ (-inventory +told):\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, d := range All() {
		for _, text := range []models.Text{d.What, d.Why, d.Kept} {
			if text["zh"] == "" || text["en"] == "" || len(text) != 2 {
				t.Errorf("%s is not said in both languages", d.ID)
			}
		}
		if (d.WeChat.Item == "") != (d.WeChat.API == "") || (d.Alipay.Item == "") != (d.Alipay.API == "") {
			t.Errorf("%s: an item without the call that gives it, or the other way round", d.ID)
		}
	}
}
