package models

import (
	"testing"
	"time"
)

func TestAdvise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		colour   Colour
		verified bool
		want     Advice
	}{
		{Green, true, AdvicePass}, {Grey, true, AdviceDeclare}, {Grey, false, AdviceVerify},
		{Yellow, true, AdviceCall}, {Yellow, false, AdviceCall}, {Red, true, AdviceCall}, {Red, false, AdviceCall},
	} {
		s := Standing{Verified: c.verified}
		s.Colour = c.colour
		if got := Advise(s); got != c.want {
			t.Errorf("%s, verified %v: %s, want %s", c.colour, c.verified, got, c.want)
		}
	}
	if Advise(Standing{}) == AdvicePass {
		t.Error("nothing known lets through")
	}
}

func TestStayOverlaps(t *testing.T) {
	t.Parallel()
	l := Listing{From: today, To: today.Add(time.Hour)}
	for _, c := range []struct {
		from, to time.Duration
		want     bool
	}{{-2, -1, false}, {-2, 0, false}, {-2, 1, true}, {0, 1, true}, {time.Hour - 1, 2 * time.Hour, true}, {time.Hour, 2 * time.Hour, false}} {
		s := Stay{From: today.Add(c.from), To: today.Add(c.to)}
		if got := s.Overlaps(l); got != c.want {
			t.Errorf("from %v to %v: %v", c.from, c.to, got)
		}
	}
	lasting := Listing{From: today}
	if !(Stay{From: today.AddDate(1, 0, 0), To: today.AddDate(2, 0, 0)}).Overlaps(lasting) {
		t.Error("a listing that lasts is over")
	}
}

func TestTooClose(t *testing.T) {
	t.Parallel()
	at := Venue{ID: "a", Jurisdiction: "330110", CommunityID: "c"}
	for _, c := range []struct {
		name  string
		other Venue
		least time.Duration // from which on it is possible
	}{
		{"the same venue", at, 0},
		{"next door", Venue{ID: "b", Jurisdiction: "330110", CommunityID: "c"}, 0},
		{"another community", Venue{ID: "b", Jurisdiction: "330110", CommunityID: "d"}, time.Minute},
		{"another district", Venue{ID: "b", Jurisdiction: "330106", CommunityID: "e"}, 5 * time.Minute},
		{"another district's, and of no community", Venue{ID: "b", Jurisdiction: "330106", CommunityID: "c"}, 5 * time.Minute},
	} {
		for _, apart := range []time.Duration{0, c.least - 1, c.least, -c.least, 1 - c.least} {
			want := apart.Abs() < c.least
			if got := TooClose(at, c.other, apart); got != want {
				t.Errorf("%s, %s apart: %t", c.name, apart, got)
			}
			if TooClose(at, c.other, apart) != TooClose(c.other, at, -apart) {
				t.Errorf("%s, %s apart: it matters which was first", c.name, apart)
			}
		}
	}
}
