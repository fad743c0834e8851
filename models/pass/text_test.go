package pass

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

func TestSizesAreFinal(t *testing.T) {
	t.Parallel()
	if Digits != 288 || MaxPrefix != 30 || Size != 117 || GrantSize != 99 || atValue+linkSize != Size {
		t.Error(Digits, MaxPrefix, Size, GrantSize)
	}
}

func TestTextAndBack(t *testing.T) {
	t.Parallel()
	g, seed := mint(t, signer(t, 7), input(time.Hour))
	p := show(t, g, seed, start)
	digits := strings.TrimPrefix(p.Text(prefix), prefix)
	if len(digits) != Digits || strings.Trim(digits, "0123456789") != "" {
		t.Fatalf("%q", digits)
	}
	for _, text := range []string{
		digits, prefix + digits, " " + prefix + digits + "\r\n", "https://another.example/x?a=1#" + digits,
		strings.Replace(prefix, "/p#", "/t#", 1) + digits, // behind the travel card's address
	} {
		if got, err := Parse(text); err != nil || got != p {
			t.Errorf("%q: %v", text, err)
		}
	}
	var all Pass
	for i := range all {
		all[i] = 0xff
	}
	for _, p := range []Pass{{}, all} {
		if got, err := Parse(p.Text("")); err != nil || got != p {
			t.Errorf("%x: %v", p, err)
		}
	}
	if all.Text("") != strings.Repeat("8191", 72) {
		t.Error("all ones are not 8191, 72 times")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	digits := Pass{}.Text("")
	for text, want := range map[string]models.Reason{
		"":                     models.ReasonPassForeign,
		"#":                    models.ReasonPassForeign,
		"6901234567892":        models.ReasonPassForeign, // a retail bar code
		"https://example.cn/":  models.ReasonPassForeign,
		"https://example.cn/#": models.ReasonPassForeign,
		"https://data.example.cn/view/login.html?code=93f2a1":     models.ReasonPassForeign,
		"https://qr.example.cn/0001202611240800123456789012":      models.ReasonPassForeign,
		"HC1:6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9XBHXK-%69LQ": models.ReasonPassForeign,
		"国家政务服务平台":                                                models.ReasonPassForeign,
		digits + "#":                                              models.ReasonPassForeign,
		digits[:31]:                                               models.ReasonPassForeign,
		digits[:32]:                                               models.ReasonPassMalformed,
		prefix + digits[:287]:                                     models.ReasonPassMalformed,
		prefix + digits + "0":                                     models.ReasonPassMalformed,
		prefix + digits[:284] + "8192":                            models.ReasonPassMalformed,
		prefix + "9999" + digits[4:]:                              models.ReasonPassMalformed,
		prefix + digits + "x":                                     models.ReasonPassMalformed,
		prefix + digits[:287] + "x":                               models.ReasonPassMalformed,
		prefix + digits[:100] + " " + digits:                      models.ReasonPassMalformed,
		prefix + digits[:287] + "٣":                               models.ReasonPassMalformed,
	} {
		if p, err := Parse(text); reason(t, err) != want || p != (Pass{}) {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

func TestCheckPrefix(t *testing.T) {
	t.Parallel()
	for _, good := range []string{prefix, "https://a.cn/#", "http://demo.localhost:8080/p#", "http://127.0.0.1:8080/p#",
		"https://" + strings.Repeat("x", 18) + ".cn#"} {
		if err := CheckPrefix(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "#", "https://hc.example.cn/p", "https://hc.example.cn/p#a", "https://hc.example.cn/##",
		"https://" + strings.Repeat("x", 19) + ".cn#", "https:///p#", "ftp://hc.example.cn/p#", "hc.example.cn/p#",
		"https://me@hc.example.cn/p#", "https://hc.例子.cn/p#", "https://hc.example.cn/ #", "https://hc.example.cn/\x7f#",
		"http://:80/#",
	} {
		if CheckPrefix(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// FuzzParse feeds any text. What parses must have been written the one way there is.
func FuzzParse(f *testing.F) {
	g, seed := mint(f, signer(f, 7), input(time.Hour))
	text := show(f, g, seed, start).Text(prefix)
	f.Add(text)
	f.Add(text[len(prefix):])
	f.Add(text[:len(text)-1])
	f.Add(strings.Repeat("8191", 72))
	f.Add(strings.Repeat("8192", 72))
	f.Add("https://data.example.cn/view/login.html?code=93f2a1")
	f.Add("#\xff")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		switch reason(t, err) {
		case "":
			if !strings.HasSuffix(strings.TrimSpace(text), p.Text("")) {
				t.Fatalf("%q is another spelling of %q", text, p.Text(""))
			}
		case models.ReasonPassForeign, models.ReasonPassMalformed:
			if p != (Pass{}) {
				t.Fatal("refused, with bytes")
			}
		default:
			t.Fatal(err)
		}
	})
}
