package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What the story of an arrival reads of the service's answers.
type (
	gatewayAnswer struct {
		seenAnswer
		Card struct {
			Colour, Word string
			Cities       []struct {
				Code, Name string
				Starred    bool
			}
		}
		Arrival struct {
			Declared                 bool
			From, Destination, Plate string
			Party                    int
		}
		Turn *turnAnswer
	}
	turnAnswer struct {
		ID, Say, Name, Venue, Outcome string
		Number                        int
		Ahead                         *int
		Called                        *time.Time
	}
	arrivalsAnswer struct {
		Arrivals []struct {
			Community, State, Words string
			Turns                   []turnAnswer
		}
		Turns []turnAnswer
	}
)

// child comes along.
const child = "王小小"

// travel is the story of somebody who lives in one district and arrives in another,
// from a city that is listed.
func (s *story) travel() []step {
	return []step{
		{"a traveller opens the mini-program in WeChat and is logged in", s.login(&s.wechat, "wechat", "story-t")},
		{"they register where they live, in Gudang; a worker there compares the document", s.registerAway},
		{"they declare that they are well; the code is green", s.declare("well", "wechat", wellAnswers, "green")},
		{"a guard at Hangzhou West Station scans them: green, and no arrival declared, so help them declare", s.undeclared},
		{"on the train from Harbin, which is listed, they declare: to Liangzhu, with a child, in an hour; the code is yellow", s.onTheTrain},
		{"a car without its plate, a plate that is none and a companion without a number are refused at the field", s.badArrivals},
		{"at the station one scan shows code and card, from where and where to, and gives them number 1", s.arrived},
		{"scanned again by another phone of the guard's, they keep their number", s.arrived},
		{"their own phone says the number, and that nobody is before them", s.ownNumber},
		{"a guard at the market sees no queue, and cannot call anybody", s.noQueue},
		{"the guard sees the queue with masked names, calls number 1 and writes down: tested", s.checked},
		{"the code is what it was: a guard's outcome colours nobody", s.standing(s.wechat, "yellow", true)},
		{"the community that they go to has a review, and the one where they live has none", s.destination},
		{"its worker opens it: the child by name and number, Harbin on the card, tested at the station; and follows it up", s.followUp},
		{"the traveller is told, in the worker's words, and sees everybody who looked", s.travellerTold},
		{"somebody without a phone comes by train; the guard enters the document by hand, and nobody knows it", s.withoutPhone},
		{"the guard takes down where they go: from Harbin to Liangzhu, so they wait under number 2; once, though sent twice", s.takenDown},
		{"Liangzhu reads who they are and which guard took it down, and calls on them; nobody has become a resident", s.calledOn},
	}
}

func (s *story) registerAway(ctx context.Context) error {
	in := s.registration(s.document)
	in["community"] = s.city.Communities[2]
	if err := s.wechat.ask(ctx, http.MethodPost, "/v1/registration", in, nil); err != nil && !(s.kill && is(err, "registration.already")) {
		return err
	}
	if err := s.staffLogin(s.other, "worker2")(ctx); err != nil {
		return err
	}
	return s.judgeOnly(ctx, s.other, "registration", "")
}

// judgeOnly approves the one matter of that kind that the story has made at the desk.
func (s *story) judgeOnly(ctx context.Context, p *phone, kind, words string) error {
	if s.ids["review "+kind] == "" {
		queue, err := s.queue(ctx, p)
		if err != nil {
			return err
		}
		for _, r := range queue.Reviews {
			if r.Kind == kind && !s.city.seeded(r.ID) {
				s.ids["review "+kind] = r.ID
			}
		}
	}
	path := "/v1/reviews/" + s.ids["review "+kind]
	err := p.ask(ctx, http.MethodPost, path+"/claim", nil, nil)
	if err == nil {
		err = p.ask(ctx, http.MethodPost, path+"/judgement", map[string]string{"verdict": "approve", "words": words}, nil)
	}
	if is(err, "review.closed") && s.kill {
		return nil
	}
	return err
}

// arrival is what the traveller declares, in the words of the form and beside it.
func (s *story) arrival(change ...any) map[string]any {
	day := func(ago int) string { return time.Now().In(shanghai).AddDate(0, 0, -ago).Format(time.DateOnly) }
	in := map[string]any{"version": 1, "community": s.city.Communities[0], "gateway": s.city.Station,
		"answers":    map[string]any{"transport": "train", "stays": []map[string]string{{"place": "230100", "from": day(3), "to": day(0)}}},
		"companions": []map[string]any{{"name": child, "document": map[string]string{"type": "resident_id", "number": residentID(998)}}}}
	for i := 0; i+1 < len(change); i += 2 {
		in[change[i].(string)] = change[i+1]
	}
	return in
}

func (s *story) onTheTrain(ctx context.Context) error {
	at := s.once("arrives", func() string { return time.Now().Add(time.Hour).UTC().Format(time.RFC3339) })
	var out struct {
		ID, Colour string
		Party      int
	}
	key := header{"Idempotency-Key", s.once("key arrival", rand.Text)}
	for range 2 { // as a phone does that did not hear the answer in a tunnel
		if err := s.wechat.ask(ctx, http.MethodPost, "/v1/arrivals", s.arrival("at", at), &out, key); err != nil {
			return err
		}
		if before := s.once("arrival", func() string { return out.ID }); before != out.ID {
			return fmt.Errorf("the same key made a second arrival")
		}
	}
	if out.Colour != "yellow" || out.Party != 2 {
		return fmt.Errorf("got %+v, want yellow and a party of 2", out)
	}
	return nil
}

func (s *story) badArrivals(ctx context.Context) error {
	for field, in := range map[string]map[string]any{
		"plate":                        s.arrival("answers", map[string]any{"transport": "lorry", "stays": s.arrival()["answers"].(map[string]any)["stays"]}),
		"community":                    s.arrival("community", "c0"),
		"companions.0.document.number": s.arrival("companions", []map[string]any{{"name": child, "document": map[string]string{"type": "resident_id", "number": "3301"}}}),
	} {
		err := s.wechat.ask(ctx, http.MethodPost, "/v1/arrivals", in, nil, header{"Idempotency-Key", rand.Text()})
		if err == nil || !strings.Contains(err.Error(), " "+field+":") {
			return fmt.Errorf("got %v, want a refusal at %s", err, field)
		}
	}
	err := s.wechat.ask(ctx, http.MethodPost, "/v1/arrivals", s.arrival("plate", "A12345"), nil, header{"Idempotency-Key", rand.Text()})
	return want(err, "plate.invalid")
}

func (s *story) destination(ctx context.Context) error {
	if err := s.staffLogin(s.worker, "worker")(ctx); err != nil {
		return err
	}
	for p, want := range map[*phone]int{s.worker: 1, s.other: 0} {
		queue, err := s.queue(ctx, p)
		if err != nil {
			return err
		}
		found := 0
		for _, r := range queue.Reviews {
			if r.Kind == "arrival" {
				s.ids["review arrival"] = r.ID
				found++
			}
		}
		if found != want {
			return fmt.Errorf("a desk has %d arrivals, want %d", found, want)
		}
	}
	return want(s.other.ask(ctx, http.MethodPost, "/v1/reviews/"+s.ids["review arrival"]+"/claim", nil, nil), "review.unknown")
}

const followedUp = "We have called you. Please watch your health, and come for a test tomorrow."

func (s *story) followUp(ctx context.Context) error {
	var page []byte
	if err := s.worker.ask(ctx, http.MethodGet, "/console/reviews/"+s.ids["review arrival"], nil, &page); err != nil {
		return err
	}
	for _, word := range []string{child, residentID(998), "Harbin", "tested", "Hangzhou West Station"} {
		if !strings.Contains(string(page), word) {
			return fmt.Errorf("the worker's page does not say %s", word)
		}
	}
	return s.judgeOnly(ctx, s.worker, "arrival", followedUp)
}

func (s *story) travellerTold(ctx context.Context) error {
	mine, err := s.mine(ctx)
	if err != nil {
		return err
	}
	if len(mine.Arrivals) != 1 || mine.Arrivals[0].Words != followedUp || len(mine.Arrivals[0].Turns) != 1 || mine.Arrivals[0].Turns[0].Outcome != "tested" {
		return fmt.Errorf("they read %+v", mine.Arrivals)
	}
	var told struct {
		Notices []struct{ Kind, Review, Words string }
	}
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/notices", nil, &told); err != nil {
		return err
	}
	if len(told.Notices) == 0 || told.Notices[0].Review != "arrival" || told.Notices[0].Words != followedUp {
		return fmt.Errorf("they are told %+v", told.Notices)
	}
	held, err := s.held(ctx, s.wechat)
	if err != nil {
		return err
	}
	looks := map[string]bool{}
	for _, a := range held.Accesses {
		looks[a.Purpose] = a.By != ""
	}
	for _, purpose := range []string{"gate", "card", "queue", "review"} {
		if !looks[purpose] {
			return fmt.Errorf("nobody is on record for %s", purpose)
		}
	}
	return nil
}
