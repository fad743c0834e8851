package handlers_test

import (
	"strings"
	"testing"
	"time"

	"healthcode/models/pass"
)

type carded struct {
	Colour, Word, Say, Stayed, Note string
	Until                           *time.Time
	Days                            int
	Cities                          []struct {
		Code, Name string
		Starred    bool
	}
	Verified            bool
	Reasons             []struct{ Rule, Why string }
	Grant, Seed, Prefix string
	ServerTime          int64 `json:"server_time"`
}

// travelled declares that the resident was in a place from one day to another.
func (s *street) travelled(token, place, from, to string) {
	s.t.Helper()
	s.ask(token, "POST", "/v1/declarations", map[string]any{"form": "itinerary", "version": 1,
		"answers": map[string]any{"travelled": "yes", "stays": []map[string]string{{"place": place, "from": from, "to": to}}}},
		"Idempotency-Key", "key-"+s.ulid()).into(s.t, nil)
}

// TestTravel: a resident reads their card in their own language, a gate that scans its
// code answers as it does to the health code's, and nobody's camera learns anything.
func TestTravel(t *testing.T) {
	t.Parallel()
	s := settled(t)
	mine, other := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四")
	s.declare(mine, well).into(t, nil)
	s.travelled(mine, "420100", "2022-03-10", "2022-03-11")
	var card, same, theirs carded
	s.ask(mine, "GET", "/v1/travel", nil).into(t, &card)
	if card.Colour != "green" || card.Days != 14 || len(card.Cities) != 1 || card.Cities[0].Name != "武汉市" || card.Cities[0].Starred || card.Note != "" ||
		!card.Verified || len(card.Reasons) > 0 || card.Until == nil || !card.Until.Equal(time.Date(2022, 3, 25, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("the card is %+v", card)
	}
	s.ask(mine, "GET", "/v1/travel?lang=en", nil).into(t, &same)
	if same.Cities[0].Name != "Wuhan" || same.Stayed == card.Stayed || same.Word == card.Word {
		t.Errorf("in English it is %+v", same)
	}
	s.ask(other, "GET", "/v1/travel", nil).into(t, &theirs)
	if len(theirs.Cities) > 0 {
		t.Errorf("somebody else's is %+v", theirs)
	}
	if !strings.HasSuffix(card.Prefix, "/t#") || pass.CheckPrefix(card.Prefix) != nil {
		t.Errorf("its code begins with %q", card.Prefix)
	}
	gate := s.gate()
	s.ask(mine, "GET", "/v1/travel", nil).into(t, &card)
	var seen struct{ Colour, Name string }
	s.ask(gate, "POST", "/v1/scans", map[string]string{"id": s.ulid(), "pass": s.shownBy(card.Grant, card.Seed, card.Prefix, card.ServerTime)}).into(t, &seen)
	if seen.Colour != "green" || seen.Name == "" {
		t.Errorf("the gate sees %+v", seen)
	}
	for path, want := range map[string]string{"/travel": "武汉市", "/t": "行程卡", "/": `href="/travel"`, "/me": `href="/travel"`} {
		if page := string(s.ask(mine, "GET", path, nil).Body); !strings.Contains(page, want) {
			t.Errorf("%s lacks %s", path, want)
		}
	}
}

// shownBy is the text of the code that a phone shows now.
func (s *street) shownBy(grant, seed, prefix string, server int64) string {
	s.t.Helper()
	g, start := must[pass.Grant](s.t)(pass.ParseGrant(grant)), must[pass.Seed](s.t)(pass.ParseSeed(seed))
	return must[pass.Pass](s.t)(start.Show(g, time.UnixMilli(server))).Text(prefix)
}
