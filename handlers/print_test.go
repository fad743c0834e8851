package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"healthcode/models"
)

// printedCard is what a worker's page is told of a card that was just made.
type printedCard struct {
	ID, Text, Name, Document, Phone, Made, Until string
	Community                                    map[string]string
	QR                                           struct {
		Size int
		Path string
	}
}

// prints has the worker make a card for the n-th sample person.
func (s *street) prints(worker string, n int) (out printedCard) {
	s.t.Helper()
	s.clock.Advance(1e9)
	s.ask(worker, "POST", "/v1/on-behalf/prints", map[string]any{"document": anOrder(n)["document"]}).into(s.t, &out)
	return out
}

// reads has the guard scan the card.
func (s *street) reads(gate, text string) answer {
	s.t.Helper()
	return s.ask(gate, "POST", "/v1/scans", map[string]string{"id": s.ulid(), "pass": text})
}

// findPrints makes a card of the resident's.
func (k *knock) findPrints() {
	ids := map[string]string{"the resident's": k.prints(k.tokens["worker"], 1).ID, "unknown": strings.Repeat("0", 26)}
	k.things["/v1/prints/:id"], k.things["/v1/on-behalf/prints/:id"] = ids, ids
}

// TestPrintedCard: a worker makes a card, a guard reads it as paper, and its holder sees
// both and ends it.
func TestPrintedCard(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	card, gate := l.prints(l.tokens["worker"], 1), l.gate()
	if card.Name != "张*" || strings.Contains(card.Document, "1980") || card.Community["zh"] == card.Community["en"] || card.Phone == "" ||
		card.Made != "2022-03-14" || card.Until != "2023-03-14" || card.QR.Size < 25 || !strings.HasPrefix(card.QR.Path, "M4 4h7") {
		t.Errorf("on the card: %+v", card)
	}
	prefix, _, _ := strings.Cut(card.Text, "#")
	if _, ok := models.ParsePrint(card.Text); !ok || !strings.HasSuffix(prefix, "/c") {
		t.Errorf("its code says %s", card.Text)
	}
	var seen struct {
		Advice, Say, Colour, Name, Document, Phone string
		Print                                      *struct{ Say, Made string }
	}
	l.reads(gate, card.Text).into(t, &seen)
	if seen.Print == nil || !strings.Contains(seen.Print.Say, "纸质卡") || seen.Print.Made != "2022-03-14" ||
		seen.Colour != "green" || seen.Advice != "pass" || seen.Name != card.Name || seen.Document != card.Document {
		t.Errorf("the guard is told %+v", seen)
	}
	seen.Print = nil
	l.ask(gate, "POST", "/v1/scans", map[string]string{"id": l.ulid(), "pass": l.shown(l.mine, 0)}).into(t, &seen)
	if seen.Print != nil {
		t.Error("a phone is taken for paper")
	}

	held := func() (out struct {
		Prints []struct{ ID, Community, Why string }
		Visits []struct {
			Grade string
			Print bool
		}
	}) {
		t.Helper()
		l.ask(l.mine, "GET", "/v1/me/export", nil).into(t, &out)
		return out
	}
	if out := held(); len(out.Prints) != 1 || out.Prints[0].ID != card.ID || out.Prints[0].Why != "" || len(out.Visits) < 2 {
		t.Errorf("held: %+v", out)
	} else if paper := out.Visits[1]; paper.Grade != "hand" || !paper.Print || out.Visits[0].Print {
		t.Errorf("visits: %+v", out.Visits)
	}
	l.find(t, 1, card.ID)
	l.sees(t, "/me", "/v1/prints/"+card.ID, "纸质卡并核对证件")
	l.changesNothing(t, func() {
		if a := l.ask(l.tokens["outsider"], "DELETE", "/v1/on-behalf/prints/"+card.ID, nil); a.String() != "404 print.unknown" {
			t.Errorf("another community's worker: %s", a)
		}
		if a := l.reads(gate, models.NewPrintCode([16]byte{1}).Text(prefix+"#")); a.String() != "404 print.unknown" {
			t.Errorf("a made-up card: %s", a)
		}
	})
	if a := l.ask(l.mine, "DELETE", "/v1/prints/"+card.ID, nil); a.Status != http.StatusNoContent {
		t.Fatalf("ending it: %s", a)
	}
	l.find(t, 1, "")
	l.changesNothing(t, func() {
		if a := l.reads(gate, card.Text); a.String() != "410 print.ended" {
			t.Errorf("ended: %s", a)
		}
	})
	next := l.prints(l.tokens["worker"], 1)
	if a := l.ask(l.tokens["worker"], "DELETE", "/v1/on-behalf/prints/"+next.ID, nil); a.Status != http.StatusNoContent {
		t.Errorf("withdrawing it: %s", a)
	}
	if out := held(); len(out.Prints) != 2 || out.Prints[0].Why != "lost" || out.Prints[1].Why != "returned" {
		t.Errorf("held: %+v", out.Prints)
	}
	l.sees(t, "/me", "社区已挂失", "制作或挂失您的纸质卡")
}

// find fails unless the worker is told that the n-th sample person has that card.
func (l *levers) find(t *testing.T, n int, want string) {
	t.Helper()
	var out struct{ Print *struct{ ID string } }
	l.ask(l.tokens["worker"], "POST", "/v1/on-behalf/residents", map[string]any{"document": anOrder(n)["document"]}).into(t, &out)
	if got := out.Print; (want == "") != (got == nil) || got != nil && got.ID != want {
		t.Errorf("the worker finds the card %+v, want %q", got, want)
	}
}

// sees fails unless the resident's page has those words.
func (l *levers) sees(t *testing.T, path string, words ...string) {
	t.Helper()
	page := string(l.ask(l.mine, "GET", path, nil).Body)
	for _, want := range words {
		if !strings.Contains(page, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
}

// TestPrintedCardOfWhom: nobody prints for somebody of another community, or whose
// document nobody has compared.
func TestPrintedCardOfWhom(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.register("alipay", 4, "赵六")
	l.changesNothing(t, func() {
		for name, c := range map[string]struct {
			who  string
			n    int
			want string
		}{"elsewhere": {"outsider", 1, "404 resident.unknown"}, "unverified": {"worker", 4, "404 resident.unknown"}, "nobody": {"worker", 77, "404 resident.unknown"},
			"a lead's": {"lead", 1, "403 actor.forbidden"}} {
			if a := l.ask(l.tokens[c.who], "POST", "/v1/on-behalf/prints", map[string]any{"document": anOrder(c.n)["document"]}); a.String() != c.want {
				t.Errorf("%s: %s", name, a)
			}
		}
	})
}

// TestPrintedCardInACamera: whoever opens the code with a phone learns what it is.
func TestPrintedCardInACamera(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for language, want := range map[string]string{"zh": "这是一张纸质卡", "en": "This is a printed card"} {
		a := s.ask("", "GET", "/c?lang="+language, nil)
		if a.Status != http.StatusOK || !strings.Contains(string(a.Body), want) || !strings.Contains(string(a.Body), "/static/fragment.") {
			t.Errorf("%s: %s", language, a)
		}
	}
}
