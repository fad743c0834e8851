package models_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
)

const printPrefix = "https://hc.example.cn/c#"

// TestPrintCode: what is written is read again, behind whatever address, and prints
// itself nowhere else.
func TestPrintCode(t *testing.T) {
	t.Parallel()
	for _, random := range [][16]byte{{}, {0xff, 0xff, 0, 1, 0x80}, {15: 0xff}} {
		code := models.NewPrintCode(random)
		text := code.Text(printPrefix)
		for _, read := range []string{text, code.Text(""), "  " + text + "\r\n", code.Text("https://old.example/x#")} {
			if got, ok := models.ParsePrint(read); !ok || got != code {
				t.Errorf("%q is not read as it was written", read)
			}
		}
		if _, err := pass.Parse(text); !says(err, models.ReasonPassForeign) {
			t.Errorf("as a pass it is %v", err)
		}
		for _, shown := range []string{fmt.Sprint(code), fmt.Sprintf("%#v %x", code, code), fmt.Sprint(struct{ c models.PrintCode }{code})} {
			if strings.Contains(shown, code.Text("")[:5]) && strings.Contains(shown, code.Text("")[6:11]) {
				t.Errorf("it prints itself: %s", shown)
			}
		}
	}
	whole := models.NewPrintCode([16]byte{1, 2, 3}).Text("")
	for _, other := range []string{"", "#", whole[1:], whole[:len(whole)-1], whole + "-00001", strings.ReplaceAll(whole, "-", ""), strings.Replace(whole, "0", "+", 1),
		strings.Replace(whole, "00258", "65536", 1), strings.Replace(whole, "-", "--", 1), strings.Repeat("1", pass.Digits), "https://hc.example.cn/door#DOOR1", "１" + whole[1:]} {
		if _, ok := models.ParsePrint(other); ok {
			t.Errorf("%q is read as a card", other)
		}
	}
}

func FuzzParsePrint(f *testing.F) {
	f.Add(models.NewPrintCode([16]byte{1, 2, 3}).Text(printPrefix))
	f.Add("00000-00000-00000-00000-00000-00000-00000-65535")
	f.Fuzz(func(t *testing.T, text string) {
		code, ok := models.ParsePrint(text)
		if again, same := models.ParsePrint(code.Text(printPrefix)); ok && (!same || again != code) {
			t.Errorf("%q is read as two", text)
		}
		if _, err := pass.Parse(text); ok && err == nil {
			t.Errorf("%q is a card and a pass", text)
		}
	})
}

func says(err error, want models.Reason) bool {
	p, ok := err.(*models.Problem)
	return ok && p.Reason == want
}

func TestPrintEnds(t *testing.T) {
	t.Parallel()
	made := time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)
	card := models.Print{At: made}
	if err := card.Check(made.Add(models.PrintLife - 1)); err != nil {
		t.Errorf("within its year: %v", err)
	}
	if err := card.Check(made.Add(models.PrintLife)); !says(err, models.ReasonPrintExpired) {
		t.Errorf("after its year: %v", err)
	}
	card.EndedAt = made.Add(time.Hour)
	if err := card.Check(made.Add(2 * models.PrintLife)); !says(err, models.ReasonPrintEnded) {
		t.Errorf("ended: %v", err)
	}
}
