package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
)

// arriving is an arrival at the community, on the form's answers.
func arriving(community string, transport string, more ...any) map[string]any {
	return with(map[string]any{"version": 1, "community": community, "answers": map[string]any{"transport": transport,
		"stays": []any{map[string]string{"place": "420100", "from": "2022-03-10", "to": "2022-03-14"}}}}, more...)
}

func comesAlong(n int, name string) map[string]any {
	return map[string]any{"name": name, "document": map[string]string{"type": "resident_id", "number": documentNumber(n)}}
}

func (s *street) arrives(token string, in any) answer {
	s.t.Helper()
	return s.ask(token, "POST", "/v1/arrivals", in, "Idempotency-Key", "key-"+s.ulid())
}

// gateway is a guard's session that stands at a new station.
func (s *street) gateway(username string) (token string) {
	s.t.Helper()
	v := must[models.Venue](s.t)(s.store.AddVenue(s.t.Context(), operator, models.Venue{Jurisdiction: s.venue.Jurisdiction, CommunityID: s.community,
		Kind: models.VenueStation, Name: words("杭州西站", "Hangzhou West Station")}))
	token = s.staff(username)
	var out struct{ Kind string }
	s.ask(token, "POST", "/v1/gate", map[string]string{"venue": v.ID}).into(s.t, &out)
	if out.Kind != "station" {
		s.t.Fatalf("the guard stands at a %s", out.Kind)
	}
	return token
}

// listed has 420100 listed.
func (s *street) listed() {
	s.t.Helper()
	p := s.propose(s.staff("epi"), "/v1/listings", aListing("420100"))
	s.agreeTo(s.staff("epi2"), p.ID).into(s.t, nil)
}

// atGateway is what a guard at a gateway is answered.
type atGateway struct {
	Advice, Colour, Name string
	Whom                 string
	Card                 struct {
		Colour string
		Cities []struct {
			Code, Name string
			Starred    bool
		}
	}
	Arrival struct {
		Declared                 bool
		From, Destination, Plate string
		Party                    int
	}
	Turn *struct {
		ID, Why, Say, Outcome string
		Number                int
	}
}

func (s *street) scans(gate, resident string) (out atGateway) {
	s.t.Helper()
	s.ask(gate, "POST", "/v1/scans", map[string]string{"id": s.ulid(), "pass": s.shown(resident, 0)}).into(s.t, &out)
	return out
}

// TestArrival: a driver comes with a child from a listed place. One scan at the station
// shows everything, they wait, and the community that they go to follows it up.
func TestArrival(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.listed()
	gate := l.gateway("guard")
	if seen := l.scans(gate, l.mine); seen.Advice != "arrive" || seen.Arrival.Declared || seen.Card.Colour != "green" {
		t.Errorf("before they declared: %+v", seen)
	}
	in, key := arriving(l.far, "car", "plate", "浙a·12345", "contact", "13900139000", "companions", []any{comesAlong(21, "张小三")}), "key-of-this-arrival"
	var first, again struct {
		ID, Colour string
		Party      int
	}
	l.ask(l.mine, "POST", "/v1/arrivals", in, "Idempotency-Key", key).into(t, &first)
	l.changesNothing(t, func() { l.ask(l.mine, "POST", "/v1/arrivals", in, "Idempotency-Key", key).into(t, &again) })
	if first != again || first.Party != 2 || first.Colour != "red" {
		t.Errorf("%+v, and again %+v", first, again)
	}
	seen := l.scans(gate, l.mine)
	if seen.Advice != "queue" || seen.Colour != "red" || seen.Card.Colour != "red" || !seen.Card.Cities[0].Starred || seen.Arrival.Plate != "浙A***45" ||
		seen.Arrival.Party != 2 || seen.Arrival.From != "武汉市" || seen.Arrival.Destination != "瓶窑社区" || seen.Turn == nil || seen.Turn.Number != 1 {
		t.Fatalf("at the gateway: %+v, %+v", seen, seen.Turn)
	}
	l.checks(gate, seen.Turn.ID)
	l.followsUp(t)
}

// checks calls the one who waits, and takes a sample.
func (l *levers) checks(gate, id string) {
	l.t.Helper()
	a := l.ask(gate, "GET", "/v1/queue", nil)
	if body := string(a.Body); !strings.Contains(body, `"name":"张*"`) || strings.Contains(body, "张三") || !strings.Contains(body, `"number":1`) {
		l.t.Errorf("the queue is %s", body)
	}
	l.ask(gate, "POST", "/v1/queue/"+id+"/call", nil).into(l.t, nil)
	l.ask(gate, "POST", "/v1/queue/"+id+"/outcome", map[string]string{"outcome": "tested"}).into(l.t, nil)
	l.changesNothing(l.t, func() {
		if a := l.ask(gate, "POST", "/v1/queue/"+id+"/outcome", map[string]string{"outcome": "released"}); a.String() != "409 turn.closed" {
			l.t.Errorf("another outcome: %s", a)
		}
	})
}

// followsUp has the destination's worker look, and say so.
func (l *levers) followsUp(t *testing.T) {
	t.Helper()
	for _, id := range l.reviews(l.tokens["worker"]) {
		t.Errorf("the home has review %s", id)
	}
	ids := l.reviews(l.tokens["outsider"])
	if len(ids) != 1 {
		t.Fatalf("the destination has %v", ids)
	}
	l.says("outsider", "/console/reviews/"+ids[0], documentNumber(21), "浙A12345", "张小三", "13900139000")
	path := "/v1/reviews/" + ids[0]
	l.ask(l.tokens["outsider"], "POST", path+"/claim", nil).into(t, nil)
	l.changesNothing(t, func() {
		if a := l.ask(l.tokens["outsider"], "POST", path+"/judgement", map[string]string{"verdict": "approve"}); a.String() != "422 review.reason_required" {
			t.Errorf("no words: %s", a)
		}
	})
	l.ask(l.tokens["outsider"], "POST", path+"/judgement", map[string]string{"verdict": "approve", "words": "已联系，请居家监测。"}).into(t, nil)
	var mine struct {
		Arrivals []struct {
			State, Words, Plate, Community string
			Turns                          []struct{ Outcome string }
			Companions                     []struct{ Name string }
		}
		Turns []struct {
			Number         int
			Outcome, Venue string
		}
	}
	l.ask(l.mine, "GET", "/v1/arrivals", nil).into(t, &mine)
	if got := fmt.Sprintf("%+v", mine); got != "{Arrivals:[{State:approved Words:已联系，请居家监测。 Plate:浙A12345 Community:瓶窑社区 Turns:[{Outcome:tested}] Companions:[{Name:张小三}]}] Turns:[{Number:1 Outcome:tested Venue:杭州西站}]}" {
		t.Errorf("the resident reads %s", got)
	}
	for _, path := range []string{"/arrival", "/notices"} {
		if a := l.ask(l.mine, "GET", path, nil); a.Status != 200 || !strings.Contains(string(a.Body), "已联系，请居家监测。") {
			t.Errorf("%s: %s does not say so", path, a)
		}
	}
}

// TestArrivalRefusals: everything that is wrong is told at once, at its field.
func TestArrivalRefusals(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"nothing":              {map[string]any{"version": 1, "answers": map[string]any{}}, "transport answer.missing, stays answer.missing, community request.missing_field"},
		"a car without plate":  {arriving(l.far, "lorry"), "plate plate.missing"},
		"no plate":             {arriving(l.far, "car", "plate", "A12345"), "plate plate.invalid"},
		"no phone":             {arriving(l.far, "train", "contact", "12"), "contact phone.invalid"},
		"nobody along":         {arriving(l.far, "train", "companions", []any{comesAlong(21, ""), map[string]any{"name": "张小三"}}), "companions.0.name name.invalid, companions.1.document.number document.type_unknown"},
		"themselves":           {arriving(l.far, "train", "companions", []any{comesAlong(1, "张三")}), "companions.0.document.number arrival.twice"},
		"through a market":     {arriving(l.far, "train", "gateway", l.venue.ID), "gateway gateway.unknown"},
		"nowhere":              {arriving("c0", "train"), "community community.unknown"},
		"in a month":           {arriving(l.far, "train", "at", "2022-04-14T04:00:00Z"), "at arrival.time"},
		"another version":      {arriving(l.far, "train", "version", 9), " form.version"},
		"with a colour":        {arriving(l.far, "train", "colour", "green"), "colour request.unknown_field"},
		"eleven come along":    {arriving(l.far, "train", "companions", crowd(11)), "companions answer.too_many"},
		"as a plain form":      {"", "form form.unknown"},
		"by a worker for them": {nil, "form form.unknown"},
	} {
		var a answer
		l.changesBut(name == "by a worker for them", func() {
			switch plain := map[string]any{"form": "arrival", "version": 1, "answers": arriving("", "train")["answers"]}; c.in {
			case "":
				a = l.ask(l.mine, "POST", "/v1/declarations", plain, "Idempotency-Key", "key-"+l.ulid())
			case nil:
				a = l.ask(l.tokens["worker"], "POST", "/v1/on-behalf/declarations", with(plain, "document", aDeclaration(1, nil)["document"], "evidence", "电话"))
			default:
				a = l.arrives(l.mine, c.in)
			}
		})
		if got := problemsOf(a); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// changesBut fails if anything is changed but, where somebody was looked up, who looked.
func (l *levers) changesBut(looked bool, f func()) {
	l.t.Helper()
	if looked {
		l.tables(f, "accesses")
		return
	}
	l.changesNothing(l.t, f)
}

func crowd(n int) (list []any) {
	for i := range n {
		list = append(list, comesAlong(30+i, "李四"))
	}
	return list
}

// problemsOf is all that the answer says is wrong, with its field.
func problemsOf(a answer) string {
	p := a.problem()
	if len(p.Fields) == 0 {
		return p.Field + " " + string(p.Reason)
	}
	var list []string
	for _, f := range p.Fields {
		list = append(list, f.Field+" "+string(f.Reason))
	}
	return strings.Join(list, ", ")
}

// findArrivals has a resident come from a listed place and wait at a station.
func (k *knock) findArrivals() {
	k.t.Helper()
	k.listed()
	k.hire(k.t, "station-guard", models.Staff{Role: models.RoleGuard, Jurisdiction: "330110"}, 0)
	k.tokens["gate at a station"] = k.gateway("station-guard")
	other := k.tokens["other resident"]
	k.arrives(other, arriving(k.community, "train")).into(k.t, nil)
	turn := k.scans(k.tokens["gate at a station"], other).Turn
	turns := map[string]string{"of the station": turn.ID, "unknown": strings.Repeat("0", 26)}
	k.things["/v1/queue/:id/call"], k.things["/v1/queue/:id/outcome"] = turns, turns
	k.entry, _ = k.byHand(k.tokens["gate at a station"], 40)
	k.clock.Advance(1e9)
}

// arrivalBody is what somebody who may ask would bring.
func (k *knock) arrivalBody(route string) (in any, header []string) {
	switch route {
	case "POST /v1/arrivals":
		return arriving(k.community, "train"), []string{"Idempotency-Key", "key-" + k.ulid()}
	case "POST /v1/gate/arrivals":
		return taking(k.entry, k.community, "name", "王五", "phone", "13700137000"), []string{"Idempotency-Key", "key-" + k.ulid()}
	case "POST /v1/queue/:id/outcome":
		return json.RawMessage(`{"outcome": "released"}`), nil
	}
	return nil, nil
}
