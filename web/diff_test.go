package web

import (
	"fmt"
	"strings"
	"testing"
)

func drawn(list []DiffLine) string {
	var b strings.Builder
	for _, l := range list {
		if l.Mark == 0 {
			fmt.Fprintf(&b, "…%d\n", l.Line)
			continue
		}
		fmt.Fprintf(&b, "%s%d %s\n", l.Marked(), l.Line, l.Text)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "", "", ""},
		{"all new", "", "a\nb\n", "+1 a\n+2 b\n"},
		{"all gone", "a\nb", "", "-1 a\n-2 b\n"},
		{"one line", "a\nb\nc\n", "a\nx\nc\n", " 1 a\n-2 b\n+2 x\n 3 c\n"},
		{"put in between", "a\nc\n", "a\nb\nc\n", " 1 a\n+2 b\n 3 c\n"},
		{"moved", "a\nb\nc\n", "b\nc\na\n", "-1 a\n 1 b\n 2 c\n+3 a\n"},
		{"only the end of the last line", "a\nb", "a\nb\n", "…2\n"},
		{"other ends of lines", "a\r\nb\r\n", "a\nb\n", "…2\n"},
		{"far apart", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n", "x\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n",
			"+1 x\n 2 1\n 3 2\n 4 3\n…9\n 14 13\n 15 14\n 16 15\n-16 16\n"},
		{"a single line is no gap", "1\n2\n3\n4\n5\n6\n7\nz\n", "a\n1\n2\n3\n4\n5\n6\n7\n", "+1 a\n 2 1\n 3 2\n 4 3\n 5 4\n 6 5\n 7 6\n 8 7\n-8 z\n"},
	} {
		if got := drawn(diff(c.before, c.after)); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestDiffOfHugeFiles: what would take long to compare is shown as it is, at once.
func TestDiffOfHugeFiles(t *testing.T) {
	t.Parallel()
	got := diff(strings.Repeat("a\nb\n", 10_000), "x\n"+strings.Repeat("b\nc\n", 10_000))
	if len(got) != 40_001 || got[0].Mark != '-' || got[len(got)-1].Mark != '+' {
		t.Errorf("%d lines", len(got))
	}
}

// FuzzDiff puts both files together again out of what differs.
func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("", "\n\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		a, b := lines(before), lines(after)
		var olds, news int
		for _, l := range diff(before, after) {
			switch l.Mark {
			case 0:
				olds, news = olds+l.Line, news+l.Line
			case '-':
				if a[olds] != l.Text {
					t.Fatalf("line %d is not %q", olds+1, l.Text)
				}
				olds++
			case '+':
				if b[news] != l.Text {
					t.Fatalf("line %d is not %q", news+1, l.Text)
				}
				news++
			default:
				if a[olds] != l.Text || b[news] != l.Text {
					t.Fatalf("%q is not in both", l.Text)
				}
				olds, news = olds+1, news+1
			}
		}
		if olds != len(a) || news != len(b) {
			t.Fatalf("%d of %d lines, and %d of %d", olds, len(a), news, len(b))
		}
	})
}
