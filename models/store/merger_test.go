package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// districts are a town with a second and a third district, and somebody of each sort in
// the second one.
type districts struct {
	*town
	river, hill string // communities of 330105 and of 330106
	market      models.Venue
	phones      map[string]string // tokens, by resident id
}

func (w *town) districts() *districts {
	w.t.Helper()
	d := &districts{town: w, phones: map[string]string{}}
	var err error
	for _, code := range []string{"330105", "330106"} {
		must(w.t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: code, Parent: "330100", Name: words(code), TimeZone: "Asia/Shanghai"}))
	}
	d.river, err = w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "330105", Name: words("river"), Phone: "0571-88880005"})
	must(w.t, err)
	d.hill, err = w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "330106", Name: words("hill"), Phone: "0571-88880006"})
	must(w.t, err)
	d.market, err = w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330105", CommunityID: d.river, Name: words("river market")})
	must(w.t, err)
	must(w.t, w.Refresh(w.ctx))
	return d
}

// dweller is a verified resident of the community.
func (d *districts) dweller(community string) models.Resident {
	d.t.Helper()
	me := d.newcomer(community)
	d.judge(d.worker2(community), models.Judgement{Verdict: models.Approve})
	return d.resident(d.phones[me.ID])
}

// newcomer is one whose document nobody has checked yet.
func (d *districts) newcomer(community string) models.Resident {
	d.t.Helper()
	account, token := d.account("wechat")
	r := d.registration(d.document())
	r.Community = community
	must(d.t, d.Register(d.ctx, account, r))
	me := d.resident(token)
	d.phones[me.ID] = token
	return me
}

// now is the resident as they are today.
func (d *districts) now(me models.Resident) models.Resident { return d.resident(d.phones[me.ID]) }

// worker2 looks after a community in whichever district.
func (d *districts) worker2(community string) models.Worker {
	d.t.Helper()
	c, err := d.Community(d.ctx, community)
	must(d.t, err)
	by, err := d.Worker(d.ctx, d.hire(models.Staff{Role: models.RoleWorker, Jurisdiction: c.Jurisdiction, Communities: []string{community}}))
	must(d.t, err)
	return by
}

// unite has two officers of a place do it, and says what the second one saw.
func (d *districts) unite(place string, m models.Merger) models.Effect {
	d.t.Helper()
	_, first := d.officer(place)
	_, second := d.officer(place)
	p, err := d.Unite(d.ctx, first, m, "State Council reply 17")
	must(d.t, err)
	d.work()
	seen, err := d.ProposalOf(d.ctx, models.Proposer(second), p.ID)
	must(d.t, err)
	if seen.Refused != nil || seen.Untried {
		d.t.Fatalf("%+v", seen)
	}
	d.clock.Advance(time.Second)
	must(d.t, d.Agree(d.ctx, models.Proposer(second), p.ID, ""))
	return seen.Now
}

// decided are the ids of everything that was decided about somebody, the latest first.
func (d *districts) decided(me models.Resident) (ids []string) {
	d.t.Helper()
	list, err := d.Decisions(d.ctx, me)
	must(d.t, err)
	for _, one := range list {
		ids = append(ids, one.ID+" "+one.RuleSet+" "+one.Colour.String())
	}
	return ids
}

// visited are the ids of somebody's visits.
func (d *districts) visited(me models.Resident) (ids []string) {
	d.t.Helper()
	list, err := d.Visits(d.ctx, me)
	must(d.t, err)
	for _, v := range list {
		ids = append(ids, v.ID)
	}
	return ids
}

// queued is what waits at a worker's desk.
func (d *districts) queued(by models.Worker) (ids []string) {
	d.t.Helper()
	list, err := d.For(by).Queue(d.ctx, "")
	must(d.t, err)
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

// TestMergeDistricts: one district becomes part of another, that of a third, and the
// city's code the province's. Nobody loses a code, a history, a pass, a printed card, a poster,
// a review or a visit, and no row of anybody's is rewritten.
func TestMergeDistricts(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		d := newTown(t, db).districts()
		d.enact("330110", stricter("330110", 1))
		well, ill, settled := d.dweller(d.river), d.dweller(d.river), d.dweller(d.near)
		d.declare(well)
		d.declare(ill, symptom)
		d.declare(settled, symptom)
		waiting := d.newcomer(d.river)
		worker := d.worker2(d.river)
		guard, err := d.Gate(d.ctx, d.hire(models.Staff{Role: models.RoleGuard, Jurisdiction: "330105", VenueID: d.market.ID}))
		must(t, err)
		shown, err := d.Present(d.ctx, d.now(well))
		must(t, err)
		_, err = d.Door(d.ctx, well, d.ulid(), d.market.Poster)
		must(t, err)
		cards := map[models.Resident]store.Printed{well: d.printed(worker, well), ill: d.printed(worker, ill), settled: d.printed(d.worker2(d.near), settled)}
		lost := d.printed(worker, ill)
		cards[ill], lost = lost, cards[ill] // the first of the two has ended
		d.cards(cards, lost, d.market)
		drafter, _ := d.officer("330105")
		draft, err := drafter.Draft(d.ctx, models.PublishedRules, gone("330105", 1))
		must(t, err)
		other := d.replica()
		asked, err := drafter.Begin(d.ctx, "form.health")
		must(t, err)
		form, err := drafter.Draft(d.ctx, models.PublishedForm, []byte(asked.Body))
		must(t, err)
		publisher, _ := d.officer("330105")
		_, err = publisher.Publish(d.ctx, form.ID)
		must(t, err)
		if got := d.FormsIn("330105")[0]; got.ID != "health" || got.Version != form.Version {
			t.Fatalf("asked is %s@%d", got.ID, got.Version)
		}

		want := map[models.Resident]models.Colour{well: models.Green, ill: models.Yellow, settled: models.Red, waiting: models.Grey}
		for me, colour := range want {
			if got := d.colour(me); got != colour {
				t.Fatalf("%v to begin with, want %v", got, colour)
			}
		}
		decisions, visits, queue := map[string][]string{}, d.visited(well), d.queued(worker)
		for me := range want {
			decisions[me.ID] = d.decided(me)
		}
		if len(queue) != 2 || len(visits) != 2 { // a registration, and a declaration of symptoms
			t.Fatalf("%d wait, %d visits", len(queue), len(visits))
		}
		before := storetest.Dump(t, db)
		if effect := d.unite("330100", models.Merger{From: "330105", Into: "330110"}); effect != (models.Effect{People: 3, Worse: 1, Reddened: 1}) {
			t.Errorf("what was shown beforehand: %+v", effect)
		}
		d.kept(before, "communities", "venues", "residents", "moves", "grants", "visits", "reviews", "declarations", "facts", "decisions", "rule_sets", "publications", "drafts", "staff_communities", "prints", "print_ends")
		want[ill] = models.Red
		d.stands(want, decisions, "330110")
		d.work()
		d.stands(want, decisions, "330110")
		if list := d.decided(ill); len(list) != len(decisions[ill.ID])+1 || !strings.Contains(list[0], "local@1#") {
			t.Errorf("decided anew: %v", list)
		}
		if list := d.decided(well); !slices.Equal(list, decisions[well.ID]) {
			t.Errorf("who stays green is decided anew: %v", list)
		}
		if got := d.FormsIn("330105")[0]; got != d.FormsIn("330110")[0] || got.Version == form.Version {
			t.Errorf("asked is %s@%d", got.ID, got.Version)
		}
		if old, err := d.Form(d.ctx, "health", form.Version); err != nil || old.Jurisdiction != "330105" {
			t.Errorf("what was asked before: %v", err)
		}
		successor, _ := d.officer("330110")
		_, err = successor.Draft(d.ctx, models.PublishedForm, []byte(strings.ReplaceAll(asked.Body, "330105", "330110")))
		refused(t, err, models.ReasonDraftFaults) // two forms of one name and version

		first, err := d.Decisions(d.ctx, ill)
		must(t, err)
		if _, err := d.RuleSet(d.ctx, first[1].RuleSet); err != nil {
			t.Errorf("the rules of before: %v", err)
		}

		// The pass of before, the poster of before, the reviews of before.
		gate := models.Gate{Staff: guard.Staff, Venue: d.market}
		seen, err := d.Scan(d.ctx, gate, d.ulid(), d.show(shown))
		must(t, err)
		if seen.Standing.Colour != models.Green || shown.Grant.Jurisdiction() != "330105" {
			t.Errorf("the pass of %s: %v", shown.Grant.Jurisdiction(), seen.Standing.Colour)
		}
		if seen, err = d.Door(d.ctx, well, d.ulid(), d.market.Poster); err != nil || seen.Venue.ID != d.market.ID || seen.Venue.Jurisdiction != "330110" {
			t.Errorf("the poster: %+v, %v", seen.Venue, err)
		}
		if _, err := d.Enter(d.ctx, gate, store.Entry{ID: d.ulid(), Document: well.Document, Name: well.Name}); err != nil {
			t.Errorf("the document at the gate: %v", err)
		}
		if got := d.visited(well); len(got) != len(visits)+3 || !slices.Equal(got[3:], visits) {
			t.Errorf("visits: %v", got)
		}
		d.cards(cards, lost, d.market)
		must(t, d.WithdrawPrint(d.ctx, worker, cards[ill].ID)) // by whoever looked after them before
		lost, cards[ill] = cards[ill], d.printed(worker, d.now(ill))
		d.cards(cards, lost, d.market)
		fresh, err := d.Present(d.ctx, d.now(ill))
		must(t, err)
		if fresh.Grant.Jurisdiction() != "330110" || fresh.Grant.Colour() != models.Red {
			t.Errorf("a pass of today is %s's, %v", fresh.Grant.Jurisdiction(), fresh.Grant.Colour())
		}
		if got := d.queued(worker); !slices.Equal(got, queue) {
			t.Errorf("what waits: %v, was %v", got, queue)
		}
		d.judge(worker, models.Judgement{Verdict: models.Approve})
		if me := d.now(waiting); !me.Verified || me.Jurisdiction != "330110" {
			t.Errorf("judged after: %+v", me)
		}
		_, err = drafter.Publish(d.ctx, draft.ID)
		refused(t, err, models.ReasonDraftOwn)
		city, _ := d.officer("330100")
		_, err = city.Publish(d.ctx, draft.ID)
		refused(t, err, models.ReasonMergerOver)
		refused(t, city.Ready(d.ctx, draft.ID), models.ReasonMergerOver)
		_, err = city.Draft(d.ctx, models.PublishedRules, gone("330105", 2))
		refused(t, err, models.ReasonMergerOver)
		must(t, other.Refresh(d.ctx))
		if got := other.RulesIn("330105").Name(); got != d.RulesIn("330110").Name() {
			t.Errorf("another replica decides by %s", got)
		}

		// A second merger on top of the first, and the city's code becomes the province's.
		decisions = map[string][]string{}
		for me := range want {
			decisions[me.ID] = d.decided(me)
		}
		if effect := d.unite("330100", models.Merger{From: "330110", Into: "330106"}); effect != (models.Effect{People: 4}) {
			t.Errorf("the second: %+v", effect)
		}
		want[ill], want[settled] = models.Yellow, models.Yellow
		d.stands(want, decisions, "330106")
		d.work()
		d.stands(want, decisions, "330106")
		d.clock.Advance(time.Second)
		d.enact("330100", stricter("330100", 1))
		d.work()
		want[ill], want[settled] = models.Red, models.Red
		d.stands(want, decisions, "330106")
		must(t, d.AddJurisdiction(d.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
		must(t, d.Refresh(d.ctx))
		d.unite("000000", models.Merger{From: "330100", Into: "330000"})
		d.work()
		want[ill], want[settled] = models.Yellow, models.Yellow
		d.stands(want, decisions, "330106")
		if got := d.RulesIn("330100").Name(); got != d.RulesIn("330000").Name() {
			t.Errorf("the city has rules of its own: %s", got)
		}
		// The province takes the city's rules for its own by publishing them.
		d.clock.Advance(time.Second)
		d.enact("330000", stricter("330000", 1))
		d.work()
		want[ill], want[settled] = models.Red, models.Red
		d.stands(want, decisions, "330106")
		d.cards(cards, lost, d.market)
	})
}

// cards fails unless a gate reads every printed card as its holder's, who stands as they
// do now, and takes the lost one for what it is.
func (d *districts) cards(of map[models.Resident]store.Printed, lost store.Printed, at models.Venue) {
	d.t.Helper()
	gate := d.gateNow()
	gate.Venue = at
	for me, card := range of {
		seen, err := d.ScanPrint(d.ctx, gate, d.ulid(), card.Code)
		if err != nil || seen.Resident.ID != me.ID || seen.Standing.Colour != d.colour(me) || seen.Print.ID != card.ID {
			d.t.Errorf("the card of %s says %v of %s: %v", me.ID, seen.Standing.Colour, seen.Resident.ID, err)
		}
	}
	_, err := d.ScanPrint(d.ctx, gate, d.ulid(), lost.Code)
	refused(d.t, err, models.ReasonPrintEnded)
}

// kept fails if a row of those tables is not as it was; others may have come.
func (d *districts) kept(before map[string][]string, tables ...string) {
	d.t.Helper()
	after := storetest.Dump(d.t, d.db)
	for _, table := range tables {
		for _, row := range before[table] {
			if _, found := slices.BinarySearch(after[table], row); !found {
				d.t.Errorf("%s: a row is not as it was", table)
			}
		}
	}
}

// stands fails unless everybody has that colour, lives in that jurisdiction, and has
// every decision that there was about them.
func (d *districts) stands(want map[models.Resident]models.Colour, decisions map[string][]string, place string) {
	d.t.Helper()
	for me, colour := range want {
		if got := d.colour(me); got != colour && me.Verified {
			d.t.Errorf("%v, want %v", got, colour)
		}
		if now := d.now(me); now.Jurisdiction != place || now.CommunityID != me.CommunityID || now.Document != me.Document {
			d.t.Errorf("lives in %s %s, want %s %s", now.Jurisdiction, now.CommunityID, place, me.CommunityID)
		}
		list := d.decided(me)
		if n := len(decisions[me.ID]); len(list) < n || !slices.Equal(list[len(list)-n:], decisions[me.ID]) {
			d.t.Errorf("the history was %v and is %v", decisions[me.ID], list)
		}
	}
}

// TestMergerIsRefused: to whoever does not work above both, out of and into nowhere, in
// a circle, before it was tried out, by whoever entered it, and when the law has changed.
func TestMergerIsRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		d := newTown(t, db).districts()
		_, city := d.officer("330100")
		_, district := d.officer("330105")
		_, province := d.officer("330000")
		d.changesNothing(func() {
			for _, c := range []struct {
				by         models.Officer
				from, into string
				want       models.Reason
			}{
				{district, "330105", "330110", models.ReasonForbidden},
				{city, "330105", "420100", models.ReasonForbidden},
				{city, "330105", "330199", models.ReasonPlaceUnknown},
				{city, "330199", "330105", models.ReasonPlaceUnknown},
				{city, "330105", "", models.ReasonPlaceUnknown},
				{city, "330105", "330105", models.ReasonMergerCircle},
				{province, "330100", "330105", models.ReasonMergerCircle},
				{city, "330100", "330000", models.ReasonForbidden},
			} {
				_, err := d.Unite(d.ctx, c.by, models.Merger{From: c.from, Into: c.into}, "paper 17")
				if !says(err, c.want) {
					t.Errorf("%s into %s by %s: %v, want %s", c.from, c.into, c.by.Jurisdiction, err, c.want)
				}
			}
			_, err := d.Unite(d.ctx, city, models.Merger{From: "330105", Into: "330110"}, " ")
			refused(t, err, models.ReasonFieldMissing)
		})
		p, err := d.Unite(d.ctx, city, models.Merger{From: "330105", Into: "330110"}, "paper 17")
		must(t, err)
		_, second := d.officer("330100")
		_, elsewhere := d.officer("420100")
		back, err := d.Unite(d.ctx, second, models.Merger{From: "330110", Into: "330105"}, "paper 18")
		must(t, err)
		agree := func(by models.Officer, id string) error {
			return d.Agree(d.ctx, models.Proposer(by), id, "")
		}
		d.changesNothing(func() { refused(t, agree(second, p.ID), models.ReasonMergerUntried) })
		d.work()
		d.changesNothingBut([]string{"alarms"}, func() {
			refused(t, agree(city, p.ID), models.ReasonProposalOwn)
			refused(t, agree(district, p.ID), models.ReasonProposalUnknown)
			refused(t, agree(elsewhere, p.ID), models.ReasonProposalUnknown)
		})
		d.clock.Advance(time.Second)
		must(t, agree(second, p.ID))
		d.changesNothing(func() { refused(t, agree(city, back.ID), models.ReasonMergerOvertaken) })
		d.changesNothing(func() {
			for from, into := range map[string]string{"330105": "330106", "330110": "330105"} { // what is no jurisdiction any more
				_, err := d.Unite(d.ctx, city, models.Merger{From: from, Into: into}, "paper 19")
				if !says(err, models.ReasonPlaceUnknown) {
					t.Errorf("%s into %s: %v", from, into, err)
				}
			}
			_, err := d.OperatorInvite(d.ctx, operator, models.Staff{Role: models.RoleOfficer, Display: "x", Jurisdiction: "330105"})
			if !says(err, models.ReasonPlaceUnknown) {
				t.Errorf("somebody was taken on there: %v", err)
			}
			_, err = d.AddCommunity(d.ctx, operator, models.Community{Jurisdiction: "330105", Name: words("new")})
			refused(t, err, models.ReasonPlaceUnknown)
		})
	})
}

// says reports whether an error is that refusal, or has it among others.
func says(err error, want models.Reason) bool {
	return err != nil && strings.Contains(err.Error(), string(want))
}

// TestForgedMerger: a row that the service did not make unites nothing, and every
// auditor is told.
func TestForgedMerger(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		d := newTown(t, db).districts()
		harsh := d.harsh()
		me := d.dweller(d.river)
		d.declare(me)
		watch := d.auditor("330000")
		insert := "INSERT INTO mergers (id, origin, successor, staff, basis, proposal_id, agreed_by, at, mac) "
		d.forge(forgery{sql: insert + "VALUES ('00', '330105', '420100', 1, 'x', 'x', 'x', 1, ?)", args: []any{[]byte("forged")}})
		d.unite("330100", models.Merger{From: "330106", Into: "330110"})
		d.forge(forgery{sql: insert + "SELECT '01', '330105', '420100', staff, basis, proposal_id, agreed_by, at, mac FROM mergers WHERE origin = '330106'"})
		d.forge(forgery{name: "a merger", sql: "UPDATE mergers SET origin = '330105', successor = '420100'", mysql: true})
		must(t, d.Refresh(d.ctx))
		d.work()
		if got := d.now(me); got.Jurisdiction != "330105" || d.colour(me) != models.Green {
			t.Errorf("lives in %s and is %v; harsh is %s", got.Jurisdiction, d.colour(me), harsh)
		}
		d.warned("mac_mergers")
		list, _, err := d.Alarms(d.ctx, watch)
		must(t, err)
		if !slices.ContainsFunc(list, func(a models.Alarm) bool { return a.Kind == models.AlarmForged && a.Subject == "mergers" }) {
			t.Errorf("the auditor knows of %+v", list)
		}
	})
}

// TestMergedStaff: the staff of what became part of another keep what was theirs; where
// it was said, they go on as its staff. Those above and beside see what they should.
func TestMergedStaff(t *testing.T) {
	for _, staff := range []bool{false, true} {
		t.Run(fmt.Sprint("staff ", staff), func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) { mergedStaff(t, newTown(t, db).districts(), staff) })
		})
	}
}

func mergedStaff(t *testing.T, d *districts, staff bool) {
	theirs, others := d.dweller(d.river), d.dweller(d.near)
	lead := d.hire(models.Staff{Role: models.RoleLead, Jurisdiction: "330105"})
	tracer := d.hire(models.Staff{Role: models.RoleEpidemiologist, Jurisdiction: "330105"})
	guard := d.hire(models.Staff{Role: models.RoleGuard, Jurisdiction: "330105"})
	must(t, d.AddJurisdiction(d.ctx, operator, models.Jurisdiction{Code: "330200", Parent: "330000", Name: words("330200"), TimeZone: "Asia/Shanghai"}))
	must(t, d.AddJurisdiction(d.ctx, operator, models.Jurisdiction{Code: "330203", Parent: "330200", Name: words("330203"), TimeZone: "Asia/Shanghai"}))
	must(t, d.Refresh(d.ctx))
	newLead, oldCity, newCity := d.lead("330203"), d.lead("330100"), d.lead("330200")
	d.unite("330000", models.Merger{From: "330105", Into: "330203", Staff: staff}) // from one city into another

	by, err := d.Lead(d.ctx, lead)
	must(t, err)
	if want := map[bool]string{false: "330105", true: "330203"}[staff]; by.Jurisdiction != want {
		t.Errorf("the lead works in %s, want %s", by.Jurisdiction, want)
	}
	order := func(by models.Lead, me models.Resident) error {
		_, err := d.Order(d.ctx, by, me.Document, models.Order{Reason: "confirmed", Until: july}, "hospital report 17")
		return err
	}
	must(t, order(by, theirs))
	must(t, order(newLead, theirs))
	must(t, order(newCity, theirs))
	must(t, order(oldCity, others))
	refused(t, order(by, others), models.ReasonResidentUnknown)
	refused(t, order(newLead, others), models.ReasonResidentUnknown)
	refused(t, order(oldCity, theirs), models.ReasonResidentUnknown)
	for _, c := range []struct {
		by   models.Lead
		want int
	}{{newLead, 2}, {oldCity, 1}, {newCity, 3}} {
		list, err := d.Proposals(d.ctx, models.Proposer{Staff: c.by.Staff})
		must(t, err)
		if len(list) != c.want {
			t.Errorf("a lead of %s sees %d orders, want %d", c.by.Jurisdiction, len(list), c.want)
		}
	}
	epidemiologist, err := d.Epidemiologist(d.ctx, tracer)
	must(t, err)
	venues, err := d.Venues(d.ctx, epidemiologist.Jurisdiction)
	must(t, err)
	if len(venues) != 1 || venues[0].ID != d.market.ID {
		t.Errorf("the epidemiologist has the venues %+v", venues)
	}
	if venues, err = d.Venues(d.ctx, "330100"); err != nil || slices.ContainsFunc(venues, func(v models.Venue) bool { return v.ID == d.market.ID }) {
		t.Errorf("the city of before has %+v, %v", venues, err)
	}
	stands, err := d.Guard(d.ctx, guard)
	must(t, err)
	if _, err := d.Stand(d.ctx, stands, d.market.ID); err != nil {
		t.Errorf("the guard at their gate: %v", err)
	}
	_, err = d.Stand(d.ctx, stands, d.venue.ID)
	refused(t, err, models.ReasonVenueUnknown)
	if _, err := d.List(d.ctx, epidemiologist, models.Listing{Place: d.river, Level: models.LevelHigh, From: noon.AddDate(0, 0, -1)}, "an outbreak"); err != nil {
		t.Errorf("a listing of what was theirs: %v", err)
	}
	mine, err := d.Proposals(d.ctx, models.Proposer(by))
	must(t, err)
	own := mine[slices.IndexFunc(mine, func(p models.Proposal) bool { return p.EnteredBy == by.ID })]
	refused(t, d.Agree(d.ctx, models.Proposer(by), own.ID, ""), models.ReasonProposalOwn)
	for place, want := range map[string]bool{"330200": true, "330100": false, "330000": true, "330203": !staff, "330105": false} {
		watch := models.Auditor{Staff: models.Staff{ID: newLead.ID, Jurisdiction: place}}
		list, _, err := d.Alarms(d.ctx, watch)
		must(t, err)
		if told := slices.ContainsFunc(list, func(a models.Alarm) bool { return a.Kind == models.AlarmOwn }); told != want {
			t.Errorf("an auditor of %s is told: %v, want %v", place, told, want)
		}
	}
	officer, _ := d.officer("330203")
	draft, err := officer.Draft(d.ctx, models.PublishedRules, gone("330203", 1))
	must(t, err)
	if _, err := officer.DraftOf(d.ctx, draft.ID); err != nil {
		t.Error(err)
	}
}

// TestListedBeforeAndAfter: a listing means its place as it was when it was listed.
func TestListedBeforeAndAfter(t *testing.T) {
	d := newTown(t, schema.New(t, storetest.SQLite)).districts()
	me := d.dweller(d.hill)
	d.declare(me)
	stay := models.Stay{Place: "330105", From: noon.AddDate(0, 0, -3), To: noon.AddDate(0, 0, -2)}
	_, err := d.Declare(d.ctx, me, store.Key{Value: "travel"}, models.Declaration{Form: "itinerary", Version: 1, Answers: []byte(`{}`), Stays: []models.Stay{stay}})
	must(t, err)
	d.list(models.Listing{Place: "330110", Level: models.LevelHigh, From: noon.AddDate(0, 0, -9)})
	d.unite("330100", models.Merger{From: "330105", Into: "330110"})
	d.work()
	if got := d.colour(me); got != models.Green {
		t.Fatalf("%v: the listing was of the place as it was", got)
	}
	d.clock.Advance(time.Minute)
	d.list(models.Listing{Place: "330110", Level: models.LevelHigh, From: noon.AddDate(0, 0, -9)})
	if got := d.colour(me); got != models.Red {
		t.Errorf("%v: the listing is of the place as it is", got)
	}
}

// zhengzhouMerger: to make a district part of one with harsher rules takes two officers
// of the city, who saw beforehand whom it would turn red.
func zhengzhouMerger(t *testing.T, c *depositors, _ models.Auditor) {
	for _, me := range c.people {
		c.declare(me, symptom)
		c.before[me.ID] = models.Yellow
	}
	must(t, c.AddJurisdiction(c.ctx, operator, models.Jurisdiction{Code: "330105", Parent: "330100", Name: words("330105"), TimeZone: "Asia/Shanghai"}))
	c.enact("330105", stricter("330105", 1))
	watch := c.auditor("330000")
	merger := models.Merger{From: "330110", Into: "330105"}
	for _, place := range []string{"330110", "330105", "420100"} {
		_, by := c.officer(place)
		if _, err := c.Unite(c.ctx, by, merger, "a list"); !says(err, models.ReasonForbidden) {
			t.Errorf("an officer of %s: %v", place, err)
		}
	}
	_, by := c.officer("330100")
	p, err := c.Unite(c.ctx, by, merger, "a list")
	must(t, err)
	c.untouched("a proposal")
	c.alone(by.Staff, watch)
	_, colleague := c.officer("330100")
	seen, err := c.ProposalOf(c.ctx, models.Proposer(colleague), p.ID)
	must(t, err)
	if seen.Now.Reddened != int64(len(c.people)) {
		t.Errorf("the colleague saw %+v", seen.Now)
	}
	c.clock.Advance(time.Second)
	c.agree(colleague.Staff)
	c.work()
	if got := c.red(); got != len(c.people) {
		t.Fatalf("%d red, although two officers agreed", got)
	}
	c.reason(c.people[0], "feverish", models.FactSymptom)
}

// TestMergerAboveTheCap: what turns more than a hundred red is for somebody above the
// office, and told.
func TestMergerAboveTheCap(t *testing.T) {
	d := newTown(t, schema.New(t, storetest.SQLite)).districts()
	d.enact("330110", stricter("330110", 1))
	for range models.RedCap + 1 {
		me := d.newcomer(d.river)
		d.declare(me, symptom)
	}
	_, first := d.officer("330100")
	_, second := d.officer("330100")
	_, above := d.officer("330000")
	watch := d.auditor("330000")
	p, err := d.Unite(d.ctx, first, models.Merger{From: "330105", Into: "330110"}, "paper 17")
	must(t, err)
	d.work()
	d.clock.Advance(time.Second)
	d.changesNothingBut([]string{"alarms"}, func() {
		refused(t, d.Agree(d.ctx, models.Proposer(second), p.ID, ""), models.ReasonProposalAbove)
	})
	must(t, d.Agree(d.ctx, models.Proposer(above), p.ID, ""))
	d.work()
	list, _, err := d.Alarms(d.ctx, watch)
	must(t, err)
	for _, kind := range []models.AlarmKind{models.AlarmCap, models.AlarmAbove} {
		if !slices.ContainsFunc(list, func(a models.Alarm) bool { return a.Kind == kind && a.Lever == models.LeverMerger }) {
			t.Errorf("no alarm %s: %+v", kind, list)
		}
	}
}
