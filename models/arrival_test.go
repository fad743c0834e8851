package models

import (
	"errors"
	"testing"
	"time"
)

func TestArrivalChecks(t *testing.T) {
	t.Parallel()
	now := time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)
	document := func(number string) Document {
		d, err := ParseDocument(DocumentPassport, number, now)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	own, friend := document("E1234567"), Companion{Document: document("E7654321")}
	for name, c := range map[string]struct {
		a    Arrival
		want Reason
	}{
		"now":          {Arrival{At: now}, ""},
		"in a week":    {Arrival{At: now.Add(ArrivalAhead)}, ""},
		"too far":      {Arrival{At: now.Add(ArrivalAhead + 1)}, ReasonArrivalTime},
		"yesterday":    {Arrival{At: now.Add(-ArrivalBack)}, ""},
		"too long ago": {Arrival{At: now.Add(-ArrivalBack - 1)}, ReasonArrivalTime},
		"two":          {Arrival{At: now, Companions: []Companion{friend}}, ""},
		"one twice":    {Arrival{At: now, Companions: []Companion{friend, friend}}, ReasonArrivalTwice},
		"with oneself": {Arrival{At: now, Companions: []Companion{{Document: own}}}, ReasonArrivalTwice},
	} {
		err := c.a.Check(own, now)
		var p *Problem
		if errors.As(err, &p); (err == nil) != (c.want == "") || err != nil && p.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	a := Arrival{At: now, Companions: []Companion{friend}}
	if a.Party() != 2 || !a.Near(now.Add(24*time.Hour)) || a.Near(now.Add(24*time.Hour+1)) || !a.Near(now.Add(-24*time.Hour)) || a.Near(now.Add(-24*time.Hour-1)) {
		t.Error("an arrival is this one for a day before and after")
	}
}

func TestAdviceAtAGateway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		door            Advice
		declared, waits bool
		want            Advice
	}{
		{AdvicePass, true, false, AdvicePass},
		{AdvicePass, false, false, AdviceArrive},
		{AdvicePass, false, true, AdviceQueue},
		{AdviceDeclare, false, false, AdviceDeclare},
		{AdviceVerify, true, false, AdviceVerify},
		{AdviceCall, true, false, AdviceCall},
		{AdviceCall, true, true, AdviceQueue},
	} {
		if got := c.door.At(c.declared, c.waits); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestWhoWaitsForACheck(t *testing.T) {
	t.Parallel()
	listed := []CardPlace{{Place: "330100"}, {Place: "420100", Level: LevelMedium}}
	for _, c := range []struct {
		card  Card
		want  TurnWhy
		waits bool
	}{
		{Card{Outcome: Outcome{Colour: Green}, Places: listed[:1]}, "", false},
		{Card{Outcome: Outcome{Colour: Green}, Places: listed}, TurnListed, true},
		{Card{Outcome: Outcome{Colour: Yellow}, Places: listed}, TurnYellow, true},
		{Card{Outcome: Outcome{Colour: Red}}, TurnRed, true},
	} {
		if why, waits := c.card.Turn(); waits != c.waits || waits && why != c.want {
			t.Errorf("%v with %v: %s, %v", c.card.Colour, c.card.Places, why, waits)
		}
	}
	if CheckedTested.Valid() == Checked("red").Valid() {
		t.Error("what a check comes to is one of three")
	}
}

// Of elsewhere, whoever is not green here waits, and an unknown colour is no green.
func TestWhoOfElsewhereWaits(t *testing.T) {
	t.Parallel()
	for colour, want := range map[Colour]TurnWhy{Green: "", Yellow: TurnPeerYellow, Red: TurnPeerRed, Grey: TurnPeerUnknown, 0: TurnPeerUnknown} {
		if why, waits := (Recognition{Colour: colour}).Turn(); why != want || waits != (want != "") {
			t.Errorf("%v: %q, %v", colour, why, waits)
		}
	}
	for advice, want := range map[Advice]Advice{AdviceArrive: AdviceTake, AdvicePass: AdvicePass, AdviceQueue: AdviceQueue, AdvicePaper: AdvicePaper} {
		if got := advice.Told(); got != want {
			t.Errorf("%s of somebody without a phone: %s, want %s", advice, got, want)
		}
	}
}

func TestGuests(t *testing.T) {
	t.Parallel()
	name, err := ParseName("王五")
	if err != nil {
		t.Fatal(err)
	}
	phone, err := ParsePhone("13700137000")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		guest   Guest
		contact Phone
		want    string
	}{
		{Guest{Name: name, Phone: phone}, Phone{}, ""},
		{Guest{Name: name}, phone, ""},
		{Guest{Name: name}, Phone{}, "contact request.missing_field"},
		{Guest{Phone: phone}, Phone{}, "name request.missing_field"},
	} {
		err := c.guest.Check(c.contact)
		var ps Problems
		if errors.As(err, &ps); (err == nil) != (c.want == "") || err != nil && (len(ps) != 1 || ps[0].Field+" "+string(ps[0].Reason) != c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	day := time.Date(2022, 3, 14, 16, 0, 0, 0, time.UTC)
	taken := Taken{Said: Declaration{Stays: []Stay{{Place: "420100", To: day}, {Place: "330100", To: day.Add(-48 * time.Hour)}}}}
	if got := taken.From(); got != "420100" || (&Taken{}).From() != "" {
		t.Errorf("they come from %q", got)
	}
}
