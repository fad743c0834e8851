package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// taking is what a guard takes down of who was entered or scanned under that id.
func taking(visit, community string, more ...any) map[string]any {
	return with(arriving(community, "train", "visit", visit), more...)
}

// byHand enters the n-th sample person's document.
func (s *street) byHand(gate string, n int) (visit string, out atGateway) {
	s.t.Helper()
	visit = s.ulid()
	s.ask(gate, "POST", "/v1/entries", map[string]any{"id": visit, "document": holding(n)}).into(s.t, &out)
	return visit, out
}

func holding(n int) map[string]string {
	return map[string]string{"type": "resident_id", "number": documentNumber(n)}
}

func (s *street) takes(gate string, in any) answer {
	s.t.Helper()
	return s.ask(gate, "POST", "/v1/gate/arrivals", in, "Idempotency-Key", "key-"+s.ulid())
}

// TestArrivalTakenDown: somebody without a phone arrives from a listed place. The guard
// takes it down, they wait, and the community that they go to follows it up; what they
// said counts when two of its workers say so.
func TestArrivalTakenDown(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	l.listed()
	gate := l.gateway("guard")
	visit, seen := l.byHand(gate, 1)
	if seen.Advice != "take" || seen.Arrival.Declared || seen.Turn != nil {
		t.Errorf("entered by hand: %+v", seen)
	}
	in, key := taking(visit, l.far, "whom", seen.Whom, "companions", []any{comesAlong(21, "张小三")}), "key-of-what-is-taken"
	l.ask(gate, "POST", "/v1/gate/arrivals", in, "Idempotency-Key", key).into(t, &seen)
	l.changesNothing(t, func() { l.ask(gate, "POST", "/v1/gate/arrivals", in, "Idempotency-Key", key).into(t, nil) })
	if seen.Advice != "queue" || seen.Colour != "green" || seen.Card.Colour != "green" || seen.Turn == nil || seen.Turn.Why != "said" || seen.Turn.Number != 1 ||
		seen.Arrival.From != "武汉市" || seen.Arrival.Destination != "瓶窑社区" || seen.Arrival.Party != 2 || seen.Name != "张*" {
		t.Fatalf("taken down: %+v, %+v", seen, seen.Turn)
	}
	l.checks(gate, seen.Turn.ID)
	if a := l.ask(l.mine, "GET", "/arrival", nil); !strings.Contains(string(a.Body), "由杭州西站工作人员代为登记") {
		t.Errorf("their page does not say who took it down")
	}
	l.readsWhatWasSaid(t)
	id := l.reviews(l.tokens["outsider"])[0]
	l.says("outsider", "/console/reviews/"+id, documentNumber(1), documentNumber(21), "张小三")
	l.ask(l.tokens["outsider"], "POST", "/v1/reviews/"+id+"/claim", nil).into(t, nil)
	l.says("outsider", "/console/reviews/"+id, "data-action")
	l.ask(l.tokens["outsider"], "POST", "/v1/reviews/"+id+"/judgement", map[string]string{"verdict": "approve", "words": "已当面核对。"}).into(t, nil)
	l.isTold(t, "green")
	var list struct {
		Proposals []struct{ ID, Lever, State string }
	}
	l.ask(l.tokens["colleague"], "GET", "/v1/proposals", nil).into(t, &list)
	if len(list.Proposals) != 1 || list.Proposals[0].Lever != "on_behalf" || list.Proposals[0].State != "open" {
		t.Fatalf("a colleague has %+v", list)
	}
	l.agreeTo(l.tokens["colleague"], list.Proposals[0].ID).into(t, nil)
	l.isTold(t, "red")
}

// readsWhatWasSaid: the resident reads all that the guard wrote down of them, and who did.
func (l *levers) readsWhatWasSaid(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/v1/arrivals", "/v1/me", "/v1/me/export"} {
		var held struct {
			Arrivals []struct {
				Said struct {
					Guard, From, Form string
					Answers           struct {
						Transport string
						Stays     []struct{ Place string }
					}
				}
			}
		}
		l.ask(l.mine, "GET", path, nil).into(t, &held)
		if got := fmt.Sprintf("%+v", held.Arrivals); got != "[{Said:{Guard:guard From:420100 Form:arrival Answers:{Transport:train Stays:[{Place:420100}]}}}]" {
			t.Errorf("%s: they read %s", path, got)
		}
	}
	page := string(l.ask(l.mine, "GET", "/arrival", nil, "Accept-Language", "zh").Body)
	for _, want := range []string{"代为登记（guard）", "<dd>火车</dd>", "武汉市"} {
		if !strings.Contains(page, want) {
			t.Errorf("their page lacks %s", want)
		}
	}
}

// TestPrintedCardArrives: whoever has a printed card is taken down by the card, without
// their document being typed in, whether or not they agree to visits being kept.
func TestPrintedCardArrives(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	gate := l.gateway("guard")
	l.ask(l.mine, "DELETE", "/v1/consents/visits", nil).into(t, nil)
	var card struct{ Text string }
	l.ask(l.tokens["worker"], "POST", "/v1/on-behalf/prints", map[string]any{"document": holding(1)}).into(t, &card)
	var seen atGateway
	visit := l.ulid()
	l.ask(gate, "POST", "/v1/scans", map[string]string{"id": visit, "pass": card.Text}).into(t, &seen)
	if seen.Advice != "take" {
		t.Errorf("scanned: %+v", seen)
	}
	l.changesNothing(t, func() {
		if got := problemsOf(l.takes(gate, taking(visit, l.far))); got != " arrival.visit" {
			t.Errorf("of a visit that names nobody: %s", got)
		}
	})
	l.takes(gate, taking(visit, l.far, "whom", seen.Whom)).into(t, &seen)
	if seen.Advice != "pass" || seen.Colour != "green" || seen.Arrival.Destination != "瓶窑社区" || seen.Turn != nil {
		t.Errorf("taken down: %+v", seen)
	}
	if ids := l.reviews(l.tokens["outsider"]); len(ids) != 1 {
		t.Errorf("the destination has %v", ids)
	}
}

// isTold is what the resident reads of what was taken down for them.
func (l *levers) isTold(t *testing.T, colour string) {
	t.Helper()
	var mine struct {
		Arrivals []struct {
			State, Words string
			Taken        bool
		}
	}
	l.ask(l.mine, "GET", "/v1/arrivals", nil).into(t, &mine)
	if got := fmt.Sprintf("%+v", mine.Arrivals); got != "[{State:approved Words:已当面核对。 Taken:true}]" {
		t.Errorf("they read %s", got)
	}
	var standing struct{ Colour string }
	l.ask(l.mine, "GET", "/v1/standing", nil).into(t, &standing)
	if standing.Colour != colour {
		t.Errorf("they are %s, want %s", standing.Colour, colour)
	}
}

// TestUnknownArrives: of a document that nobody knows, the community is asked to call on
// them, and nobody becomes a resident.
func TestUnknownArrives(t *testing.T) {
	t.Parallel()
	l := newLevers(t)
	gate := l.gateway("guard")
	visit, seen := l.byHand(gate, 40)
	if seen.Advice != "paper" || seen.Arrival.Declared {
		t.Errorf("entered by hand: %+v", seen)
	}
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"nobody":              {taking(visit, l.far), "name request.missing_field, contact request.missing_field"},
		"no way to reach":     {taking(visit, l.far, "name", "王五"), "contact request.missing_field"},
		"everything wrong":    {taking(visit, "", "name", "!", "phone", "1", "contact", "2", "answers", map[string]any{}), "name name.invalid, phone phone.invalid, transport answer.missing, stays answer.missing, community request.missing_field, contact phone.invalid"},
		"another's":           {taking(l.ulid(), l.far), " arrival.visit"},
		"no seal":             {taking(visit, l.far, "whom", "?"), " request.malformed"},
		"a time of their own": {taking(visit, l.far, "at", "2022-03-14T04:00:00Z"), "at request.unknown_field"},
		"themselves along":    {taking(visit, l.far, "name", "王五", "phone", "13700137000", "companions", []any{comesAlong(40, "王五")}), "companions.0.document.number arrival.twice"},
	} {
		l.changesNothing(t, func() {
			if got := problemsOf(l.takes(gate, c.in)); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		})
	}
	l.tables(func() {
		l.takes(gate, taking(visit, l.far, "name", "王五", "contact", "13700137000")).into(t, &seen)
	}, "arrivals", "audit", "requests", "reviews")
	if seen.Advice != "paper" || !seen.Arrival.Declared || seen.Arrival.From != "武汉市" || seen.Turn != nil {
		t.Errorf("taken down: %+v", seen)
	}
	id := l.reviews(l.tokens["outsider"])[0]
	l.says("outsider", "/console/reviews/"+id, documentNumber(40), "王五", "13700137000")
	if a := l.ask(l.tokens["outsider"], "GET", "/console/reviews/"+id, nil); !strings.Contains(string(a.Body), "guard 在杭州西站代为登记") {
		t.Error("the worker's page does not say who took it down")
	}
	l.ask(l.tokens["outsider"], "POST", "/v1/reviews/"+id+"/claim", nil).into(t, nil)
	l.ask(l.tokens["outsider"], "POST", "/v1/reviews/"+id+"/judgement", map[string]string{"verdict": "refuse", "words": "电话打不通。"}).into(t, nil)
}

// TestStrangerInTheQueue: whose code of elsewhere needs a check here has a number, by
// the installation and the handle and no name, and says where they go.
func TestStrangerInTheQueue(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	gate, worker := zhejiang.gateway("guard"), zhejiang.staff("worker")
	anhui.declare(driver, ill).into(t, nil)
	text := anhui.shown(driver, 0)
	scan := func() (id string, out atGateway) {
		id = zhejiang.ulid()
		zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": id, "pass": text}).into(t, &out)
		return id, out
	}
	visit, seen := scan()
	if seen.Advice != "queue" || seen.Turn == nil || seen.Turn.Why != "peer_yellow" || seen.Turn.Number != 1 || seen.Name != "张*" || seen.Arrival.Declared {
		t.Fatalf("scanned: %+v, %+v", seen, seen.Turn)
	}
	if _, again := scan(); again.Turn == nil || again.Turn.ID != seen.Turn.ID {
		t.Errorf("scanned again: %+v", again.Turn)
	}
	queue := zhejiang.ask(gate, "GET", "/v1/queue", nil)
	if body := string(queue.Body); !strings.Contains(body, `"from":"甲","handle":"`) || strings.Contains(body, "张") {
		t.Errorf("the queue is %s", body)
	}
	for table, rows := range storetest.Dump(t, zhejiang.db) {
		for _, row := range rows {
			if strings.Contains(row, "张*") {
				t.Errorf("table %s keeps their name", table)
			}
		}
	}
	call := "/v1/queue/" + seen.Turn.ID
	zhejiang.ask(gate, "POST", call+"/call", nil).into(t, nil)
	if a := zhejiang.ask(gate, "POST", call+"/outcome", map[string]string{"outcome": "handed"}); a.String() != "409 turn.undeclared" {
		t.Errorf("handed over to nobody: %s", a)
	}
	in := with(taking(visit, zhejiang.community, "name", "张三", "phone", "13700137000"), "answers", map[string]any{"transport": "train", "stays": []any{map[string]string{"place": "330100", "from": "2022-03-10", "to": "2022-03-14"}}})
	var taken atGateway
	zhejiang.takes(gate, in).into(t, &taken)
	if taken.Turn == nil || taken.Turn.ID != seen.Turn.ID || !taken.Arrival.Declared || taken.Colour != "yellow" || taken.Advice != "queue" {
		t.Errorf("taken down: %+v", taken)
	}
	zhejiang.ask(gate, "POST", call+"/outcome", map[string]string{"outcome": "handed"}).into(t, nil)
	zhejiang.hears(t, worker)
	_, next := scan()
	if next.Advice != "call" || next.Turn.Outcome != string(models.CheckedHanded) || !next.Arrival.Declared {
		t.Errorf("scanned after the check: %+v, %+v", next, next.Turn)
	}
}

// hears is the destination, which has two hours to call on them.
func (s *street) hears(t *testing.T, worker string) {
	t.Helper()
	ids := s.reviews(worker)
	if len(ids) != 1 {
		t.Fatalf("the destination has %v", ids)
	}
	a := s.ask(worker, "GET", "/console/reviews/"+ids[0], nil, "Accept-Language", "zh")
	for _, want := range []string{"张三", "13700137000", "甲", "外地码为黄色", "已移交社区"} {
		if !strings.Contains(string(a.Body), want) {
			t.Errorf("the worker's page lacks %s", want)
		}
	}
}
