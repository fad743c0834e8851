package web

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/forms"
)

var (
	yuhang  = models.Jurisdiction{Code: "330110", Name: models.Text{"zh": "余杭区", "en": "Yuhang"}}
	nowhere = models.Jurisdiction{Code: "420100", Name: models.Text{"zh": "武汉市", "en": "Wuhan"}}
	station = models.Venue{ID: "v1", Kind: models.VenueStation, Name: models.Text{"zh": "杭州西站", "en": "Hangzhou West"}}
)

// arrival is the page of somebody who has said nothing yet.
func arrival(p Page) ArrivalPage {
	form := DeclarePage{Page: p, Form: forms.Default()[2].Form(), Today: "2022-03-13", Since: "2022-02-28"}
	home := community
	home.Jurisdiction = yuhang.Code
	return NewArrivalPage(form, Places{yuhang, nowhere}, []models.Community{home}, []models.Venue{station, market,
		{ID: "v2", Kind: models.VenueAirport, Name: station.Name}, {ID: "v3", Kind: models.VenueMotorway, Name: station.Name}})
}

// coming is a driver with a child.
func coming(now time.Time) models.Arrival {
	a := models.Arrival{At: now}
	var errs [4]error
	a.Plate, errs[0] = models.ParsePlate("浙B54321")
	a.Contact, errs[1] = models.ParsePhone("13812345678")
	var child models.Companion
	child.Name, errs[2] = models.ParseName("张小三")
	child.Document, errs[3] = models.ParseDocument(models.DocumentPassport, "E1234567", now)
	for _, err := range errs {
		if err != nil {
			panic(err)
		}
	}
	a.Companions = []models.Companion{child}
	return a
}

// arrivedAt is that of somebody with an arrival in every state, who is in queues.
func arrivedAt(p Page, now time.Time) ArrivalPage {
	out := arrival(p)
	for _, t := range []models.Turn{{Number: 7, Ahead: 3, Why: models.TurnYellow}, {Number: 8, Why: models.TurnListed}, {Number: 9, Why: models.TurnRed, CalledAt: now},
		{Outcome: models.CheckedReleased}, {Outcome: models.CheckedTested}, {Outcome: models.CheckedHanded}, {Outcome: "another", Why: "another"}} {
		t.Venue, t.At = station.Name, now
		out.Turns = append(out.Turns, NewTurnView(p, t))
	}
	for _, state := range []models.ReviewState{models.ReviewOpen, models.ReviewClaimed, models.ReviewApproved, models.ReviewRefused} {
		view := NewArrivalView(p, coming(now), "Wuhan", "Cuiyuan", "Hangzhou West")
		view.State, view.Words = reviewState(p.Language, models.Review{Kind: models.ReviewArrival, State: state}), "Welcome."
		out.Arrivals = append(out.Arrivals, view)
	}
	return out
}

// TestArrivalCase: the worker of the destination compares documents, so they stand
// there in clear; and every verdict is put as what it means of an arrival.
func TestArrivalCase(t *testing.T) {
	t.Parallel()
	r := matter("R1", "me")
	r.Kind = models.ReviewArrival
	for language, wants := range map[string][]string{"zh": {"已跟进", "没有来", "武汉市*", "张小三", "E1234567", "浙B54321", "tel:13812345678", "杭州西站", "已采样检测", "等候检查"},
		"en": {"Followed up", "Nobody came", "Wuhan*", "Hangzhou West", "tested", "waiting"}} {
		p := page(language)
		c := someCase(t, r)
		c.Arrival = NewArrivalView(p, coming(queueNoon), "", "Cuiyuan", "").InClear(coming(queueNoon))
		for _, turn := range []models.Turn{{Venue: station.Name, Outcome: models.CheckedTested}, {Venue: station.Name}} {
			c.Arrival.Turns = append(c.Arrival.Turns, NewTurnView(p, turn))
		}
		c.Card = NewCardView(language, models.Card{Terms: models.CardTerms{Asterisk: true, Days: 14, Stay: 4 * time.Hour}, Outcome: models.Outcome{Colour: models.Yellow},
			Places: []models.CardPlace{{Place: "420100", Level: models.LevelMedium}, {Place: "330100"}}})
		html := rendered(t, NewReviewPage(p, worker.Staff, c, queueNoon))
		for _, want := range append(wants, `data-matter="arrival"`, `value="approve"`, `value="refuse"`, "data-phrase") {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the case lacks %s", language, want)
			}
		}
		if strings.Contains(html, `value="clear"`) {
			t.Errorf("%s: an arrival can be cleared", language)
		}
	}
}

// TestTakenCase: what a guard took down says so, and what follows from it; of a guest
// there is no standing, no community and nobody who reads the words.
func TestTakenCase(t *testing.T) {
	t.Parallel()
	r := matter("R1", "me")
	r.Kind = models.ReviewArrival
	for name, x := range map[string]struct {
		change      func(*ArrivalView)
		wants, lack []string
	}{
		"a resident":   {func(v *ArrivalView) { v.Behalf = true }, []string{"guard took it", "on their behalf", `id="standing"`, "The resident reads your words"}, []string{"Nobody here knows"}},
		"a guest":      {func(v *ArrivalView) { v.Guest = true }, []string{"guard took it", "Nobody here knows", "nowhere to read it"}, []string{`id="standing"`, "The resident reads your words", "on their behalf", "Code of"}},
		"of elsewhere": {func(v *ArrivalView) { v.Guest, v.Elsewhere, v.Handle = true, "Anhui", "3fa9" }, []string{"Code of", "Anhui · 3fa9"}, []string{`id="standing"`}},
	} {
		p := page(models.English)
		c := someCase(t, r)
		c.Arrival = NewArrivalView(p, coming(queueNoon), "", "Cuiyuan", "Hangzhou West").InClear(coming(queueNoon))
		c.Arrival.Taken = "guard took it"
		x.change(&c.Arrival)
		html, _, _ := strings.Cut(rendered(t, NewReviewPage(p, worker.Staff, c, queueNoon)), `<script type="application/json"`)
		for _, want := range x.wants {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the case lacks %s", name, want)
			}
		}
		for _, lack := range x.lack {
			if strings.Contains(html, lack) {
				t.Errorf("%s: the case has %s", name, lack)
			}
		}
	}
}
