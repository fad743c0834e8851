package models

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

// tooFew is a format without a verb, which vet would not let through.
var tooFew = "x"

// clearPerson has the three personal values in every place that a struct can have
// them in: exported, not exported, and behind a pointer, a list, a map and any.
type clearPerson struct {
	Name  Name
	Doc   Document
	Phone Phone

	name   Name
	doc    *Document
	phones []Phone
	byName map[Name]Phone
	any    any
}

const (
	clearName   = "张三丰测试"
	clearNumber = "11010519491231002X"
	clearPhone  = "13800138000"
)

func secretPerson(t testing.TB) clearPerson {
	t.Helper()
	n, err1 := ParseName(clearName)
	p, err2 := ParsePhone(clearPhone)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	d := mustDocument(t, DocumentResidentID, clearNumber)
	return clearPerson{n, d, p, n, &d, []Phone{p}, map[Name]Phone{n: p}, d}
}

// clean fails when what was printed holds one of the clear values, or the digits
// of one as fmt's %x and %q write them.
func clean(t *testing.T, how, printed string) {
	t.Helper()
	for _, secret := range []string{clearName, clearNumber, clearPhone} {
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret),
			fmt.Sprintf("%+q", secret), fmt.Sprintf("%v", []byte(secret)), fmt.Sprintf("%U", []rune(secret))} {
			if strings.Contains(printed, strings.Trim(form, `"[]`)) {
				t.Errorf("%s prints a personal value in clear", how)
			}
		}
	}
}

func TestPersonalValuesMaskInEveryVerb(t *testing.T) {
	t.Parallel()
	p := secretPerson(t)
	values := map[string]any{"name": p.Name, "number": p.Doc.Number, "document": p.Doc, "phone": p.Phone, "person": p, "pointer": &p,
		"list": []clearPerson{p}, "map": map[string]Phone{"a": p.Phone}, "key": p.byName, "pointers": []*Name{&p.Name}}
	for what, value := range values {
		for verb := 'A'; verb <= 'z'; verb++ {
			if verb > 'Z' && verb < 'a' {
				continue
			}
			for _, flags := range []string{"", "+", "#", "-40", "040", " ", ".1", "[1]"} {
				format := "%" + flags + string(verb)
				clean(t, format+" of a "+what, fmt.Sprintf(format, value))
			}
		}
		clean(t, "Sprint of a "+what, fmt.Sprint(value))
		clean(t, "Sprintln of a "+what, fmt.Sprintln("x", value))
		clean(t, "Errorf of a "+what, fmt.Errorf("%v, %w", value, errors.New("x")).Error())
		clean(t, "too many arguments with a "+what, fmt.Sprintf(tooFew, value))
	}
}

func TestPersonalValuesMaskInEveryEncoding(t *testing.T) {
	t.Parallel()
	p := secretPerson(t)
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	clean(t, "JSON", string(b))
	if !strings.Contains(string(b), `"Name":"张****"`) {
		t.Errorf("JSON lacks the mask: %s", b)
	}
	if b, err = json.Marshal(p.byName); err != nil {
		t.Fatal(err)
	}
	clean(t, "JSON of a map", string(b))
	if b, err = yaml.Marshal(p.Doc); err != nil {
		t.Fatal(err)
	}
	clean(t, "YAML", string(b))
	if b, err = xml.Marshal(p.Doc); err != nil {
		t.Fatal(err)
	}
	clean(t, "XML", string(b))
	var page bytes.Buffer
	if err := template.Must(template.New("").Parse("{{.}} {{.Name}} {{printf `%#v` .Doc}}")).Execute(&page, p); err != nil {
		t.Fatal(err)
	}
	clean(t, "a template", page.String())
}

func TestPersonalValuesMaskInLogs(t *testing.T) {
	t.Parallel()
	p := secretPerson(t)
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		l := slog.New(h)
		l.Info("m", "name", p.Name, "number", p.Doc.Number, "doc", p.Doc, "phone", p.Phone, "person", p, "pointer", &p, "list", []Phone{p.Phone})
		l.With("name", p.Name).WithGroup("g").Error("m", slog.Any("doc", &p.Doc))
	}
	old := log.New(&out, "", 0)
	old.Printf("%+v %#v", p, p)
	old.Println(p.Name, p.Doc, p.Phone)
	clean(t, "a log", out.String())
	if !strings.Contains(out.String(), "138****8000") {
		t.Error("the log lacks the mask")
	}
}

func TestPersonalValuesAreWorthNothingWhenZero(t *testing.T) {
	t.Parallel()
	if got := (Name{}).Reveal() + (Phone{}).Reveal() + (IDNumber{}).Reveal() + fmt.Sprintf("%v%#v", Name{}, Phone{}); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestPersonalValuesCompare(t *testing.T) {
	t.Parallel()
	a, b := secretPerson(t), secretPerson(t)
	if a.Name != b.Name || a.Doc != b.Doc || a.Phone != b.Phone {
		t.Error("equal values differ")
	}
	other, err := ParsePhone("13800138001")
	if err != nil {
		t.Fatal(err)
	}
	if other == a.Phone {
		t.Error("different values are equal")
	}
}

func TestMaskMiddle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in          string
		front, back int
		want        string
	}{{"", 1, 1, ""}, {"a", 1, 1, "*"}, {"ab", 1, 1, "**"}, {"abc", 1, 1, "a*c"}, {"张三丰", 1, 0, "张**"}} {
		if got := maskMiddle(c.in, c.front, c.back); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}
