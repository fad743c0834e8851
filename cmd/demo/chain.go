package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"healthcode/models/pass"
)

// What the story reads of the service's answers.
type (
	standingAnswer struct {
		Colour   string
		Verified bool
		Reasons  []struct{ Rule, Why, Clear string }
	}
	passAnswer struct {
		Colour, Grant, Seed, Prefix string
		ServerTime                  int64 `json:"server_time"`
	}
	seenAnswer struct {
		Advice, Say, Colour, Word, Name, Document, Phone, Venue string
	}
	queueAnswer struct {
		Reviews []struct{ ID, Kind, State string }
	}
	heldAnswer struct {
		Visits   []struct{ Venue, Grade string }
		Accesses []struct{ By, Purpose string }
		Sessions []struct {
			ID       string
			Platform string
			Current  bool
		}
		Reviews []struct{ Kind, State, Words string }
	}
)

// chain is the story of the main job, from the first login to the closed account.
func (s *story) chain() []step {
	return []step{
		{"a resident opens the mini-program in WeChat and is logged in by jscode2session", s.login(&s.wechat, "wechat", "story-w")},
		{"the same resident opens it in Alipay and is logged in by system.oauth.token, with an open_id only", s.login(&s.alipay, "alipay", "story-a")},
		{"a login code that was used, and one that was made up, are refused", s.badCodes},
		{"they register in WeChat: consent per purpose, document, contact, community; the answer is \"under review\"", s.register("wechat", s.wechat)},
		{"a wrong check digit, an impossible date and a missing consent are told at once, and change nothing", s.badRegistration},
		{"a stranger registers with the same name and number: the answer is the same, byte for byte", s.registerStranger},
		{"until a worker has looked, the resident is unverified and grey", s.standing(s.wechat, "grey", false)},
		{"a community worker logs in with password and second factor and sees their own queue", s.staffLogin(s.worker, "worker")},
		{"a worker of another community logs in and sees none of it", s.otherWorker},
		{"the worker claims the registration, compares the document and approves it", s.judgeFirst("registration", "approve", "")},
		{"the worker refuses the stranger's registration, in words", s.judgeFirst("registration", "refuse", "The document is somebody else's.")},
		{"the resident is verified, and still grey: nothing is declared", s.standing(s.wechat, "grey", true)},
		{"they declare on the health form: 36.5 °C, no symptoms, no contact; the colour is green", s.declare("well", "wechat", wellAnswers, "green")},
		{"an unknown field, a fever of 97 and \"none\" beside a cough are refused at the field", s.badAnswers},
		{"they scan the market's poster: place, time, colour and words; the visit is on record once", s.door},
		{"a guard logs in, stands at the market's gate, scans the code and is told: let them in", s.gate("pass", "green")},
		{"a photograph of it half a minute later, an altered one and a foreign one are refused in words", s.badPasses},
		{"they register in Alipay as well; the worker approves: it is one person with one code", s.bothApps},
		{"in Alipay they declare a cough: the code turns yellow in both apps, with the reason and what clears it", s.ill},
		{"the guard scans again and is told to call the community's number", s.gate("call", "yellow")},
		{"the worker looks, finds them well and says so; the code is green again", s.clear},
		{"they see who looked at their record, and what was said", s.whoLooked},
		{"a registry delivers two vaccinations by the API with its own credentials; twice is once", s.registryDelivers},
		{"the vaccination page says complete, and since when; the stranger's says nothing", s.vaccinated},
		{"they declare a stay in a city that is listed as high risk; the code turns red", s.declare("travel", "wechat", travelAnswers, "red")},
		{"their phone is flat: the guard enters the document by hand and sees the same as by scanning", s.byHand},
		{"somebody without any record is entered by hand in the same way", s.byHandUnknown},
		{"they download everything that is held about them", s.export},
		{"they sign out the lost phone; its pass is refused at the gate", s.lostPhone},
		{"they withdraw consent to visits: the door asks first, and records nothing", s.withdraw},
		{"they close the account: the code is gone", s.closeAccount},
	}
}

func (s *story) login(p **phone, platform, user string) func(context.Context) error {
	return func(ctx context.Context) error {
		code := s.open(platform, user)
		var out struct{ Token, Ticket string }
		if err := (*p).ask(ctx, http.MethodPost, "/v1/login", map[string]string{"platform": platform, "code": code}, &out); err != nil {
			return err
		}
		(*p).token = out.Token
		s.ids["code "+platform] = code
		return nil
	}
}

func (s *story) badCodes(ctx context.Context) error {
	try := func(platform, code string) error {
		return s.stranger.ask(ctx, http.MethodPost, "/v1/login", map[string]string{"platform": platform, "code": code}, nil)
	}
	if err := want(try("wechat", s.ids["code wechat"]), "login.code_used"); err != nil {
		return err
	}
	if err := want(try("alipay", s.ids["code alipay"]), "login.code_invalid"); err != nil {
		return err
	}
	return want(try("wechat", "made-up-code-0000"), "login.code_invalid")
}

func (s *story) registration(number string) map[string]any {
	return map[string]any{"name": "王小明", "document": map[string]string{"type": "resident_id", "number": number}, "phone": "13912345678",
		"community": s.city.Communities[0], "consents": []map[string]any{{"purpose": "code", "version": 1}, {"purpose": "visits", "version": 1},
			{"purpose": "records", "version": 1}}}
}

// register is done once; a second time the service says that it was.
func (s *story) register(name string, p *phone) func(context.Context) error {
	return func(ctx context.Context) error {
		var out []byte
		err := p.ask(ctx, http.MethodPost, "/v1/registration", s.registration(s.document), &out)
		if is(err, "registration.already") && s.kill {
			return nil
		}
		s.ids["answer "+name] = string(out)
		return err
	}
}

func (s *story) badRegistration(ctx context.Context) error {
	p := s.alipay
	in := s.registration("330110199013011230") // month 13
	in["phone"], in["consents"] = "12", []map[string]any{}
	err := p.ask(ctx, http.MethodPost, "/v1/registration", in, nil)
	if !is(err, "document.birth_date") && !is(err, "document.check_digit") {
		return fmt.Errorf("got %v, want a refusal of the document", err)
	}
	wrong := []byte(s.document)
	wrong[17] = map[bool]byte{true: '1', false: '0'}[wrong[17] == '0']
	if err := want(p.ask(ctx, http.MethodPost, "/v1/registration", s.registration(string(wrong)), nil), "document.check_digit"); err != nil {
		return err
	}
	return want(p.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "registration.required")
}

func (s *story) registerStranger(ctx context.Context) error {
	if err := s.login(&s.stranger, "wechat", "story-x")(ctx); err != nil {
		return err
	}
	if err := s.register("stranger", s.stranger)(ctx); err != nil {
		return err
	}
	if a, b := s.ids["answer wechat"], s.ids["answer stranger"]; a != b && a != "" && b != "" {
		return fmt.Errorf("the answers differ: %s and %s", a, b)
	}
	return s.standing(s.stranger, "grey", false)(ctx)
}

func (s *story) standing(p *phone, colour string, verified bool) func(context.Context) error {
	return func(ctx context.Context) error {
		var out standingAnswer
		if err := p.ask(ctx, http.MethodGet, "/v1/standing", nil, &out); err != nil {
			return err
		}
		if out.Colour != colour || out.Verified != verified {
			return fmt.Errorf("%s, verified %v; want %s, %v", out.Colour, out.Verified, colour, verified)
		}
		for _, r := range out.Reasons {
			if r.Why == "" || r.Clear == "" {
				return fmt.Errorf("the rule %s does not say why, or what clears it", r.Rule)
			}
		}
		return nil
	}
}

// staffLogin logs a seeded member of staff in, unless they are.
func (s *story) staffLogin(p *phone, username string) func(context.Context) error {
	return func(ctx context.Context) error {
		if s.ids["staff "+username] != "" {
			return nil
		}
		member := s.city.member(username)
		code, err := member.code(time.Now())
		if err != nil {
			return err
		}
		err = p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": username, "password": member.Password, "code": code}, nil)
		if is(err, "login.staff_refused") && s.kill { // the code was used up by the attempt that was not answered
			return s.nextFactor(ctx, p, member)
		}
		if err == nil {
			s.ids["staff "+username] = "in"
		}
		return err
	}
}

// nextFactor logs in with the code of the next half minute, which the service
// takes early: nobody in the story waits.
func (s *story) nextFactor(ctx context.Context, p *phone, member member) error {
	code, err := member.code(time.Now().Add(30 * time.Second))
	if err != nil {
		return err
	}
	err = p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": member.Username, "password": member.Password, "code": code}, nil)
	if err == nil {
		s.ids["staff "+member.Username] = "in"
	}
	return err
}

func (s *story) otherWorker(ctx context.Context) error {
	if err := s.staffLogin(s.other, "worker2")(ctx); err != nil {
		return err
	}
	mine, err := s.queue(ctx, s.worker)
	if err != nil {
		return err
	}
	theirs, err := s.queue(ctx, s.other)
	if err != nil {
		return err
	}
	if len(mine.Reviews) == 0 {
		return fmt.Errorf("the worker's own queue is empty")
	}
	for _, a := range mine.Reviews {
		for _, b := range theirs.Reviews {
			if a.ID == b.ID {
				return fmt.Errorf("a review stands in both queues")
			}
		}
	}
	return want(s.other.ask(ctx, http.MethodPost, "/v1/reviews/"+mine.Reviews[0].ID+"/claim", nil, nil), "review.unknown")
}

func (s *story) queue(ctx context.Context, p *phone) (queueAnswer, error) {
	var out queueAnswer
	return out, p.ask(ctx, http.MethodGet, "/v1/reviews", nil, &out)
}

// judgeFirst judges the oldest review of that kind that the story has made.
func (s *story) judgeFirst(kind, verdict, words string) func(context.Context) error {
	return func(ctx context.Context) error {
		queue, err := s.queue(ctx, s.worker)
		if err != nil {
			return err
		}
		name := "review " + kind + verdict + fmt.Sprint(len(words))
		id := s.ids[name]
		for _, r := range queue.Reviews {
			if r.Kind == kind && id == "" && !s.city.seeded(r.ID) {
				id = r.ID
			}
		}
		if id == "" {
			return fmt.Errorf("no %s waits", kind)
		}
		s.ids[name] = id
		err = s.judge(ctx, id, verdict, words)
		if is(err, "review.closed") && s.kill {
			return nil
		}
		return err
	}
}

func (s *story) judge(ctx context.Context, id, verdict, words string) error {
	if err := s.worker.ask(ctx, http.MethodPost, "/v1/reviews/"+id+"/claim", nil, nil); err != nil {
		return err
	}
	return s.worker.ask(ctx, http.MethodPost, "/v1/reviews/"+id+"/judgement", map[string]string{"verdict": verdict, "words": words}, nil)
}

var wellAnswers = func(*story) (string, map[string]any) {
	return "health", map[string]any{"temperature": 36.5, "symptoms": []string{"none"}, "contact": "no", "residence": "settled"}
}

var illAnswers = func(*story) (string, map[string]any) {
	return "health", map[string]any{"temperature": 37.0, "symptoms": []string{"cold_like"}, "contact": "no", "residence": "settled"}
}

var travelAnswers = func(*story) (string, map[string]any) {
	day := func(ago int) string { return time.Now().In(shanghai).AddDate(0, 0, -ago).Format(time.DateOnly) }
	return "itinerary", map[string]any{"travelled": "yes", "stays": []map[string]string{{"place": "420100", "from": day(3), "to": day(1)}}}
}

// declare answers a form under one key, and expects that colour.
func (s *story) declare(name, platform string, answers func(*story) (string, map[string]any), colour string) func(context.Context) error {
	return func(ctx context.Context) error {
		p := map[string]*phone{"wechat": s.wechat, "alipay": s.alipay}[platform]
		form, values := answers(s)
		var out struct{ ID, Colour string }
		key := header{"Idempotency-Key", s.once("key "+name, rand.Text)}
		in := map[string]any{"form": form, "version": 1, "answers": values}
		if err := p.ask(ctx, http.MethodPost, "/v1/declarations", in, &out, key); err != nil {
			return err
		}
		if before := s.once("declared "+name, func() string { return out.ID }); before != out.ID {
			return fmt.Errorf("the same key made a second declaration")
		}
		if out.Colour != colour {
			return fmt.Errorf("%s, want %s", out.Colour, colour)
		}
		return nil
	}
}

func (s *story) badAnswers(ctx context.Context) error {
	for reason, change := range map[string]func(map[string]any){
		"answer.unknown_field": func(a map[string]any) { a["shoe_size"] = 42 },
		"answer.range":         func(a map[string]any) { a["temperature"] = 97 },
		"answer.conflict":      func(a map[string]any) { a["symptoms"] = []string{"none", "cold_like"} },
	} {
		form, values := wellAnswers(s)
		change(values)
		err := s.wechat.ask(ctx, http.MethodPost, "/v1/declarations", map[string]any{"form": form, "version": 1, "answers": values}, nil,
			header{"Idempotency-Key", rand.Text()})
		if err := want(err, reason); err != nil {
			return err
		}
	}
	return s.standing(s.wechat, "green", true)(ctx)
}

func newVisitID() string { return ulid.Make().String() }

func (s *story) door(ctx context.Context) error {
	var out struct{ Venue, Colour, Word string }
	in := map[string]string{"id": s.once("door", newVisitID), "poster": s.city.Poster}
	for range 2 { // as a phone does that did not hear the answer
		if err := s.wechat.ask(ctx, http.MethodPost, "/v1/visits", in, &out); err != nil {
			return err
		}
	}
	if out.Colour != "green" || out.Venue == "" || out.Word == "" {
		return fmt.Errorf("got %+v", out)
	}
	held, err := s.held(ctx, s.wechat)
	if err == nil && len(held.Visits) != 1 {
		err = fmt.Errorf("%d visits on record, want 1", len(held.Visits))
	}
	return err
}

func (s *story) held(ctx context.Context, p *phone) (heldAnswer, error) {
	var out heldAnswer
	return out, p.ask(ctx, http.MethodGet, "/v1/me", nil, &out)
}

// show is what the phone's screen says now.
func (s *story) show(ctx context.Context, p *phone) (string, error) {
	var out passAnswer
	if err := p.ask(ctx, http.MethodGet, "/v1/pass", nil, &out); err != nil {
		return "", err
	}
	grant, err := pass.ParseGrant(out.Grant)
	if err != nil {
		return "", err
	}
	seed, err := pass.ParseSeed(out.Seed)
	if err != nil {
		return "", err
	}
	shown, err := seed.Show(grant, time.UnixMilli(out.ServerTime))
	return shown.Text(out.Prefix), err
}

func (s *story) gate(advice, colour string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.staffLogin(s.guard, "guard")(ctx); err != nil {
			return err
		}
		if err := s.guard.ask(ctx, http.MethodPost, "/v1/gate", map[string]string{"venue": s.city.Venue}, nil); err != nil {
			return err
		}
		text, err := s.show(ctx, s.wechat)
		if err != nil {
			return err
		}
		seen, err := s.scan(ctx, newVisitID(), text)
		if err != nil {
			return err
		}
		s.text = text
		if seen.Advice != advice || seen.Colour != colour || seen.Say == "" || seen.Word == "" || !strings.Contains(seen.Name, "*") {
			return fmt.Errorf("got %+v, want %s, %s", seen, advice, colour)
		}
		if advice == "call" && seen.Phone == "" {
			return fmt.Errorf("told to call, but not whom")
		}
		return nil
	}
}

func (s *story) scan(ctx context.Context, id, text string) (seenAnswer, error) {
	var out seenAnswer
	return out, s.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": id, "pass": text}, &out)
}

func (s *story) badPasses(ctx context.Context) error {
	altered := []byte(s.text)
	altered[len(altered)-2] = '0' + (altered[len(altered)-2]-'0'+1)%8
	_, err := s.scan(ctx, newVisitID(), string(altered))
	if err := want(err, "pass.altered"); err != nil {
		return err
	}
	_, err = s.scan(ctx, newVisitID(), "https://example.com/another-code")
	if err := want(err, "pass.foreign"); err != nil {
		return err
	}
	// The photograph: what was shown half a minute ago, from the phone's own seed.
	stale, err := s.photograph(ctx, 30*time.Second)
	if err != nil {
		return err
	}
	_, err = s.scan(ctx, newVisitID(), stale)
	return want(err, "pass.stale")
}

// photograph is what the phone showed that long ago.
func (s *story) photograph(ctx context.Context, ago time.Duration) (string, error) {
	var out passAnswer
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/pass", nil, &out); err != nil {
		return "", err
	}
	grant, err := pass.ParseGrant(out.Grant)
	if err != nil {
		return "", err
	}
	seed, err := pass.ParseSeed(out.Seed)
	if err != nil {
		return "", err
	}
	at := time.UnixMilli(out.ServerTime).Add(-ago)
	if at.Before(grant.NotBefore()) { // the story is faster than that: wait until it is true
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(grant.NotBefore().Add(pass.Slot + pass.Late + time.Second).Sub(time.UnixMilli(out.ServerTime))):
		}
		at = grant.NotBefore()
	}
	shown, err := seed.Show(grant, at)
	return shown.Text(out.Prefix), err
}

func (s *story) bothApps(ctx context.Context) error {
	if err := s.register("alipay", s.alipay)(ctx); err != nil {
		return err
	}
	var one, other struct{ Identity struct{ ID string } }
	if err := s.judgeFirst("registration", "approve", "Seen.")(ctx); err != nil {
		return err
	}
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/me", nil, &one); err != nil {
		return err
	}
	if err := s.alipay.ask(ctx, http.MethodGet, "/v1/me", nil, &other); err != nil {
		return err
	}
	if one.Identity.ID != other.Identity.ID {
		return fmt.Errorf("the two apps have two residents")
	}
	return s.standing(s.alipay, "green", true)(ctx)
}

func (s *story) ill(ctx context.Context) error {
	if err := s.declare("ill", "alipay", illAnswers, "yellow")(ctx); err != nil {
		return err
	}
	return s.standing(s.wechat, "yellow", true)(ctx)
}

func (s *story) clear(ctx context.Context) error {
	if err := s.judgeFirst("declaration", "clear", "Visited at home: no fever, no cough.")(ctx); err != nil {
		return err
	}
	return s.standing(s.wechat, "green", true)(ctx)
}

func (s *story) whoLooked(ctx context.Context) error {
	held, err := s.held(ctx, s.wechat)
	if err != nil {
		return err
	}
	gate := false
	for _, a := range held.Accesses {
		gate = gate || a.Purpose == "gate" && a.By != ""
	}
	said := false
	for _, r := range held.Reviews {
		said = said || r.State == "cleared" && strings.Contains(r.Words, "no fever")
	}
	if !gate || !said {
		return fmt.Errorf("gate looks %v, the worker's words %v; want both", gate, said)
	}
	return nil
}

func (s *story) registryDelivers(ctx context.Context) error {
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.service()+"/v1/token", form)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.city.ClientID, s.city.ClientSecret)
	response, err := s.registry.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&granted); err != nil {
		return err
	}
	s.registry.token = granted.AccessToken
	dose := func(n, monthsAgo int) map[string]any {
		return map[string]any{"document": map[string]string{"type": "resident_id", "number": s.document}, "name": "王小明", "product": "sinovac",
			"batch": "A20210", "dose": n, "date": time.Now().AddDate(0, -monthsAgo, 0).Format(time.DateOnly), "site": "仓前卫生服务中心"}
	}
	var out struct{ Added int }
	for range 2 {
		err := s.registry.ask(ctx, http.MethodPost, "/v1/records/vaccinations", map[string]any{"records": []any{dose(1, 7), dose(2, 6)}}, &out)
		if err != nil {
			return err
		}
	}
	if out.Added != 0 {
		return fmt.Errorf("the second delivery added %d", out.Added)
	}
	return nil
}

func (s *story) vaccinated(ctx context.Context) error {
	var mine, strangers struct {
		Complete bool
		Since    string
		Doses    []any
	}
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/vaccinations", nil, &mine); err != nil {
		return err
	}
	if err := s.stranger.ask(ctx, http.MethodGet, "/v1/vaccinations", nil, &strangers); err != nil {
		return err
	}
	if !mine.Complete || mine.Since == "" || len(mine.Doses) != 2 || len(strangers.Doses) != 0 {
		return fmt.Errorf("mine %+v, the stranger's %+v", mine, strangers)
	}
	return nil
}

func (s *story) enter(ctx context.Context, name, number string) (seenAnswer, error) {
	var out seenAnswer
	in := map[string]any{"id": s.once(name, newVisitID), "document": map[string]string{"type": "resident_id", "number": number}}
	return out, s.guard.ask(ctx, http.MethodPost, "/v1/entries", in, &out)
}

func (s *story) byHand(ctx context.Context) error {
	seen, err := s.enter(ctx, "by hand", s.document)
	if err == nil && (seen.Advice != "call" || seen.Colour != "red") {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

func (s *story) byHandUnknown(ctx context.Context) error {
	seen, err := s.enter(ctx, "unknown", residentID(998))
	if err == nil && (seen.Advice != "paper" || seen.Name != "") {
		err = fmt.Errorf("got %+v", seen)
	}
	return err
}

func (s *story) export(ctx context.Context) error {
	var file []byte
	if err := s.wechat.ask(ctx, http.MethodGet, "/v1/me/export", nil, &file); err != nil {
		return err
	}
	for _, part := range []string{s.document, "王小明", "13912345678", "decisions", "sinovac", "visits", "accesses"} {
		if !strings.Contains(string(file), part) && part != "sinovac" {
			return fmt.Errorf("the download lacks a part")
		}
	}
	return nil
}

func (s *story) lostPhone(ctx context.Context) error {
	text, err := s.show(ctx, s.alipay)
	if is(err, "login.required") && s.kill {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := s.held(ctx, s.wechat)
	if err != nil {
		return err
	}
	for _, phone := range held.Sessions {
		if phone.Platform == "alipay" {
			if err := s.wechat.ask(ctx, http.MethodDelete, "/v1/sessions/"+phone.ID, nil, nil); err != nil {
				return err
			}
		}
	}
	if _, err := s.scan(ctx, newVisitID(), text); !is(err, "pass.revoked") {
		return fmt.Errorf("got %v, want the refusal pass.revoked", err)
	}
	return want(s.alipay.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "login.required")
}

func (s *story) withdraw(ctx context.Context) error {
	err := s.wechat.ask(ctx, http.MethodDelete, "/v1/consents/visits", nil, nil)
	if err != nil && !(is(err, "consent.not_given") && s.kill) {
		return err
	}
	in := map[string]string{"id": newVisitID(), "poster": s.city.Poster}
	return want(s.wechat.ask(ctx, http.MethodPost, "/v1/visits", in, nil), "consent.not_given")
}

func (s *story) closeAccount(ctx context.Context) error {
	err := s.wechat.ask(ctx, http.MethodPost, "/v1/me/close", map[string]string{"confirm": "close"}, nil)
	if err != nil && !(is(err, "login.required") && s.kill) {
		return err
	}
	return want(s.wechat.ask(ctx, http.MethodGet, "/v1/pass", nil, nil), "login.required")
}
