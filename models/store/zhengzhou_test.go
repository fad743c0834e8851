package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// depositors are people who have money in a bank that somebody wants quiet: verified,
// declared, green.
type depositors struct {
	*town
	people []models.Resident
	before map[string]models.Colour
}

func (w *town) depositors(n int) *depositors {
	w.t.Helper()
	c := &depositors{town: w, before: map[string]models.Colour{}}
	var tokens []string
	for range n {
		_, token := w.registered(w.document())
		tokens = append(tokens, token)
	}
	by := w.worker(w.near)
	for range (n + 49) / 50 {
		w.judge(by, models.Judgement{Verdict: models.Approve})
	}
	for _, token := range tokens {
		me := w.resident(token)
		w.declare(me)
		c.people = append(c.people, me)
		if c.before[me.ID] = w.colour(me); c.before[me.ID] != models.Green {
			w.t.Fatalf("%v to begin with", c.before[me.ID])
		}
	}
	return c
}

// red counts those who are red now, for whoever looks and on record.
func (c *depositors) red() (n int) {
	c.t.Helper()
	for _, me := range c.people {
		decisions, err := c.Decisions(c.ctx, me)
		must(c.t, err)
		if shown := c.colour(me); shown == models.Red || decisions[0].Colour == models.Red {
			n++
		}
	}
	return n
}

// untouched fails if anybody's colour is another than before, now or when everybody
// has been decided anew.
func (c *depositors) untouched(by string) {
	c.t.Helper()
	c.work()
	for _, me := range c.people {
		if got := c.colour(me); got != c.before[me.ID] {
			c.t.Fatalf("%s made somebody %v", by, got)
		}
	}
}

// alone fails unless the member of staff can agree to nothing that there is, and
// unless an auditor outside the office is told of the attempt on what was theirs.
func (c *depositors) alone(by models.Staff, watch models.Auditor) {
	c.t.Helper()
	list, err := c.Proposals(c.ctx, models.Proposer{Staff: by})
	must(c.t, err)
	if len(list) == 0 {
		c.t.Fatal("nothing was proposed")
	}
	for _, p := range list {
		refused(c.t, c.Agree(c.ctx, models.Proposer{Staff: by}, p.ID, ""), models.ReasonProposalOwn)
	}
	c.untouched("one account")
	c.told(watch, models.AlarmOwn)
}

// told fails unless the auditor has that alarm, and the metric too.
func (c *depositors) told(watch models.Auditor, kind models.AlarmKind) {
	c.t.Helper()
	list, unread, err := c.Alarms(c.ctx, watch)
	must(c.t, err)
	if !slices.ContainsFunc(list, func(a models.Alarm) bool { return a.Kind == kind }) || unread == 0 {
		c.t.Errorf("the auditor knows of %v, %d unread, and not of %s", list, unread, kind)
	}
	forged := kind == models.AlarmForged && slices.ContainsFunc(c.alarmed(), func(a string) bool { return strings.HasPrefix(a, "mac_") })
	if !forged && !slices.Contains(c.alarmed(), string(kind)) {
		c.t.Errorf("no alarm %s: %v", kind, c.alarmed())
	}
}

// reason fails unless the resident was told at once that they are red, and why.
func (c *depositors) reason(me models.Resident, rule string, kind models.FactKind) {
	c.t.Helper()
	list, err := c.Notices(c.ctx, me)
	must(c.t, err)
	if len(list) == 0 || list[0].Decision.Colour != models.Red || list[0].Decision.Reasons[0].Rule != rule {
		c.t.Fatalf("was told %+v, not of %s", list, rule)
	}
	facts, err := c.FactsOf(c.ctx, me, list[0].Decision.Reasons[0].Facts)
	must(c.t, err)
	if len(facts) != 1 || facts[0].Kind != kind {
		c.t.Errorf("the reason rests on %+v", facts)
	}
}

var july = noon.AddDate(0, 0, 14)

// TestZhengzhou: in June 2022 an office turned 1,317 people red who wanted their
// money back. Each lever, pulled by any one account, turns nobody red; nor does the
// application's database account; and all accounts of an office together reach no
// further than its cap, with the true reason on the screen and an auditor told.
func TestZhengzhou(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *depositors, models.Auditor){
		"order": zhengzhouOrder, "listing": zhengzhouListing, "exposure": zhengzhouExposure, "import": zhengzhouImport,
		"on-behalf": zhengzhouOnBehalf, "rule": zhengzhouRule, "form": zhengzhouForm, "recognition": zhengzhouRecognition, "move": zhengzhouMove, "merger": zhengzhouMerger, "poster photo": zhengzhouPoster,
		"SQL insert": zhengzhouSQL("INSERT"), "SQL update": zhengzhouSQL("UPDATE"),
	} {
		t.Run(name, func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) {
				w := newTown(t, db)
				test(t, w.depositors(3), w.auditor("330100"))
			})
		})
	}
}

func zhengzhouOrder(t *testing.T, c *depositors, watch models.Auditor) {
	lead := c.lead("330110")
	me := c.people[0]
	_, err := c.Order(c.ctx, lead, me.Document, models.Order{Reason: "petitioner", Until: july}, "a list")
	refused(t, err, models.ReasonOrderReason)
	_, err = c.Order(c.ctx, lead, me.Document, models.Order{Reason: "confirmed", Until: noon.AddDate(1, 0, 0)}, "a list")
	refused(t, err, models.ReasonOrderUntil)
	_, err = c.Order(c.ctx, lead, me.Document, models.Order{Reason: "confirmed", Until: july}, " ")
	refused(t, err, models.ReasonFieldMissing)
	_, err = c.Order(c.ctx, c.lead("420100"), me.Document, models.Order{Reason: "confirmed", Until: july}, "a list")
	refused(t, err, models.ReasonResidentUnknown)
	for _, me := range c.people {
		_, err := c.Order(c.ctx, lead, me.Document, models.Order{Reason: "confirmed", Until: july}, "hospital report 17")
		must(t, err)
	}
	c.alone(lead.Staff, watch)

	c.agree(c.lead("330110").Staff)
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two leads agreed", got)
	}
	c.reason(me, "order_red", models.FactOrder)
	must(t, c.Lift(c.ctx, lead, c.orderOf(me)))
	if got := c.colour(me); got != models.Green {
		t.Errorf("%v after the order was lifted", got)
	}
	refused(t, c.Lift(c.ctx, c.lead("420100"), c.orderOf(c.people[1])), models.ReasonProposalUnknown)
	c.clock.Advance(july.Sub(c.clock.Now()))
	if got := c.colour(c.people[1]); got == models.Red {
		t.Error("still red after the order's end date")
	}
}

// ordered reports whether an order about the resident was agreed to.
func (c *depositors) ordered(me models.Resident) bool {
	c.t.Helper()
	var n int
	must(c.t, c.db.Owner(c.t).QueryRowContext(c.ctx, "SELECT COUNT(*) FROM proposals WHERE resident_id = ? AND state = 'agreed'", me.ID).Scan(&n))
	return n > 0
}

// orderOf is the order about the resident.
func (c *depositors) orderOf(me models.Resident) (id string) {
	c.t.Helper()
	must(c.t, c.db.Owner(c.t).QueryRowContext(c.ctx, "SELECT id FROM proposals WHERE resident_id = ?", me.ID).Scan(&id))
	return id
}

func zhengzhouListing(t *testing.T, c *depositors, watch models.Auditor) {
	for i, me := range c.people {
		stay := models.Stay{Place: "330110", From: noon.AddDate(0, 0, -3), To: noon.AddDate(0, 0, -2)}
		_, err := c.Declare(c.ctx, me, store.Key{Value: fmt.Sprint("travel", i)}, models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}})
		must(t, err)
	}
	lister := c.epidemiologist("330110")
	for _, place := range []string{"330110", c.near} {
		_, err := c.List(c.ctx, lister, models.Listing{Place: place, Level: models.LevelHigh, From: noon.AddDate(0, 0, -5)}, "an outbreak")
		must(t, err)
	}
	_, err := c.List(c.ctx, lister, models.Listing{Place: "330100", Level: models.LevelHigh, From: noon.AddDate(0, 0, -5)}, "the city")
	refused(t, err, models.ReasonForbidden)
	c.alone(lister.Staff, watch)

	c.agree(c.epidemiologist("330110").Staff)
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two epidemiologists agreed", got)
	}
	c.reason(c.people[0], "high_stay", models.FactStay)
}

func zhengzhouExposure(t *testing.T, c *depositors, watch models.Auditor) {
	gate := c.gate()
	for _, me := range c.people {
		_, err := c.Enter(c.ctx, gate, store.Entry{ID: c.ulid(), Document: me.Document, Name: me.Name})
		must(t, err)
	}
	c.clock.Advance(time.Hour)
	tracer := c.epidemiologist("330110")
	met := models.Exposure{VenueID: c.venue.ID, Case: "HZ-2022-17", From: noon.Add(-time.Hour), To: c.clock.Now()}
	before := met
	before.From, before.To = noon.AddDate(0, 0, -2), noon.AddDate(0, 0, -1)
	_, err := c.Expose(c.ctx, tracer, before, "a case")
	refused(t, err, models.ReasonExposureNobody)
	before.To = noon
	_, err = c.Expose(c.ctx, tracer, before, "a case")
	refused(t, err, models.ReasonExposurePeriod)
	_, err = c.Expose(c.ctx, c.epidemiologist("420100"), met, "a case")
	refused(t, err, models.ReasonVenueUnknown)
	_, err = c.Expose(c.ctx, tracer, met, "a case")
	must(t, err)
	c.alone(tracer.Staff, watch)

	c.agree(c.epidemiologist("330110").Staff)
	for _, me := range c.people {
		if got := c.colour(me); got != models.Yellow {
			t.Errorf("%v after two epidemiologists traced a case", got)
		}
	}
	if c.red() != 0 {
		t.Error("an exposure turned somebody red")
	}
}

// zhengzhouPoster: 871 of them had never been in the city. They were sent a picture of
// a poster there, and scanned it at home.
func zhengzhouPoster(t *testing.T, c *depositors, watch models.Auditor) {
	for _, me := range c.people {
		_, err := c.Door(c.ctx, me, c.ulid(), c.venue.Poster)
		must(t, err)
	}
	c.untouched("a picture of a poster")
	c.clock.Advance(time.Hour)
	tracer := c.epidemiologist("330110")
	_, err := c.Expose(c.ctx, tracer, models.Exposure{VenueID: c.venue.ID, Case: "HZ-2022-17", From: noon.Add(-time.Hour), To: c.clock.Now()}, "a case")
	must(t, err)
	c.alone(tracer.Staff, watch)
	c.agree(c.epidemiologist("330110").Staff)
	c.untouched("a picture of a poster and two epidemiologists")
}

func zhengzhouImport(t *testing.T, c *depositors, watch models.Auditor) {
	laboratory := models.Client{ID: "laboratory", Display: "a laboratory"}.Actor()
	var list []models.Test
	for _, me := range c.people {
		list = append(list, models.Test{Document: me.Document, Name: me.Name, Kind: "pcr", Result: "positive", Sampled: c.clock.Now(), Lab: "lab"})
	}
	for range 2 { // sending them again doubles nothing
		got, err := c.ImportTests(c.ctx, laboratory, "330110", list)
		must(t, err)
		if got.Added != 0 {
			t.Fatalf("%d positive results count before anybody agreed", got.Added)
		}
	}
	c.untouched("a laboratory")
	contrary := list[0]
	contrary.Result = "negative"
	_, err := c.ImportTests(c.ctx, laboratory, "330110", []models.Test{contrary})
	var conflicts models.Problems
	if !errors.As(err, &conflicts) || conflicts[0].Reason != models.ReasonRecordConflict {
		t.Errorf("the contrary of what is held: %v", err)
	}
	by := models.Proposer{Staff: c.epidemiologist("330110").Staff}
	waiting, err := c.Proposals(c.ctx, by)
	must(t, err)
	if len(waiting) != 1 || len(waiting[0].Tests) != len(c.people) || waiting[0].Effect.Reddened != int64(len(c.people)) {
		t.Fatalf("held: %+v", waiting)
	}
	must(t, c.RefuseProposal(c.ctx, by, waiting[0].ID, "the samples were mixed up"))
	c.untouched("a refused delivery")
	got, err := c.ImportTests(c.ctx, laboratory, "330110", list)
	must(t, err)
	if got.Held != len(list) {
		t.Fatalf("%+v of what was refused before", got)
	}
	c.agree(by.Staff)
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although an epidemiologist agreed", got)
	}
	c.reason(c.people[0], "positive_test", models.FactTest)
	_ = watch
}

func zhengzhouOnBehalf(t *testing.T, c *depositors, watch models.Auditor) {
	c.list(models.Listing{Place: "420100", Level: models.LevelHigh, From: noon.AddDate(0, 0, -9)})
	by := c.worker(c.near)
	travelled := models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`),
		Stays: []models.Stay{{Place: "420100", From: noon.AddDate(0, 0, -3), To: noon.AddDate(0, 0, -2)}}}
	for _, me := range c.people {
		found, err := c.Behalf(c.ctx, by, me.Document)
		must(t, err)
		p, err := c.DeclareFor(c.ctx, by, found, travelled, "told me so on the telephone")
		must(t, err)
		if p.State != models.ProposalOpen || p.Effect.Reddened != 1 {
			t.Fatalf("%+v", p)
		}
	}
	_, err := c.Behalf(c.ctx, c.worker(c.far), c.people[0].Document)
	refused(t, err, models.ReasonResidentUnknown)
	c.alone(by.Staff, watch)

	healthy := models.Declaration{Form: "health", Version: 1, Answers: []byte(`{}`), Review: true}
	p, err := c.DeclareFor(c.ctx, by, c.people[0], healthy, "has no telephone")
	must(t, err)
	if p.State != models.ProposalAgreed {
		t.Errorf("a declaration that harms nobody waits: %+v", p)
	}
	queue, err := c.For(by).Queue(c.ctx, "")
	must(t, err)
	review := queue[len(queue)-1].ID
	refused(t, c.For(by).Claim(c.ctx, review), models.ReasonReviewOwn)
	colleague := c.worker(c.near)
	must(t, c.For(colleague).Claim(c.ctx, review))
	must(t, c.For(colleague).Judge(c.ctx, review, models.Judgement{Verdict: models.Approve}))

	c.agree(colleague.Staff)
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two workers agreed", got)
	}
	c.reason(c.people[0], "high_stay", models.FactStay)
}

func zhengzhouRule(t *testing.T, c *depositors, watch models.Auditor) {
	for _, me := range c.people {
		c.declare(me, symptom)
		c.before[me.ID] = models.Yellow
	}
	drafter, by := c.officer("330110")
	draft, err := drafter.Draft(c.ctx, models.PublishedRules, stricter("330110", 1))
	must(t, err)
	c.work()
	_, err = drafter.Publish(c.ctx, draft.ID)
	refused(t, err, models.ReasonDraftOwn)
	c.untouched("one officer")
	c.told(watch, models.AlarmOwn)
	_ = by

	publisher, _ := c.officer("330110")
	_, err = publisher.Publish(c.ctx, draft.ID)
	must(t, err)
	c.work()
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two officers agreed", got)
	}
	c.reason(c.people[0], "feverish", models.FactSymptom)
}

func zhengzhouForm(t *testing.T, c *depositors, watch models.Auditor) {
	var body []byte
	for _, f := range forms.Default() {
		if f.Form().ID == "health" {
			body = append(f.Source(), '\n')
		}
	}
	drafter, _ := c.officer("330110")
	begun, err := drafter.Begin(c.ctx, "form.health")
	must(t, err)
	draft, err := drafter.Draft(c.ctx, models.PublishedForm, []byte(begun.Body))
	must(t, err)
	_, err = drafter.Publish(c.ctx, draft.ID)
	refused(t, err, models.ReasonDraftOwn)
	c.told(watch, models.AlarmOwn)
	publisher, _ := c.officer("330110")
	_, err = publisher.Publish(c.ctx, draft.ID)
	must(t, err)
	c.untouched("a form")
	if len(body) == 0 {
		t.Error("there is no health form")
	}
}

// zhengzhouRecognition: they are to be stopped at the gates of another place, by what it
// says that their codes come to there.
func zhengzhouRecognition(t *testing.T, c *depositors, _ models.Auditor) {
	for _, me := range c.people {
		c.declare(me, symptom)
		c.before[me.ID] = models.Yellow
	}
	must(t, c.AddJurisdiction(c.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
	there, watch := c.gateNow(), c.auditor("000000")
	far, err := c.AddCommunity(c.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("wuhan"), Phone: "027-1"})
	must(t, err)
	there.Venue, err = c.AddVenue(c.ctx, operator, models.Venue{Jurisdiction: "420100", CommunityID: far, Name: words("station")})
	must(t, err)
	c.recognises(peering("420100", "330000", 1, plain))
	harsh := peering("420100", "330000", 2, plain+"reasons:\n  - {is: symptoms, text: {zh: 申报过症状, en: declared symptoms}, colour: red}\n")

	drafter, by := c.officer("420100")
	draft, err := drafter.Draft(c.ctx, models.PublishedPeering, harsh)
	must(t, err)
	_, err = drafter.Publish(c.ctx, draft.ID)
	refused(t, err, models.ReasonDraftOwn)
	c.told(watch, models.AlarmOwn)
	_, err = c.DraftPeering(c.ctx, models.Operator("peer add"), append(harsh, '\n'))
	must(t, err)
	c.stopped(there, 0, "one officer, and the operator")
	for _, f := range c.forgedPeerings(draft, harsh) {
		c.forge(f)
		must(t, c.Refresh(c.ctx))
		c.stopped(there, 0, f.name)
	}
	c.warned("mac_publications")

	colleague, fellow := c.officer("420100")
	p, err := colleague.Publish(c.ctx, draft.ID)
	must(t, err)
	c.stopped(there, len(c.people), "two officers")
	c.untouched("a table of elsewhere")
	mapped, err := c.Mappings(c.ctx)
	must(t, err)
	if len(mapped) != 1 || mapped[0].DraftedBy != by.ID || mapped[0].PublishedBy != fellow.ID || mapped[0].Drafted == "" || mapped[0].Published == "" || string(mapped[0].Source) != string(harsh) {
		t.Errorf("everybody reads %+v", mapped)
	}
	for id, want := range map[string]string{draft.ID: "draft.add by " + by.ID, p.ID: "law.publish by " + fellow.ID} {
		var action, actor string
		must(t, c.db.Owner(t).QueryRowContext(c.ctx, "SELECT action, actor_id FROM audit WHERE subject_id = ?", id).Scan(&action, &actor))
		if got := action + " by " + actor; got != want {
			t.Errorf("on record: %s, want %s", got, want)
		}
	}
}

// stopped fails unless so many are red at the gate, with the reason that the table gives,
// and the others as they are at home.
func (c *depositors) stopped(at models.Gate, want int, by string) {
	c.t.Helper()
	red := 0
	for _, me := range c.people {
		got := c.seenAt(at, me)
		switch {
		case got.Recognised == nil || got.Standing.Colour != c.before[me.ID]:
			c.t.Fatalf("%s: seen %+v", by, got)
		case got.Recognised.Colour != models.Red:
		case got.Recognised.Reasons[0].Text.In(models.English) != "declared symptoms" || got.Advice != models.AdviceCall:
			c.t.Errorf("%s: the guard is told %+v", by, got.Recognised)
		default:
			red++
		}
	}
	if red != want {
		c.t.Fatalf("%s: %d are red at the gate, want %d", by, red, want)
	}
}

// forgedPeerings are what the database's account can do to have the file gone by.
func (c *depositors) forgedPeerings(draft models.Draft, harsh []byte) []forgery {
	return []forgery{
		{name: "the file", sql: "INSERT INTO published_files (hash, body, at) VALUES (?, ?, 1)", args: []any{draft.Hash, string(harsh)}},
		{name: "a publication", sql: `INSERT INTO publications (id, kind, jurisdiction, name, version, hash, drafted_by, published_by, at, mac)
			SELECT '~', kind, jurisdiction, name, 2, ?, drafted_by, published_by, at, mac FROM publications WHERE kind = 'peering'`, args: []any{draft.Hash}},
		{name: "a publication of now", sql: `INSERT INTO publications (id, kind, jurisdiction, name, version, hash, drafted_by, published_by, at, mac)
			VALUES ('~~', 'peering', '420100', '330000', 2, ?, 'a', 'b', 1, 'forged')`, args: []any{draft.Hash}},
		{name: "a publication that is another", sql: "UPDATE publications SET hash = ? WHERE kind = 'peering'", args: []any{draft.Hash}, mysql: true},
		{name: "a row as operators made them", sql: `INSERT INTO peers (id, place, code, version, hash, made_by, at, mac)
			VALUES ('~~~', '420100', '330000', 2, '00', 'peer add', 1, 'forged')`, mysql: true},
		{name: "the file in force", sql: "UPDATE published_files SET body = 'id: x' WHERE hash = '00'", mysql: true},
		{name: "somebody else's draft", sql: "UPDATE drafts SET drafted_by = 'somebody'", mysql: true},
	}
}

func zhengzhouMove(t *testing.T, c *depositors, watch models.Auditor) {
	for _, me := range c.people {
		c.declare(me, symptom)
		c.before[me.ID] = models.Yellow
	}
	must(t, c.AddJurisdiction(c.ctx, operator, models.Jurisdiction{Code: "330200", Parent: "330000", Name: words("330200"), TimeZone: "Asia/Shanghai"}))
	away, err := c.AddCommunity(c.ctx, operator, models.Community{Jurisdiction: "330200", Name: words("away"), Phone: "0574-88880001"})
	must(t, err)
	c.enact("330200", stricter("330200", 1))
	by := c.worker(c.near)
	for _, me := range c.people {
		p, err := c.Move(c.ctx, by, me, away, "has moved")
		must(t, err)
		if p.State != models.ProposalOpen || p.Effect.Reddened != 1 {
			t.Fatalf("%+v", p)
		}
	}
	c.alone(by.Staff, watch)
	p, err := c.Move(c.ctx, by, c.people[0], c.far, "has moved next door")
	must(t, err)
	if p.State != models.ProposalAgreed {
		t.Errorf("a move that harms nobody waits: %+v", p)
	}

	c.agree(c.worker(c.near).Staff)
	c.agree(c.worker(c.far).Staff) // of the community that the first has moved to
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two workers agreed", got)
	}
	c.reason(c.people[1], "feverish", models.FactSymptom)
}

// zhengzhouSQL: whoever has the application's account of the database, and no key. All
// that a forged row can do is to have somebody looked into.
func zhengzhouSQL(verb string) func(*testing.T, *depositors, models.Auditor) {
	return func(t *testing.T, c *depositors, watch models.Auditor) {
		harsh := c.harsh()
		tried := 0
		for _, f := range forgeries(c.town, c.people[0], harsh) {
			if !strings.HasPrefix(f.sql, verb) {
				continue
			}
			tried++
			c.forge(f)
			c.work()
			for _, me := range c.people {
				if got := c.colour(me); got > models.Grey || got == models.Grey && !f.grey {
					t.Fatalf("%s made somebody %v", f.name, got)
				}
			}
		}
		if tried < 5 || c.red() > 0 {
			t.Errorf("%d forgeries, %d red", tried, c.red())
		}
		c.told(watch, models.AlarmForged)
	}
}

// TestZhengzhouTogether: two leads, two epidemiologists and a laboratory of one office
// do whatever they can to a hundred and twenty people.
func TestZhengzhouTogether(t *testing.T) {
	w := newTown(t, schema.Any(t))
	c := w.depositors(models.RedCap + 20)
	watch := w.auditor("330100")
	var tests []models.Test
	lead, agrees := w.lead("330110"), models.Proposer{Staff: w.lead("330110").Staff}
	for i, me := range c.people {
		if i%2 == 0 {
			_, err := w.Order(w.ctx, lead, me.Document, models.Order{Reason: "suspected", Until: july}, "hospital report")
			must(t, err)
		} else {
			tests = append(tests, models.Test{Document: me.Document, Name: me.Name, Kind: "pcr", Result: "positive", Sampled: w.clock.Now(), Lab: "lab"})
		}
	}
	_, err := w.ImportTests(w.ctx, models.Client{ID: "laboratory", Display: "lab"}.Actor(), "330110", tests)
	must(t, err)
	w.agree(w.epidemiologist("330110").Staff)
	c.told(watch, models.AlarmReddened)
	list, err := w.Proposals(w.ctx, agrees)
	must(t, err)
	above := 0
	for _, p := range list {
		if err := w.Agree(w.ctx, agrees, p.ID, ""); err != nil {
			refused(t, err, models.ReasonProposalAbove)
			above++
		}
	}
	w.work()
	if got := c.red(); got != models.RedCap || above == 0 {
		t.Fatalf("%d red, %d refused; the cap of a day is %d", got, above, models.RedCap)
	}
	c.told(watch, models.AlarmCap)
	i := slices.IndexFunc(c.people, func(me models.Resident) bool { return c.ordered(me) })
	c.reason(c.people[i], "order_red", models.FactOrder)
	c.reason(c.people[1], "positive_test", models.FactTest)
	if _, unread, err := w.Alarms(w.ctx, w.auditor("330110")); err != nil || unread != 0 {
		t.Errorf("an auditor of the office itself has %d alarms, %v", unread, err)
	}

	open := slices.DeleteFunc(list, func(p models.Proposal) bool {
		now, err := w.ProposalOf(w.ctx, agrees, p.ID)
		must(t, err)
		return now.State != models.ProposalOpen
	})
	city := models.Proposer{Staff: w.lead("330100").Staff}
	must(t, w.Agree(w.ctx, city, open[0].ID, ""))
	if got := c.red(); got != models.RedCap+1 {
		t.Errorf("%d red when the city agreed to one more", got)
	}
	c.told(watch, models.AlarmAbove)
	must(t, w.ReadAlarms(w.ctx, watch, w.clock.Now()))
	if _, unread, err := w.Alarms(w.ctx, watch); err != nil || unread != 0 {
		t.Errorf("%d unread after reading, %v", unread, err)
	}
	w.clock.Advance(25 * time.Hour)
	must(t, w.Agree(w.ctx, agrees, open[1].ID, ""))
}
