package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

var met = models.Fact{Kind: models.FactContact, Code: "yes"}

// yellow is a resident who declared a contact, and the decision that followed.
func (w *town) yellow() (models.Resident, models.Decision) {
	w.t.Helper()
	me, d, _ := w.approved()
	return me, d
}

// approved is the same, and the worker who approved the declaration.
func (w *town) approved() (models.Resident, models.Decision, models.Worker) {
	w.t.Helper()
	me, _ := w.verified()
	w.declare(me, met)
	by := w.worker(w.near)
	w.judge(by, models.Judgement{Verdict: models.Approve})
	decisions, err := w.Decisions(w.ctx, me)
	must(w.t, err)
	if decisions[0].Colour != models.Yellow {
		w.t.Fatalf("colour %v after a declared contact, want yellow", decisions[0].Colour)
	}
	return me, decisions[0], by
}

func (w *town) key() store.Key {
	w.people++
	return store.Key{Value: fmt.Sprint("an idempotency key ", w.people), Body: []byte("body")}
}

func objection(kind models.TargetKind, id string, photos ...string) models.Appeal {
	return models.Appeal{Target: models.Target{Kind: kind, ID: id}, Words: "我没有接触过任何人。", Photos: photos}
}

func (w *town) appeal(me models.Resident, a models.Appeal) string {
	w.t.Helper()
	id, err := w.Appeal(w.ctx, me, w.key(), a)
	must(w.t, err)
	return id
}

func (w *town) photo(me models.Resident, image string) string {
	w.t.Helper()
	id, err := w.AddPhoto(w.ctx, me, w.key(), []byte(image))
	must(w.t, err)
	return id
}

// waiting is the only matter of the desk.
func (w *town) waiting(desk store.Desk) models.Review {
	w.t.Helper()
	queue, err := desk.Queue(w.ctx, "")
	must(w.t, err)
	if len(queue) != 1 {
		w.t.Fatalf("%d matters at the desk, want 1", len(queue))
	}
	return queue[0]
}

func (w *town) standsNow(me models.Resident) models.Review {
	w.t.Helper()
	list, err := w.Appeals(w.ctx, me)
	must(w.t, err)
	return list[0].Review
}

func TestAppealIsGranted(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		photo := w.photo(me, "a picture")
		key := w.key()
		first, err := w.Appeal(w.ctx, me, key, objection(models.TargetDecision, yellow.ID, photo))
		must(t, err)
		again, err := w.Appeal(w.ctx, me, key, objection(models.TargetDecision, yellow.ID, photo))
		must(t, err)
		if first != again {
			t.Errorf("the same key made %s and %s", first, again)
		}
		desk := w.For(w.worker(w.near))
		waits := w.waiting(desk)
		if waits.Kind != models.ReviewAppeal || waits.Level != models.LevelCommunity || !waits.DueAt.Equal(waits.CreatedAt.Add(24*time.Hour)) {
			t.Errorf("the review is %+v", waits)
		}
		seen, err := desk.Case(w.ctx, waits.ID)
		must(t, err)
		if seen.Appeal.Words != "我没有接触过任何人。" || seen.Appeal.Decision.ID != yellow.ID || len(seen.Appeal.Contested) != 1 ||
			seen.Appeal.Contested[0].Fact.Kind != models.FactContact || !slices.Equal(seen.Appeal.Photos, []string{photo}) {
			t.Errorf("the case is %+v", seen.Appeal)
		}
		image, err := desk.Photo(w.ctx, waits.ID, photo)
		must(t, err)
		if string(image) != "a picture" {
			t.Errorf("the picture is %q", image)
		}
		wrong := seen.Appeal.Contested[0].ID
		must(t, desk.Claim(w.ctx, waits.ID))
		w.changesNothing(func() {
			for _, facts := range [][]string{{"elsewhere"}, {wrong, "elsewhere"}, {yellow.Facts[0], yellow.Facts[1], yellow.Facts[2], "x"}} {
				refused(t, desk.Judge(w.ctx, waits.ID, models.Judgement{Verdict: models.Grant, Words: "so it is", Facts: facts}), models.ReasonAppealFacts)
			}
		})
		must(t, desk.Judge(w.ctx, waits.ID, models.Judgement{Verdict: models.Grant, Words: "已核实，填报有误。", Facts: []string{wrong, wrong}}))
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v after the appeal was granted, want green", got)
		}
		list, err := w.Appeals(w.ctx, me)
		must(t, err)
		if r := list[0].Review; r.State != models.ReviewGranted || r.Words != "已核实，填报有误。" || !slices.Equal(list[0].Withdrawn, []string{wrong}) {
			t.Errorf("the resident reads %+v", list[0])
		}
		told, err := w.Notices(w.ctx, me)
		must(t, err)
		if told[0].Decision.Colour != models.Green || told[1].Review.State != models.ReviewGranted {
			t.Errorf("the resident was told %+v", told[:2])
		}
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if countPurpose(accesses, models.AccessPhoto) != 1 {
			t.Error("the look at the picture left no trace")
		}
		w.changesNothing(func() { // there is nothing left to object to
			_, err := w.Appeal(w.ctx, me, w.key(), objection(models.TargetDecision, yellow.ID))
			refused(t, err, models.ReasonAppealNothing)
		})
		known, err := w.KnownOne(w.ctx, me.ID)
		must(t, err)
		many, err := w.KnownMany(w.ctx, false)
		must(t, err)
		if len(known.Facts) != len(many[me.ID].Facts) {
			t.Errorf("%d facts read alone, %d among many", len(known.Facts), len(many[me.ID].Facts))
		}
	})
}

func TestAppealIsRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow, by := w.approved()
		other, _ := w.verified()
		far := w.photo(other, "theirs")
		mine := w.photo(me, "mine")
		w.changesNothing(func() {
			for name, c := range map[string]struct {
				a    models.Appeal
				want models.Reason
			}{
				"an unknown decision": {objection(models.TargetDecision, "d0"), models.ReasonAppealTarget},
				"an unknown fact":     {objection(models.TargetFact, "f0"), models.ReasonAppealTarget},
				"an unknown record":   {objection(models.TargetRecord, "r0"), models.ReasonAppealTarget},
				"a foreign picture":   {objection(models.TargetDecision, yellow.ID, far), models.ReasonPhotoUnknown},
				"mine and a foreign":  {objection(models.TargetDecision, yellow.ID, mine, far), models.ReasonPhotoUnknown},
			} {
				_, err := w.Appeal(w.ctx, me, w.key(), c.a)
				t.Log(name)
				refused(t, err, c.want)
			}
			for _, a := range []models.Appeal{objection(models.TargetDecision, yellow.ID), objection(models.TargetFact, yellow.Reasons[0].Facts[0])} {
				_, err := w.Appeal(w.ctx, other, w.key(), a)
				refused(t, err, models.ReasonAppealTarget)
			}
			_, err := w.Photo(w.ctx, me, far)
			refused(t, err, models.ReasonPhotoUnknown)
		})
		w.appeal(me, objection(models.TargetDecision, yellow.ID, mine))
		w.changesNothing(func() {
			_, err := w.Appeal(w.ctx, me, w.key(), objection(models.TargetDecision, yellow.ID))
			refused(t, err, models.ReasonAppealOpen)
			_, err = w.Appeal(w.ctx, me, w.key(), objection(models.TargetFact, yellow.Reasons[0].Facts[0], mine))
			refused(t, err, models.ReasonPhotoUnknown) // it is the other appeal's
			desk := w.For(by)
			refused(t, desk.Claim(w.ctx, w.standsNow(me).ID), models.ReasonReviewDoing) // who approved the declaration
			_, err = w.For(by).Photo(w.ctx, w.standsNow(me).ID, far)
			refused(t, err, models.ReasonPhotoUnknown)
		})
		desk := w.For(w.worker(w.near))
		id := w.waiting(desk).ID
		must(t, desk.Claim(w.ctx, id))
		must(t, desk.Judge(w.ctx, id, models.Judgement{Verdict: models.Reject, Words: "您当天在场。"}))
		if got := w.colour(me); got != models.Yellow {
			t.Errorf("colour %v after the refusal, want yellow", got)
		}
		w.changesNothing(func() {
			refused(t, desk.Judge(w.ctx, id, models.Judgement{Verdict: models.Reject, Words: "again"}), models.ReasonReviewClosed)
		})
		w.appeal(me, objection(models.TargetDecision, yellow.ID)) // an answered one may be asked again
	})
}

func TestRecordsAreContested(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.declare(me)
		name := w.name("张三")
		test := models.Test{Document: me.Document, Name: name, Kind: "pcr", Result: "positive", Sampled: noon.Add(-time.Hour), Lab: "lab"}
		_, err := w.ImportTests(w.ctx, models.Client{ID: "client", Display: "laboratory"}.Actor(), "330110", []models.Test{test})
		must(t, err)
		w.agree(w.epidemiologist("330110").Staff)
		w.work()
		_, err = w.ImportVaccinations(w.ctx, operator, []models.Vaccination{{Document: me.Document, Name: name, Product: "sinovac", Batch: "b",
			Dose: 1, Date: noon.AddDate(-1, 0, 0), Site: "site"}})
		must(t, err)
		if got := w.colour(me); got != models.Red {
			t.Fatalf("colour %v after a positive test, want red", got)
		}
		tests, err := w.Tests(w.ctx, me)
		must(t, err)
		course, err := w.Course(w.ctx, me)
		must(t, err)
		desk := w.For(w.worker(w.near))
		for _, record := range []string{tests[0].ID, course.Doses[0].ID} {
			w.appeal(me, objection(models.TargetRecord, record))
			review := w.waiting(desk)
			seen, err := desk.Case(w.ctx, review.ID)
			must(t, err)
			must(t, desk.Claim(w.ctx, review.ID))
			must(t, desk.Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Grant, Words: "不是您的。", Facts: seen.Appeal.Facts}))
		}
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v once the test is gone, want green", got)
		}
		if tests, err = w.Tests(w.ctx, me); err != nil || !tests[0].Withdrawn {
			t.Errorf("the test is shown as %+v, %v", tests, err)
		}
		if course, err = w.Course(w.ctx, me); err != nil || !course.Doses[0].Withdrawn {
			t.Errorf("the course is %+v, %v", course, err)
		}
	})
}

// TestAppealPassesOn: at the instant the community's time is over the district has
// it, whether or not anybody has written that down; each step is written once,
// however many replicas there are.
func TestAppealPassesOn(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		worker, lead, elsewhere := w.worker(w.near), w.lead("330100"), w.lead("420100")
		w.appeal(me, objection(models.TargetDecision, yellow.ID))
		review := w.waiting(w.For(worker))
		must(t, w.For(worker).Claim(w.ctx, review.ID))
		w.clock.Set(review.DueAt.Add(-time.Millisecond))
		if queue, err := w.ForLead(lead).Queue(w.ctx, ""); err != nil || len(queue) != 0 {
			t.Fatalf("the district has %d before its time: %v", len(queue), err)
		}
		w.worked(w.Store)
		w.clock.Set(review.DueAt)
		if queue, err := w.For(worker).Queue(w.ctx, ""); err != nil || len(queue) != 0 {
			t.Errorf("the community still has %d: %v", len(queue), err)
		}
		w.changesNothing(func() {
			refused(t, w.For(worker).Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Reject, Words: "late"}), models.ReasonReviewPassed)
			_, err := w.For(worker).Case(w.ctx, review.ID)
			refused(t, err, models.ReasonReviewPassed)
			refused(t, w.ForLead(elsewhere).Claim(w.ctx, review.ID), models.ReasonReviewUnknown)
		})
		due := review.DueAt.Add(48 * time.Hour)
		if got := w.waiting(w.ForLead(lead)); got.Level != models.LevelDistrict || got.ClaimedBy != "" || !got.DueAt.Equal(due) {
			t.Errorf("the district's is %+v", got)
		}
		if got := w.standsNow(me); got.Level != models.LevelDistrict || !got.DueAt.Equal(due) {
			t.Errorf("the resident reads %+v", got)
		}
		replicas := []*store.Store{w.Store, w.replica(), w.replica()}
		w.race(replicas)
		if n := w.audited("review.pass_on"); n != 1 {
			t.Errorf("it was passed on %d times", n)
		}
		told, err := w.Notices(w.ctx, me)
		must(t, err)
		if told[0].Kind != models.NoticePassed || !told[0].Review.DueAt.Equal(due) {
			t.Errorf("the resident was told %+v", told[0])
		}
		w.clock.Set(due)
		w.race(append(replicas, w.replica())) // one was started again meanwhile
		w.race(replicas)
		if n := w.audited("review.overdue"); n != 1 || !slices.Equal(w.alarmed(), []string{"appeal_overdue"}) {
			t.Errorf("it was overdue %d times, and the alarms were %v", n, w.alarmed())
		}
		desk := w.ForLead(lead)
		if got := w.waiting(desk); !got.Late(w.clock.Now().Add(time.Second)) {
			t.Errorf("%+v is not late", got)
		}
		must(t, desk.Claim(w.ctx, review.ID))
		must(t, desk.Judge(w.ctx, review.ID, models.Judgement{Verdict: models.Grant, Words: "社区有误。", Facts: yellow.Reasons[0].Facts}))
	})
}

// TestLeadIsBeforeTheStep: a lead who claims what nobody has passed on yet passes it
// on, and nobody does it again.
func TestLeadIsBeforeTheStep(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, yellow := w.yellow()
		worker, lead := w.worker(w.near), w.lead("330110")
		w.appeal(me, objection(models.TargetDecision, yellow.ID))
		review := w.waiting(w.For(worker))
		must(t, w.For(worker).Claim(w.ctx, review.ID))
		w.clock.Set(review.DueAt)
		must(t, w.ForLead(lead).Claim(w.ctx, review.ID))
		w.race([]*store.Store{w.Store, w.replica()})
		if n := w.audited("review.pass_on"); n != 1 {
			t.Errorf("it was passed on %d times", n)
		}
		if got := w.waiting(w.ForLead(lead)); got.ClaimedBy != lead.ID {
			t.Errorf("the lead's claim fell off: %+v", got)
		}
	})
}
