package models

import (
	"strings"
	"testing"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, clear, mask string }{
		{"张三", "张三", "张*"},
		{" 张三丰 ", "张三丰", "张**"},
		{"欧阳娜娜", "欧阳娜娜", "欧***"},
		{"张", "张", "*"},
		{"阿卜杜拉•买买提", "阿卜杜拉·买买提", "阿*******"},
		{"阿卜杜拉．买买提", "阿卜杜拉·买买提", "阿*******"},
		{"阿卜杜拉・买买提", "阿卜杜拉·买买提", "阿*******"},
		{"Anna  Maria", "Anna Maria", "A*** M***"},
		{"O'Brien", "O'Brien", "O***"},
		{"Jean-Luc", "Jean-Luc", "J***"},
		{"Zoe\u0301", "Zoé", "Z***"},
		{"Иван", "Иван", "И***"},
		{"𠮷野", "𠮷野", "𠮷*"},
		{strings.Repeat("a", 64), strings.Repeat("a", 64), "a***"},
	} {
		n, err := ParseName(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if n.Reveal() != c.clear || n.String() != c.mask {
			t.Errorf("%q: got %q and %q, want %q and %q", c.in, n.Reveal(), n.String(), c.clear, c.mask)
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", "张3", "<b>张三</b>", "张三;", "-", "·张三", "'张", "张\x00三", "张\u202e三", "张三😀",
		"\xff\xfe", strings.Repeat("张", 65), "张\u200b三", "a@b", "=张三", "张三|"} {
		n, err := ParseName(s)
		if reasonOf(t, err) != ReasonNameInvalid {
			t.Errorf("%q: %v", s, err)
		}
		if n != (Name{}) {
			t.Errorf("%q: a refused name is not empty", s)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"张三", "Anna Maria", "阿卜杜拉・买买提", "Zoe\u0301", " a\u00a0b ", "", "\xff", "\u0387a", "a \u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseName(s)
		if err != nil {
			if reasonOf(t, err) != ReasonNameInvalid {
				t.Fatal(err)
			}
			return
		}
		again, err := ParseName(n.Reveal())
		if err != nil || again != n {
			t.Fatalf("%q: what was read is not read again: %v", s, err)
		}
		if len([]rune(n.Reveal())) > nameLongest || strings.ContainsAny(n.Reveal(), "<>&\"\n\x00") {
			t.Fatalf("%q became %q", s, n.Reveal())
		}
		if !strings.Contains(n.String(), "*") {
			t.Fatalf("%q prints as %s", s, n)
		}
	})
}
