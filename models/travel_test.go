package models

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shanghai has the days of the trips.
var shanghai = time.FixedZone("UTC+8", 8*3600)

// on is an instant of March 2022 in the notation of the golden file: "5 14:00".
func on(s string) time.Time {
	at, err := time.ParseInLocation("2 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return at.AddDate(2022, 2, 0).UTC()
}

// notation is the opposite of on.
func notation(t time.Time) string {
	if t = t.In(shanghai); t.Month() != time.March {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 15:04")
}

// leg is where somebody really was: a county, from one instant to another.
type leg struct{ place, from, to string }

// piece is a trace, from when it became known until it was corrected.
type piece struct {
	since, until time.Time
	Trace
}

// trip is somebody's way, what became known of it, and the card that it came to.
type trip struct {
	name     string
	legs     []leg
	known    [][]piece
	listings []Listing
	terms    CardTerms
}

var fortnight = CardTerms{Days: 14, Stay: 4 * time.Hour, Asterisk: true, Zone: shanghai}

// with are the usual terms, changed.
func with(change func(*CardTerms)) CardTerms {
	terms := fortnight
	change(&terms)
	return terms
}

// itinerary is what that somebody gives on that day: whole days.
func itinerary(at string, legs ...leg) (list []piece) {
	for _, l := range legs {
		list = append(list, piece{since: on(at), Trace: Trace{Place: l.place, Source: TraceItinerary,
			From: startOfDay(on(l.from), shanghai, 0), To: startOfDay(on(l.to).Add(-1), shanghai, 1)}})
	}
	return list
}

// seen are the visits at which gates saw somebody.
func seen(place string, at ...string) (list []piece) {
	for _, s := range at {
		list = append(list, piece{since: on(s), Trace: Trace{Place: place, From: on(s), To: on(s), Source: TraceVisit}})
	}
	return list
}

// fed is what the operator says, how many hours of each day the phone was in a city:
// at noon of the next day, or so many days later.
func fed(late int, legs ...leg) (list []piece) {
	for _, l := range legs {
		for day := startOfDay(on(l.from), shanghai, 0); day.Before(on(l.to)); day = startOfDay(day, shanghai, 1) {
			end := startOfDay(day, shanghai, 1)
			hours := int(earlier(end, on(l.to)).Sub(later(day, on(l.from))).Hours())
			for _, t := range (FeedDay{Day: DayOf(day), Cities: []FeedCity{{City: CityOf(l.place), Hours: hours}}}).Traces() {
				list = append(list, piece{since: end.Add(12*time.Hour + time.Duration(late)*24*time.Hour), Trace: t})
			}
		}
	}
	return list
}

// corrected are the rows until the operator took them back.
func corrected(at string, list []piece) []piece {
	for i := range list {
		list[i].until = on(at)
	}
	return list
}

// wuhan is the trip that most of the others are made of.
var wuhan = []leg{{"330110", "1 00:00", "5 09:00"}, {"420106", "5 14:00", "7 10:00"}, {"330110", "7 15:00", "26 00:00"}}

func trips() []trip {
	medium := Listing{ID: "l1", Place: "420106", Level: LevelMedium, From: on("6 08:00"), To: on("9 00:00")}
	city := Listing{ID: "l2", Place: "420100", Level: LevelHigh, From: on("6 20:00"), To: on("9 00:00")}
	after := Listing{ID: "l3", Place: "420000", Level: LevelHigh, From: on("7 10:00")}
	return []trip{
		{"Two nights in Wuhan, by the operator", wuhan, [][]piece{fed(0, wuhan...)}, nil, fortnight},
		{"The same, with the days set to 7", wuhan, [][]piece{fed(0, wuhan...)}, nil, with(func(t *CardTerms) { t.Days = 7 })},
		{"The same, declared on the way home", wuhan, [][]piece{itinerary("7 12:00", wuhan[1])}, nil, fortnight},
		{"Over the border to work: gates see both cities twice a day",
			[]leg{{"330400", "1 19:00", "2 08:00"}, {"310115", "2 09:30", "2 17:30"}, {"330400", "2 19:00", "3 08:00"}},
			[][]piece{seen("330402", "1 19:00", "2 08:00", "2 19:00"), seen("310115", "2 09:30", "2 17:30")}, nil, fortnight},
		{"Over the border for lunch: a gate elsewhere in between", []leg{{"330402", "2 08:00", "2 18:00"}},
			[][]piece{seen("330402", "2 08:00", "2 18:00"), seen("310115", "2 12:00")}, nil, fortnight},
		{"Changing trains: minutes short of four hours", []leg{{"320102", "2 08:00", "2 11:59"}}, [][]piece{seen("320102", "2 08:00", "2 08:10", "2 11:59")}, nil, fortnight},
		{"Changing trains: four hours", []leg{{"320102", "2 08:00", "2 12:00"}}, [][]piece{seen("320102", "2 08:00"), seen("320104", "2 12:00")}, nil, fortnight},
		{"A night between two gates", []leg{{"420106", "2 22:30", "3 07:30"}}, [][]piece{seen("420106", "2 22:30", "3 07:30")}, nil, fortnight},
		{"Two gates more than a day apart", []leg{{"420106", "2 08:00", "3 08:01"}}, [][]piece{seen("420106", "2 08:00", "3 08:01")}, nil, fortnight},
		{"The operator is late by four days", wuhan, [][]piece{fed(0, wuhan[0], wuhan[2]), fed(4, wuhan[1])}, nil, fortnight},
		{"The operator mistook Wuhan for Wuxi, and corrects it", wuhan,
			[][]piece{fed(0, wuhan[0], wuhan[2]), corrected("10 12:00", fed(0, leg{"320206", "5 14:00", "7 10:00"})), fed(4, wuhan[1])}, nil, fortnight},
		{"The county was listed, and delisted, while the itinerary says so", wuhan, [][]piece{itinerary("5 20:00", wuhan[1])}, []Listing{medium}, fortnight},
		{"The county was listed, and the operator knows the city alone", wuhan, [][]piece{fed(0, wuhan[1])}, []Listing{medium}, fortnight},
		{"The city was listed higher, and the province after they had left", wuhan, [][]piece{fed(0, wuhan[1]), seen("420106", "5 15:00", "6 09:00", "7 09:30")},
			[]Listing{medium, city, after}, fortnight},
		{"The same, with the asterisk switched off", wuhan, [][]piece{fed(0, wuhan[1]), seen("420106", "5 15:00", "6 09:00", "7 09:30")},
			[]Listing{medium, city, after}, with(func(t *CardTerms) { t.Asterisk = false })},
		{"Counties of their own, a municipality, and a day in two cities",
			[]leg{{"429004", "1 00:00", "2 12:00"}, {"500103", "2 18:00", "3 09:00"}, {"110105", "3 13:00", "4 00:00"}},
			[][]piece{fed(0, leg{"429004", "1 00:00", "2 12:00"}, leg{"500103", "2 18:00", "3 09:00"}, leg{"110105", "3 13:00", "4 00:00"})}, nil, fortnight},
	}
}

// drawn is a trip of two weeks that a generator made up, with what a feed, some gates
// and an itinerary came to know of it.
func drawn(seed uint64) trip {
	r := rand.New(rand.NewPCG(seed, 5))
	counties := []string{"330110", "330402", "310115", "420106", "429004"}
	t := trip{name: fmt.Sprintf("Made up, %d", seed), terms: fortnight}
	at, place := on("1 00:00"), ""
	var gates []piece
	for at.Before(on("15 00:00")) {
		other := slices.DeleteFunc(slices.Clone(counties), func(c string) bool { return c == place })
		place = other[r.IntN(len(other))]
		end := at.Add(time.Duration(2+r.IntN(90)) * time.Hour)
		l := leg{place, notation(at), notation(end)}
		t.legs = append(t.legs, l)
		if r.IntN(3) > 0 {
			t.known = append(t.known, fed(r.IntN(3), l))
		} else {
			t.known = append(t.known, itinerary(l.to, l))
		}
		for seenAt := at.Add(time.Hour); seenAt.Before(end); seenAt = seenAt.Add(time.Duration(1+r.IntN(20)) * time.Hour) {
			gates = append(gates, seen(place, notation(seenAt))...)
		}
		at = end.Add(time.Duration(1+r.IntN(5)) * time.Hour)
	}
	t.known = append(t.known, gates)
	listed := counties[r.IntN(len(counties))]
	from := on("1 00:00").Add(time.Duration(r.IntN(240)) * time.Hour)
	t.listings = []Listing{{ID: "l1", Place: CityOf(listed), Level: LevelMedium, From: from, To: from.Add(72 * time.Hour)}}
	return t
}

// at is what is known of the trip by then.
func (t trip) at(now time.Time) (traces []Trace) {
	for _, list := range t.known {
		for _, p := range list {
			if !p.since.After(now) && (p.until.IsZero() || now.Before(p.until)) {
				traces = append(traces, p.Trace)
			}
		}
	}
	return traces
}

// TestTravelCard follows trips by the half hour, and writes every change of the card down
// beside what really happened. Run with -update to rewrite it, and read the change.
func TestTravelCard(t *testing.T) {
	t.Parallel()
	all := trips()
	for seed := range uint64(6) {
		all = append(all, drawn(seed))
	}
	var page strings.Builder
	page.WriteString("Instants are of March 2022. Was: where somebody really was. Knew: when it became known.\n" +
		"Card: from when it said what, the latest place first, with an asterisk if that is shown;\n" +
		"then until when, as it could be told by then from what was known.\n")
	for _, trip := range all {
		fmt.Fprintf(&page, "\n## %s\n", trip.name)
		for _, l := range trip.legs {
			fmt.Fprintf(&page, "was   %s  %s to %s\n", l.place, l.from, l.to)
		}
		for _, list := range trip.known {
			page.WriteString(told(list))
		}
		for _, l := range trip.listings {
			fmt.Fprintf(&page, "list  %s  %s from %s%s\n", l.Place, l.Level, notation(l.From), ending(l.To))
		}
		before := ""
		for now := on("1 00:00"); now.Before(on("31 00:00").AddDate(0, 0, 5)); now = now.Add(30 * time.Minute) {
			card := NewCard(trip.at(now), trip.listings, trip.terms, now)
			if words := shown(card); words != before {
				fmt.Fprintf(&page, "card  %s  %s%s\n", notation(now), words, ending(card.Until))
				before = words
			}
		}
	}
	golden(t, "travel.golden", page.String())
}

// told are pieces, a line for each row of days that became known one by one.
func told(list []piece) string {
	var lines strings.Builder
	for i := 0; i < len(list); {
		p, last := list[i], list[i]
		for i++; i < len(list) && list[i].Place == p.Place && list[i].From.Equal(last.To) && list[i].since.Sub(last.since) == 24*time.Hour; i++ {
			last = list[i]
		}
		fmt.Fprintf(&lines, "knew  %s  %s  %s", notation(p.since), p.Source, p.Place)
		if p.To.After(p.From) {
			fmt.Fprintf(&lines, "  %s to %s", notation(p.From), notation(last.To))
		}
		if last.From.After(p.From) {
			fmt.Fprintf(&lines, ", a day at a time until %s", notation(last.since))
		}
		if !p.until.IsZero() {
			fmt.Fprintf(&lines, ", corrected at %s", notation(p.until))
		}
		lines.WriteString("\n")
	}
	return lines.String()
}

func ending(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return "  until " + notation(t)
}

func shown(c Card) string {
	if len(c.Places) == 0 {
		return "nothing"
	}
	var words []string
	for _, p := range c.Places {
		word := p.Place
		if c.Starred(p) {
			word += "*"
		}
		if p.Level != "" {
			word += " (" + string(p.Level) + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// drawTraces draws traces of every source around the instant, on whole hours.
func drawTraces(t *rapid.T, label string, most int) []Trace {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Trace {
		place := rapid.SampledFrom([]string{"330110", "330106", "330100", "310115", "420106", "429004"}).Draw(t, "place")
		from := on("15 12:00").Add(time.Duration(rapid.IntRange(-17*24, 48).Draw(t, "from")) * time.Hour)
		switch source := rapid.SampledFrom([]TraceSource{TraceItinerary, TraceVisit, TraceFeed}).Draw(t, "source"); source {
		case TraceVisit:
			return Trace{Place: place, From: from, To: from, Source: source}
		default:
			return Trace{Place: place, From: from, To: from.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour), Source: source}
		}
	}), 0, most).Draw(t, label)
}

func drawListings(t *rapid.T) []Listing {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Listing {
		from := on("15 12:00").Add(time.Duration(rapid.IntRange(-17*24, 48).Draw(t, "from")) * time.Hour)
		l := Listing{ID: rapid.StringMatching("[a-z]{6}").Draw(t, "id"), From: from,
			Place: rapid.SampledFrom([]string{"330110", "330100", "330000", "310000", "420106"}).Draw(t, "place"),
			Level: rapid.SampledFrom([]Level{LevelMedium, LevelHigh}).Draw(t, "level")}
		if rapid.Bool().Draw(t, "ends") {
			l.To = from.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "for")) * time.Hour)
		}
		return l
	}), 0, 3).Draw(t, "listings")
}

func drawTerms(t *rapid.T) CardTerms {
	return CardTerms{Days: rapid.SampledFrom([]int{7, 14}).Draw(t, "days"), Stay: 4 * time.Hour, Zone: shanghai}
}

// TestCardOrder: the order in which things became known does not matter.
func TestCardOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		traces, listings, terms := drawTraces(t, "traces", 8), drawListings(t), drawTerms(t)
		shuffled := rapid.Permutation(traces).Draw(t, "shuffled")
		a, b := NewCard(traces, listings, terms, on("15 12:00")), NewCard(shuffled, listings, terms, on("15 12:00"))
		if !slices.Equal(a.Places, b.Places) || !slices.Equal(a.Listed, b.Listed) || !a.Until.Equal(b.Until) {
			t.Fatalf("%v\n%v", a, b)
		}
	})
}

// TestCardGrows: one trace more never takes a city off the card, nor does a visit take
// off the city that it was in.
func TestCardGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		traces, more, terms := drawTraces(t, "traces", 8), drawTraces(t, "more", 1), drawTerms(t)
		if len(more) == 0 {
			return
		}
		after := NewCard(append(slices.Clone(traces), more...), nil, terms, on("15 12:00"))
		for _, p := range NewCard(traces, nil, terms, on("15 12:00")).Places {
			there := slices.ContainsFunc(after.Places, func(q CardPlace) bool { return q.Place == p.Place && !q.Last.Before(p.Last) })
			if excused := more[0].Source == TraceVisit && CityOf(more[0].Place) != p.Place; !there && !excused {
				t.Fatalf("%v takes away %v of %v", more[0], p, traces)
			}
		}
	})
}

// TestCardUntil asks at every hour, and around it: until is the first instant at which
// the card differs.
func TestCardUntil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		traces, listings, terms := drawTraces(t, "traces", 6), drawListings(t), drawTerms(t)
		now := on("15 12:00")
		card := NewCard(traces, listings, terms, now)
		for hour := now; hour.Before(now.AddDate(0, 0, 20)); hour = hour.Add(time.Hour) {
			for _, at := range []time.Time{hour, hour.Add(1), hour.Add(time.Hour - 1)} {
				same := card.Shows(NewCard(traces, listings, terms, at))
				if card.Until.IsZero() || at.Before(card.Until) {
					if !same {
						t.Fatalf("differs at %v, until was to be %v", at, card.Until)
					}
				} else if same && at.Equal(card.Until) {
					t.Fatalf("does not differ at %v", at)
				}
				if !card.Until.IsZero() && !at.Before(card.Until) {
					return
				}
			}
		}
	})
}

func TestCityOf(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{"330110": "330100", "330100": "330100", "330000": "330000", "000000": "000000", "110105": "110000",
		"500235": "500000", "429004": "429004", "659001": "659001", "441900": "441900", "820102": "820000"} {
		if got := CityOf(place); got != want {
			t.Errorf("%s lies in %s, want %s", place, got, want)
		}
	}
}

// BenchmarkNewCard makes the card of two weeks with some fifty visits.
func BenchmarkNewCard(b *testing.B) {
	t := drawn(1)
	now := on("15 12:00")
	traces := t.at(now)
	for b.Loop() {
		NewCard(traces, t.listings, t.terms, now)
	}
	b.ReportMetric(float64(len(traces)), "traces")
}
